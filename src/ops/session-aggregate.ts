// Aggregation in sessions: windows of one key that touch are one. Law: as of aggregate, a row's window being the union of
// all windows of its key that are connected with its own; two that only touch are connected.
// Sessions grow, come, merge and fall apart; a group's name is its key and a number, so that an open session of many rows
// can grow without telling any of them. docs/notes/windows.md has the reasons.
// A row is late when the session that it would make, or that it would come into, is over: those that are over by themselves
// are held until the epoch's other rows are there, so that the order of rows within an epoch decides nothing. A session is
// over when the watermark has passed its end and allowed lateness: at it, a row at its very end may still come into it.
import { assert } from '../base/index.ts'
import {
  type Arena,
  BATCH_ROWS,
  type Batch,
  type Column,
  Kind,
  type Memory,
  type Packed,
  type Ptr,
  withColumns,
} from '../data/index.ts'
import type { StateWriter } from '../state/index.ts'
import { type AggregateSpec, type AggregateWindow, LATE_PORT, type Merging } from './aggregate-spec.ts'
import { Groups } from './aggregates/groups.ts'
import { keyColumns } from './aggregates/keys.ts'
import { closedBy } from './aggregates/late.ts'
import type { Rows } from './aggregates/update.ts'
import {
  type Emit,
  least,
  type Operator,
  type OperatorContext,
  type StateSize,
  toEnd,
  WATERMARK_MIN,
} from './operator.ts'
import { Held } from './sessions/held.ts'
import { planSessions, type SessionPlan } from './sessions/plan.ts'
import { type Change, keysOfGroups, type Piece, SessionRows } from './sessions/rows.ts'
import { type Found, SessionTables } from './sessions/tables.ts'

const ROWS = 'rows'

export function sessionAggregate(context: OperatorContext, spec: AggregateSpec): Operator {
  return new SessionAggregation(context, spec)
}

class SessionAggregation implements Operator {
  readonly name = 'aggregate'
  readonly outputs = 2
  readonly late = [1]
  readonly stores: readonly string[]
  readonly #context: OperatorContext
  readonly #memory: Memory
  readonly #spec: AggregateSpec
  readonly #accept: bigint
  readonly #plan: SessionPlan
  readonly #tables: SessionTables
  readonly #groups: Groups
  /** Rows of open sessions, where they are needed. */
  readonly #rows: SessionRows | undefined
  readonly #held: Held
  readonly #start: number
  readonly #end: number
  readonly #counting: Ptr
  /** While rows move. */
  readonly #moving: Arena
  #watermark = WATERMARK_MIN
  #loose = false

  constructor(context: OperatorContext, spec: AggregateSpec) {
    const { memory } = context
    const { start, end, merging, ...window } = spec.window as AggregateWindow & { merging: Merging }
    const { kinds, bucket } = merging
    const accept = window.accept + 1n
    const durable = context.durable !== false
    const plan = planSessions(spec, kinds.length)
    this.#context = context
    this.#memory = memory
    this.#spec = spec
    this.#accept = accept
    this.#plan = plan
    this.#tables = new SessionTables(memory, plan, bucket, durable)
    const at = { start, end }
    this.#groups = new Groups(context, {
      spec: { keys: plan.sessionKeys, window: undefined },
      plan: plan.plan,
      table: this.#tables.sessions,
      columns: (keys, results) => inOrder(spec, at, keys, results),
    })
    this.#rows = plan.keepsRows ? new SessionRows(kinds, memory, durable) : undefined
    this.stores = [...this.#groups.stores, ...(durable && plan.keepsRows ? [ROWS] : [])]
    this.#start = spec.keys[start]!.column
    this.#end = spec.keys[end]!.column
    this.#held = new Held(context, { start: this.#start, end: this.#end, accept, kinds })
    this.#moving = memory.arena()
    this.#counting = memory.alloc(BATCH_ROWS * 4)
    for (let i = 0; i < BATCH_ROWS; i++) memory.u32[(this.#counting >>> 2) + i] = i
  }

  step(_port: number, delta: Batch): void {
    if (delta.count === 0) return
    this.#relink()
    const batch = this.#held.hold(delta, this.#watermark)
    if (batch.count > 0) this.#take(batch)
  }

  #take(batch: Batch): void {
    if (this.#rows === undefined) this.#insert(batch, undefined)
    else this.#rows.take(batch, this.#rowKeys(batch), this.#context.arena)
  }

  #rowKeys(batch: Batch): readonly Column[] {
    const group = this.#plan.keys.map(key => batch.columns[key.column] as Column)
    return [...group, batch.columns[this.#start] as Column, batch.columns[this.#end] as Column]
  }

  /** Rows come into their sessions. */
  #insert(batch: Batch, change: Change | undefined): void {
    const { arena } = this.#context
    const [starts, ends] = [batch.columns[this.#start] as Column, batch.columns[this.#end] as Column]
    const { records } = this.#tables
    for (const found of this.#tables.find(batch, starts, ends, arena)) {
      const { from, to } = found
      const mine = records + from * 4
      this.#touch(mine, to - from)
      this.#merge(found)
      this.#tables.resolve(mine, to - from)
      const sel = (batch.sel === 0 ? this.#counting : batch.sel) + from * 4
      this.#add(batch, { n: to - from, sel, records: mine, weights: batch.weights })
      if (change !== undefined) this.#rows?.keep(change.changes, from, to)
      for (const [, absorbed] of this.#pairs(found)) this.#vanish(absorbed)
    }
  }

  /** Sessions are about to change: what they were is kept, and that they changed. */
  #touch(records: Ptr, n: number): void {
    const k = this.#memory.kernels
    const { touched } = this.#groups
    for (let from = 0; from < n; from += BATCH_ROWS) {
      const count = Math.min(n - from, BATCH_ROWS)
      const isFinal = this.#spec.emit === 'final'
      const first = k.groupTouch(this.#tables.sessions, count, records + from * 4, isFinal ? 0 : touched) >>> 0
      if (!isFinal) this.#groups.remember(first)
    }
  }

  #merge(found: Found): void {
    const { merges } = found
    const { at, count } = merges
    if (count === 0) return
    this.#touch(at, count * 2)
    if (this.#rows === undefined) this.#tables.merge(merges)
    else for (const [kept, absorbed] of this.#pairs(found)) this.#move(absorbed, this.#tables.boundsOf(absorbed), kept)
  }

  *#pairs({ merges: { at, count } }: Found): Generator<readonly [kept: Ptr, absorbed: Ptr]> {
    for (let i = 0; i < count; i++) {
      const { u32 } = this.#memory
      yield [u32[(at >>> 2) + i * 2] as Ptr, u32[(at >>> 2) + i * 2 + 1] as Ptr]
    }
  }

  #add(given: Batch, rows: Rows): void {
    const batch = this.#groups.sets.length === 0 ? given : this.#numbered(given, rows)
    this.#groups.add(batch, rows)
  }

  /** With the number of each row's session as a column more: values belong to a session. */
  #numbered(batch: Batch, rows: Rows): Batch {
    const numbers = this.#context.arena.alloc(batch.rows * 8)
    this.#tables.numbers(rows.n, rows.sel, rows.records, numbers)
    const column: Column = { kind: Kind.I64, values: numbers, validity: 0 }
    return withColumns(batch, [...batch.columns, column])
  }

  /** The rows of a session between these bounds go to another one. */
  #move(from: Ptr, [start, end]: readonly [bigint, bigint], to: Ptr): void {
    const work = this.#moving
    const records = work.alloc(BATCH_ROWS * 4)
    const key = this.#keysOf(this.#listOf(from, work), 1, work)
    for (const batch of this.#kept.within(key, start, end)) {
      this.#addAll(batch, from, -1n, records)
      this.#addAll(batch, to, 1n, records)
    }
    work.reset()
  }

  /** The rows of sessions are forgotten; where values are kept of them, they are taken out of them before. */
  #forget(sessions: Ptr, n: number): void {
    const work = this.#moving
    const isListed = this.#groups.sets.length > 0
    const take = (rows: Batch, records: Ptr): void => this.#addSigned(rows, -1n, records)
    const keys = this.#keysOf(sessions, n, work)
    this.#kept.drop({ at: this.#plan.at, sessions, keys }, isListed ? take : undefined)
    work.reset()
  }

  /** All rows of a batch go to one session, with their weights or the opposite. */
  #addAll(batch: Batch, session: Ptr, sign: 1n | -1n, records: Ptr): void {
    this.#memory.u32.fill(session, records >>> 2, (records >>> 2) + batch.count)
    this.#addSigned(batch, sign, records)
  }

  #addSigned(batch: Batch, sign: 1n | -1n, records: Ptr): void {
    const { count: n, weights } = batch
    const { i64 } = this.#memory
    for (let i = weights >>> 3; sign < 0n && i < (weights >>> 3) + n; i++) i64[i] = -(i64[i] as bigint)
    this.#add(batch, { n, sel: 0, records, weights })
    const again = this.#memory.i64
    for (let i = weights >>> 3; sign < 0n && i < (weights >>> 3) + n; i++) again[i] = -(again[i] as bigint)
  }

  get #kept(): SessionRows {
    assert(this.#rows !== undefined, 'rows are asked for that are not kept')
    return this.#rows
  }

  #keysOf(sessions: Ptr, n: number, arena: Arena): Packed {
    return keysOfGroups(keyColumns(this.#memory, this.#tables.sessions, this.#plan.keys, sessions, n, arena), n, arena)
  }

  #listOf(session: Ptr, arena: Arena): Ptr {
    const list = arena.alloc(16)
    this.#memory.u32[list >>> 2] = session
    return list
  }

  advance(_port: number, watermark: bigint): void {
    assert(watermark >= this.#watermark, `the watermark goes back from ${this.#watermark} to ${watermark}`)
    this.#watermark = watermark
  }

  flush(emit: Emit, isEnd?: boolean): void {
    toEnd(this.flushSlices(emit, isEnd))
  }

  *flushSlices(emit: Emit, isEnd = true): Generator<void> {
    this.#relink()
    yield* this.#change()
    if (isEnd && !this.#held.isEmpty) {
      yield* this.#held.judge(
        this.#tables,
        rows => this.#take(rows),
        late => emit(LATE_PORT, late),
      )
      yield* this.#change()
    }
    if (this.#spec.emit === 'changes') yield* this.#groups.emitChanges(emit)
    if (this.#watermark > WATERMARK_MIN) yield* this.#close(emit)
    this.#groups.release()
  }

  /** Where rows are kept: what the epoch changed, those that come before those that go. */
  *#change(): Generator<void> {
    const rows = this.#rows
    if (rows === undefined) return
    for (const change of rows.gains()) {
      this.#insert(change.batch, change)
      yield
    }
    const shaken = new Set<Ptr>()
    for (const change of rows.losses()) {
      this.#remove(change, shaken)
      yield
    }
    for (const session of shaken) this.#split(session)
  }

  #remove({ batch, changes }: Change, shaken: Set<Ptr>): void {
    const [starts, ends] = [batch.columns[this.#start] as Column, batch.columns[this.#end] as Column]
    const { records } = this.#tables
    for (const { from, to } of this.#tables.find(batch, starts, ends, this.#context.arena)) {
      const mine = records + from * 4
      this.#touch(mine, to - from)
      this.#add(batch, { n: to - from, sel: this.#counting + from * 4, records: mine, weights: batch.weights })
      const sessions = this.#memory.u32.subarray(mine >>> 2, (mine >>> 2) + to - from)
      for (const session of sessions) shaken.add(session)
      this.#rows?.keep(changes, from, to)
    }
  }

  /** A session that lost rows may be shorter, several, or none. The largest part keeps its name. */
  #split(session: Ptr): void {
    const work = this.#memory.arena()
    const [start, end] = this.#tables.boundsOf(session)
    const pieces = this.#kept.pieces(this.#keysOf(this.#listOf(session, work), 1, work), start, end)
    const shown = work.alloc(16)
    const show = (record: Ptr): void => {
      this.#memory.u32[shown >>> 2] = record
      this.#tables.resolve(shown, 1)
    }
    if (pieces.length === 0) {
      this.#memory.u32[shown >>> 2] = session
      this.#tables.unlink(shown, 1)
      this.#vanish(session)
    } else {
      const largest = pieces.reduce((a, b) => (b.rows > a.rows ? b : a))
      this.#tables.cut(session, largest.start, largest.end)
      show(session)
      for (const piece of pieces) if (piece !== largest) show(this.#apart(session, piece, shown))
    }
    work.free()
  }

  #apart(session: Ptr, { start, end }: Piece, room: Ptr): Ptr {
    const made = this.#tables.apart(session, start, end)
    this.#memory.u32[room >>> 2] = made
    this.#touch(room, 1)
    this.#move(session, [start, end], made)
    return made
  }

  /** Nothing is left of a session. What was emitted of it is taken back when the epoch ends. */
  #vanish(session: Ptr): void {
    this.#tables.blank(session)
    if (this.#spec.emit === 'changes') return
    this.#memory.u32[this.#groups.touched >>> 2] = session
    this.#memory.kernels.groupDrop(this.#tables.sessions, 1, this.#groups.touched)
  }

  /** Sessions whose end and allowed lateness the watermark has passed: they go. */
  *#close(emit: Emit): Generator<void> {
    const { records, sessions } = this.#tables
    const limit = closedBy(this.#watermark, this.#accept)
    for (;;) {
      const n = this.#tables.closing(limit, records)
      if (n === 0) return
      if (this.#spec.emit === 'final') this.#groups.emitFinal(n, records, emit)
      if (this.#rows !== undefined) this.#forget(records, n)
      this.#tables.unlink(records, n)
      this.#memory.kernels.groupDrop(sessions, n, records)
      this.#groups.chunk.reset()
      yield
    }
  }

  seal(): void {}

  watermark(inputs: readonly bigint[]): bigint {
    return closedBy(least(inputs), this.#accept)
  }

  save(writer: StateWriter, full: boolean): void {
    toEnd(this.saveSlices(writer, full))
  }

  *saveSlices(writer: StateWriter, full: boolean): Generator<void> {
    yield* this.#groups.save(writer, full)
    if (this.#rows !== undefined) yield* this.#rows.kept.saving(block => writer.put(ROWS, block), full)
  }

  load(store: string, block: Uint8Array): void {
    this.#loose = true
    if (store === ROWS) this.#rows?.kept.load(block)
    else this.#groups.load(store, block)
  }

  #relink(): void {
    if (!this.#loose) return
    this.#loose = false
    this.#groups.relink()
    const work = this.#memory.arena()
    this.#tables.link(work)
    work.free()
  }

  size(): StateSize {
    const groups = this.#groups.size()
    if (this.#rows === undefined) return groups
    const { count, bytes, missing } = this.#rows.kept
    return { rows: groups.rows + count, bytes: groups.bytes + bytes, unmatchedDeletes: missing }
  }

  close(): void {
    this.#groups.close()
    this.#tables.close()
    this.#rows?.close()
    this.#held.close()
    this.#memory.free(this.#counting)
    this.#moving.free()
  }
}

/** The keys as they were asked for, the window's among them, then the results. */
function inOrder(
  spec: AggregateSpec,
  at: { readonly start: number; readonly end: number },
  keys: readonly Column[],
  results: readonly Column[],
): readonly Column[] {
  const [start, end, ...rest] = results as [Column, Column, ...Column[]]
  let next = 0
  const all = spec.keys.map((_, i) => (i === at.start ? start : i === at.end ? end : (keys[next++] as Column)))
  return [...all, ...rest]
}
