// join(a + b, T) = join(a, T) + join(b, T) for a table T that does not change while rows are joined with it: the right
// side is arranged by key before the first row of the left comes, and the left is not kept at all.
// The weight of a pair is the product of its weights. NULL keys match nothing; keys compare as SQL does (-0 = 0).
import { fail } from '../base/index.ts'
import {
  type Arena,
  BATCH_ROWS,
  type Batch,
  bitmapBytes,
  type Column,
  columnBytes,
  gatherColumn,
  type Kind,
  type Packed,
  type Ptr,
  withSelection,
} from '../data/index.ts'
import { type Arrangement, arrangement, joinKeys, withoutNulls } from './arrangement.ts'
import { type ColumnSource, closeSources, columnFrom } from './column-source.ts'
import { sizeOf } from './entries.ts'
import { type Emit, type Operator, type OperatorContext, saving, stateless } from './operator.ts'

export interface JoinSpec {
  readonly type: 'inner' | 'left'
  /** Equal pairwise; of the same kinds on both sides (the planner casts). */
  readonly leftKeys: readonly ColumnSource[]
  readonly rightKeys: readonly ColumnSource[]
  /** Kinds of all columns of the right input. */
  readonly rightKinds: readonly Kind[]
}

const LEFT = 0

/** Ports: 0 the stream, 1 the table. Output: the left columns, then the right ones. */
export function join(spec: JoinSpec, context: OperatorContext): Operator {
  const table = arrangement(spec.rightKinds, context.memory, context.durable !== false)
  const chunk = context.memory.arena()
  let joined = false
  return {
    ...stateless,
    name: 'join',
    stores: ['right'],
    step(port, delta, emit) {
      if (port === LEFT) {
        joined = true
        joinLeft(spec, table, delta, context, chunk, emit)
      } else if (joined) fail('STATIC_CHANGED')
      else arrange(spec, table, delta, context)
    },
    /** The table has no event time: the stream's watermark goes on. */
    watermark: inputs => inputs[LEFT] as bigint,
    ...saving((writer, full) => table.tree.saving(block => writer.put('right', block), full)),
    load: (_store, block) => table.tree.load(block),
    size: () => sizeOf(table.tree),
    close() {
      table.tree.free()
      chunk.free()
      closeSources([...spec.leftKeys, ...spec.rightKeys])
    },
  }
}

function arrange(spec: JoinSpec, table: Arrangement, delta: Batch, context: OperatorContext): void {
  const keys = spec.rightKeys.map(key => columnFrom(key, delta, context))
  const rows = withoutNulls(delta, keys, context.arena)
  if (rows.count > 0) table.add(rows, keys, context.arena)
}

function joinLeft(
  spec: JoinSpec,
  table: Arrangement,
  delta: Batch,
  context: OperatorContext,
  chunk: Arena,
  emit: Emit,
) {
  const { arena } = context
  const keys = spec.leftKeys.map(key => columnFrom(key, delta, context))
  const rows = withoutNulls(delta, keys, arena)
  const matched = arena.zeroed(bitmapBytes(delta.rows))
  if (rows.count > 0) emitPairs(table, rows, joinKeys(rows, keys, arena), matched, context, chunk, emit)
  if (spec.type === 'left') emitUnmatched(spec, delta, matched, arena, emit)
}

/** Emit the pairs of rows and entries; sets the bits of rows that have one. */
function emitPairs(
  table: Arrangement,
  rows: Batch,
  keys: Packed,
  matched: Ptr,
  { arena, memory }: OperatorContext,
  chunk: Arena,
  emit: Emit,
): void {
  const { kernels } = memory
  const [index, entries, numbers] = [0, 1, 2].map(() => arena.alloc(BATCH_ROWS * 4)) as [Ptr, Ptr, Ptr]
  const cursor = arena.zeroed(16)
  while (true) {
    const { blob, offsets, count } = keys
    const pairs = kernels.treeProbe(table.tree.ptr, cursor, count, blob, offsets, BATCH_ROWS, index, entries) >>> 0
    if (pairs === 0) return
    kernels.selectAt(pairs, rows.sel, index, numbers)
    kernels.setBits(pairs, numbers, matched)
    emit(0, pairBatch(table, rows, numbers, entries, pairs, chunk))
    chunk.reset()
  }
}

function pairBatch(table: Arrangement, rows: Batch, numbers: Ptr, entries: Ptr, pairs: number, chunk: Arena): Batch {
  const left = rows.columns.map(column => gatherColumn(column, numbers, pairs, chunk))
  const right = table.rows(entries, pairs, chunk)
  const weights = chunk.alloc(pairs * 8)
  chunk.memory.kernels.pairWeights(pairs, numbers, rows.weights, entries, weights)
  return {
    columns: [...left, ...right],
    rows: pairs,
    sel: 0,
    count: pairs,
    weights,
    origin: originOf(rows, numbers, pairs, chunk),
  }
}

function originOf({ origin }: Batch, numbers: Ptr, pairs: number, arena: Arena): Batch['origin'] {
  if (origin === undefined) return undefined
  const rows = arena.memory.u32.slice(numbers >>> 2, (numbers >>> 2) + pairs)
  return { position: row => origin.position(rows[row] as number) }
}

function emitUnmatched(spec: JoinSpec, delta: Batch, matched: Ptr, arena: Arena, emit: Emit): void {
  const sel = arena.alloc(delta.count * 4)
  const count = arena.memory.kernels.selectEqual(delta.count, delta.sel, matched, 0, sel) >>> 0
  if (count === 0) return
  const missing = spec.rightKinds.map(kind => nullColumn(kind, delta.rows, arena))
  emit(0, { ...withSelection(delta, sel, count), columns: [...delta.columns, ...missing] })
}

function nullColumn(kind: Kind, rows: number, arena: Arena): Column {
  return { kind, values: arena.zeroed(columnBytes(kind, rows)), validity: arena.zeroed(bitmapBytes(rows)) }
}
