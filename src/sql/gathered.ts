// Aggregates that are made of all values of a group: array_agg, string_agg, ordered-set aggregates, those of two numbers, bits.

import { fail } from '../base/index.ts'
import { listBytes } from '../data/index.ts'
import {
  type AggregateCall,
  among,
  call,
  cast,
  discrete,
  type Expr,
  type Gathering,
  type GatherOrder,
  gathering,
  hypothetical,
  isConstant,
  literal,
  mostFrequent,
  pairAggregates,
  pairSums,
  percentile,
  type SortKey,
  sameExpr,
} from '../expr/index.ts'
import { type ColumnType, listOf, type ScalarType, sameType, scalars } from '../types/index.ts'
import { type Block, typeIn } from './block.ts'
import type { Bind } from './expressions/bind.ts'
import { coerce } from './expressions/coerce.ts'
import { keyText as jsonKey, textOf as jsonText } from './expressions/json-made.ts'
import { plain } from './expressions/record.ts'
import type { FuncCall, Node } from './parser.ts'
import { invalid, unsupported } from './refuse.ts'
import { sortKey } from './sort-key.ts'

interface Given {
  readonly args: readonly Expr[]
  readonly order: readonly SortKey[]
  readonly distinct: boolean
  readonly block: Block
  readonly byte: number | undefined
}

type Made = Pick<AggregateCall, 'args' | 'user'>

const BITS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  bit_and: (a, b) => a & b,
  bit_or: (a, b) => a | b,
  bit_xor: (a, b) => a ^ b,
}

const MAKERS: Readonly<Record<string, (given: Given) => Made | undefined>> = {
  array_agg: arrayAgg,
  string_agg: stringAgg,
  json_agg: jsonAgg,
  jsonb_agg: jsonAgg,
  json_object_agg: jsonObjectAgg,
  jsonb_object_agg: jsonObjectAgg,
  // JSON_ARRAYAGG and JSON_OBJECTAGG, which leave nulls out.
  '?json_agg': given => jsonAgg(given, true),
  '?json_object_agg': given => jsonObjectAgg(given, true),
  percentile_cont: given => ordered(given, 'percentile_cont'),
  percentile_disc: given => ordered(given, 'percentile_disc'),
  mode: given => ordered(given, 'mode'),
  any_value: ({ args: [of, more], order, block }) =>
    more === undefined && of !== undefined
      ? over(
          'any_value',
          [of],
          { type: typeOf(of, block), order, skipsNulls: true, finish: rows => rows[0]?.[0] ?? null },
          block,
        )
      : undefined,
}

/** Ranks, which WITHIN GROUP makes aggregates. */
export const isHypothetical = (name: string): boolean => Object.hasOwn(hypothetical, name)

export const isGathered = (name: string): boolean =>
  Object.hasOwn(MAKERS, name) || Object.hasOwn(BITS, name) || Object.hasOwn(pairAggregates, name)

/** The call of such an aggregate. */
export function gatheredCall(name: string, node: FuncCall, block: Block, bind: Bind): Made {
  const { text } = block.query
  const order = (node.agg_order ?? []).flatMap(each =>
    'SortBy' in each ? [sortKey(bind(each.SortBy.node as Node, block), each.SortBy, text)] : [],
  )
  const isOrderedSet = ['percentile_cont', 'percentile_disc', 'mode'].includes(name) || isHypothetical(name)
  if (isOrderedSet !== (node.agg_within_group === true))
    return invalid(text, node.location, `${name} ${isOrderedSet ? 'needs' : 'has no'} WITHIN GROUP`, 'see docs/sql.md')
  const isJson = /^\??json/.test(name)
  const args = (node.args ?? []).map(each => (isJson ? bind(each, block) : plain(bind(each, block), block)))
  if (node.agg_distinct === true && order.some(key => !args.some(each => sameExpr(each, key.expr))))
    return invalid(
      text,
      node.location,
      'of DISTINCT only the arguments can be the order',
      'order by what is aggregated',
    )
  const given: Given = { args, order, distinct: node.agg_distinct === true, block, byte: node.location }
  if (given.distinct && !order.every(key => args.some(each => sameExpr(each, key.expr))))
    return invalid(
      text,
      node.location,
      'in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list',
      'order by what is aggregated',
    )
  const made = MAKERS[name]?.(given) ?? bitsOf(name, given) ?? pairsOf(name, given) ?? hypotheticalOf(name, given)
  return made ?? invalid(text, node.location, `${name} does not take these arguments`, 'see docs/sql.md')
}

const typeOf = (expr: Expr, block: Block): ColumnType => typeIn(block, expr).type

/** Each argument as a list of one element: a null is a value too. */
function packed(expr: Expr, block: Block): Expr {
  const type = listOf(typeOf(expr, block), true)
  if (expr.kind === 'literal' && expr.value === null) return literal(listBytes(type, [null]), type)
  return call('coalesce', call('list_of', expr), literal(listBytes(type, [null]), type))
}

type How = Pick<Gathering, 'type' | 'finish'> &
  Partial<Pick<Gathering, 'distinct' | 'skipsNulls'>> & {
    readonly order?: readonly SortKey[]
    readonly detail?: string
  }

function over(name: string, args: readonly Expr[], how: How, block: Block): Made {
  const keys = how.order ?? []
  const order = keys.map(({ descending, nulls }): GatherOrder => ({ descending, nulls }))
  const { distinct = false, skipsNulls = false, type, finish } = how
  const text = [
    name,
    how.detail ?? '',
    distinct ? 'distinct' : '',
    ...order.map(each => `${each.descending ? 'desc' : 'asc'} ${each.nulls}`),
  ]
    .join(' ')
    .trim()
  return {
    args: [...args, ...keys.map(each => each.expr)].map(each => packed(comparable(each, block), block)),
    user: gathering({ name: text, type, args: args.length, order, distinct, skipsNulls, finish }),
  }
}

/** Decimals come as texts: as order keys they are doubles. */
const comparable = (expr: Expr, block: Block): Expr =>
  typeOf(expr, block).kind === 'decimal' ? cast(expr, scalars.double) : expr

const list = (values: readonly unknown[]): readonly unknown[] | null => (values.length === 0 ? null : values)

function arrayAgg({ args: [of, more], order, distinct, block, byte }: Given): Made | undefined {
  if (of === undefined || more !== undefined) return undefined
  const type = typeOf(of, block)
  if (type.kind === 'list' || type.kind === 'struct' || type.kind === 'decimal')
    return unsupported(
      block.query.text,
      byte,
      `array_agg of ${type.kind}`,
      'aggregate a plain column; cast a numeric to double precision',
    )
  return over(
    'array_agg',
    [of],
    { type: listOf(type, true), order, distinct, finish: rows => list(rows.map(each => each[0])) },
    block,
  )
}

function stringAgg({ args: [of, mark, more], order, distinct, block, byte }: Given): Made | undefined {
  if (of === undefined || mark === undefined || more !== undefined) return undefined
  const [value, separator] = [of, mark].map(each => coerce(block, each, scalars.string, byte)) as [Expr, Expr]
  if (typeOf(value, block).kind !== 'string' || typeOf(separator, block).kind !== 'string') return undefined
  const finish = (rows: readonly (readonly unknown[])[]): string | null =>
    rows.length === 0 ? null : rows.map(([text, before], i) => `${i === 0 ? '' : (before ?? '')}${text}`).join('')
  return over(
    'string_agg',
    [value, separator],
    { type: scalars.string, order, distinct, skipsNulls: true, finish },
    block,
  )
}

/** Texts of json, without those of null. */
const kept = (texts: readonly unknown[], isLeftOut: boolean): readonly unknown[] =>
  isLeftOut ? texts.filter(each => each !== 'null') : texts

function jsonAgg({ args: [of, more], order, distinct, block }: Given, isLeftOut = false): Made | undefined {
  if (of === undefined || more !== undefined) return undefined
  const finish = (rows: readonly (readonly unknown[])[]): unknown =>
    rows.length === 0
      ? null
      : JSON.parse(
          `[${kept(
            rows.map(each => each[0]),
            isLeftOut,
          ).join()}]`,
        )
  const detail = isLeftOut ? 'absent' : ''
  return over('json_agg', [jsonText(of, block)], { type: scalars.json, order, distinct, finish, detail }, block)
}

function jsonObjectAgg({ args: [key, of, more], order, distinct, block }: Given, isLeftOut = false): Made | undefined {
  if (key === undefined || of === undefined || more !== undefined) return undefined
  const finish = (rows: readonly (readonly unknown[])[]): unknown => {
    if (rows.some(each => each[0] === null)) return fail('INVALID_ARGUMENT')
    const members = rows.flatMap(([name, value]) =>
      isLeftOut && value === 'null' ? [] : [`${JSON.stringify(name)}: ${value}`],
    )
    return rows.length === 0 ? null : JSON.parse(`{${members.join()}}`)
  }
  const args = [jsonKey(key, block), jsonText(of, block)]
  const detail = isLeftOut ? 'absent' : ''
  return over('json_object_agg', args, { type: scalars.json, order, distinct, finish, detail }, block)
}

/** Aggregates WITHIN GROUP (ORDER BY one key). */
function ordered(
  { args, order, block, byte }: Given,
  name: 'percentile_cont' | 'percentile_disc' | 'mode',
): Made | undefined {
  const [key, more] = order
  if (key === undefined || more !== undefined || args.length !== (name === 'mode' ? 0 : 1)) return undefined
  const kind = typeOf(key.expr, block).kind
  const isNumber = ['int', 'bigint', 'float', 'double', 'decimal'].includes(kind)
  if (name === 'percentile_cont' && !isNumber)
    return unsupported(
      block.query.text,
      byte,
      `percentile_cont of ${kind}`,
      'order by a number, or use percentile_disc',
    )
  const of = name === 'percentile_cont' ? cast(key.expr, scalars.double) : comparable(key.expr, block)
  const keys = [{ ...key, expr: of }]
  const type = name === 'percentile_cont' ? scalars.double : typeOf(of, block)
  if (name === 'mode') {
    return over(
      name,
      [of],
      { type, order: keys, skipsNulls: true, finish: rows => mostFrequent(rows.map(each => each[0])) },
      block,
    )
  }
  const share = shareOf(args[0] as Expr, block, byte)
  if (share === null) return over(name, [of], { type, order: keys, detail: 'null', finish: () => null }, block)
  const finish = (rows: readonly (readonly unknown[])[]): unknown => {
    const values = rows.map(each => each[0])
    return name === 'percentile_cont' ? percentile(values as number[], share) : discrete(values, share)
  }
  return over(name, [of], { type, order: keys, skipsNulls: true, detail: String(share), finish }, block)
}

function shareOf(expr: Expr, block: Block, byte: number | undefined): number | null {
  const value = coerce(block, expr, scalars.double, byte)
  if (value.kind !== 'literal')
    return unsupported(block.query.text, byte, 'a percentile that is no constant', 'write a number from 0 to 1')
  if (value.value === null) return null
  const share = Number(value.value)
  if (share >= 0 && share <= 1) return share
  return invalid(block.query.text, byte, `percentile value ${share} is not between 0 and 1`, 'write 0.5 for the median')
}

function bitsOf(name: string, { args: [of, more], block, distinct }: Given): Made | undefined {
  const fold = BITS[name]
  if (fold === undefined || of === undefined || more !== undefined || typeOf(of, block).kind !== 'int') return undefined
  const finish = (rows: readonly (readonly unknown[])[]): bigint | null =>
    rows.length === 0 ? null : rows.map(each => BigInt(each[0] as number)).reduce(fold)
  return over(name, [of], { type: scalars.bigint, distinct, skipsNulls: true, finish }, block)
}

/** rank(…) WITHIN GROUP (ORDER BY …): where a row of these constants would stand. */
function hypotheticalOf(name: string, { args, order, block, byte }: Given): Made | undefined {
  const result = hypothetical[name]
  if (result === undefined || args.length === 0 || args.length !== order.length) return undefined
  const wanted = args.map((each, i) => {
    const { type } = typeIn(block, (order[i] as SortKey).expr)
    const value = coerce(block, each, type, byte)
    if (value.kind !== 'literal' && !isConstant(value))
      return unsupported(block.query.text, byte, `an argument of ${name} that is no constant`, 'write its value')
    return sameType(typeIn(block, value).type, type) ? value : cast(value, type as ScalarType)
  })
  const keys = order.map(({ descending, nulls }): GatherOrder => ({ descending, nulls }))
  const isRank = name === 'rank' || name === 'dense_rank'
  const finish = (rows: readonly (readonly unknown[])[]): number => {
    const [first = []] = rows
    const others = rows.map(each => each.slice(wanted.length))
    return result(among(first.slice(0, wanted.length), others, keys))
  }
  return over(name, wanted, { type: isRank ? scalars.int : scalars.double, order, finish }, block)
}

/** Rows in which one of the two is null are passed over. */
function pairsOf(name: string, { args: given, block }: Given): Made | undefined {
  const result = pairAggregates[name]
  if (result === undefined || given.length !== 2) return undefined
  const args = given.map(each => coerce(block, each, scalars.double))
  const kinds = args.map(each => typeOf(each, block).kind)
  if (!kinds.every(each => ['int', 'bigint', 'float', 'double', 'decimal'].includes(each))) return undefined
  const finish = (rows: readonly (readonly unknown[])[]): number | null =>
    result(pairSums(rows.filter(each => each[1] !== null) as unknown as [number, number][]))
  const type: ScalarType = name === 'regr_count' ? scalars.int : scalars.double
  const doubles = args.map(each => cast(each, scalars.double))
  return over(name, doubles, { type, skipsNulls: true, finish }, block)
}
