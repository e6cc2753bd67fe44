// What an iteration's flush changes in its result: a table that is the sum of the differences of its rounds.
// Without `until` that is all rounds, and nothing needs to be kept of it. With `until` it is the rounds up to the one after
// the first in which the termination set is empty. That round moves as the inputs change, in both directions, so the
// differences are kept by round; and so is what waits for rounds that are not reached now: the iteration's data in flight.
import {
  type Arena,
  type Batch,
  type Bytes,
  EXACT,
  encodeKeys,
  type Kind,
  NOTHING,
  type Ptr,
  Tree,
  weightsOf,
} from '../data/index.ts'
import {
  decodeExact,
  type Emit,
  type Entries,
  emitEntries,
  type OperatorContext,
  piecesOf,
  type RoundTrees,
  timedRows,
  untimedRows,
} from '../ops/index.ts'

export interface Outcome {
  readonly stores: ReadonlyMap<string, Tree>
  /** The result's difference of a round changes. */
  add(round: number, delta: Batch, arena: Arena, sign: 1n | -1n): void
  /** The termination set's difference of a round changes. */
  note(round: number, delta: Batch, arena: Arena): void
  /** There is a termination set, which has to become empty. */
  readonly isStopped: boolean
  /** The first round before this one, all of them done, in which the termination set is empty. */
  stop(before: number): number | undefined
  /** A flush begins: what waited since the last goes on waiting. */
  resume(): void
  /** A flush is over: what still waits is kept. */
  pause(): void
  emit(emit: Emit): Generator<void>
  close(): void
}

interface Waiting {
  readonly kinds: readonly Kind[]
  readonly pending: RoundTrees
}

/** The result is the last round's table. */
export function lastRound(kinds: readonly Kind[], { memory }: OperatorContext): Outcome {
  const out = newOut(kinds, memory.arena(), memory.arena())
  return {
    stores: new Map(),
    add: (_round, delta, arena, sign) => out.add(delta, arena, sign),
    note() {},
    isStopped: false,
    stop: () => undefined,
    resume() {},
    pause() {},
    emit: out.emit,
    close: out.close,
  }
}

interface Out {
  readonly tree: Tree
  add(delta: Batch, arena: Arena, sign: 1n | -1n): void
  emit(emit: Emit): Generator<void>
  close(): void
}

/** The change of the result, until it is emitted. */
function newOut(kinds: readonly Kind[], arena: Arena, chunk: Arena): Out {
  const tree = new Tree(arena.memory, false)
  const orders = kinds.map(() => EXACT)
  return {
    tree,
    add: (delta, to, sign) =>
      tree.addAll(encodeKeys(delta, delta.columns, orders, to), undefined, delta, delta.weights, sign),
    *emit(emit) {
      const decode = (entries: Ptr, count: number, to: Arena) => decodeExact(entries, count, kinds, to)
      for (const piece of piecesOf(tree, arena)) {
        emitEntries(piece, decode, chunk, 0, emit)
        yield
      }
      arena.reset()
      yield* tree.clearing()
    },
    close() {
      for (const each of [tree, arena, chunk]) each.free()
    },
  }
}

/** The result is the table of the round after the first whose termination set is empty. */
export function stoppedRound(kinds: readonly Kind[], variables: readonly Waiting[], context: OperatorContext): Outcome {
  const { memory } = context
  const [arena, chunk] = [memory.arena(), memory.arena()]
  const out = newOut(kinds, memory.arena(), memory.arena())
  const durable = context.durable !== false
  /** The result by round, as it was when the flush began; and what the flush changes. */
  const [rows, fresh] = [new Tree(memory, durable), new Tree(memory, false)]
  /** How many rows the termination set's difference of each round has: the weight of an entry. */
  const counts = new Tree(memory, durable)
  const waiting = variables.map(() => new Tree(memory, durable))
  let before: number | undefined
  return {
    stores: new Map([['rows', rows], ['until', counts], ...waiting.map((tree, i) => [`waiting${i}`, tree] as const)]),
    add: (round, delta, to, sign) =>
      fresh.addAll(timedRows(round, delta, delta.columns, to), undefined, delta, delta.weights, sign),
    note: (round, delta, to) => addCount(counts, round, delta, to),
    isStopped: true,
    stop: round => firstEmpty(counts, round, arena),
    resume() {
      before = rows.count === 0 ? undefined : firstEmpty(counts, Number.POSITIVE_INFINITY, arena)
      for (const [i, tree] of waiting.entries()) wait(tree, variables[i] as Waiting, arena, chunk)
    },
    pause() {
      for (const [i, tree] of waiting.entries()) keep(tree, variables[i] as Waiting, arena, chunk)
    },
    *emit(emit) {
      const after = firstEmpty(counts, Number.POSITIVE_INFINITY, arena)
      const [old, now] = [lastOf(before), lastOf(after)]
      sumRounds({ tree: rows, from: old + 1, to: now, sign: 1n, kinds, out, arena, chunk })
      sumRounds({ tree: rows, from: now + 1, to: old, sign: -1n, kinds, out, arena, chunk })
      sumRounds({ tree: fresh, from: 0, to: now, sign: 1n, kinds, out, arena, chunk })
      for (const { entries, weights, count } of piecesOf(fresh, arena)) rows.addEntries(entries, weights, count)
      arena.reset()
      fresh.clear()
      yield* out.emit(emit)
    },
    close() {
      for (const each of [rows, fresh, counts, ...waiting, arena, chunk]) each.free()
      out.close()
    },
  }
}

/** The last round that counts, when the termination set is empty after a round. */
const lastOf = (stop: number | undefined): number => (stop === undefined ? LAST_ROUND : stop + 1)

const LAST_ROUND = 0x7fff_fffe

function addCount(counts: Tree, round: number, delta: Batch, arena: Arena): void {
  const sum = weightsOf(delta, arena.memory).reduce((a, b) => a + b, 0)
  if (sum !== 0) counts.add(roundKey(round, arena), NOTHING, BigInt(sum))
}

/** Where rows of a round begin. */
function roundKey(round: number, arena: Arena): Bytes {
  const { blob, offsets } = timedRows(round, { sel: 0, count: 1, rows: 1 }, [], arena)
  return { ptr: blob, length: arena.memory.u32[(offsets >>> 2) + 1] as number }
}

/** The first round below `limit` up to which the differences sum to nothing. */
function firstEmpty(counts: Tree, limit: number, arena: Arena): number | undefined {
  let [sum, round] = [0n, 0]
  for (const { entries, weights, count } of piecesOf(counts, arena)) {
    const { rounds } = untimedRows(entries, count, [], arena)
    for (const [i, next] of rounds.entries()) {
      if (sum <= 0n && round < next) return round < limit ? round : undefined
      sum += arena.memory.i64[(weights >>> 3) + i] as bigint
      round = next
      if (sum > 0n) round = next + 1
    }
  }
  return sum <= 0n && round < limit ? round : undefined
}

interface Sum {
  readonly tree: Tree
  readonly from: number
  readonly to: number
  readonly sign: 1n | -1n
  readonly kinds: readonly Kind[]
  readonly out: Out
  readonly arena: Arena
  readonly chunk: Arena
}

/** Add the rows of rounds `from` … `to` to the change of the result. */
function sumRounds({ tree, from, to, sign, kinds, out, arena, chunk }: Sum): void {
  if (from > to || tree.count === 0) return
  const first = roundKey(from, chunk)
  for (const piece of piecesOf(tree, arena, undefined, first)) {
    const { batch, rounds } = batchOf(piece, kinds, arena)
    const end = rounds.findIndex(round => round > to)
    const count = end < 0 ? batch.rows : end
    if (count > 0) out.add({ ...batch, count }, arena, sign)
    if (end >= 0) break
  }
  arena.reset()
  chunk.reset()
}

function batchOf({ entries, weights, count }: Entries, kinds: readonly Kind[], arena: Arena) {
  const { columns, rounds } = untimedRows(entries, count, kinds, arena)
  const batch: Batch = { columns, rows: count, sel: 0, count, weights }
  return { batch, rounds }
}

/** What was kept waits again. */
function wait(kept: Tree, { kinds, pending }: Waiting, arena: Arena, chunk: Arena): void {
  if (kept.count === 0) return
  const orders = kinds.map(() => EXACT)
  for (const piece of piecesOf(kept, arena)) {
    const { batch, rounds } = batchOf(piece, kinds, arena)
    for (let first = 0, end = 0; first < batch.rows; first = end) {
      const round = rounds[first] as number
      while (end < batch.rows && rounds[end] === round) end++
      const sel = chunk.alloc((end - first) * 4)
      for (let i = first; i < end; i++) chunk.memory.u32[(sel >>> 2) + i - first] = i
      const rows = { ...batch, sel, count: end - first }
      pending.at(round).addAll(encodeKeys(rows, batch.columns, orders, chunk), undefined, rows, batch.weights)
      chunk.reset()
    }
  }
  arena.reset()
  kept.clear()
}

/** What waits is kept. */
function keep(kept: Tree, { kinds, pending }: Waiting, arena: Arena, chunk: Arena): void {
  for (const round of pending.rounds()) {
    const tree = pending.take(round) as Tree
    for (const { entries, weights, count } of piecesOf(tree, arena)) {
      const columns = decodeExact(entries, count, kinds, arena)
      const rows: Batch = { columns, rows: count, sel: 0, count, weights }
      kept.addAll(timedRows(round, rows, columns, chunk), undefined, rows, weights)
      chunk.reset()
    }
    arena.reset()
    tree.free()
  }
}
