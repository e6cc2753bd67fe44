// Aggregates that need all values of a group: lists and texts in an order, percentiles, the most frequent value, and those of
// two numbers. Each is a user aggregate whose values come as lists of one element, so that a null is a value too; without
// `remove`, so where rows go they are made anew. Their results do not depend on how rows came: what no order decides is
// ordered by the values.
import type { ColumnType } from '../types/index.ts'
import type { UserAggregate } from './node.ts'

export interface GatherOrder {
  readonly descending: boolean
  readonly nulls: 'first' | 'last'
}

/** A row of a group: the value, what else the aggregate takes, the order keys. */
type Row = readonly unknown[]

export interface Gathering {
  /** Everything that makes it another aggregate. */
  readonly name: string
  readonly type: ColumnType
  /** How many arguments stand before the order keys. */
  readonly args: number
  readonly order: readonly GatherOrder[]
  readonly distinct: boolean
  /** Rows whose value is null are left out. */
  readonly skipsNulls: boolean
  readonly finish: (rows: readonly Row[]) => unknown
}

export function gathering(of: Gathering): UserAggregate {
  const made: UserAggregate<Row[], unknown, unknown> = {
    name: of.name,
    type: of.type,
    init: () => [],
    add(rows, value) {
      const row = of.args + of.order.length === 1 ? [value] : (value as unknown[])
      rows.push(row.map(each => (each as unknown[])[0]))
      return rows
    },
    result(rows) {
      const kept = of.skipsNulls ? rows.filter(each => each[0] !== null) : rows
      const sorted = kept.toSorted((a, b) => compareRows(a, b, of))
      const different = of.distinct
        ? sorted.filter((row, i) => i === 0 || !sameArgs(sorted[i - 1] as Row, row, of))
        : sorted
      return of.finish(different)
    },
  }
  return Object.freeze(made) as UserAggregate
}

const sameArgs = (a: Row, b: Row, { args }: Gathering): boolean =>
  a.slice(0, args).every((each, i) => compare(each, b[i]) === 0)

function compareRows(a: Row, b: Row, { args, order }: Gathering): number {
  const byKeys = compareKeys(a.slice(args), b.slice(args), order)
  if (byKeys !== 0) return byKeys
  for (let i = 0; i < args; i++) {
    const way = compare(a[i], b[i])
    if (way !== 0) return way
  }
  return 0
}

function compareKeys(a: Row, b: Row, order: readonly GatherOrder[]): number {
  for (const [i, { descending, nulls }] of order.entries()) {
    const [x, y] = [a[i], b[i]]
    if (x === null || y === null) {
      if (x !== y) return (x === null) === (nulls === 'first') ? -1 : 1
      continue
    }
    const way = compare(x, y)
    if (way !== 0) return descending ? -way : way
  }
  return 0
}

/** SQL's order of values of one type; nulls last. */
function compare(a: unknown, b: unknown): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b)
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareLists([...a], [...b])
  const [x, y] = [a, b].map(each => (each instanceof Date ? each.getTime() : each)) as [number, number]
  if (x < y) return -1
  if (x > y) return 1
  return Number(Number.isNaN(x)) - Number(Number.isNaN(y))
}

/** By code points; where both are numbers (decimals are texts), by their values. */
function compareTexts(a: string, b: string): number {
  const [x, y] = [Array.from(a), Array.from(b)]
  return compareLists(
    x.map(each => each.codePointAt(0) as number),
    y.map(each => each.codePointAt(0) as number),
  )
}

function compareLists(a: readonly unknown[], b: readonly unknown[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const way = compare(a[i], b[i])
    if (way !== 0) return way
  }
  return a.length - b.length
}

/** What the rank of a row would be among others: each aggregate is made of how many stand before it, and beside it. */
export const hypothetical: Readonly<Record<string, (among: Among) => number>> = {
  rank: ({ before }) => before + 1,
  dense_rank: ({ different }) => different + 1,
  percent_rank: ({ before, all }) => (all === 0 ? 0 : before / all),
  cume_dist: ({ before, beside, all }) => (before + beside + 1) / (all + 1),
}

interface Among {
  readonly all: number
  readonly before: number
  /** Different ones of those before. */
  readonly different: number
  readonly beside: number
}

/** Where a row would stand among rows that are in their order. */
export function among(row: Row, rows: readonly Row[], order: readonly GatherOrder[]): Among {
  const way = (a: Row, b: Row): number => compareKeys(a, b, order)
  const before = rows.filter(each => way(each, row) < 0)
  const different = before.filter((each, i) => i === 0 || way(before[i - 1] as Row, each) !== 0)
  const beside = rows.filter(each => way(each, row) === 0)
  return { all: rows.length, before: before.length, different: different.length, beside: beside.length }
}

/** Between the two values that the share of the order lies between. */
export function percentile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null
  const at = share * (values.length - 1)
  const [low, high] = [values[Math.floor(at)] as number, values[Math.ceil(at)] as number]
  return Math.floor(at) === Math.ceil(at) ? low : low + (high - low) * (at - Math.floor(at))
}

/** The first value at which the share of the order is reached. */
export function discrete<T>(values: readonly T[], share: number): T | null {
  return values[Math.max(0, Math.ceil(share * values.length) - 1)] ?? null
}

/** The value that is there most often; of several the first. */
export function mostFrequent<T>(values: readonly T[]): T | null {
  let [best, most, count] = [null as T | null, 0, 0]
  for (const [i, value] of values.entries()) {
    count = i > 0 && compare(values[i - 1], value) === 0 ? count + 1 : 1
    if (count > most) [best, most] = [value, count]
  }
  return best
}

/** Sums of two numbers as they grow (Youngs and Cramer): y depends on x. */
export interface PairSums {
  readonly count: number
  readonly x: number
  readonly y: number
  readonly xx: number
  readonly yy: number
  readonly xy: number
}

export function pairSums(pairs: readonly (readonly [y: number, x: number])[]): PairSums {
  let [count, x, y, xx, yy, xy] = [0, 0, 0, 0, 0, 0]
  for (const [v, u] of pairs) {
    count++
    x += u
    y += v
    if (count === 1) continue
    const [du, dv] = [u * count - x, v * count - y]
    const scale = 1 / (count * (count - 1))
    xx += du * du * scale
    yy += dv * dv * scale
    xy += du * dv * scale
  }
  return { count, x, y, xx, yy, xy }
}

/** PostgreSQL's aggregates of two numbers. */
export const pairAggregates: Readonly<Record<string, (sums: PairSums) => number | null>> = {
  corr: ({ count, xx, yy, xy }) =>
    count < 1 || xx === 0 || yy === 0 ? null : Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy))),
  covar_pop: ({ count, xy }) => (count < 1 ? null : xy / count),
  covar_samp: ({ count, xy }) => (count < 2 ? null : xy / (count - 1)),
  regr_count: ({ count }) => count,
  regr_avgx: ({ count, x }) => (count < 1 ? null : x / count),
  regr_avgy: ({ count, y }) => (count < 1 ? null : y / count),
  regr_sxx: ({ count, xx }) => (count < 1 ? null : xx),
  regr_syy: ({ count, yy }) => (count < 1 ? null : yy),
  regr_sxy: ({ count, xy }) => (count < 1 ? null : xy),
  regr_slope: ({ count, xx, xy }) => (count < 1 || xx === 0 ? null : xy / xx),
  regr_intercept: ({ count, x, y, xx, xy }) => (count < 1 || xx === 0 ? null : (y - (x * xy) / xx) / count),
  regr_r2: ({ count, xx, yy, xy }) => (count < 1 || xx === 0 ? null : yy === 0 ? 1 : (xy * xy) / (xx * yy)),
}
