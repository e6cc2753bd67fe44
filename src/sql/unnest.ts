// `unnest(array)` and `generate_series(from, to, step)` in FROM: a row for each element of a list. What stands before them in
// FROM may be named in their arguments; then each of its rows is repeated for its elements.
import { call, column, columnsOf, type Expr, literal } from '../expr/index.ts'
import { explodeOf, type Named, type Node, schema, selectOf } from '../plan/index.ts'
import { type ScalarType, scalars } from '../types/index.ts'
import { type Block, Input, typeIn } from './block.ts'
import { bind } from './expressions/bind.ts'
import { coerce } from './expressions/coerce.ts'
import { isJsonRows, jsonColumn, jsonRows } from './expressions/json.ts'
import { distinctNames } from './names.ts'
import type { Alias, FuncCall, RangeFunction } from './parser.ts'
import { invalid, unsupported, within } from './refuse.ts'
import { inside, type Relation } from './relation.ts'
import type { ScopeColumn } from './scope.ts'
import { oneRow } from './tables.ts'
import { itemsOf, textOf, textsOf } from './tree.ts'

const FUNCTIONS: readonly string[] = ['unnest', 'generate_series']

/** The call that a table function is, if it makes rows of lists. */
export function unnestCall({ functions = [] }: RangeFunction): FuncCall | undefined {
  const [call] = itemsOf(functions[0])
  if (functions.length !== 1 || call === undefined || !('FuncCall' in call)) return undefined
  const name = textOf(call.FuncCall.funcname?.at(-1)) ?? ''
  return FUNCTIONS.includes(name) || isJsonRows(name) ? call.FuncCall : undefined
}

/**
 * The relation with a column of the elements; `outer`: rows without any stay. The last relation of the block whose columns the
 * arguments name is the one that is repeated: it is taken out of the block.
 */
export function unnested(node: RangeFunction, of: FuncCall, outer: boolean, block: Block): Relation {
  const name = textOf(of.funcname?.at(-1)) ?? ''
  const list = within(block.query.text, of.location, () => listOf(name, of, block))
  const used = new Set(columnsOf(list).flatMap(each => (each.input === Input.from ? [each.path[0] as string] : [])))
  const at = block.relations.findIndex(each => [...used].some(column => each.names.has(column)))
  const relation = block.relations[at]
  if (relation !== undefined && [...used].some(each => !relation.names.has(each)))
    return unsupported(
      block.query.text,
      of.location,
      `${name} of columns of two tables`,
      'join them in a subquery first',
    )
  if (at >= 0) block.relations.splice(at, 1)
  // Only the types count while outer columns are looked for.
  const isOutside = columnsOf(list).some(each => each.input === Input.outer)
  const known = isOutside ? literal(null, typeIn(block, list).type as ScalarType) : list
  return exploded(relation, known, { name, alias: node.alias, ordinality: node.ordinality === true, outer }, block)
}

function listOf(name: string, { args = [], location }: FuncCall, block: Block): Expr {
  const { text } = block.query
  const bound = args.map(each => bind(each, block))
  if (name === 'generate_series') {
    if (bound.length < 2 || bound.length > 3)
      return invalid(text, location, 'generate_series takes 2 or 3 arguments', 'write generate_series(1, 10)')
    const known = bound.find(each => typeIn(block, each).type.kind !== 'string')
    const type = known === undefined ? undefined : typeIn(block, known).type
    const [from, to, by] = bound.map((each, i) =>
      type === undefined
        ? each
        : coerce(block, each, i === 2 && type.kind === 'timestamp' ? { kind: 'interval' } : type),
    ) as [Expr, Expr, Expr?]
    return call('series', from, to, ...(by === undefined ? [] : [by]))
  }
  if (isJsonRows(name)) return jsonRows(name, bound, block, location)
  const [list, more] = bound
  if (list === undefined || more !== undefined)
    return unsupported(text, location, 'unnest of several arrays', 'unnest one after another, WITH ORDINALITY')
  if (typeIn(block, list).type.kind === 'list') return list
  return invalid(
    text,
    location,
    'unnest needs an array',
    "write unnest(ARRAY[1, 2]), or unnest(string_to_array(s, ','))",
  )
}

interface How {
  readonly name: string
  readonly alias: Alias | undefined
  readonly ordinality: boolean
  readonly outer: boolean
}

function exploded(relation: Relation | undefined, list: Expr, how: How, block: Block): Relation {
  const { name, alias, ordinality, outer } = how
  const given = textsOf(alias?.colnames)
  const shown = [
    given[0] ?? jsonColumn(name) ?? alias?.aliasname ?? name,
    ...(ordinality ? [given[1] ?? 'ordinality'] : []),
  ]
  const from = relation?.node ?? oneRow(block.query).node
  const own = relation === undefined ? [] : schema(from).fields.map(each => each.name)
  const [hidden, ...made] = distinctNames(['list', ...shown], own) as [string, string, string?]
  const columns = own.map((each): Named => ({ name: each, expr: column(each) }))
  const placed = relation === undefined ? list : inside(relation, list, 0)
  const listed = selectOf(from, [...columns, { name: hidden, expr: placed }])
  const rows = explodeOf(listed, hidden, [made[0]], made[1], outer)
  const node = made[1] === undefined ? rows : fromOne(rows, made[1])
  const before = relation === undefined ? [] : [...relation.names]
  const taken = [...before.map(([each]) => each), ...block.relations.flatMap(each => [...each.names.keys()])]
  const inBlock = distinctNames(shown, taken)
  const names = new Map([...before, ...inBlock.map((each, i) => [each, made[i] as string] as const)])
  const added: ScopeColumn[] = shown.map((each, i) => ({
    relation: alias?.aliasname ?? name,
    name: each,
    column: inBlock[i] as string,
  }))
  // The name of a function's rows is their only value.
  const whole = { relation: undefined, name: alias?.aliasname ?? name, column: inBlock[0] as string, hidden: true }
  if (shown[0] !== whole.name) added.push(whole)
  return { node, names, scope: { columns: [...(relation?.scope.columns ?? []), ...added] } }
}

/** WITH ORDINALITY counts from 1. */
function fromOne(node: Node, ordinal: string): Node {
  const one = literal(1, scalars.int)
  return selectOf(
    node,
    schema(node).fields.map(({ name }): Named => {
      const own = column(name)
      return { name, expr: name === ordinal ? call('add', own, one) : own }
    }),
  )
}
