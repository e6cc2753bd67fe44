// Columns of made rows: values of the rows around their gap, between them, or none.
import { type Arena, bitmapBytes, type Column, columnBytes, gatherColumn, Kind } from '../../data/index.ts'

export type FillColumn =
  /** The bucket. */
  | { readonly how: 'time' }
  /** The same in every row of the group. */
  | { readonly how: 'group' }
  | { readonly how: 'null' }
  /** The value of the row before. */
  | { readonly how: 'last' }
  /** On the straight line between the rows around; of doubles. */
  | { readonly how: 'linear' }
  /** Of a column of the input that holds the same in every row. */
  | { readonly how: 'constant'; readonly column: number }

/** Made rows: the entries before and after (-1: none), and their times. */
export interface Slots {
  readonly count: number
  readonly before: Int32Array
  readonly after: Int32Array
  readonly times: BigInt64Array
}

export function fillColumns(
  fills: readonly FillColumn[],
  slots: Slots,
  columns: readonly Column[],
  times: BigInt64Array,
  arena: Arena,
): Column[] {
  const { before, after, count } = slots
  const beside = Int32Array.from(
    { length: count },
    (_, i) => ((before[i] as number) < 0 ? after[i] : before[i]) as number,
  )
  return fills.map((fill, i) => {
    const column = columns[i] as Column
    switch (fill.how) {
      case 'time':
        return bytesOf(Kind.I64, slots.times.slice(0, count), arena)
      case 'group':
        return taken(column, beside, count, arena)
      case 'constant':
        return taken(columns[fill.column] as Column, beside, count, arena)
      case 'last':
        return taken(column, before, count, arena)
      case 'linear':
        return linear(column, slots, times, arena)
      default:
        return taken(column, new Int32Array(count).fill(-1), count, arena)
    }
  })
}

function bytesOf(kind: Kind, values: BigInt64Array | Float64Array, arena: Arena, validity = 0): Column {
  return { kind, values: arena.put(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)), validity }
}

/** Values of entries; -1: null. */
function taken(from: Column, entries: Int32Array, count: number, arena: Arena): Column {
  const { memory } = arena
  const validity = arena.zeroed(bitmapBytes(count))
  const index = new Uint32Array(count)
  let nulls = 0
  for (let i = 0; i < count; i++) {
    const entry = entries[i] as number
    if (entry < 0 || !isThere(from, entry, memory.u8)) {
      nulls++
      continue
    }
    index[i] = entry
    memory.u8[validity + (i >>> 3)] = (memory.u8[validity + (i >>> 3)] as number) | (1 << (i & 7))
  }
  if (nulls === count) return { kind: from.kind, values: arena.zeroed(columnBytes(from.kind, count)), validity }
  const { kind, values } = gatherColumn(from, arena.put(new Uint8Array(index.buffer)), count, arena)
  return { kind, values, validity: nulls === 0 ? 0 : validity }
}

function isThere({ validity }: Column, entry: number, u8: Uint8Array): boolean {
  return validity === 0 || (((u8[validity + (entry >>> 3)] as number) >>> (entry & 7)) & 1) === 1
}

function linear(from: Column, { count, before, after, times: at }: Slots, times: BigInt64Array, arena: Arena): Column {
  const { memory } = arena
  const validity = arena.zeroed(bitmapBytes(count))
  const out = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const [a, b] = [before[i] as number, after[i] as number]
    if (a < 0 || b < 0 || !isThere(from, a, memory.u8) || !isThere(from, b, memory.u8)) continue
    const [low, high] = [memory.f64[(from.values >>> 3) + a] as number, memory.f64[(from.values >>> 3) + b] as number]
    const [start, end] = [times[a] as bigint, times[b] as bigint]
    out[i] = low + (high - low) * (Number((at[i] as bigint) - start) / Number(end - start))
    memory.u8[validity + (i >>> 3)] = (memory.u8[validity + (i >>> 3)] as number) | (1 << (i & 7))
  }
  return bytesOf(Kind.F64, out, arena, validity)
}
