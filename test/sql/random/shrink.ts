// From a query that gives another answer here to a small one that still does: fewer rows, simpler parts, while it lasts.
import { shrunk as shrunkBy } from '../../../src/testing/shrink.ts'
import { type Piece, simplerForms, textOf } from './piece.ts'
import { fewerRows, type RandomTable } from './tables.ts'

export interface Case {
  readonly tables: readonly RandomTable[]
  readonly piece: Piece
}

/** @param most cases that may be tried */
export const shrunk = (start: Case, fails: (each: Case) => Promise<boolean>, most: number): Promise<Case> =>
  shrunkBy(start, simpler, fails, most)

function* simpler({ tables, piece }: Case): Generator<Case> {
  const length = textOf(piece).length
  for (const form of simplerForms(piece)) if (textOf(form).length < length) yield { tables, piece: form }
  for (const fewer of fewerRows(tables)) yield { tables: fewer, piece }
}
