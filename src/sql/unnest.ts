// Functions that give rows, in FROM: `unnest(array)`, `generate_series(from, to, step)` and their like, several side by side with
// ROWS FROM. What stands before them in FROM may be named in their arguments; then each of its rows is repeated for its elements.
import { call, column, columnsOf, type Expr, literal } from '../expr/index.ts'
import { type Named, type Node, schema, selectOf } from '../plan/index.ts'
import { listOf, type ScalarType, scalars } from '../types/index.ts'
import { type Block, Input, typeIn } from './block.ts'
import { ownersOf } from './domain.ts'
import { listExpr } from './expressions/array-text.ts'
import { bind } from './expressions/bind.ts'
import { isValueFunction } from './expressions/functions.ts'
import { eachParts, jsonColumn } from './expressions/json.ts'
import { distinctNames } from './names.ts'
import type { Alias, FuncCall, RangeFunction } from './parser.ts'
import { within } from './refuse.ts'
import { inside, joinedAll, type Relation } from './relation.ts'
import type { ScopeColumn } from './scope.ts'
import { isSetFunction, listIn } from './set-functions.ts'
import { sideBySide } from './sets.ts'
import { oneRow } from './tables.ts'
import { itemsOf, textOf, textsOf } from './tree.ts'

/** A call in FROM. */
export interface SetCall {
  readonly name: string
  readonly call: FuncCall
}

/** The calls that an item of FROM is, if all are of functions of values or of sets. */
export function setCalls({ functions = [] }: RangeFunction): readonly SetCall[] | undefined {
  const calls = functions.flatMap((each): readonly (readonly SetCall[] | undefined)[] => {
    const [of] = itemsOf(each)
    if (of === undefined || !('FuncCall' in of)) return [undefined]
    const name = textOf(of.FuncCall.funcname?.at(-1)) ?? ''
    const isKnown = isSetFunction(name) || isValueFunction(name) || eachParts(name) !== undefined
    return [isKnown ? spread(name, of.FuncCall) : undefined]
  })
  const known = calls.filter(each => each !== undefined)
  return known.length === calls.length && calls.length > 0 ? known.flat() : undefined
}

/** unnest of several arrays is several calls, and so is json_each: its keys, and its values. */
function spread(name: string, call: FuncCall): readonly SetCall[] {
  const { args = [] } = call
  if (name === 'unnest' && args.length > 1) return args.map(each => ({ name, call: { ...call, args: [each] } }))
  return (eachParts(name) ?? [name]).map(part => ({ name: part, call }))
}

/** What the rows are; a function of single values gives one. */
function listOfCall({ name, call }: SetCall, block: Block): Expr {
  if (isSetFunction(name)) return listIn(name, call, block, bind)
  const value = bind({ FuncCall: call }, block)
  return listExpr([value], listOf(typeIn(block, value).type, true))
}

/**
 * The relation with a column of the elements of each call; `outer`: rows without any stay. The relations of the block whose
 * columns the arguments name are repeated: they are taken out of the block. Undefined: they are not its last ones, and their
 * columns would move.
 */
export function unnested(
  node: RangeFunction,
  calls: readonly SetCall[],
  outer: boolean,
  block: Block,
): Relation | undefined {
  const lists = calls.map(each => within(block.query.text, each.call.location, () => listOfCall(each, block)))
  const columns = lists.flatMap(columnsOf)
  // Only the types count while outer columns are looked for.
  const isOutside = columns.some(each => each.input === Input.outer)
  const known = lists.map(each => (isOutside ? literal(null, typeIn(block, each).type as ScalarType) : each))
  const used = columns.flatMap(each => (each.input === Input.from ? [each.path[0] as string] : []))
  const owners = ownersOf(used, block.relations, block.domain?.relation)
  const own = owners.filter(each => each !== block.domain?.relation)
  const last = own.length === 0 ? [] : block.relations.slice(-own.length)
  if (!outer && !own.every(each => last.includes(each))) return undefined
  for (const each of own) block.relations.splice(block.relations.indexOf(each), 1)
  const relation = owners.length === 0 ? undefined : joinedAll(owners, []).relation
  const names = calls.map(each => each.name)
  const table = textOf(calls[0]?.call.funcname?.at(-1)) ?? ''
  const how: How = { names, table, alias: node.alias, ordinality: node.ordinality === true, outer }
  return exploded(relation, known, how, block)
}

interface How {
  readonly names: readonly string[]
  /** What the rows are called without an alias. */
  readonly table: string
  readonly alias: Alias | undefined
  readonly ordinality: boolean
  readonly outer: boolean
}

/** The names of the columns: those given; of a function alone, the alias. */
function shownNames({ names, alias, ordinality }: How): readonly string[] {
  const given = textsOf(alias?.colnames)
  const alone = names.length === 1 ? alias?.aliasname : undefined
  const own = names.map(each => jsonColumn(each) ?? alone ?? each)
  return [...own, ...(ordinality ? ['ordinality'] : [])].map((each, i) => given[i] ?? each)
}

function exploded(relation: Relation | undefined, lists: readonly Expr[], how: How, block: Block): Relation {
  const { names: functions, alias, ordinality, outer } = how
  const shown = shownNames(how)
  const from = relation?.node ?? oneRow(block.query).node
  const own = relation === undefined ? [] : schema(from).fields.map(each => each.name)
  const made = distinctNames(shown, own)
  const columns = own.map((each): Named => ({ name: each, expr: column(each) }))
  const listed = lists.map((each, i): Named => {
    return { name: made[i] as string, expr: relation === undefined ? each : inside(relation, each, 0) }
  })
  const ordinal = ordinality ? made.at(-1) : undefined
  const base = columns.length > 0 ? selectOf(from, columns) : from
  const rows = sideBySide(base, listed, ordinal, outer)
  const node = ordinal === undefined ? rows : fromOne(rows, ordinal)
  const before = relation === undefined ? [] : [...relation.names]
  const taken = [...before.map(([each]) => each), ...block.relations.flatMap(each => [...each.names.keys()])]
  const inBlock = distinctNames(shown, taken)
  const names = new Map([...before, ...inBlock.map((each, i) => [each, made[i] as string] as const)])
  const table = alias?.aliasname ?? how.table
  const added: ScopeColumn[] = shown.map((each, i) => ({ relation: table, name: each, column: inBlock[i] as string }))
  // The name of a function's rows is their only value.
  if (functions.length === 1 && shown[0] !== table)
    added.push({ relation: undefined, name: table, column: inBlock[0] as string, hidden: true })
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
