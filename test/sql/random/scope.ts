// What an expression may name while a random query grows.
import type { Rng } from '../../support/seed.ts'
import type { Piece } from './piece.ts'
import type { RandomTable } from './tables.ts'
import type { Type } from './types.ts'

/** Something that has a value in each row, by the text that means it. */
export interface Named {
  readonly text: string
  readonly type: Type
}

export interface Scope {
  readonly rng: Rng
  readonly tables: readonly RandomTable[]
  /** Columns of FROM, or keys of a group. */
  readonly columns: readonly Named[]
  /** Columns of queries around this one. */
  readonly outer: readonly Named[]
  /** What aggregates are over, where they may stand. */
  readonly grouped: readonly Named[] | undefined
  /** Tables of WITH. */
  readonly common: readonly Relation[]
  /** Queries within queries that may still come. */
  readonly depth: number
  /** Makes names that nobody has. */
  readonly fresh: (prefix: string) => string
  /** Makes a query whose columns have these types, named c1, c2 … */
  readonly query: (scope: Scope, types: readonly Type[]) => Piece
}

export interface Relation {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: Type }[]
}

export const typesOf = (names: readonly Named[]): readonly Type[] => [...new Set(names.map(each => each.type))]
