// fullWindows(changes of an aggregation by count windows): the result of each window once, when it has all of its rows, for
// good: append-only. Law: the window's rows only come, so that it is full once and stays so; the aggregation forgets it
// then. What is not full when the input ends is told last.
import {
  type Arena,
  type Batch,
  type Column,
  EXACT,
  encodeKeys,
  type Kind,
  Tree,
  withSelection,
} from '../data/index.ts'
import { decodeExact, type Entries, piecesOf, sizeOf } from './entries.ts'
import {
  flushing,
  type Operator,
  type OperatorContext,
  saving,
  stateless,
  WATERMARK_MAX,
  WATERMARK_MIN,
} from './operator.ts'

export interface FullWindowsSpec {
  /** Of the input's columns. */
  readonly kinds: readonly Kind[]
  /** Columns of the input: the window's bounds, in rows, and the number of rows it has. */
  readonly start: number
  readonly end: number
  readonly rows: number
  /** The groups of these rows of the input hold nothing any more. */
  readonly forget: (groups: Batch) => void
}

const STORE = 'open'

/** Rows as keys; what is not full yet waits in a tree, and so does what is to be forgotten at the epoch's end. */
export function fullWindows(spec: FullWindowsSpec, context: OperatorContext): Operator {
  const { memory } = context
  const [open, full] = [new Tree(memory, context.durable !== false), new Tree(memory, false)]
  const chunk = memory.arena()
  let watermark = WATERMARK_MIN
  return {
    ...stateless,
    name: 'fullWindows',
    stores: [STORE],
    step(_port, delta, emit) {
      const [filled, rest] = parted(spec, delta, context.arena)
      keep(open, rest, context.arena)
      if (filled.count === 0) return
      emit(0, { ...filled, weights: 0 })
      keep(full, filled, context.arena)
    },
    advance(_port, to) {
      watermark = to
    },
    ...flushing(function* (emit) {
      for (const piece of piecesOf(full, chunk)) {
        spec.forget(rowsOf(piece, spec, chunk))
        yield
      }
      full.clear()
      if (watermark !== WATERMARK_MAX) return
      for (const piece of piecesOf(open, chunk)) {
        emit(0, rowsOf(piece, spec, chunk))
        yield
      }
      open.clear()
    }),
    ...saving((writer, all) => open.saving(block => writer.put(STORE, block), all)),
    load: (_store, block) => open.load(block),
    size: () => sizeOf(open),
    close() {
      for (const each of [open, full, chunk]) each.free()
    },
  }
}

/** The rows of windows that have all of theirs, and the others. */
function parted({ start, end, rows }: FullWindowsSpec, delta: Batch, arena: Arena): readonly [Batch, Batch] {
  const { i64, u32 } = arena.memory
  const [from, to, of] = [start, end, rows].map(i => (delta.columns[i] as Column).values >>> 3) as [
    number,
    number,
    number,
  ]
  const [full, rest] = [new Uint32Array(delta.count), new Uint32Array(delta.count)]
  let [filled, others] = [0, 0]
  for (let i = 0; i < delta.count; i++) {
    const row = delta.sel === 0 ? i : (u32[(delta.sel >>> 2) + i] as number)
    const isFull = (i64[to + row] as bigint) - (i64[from + row] as bigint) === i64[of + row]
    if (isFull) full[filled++] = row
    else rest[others++] = row
  }
  const part = (some: Uint32Array<ArrayBuffer>, count: number): Batch =>
    withSelection(delta, count === 0 ? 0 : arena.put(new Uint8Array(some.buffer, 0, count * 4)), count)
  return [part(full, filled), part(rest, others)]
}

function keep(tree: Tree, rows: Batch, arena: Arena): void {
  if (rows.count === 0) return
  const orders = rows.columns.map(() => EXACT)
  tree.addAll(encodeKeys(rows, rows.columns, orders, arena), undefined, rows, rows.weights)
}

function rowsOf({ entries, count }: Entries, { kinds }: FullWindowsSpec, arena: Arena): Batch {
  return { columns: decodeExact(entries, count, kinds, arena), rows: count, sel: 0, count, weights: 0 }
}
