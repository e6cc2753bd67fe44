// From a query that gives another answer here to a small one that still does: fewer rows, simpler parts, while it lasts.
import { type Piece, simplerForms, textOf } from './piece.ts'
import { fewerRows, type RandomTable } from './tables.ts'

export interface Case {
  readonly tables: readonly RandomTable[]
  readonly piece: Piece
}

/** @param most cases that may be tried */
export async function shrunk(start: Case, fails: (each: Case) => Promise<boolean>, most: number): Promise<Case> {
  let best = start
  let left = most
  const improve = async (): Promise<boolean> => {
    for (const candidate of simpler(best)) {
      if (left-- <= 0) return false
      if (!(await fails(candidate))) continue
      best = candidate
      return true
    }
    return false
  }
  while (await improve());
  return best
}

function* simpler({ tables, piece }: Case): Generator<Case> {
  const length = textOf(piece).length
  for (const form of simplerForms(piece)) if (textOf(form).length < length) yield { tables, piece: form }
  for (const fewer of fewerRows(tables)) yield { tables: fewer, piece }
}
