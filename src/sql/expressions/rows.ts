// What is asked of rows: (a, b) = (c, d), (a, b) < (c, d), (a, b) IN ((1, 2), …), t = u, ROW(a, b) IS NULL, and OVERLAPS: each is what
// it says of the fields. Rows that are written out compare by SQL's three-valued logic, other rows as values: null equals null.
import { call, type Expr, literal } from '../../expr/index.ts'
import { scalars } from '../../types/index.ts'
import type { Block } from '../block.ts'
import type { A_Expr, Node, NullTest } from '../parser.ts'
import { invalid, unsupported } from '../refuse.ts'
import { columnsOfRow } from '../rewritten.ts'
import { itemsOf, textOf } from '../tree.ts'
import type { Bind } from './bind.ts'
import { adapt } from './coerce.ts'
import { fieldsOf, plain } from './record.ts'
import { checkWidth } from './sublink.ts'

/** The fields of ROW(…), in which `t.*` are all of a table. */
export const rowItems = (items: readonly Node[], block: Block, bind: Bind): readonly Expr[] =>
  items.flatMap(each => {
    const made = bind(each, block)
    const fields = isStar(each) ? fieldsOf(made, block) : undefined
    return fields === undefined ? [made] : fields.map(({ expr }) => expr)
  })

const isStar = (node: Node): boolean =>
  'ColumnRef' in node && node.ColumnRef.fields?.some(each => 'A_Star' in each) === true

/** The fields of a row; undefined: it is none. */
function fieldsIn(node: Node | undefined, block: Block, bind: Bind): readonly Expr[] | undefined {
  if (node === undefined) return undefined
  if ('RowExpr' in node) return rowItems(node.RowExpr.args ?? [], block, bind)
  if (!('ColumnRef' in node) && !('A_Indirection' in node)) return undefined
  return fieldsOf(bind(node, block), block)?.map(each => each.expr)
}

/** The fields of the only row of a query. */
function rowOfQuery(node: Node | undefined, width: number, block: Block, bind: Bind): readonly Expr[] | undefined {
  if (node === undefined || !('SubLink' in node) || node.SubLink.subLinkType !== 'EXPR_SUBLINK') return undefined
  const { subselect, location } = node.SubLink
  if (subselect === undefined || !('SelectStmt' in subselect)) return undefined
  checkWidth(subselect.SelectStmt, width, block, location)
  return columnsOfRow(subselect.SelectStmt, width).map(each => bind(each, block))
}

/** A comparison of two rows; undefined: these are none. */
export function rowComparison(node: A_Expr, block: Block, bind: Bind): Expr | undefined {
  const { kind, name, lexpr, rexpr, location } = node
  const left = fieldsIn(lexpr, block, bind)
  if (left === undefined) return undefined
  const sign = textOf(name?.at(-1)) ?? ''
  if (kind === 'AEXPR_IN') {
    const tests = itemsOf(rexpr).map(each =>
      compared('=', pairsOf(left, fieldsIn(each, block, bind), block, location), block, location),
    )
    const any = call('or', ...tests)
    return sign === '<>' ? call('not', any) : any
  }
  if (kind !== 'AEXPR_OP' && kind !== 'AEXPR_DISTINCT' && kind !== 'AEXPR_NOT_DISTINCT') return undefined
  const right =
    fieldsIn(rexpr, block, bind) ?? (kind === 'AEXPR_OP' ? rowOfQuery(rexpr, left.length, block, bind) : undefined)
  if (right === undefined && !isRow(lexpr)) return undefined
  const pairs = pairsOf(left, right, block, location)
  if (kind === 'AEXPR_DISTINCT' || kind === 'AEXPR_NOT_DISTINCT') {
    const any = differ(pairs)
    return kind === 'AEXPR_DISTINCT' ? any : call('not', any)
  }
  const areWritten = isRow(lexpr) && (isRow(rexpr) || (rexpr !== undefined && 'SubLink' in rexpr))
  return areWritten ? compared(sign, pairs, block, location) : comparedAsValues(sign, pairs, block, location)
}

type Pair = readonly [Expr, Expr]

const isRow = (node: Node | undefined): boolean => node !== undefined && 'RowExpr' in node

const differ = (pairs: readonly Pair[]): Expr =>
  call('or', literal(false, scalars.boolean), ...pairs.map(([a, b]) => call('is_distinct_from', a, b)))

function pairsOf(
  left: readonly Expr[],
  right: readonly Expr[] | undefined,
  block: Block,
  byte: number | undefined,
): readonly Pair[] {
  if (right === undefined || right.length !== left.length || left.length === 0)
    return invalid(block.query.text, byte, 'unequal number of entries in row expressions', 'write (a, b) = (c, d)')
  return left.map((each, i) => adapt(block, [each, right[i] as Expr], byte) as [Expr, Expr])
}

function compared(sign: string, pairs: readonly Pair[], block: Block, byte: number | undefined): Expr {
  if (sign === '=') return call('and', ...pairs.map(([a, b]) => call('eq', a, b)))
  if (sign === '<>') return call('or', ...pairs.map(([a, b]) => call('ne', a, b)))
  const strict = { '<': 'lt', '<=': 'lt', '>': 'gt', '>=': 'gt' }[sign]
  if (strict === undefined)
    return unsupported(block.query.text, byte, `the operator ${sign} of rows`, 'compare their fields')
  return inOrder(pairs, strict, sign.endsWith('=') ? (sign === '<=' ? 'le' : 'ge') : strict)
}

/** Null is a value, equal to itself and greater than any other. */
function comparedAsValues(sign: string, pairs: readonly Pair[], block: Block, byte: number | undefined): Expr {
  if (sign === '=') return call('not', differ(pairs))
  if (sign === '<>') return differ(pairs)
  if (sign === '<') return isBefore(pairs)
  if (sign === '>') return isBefore(pairs.map(([a, b]) => [b, a]))
  if (sign === '>=') return call('not', isBefore(pairs))
  if (sign === '<=') return call('not', isBefore(pairs.map(([a, b]) => [b, a])))
  return unsupported(block.query.text, byte, `the operator ${sign} of rows`, 'compare their fields')
}

function isBefore([first, ...rest]: readonly Pair[]): Expr {
  const no = literal(false, scalars.boolean)
  if (first === undefined) return no
  const [a, b] = first
  const less = call(
    'or',
    call('coalesce', call('lt', a, b), no),
    call('and', call('is_null', b), call('is_not_null', a)),
  )
  return call('or', less, call('and', call('not', call('is_distinct_from', a, b)), isBefore(rest)))
}

/** By the first fields that differ: a < c OR a = c AND (b < d …). */
function inOrder([first, ...rest]: readonly Pair[], strict: string, last: string): Expr {
  const [a, b] = first as Pair
  if (rest.length === 0) return call(last, a, b)
  return call('or', call(strict, a, b), call('and', call('eq', a, b), inOrder(rest, strict, last)))
}

/** A row is null when all its fields are, and not null when none is. */
export function rowNullTest({ arg, nulltesttype }: NullTest, block: Block, bind: Bind): Expr | undefined {
  const fields = fieldsIn(arg, block, bind)
  if (fields === undefined) return undefined
  const test = nulltesttype === 'IS_NOT_NULL' ? 'is_not_null' : 'is_null'
  const tests = fields.map(each => call(test, plain(each, block)))
  return tests.length === 0 ? literal(true, scalars.boolean) : call('and', ...tests)
}

/** (from, to) OVERLAPS (from, to), each end a time or a length: half-open, and either way round. */
export function overlaps(args: readonly Expr[], isLength: (expr: Expr) => boolean): Expr | undefined {
  const [a, b, c, d] = args as readonly [Expr, Expr, Expr, Expr]
  if (args.length !== 4) return undefined
  const end = (from: Expr, to: Expr): Expr => (isLength(to) ? call('add', from, to) : to)
  const [b2, d2] = [end(a, b), end(c, d)]
  const [from, until] = [call('least', a, b2), call('greatest', a, b2)]
  const [start, stop] = [call('least', c, d2), call('greatest', c, d2)]
  const meets = call('and', call('lt', from, stop), call('lt', start, until))
  return call('or', call('eq', from, start), meets)
}
