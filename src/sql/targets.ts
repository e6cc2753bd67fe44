// The select list, and what refers to it: GROUP BY and ORDER BY may name an output column, or count to it.
import { type Expr, sameExpr } from '../expr/index.ts'
import { type Block, outerColumn, scopeIn } from './block.ts'
import { bind } from './expressions/bind.ts'
import { fieldsOf } from './expressions/record.ts'
import { type Grouping, type GroupKey, groupingOf } from './grouping-sets.ts'
import { nameOf } from './names.ts'
import type { Node } from './parser.ts'
import { invalid } from './refuse.ts'
import { columnOf, lookup, starOf } from './scope.ts'
import { wholeWindows } from './time-windows.ts'
import { locationOf, textOf } from './tree.ts'

export interface Target {
  readonly name: string
  readonly expr: Expr
  readonly byte: number | undefined
}

export function targetsOf(list: readonly Node[], block: Block): readonly Target[] {
  return list.flatMap(each => {
    if (!('ResTarget' in each) || each.ResTarget.val === undefined) return []
    const { val, name } = each.ResTarget
    const star = starIn(val, block) ?? fieldsIn(val, block)
    if (star !== undefined) return star
    return [{ name: name ?? nameOf(val), expr: bind(val, block), byte: locationOf(val) }]
  })
}

/** `*` and `relation.*`. */
function starIn(node: Node, block: Block): readonly Target[] | undefined {
  if (!('ColumnRef' in node)) return undefined
  const { fields = [], location } = node.ColumnRef
  const last = fields.at(-1)
  if (last === undefined || !('A_Star' in last)) return undefined
  const relation = textOf(fields.at(-2))
  const found = starOf(scopeIn(block), relation)
  if (found === undefined) {
    const outside = starAround(block, relation)
    if (outside === undefined)
      return invalid(block.query.text, location, `there is no table ${relation} in FROM`, 'name one of FROM')
    return outside.map(each => ({ ...each, byte: location }))
  }
  if (found.length === 0) return invalid(block.query.text, location, 'SELECT * without columns', 'add a FROM clause')
  return found.map(each => ({ name: each.name, expr: columnOf(each), byte: location }))
}

/** `(row).*`. */
function fieldsIn(node: Node, block: Block): readonly Target[] | undefined {
  if (!('A_Indirection' in node)) return undefined
  const { arg, indirection = [] } = node.A_Indirection
  const last = indirection.at(-1)
  if (arg === undefined || last === undefined || !('A_Star' in last)) return undefined
  const steps = indirection.slice(0, -1)
  const byte = locationOf(arg)
  const row = bind(steps.length === 0 ? arg : { A_Indirection: { arg, indirection: steps } }, block)
  const fields = fieldsOf(row, block)
  if (fields === undefined)
    return invalid(block.query.text, byte, 'this is no row, and has no fields', 'write (t).* of a table, or (ROW(…)).*')
  return fields.map(({ name, expr }) => ({ name, expr, byte }))
}

/** `relation.*` of a block around. */
function starAround(block: Block, relation: string | undefined): readonly Omit<Target, 'byte'>[] | undefined {
  const { outer } = block
  if (outer === undefined) return undefined
  const own = starOf(scopeIn(outer), relation)?.map(each => ({ name: each.name, expr: columnOf(each) }))
  return (own ?? starAround(outer, relation))?.map(({ name, expr }) => ({ name, expr: outerColumn(block, expr) }))
}

/** The target that a number or a bare name refers to. */
export function targetFor(node: Node, targets: readonly Target[], block: Block, of: string): Target | undefined {
  if ('A_Const' in node && node.A_Const.ival !== undefined) {
    const at = node.A_Const.ival.ival ?? 0
    const found = targets[at - 1]
    if (found !== undefined) return found
    return invalid(
      block.query.text,
      node.A_Const.location,
      `${of} position ${at} is not in the select list`,
      `there are ${targets.length}`,
    )
  }
  if ('A_Const' in node)
    return invalid(block.query.text, node.A_Const.location, `a constant in ${of}`, 'name a column, or its number')
  if (!('ColumnRef' in node) || (node.ColumnRef.fields ?? []).length !== 1) return undefined
  const name = textOf(node.ColumnRef.fields?.[0])
  const found = targets.filter(each => each.name === name)
  const [first, ...rest] = found
  if (first === undefined || rest.every(each => sameExpr(each.expr, first.expr))) return first
  return invalid(
    block.query.text,
    node.ColumnRef.location,
    `${of} ${name} is ambiguous`,
    'give the columns of the select list different names',
  )
}

/**
 * The keys of GROUP BY: a name is a column of FROM first, then one of the select list. `windows`: those that are windows
 * of time.
 */
export function groupKeys(
  list: readonly Node[],
  distinct: boolean,
  windows: ReadonlyMap<Node, Expr>,
  targets: readonly Target[],
  block: Block,
): Grouping {
  const keyOf = (node: Node): GroupKey => {
    const window = windows.get(node)
    if (window !== undefined) return { expr: window, byte: locationOf(node) }
    const isOwn = 'ColumnRef' in node && ownColumn(node, block)
    const target = isOwn ? undefined : targetFor(node, targets, block, 'GROUP BY')
    block.noAggregates = 'GROUP BY'
    const expr = target === undefined ? bind(node, block) : target.expr
    block.noAggregates = undefined
    return { expr, byte: locationOf(node) }
  }
  return wholeWindows(groupingOf(list, keyOf, distinct, block), block)
}

function ownColumn(node: Extract<Node, { ColumnRef: unknown }>, block: Block): boolean {
  const names = (node.ColumnRef.fields ?? []).map(each => textOf(each) ?? '')
  return lookup(scopeIn(block), names, block.query.text, node.ColumnRef.location) !== undefined
}
