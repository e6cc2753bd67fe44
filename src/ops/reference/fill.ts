// The twin of fill: every bucket between two rows that follow one another is tried.
import { groupsInOrder } from './rank.ts'
import { net, type Row, type Weighted } from './zset.ts'

export interface FillTwin {
  readonly per: readonly string[]
  readonly columns: readonly string[]
  readonly time: string
  /** Milliseconds here, as Dates have them. */
  readonly every: number
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** null and constants are told as what made rows have. */
  readonly fill: Readonly<Record<string, 'last' | 'linear' | { readonly value: unknown }>>
}

export function fillTwin(input: readonly Weighted[], spec: FillTwin): Weighted[] {
  const keys = [{ column: spec.time, descending: false, nulls: 'last' as const }]
  const made = groupsInOrder(input, { ...spec, keys }).flatMap(rows => madeIn(rows, spec))
  return net([...input, ...made.map(row => ({ row, weight: 1 }))])
}

function madeIn(all: readonly Row[], spec: FillTwin): Row[] {
  const rows = all.filter(each => each[spec.time] !== null)
  const pairs = rows.map((row, i): [Row | undefined, Row | undefined] => [rows[i - 1], row])
  return [...pairs, [rows.at(-1), undefined] as [Row | undefined, undefined]].flatMap(([a, b]) => between(a, b, spec))
}

function between(a: Row | undefined, b: Row | undefined, spec: FillTwin): Row[] {
  const { every, from, to, per } = spec
  const at = (row: Row): number => Number(row[spec.time])
  const bucket = (time: number): number => Math.floor(time / every) * every
  if (a === undefined && b === undefined) return []
  const first = a === undefined ? from && bucket(from) : bucket(at(a)) + every
  const end = b === undefined ? to && bucket(to) : bucket(at(b))
  const made: Row[] = []
  if (first === undefined || end === undefined) return []
  for (let time = first; time < end; time += every) {
    const value = (name: string): unknown => {
      const how = spec.fill[name]
      if (name === spec.time) return new Date(time)
      if (per.includes(name)) return (a ?? b)?.[name]
      if (how === 'last') return a?.[name] ?? null
      if (how !== 'linear') return how?.value ?? null
      const [low, high] = [a?.[name] ?? null, b?.[name] ?? null] as [number | null, number | null]
      if (a === undefined || b === undefined || low === null || high === null) return null
      return low + (high - low) * ((time - at(a)) / (at(b) - at(a)))
    }
    made.push(Object.fromEntries(spec.columns.map(name => [name, value(name)])))
  }
  return made
}
