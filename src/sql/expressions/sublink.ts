// Subqueries as values: (SELECT …), EXISTS (…), x IN (…). Each becomes a column that is joined to the block's rows.
import { fail } from '../../base/index.ts'
import { listBytes } from '../../data/index.ts'
import { type AggregateCall, call, column, type Expr, literal, type UserAggregate } from '../../expr/index.ts'
import { aggregateOf, distinctOf, type Named, type Node, properties, schema, selectOf } from '../../plan/index.ts'
import { type ColumnType, scalars } from '../../types/index.ts'
import { hasAggregate } from '../aggregates.ts'
import { type Block, Input, nextSlot, type OuterSlot, slotColumn, typeIn } from '../block.ts'
import { givenNode } from '../given.ts'
import type { SelectStmt, SubLink, Node as Tree } from '../parser.ts'
import { invalid, unsupported } from '../refuse.ts'
import { hiddenRelation, joined, type Pair, relationOf } from '../relation.ts'
import { arraySelect, existsSelect, type RowTest } from '../rewritten.ts'
import { type Tie, unnested } from '../subquery.ts'
import { textOf } from '../tree.ts'
import type { Bind } from './bind.ts'
import { adapt } from './coerce.ts'
import { told } from './record.ts'

export function sublink(node: SubLink, block: Block, bind: Bind): Expr {
  const key = JSON.stringify(node, (name, value) => (name === 'location' ? undefined : value))
  const known = block.sublinks.get(key)
  if (known !== undefined) return known
  const made = sublinkOf(node, block, bind)
  block.sublinks.set(key, made)
  return made
}

function sublinkOf(node: SubLink, block: Block, bind: Bind): Expr {
  const { text } = block.query
  const { subselect, location, subLinkType } = node
  if (subselect === undefined || !('SelectStmt' in subselect))
    return unsupported(text, location, 'this subquery', 'write SELECT')
  const select = subselect.SelectStmt
  switch (subLinkType) {
    case 'EXPR_SUBLINK':
      return scalar(select, block, location)
    case 'EXISTS_SUBLINK':
      return exists(select, block)
    case 'ARRAY_SUBLINK':
      checkWidth(select, 1, block, location)
      return arrayOf(select, block, bind)
    case 'ANY_SUBLINK':
    case 'ALL_SUBLINK': {
      if (node.testexpr !== undefined && 'RowExpr' in node.testexpr) {
        checkWidth(select, (node.testexpr.RowExpr.args ?? []).length, block, location)
        return rowAmong(node, node.testexpr, block, bind)
      }
      const made = quantified(node, select, block, bind)
      if (made !== undefined) return made
      break
    }
    default:
  }
  return unsupported(
    text,
    location,
    `a subquery of the form ${subLinkType}`,
    'write it with EXISTS, IN or an aggregate',
  )
}

/** How the value of a subquery is joined to a node. */
interface Joining {
  /** One row for each value of the ties; without ties, one row. */
  readonly node: Node
  /** Further columns of the rows that are looked up, besides the ties. */
  readonly by?: readonly { readonly expr: Expr; readonly column: string }[]
}

/** A slot of the block for a subquery; what the subquery is over is known when the slot is attached. */
function slotFor(
  block: Block,
  select: SelectStmt,
  type: { readonly type: ColumnType; readonly nullable: boolean },
  valueFrom: (
    attach: (joining: Joining) => ReadonlyMap<string, Expr>,
    ties: readonly Tie[],
    node: Node,
    rewrite: (expr: Expr) => Expr,
  ) => Expr,
): Expr {
  const name = `query_${nextSlot(block)}`
  block.subqueries.push({
    name,
    ...type,
    attach(nodeNow, rewrite) {
      const made = unnested(select, block, outers => valuesOver(nodeNow, outers, rewrite))
      // What is looked up may be made of other subqueries, which are attached first.
      let whole: Node | undefined
      const value = valueFrom(
        joining => {
          const { joined: next, columns } = lookedUp(whole ?? nodeNow(), joining, made.ties, rewrite)
          whole = next
          return columns
        },
        made.ties,
        made.node,
        rewrite,
      )
      return { node: whole ?? nodeNow(), value }
    },
  })
  return slotColumn(Input.query, name)
}

function valuesOver(nodeNow: () => Node, outers: readonly OuterSlot[], rewrite: (expr: Expr) => Expr) {
  const columns = outers.map(each => rewrite(each.expr))
  return { node: nodeNow(), columns }
}

/** Left-join what is looked up; the columns of it by their own names. */
function lookedUp(
  node: Node,
  { node: right, by = [] }: Joining,
  ties: readonly Tie[],
  rewrite: (expr: Expr) => Expr,
): { joined: Node; columns: ReadonlyMap<string, Expr> } {
  const left = hiddenRelation(node)
  const found = relationOf(right, undefined, undefined, [left])
  const inBlock = new Map([...found.names].map(([name, own]) => [own, column(name)]))
  const pairs: Pair[] = [
    ...ties.map(each => ({ left: rewrite(each.outer), right: inBlock.get(each.column) as Expr, same: true })),
    ...by.map(each => ({ left: each.expr, right: inBlock.get(each.column) as Expr, same: false })),
  ]
  return { joined: joined(left, found, 'left', pairs).node, columns: inBlock }
}

/** Binding a subquery once for its columns. */
function probed(select: SelectStmt, block: Block): Node {
  return unnested(select, { ...block, probing: true }, () => ({ node: undefined as never, columns: [] })).node
}

function onlyColumn(
  node: Node,
  ties: readonly Tie[],
  block: Block,
  byte: number | undefined,
): { name: string; type: ColumnType; nullable: boolean } {
  const hidden = new Set(ties.map(each => each.column))
  const [first, second] = schema(node).fields.filter(each => !hidden.has(each.name))
  if (first === undefined || second !== undefined)
    return invalid(block.query.text, byte, 'a subquery that is a value must return one column', 'select one column')
  return first
}

/** (SELECT …): its only row's value, null if there is none; more rows are an error. */
function scalar(select: SelectStmt, block: Block, byte: number | undefined): Expr {
  const { type } = onlyColumn(told(probed(select, block)), [], block, byte)
  return slotFor(block, select, { type, nullable: true }, (attach, ties, over) => {
    const node = told(over)
    const own = onlyColumn(node, ties, block, byte)
    const keys = ties.map(each => each.column)
    const isSingle = properties(node).keys?.every(each => keys.includes(each)) === true
    const single = isSingle
      ? node
      : aggregateOf(node, keys.map(asKey), [{ ...theOnly(own.name, own.type), name: own.name }])
    return attach({ node: single }).get(own.name) as Expr
  })
}

const asKey = (name: string): Named => ({ name, expr: column(name) })

/** The value of the only row of a group. */
function theOnly(name: string, type: ColumnType): AggregateCall {
  const user: UserAggregate<unknown[], unknown, unknown> = {
    name: 'the only row',
    type,
    init: () => [],
    add: (state, value) => [...state, value],
    result(state) {
      if (state.length > 1) fail('MORE_THAN_ONE_ROW')
      return state[0] ?? null
    },
  }
  return {
    fn: 'user',
    args: [column(name)],
    distinct: false,
    filter: undefined,
    params: [],
    user: user as UserAggregate,
  }
}

const counted = (name: string, args: readonly Expr[] = []): AggregateCall & { name: string } => ({
  name,
  fn: 'count',
  args,
  distinct: false,
  filter: undefined,
  params: [],
  user: undefined,
})

/** EXISTS (…): whether there is a row for the values of the ties. */
function exists(select: SelectStmt, block: Block): Expr {
  probed(select, block)
  return slotFor(block, select, { type: scalars.boolean, nullable: false }, (attach, ties, node) => {
    const found = attach({ node: countsOf(node, ties) }).get('rows') as Expr
    return call('gt', call('coalesce', found, literal(0, scalars.int)), literal(0, scalars.int))
  })
}

/** How many rows there are for the values of the ties. */
const countsOf = (node: Node, ties: readonly Tie[], more: readonly (AggregateCall & { name: string })[] = []): Node =>
  aggregateOf(
    node,
    ties.map(each => asKey(each.column)),
    [counted('rows'), ...more],
  )

/** Signs of comparison, with what they are called and what is true where they are not. */
const COMPARISONS: Readonly<Record<string, { readonly name: string; readonly opposite: string }>> = {
  '=': { name: 'eq', opposite: '<>' },
  '<>': { name: 'ne', opposite: '=' },
  '<': { name: 'lt', opposite: '>=' },
  '<=': { name: 'le', opposite: '>' },
  '>': { name: 'gt', opposite: '<=' },
  '>=': { name: 'ge', opposite: '<' },
}

/** x op ANY (SELECT …), and x op ALL: that the opposite is true of none. Undefined: no comparison. */
function quantified(node: SubLink, select: SelectStmt, block: Block, bind: Bind): Expr | undefined {
  const isAll = node.subLinkType === 'ALL_SUBLINK'
  const known = COMPARISONS[textOf(node.operName?.[0]) ?? '=']
  const sign = isAll ? known?.opposite : (textOf(node.operName?.[0]) ?? '=')
  const comparison = COMPARISONS[sign ?? '']
  if (comparison === undefined) return undefined
  const any = sign === '=' ? anyOf(node, select, block, bind) : someOf(node, comparison.name, select, block, bind)
  return isAll ? call('not', any) : any
}

/** The left side of a comparison with any of a subquery, and the column that it is compared with. */
function compared({ testexpr, location }: SubLink, select: SelectStmt, block: Block, bind: Bind) {
  const own = onlyColumn(probed(select, block), [], block, location)
  const [x] = adapt(block, [bind(testexpr as Tree, block), typed(own.type)], location) as [Expr]
  typeIn(block, x)
  return { x, named: (node: Node, ties: readonly Tie[]) => onlyColumn(node, ties, block, location).name }
}

/** ARRAY(SELECT …): its rows in their order; empty where there are none. */
function arrayOf(select: SelectStmt, block: Block, bind: Bind): Expr {
  const made = bind(arraySelect(select), block)
  const { type } = typeIn(block, made)
  return type.kind === 'list' ? call('coalesce', made, literal(listBytes(type, []), type)) : made
}

/** A query has as many columns as the row that it is compared with. */
export function checkWidth(select: SelectStmt, width: number, block: Block, byte: number | undefined): void {
  const { length } = schema(probed(select, block)).fields
  if (length === width) return
  const reason = `subquery has too ${length < width ? 'few' : 'many'} columns: ${length}, not ${width}`
  invalid(block.query.text, byte, reason, `select ${width}`)
}

/** (a, b) op ANY (SELECT …) and ALL: true of some row; else null if that is open for some row. */
function rowAmong(node: SubLink, row: Tree, block: Block, bind: Bind): Expr {
  const isAll = node.subLinkType === 'ALL_SUBLINK'
  const sign = textOf(node.operName?.[0]) ?? '='
  const tested = isAll ? COMPARISONS[sign]?.opposite : sign
  if (tested === undefined)
    return unsupported(block.query.text, node.location, `the operator ${sign} of rows`, 'compare their fields')
  const own = 'RowExpr' in row ? (row.RowExpr.args ?? []) : [row]
  const args = own.map(each => (hasAggregate(each) ? givenNode(bind(each, block), block) : each))
  const among = (test: RowTest): Expr => bind(existsSelect(node, { RowExpr: { args } }, tested, test), block)
  const made: Expr = Object.freeze({
    kind: 'case',
    branches: Object.freeze([
      Object.freeze({ when: among('true'), then: literal(true, scalars.boolean) }),
      Object.freeze({ when: among('open'), then: literal(null, scalars.boolean) }),
    ]),
    otherwise: literal(false, scalars.boolean),
  })
  return isAll ? call('not', made) : made
}

const TRUTH = { type: scalars.boolean, nullable: true }

/** How many rows there are, 0 where nothing was found. */
const rowsIn = (columns: ReadonlyMap<string, Expr>): Expr =>
  call('coalesce', columns.get('rows') as Expr, literal(0, scalars.int))

/** x < ANY (SELECT y …) and its like: what is true of some y is true of the least or of the greatest. */
function someOf(node: SubLink, fn: string, select: SelectStmt, block: Block, bind: Bind): Expr {
  const { x, named } = compared(node, select, block, bind)
  return slotFor(block, select, TRUTH, (attach, ties, over, rewrite) => {
    const y = [column(named(over, ties))]
    const extremes = [
      counted('known', y),
      { ...counted('least', y), fn: 'min' },
      { ...counted('greatest', y), fn: 'max' },
    ]
    const value = rewrite(x)
    const columns = attach({ node: countsOf(over, ties, extremes) })
    const found = call('or', ...['least', 'greatest'].map(each => call(fn, value, columns.get(each) as Expr)))
    return membership(found, rowsIn(columns), columns.get('known') as Expr, value)
  })
}

/**
 * x IN (SELECT y …): true if some y equals x; else null if x or some y is null (and there is a y at all); else false.
 * Two look-ups: of x among the different y, and of how many y there are and how many are not null.
 */
function anyOf(node: SubLink, select: SelectStmt, block: Block, bind: Bind): Expr {
  const { x, named } = compared(node, select, block, bind)
  return slotFor(block, select, TRUTH, (attach, ties, over, rewrite) => {
    const y = named(over, ties)
    const value = rewrite(x)
    const keys = ties.map(each => asKey(each.column))
    const different = selectOf(distinctOf(selectOf(over, [...keys, asKey(y)])), [
      ...keys,
      asKey(y),
      { name: 'found', expr: literal(true, scalars.boolean) },
    ])
    const found = attach({ node: different, by: [{ expr: value, column: y }] }).get('found') as Expr
    const stats = attach({ node: countsOf(over, ties, [counted('known', [column(y)])]) })
    return membership(call('is_not_null', found), rowsIn(stats), stats.get('known') as Expr, value)
  })
}

/** A constant of a type, for the sake of its type. */
const typed = (type: ColumnType): Expr => literal(null, type.kind === 'struct' ? scalars.string : type)

function membership(found: Expr, rows: Expr, known: Expr, x: Expr): Expr {
  const [yes, no] = [literal(true, scalars.boolean), literal(false, scalars.boolean)]
  const unknown = call('or', call('is_null', x), call('lt', known, rows))
  return Object.freeze({
    kind: 'case',
    branches: Object.freeze([
      Object.freeze({ when: found, then: yes }),
      Object.freeze({ when: call('eq', rows, literal(0, scalars.int)), then: no }),
      Object.freeze({ when: unknown, then: literal(null, scalars.boolean) }),
    ]),
    otherwise: no,
  })
}
