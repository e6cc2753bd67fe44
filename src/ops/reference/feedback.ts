// The twin of a feedback loop: rows go round until none is left.
import { net, type Row, type Weighted } from './zset.ts'

export interface FeedbackTwin {
  readonly output: (row: Row) => readonly Row[]
  readonly again: (row: Row) => readonly Row[]
}

export function feedbackTwin(input: readonly Weighted[], { output, again }: FeedbackTwin): Weighted[] {
  const all: Weighted[] = []
  const each = (rows: readonly Weighted[], make: (row: Row) => readonly Row[]): Weighted[] =>
    rows.flatMap(({ row, weight }) => make(row).map(made => ({ row: made, weight })))
  for (let rows = net(input); rows.length > 0; rows = net(each(rows, again))) all.push(...each(rows, output))
  return all
}
