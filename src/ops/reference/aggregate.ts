// The twin of aggregate: every group from its rows, with integers of any size. A group is there while its weights sum to
// more than 0; a value is there while its own weights do.
import { compareValues, identity, net, type Row, type Weighted } from './zset.ts'

export interface AggregateTwinCall {
  readonly name: string
  readonly fn: string
  readonly arg?: string
  /** first and last: the time. */
  readonly by?: string
  readonly filter?: string
  readonly distinct?: boolean
  /** A user-defined aggregate, from the values in order, each with its weight. */
  readonly user?: (values: readonly { readonly value: unknown; readonly weight: bigint }[]) => unknown
}

export interface AggregateTwin {
  readonly keys: readonly string[]
  readonly calls: readonly AggregateTwinCall[]
}

export function aggregateTwin(input: readonly Weighted[], { keys, calls }: AggregateTwin): Weighted[] {
  const groups = new Map<string, { key: Row; rows: Weighted[] }>()
  const add = (key: Row, rows: Weighted[]) => {
    const found = groups.get(identity(key))
    if (found === undefined) groups.set(identity(key), { key, rows })
    else found.rows.push(...rows)
  }
  if (keys.length === 0) add({}, [])
  for (const each of input) add(Object.fromEntries(keys.map(name => [name, plain(each.row[name])])), [each])
  return [...groups.values()]
    .filter(({ rows }) => keys.length === 0 || total(rows) > 0n)
    .map(({ key, rows }) => ({
      row: { ...key, ...Object.fromEntries(calls.map(call => [call.name, resultOf(call, rows)])) },
      weight: 1,
    }))
}

/** -0 groups as 0. */
const plain = (value: unknown): unknown => (value === 0 ? 0 : value)
const total = (rows: readonly Weighted[]): bigint => rows.reduce((sum, { weight }) => sum + BigInt(weight), 0n)

function resultOf(call: AggregateTwinCall, rows: readonly Weighted[]): unknown {
  const taken = rows.filter(
    ({ row }) =>
      (call.filter === undefined || row[call.filter] === true) &&
      (call.arg === undefined || row[call.arg] !== null) &&
      (call.by === undefined || row[call.by] !== null),
  )
  const counted = call.distinct === true ? present(taken, call).map(row => ({ row, weight: 1 })) : taken
  const n = total(counted)
  if (call.user !== undefined) return call.user(valuesOf(taken, call.arg as string))
  if (call.fn === 'count') return Number(n)
  if (['min', 'max', 'first', 'last'].includes(call.fn)) return endOf(call, present(taken, call))
  return n <= 0n ? null : numeric(call, counted, n)
}

/** One row for each value (with its time) whose weights sum to more than 0. */
function present(rows: readonly Weighted[], { arg, by }: AggregateTwinCall): Row[] {
  const values = new Map<string, { row: Row; weight: number }>()
  for (const { row, weight } of rows) {
    const key = identity([plain(row[arg as string]), by === undefined ? null : row[by]])
    const found = values.get(key)
    if (found === undefined) values.set(key, { row, weight })
    else found.weight += weight
  }
  return [...values.values()].filter(each => each.weight > 0).map(each => each.row)
}

function valuesOf(rows: readonly Weighted[], arg: string): { value: unknown; weight: bigint }[] {
  const values = net(rows.map(({ row, weight }) => ({ row: { value: plain(row[arg]) }, weight })))
  return values
    .map(({ row, weight }) => ({ value: row['value'], weight: BigInt(weight) }))
    .sort((a, b) => compareValues(a.value, b.value))
}

function endOf({ fn, arg, by }: AggregateTwinCall, rows: readonly Row[]): unknown {
  const order = (a: Row, b: Row) =>
    (by === undefined ? 0 : compareValues(a[by], b[by])) || compareValues(a[arg as string], b[arg as string])
  const sorted = [...rows].sort(order)
  const row = fn === 'min' || fn === 'first' ? sorted[0] : sorted[sorted.length - 1]
  return row === undefined ? null : plain(row[arg as string])
}

function numeric({ fn, arg }: AggregateTwinCall, rows: readonly Weighted[], n: bigint): unknown {
  const values = rows.map(({ row, weight }) => ({ value: row[arg as string], weight: BigInt(weight) }))
  if (fn === 'bool_or' || fn === 'bool_and') {
    const trues = values.reduce((sum, { value, weight }) => sum + (value === true ? weight : 0n), 0n)
    return fn === 'bool_or' ? trues > 0n : trues === n
  }
  if (typeof values[0]?.value === 'bigint' && fn === 'sum') return sumOf(values) >> SCALE
  const special = specialOf(values)
  const sum = special === 0 ? round(sumOf(values), SCALE) : special
  if (fn === 'sum') return sum
  if (fn === 'avg') return sum / Number(n)
  const sample = fn.endsWith('samp')
  if (sample && n < 2n) return null
  if (special !== 0) return Number.NaN
  const squares = values.reduce((sum, { value, weight }) => sum + weight * units(value) ** 2n, 0n)
  const spread = n * squares - sumOf(values) ** 2n
  const variance = spread < 0n ? Number.NaN : round(spread, 2n * SCALE) / (Number(n) * Number(sample ? n - 1n : n))
  return fn.startsWith('stddev') ? Math.sqrt(variance) : variance
}

/** NaN or an Infinity when such values are among the rows. */
function specialOf(values: readonly { value: unknown; weight: bigint }[]): number {
  const count = (which: number) =>
    values.reduce((sum, { value, weight }) => sum + (Object.is(value, which) ? weight : 0n), 0n) > 0n
  const [up, down] = [count(Number.POSITIVE_INFINITY), count(Number.NEGATIVE_INFINITY)]
  if (count(Number.NaN) || (up && down)) return Number.NaN
  return up ? Number.POSITIVE_INFINITY : down ? Number.NEGATIVE_INFINITY : 0
}

/** Doubles are whole numbers of units of 2^-1074. */
const SCALE = 1074n

const sumOf = (values: readonly { value: unknown; weight: bigint }[]): bigint =>
  values.reduce((sum, { value, weight }) => sum + weight * units(value), 0n)

/** A number in units of 2^-1074; what is not finite counts nothing. */
export function units(value: unknown): bigint {
  if (typeof value === 'bigint') return value << SCALE
  const number = value as number
  if (!Number.isFinite(number)) return 0n
  const bits = new BigUint64Array(Float64Array.of(number).buffer)[0] as bigint
  const exponent = (bits >> 52n) & 0x7ffn
  const mantissa = (bits & 0xfffffffffffffn) | (exponent === 0n ? 0n : 1n << 52n)
  const size = mantissa << (exponent === 0n ? 0n : exponent - 1n)
  return number < 0 ? -size : size
}

/** value * 2^-scale as the nearest double, ties to even. */
export function round(value: bigint, scale: bigint): number {
  const size = value < 0n ? -value : value
  const bits = BigInt(size.toString(2).length)
  // 53 bits are kept, fewer where the result is below the normal numbers.
  const least = scale - 1074n
  const drop = bits - 53n > least ? bits - 53n : least
  let kept = drop > 0n ? size >> drop : size
  const rest = drop > 0n ? size - (kept << drop) : 0n
  const half = drop > 0n ? 1n << (drop - 1n) : 1n
  if (rest > half || (rest === half && (kept & 1n) === 1n)) kept++
  const power = Number((drop > 0n ? drop : 0n) - scale)
  const part = Math.trunc(power / 2)
  const result = Number(kept) * 2 ** part * 2 ** (power - part)
  return value < 0n ? -result : result
}
