// Rows as values: when two are the same, which comes first, and how they are written. Structs lie flat: a window is the
// two columns window.start and window.end.

type Row = Readonly<Record<string, unknown>>

/** A row and how many of it came (positive) or went (negative). */
export type WeightedRow<R extends object = object> = readonly [row: R, weight: number]

const isStruct = (value: unknown): value is Row =>
  typeof value === 'object' &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  Object.keys(value).length > 0

/** The columns of a row with their values, structs flattened: `window.start`. */
export function cells(row: object, prefix = ''): [name: string, value: unknown][] {
  return Object.entries(row).flatMap(([name, value]) =>
    isStruct(value) ? cells(value, `${prefix}${name}.`) : [[`${prefix}${name}`, value] as [string, unknown]],
  )
}

/** The same text for the same value, another for another: 1 and 1n and '1' are three. */
export function identity(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number') return Object.is(value, -0) ? '0' : String(value)
  if (value instanceof Date) return `@${value.getTime()}`
  if (value instanceof Uint8Array) return hex(value)
  if (Array.isArray(value)) return `[${value.map(identity).join()}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([name, inner]) => `${JSON.stringify(name)}:${identity(inner)}`)
    .join()}}`
}

/** Rows that are the same become one with the sum of their weights; those with 0 are gone. */
export function consolidate<R extends object>(changes: Iterable<WeightedRow<R>>): WeightedRow<R>[] {
  const sums = new Map<string, [R, number]>()
  for (const [row, weight] of changes) {
    const key = identity(row)
    const known = sums.get(key)
    if (known === undefined) sums.set(key, [row, weight])
    else known[1] += weight
  }
  return [...sums.values()].filter(([, weight]) => weight !== 0)
}

/** By the columns from left to right, nulls last; what goes before what comes. */
export function inOrder<R extends object>(changes: readonly WeightedRow<R>[]): WeightedRow<R>[] {
  const keyed = changes.map(change => ({ change, values: cells(change[0]).map(each => each[1]) }))
  keyed.sort((a, b) => compareLists(a.values, b.values) || a.change[1] - b.change[1])
  return keyed.map(each => each.change)
}

function compareLists(a: readonly unknown[], b: readonly unknown[]): number {
  for (let i = 0; i < a.length; i++) {
    const order = compareValues(a[i], b[i])
    if (order !== 0) return order
  }
  return a.length - b.length
}

function compareValues(a: unknown, b: unknown): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  const [x, y] = isOrdered(a) && isOrdered(b) ? [a, b] : [identity(a), identity(b)]
  return x < y ? -1 : x > y ? 1 : 0
}

const isOrdered = (value: unknown): value is number =>
  typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string' || value instanceof Date

/** A value as it stands in a table: instants without the parts that are zero, control characters escaped. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (value instanceof Date) return showInstant(value)
  if (typeof value === 'string') return printable(value)
  if (typeof value === 'number') return Object.is(value, -0) ? '0' : String(value)
  if (value instanceof Uint8Array) return hex(value)
  if (typeof value !== 'object') return String(value)
  return printable(JSON.stringify(value) ?? '')
}

function showInstant(value: Date): string {
  if (Number.isNaN(value.getTime())) return 'no time'
  const [day, time = ''] = value.toISOString().split('T')
  const short = time.replace(/(:00)?(\.000)?Z$/, 'Z')
  return short === '00:00Z' ? `${day}` : `${day} ${short}`
}

const hex = (bytes: Uint8Array): string => `0x${Array.from(bytes, each => each.toString(16).padStart(2, '0')).join('')}`

const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Cs}|]/gu, each =>
    each === '|' ? '\\|' : `\\u${(each.codePointAt(0) as number).toString(16).padStart(4, '0')}`,
  )
