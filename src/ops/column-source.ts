// A column that an operator needs: one of the input's, by number, or an expression over the input.
import type { Batch, Column, Kind, Workspace } from '../data/index.ts'
import { kindOf } from '../data/index.ts'
import type { Evaluator } from '../expr/index.ts'

export type ColumnSource = number | Evaluator

export function columnFrom(source: ColumnSource, batch: Batch, work: Workspace): Column {
  return typeof source === 'number' ? (batch.columns[source] as Column) : source.run(batch, work)
}

/** Its kind, the input's columns having `kinds`. */
export function kindFrom(source: ColumnSource, kinds: readonly Kind[]): Kind {
  return typeof source === 'number' ? (kinds[source] as Kind) : kindOf(source.type)
}

/** Free what the expressions hold; an operator closes those it was built with. */
export function closeSources(sources: readonly ColumnSource[]): void {
  for (const each of sources) if (typeof each !== 'number') each.close()
}
