// top(d a): the window [offset, offset + limit) of the order of all rows so far; what is emitted is how the window
// changed since the last flush. Ties are broken by all columns, ascending, nulls last.
//
//   keys and limit     an ordered tree of the rows, and one of what is shown; a flush walks both as far as the
//                      window reaches. Rows beyond it are dropped when the input never retracts.
//   keys, no limit     a full sort: everything in order, once, when the watermark says that the input has ended.
//   no keys            by arrival (the input never retracts): each row is decided when it comes.

import type { Arena, Kind } from '../data/index.ts'
import { Tree } from '../data/index.ts'
import { arrival } from './arrival.ts'
import { type Entries, emitEntries, negativesFirst, sizeOf, tellEntries } from './entries.ts'
import { type Emit, type Operator, type OperatorContext, saving, stateless } from './operator.ts'
import { type OrderedRows, orderedRows, type SortColumn } from './ordered-rows.ts'
import { sort } from './sort.ts'

export interface TopSpec {
  readonly keys: readonly SortColumn[]
  /** Kinds of all columns of the input. */
  readonly kinds: readonly Kind[]
  readonly limit: number | undefined
  readonly offset: number
  /** No weight is ever negative. */
  readonly appendOnlyInput: boolean
}

export function top(spec: TopSpec, context: OperatorContext): Operator {
  if (spec.keys.length === 0) return arrival(spec, context)
  const { limit } = spec
  return limit === undefined ? sort(spec, context) : ranked(spec, limit, context)
}

/** Everything a ranked window keeps. */
interface Ranked {
  readonly spec: TopSpec
  readonly rows: OrderedRows
  /** All rows that may come into the window. */
  readonly all: Tree
  /** What has been emitted. */
  readonly shown: Tree
  readonly limit: number
  /** For flushes. */
  readonly arena: Arena
  readonly chunk: Arena
  dirty: boolean
  /** The last entry that matters (append-only input); 0: not known. */
  bound: number
}

/** Rows beyond the window that may wait before they are dropped. */
const SLACK = 4096

function ranked(spec: TopSpec, limit: number, context: OperatorContext): Operator {
  const { memory } = context
  const all = new Tree(memory, context.durable !== false)
  const state: Ranked = {
    spec,
    rows: orderedRows(spec.keys, spec.kinds),
    all,
    shown: new Tree(memory, false),
    limit,
    arena: memory.arena(),
    chunk: memory.arena(),
    dirty: false,
    bound: 0,
  }
  return {
    ...stateless,
    name: 'top',
    stores: ['rows'],
    step: (_port, delta) => take(state, delta, context),
    flush: emit => show(state, emit),
    seal: () => drop(state),
    ...saving((writer, full) => all.saving(block => writer.put('rows', block), full)),
    load(_store, block) {
      all.load(block)
      recall(state)
    },
    contents: emit => tellEntries(state.shown, state.rows.decode, state.arena, state.chunk, emit),
    size: () => sizeOf(all, state.shown),
    close() {
      for (const each of [all, state.shown, state.arena, state.chunk]) each.free()
      state.rows.close()
    },
  }
}

function take(state: Ranked, delta: Parameters<Operator['step']>[1], context: OperatorContext): void {
  const packed = state.rows.encode(delta, context)
  if (!state.spec.appendOnlyInput) {
    state.all.addAll(packed, undefined, delta, delta.weights)
    state.dirty = true
    return
  }
  if (state.all.addUpTo(packed, delta, delta.weights, state.bound) > 0) state.dirty = true
  if (state.all.count > 2 * (state.spec.offset + state.limit) + SLACK) drop(state)
}

/** Forget the rows that can't come into the window any more. */
function drop(state: Ranked): void {
  const { spec, all, limit } = state
  if (spec.appendOnlyInput && all.count > spec.offset + limit) state.bound = all.trim(spec.offset + limit)
}

/** The differences between the window and what is shown, all of them. */
function differences(state: Ranked): Entries {
  const { arena, all, shown, limit } = state
  const { kernels } = arena.memory
  const most = Math.min(limit, all.count) + shown.count
  const entries = arena.alloc(most * 4)
  const weights = arena.alloc(most * 8)
  const cursor = arena.alloc(48)
  kernels.rankStart(cursor, all.ptr, shown.ptr)
  const { offset } = state.spec
  const count = kernels.rankDiff(cursor, BigInt(offset), BigInt(limit), most, entries, weights) >>> 0
  return { entries, weights, count }
}

function show(state: Ranked, emit: Emit): void {
  if (!state.dirty) return
  state.dirty = false
  const changes = differences(state)
  for (const part of negativesFirst(changes, state.arena)) emitEntries(part, state.rows.decode, state.chunk, 0, emit)
  state.shown.addEntries(changes.entries, changes.weights, changes.count)
  state.arena.reset()
}

/** After a restart: what the rows say was shown. */
function recall(state: Ranked): void {
  state.shown.clear()
  const window = differences(state)
  state.shown.addEntries(window.entries, window.weights, window.count)
  state.arena.reset()
}
