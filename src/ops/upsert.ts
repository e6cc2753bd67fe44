// A table with a key, and changes that take the place of its rows: of each key the row that came with the changes, or else
// the table's own; the greatest (in the order of the columns) of several. Both sides may take rows back: a key whose change
// is gone has the table's row again.
import {
  type Arena,
  ASCENDING,
  BATCH_ROWS,
  type Batch,
  type Column,
  decodeKeys,
  EXACT,
  encodeKeys,
  type KeyOrder,
  type Kind,
  Kind as Kinds,
  type Packed,
  type Ptr,
  Tree,
} from '../data/index.ts'
import { addresses, type Entries, emitEntries, negativesFirst, ofSign, piecesOf, sizeOf } from './entries.ts'
import { type KeyedRows, keyedRows, twoParts } from './keyed-rows.ts'
import { type Emit, type Operator, type OperatorContext, saving, stateless } from './operator.ts'
import { roundColumn } from './rounds.ts'

export interface UpsertSpec {
  /** Numbers of the key columns, the same on both sides. */
  readonly key: readonly number[]
  /** Kinds of all columns. */
  readonly kinds: readonly Kind[]
}

interface Upsert {
  readonly spec: UpsertSpec
  readonly keyKinds: readonly Kind[]
  /** Key, then side and row: of a key the greatest entry counts. */
  readonly rows: Tree
  /** What has been emitted: key, then row. */
  readonly shown: Tree
  readonly touched: Tree
  /** What a flush changes, as `shown` has it. */
  readonly out: Tree
  readonly shape: KeyedRows
  readonly arena: Arena
  readonly chunk: Arena
}

/** Ports: 0 the table, 1 the changes. */
export function upsert(spec: UpsertSpec, context: OperatorContext): Operator {
  const { memory } = context
  const durable = context.durable !== false
  const state: Upsert = {
    spec,
    keyKinds: spec.key.map(i => spec.kinds[i] as Kind),
    rows: new Tree(memory, durable),
    shown: new Tree(memory, durable),
    touched: new Tree(memory, false),
    out: new Tree(memory, false),
    shape: keyedRows(spec.key, spec.kinds),
    arena: memory.arena(),
    chunk: memory.arena(),
  }
  const stores = { rows: state.rows, shown: state.shown }
  return {
    ...stateless,
    name: 'upsert',
    stores: ['rows', 'shown'],
    step: (port, delta) => take(state, port, delta, context.arena),
    flush: emit => show(state, emit),
    ...saving(function* (writer, full) {
      for (const [store, tree] of Object.entries(stores)) yield* tree.saving(block => writer.put(store, block), full)
    }),
    load: (store, block) => stores[store as 'rows'].load(block),
    size: () => ({ ...sizeOf(state.rows, state.shown), unmatchedDeletes: state.rows.missing }),
    close() {
      const { rows, shown, touched, out, arena, chunk } = state
      for (const each of [rows, shown, touched, out, arena, chunk]) each.free()
    },
  }
}

const ascending = (count: number): readonly KeyOrder[] => Array.from({ length: count }, () => ASCENDING)

/** Of a row's entry: the side, then the row. */
const ordersOf = (kinds: readonly Kind[]): readonly KeyOrder[] => [ASCENDING, ...kinds.map(() => EXACT)]

function take({ spec, rows, touched }: Upsert, port: number, delta: Batch, arena: Arena): void {
  if (delta.count === 0) return
  const key = spec.key.map(i => delta.columns[i] as Column)
  const first = encodeKeys(delta, key, ascending(key.length), arena)
  const side = roundColumn(port, delta.rows, arena)
  const { keys, payloads } = twoParts(
    first,
    encodeKeys(delta, [side, ...delta.columns], ordersOf(spec.kinds), arena),
    arena,
  )
  rows.addAll(keys, payloads, delta, delta.weights)
  touched.addAll(first, undefined, { sel: 0, count: first.count }, 0)
}

function show(state: Upsert, emit: Emit): void {
  const { touched, out, shown, shape, arena, chunk } = state
  for (const { entries, count } of piecesOf(touched, arena)) {
    const key = decodeKeys(
      addresses(entries, count, arena),
      count,
      state.keyKinds,
      ascending(state.keyKinds.length),
      arena,
    )
    const keys = encodeKeys({ sel: 0, count }, key, ascending(key.length), arena)
    takeBack(state, keys)
    showLatest(state, keys)
  }
  touched.clear()
  for (const piece of piecesOf(out, arena)) {
    for (const part of negativesFirst(piece, arena)) emitEntries(part, shape.decode, chunk, 0, emit)
    shown.addEntries(piece.entries, piece.weights, piece.count)
  }
  arena.reset()
  out.clear()
}

/** What was shown of the keys goes, unless it comes again. */
function takeBack({ shown, out, arena }: Upsert, keys: Packed): void {
  const { entries, count } = entriesOf(shown, keys, arena)
  const weights = arena.alloc(count * 8)
  arena.memory.i64.fill(-1n, weights >>> 3, (weights >>> 3) + count)
  out.addEntries(entries, weights, count)
}

function showLatest({ spec, keyKinds, rows, out, shape, arena }: Upsert, keys: Packed): void {
  const { entries, count } = entriesOf(rows, keys, arena)
  const weights = arena.alloc(count * 8)
  const decided = arena.memory.kernels.latestOfKeys(count, entries, entries, weights) >>> 0
  const there = ofSign({ entries, weights, count: decided }, false, arena)
  if (there.count === 0) return
  const kinds = [...keyKinds, Kinds.I32, ...spec.kinds]
  const orders = [...ascending(keyKinds.length), ...ordersOf(spec.kinds)]
  const passed = keyKinds.length + 1
  const columns = decodeKeys(addresses(there.entries, there.count, arena), there.count, kinds, orders, arena, passed)
  const batch: Batch = { columns, rows: there.count, sel: 0, count: there.count, weights: 0 }
  const encoded = shape.encode(batch, arena)
  out.addAll(encoded.keys, encoded.payloads, batch, 0)
}

/** All entries of keys, in order. */
function entriesOf(tree: Tree, { count: n, blob, offsets }: Packed, arena: Arena): Omit<Entries, 'weights'> {
  const { memory } = arena
  const [index, piece] = [arena.alloc(BATCH_ROWS * 4), arena.alloc(BATCH_ROWS * 4)] as [Ptr, Ptr]
  const cursor = arena.zeroed(16)
  const found: number[] = []
  for (;;) {
    const count = memory.kernels.treeProbe(tree.ptr, cursor, n, blob, offsets, BATCH_ROWS, index, piece) >>> 0
    if (count === 0) break
    for (const entry of memory.u32.subarray(piece >>> 2, (piece >>> 2) + count)) found.push(entry)
  }
  const entries = arena.alloc(found.length * 4)
  memory.u32.set(found, entries >>> 2)
  return { entries, count: found.length }
}
