// The twin of over: for every row its frame is looked for among all rows of its group, and the function computed anew.
import { groupsInOrder } from './rank.ts'
import { compareBy, compareValues, net, type Order, type Row, type Weighted } from './zset.ts'

export interface OverTwin {
  readonly per: readonly string[]
  readonly keys: readonly Order[]
  /** All columns, in order: they break ties. */
  readonly columns: readonly string[]
  readonly functions: Readonly<Record<string, FunctionTwin>>
}

export interface FunctionTwin {
  readonly fn: string
  readonly column?: string
  /** The offset of lead and lag, the number of nth_value, the parts of ntile. */
  readonly n?: number
  readonly frame?: {
    readonly mode: 'rows' | 'range' | 'groups'
    readonly from: number | undefined
    readonly to: number | undefined
    readonly exclude?: 'row' | 'group' | 'ties' | undefined
  }
}

export function overTwin(input: readonly Weighted[], spec: OverTwin): Weighted[] {
  return net(resultsInOrder(input, spec).flatMap(rows => rows.map(row => ({ row, weight: 1 }))))
}

/** The rows of each group in order, with their results. */
export function resultsInOrder(input: readonly Weighted[], spec: OverTwin): Row[][] {
  return groupsInOrder(input, spec).map(rows =>
    rows.map((row, i) => {
      const results = Object.entries(spec.functions).map(([name, fn]) => [name, resultFor(fn, rows, i, spec.keys)])
      return { ...row, ...Object.fromEntries(results) }
    }),
  )
}

function resultFor(
  { fn, column = '', n = 0, frame }: FunctionTwin,
  rows: readonly Row[],
  i: number,
  keys: readonly Order[],
): unknown {
  const me = rows[i] as Row
  const order = compareBy(keys)
  const before = rows.filter(each => order(each, me) < 0)
  const seen =
    frame === undefined
      ? []
      : rows.filter(
          (each, j) => inFrame(frame, each, j, me, i, keys, rows) && !isExcluded(frame, order(each, me), i === j),
        )
  const values = seen.map(each => each[column]).filter(each => each !== null)
  switch (fn) {
    case 'row_number':
      return i + 1
    case 'rank':
      return before.length + 1
    case 'dense_rank':
      return before.filter((each, j) => j === 0 || order(before[j - 1] as Row, each) !== 0).length + 1
    case 'percent_rank':
      return rows.length === 1 ? 0 : before.length / (rows.length - 1)
    case 'cume_dist':
      return rows.filter(each => order(each, me) <= 0).length / rows.length
    case 'ntile':
      return ntile(rows.length, i, n)
    case 'shift':
      return rows[i + n]?.[column] ?? null
    case 'nth':
      return (n > 0 ? seen[n - 1] : seen.at(n))?.[column] ?? null
    case 'count':
      return column === '' ? seen.length : values.length
    case 'min':
      return values.reduce((a, b) => (a === undefined || compareValues(b, a) < 0 ? b : a), undefined) ?? null
    case 'max':
      return values.reduce((a, b) => (a === undefined || compareValues(b, a) > 0 ? b : a), undefined) ?? null
    case 'sum':
      return values.length === 0 ? null : sum(values as number[])
    case 'avg':
      return values.length === 0 ? null : sum(values as number[]) / values.length
    default:
      return spread(fn, values as number[])
  }
}

/** Youngs and Cramer's sum of squared differences. */
function spread(fn: string, values: readonly number[]): number | null {
  const by = fn.endsWith('_samp') ? values.length - 1 : values.length
  if (by < 1) return null
  let [sum, squares] = [0, 0]
  for (const [i, value] of values.entries()) {
    sum += value
    if (i > 0) squares += (value * (i + 1) - sum) ** 2 / ((i + 1) * i)
  }
  return fn.startsWith('var') ? squares / by : Math.sqrt(squares / by)
}

function ntile(rows: number, i: number, parts: number): number {
  let at = 0
  for (let part = 1; ; part++) {
    at += Math.floor(rows / parts) + (part <= rows % parts ? 1 : 0)
    if (i < at) return part
  }
}

function inFrame(
  { mode, from, to }: NonNullable<FunctionTwin['frame']>,
  row: Row,
  j: number,
  me: Row,
  i: number,
  keys: readonly Order[],
  rows: readonly Row[],
): boolean {
  if (mode === 'rows') return (from === undefined || j >= i + from) && (to === undefined || j <= i + to)
  if (mode === 'groups') {
    const away = peersBefore(row, keys, rows) - peersBefore(me, keys, rows)
    return (from === undefined || away >= from) && (to === undefined || away <= to)
  }
  const way = compareBy(keys)(row, me)
  return (
    (from === undefined || isFrom(way, row, me, keys, from)) && (to === undefined || isFrom(-way, me, row, keys, -to))
  )
}

/** How many different order keys come before a row's. */
function peersBefore(row: Row, keys: readonly Order[], rows: readonly Row[]): number {
  const order = compareBy(keys)
  const before = rows.filter(each => order(each, row) < 0)
  return before.filter((each, j) => j === 0 || order(before[j - 1] as Row, each) !== 0).length
}

function isExcluded({ exclude }: NonNullable<FunctionTwin['frame']>, order: number, isMe: boolean): boolean {
  if (exclude === undefined || order !== 0) return false
  return exclude === 'group' || (exclude === 'row' ? isMe : !isMe)
}

/** Whether `row` is at or behind the place that is `offset` from `me` in the order. */
function isFrom(way: number, row: Row, me: Row, keys: readonly Order[], offset: number): boolean {
  if (offset === 0) return way >= 0
  const [{ column, descending }] = keys as [Order]
  const [a, b] = [row[column], me[column]]
  if (a === null || b === null) return way >= 0
  const difference = (Number(a) - Number(b)) * (descending ? -1 : 1)
  return difference >= offset
}

/** In order, with compensation. */
function sum(values: readonly number[]): number {
  let [total, lost] = [0, 0]
  for (const value of values) {
    const next = total + value
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total
    total = next
  }
  return Number.isFinite(total) ? total + lost : total
}
