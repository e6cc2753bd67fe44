// Any operator that works key by key, inside an iteration: what it makes of a key depends on the rows of that key alone
// (an aggregate, distinct, an outer join; one of the whole table has the empty key). The operator itself knows no rounds.
// Rows are kept as differences, by key and round. Where a key's rows change, two walkers go up its rounds, each an
// ordinary instance of the operator that begins empty: one is given the rows as they were, one as they are. What a
// walker emits when it is given the rows of round i is the operator's difference of round i, so the second's output minus
// the first's is what changes in that round.
// A turn costs, per key that it touches, the rows of that key; keys that it does not touch cost nothing.
import {
  type Arena,
  ASCENDING,
  BATCH_ROWS,
  type Batch,
  bitmapBytes,
  type Column,
  decodeKeys,
  decodeRows,
  encodeKeys,
  encodeRows,
  Kind,
  NOTHING,
  type Packed,
  type Ptr,
  type Selected,
  Tree,
} from '../data/index.ts'
import { addresses, decodeExact, emitEntries, piecesOf, sizeOf } from './entries.ts'
import { twoParts } from './keyed-rows.ts'
import { type Emit, type Operator, type OperatorContext, saving, stateless } from './operator.ts'
import { Walkers } from './replay/walkers.ts'
import { type RoundOperator, type Rounds, RoundTrees, roundColumn } from './rounds.ts'

export interface ReplayPort {
  /** Numbers of the key columns; of the same kinds on all ports. */
  readonly key: readonly number[]
  /** Kinds of all columns. */
  readonly kinds: readonly Kind[]
}

export interface ReplaySpec {
  readonly name: string
  readonly ports: readonly ReplayPort[]
  /** Kinds of the output's columns. */
  readonly output: readonly Kind[]
  /** It has a result without any row, as an aggregate without keys has. */
  readonly always: boolean
  /** The operator, empty. */
  build(context: OperatorContext): Operator
}

/** Some entries, in no arena that is reset before the next are asked for. */
interface Piece {
  readonly entries: Ptr
  readonly count: number
}

interface Replay {
  readonly spec: ReplaySpec
  readonly rounds: Rounds
  readonly keyKinds: readonly Kind[]
  /**
   * Per port, the rows: key and round, then the row. A round's changes are put in once it was evaluated: above the clock
   * lie the rows as they were when the turn began, and below it nobody looks any more for a key that was walked.
   */
  readonly traces: readonly Tree[]
  /** Per port, what changes in rounds that were not evaluated yet, as it will lie in the trace. */
  readonly changes: readonly RoundTrees[]
  /** Keys to be evaluated although nothing changes in their round, by round. */
  readonly agenda: RoundTrees
  /** Keys whose walk has begun in this turn. */
  readonly walked: Tree
  /** Has an entry once the result without any row has been told. */
  readonly told: Tree
  /** It is told in this turn. */
  telling: boolean
  readonly walkers: Walkers
  /** Until the next keys are taken up. */
  readonly arena: Arena
  /** Until the next rows of theirs. */
  readonly chunk: Arena
}

export function replay(spec: ReplaySpec, rounds: Rounds, context: OperatorContext): RoundOperator {
  const state = newReplay(spec, rounds, context)
  const stores = new Map(state.traces.map((trace, port) => [`rows${port}`, trace]))
  if (spec.always) stores.set('told', state.told)
  return {
    ...stateless,
    name: spec.name,
    stores: [...stores.keys()],
    step: (port, delta) => take(state, port, delta, context.arena),
    due: () => (isUntold(state) && !state.telling ? 0 : leastOf([state.agenda, ...state.changes])),
    flush: emit => evaluate(state, emit),
    settle: () => settle(state),
    ...saving(function* (writer, full) {
      for (const [store, tree] of stores) yield* tree.saving(block => writer.put(store, block), full)
    }),
    load: (store, block) => stores.get(store)?.load(block),
    // Differences are negative by nature: a row that is replaced in a later round. None is a delete without a row.
    size: () => ({ ...sizeOf(...state.traces), unmatchedDeletes: 0 }),
    close() {
      for (const each of [...state.traces, state.walked, state.told]) each.free()
      for (const each of [state.agenda, ...state.changes]) each.clear()
      state.walkers.close()
      state.arena.free()
      state.chunk.free()
    },
  }
}

function newReplay(spec: ReplaySpec, rounds: Rounds, context: OperatorContext): Replay {
  const { memory } = context
  const durable = context.durable !== false
  const [{ key, kinds }] = spec.ports as [ReplayPort]
  const arena = memory.arena()
  return {
    spec,
    rounds,
    keyKinds: key.map(i => kinds[i] as Kind),
    traces: spec.ports.map(() => new Tree(memory, durable)),
    changes: spec.ports.map(() => new RoundTrees(arena)),
    agenda: new RoundTrees(arena),
    walked: new Tree(memory, false),
    told: new Tree(memory, durable),
    telling: false,
    walkers: new Walkers(spec.build, spec.output, context),
    arena,
    chunk: memory.arena(),
  }
}

const isUntold = ({ spec, told }: Replay): boolean => spec.always && told.count === 0

/** Keys as they are looked up, in `arena`. */
function ascending(rows: Selected, columns: readonly Column[], arena: Arena): Packed {
  return encodeKeys(
    rows,
    columns,
    columns.map(() => ASCENDING),
    arena,
  )
}

function take({ spec, rounds, changes }: Replay, port: number, delta: Batch, arena: Arena): void {
  if (delta.count === 0) return
  const key = (spec.ports[port] as ReplayPort).key.map(i => delta.columns[i] as Column)
  const timed = ascending(delta, [...key, roundColumn(rounds.now, delta.rows, arena)], arena)
  const { keys, payloads } = twoParts(timed, encodeRows(delta, delta.columns, arena), arena)
  ;(changes[port] as RoundTrees).at(rounds.now).addAll(keys, payloads, delta, delta.weights)
}

function leastOf(trees: readonly RoundTrees[]): number | undefined {
  const found = trees.map(each => each.least()).filter(each => each !== undefined)
  return found.length === 0 ? undefined : Math.min(...found)
}

/** Emit how the output of the clock's round changes. */
function evaluate(state: Replay, emit: Emit): void {
  const { agenda, arena, chunk, rounds, changes, walkers, spec } = state
  if (isUntold(state) && rounds.now === 0) {
    agenda.add(0, ascending({ sel: 0, count: 1 }, [], arena))
    state.telling = true
  }
  const here = changes.map(each => each.take(rounds.now))
  for (const tree of here) if (tree !== undefined) remember(state, tree)
  const keys = agenda.take(rounds.now)
  if (keys !== undefined)
    for (const piece of piecesOf(keys, arena)) walk(state, here, decodeKey(state, piece, arena), piece.count)
  arena.reset()
  keys?.free()
  for (const [port, tree] of here.entries()) if (tree !== undefined) absorb(state, port, tree)
  const decode = (entries: Ptr, count: number, to: Arena): Column[] => decodeExact(entries, count, spec.output, to)
  for (const piece of piecesOf(walkers.out, arena)) emitEntries(piece, decode, chunk, 0, emit)
  arena.reset()
  walkers.out.clear()
}

/** Put the keys that change on the agenda, each once. */
function remember(state: Replay, changes: Tree): void {
  const { agenda, arena, chunk, rounds } = state
  const { kernels } = arena.memory
  for (const { entries, count } of piecesOf(changes, arena)) {
    const found = kernels.latestOfKeys(count, entries, entries, arena.alloc(count * 8)) >>> 0
    const key = decodeKey(state, { entries, count: found }, chunk)
    agenda.add(rounds.now, ascending({ sel: 0, count: found }, key, chunk))
    chunk.reset()
  }
  arena.reset()
}

/** The changes of a round that was evaluated become part of the trace. */
function absorb({ traces, arena }: Replay, port: number, changes: Tree): void {
  for (const { entries, weights, count } of piecesOf(changes, arena))
    (traces[port] as Tree).addEntries(entries, weights, count)
  arena.reset()
  changes.free()
}

const ascents = (kinds: readonly Kind[]) => kinds.map(() => ASCENDING)

function decodeKey({ keyKinds }: Replay, { entries, count }: Piece, arena: Arena): Column[] {
  return decodeKeys(addresses(entries, count, arena), count, keyKinds, ascents(keyKinds), arena)
}

/** Take some keys to the clock's round. */
function walk(state: Replay, changes: readonly (Tree | undefined)[], key: readonly Column[], count: number): void {
  const { arena, traces, walkers, rounds, spec } = state
  if (spec.always) wakeBoth(state)
  const fresh = begin(state, key, count)
  if (fresh.count > 0) climb(state, key, fresh)
  const here = ascending({ sel: 0, count }, [...key, roundColumn(rounds.now, count, arena)], arena)
  for (const port of traces.keys()) {
    for (const piece of probe(state, traces[port] as Tree, here)) giveBoth(state, port, rowsOf(state, port, piece))
    for (const piece of probe(state, changes[port], here)) walkers.give('after', port, rowsOf(state, port, piece))
  }
  walkers.flush()
}

/** What has a result without rows has it in both walks, once it was told. */
function wakeBoth(state: Replay): void {
  state.walkers.wake('after')
  if (!isUntold(state)) state.walkers.wake('before')
}

/** Those of the keys that were not walked in this turn; from now on they are. */
function begin({ arena, walked }: Replay, key: readonly Column[], count: number): Selected {
  const { kernels } = arena.memory
  const { blob, offsets } = ascending({ sel: 0, count }, key, arena)
  const [index, entries, sel] = [0, 1, 2].map(() => arena.alloc(count * 4)) as [Ptr, Ptr, Ptr]
  const cursor = arena.zeroed(16)
  const found = kernels.treeProbe(walked.ptr, cursor, count, blob, offsets, count, index, entries) >>> 0
  const bits = arena.zeroed(bitmapBytes(count))
  kernels.selectBits(found, index, bits)
  const fresh = { sel, count: kernels.selectEqual(count, 0, bits, 0, sel) >>> 0 }
  if (fresh.count > 0) walked.addAll(ascending(fresh, key, arena), undefined, { sel: 0, count: fresh.count }, 0)
  return fresh
}

/**
 * Give both walkers what lies below the round, in silence: nothing changed there. What lies above it is to be
 * evaluated when its round comes: the operator may make something else of it now.
 */
function climb(state: Replay, key: readonly Column[], fresh: Selected): void {
  const { arena, traces, walkers, rounds } = state
  const keys = ascending(fresh, key, arena)
  walkers.silently(() => {
    for (const [port, trace] of traces.entries())
      for (const piece of probe(state, trace, keys)) {
        const { below, above } = split(state, piece)
        if (below.length > 0) giveBoth(state, port, { ...rowsOf(state, port, piece), ...selection(below, state.chunk) })
        comeBack(state, piece, above)
      }
    if (rounds.now > 0) walkers.flush()
  })
}

interface Split {
  readonly below: number[]
  readonly above: Map<number, number[]>
}

/** Which of the entries lie below the clock's round; those above it, by their rounds. */
function split({ keyKinds, chunk, rounds }: Replay, { entries, count }: Piece): Split {
  const kinds = [...keyKinds, Kind.I32]
  const passed = keyKinds.length
  const [round] = decodeKeys(addresses(entries, count, chunk), count, kinds, ascents(kinds), chunk, passed)
  const at = (round as Column).values >>> 2
  const found: Split = { below: [], above: new Map() }
  for (const [i, of] of chunk.memory.i32.subarray(at, at + count).entries()) {
    if (of < rounds.now) found.below.push(i)
    else if (of > rounds.now) {
      const same = found.above.get(of)
      if (same === undefined) found.above.set(of, [i])
      else same.push(i)
    }
  }
  return found
}

/** Put the keys of entries on the agenda of their rounds. */
function comeBack(state: Replay, piece: Piece, above: Split['above']): void {
  if (above.size === 0) return
  const { chunk, agenda } = state
  const key = decodeKey(state, piece, chunk)
  for (const [round, numbers] of above) agenda.add(round, ascending(selection(numbers, chunk), key, chunk))
}

function selection(numbers: readonly number[], arena: Arena): Selected {
  const sel = arena.alloc(numbers.length * 4)
  arena.memory.u32.set(numbers, sel >>> 2)
  return { sel, count: numbers.length }
}

/** The entries of keys, a batch at a time. */
function* probe(
  { arena, chunk }: Replay,
  tree: Tree | undefined,
  { count: n, blob, offsets }: Packed,
): Generator<Piece> {
  if (tree === undefined || tree.count === 0) return
  const { kernels } = tree.memory
  const [index, entries] = [arena.alloc(BATCH_ROWS * 4), arena.alloc(BATCH_ROWS * 4)]
  const cursor = arena.zeroed(16)
  for (;;) {
    const count = kernels.treeProbe(tree.ptr, cursor, n, blob, offsets, BATCH_ROWS, index, entries) >>> 0
    if (count === 0) return
    yield { entries, count }
    chunk.reset()
  }
}

/** The rows of entries. */
function rowsOf({ spec, chunk }: Replay, port: number, { entries, count }: Piece): Batch {
  const { kernels } = chunk.memory
  const [parts, weights] = [chunk.alloc(count * 4), chunk.alloc(count * 8)]
  kernels.secondParts(count, entries, parts)
  kernels.entryWeights(count, entries, weights)
  const { kinds } = spec.ports[port] as ReplayPort
  return { columns: decodeRows(parts, count, kinds, chunk), rows: count, sel: 0, count, weights }
}

function giveBoth({ walkers }: Replay, port: number, rows: Batch): void {
  walkers.give('before', port, rows)
  walkers.give('after', port, rows)
}

/** The walks are over. */
function settle(state: Replay): void {
  const { walked, told, walkers } = state
  walked.clear()
  walkers.dismiss()
  if (state.telling) told.put(NOTHING, NOTHING)
  state.telling = false
}
