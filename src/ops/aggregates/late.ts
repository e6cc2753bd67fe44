// Rows whose window no longer takes any: late when the watermark, known before the epoch, has reached the window's end
// plus the allowed lateness. They leave with the reason, by how much, and the watermark.
import { type Arena, type Batch, type Column, columnBytes, Kind, type Memory, utf8 } from '../../data/index.ts'
import { WATERMARK_MAX, WATERMARK_MIN } from '../operator.ts'

const LATE_REASON = 'window closed'
/** Of rows by their own event time: late is what is less than the watermark. */
export const BEHIND = 'behind the watermark'

/** Windows that end at or before this take no more rows once the watermark is there. */
export function closedBy(watermark: bigint, accept: bigint): bigint {
  if (watermark === WATERMARK_MAX) return watermark
  return watermark < WATERMARK_MIN + accept ? WATERMARK_MIN : watermark - accept
}

/** The rows that are in time; the others go to `emit`, with the columns that tell why. `ends`: the windows' ends. */
export function splitLate(
  batch: Batch,
  ends: Column,
  accept: bigint,
  watermark: bigint,
  arena: Arena,
  emit: (late: Batch) => void,
  why = LATE_REASON,
): Batch {
  const { memory } = arena
  const limit = closedBy(watermark, accept)
  const kept = arena.alloc(batch.count * 4)
  const late = arena.alloc(batch.count * 4)
  const count = memory.kernels.splitLate(batch.count, batch.sel, ends.values, ends.validity, limit, kept, late)
  if (count === batch.count) return batch
  const rest: Batch = { ...batch, sel: late, count: batch.count - count }
  const since = why === BEHIND ? limit + 1n : limit
  emit({ ...rest, columns: [...batch.columns, ...lateColumns(memory, rest, ends, since, watermark, arena, why)] })
  return { ...batch, sel: kept, count }
}

/** The reason (of more than 12 bytes), by how much they are behind `limit`, and the watermark. */
export function lateColumns(
  memory: Memory,
  late: Batch,
  ends: Column,
  limit: bigint,
  watermark: bigint,
  arena: Arena,
  why = LATE_REASON,
): readonly Column[] {
  const { rows } = late
  const by = arena.alloc(columnBytes(Kind.I64, rows))
  memory.kernels.lateBy(late.count, late.sel, ends.values, limit, by)
  const reason = arena.alloc(columnBytes(Kind.VIEW, rows))
  const text = utf8(why)
  const bytes = arena.put(text)
  const marks = arena.alloc(columnBytes(Kind.I64, rows))
  memory.i64.fill(watermark, marks >>> 3, (marks >>> 3) + rows)
  const u32 = memory.u32
  const prefix = u32[bytes >>> 2] as number
  for (let row = 0, at = reason >>> 2; row < rows; row++, at += 4) u32.set([text.length, prefix, 0, bytes], at)
  return [
    { kind: Kind.VIEW, values: reason, validity: 0 },
    { kind: Kind.I64, values: by, validity: 0 },
    { kind: Kind.I64, values: marks, validity: 0 },
  ]
}
