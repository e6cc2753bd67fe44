// Where rows find their session: a table of keys, each with the list of its sessions, and the table of sessions
// (src/kernels/assembly/session.ts). The first is made anew from the second after loading.
import { type Arena, BATCH_ROWS, type Batch, type Column, kindOf, type Memory, type Ptr } from '../../data/index.ts'
import { keyColumns, putKeys } from '../aggregates/keys.ts'
import type { Part } from '../aggregates/parts.ts'
import { layoutKeys, makeTable, SESSION_BUCKET } from '../aggregates/table.ts'
import type { SessionPlan } from './plan.ts'

/** [latest session][next number][how far down late rows reach][as of which judgement][0] */
const KEY_STATE_BYTES = 24

/** Sessions that became one: `count` pairs (kept u32, absorbed u32), in order, at `at`. */
export interface Merges {
  readonly at: Ptr
  readonly count: number
}

/** A stretch of a batch's rows and their sessions. */
export interface Found {
  readonly from: number
  readonly to: number
  readonly merges: Merges
}

export class SessionTables {
  readonly sessions: Ptr
  /** Of the rows of a batch: their sessions. */
  readonly records: Ptr
  readonly #memory: Memory
  readonly #plan: SessionPlan
  readonly #keys: Ptr
  readonly #owners: Ptr
  readonly #touched: Ptr
  readonly #merged: Ptr
  readonly #done: Ptr
  readonly #bucket: bigint
  #stamp = 0

  constructor(memory: Memory, plan: SessionPlan, bucket: bigint, durable: boolean) {
    const { keys, sessionKeys, layout } = plan
    const keyLayout = layoutKeys(keys, false)
    const keyParts = { parts: [], end: keyLayout.stateAt + KEY_STATE_BYTES }
    this.#memory = memory
    this.#plan = plan
    this.#bucket = bucket
    this.#keys = makeTable(memory, keys, keyLayout, keyParts, undefined, false)
    const bucketAt = plan.at + SESSION_BUCKET
    this.sessions = makeTable(memory, sessionKeys, layout, plan.plan, keys.length, durable, bucketAt)
    this.records = memory.alloc(BATCH_ROWS * 4)
    this.#owners = memory.alloc(BATCH_ROWS * 4)
    this.#touched = memory.alloc(BATCH_ROWS * 4)
    this.#merged = memory.alloc(BATCH_ROWS * 4)
    this.#done = memory.alloc(16)
  }

  /**
   * The sessions of a batch's rows, in `records`: they grow, come, and become one. In stretches, each of which is to be
   * dealt with before the next; at its end `resolve` has the sessions as they are then.
   */
  *find(batch: Batch, starts: Column, ends: Column, arena: Arena): Generator<Found> {
    const { kernels: k } = this.#memory
    const { count: n, sel } = batch
    k.groupFind(this.#keys, n, sel, putKeys(this.#memory, this.#plan.keys, batch, arena), this.#owners, 0)
    for (let from = 0; from < n; ) {
      k.sessionWidth(this.#bucket)
      const most = BATCH_ROWS / 2
      const [owners, records, merged, done] = [this.#owners, this.records, this.#merged, this.#done]
      const [keys, sessions, { at }] = [this.#keys, this.sessions, this.#plan]
      const args = [starts.values, ends.values, records, merged, most, done] as const
      const count = k.sessionFind(keys, sessions, at, n, from, sel, owners, ...args) >>> 0
      const to = this.#memory.u32[done >>> 2] as number
      yield { from, to, merges: { at: merged, count } }
      from = to
    }
  }

  /** The absorbed sessions of `records` are replaced by those that absorbed them, and all show their bounds. */
  resolve(records: Ptr, n: number): void {
    this.#memory.kernels.sessionResolve(this.#plan.at, n, records)
  }

  /** Add what absorbed sessions hold to those that absorbed them. */
  merge({ at, count }: Merges): void {
    const k = this.#memory.kernels
    k.mergeWeights(at, count)
    for (const part of this.#plan.plan.parts) {
      const what = MERGED[part.what]
      if (what === undefined) continue
      const kind = part.args[0] === undefined ? 0 : kindOf(part.args[0].type)
      k.mergePart(this.sessions, at, count, what, part.at, part.bytes, part.greatest ? 1 : 0, kind)
    }
  }

  /** Nothing is left of a session, and it is in no list. */
  blank(session: Ptr): void {
    this.#memory.kernels.sessionBlank(this.sessions, this.#plan.at, session)
  }

  unlink(records: Ptr, n: number): void {
    this.#memory.kernels.sessionUnlink(this.#keys, this.#plan.at, n, records)
  }

  /** Sessions that end at or before `limit`, to `records`. */
  closing(limit: bigint, records: Ptr): number {
    this.#memory.kernels.sessionWidth(this.#bucket)
    return this.#memory.kernels.sessionClosing(this.sessions, this.#plan.at, limit, records, BATCH_ROWS) >>> 0
  }

  /** The judgement of late rows begins. */
  judge(): void {
    this.#stamp = (this.#stamp % 0xffffffff) + 1
  }

  /** Which rows of a batch (all of its rows, the latest end first) touch an open session, and which are late: row numbers. */
  reach(batch: Batch, starts: Column, ends: Column, arena: Arena): { kept: Ptr; keep: number; late: Ptr } {
    const k = this.#memory.kernels
    const n = batch.count
    const [kept, late] = [arena.alloc(n * 4), arena.alloc(n * 4)]
    const keys = putKeys(this.#memory, this.#plan.keys, batch, arena)
    const touched = k.groupFind(this.#keys, n, 0, keys, this.#owners, this.#touched) >>> 0
    const args = [this.#owners, starts.values, ends.values, batch.weights, kept, late] as const
    const keep = k.sessionReach(this.#keys, this.#plan.at, this.#stamp, n, ...args) >>> 0
    k.groupSettle(this.#keys, touched, this.#touched)
    return { kept, keep, late }
  }

  boundsOf(session: Ptr): readonly [start: bigint, end: bigint] {
    const { sessionStart, sessionEnd } = this.#memory.kernels
    return [sessionStart(this.#plan.at, session), sessionEnd(this.#plan.at, session)]
  }

  /** A session is only so long now. */
  cut(session: Ptr, start: bigint, end: bigint): void {
    this.#memory.kernels.sessionWidth(this.#bucket)
    this.#memory.kernels.sessionCut(this.sessions, this.#plan.at, session, start, end)
  }

  /** A new session of the same key. */
  apart(session: Ptr, start: bigint, end: bigint): Ptr {
    this.#memory.kernels.sessionWidth(this.#bucket)
    return this.#memory.kernels.sessionApart(this.#keys, this.sessions, this.#plan.at, session, start, end) >>> 0
  }

  /** The numbers of the sessions of rows, as a column. */
  numbers(n: number, sel: Ptr, records: Ptr, out: Ptr): void {
    this.#memory.kernels.sessionNumbers(this.sessions, this.#plan.keys.length, n, sel, records, out)
  }

  /** The lists, from the sessions that were loaded. */
  link(arena: Arena): void {
    const k = this.#memory.kernels
    const cursor = arena.zeroed(16)
    const { keys, at } = this.#plan
    for (;;) {
      const n = k.sessionList(this.sessions, cursor, this.records, BATCH_ROWS) >>> 0
      if (n === 0) return
      const columns = keyColumns(this.#memory, this.sessions, keys, this.records, n, arena)
      const own = keys.map((key, i) => ({ ...key, column: i }))
      const batch: Batch = { columns, rows: n, sel: 0, count: n, weights: 0 }
      k.groupFind(this.#keys, n, 0, putKeys(this.#memory, own, batch, arena), this.#owners, 0)
      k.sessionLink(this.#keys, this.sessions, at, n, this.#owners, this.records)
    }
  }

  close(): void {
    this.#memory.kernels.groupFree(this.#keys)
    const blocks = [this.records, this.#owners, this.#touched, this.#merged, this.#done]
    for (const block of blocks) this.#memory.free(block)
  }
}

/** The parts that can be merged, in the kernel's numbers (src/kernels/assembly/agg-merge.ts). */
const MERGED: Readonly<Partial<Record<Part['what'], number>>> = {
  count: 0,
  sumInteger: 1,
  squareInteger: 2,
  sumDouble: 3,
  squareDouble: 3,
  extreme: 4,
  extremeText: 5,
  extremePlace: 8,
  sumDecimal: 9,
  squareDecimal: 10,
  pick: 6,
  sketch: 7,
}
