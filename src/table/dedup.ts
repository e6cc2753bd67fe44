// The options of dedup.
import { type Duration, micros, optionsFor } from '../base/index.ts'
import { badVerb, dedupOf, type Node } from '../plan/index.ts'
import type { ChangeKind } from '../types/index.ts'
import { groupsFrom, type Per } from './rank.ts'

export interface DedupOptions<Row> {
  /** What makes a row a repetition: a column, a list of columns, or a callback that makes keys. */
  readonly by: Per<Row>
  /** How far apart in event time repetitions may be; keys are remembered that long. A table that never ends needs it. */
  readonly within?: Duration
}

/** Shown when rows of the table may go again: the first row of a key is told for good. */
export interface DedupNeedsRowsThatOnlyCome<Fix extends string> {
  readonly fix: Fix
}

export type DedupTakes<Kind extends ChangeKind> = [Kind] extends ['update']
  ? DedupNeedsRowsThatOnlyCome<'call .final() on the windowed table, or use .firstBy({ by })'>
  : unknown

export function dedupNode(input: Node, options: DedupOptions<never>): Node {
  const { by, within } = optionsFor('dedup', options, "dedup({ by: 'id', within: '1 hour' })")
  if (by === undefined) badVerb('dedup', 'it does not say by what', "dedup({ by: 'id', within: '1 hour' })")
  return dedupOf(input, groupsFrom(input, by), within === undefined ? undefined : micros(within))
}
