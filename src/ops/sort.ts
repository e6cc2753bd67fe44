// sort(a): all rows of a bounded input in order, once: when the watermark says that it has ended. The order of the
// result is the order of emission. Rows that were deleted before the end never appear.
// Until then rows are logged, not kept in order; the state is that log, entries { number of the row: weight, key }.
import { assert } from '../base/index.ts'
import { type Arena, BATCH_ROWS, type Kind, Sorter } from '../data/index.ts'
import { DELETED } from '../state/index.ts'
import { type Emit, flushing, type Operator, type OperatorContext, stateless, WATERMARK_MAX } from './operator.ts'
import { type OrderedRows, orderedRows, type SortColumn } from './ordered-rows.ts'

export interface SortSpec {
  readonly keys: readonly SortColumn[]
  readonly kinds: readonly Kind[]
  readonly offset: number
}

const STORE = 'rows'

export function sort(spec: SortSpec, context: OperatorContext): Operator {
  const { memory } = context
  const sorter = new Sorter(memory)
  const rows = orderedRows(spec.keys, spec.kinds)
  const chunk = memory.arena()
  let ended = false
  let done = false
  /** Rows in the store. */
  let saved = 0
  return {
    ...stateless,
    name: 'sort',
    stores: [STORE],
    step(_port, delta) {
      assert(!done, 'a row came after the end of a sorted input')
      sorter.add(rows.encode(delta, context), delta, delta.weights)
    },
    advance(_port, watermark) {
      ended = watermark === WATERMARK_MAX
    },
    ...flushing(function* (emit) {
      if (!ended || done) return
      done = true
      yield* emitSorted(sorter, spec, rows, chunk, emit)
    }),
    save(writer, full) {
      if (done && saved > 0 && !full) writer.put(STORE, deletions(saved))
      sorter.save(block => writer.put(STORE, block), full)
      saved = done ? 0 : sorter.numbers
    },
    load(_store, block) {
      sorter.load(block)
      saved = sorter.numbers
    },
    size: () => ({ rows: sorter.count, bytes: sorter.bytes, unmatchedDeletes: 0 }),
    close() {
      sorter.free()
      chunk.free()
      rows.close()
    },
  }
}

function* emitSorted(sorter: Sorter, spec: SortSpec, rows: OrderedRows, chunk: Arena, emit: Emit): Generator<void> {
  sorter.sort()
  const { memory } = sorter
  const keys = memory.alloc(BATCH_ROWS * 4)
  while (true) {
    const weights = chunk.alloc(BATCH_ROWS * 8)
    const { count, weighted } = sorter.next(spec.offset, BATCH_ROWS, keys, weights)
    if (count === 0) break
    const columns = rows.decodeKeys(keys, count, chunk)
    emit(0, { columns, rows: count, sel: 0, count, weights: weighted ? weights : 0 })
    chunk.reset()
    yield
  }
  chunk.reset()
  memory.free(keys)
  sorter.clear()
}

const DELETION_BYTES = 12

/** What deletes the rows 0 … count - 1 from the store. */
function deletions(count: number): Uint8Array {
  const block = new DataView(new ArrayBuffer(count * DELETION_BYTES))
  for (let i = 0; i < count; i++) {
    block.setUint32(i * DELETION_BYTES, 4, true)
    block.setUint32(i * DELETION_BYTES + 4, DELETED, true)
    block.setUint32(i * DELETION_BYTES + 8, i)
  }
  return new Uint8Array(block.buffer)
}
