// Rows by their own event time: those without one, and those that are late (time < watermark, known before the epoch: equal
// is not late), leave by port 1 with the reason; the others go on.
import { type Batch, type Column, withSelection } from '../data/index.ts'
import { BEHIND, lateColumns } from './aggregates/late.ts'
import { type Emit, type OperatorContext, WATERMARK_MIN } from './operator.ts'
import { emitUntimed, shifted } from './window.ts'

export interface EventColumn {
  /** Number of a timestamp column. */
  readonly column: number
  /** Microseconds from that column to the event time. */
  readonly shift: bigint
}

const LATE = 1

/** The rows that have a time and are not late. */
export function inTime(
  time: EventColumn,
  delta: Batch,
  watermark: bigint,
  context: OperatorContext,
  emit: Emit,
): Batch {
  const { arena, memory } = context
  const times = delta.columns[time.column] as Column
  const timed = emitUntimed(times, delta, arena, emit)
  if (timed.count === 0 || watermark === WATERMARK_MIN) return timed
  const at = { ...times, values: shifted(times, time.shift, timed, arena), validity: 0 }
  const [kept, late] = [arena.alloc(timed.count * 4), arena.alloc(timed.count * 4)]
  const count = memory.kernels.splitLate(timed.count, timed.sel, at.values, 0, watermark - 1n, kept, late)
  if (count === timed.count) return timed
  const rest = withSelection(timed, late, timed.count - count)
  const why = lateColumns(memory, rest, at, watermark, watermark, arena, BEHIND)
  emit(LATE, { ...rest, columns: [...rest.columns, ...why] })
  return withSelection(timed, kept, count)
}
