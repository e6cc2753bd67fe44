// The twins' data: a table as plain rows with weights, and the few words to speak of it. Slow and obvious on purpose.

export type Row = Readonly<Record<string, unknown>>

export interface Weighted {
  readonly row: Row
  readonly weight: number
}

/** Two values are one value: by kind and bits, nested. */
export function identity(value: unknown): string {
  if (value instanceof Date) return `Date(${value.getTime()})`
  if (value instanceof Uint8Array) return `Bytes(${value.join()})`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (Array.isArray(value)) return `[${value.map(identity).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  return `{${Object.entries(value)
    .map(([name, each]) => `${JSON.stringify(name)}:${identity(each)}`)
    .join()}}`
}

/** One entry per row whose weights do not cancel, in the order in which the rows first came. */
export function net(changes: readonly Weighted[]): Weighted[] {
  const sums = new Map<string, { row: Row; weight: number }>()
  for (const { row, weight } of changes) {
    const key = identity(row)
    const sum = sums.get(key)
    if (sum === undefined) sums.set(key, { row, weight })
    else sum.weight += weight
  }
  return [...sums.values()].filter(each => each.weight !== 0)
}

/** What a table holds: each row as often as its weight says, negative ones never. */
export function rowsIn(changes: readonly Weighted[]): Row[] {
  return net(changes).flatMap(({ row, weight }) => Array.from({ length: Math.max(0, weight) }, () => row))
}

/** The order of key bytes for two values of one type: numbers, NaN last, strings by code point; nulls apart. */
export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'string') return compareCodePoints(a, b as string)
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  }
  const [x, y] = [a as number, b as number]
  return x < y ? -1 : x > y ? 1 : 0
}

function compareCodePoints(a: string, b: string): number {
  const [x, y] = [[...a], [...b]]
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const order = ((x[i] as string).codePointAt(0) as number) - ((y[i] as string).codePointAt(0) as number)
    if (order !== 0) return Math.sign(order)
  }
  return Math.sign(x.length - y.length)
}

export interface Order {
  readonly column: string
  readonly descending: boolean
  readonly nulls: 'first' | 'last'
}

export function compareBy(orders: readonly Order[]): (a: Row, b: Row) => number {
  return (a, b) => {
    for (const { column, descending, nulls } of orders) {
      const [x, y] = [a[column], b[column]]
      if (x === null || y === null) {
        if (x === y) continue
        return (x === null) === (nulls === 'first') ? -1 : 1
      }
      const order = compareValues(x, y)
      if (order !== 0) return descending ? -order : order
    }
    return 0
  }
}

/** The order of whole rows, which breaks ties: column by column, ascending, nulls last, 0 before -0. */
export function compareRows(columns: readonly string[]): (a: Row, b: Row) => number {
  return (a, b) => {
    for (const column of columns) {
      const order = compareBy([{ column, descending: false, nulls: 'last' }])(a, b)
      if (order !== 0) return order
      const [x, y] = [a[column], b[column]]
      if (x === 0 && y === 0 && !Object.is(x, y)) return Object.is(x, -0) ? 1 : -1
    }
    return 0
  }
}
