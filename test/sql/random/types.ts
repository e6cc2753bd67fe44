// The types that random queries compute with, and constants of them.
import type { Rng } from '../../support/seed.ts'
import { type Piece, sql } from './piece.ts'

export const TYPES = ['int', 'text', 'bool', 'time', 'numeric', 'double'] as const

export type Type = (typeof TYPES)[number]

export const SQL_TYPES: Readonly<Record<Type, string>> = {
  int: 'bigint',
  text: 'text',
  bool: 'boolean',
  time: 'timestamptz',
  numeric: 'numeric(8, 2)',
  double: 'double precision',
}

const CONSTANTS: Readonly<Record<Type, readonly string[]>> = {
  int: ['0', '1', '2', '3', '(-1)', '7'],
  text: ["'a'", "'b'", "''", "'ab'", "'B '", "'it''s'", "'longer than twelve'"],
  bool: ['true', 'false'],
  time: ['2026-01-01T00:00:00Z', '2026-01-01T00:30:00Z', '2026-02-28T23:59:59.5Z', '1999-12-31T12:00:00Z'].map(
    each => `timestamptz '${each}'`,
  ),
  numeric: ['0.00', '1.50', '(-2.25)', '10.10', '3.00'],
  double: ['0.5', '-1.25', '2', '100'].map(each => `double precision '${each}'`),
}

/** A value as it stands in INSERT. */
export const valueText = (rng: Rng, type: Type, nullable: boolean): string =>
  nullable && rng.oneIn(4) ? 'NULL' : rng.pick(CONSTANTS[type])

export const constant = (rng: Rng, type: Type): Piece =>
  rng.oneIn(10) ? sql`NULL::${SQL_TYPES[type].replace(/\(.*/, '')}` : sql`${rng.pick(CONSTANTS[type])}`
