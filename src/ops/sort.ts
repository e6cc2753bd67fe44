// sort(a): all rows of a bounded input in order, once: when the watermark says that it has ended. The order of the
// result is the order of emission. Rows that were deleted before the end never appear.
import { assert } from '../base/index.ts'
import type { Arena, Kind } from '../data/index.ts'
import { Tree } from '../data/index.ts'
import { type Entries, emitEntries, sizeOf } from './entries.ts'
import { type Emit, type Operator, type OperatorContext, stateless, WATERMARK_MAX } from './operator.ts'
import { type OrderedRows, orderedRows, type SortColumn } from './ordered-rows.ts'

export interface SortSpec {
  readonly keys: readonly SortColumn[]
  readonly kinds: readonly Kind[]
  readonly offset: number
}

export function sort(spec: SortSpec, context: OperatorContext): Operator {
  const { memory } = context
  const tree = new Tree(memory, context.durable !== false)
  const rows = orderedRows(spec.keys, spec.kinds)
  const [arena, chunk] = [memory.arena(), memory.arena()]
  let ended = false
  let done = false
  return {
    ...stateless,
    name: 'sort',
    stores: ['rows'],
    step(_port, delta) {
      assert(!done, 'a row came after the end of a sorted input')
      tree.addAll(rows.encode(delta, context), undefined, delta, delta.weights)
    },
    advance(_port, watermark) {
      ended = watermark === WATERMARK_MAX
    },
    flush(emit) {
      if (!ended || done) return
      done = true
      emitSorted(tree, spec, rows, arena, chunk, emit)
    },
    save: (writer, full) => tree.save(block => writer.put('rows', block), full),
    load: (_store, block) => tree.load(block),
    size: () => sizeOf(tree),
    close() {
      for (const each of [tree, arena, chunk]) each.free()
      rows.close()
    },
  }
}

function emitSorted(tree: Tree, spec: SortSpec, rows: OrderedRows, arena: Arena, chunk: Arena, emit: Emit): void {
  emitEntries(inOrder(tree, spec.offset, arena), rows.decode, chunk, 0, emit)
  tree.clear()
  arena.reset()
}

function inOrder(tree: Tree, offset: number, arena: Arena): Entries {
  const { kernels } = arena.memory
  const most = tree.count
  const [entries, weights, cursor] = [arena.alloc(most * 4), arena.alloc(most * 8), arena.alloc(48)]
  kernels.rankStart(cursor, tree.ptr, 0)
  const count = kernels.rankDiff(cursor, BigInt(offset), -1n, most, entries, weights) >>> 0
  return { entries, weights, count }
}
