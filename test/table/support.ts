// A flights table without an engine: the session records what it is asked.
import type { Json, Mode, SinkSpec, SourceSpec } from '../../src/data/index.ts'
import type { Session } from '../../src/plan/index.ts'
import { type Table, type TimeOptions, tableOf } from '../../src/table/index.ts'
import { type RowSchema, type Schema, t } from '../../src/types/index.ts'

export const Flight = t.row({
  at: t.timestamp(),
  carrier: t.string(),
  delay: t.int().nullable(),
  origin: t.string(),
  price: t.double(),
  paid: t.boolean(),
  extra: t.json(),
})
export type FlightRow = NonNullable<typeof Flight extends RowSchema<infer R> ? R : never>

export const Airport = t.row({ iata: t.string(), name: t.string(), city: t.string().nullable() })
export type AirportRow = NonNullable<typeof Airport extends RowSchema<infer R> ? R : never>

export function sourceSpec(name: string, schema: Schema, more: Partial<SourceSpec> = {}): SourceSpec {
  const fingerprint: Json = { kind: 'test', name }
  const open = () => Promise.reject(new Error('not opened in these tests'))
  return { kind: 'test', name, fingerprint, schema, bounded: false, replayable: true, appendOnly: true, open, ...more }
}

export function sinkSpec<const M extends Mode>(modes: readonly M[], key?: readonly string[]): SinkSpec<M> {
  const open = () => Promise.reject(new Error('not opened in these tests'))
  const base = { kind: 'test', name: 'out', fingerprint: null, modes, guarantee: 'exactly once' as const, open }
  return key === undefined ? base : { ...base, key }
}

export const noSession: Session = {
  collect: () => Promise.reject(new Error('not run in these tests')),
  changes: () => {
    throw new Error('not run in these tests')
  },
  explain: () => '',
}

export function flightsOf(
  more: Partial<SourceSpec> = {},
  time: TimeOptions = { time: 'at', lateBy: '10 minutes' },
): Table<FlightRow, 'append'> {
  return tableOf<FlightRow>(sourceSpec('flights', Flight, more), noSession, time)
}

export const flights = flightsOf()
export const airports = tableOf<AirportRow>(sourceSpec('airports', Airport, { bounded: true }), noSession)
