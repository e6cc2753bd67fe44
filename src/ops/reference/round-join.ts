// The twin of a join within an iteration: every row with every row, each pair in the later of its two rounds.
import { type Timed, upTo } from './replay.ts'
import type { Row, Weighted } from './zset.ts'

export function roundJoinTwin(
  left: readonly Timed[],
  right: readonly Timed[],
  match: (left: Row, right: Row) => boolean,
  round: number,
): readonly Weighted[] {
  const pairs = left.flatMap(a =>
    right
      .filter(b => match(a.row, b.row))
      .map(b => ({
        row: { ...a.row, ...b.row },
        weight: a.weight * b.weight,
        round: Math.max(a.round, b.round),
      })),
  )
  return upTo(round, pairs)
}
