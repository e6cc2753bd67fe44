// The twin of a replay: in every round the operator's meaning, applied to all rows of the rounds up to it.
import type { Weighted } from './zset.ts'

/** A change of a table's difference of a round. */
export interface Timed extends Weighted {
  readonly round: number
}

/** What the rows of the rounds up to this one sum to. */
export const upTo = (round: number, rows: readonly Timed[]): Timed[] => rows.filter(each => each.round <= round)

export function replayTwin(
  inputs: readonly (readonly Timed[])[],
  meaning: (inputs: readonly (readonly Weighted[])[]) => readonly Weighted[],
  round: number,
): readonly Weighted[] {
  return meaning(inputs.map(rows => upTo(round, rows)))
}
