// The rows of open sessions, in order of key and time: an arrangement whose key is the group's, then start and end. What
// an epoch changes is netted first, so that a row counts as often as it is there: never less than 0 times.
import {
  type Arena,
  ASCENDING,
  BATCH_ROWS,
  type Batch,
  type Column,
  encodeKeys,
  type Kind,
  type Memory,
  type Packed,
  type Ptr,
  Tree,
} from '../../data/index.ts'
import { type Arrangement, arrangement } from '../arrangement.ts'
import { type Entries, piecesOf } from '../entries.ts'

/** Rows that change: `weights` by how much they are there more often, `changes` the entries with their own weights. */
export interface Change {
  readonly batch: Batch
  readonly changes: Entries
}

/** Sessions (u32 each) whose state has its bounds at `at`, and the keys of their groups. */
export interface Ended {
  readonly at: number
  readonly sessions: Ptr
  readonly keys: Packed
}

/** Rows that follow one another without a gap. */
export interface Piece {
  readonly start: bigint
  readonly end: bigint
  readonly rows: bigint
}

export class SessionRows {
  readonly kept: Tree
  readonly #kept: Arrangement
  readonly #memory: Memory
  /** What the epoch brought, and of that what takes rows away. */
  readonly #changes: Arrangement
  readonly #losses: Tree
  readonly #work: Arena
  /** While rows are read: a batch of them, and where the reading is. */
  readonly #reading: Arena
  readonly #cursor: Ptr
  readonly #entries: Ptr
  readonly #weights: Ptr
  readonly #owners: Ptr

  constructor(kinds: readonly Kind[], memory: Memory, durable: boolean) {
    this.#memory = memory
    this.#kept = arrangement(kinds, memory, durable)
    this.kept = this.#kept.tree
    this.#changes = arrangement(kinds, memory, false)
    this.#losses = new Tree(memory, false)
    this.#work = memory.arena()
    this.#reading = memory.arena()
    this.#cursor = memory.alloc(16)
    this.#entries = memory.alloc(BATCH_ROWS * 4)
    this.#weights = memory.alloc(BATCH_ROWS * 8)
    this.#owners = memory.alloc(BATCH_ROWS * 4)
  }

  /** Remember a change for the end of the epoch; `keys`: the group's columns, start, end. */
  take(delta: Batch, keys: readonly Column[], arena: Arena): void {
    this.#changes.add(delta, keys, arena)
  }

  /** The rows that come, to be given to `keep` when they are dealt with. */
  *gains(): Generator<Change> {
    for (const piece of piecesOf(this.#changes.tree, this.#work)) {
      const weights = this.#work.alloc(piece.count * 8)
      this.#memory.kernels.presentChanges(this.kept.ptr, piece.count, piece.entries, weights)
      const all: Signs = { ...piece, present: weights }
      const losing = this.#pick(all, -1)
      this.#losses.addEntries(losing.entries, losing.weights, losing.count)
      const same = this.#pick(all, 0)
      this.keep(same, 0, same.count)
      const gaining = this.#pick(all, 1)
      if (gaining.count > 0) yield this.#changeOf(gaining)
    }
    this.#changes.tree.clear()
  }

  /** The rows that go, once all that come are kept. */
  *losses(): Generator<Change> {
    for (const piece of piecesOf(this.#losses, this.#work)) {
      const present = this.#work.alloc(piece.count * 8)
      this.#memory.kernels.presentChanges(this.kept.ptr, piece.count, piece.entries, present)
      yield this.#changeOf({ ...piece, present })
    }
    this.#losses.clear()
  }

  #changeOf(changes: Signs): Change {
    const { count, entries, present } = changes
    const columns = this.#changes.rows(entries, count, this.#work)
    return { batch: { columns, rows: count, sel: 0, count, weights: present }, changes }
  }

  #pick({ entries, weights, present, count }: Signs, sign: -1 | 0 | 1): Signs {
    const work = this.#work
    const out = { entries: work.alloc(count * 4), weights: work.alloc(count * 8), present: work.alloc(count * 8) }
    const { pickChanges } = this.#memory.kernels
    const n = pickChanges(count, sign, entries, weights, present, out.entries, out.weights, out.present) >>> 0
    return { ...out, count: n }
  }

  /** Some of the entries of a change are among the kept rows now. */
  keep({ entries, weights }: Entries, from: number, to: number): void {
    this.kept.addEntries(entries + from * 4, weights + from * 8, to - from)
  }

  /** The rows that are there of one key, from `start` to `end`, a batch at a time. */
  *within(key: Packed, start: bigint, end: bigint): Generator<Batch> {
    const { kernels, u32 } = this.#memory
    const bytes = u32[(key.offsets >>> 2) + 1] as number
    const [cursor, entries] = [this.#cursor, this.#entries]
    this.#memory.u8.fill(0, cursor, cursor + 16)
    for (;;) {
      const n = kernels.sessionRows(this.kept.ptr, cursor, key.blob, bytes, start, end, BATCH_ROWS, entries) >>> 0
      if (n === 0) return
      yield this.#read(n)
      this.#reading.reset()
    }
  }

  #read(n: number): Batch {
    this.#memory.kernels.entryWeights(n, this.#entries, this.#weights)
    const columns = this.#kept.rows(this.#entries, n, this.#reading)
    return { columns, rows: n, sel: 0, count: n, weights: this.#weights }
  }

  /** The rows that are there of sessions go; who asks is given them before, with the session of each. */
  drop({ at, sessions, keys }: Ended, give: ((rows: Batch, sessions: Ptr) => void) | undefined): void {
    const { kernels } = this.#memory
    const { blob, offsets, count: n } = keys
    const owners = this.#owners
    const found = [BATCH_ROWS, this.#entries, owners] as const
    this.#memory.u32[this.#cursor >>> 2] = 0
    for (;;) {
      const tree = this.kept.ptr
      const rows = kernels.sessionsRows(tree, this.#cursor, at, n, sessions, blob, offsets, ...found) >>> 0
      if (rows === 0) break
      if (give !== undefined) give(this.#read(rows), owners)
      this.#reading.reset()
      this.kept.remove(this.#entries, rows)
    }
  }

  /** The pieces that the rows from `start` to `end` make now. */
  pieces(key: Packed, start: bigint, end: bigint): readonly Piece[] {
    const { kernels, u32 } = this.#memory
    const bytes = u32[(key.offsets >>> 2) + 1] as number
    const out = this.#memory.alloc(32)
    const pieces: Piece[] = []
    let from = start
    while (kernels.sessionPiece(this.kept.ptr, key.blob, bytes, from, end, out)) {
      const [first, last, rows] = this.#memory.i64.slice(out >>> 3, (out >>> 3) + 3) as unknown as [
        bigint,
        bigint,
        bigint,
      ]
      pieces.push({ start: first, end: last, rows })
      from = last + 1n
    }
    this.#memory.free(out)
    return pieces
  }

  close(): void {
    this.kept.free()
    this.#changes.tree.free()
    this.#losses.free()
    this.#work.free()
    this.#reading.free()
    for (const block of [this.#cursor, this.#entries, this.#weights, this.#owners]) this.#memory.free(block)
  }
}

/** Entries with their weights, and how often more the row is there through each. */
interface Signs extends Entries {
  readonly present: Ptr
}

/** The keys of groups, as the rows of each begin. */
export function keysOfGroups(columns: readonly Column[], count: number, arena: Arena): Packed {
  return encodeKeys(
    { sel: 0, count },
    columns,
    columns.map(() => ASCENDING),
    arena,
  )
}
