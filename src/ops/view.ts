// Where a delta leaves the engine it is told in the way its sink takes (Mode). All four views of one run sum up to the
// same table:
//   append    the rows as they come; every weight is one (a row that came twice is told twice), a negative one is refused
//   retract   what an epoch changed in sum, -old before +new, in the order of the columns
//   update    per key what became of it in the epoch: its row (weight 1), or, if it has none any more, its last row
//             with weight -1
//   complete  the whole table, once an epoch (an epoch without rows tells that it is empty); kept as state
import { fail } from '../base/index.ts'
import {
  type Arena,
  BATCH_ROWS,
  type Batch,
  gatherColumn,
  Kind,
  type Mode,
  type Ptr,
  Tree,
  weightsOf,
} from '../data/index.ts'
import { Backlog, puttingOff } from './backlog.ts'
import { type DecodeEntries, type Entries, emitEntries, ofSign, piecesOf, sizeOf } from './entries.ts'
import { keyedRows } from './keyed-rows.ts'
import { type Emit, flushing, type Operator, type OperatorContext, saving, stateless, toEnd } from './operator.ts'
import { type OrderedRows, orderedRows, type SortColumn } from './ordered-rows.ts'

export interface ViewSpec {
  readonly mode: Mode
  /** Kinds of all columns. */
  readonly kinds: readonly Kind[]
  /** Update: numbers of the key columns. */
  readonly key: readonly number[]
  /** Complete: the order of the table; none = by its columns. */
  readonly order?: readonly SortColumn[]
}

export function view(spec: ViewSpec, context: OperatorContext): Operator {
  switch (spec.mode) {
    case 'append':
      return append(context)
    case 'retract':
      return retract(spec, context)
    case 'update':
      return update(spec, context)
    case 'complete':
      return complete(spec, context)
  }
}

function append(context: OperatorContext): Operator {
  const chunk = context.memory.arena()
  const slices = (delta: Batch, arena: Arena, emit: Emit) => emitRepeated(delta, arena, chunk, emit)
  const backlog = new Backlog(context, (_port, delta, { arena }, emit) => slices(delta, arena, emit))
  return {
    ...stateless,
    name: 'append',
    step(port, delta, emit) {
      if (delta.weights !== 0) refuseDeletes(delta, context)
      const isPlain = delta.weights === 0 || isOfOnes(delta, context)
      if (backlog.isBusy || (!isPlain && backlog.isLarge(rowsIn(delta, context)))) backlog.put(port, delta)
      else if (isPlain) emit(0, { ...delta, weights: 0 })
      else toEnd(slices(delta, context.arena, emit))
    },
    ...puttingOff(backlog),
    close() {
      for (const each of [chunk, backlog]) each.free()
    },
  }
}

function refuseDeletes(delta: Batch, { arena, memory }: OperatorContext): void {
  const rows = arena.alloc(delta.count * 4)
  if (memory.kernels.selectSign(delta.count, delta.sel, delta.weights, 1, rows) === 0) return
  fail('ASSERTION', { reason: 'a row was deleted from a table that was proved to be append-only' })
}

const isOfOnes = ({ count, sel, weights }: Batch, { memory }: OperatorContext): boolean =>
  memory.kernels.weightsOne(count, sel, weights) !== 0

/** Each as often as its weight says. */
const rowsIn = (delta: Batch, { memory }: OperatorContext): number =>
  weightsOf(delta, memory).reduce((sum, each) => sum + each, 0)

/** Each row as often as its weight says; a batch of them at a time lies in `chunk`. */
function* emitRepeated(delta: Batch, arena: Arena, chunk: Arena, emit: Emit): Generator<void> {
  for (const { rows, count } of repeatedRows(delta, arena)) {
    const columns = delta.columns.map(column => gatherColumn(column, rows, count, chunk))
    emit(0, { columns, rows: count, sel: 0, count, weights: 0, origin: undefined })
    chunk.reset()
    yield
  }
}

interface Weighed {
  readonly count: number
  readonly sel: Ptr
  readonly weights: Ptr
}

/** The numbers of the selected rows, each as often as its weight says, a batch at a time: a list that is written anew. */
function* repeatedRows({ count: n, sel, weights }: Weighed, arena: Arena): Generator<{ rows: Ptr; count: number }> {
  const cursor = arena.zeroed(16)
  const rows = arena.alloc(BATCH_ROWS * 4)
  for (;;) {
    const count = arena.memory.kernels.repeatRows(cursor, n, sel, weights, BATCH_ROWS, rows) >>> 0
    if (count > 0) yield { rows, count }
    if (count < BATCH_ROWS) return
  }
}

/** What an epoch changed in sum. */
function retract(spec: ViewSpec, context: OperatorContext): Operator {
  const rows = orderedRows([], spec.kinds)
  return perEpoch('retract', context, {
    add: (delta, tree) => tree.addAll(rows.encode(delta, context), undefined, delta, delta.weights),
    changes: piecesOf,
    decode: rows.decode,
  })
}

function update(spec: ViewSpec, context: OperatorContext): Operator {
  const rows = keyedRows(spec.key, spec.kinds)
  return perEpoch('update', context, {
    add(delta, tree) {
      const { keys, payloads } = rows.encode(delta, context.arena)
      tree.addAll(keys, payloads, delta, delta.weights)
    },
    changes: latestRows,
    decode: rows.decode,
  })
}

/** What became of each key. A key may go on in the next piece: the last of a piece is decided with it. */
function* latestRows(tree: Tree, arena: Arena): Generator<Entries> {
  const { memory } = tree
  let last: Ptr = 0
  for (const piece of piecesOf(tree, arena, BATCH_ROWS - 1)) {
    const most = piece.count + 1
    const [entries, weights] = [arena.alloc(most * 4), arena.alloc(most * 8)]
    const first = last === 0 ? 0 : 1
    memory.u32[entries >>> 2] = last
    memory.u8.copyWithin(entries + first * 4, piece.entries, piece.entries + piece.count * 4)
    const decided = memory.kernels.latestOfKeys(piece.count + first, entries, entries, weights) >>> 0
    const isLast = piece.count < BATCH_ROWS - 1
    last = isLast ? 0 : (memory.u32[(entries >>> 2) + decided - 1] as number)
    yield { entries, weights, count: isLast ? decided : decided - 1 }
  }
  if (last !== 0) yield decidedLast(last, arena)
}

function decidedLast(entry: Ptr, arena: Arena): Entries {
  const [entries, weights] = [arena.alloc(4), arena.alloc(8)]
  arena.memory.u32[entries >>> 2] = entry
  arena.memory.kernels.latestOfKeys(1, entries, entries, weights)
  return { entries, weights, count: 1 }
}

interface EpochView {
  add(delta: Batch, tree: Tree): void
  /** Of all that was added, in order and in pieces. */
  changes(tree: Tree, arena: Arena): Generator<Entries>
  readonly decode: DecodeEntries
}

/** A view of what one epoch changed: nothing is kept beyond it. */
function perEpoch(name: string, context: OperatorContext, spec: EpochView): Operator {
  const { memory } = context
  const tree = new Tree(memory, false)
  const [arena, chunk] = [memory.arena(), memory.arena()]
  return {
    ...stateless,
    name,
    step: (_port, delta) => spec.add(delta, tree),
    ...flushing(function* (emit) {
      if (tree.count === 0) return
      for (const negative of [true, false])
        for (const piece of spec.changes(tree, arena)) {
          emitEntries(ofSign(piece, negative, arena), spec.decode, chunk, 0, emit)
          yield
        }
      arena.reset()
      yield* tree.clearing()
    }),
    close() {
      for (const each of [tree, arena, chunk]) each.free()
    },
  }
}

function complete(spec: ViewSpec, context: OperatorContext): Operator {
  const { memory } = context
  const tree = new Tree(memory, context.durable !== false)
  const rows = orderedRows(spec.order ?? [], spec.kinds)
  const [arena, chunk] = [memory.arena(), memory.arena()]
  return {
    ...stateless,
    name: 'complete',
    stores: ['table'],
    step: (_port, delta) => tree.addAll(rows.encode(delta, context), undefined, delta, delta.weights),
    ...flushing(function* (emit, isEnd) {
      if (isEnd !== false) yield* emitTable(tree, rows, arena, chunk, emit)
    }),
    ...saving((writer, full) => tree.saving(block => writer.put('table', block), full)),
    load: (_store, block) => tree.load(block),
    size: () => sizeOf(tree),
    close() {
      for (const each of [tree, arena, chunk]) each.free()
      rows.close()
    },
  }
}

/** The rows of a table, each as often as its weight says; negative ones are not there. */
function* emitTable(tree: Tree, rows: OrderedRows, arena: Arena, chunk: Arena, emit: Emit): Generator<void> {
  for (const { entries, weights, count: n } of piecesOf(tree, arena))
    for (const { rows: numbers, count } of repeatedRows({ count: n, sel: 0, weights }, arena)) {
      const repeated = chunk.alloc(count * 4)
      chunk.memory.kernels.gatherValues(count, numbers, Kind.I32, entries, repeated, 0)
      emit(0, { columns: rows.decode(repeated, count, chunk), rows: count, sel: 0, count, weights: 0 })
      chunk.reset()
      yield
    }
  arena.reset()
}
