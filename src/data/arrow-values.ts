// Values that Arrow has in another form than we do: uuids and intervals have 16 bytes in a row there, times other units.
import type { ColumnType, ScalarType } from '../types/index.ts'
import { isSet } from './arrow-buffers.ts'
import { arrow } from './arrow-library.ts'
import type { Column } from './batch.ts'
import { intervalBytes, intervalParts } from './interval.ts'
import { columnBytes, Kind } from './kind.ts'
import type { Arena, Memory } from './memory.ts'
import { uuidText } from './uuid.ts'

const WIDTH = 16

/** The values of a column of uuids or intervals, 16 bytes each; undefined for other types. */
export function fixedValues(
  type: ColumnType,
  column: Column,
  rows: number,
  memory: Memory,
): { readonly values: Uint8Array } | undefined {
  if (type.kind !== 'uuid' && type.kind !== 'interval') return undefined
  const values = new Uint8Array(rows * WIDTH)
  const view = new DataView(values.buffer)
  for (let row = 0; row < rows; row++) {
    if (column.validity !== 0 && !isSet(memory.u8.subarray(column.validity), row)) continue
    const at = memory.u32[(column.values >>> 2) + row * 4 + 3] as number
    if (type.kind === 'uuid') values.set(memory.bytes(at, WIDTH), row * WIDTH)
    else putInterval(view, row * WIDTH, memory.bytes(at, 24))
  }
  return { values }
}

function putInterval(view: DataView, at: number, bytes: Uint8Array): void {
  const { months, days, micros } = intervalParts(bytes)
  view.setInt32(at, months, true)
  view.setInt32(at + 4, days, true)
  // Arrow counts nanoseconds: beyond 292 years of them the nearest that fit.
  const nanos = micros * 1000n
  view.setBigInt64(
    at + 8,
    nanos === BigInt.asIntN(64, nanos) ? nanos : micros < 0n ? -(2n ** 63n) : 2n ** 63n - 1n,
    true,
  )
}

/** Intervals of months, days and nanoseconds; undefined for Arrow's other intervals, which are read value by value. */
export function intervalsIn(
  batch: arrow.Batch<unknown>,
  { first, count, arena }: { readonly first: number; readonly count: number; readonly arena: Arena },
): Omit<Column, 'validity'> | undefined {
  if (batch.type.typeId !== arrow.Type.Interval || batch.type.unit !== arrow.IntervalUnit.MONTH_DAY_NANO)
    return undefined
  const source = batch.values as Uint8Array
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength)
  const values = arena.zeroed(columnBytes(Kind.VIEW, count))
  for (let row = 0; row < count; row++) {
    const at = (first + row) * WIDTH
    const parts = {
      months: view.getInt32(at, true),
      days: view.getInt32(at + 4, true),
      micros: view.getBigInt64(at + 8, true) / 1000n,
    }
    const bytes = arena.put(intervalBytes(parts))
    const { u32 } = arena.memory
    u32.set([24, u32[bytes >>> 2] as number, 0, bytes], (values >>> 2) + row * 4)
  }
  return { kind: Kind.VIEW, values }
}

const MICROS: Readonly<Record<number, readonly [times: bigint, over: bigint]>> = {
  0: [1_000_000n, 1n],
  1: [1_000n, 1n],
  2: [1n, 1n],
  3: [1n, 1_000n],
}

/** What the Arrow library gives for a value, as rows have it: dates as Dates, times in microseconds, intervals as parts. */
export function adapt(type: ScalarType, from: arrow.DataType, value: unknown): unknown {
  if (type.kind === 'date' && typeof value === 'number') return new Date(value)
  if (type.kind === 'uuid' && value instanceof Uint8Array) return uuidText(value)
  if (from.typeId === arrow.Type.Time) {
    const [times, over] = MICROS[from.unit] as readonly [bigint, bigint]
    return (BigInt(value as number | bigint) * times) / over
  }
  if (from.typeId !== arrow.Type.Interval) return value
  if (typeof value === 'number') return { months: value }
  const [days = 0, milliseconds = 0] = value as Int32Array
  return { days, milliseconds }
}
