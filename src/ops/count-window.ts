// countWindow(a + b) = countWindow(a) + countWindow(b): a row gets the windows that its number in its group lies in. Windows
// are of rows, [start, end) counted from 0: one ends behind every `every` rows and has the last `size` of them, the
// first ones fewer, since there are no rows before the first.
import { type Arena, BATCH_ROWS, type Batch, type Column, columnBytes, Kind, type Ptr } from '../data/index.ts'
import { type Emit, type Operator, type OperatorContext, stateless } from './operator.ts'
import { repeated } from './window.ts'

export interface CountWindowSpec {
  /** The column of the row's number in its group, from 1; it is not passed on. */
  readonly number: number
  readonly size: number
  readonly every: number
  /** The first windows too, which have fewer rows than `size`. */
  readonly hasShort: boolean
}

/** The input's columns without the number, then the window's start and end; a row per window it lies in. */
export function countWindow(spec: CountWindowSpec, { arena }: OperatorContext): Operator {
  return { ...stateless, name: 'countWindow', step: (_port, delta, emit) => repeat(spec, delta, arena, emit) }
}

function repeat(spec: CountWindowSpec, delta: Batch, arena: Arena, emit: Emit): void {
  const { kernels } = arena.memory
  const [size, every] = [BigInt(spec.size), BigInt(spec.every)]
  const numbers = (delta.columns[spec.number] as Column).values
  const rest = { ...delta, columns: delta.columns.filter((_, i) => i !== spec.number) }
  const cursor = arena.zeroed(16)
  const rows = arena.alloc(BATCH_ROWS * 4)
  // A row's place is its number - 1, and ends are multiples of `every`: windows begin at 1 - size on the scale of numbers.
  const from = 1n - size
  for (;;) {
    const [start, end] = [place(arena), place(arena)]
    const { sel, count } = delta
    const made = kernels.windowSliding(
      cursor,
      count,
      sel,
      numbers,
      size,
      every,
      from,
      BATCH_ROWS,
      rows,
      start.values,
      end.values,
    )
    if (made <= 0) return
    const kept = counted(spec, made, start.values, end.values, arena)
    const windows = repeated(rest, rows, made, [start, end], arena)
    if (kept.count > 0) emit(0, { ...windows, ...kept })
  }
}

const place = (arena: Arena): Column => ({
  kind: Kind.I64,
  values: arena.alloc(columnBytes(Kind.I64, BATCH_ROWS)),
  validity: 0,
})

/** Bounds from numbers to places; the short windows begin at 0, or are left out. */
function counted({ hasShort }: CountWindowSpec, made: number, starts: Ptr, ends: Ptr, arena: Arena) {
  const { i64 } = arena.memory
  const kept = new Uint32Array(made)
  let count = 0
  for (let i = 0; i < made; i++) {
    const [start, end] = [(starts >>> 3) + i, (ends >>> 3) + i]
    i64[end] = (i64[end] as bigint) - 1n
    const begin = (i64[start] as bigint) - 1n
    i64[start] = begin < 0n ? 0n : begin
    if (begin >= 0n || hasShort) kept[count++] = i
  }
  const sel = count === made ? 0 : arena.put(new Uint8Array(kept.buffer, 0, count * 4))
  return { sel, count }
}
