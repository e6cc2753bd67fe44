// mapGroupsWithState and flatMapGroupsWithState with Spark's meaning: one call for each group that has rows in an epoch, with
// all of them, at the epoch's end; then one, with no rows, for each group without whose timeout has passed. The
// timeout is reset by every call. Append: what it gives is added. Update: it takes the place of what the group gave before.
// A batch is one epoch, and its end is no time: timeouts do not pass then.
import { fail, type Where } from '../base/index.ts'
import {
  BATCH_ROWS,
  type Batch,
  type Memory,
  type Row,
  rowNumbers,
  rowsOf,
  show,
  weightsOf,
  withSelection,
} from '../data/index.ts'
import type { StateWriter } from '../state/index.ts'
import type { GroupStateTimeout, OnError, ProcessContext, Schema } from '../types/index.ts'
import { type Emit, flushing, type Operator, type OperatorContext, saving, WATERMARK_MIN } from './operator.ts'
import { Calls } from './process/calls.ts'
import { newCall } from './process/context.ts'
import { compareKeys, type Entry } from './process/entry.ts'
import { type GroupCall, groupStateOf, TIMEOUT } from './process/group-state.ts'
import { microsOf, type TimeColumn, timesOf } from './process/held.ts'
import { Keyed, keyLeaves, STORE, type Versions } from './process/keyed.ts'
import { type OutputPort, Outputs } from './process/outputs.ts'
import { TimerQueue } from './process/timers.ts'
import { whereOf } from './user-code.ts'

export interface GroupStateSpec {
  readonly verb: 'mapGroupsWithState' | 'flatMapGroupsWithState'
  readonly fn: (key: never, rows: never, state: never) => unknown
  readonly input: Schema
  readonly keys: readonly string[]
  readonly time?: TimeColumn | undefined
  readonly timeout: GroupStateTimeout
  readonly outputMode: 'append' | 'update'
  readonly versions: Versions
  /** Port 0 the rows, port 1 those that came too late (event-time timeouts only): the input's columns. */
  readonly outputs: readonly OutputPort[]
  readonly errors?: Schema | undefined
  readonly onError: OnError
  /** Of port 1 of the input: states of groups, { key columns, state columns }. */
  readonly initial?: Schema | undefined
}

const LATE = 1
const NEVER = Number.POSITIVE_INFINITY

export function groupState(spec: GroupStateSpec, context: OperatorContext): Operator {
  const groups = new Groups(spec, context)
  return {
    name: spec.verb,
    outputs: spec.outputs.length + (spec.errors === undefined ? 0 : 1),
    stores: [STORE],
    tick: now => groups.tick(now),
    wakeAt: () => (spec.timeout === 'processing time' ? groups.firstTimeout : NEVER),
    step: (port, delta, emit) => (port === 1 ? groups.begin(delta) : groups.step(delta, emit)),
    advance: (port, watermark) => groups.advance(port, watermark),
    ...flushing((emit, isEnd) => groups.flush(emit, isEnd !== false)),
    seal: () => groups.seal(),
    watermark: inputs => inputs[0] ?? WATERMARK_MIN,
    ...saving((writer, full) => groups.saving(writer, full)),
    load: (_store, block) => groups.load(block),
    size: () => groups.size(),
    close: () => groups.close(),
  }
}

class Groups {
  readonly #spec: GroupStateSpec
  readonly #context: OperatorContext
  readonly #memory: Memory
  readonly #keyed: Keyed
  readonly #timers = new TimerQueue()
  readonly #call: GroupCall = { entry: undefined, timedOut: false, now: 0, watermark: -NEVER }
  readonly #outputs: Outputs
  /** What was shown for a group, and is not any more. */
  readonly #old: Outputs
  readonly #calls: Calls
  readonly #body: (rows: never) => unknown
  #watermark = -NEVER

  constructor(spec: GroupStateSpec, context: OperatorContext) {
    const { verb, input, keys, versions, onError, timeout } = spec
    this.#spec = spec
    this.#context = context
    this.#memory = context.memory
    this.#keyed = new Keyed({ input, keys, versions, verb, timers: ['timeout'] }, context)
    const errors = spec.errors === undefined ? [] : [{ name: 'errors', schema: spec.errors }]
    this.#outputs = new Outputs([...spec.outputs, ...errors], verb)
    this.#old = new Outputs(spec.outputs, verb)
    this.#calls = new Calls({
      verb,
      functions: { on: spec.fn },
      call: newCall(),
      context: NO_CONTEXT,
      place: { where: (): Where => ({ operator: context.operator }), given: () => ({ key: this.#call.entry?.key }) },
      outputs: this.#outputs,
      onError,
      errorsPort: spec.errors === undefined ? undefined : spec.outputs.length,
      setDue: (entry, due) => this.#setDue(entry, due?.[TIMEOUT] ?? NEVER),
    })
    this.#body = bodyOf(spec, this.#call, groupStateOf(this.#call, timeout, this.#timers))
  }

  get firstTimeout(): number {
    return this.#timers.first
  }

  tick(now: number): void {
    this.#recall()
    this.#call.now = now
    this.#call.watermark = this.#watermark
  }

  advance(port: number, watermark: bigint): void {
    this.#recall()
    if (port === 0) this.#watermark = microsOf(watermark)
  }

  /** Keep the rows for the end of the epoch. */
  step(delta: Batch, emit: Emit): void {
    this.#recall()
    const timely = this.#timely(delta, emit)
    if (timely.count === 0) return
    this.#keyed.find(timely)
    const rows = rowsOf(timely, this.#spec.input, this.#memory)
    const weights = weightsOf(timely, this.#memory)
    for (const [i, row] of rows.entries()) {
      const entry = this.#keyed.entry(i, row)
      const weight = weights[i] as number
      if (weight < 0) fail('ASSERTION', { reason: `${this.#spec.verb} was given a deleted row` })
      entry.rows ??= []
      for (let n = 0; n < weight; n++) entry.rows.push(n === 0 ? row : { ...row })
    }
  }

  /** With timeouts of event time, rows before the watermark are left out. */
  #timely(delta: Batch, emit: Emit): Batch {
    const { time, timeout, outputs } = this.#spec
    if (timeout !== 'event time' || time === undefined || this.#call.watermark === -NEVER) return delta
    const timeOf = timesOf(delta, time, this.#memory)
    const numbers = rowNumbers(delta, this.#memory)
    const late = numbers.filter(row => timeOf(row) < this.#call.watermark)
    if (late.length === 0) return delta
    const kept = numbers.filter(row => !(timeOf(row) < this.#call.watermark))
    if (outputs.length > LATE) emit(LATE, this.#narrowed(delta, late))
    return this.#narrowed(delta, kept)
  }

  #narrowed(delta: Batch, rows: readonly number[]): Batch {
    const sel = this.#context.arena.alloc(Math.max(1, rows.length) * 4)
    this.#memory.u32.set(rows, sel >>> 2)
    return withSelection(delta, sel, rows.length)
  }

  *flush(emit: Emit, isEnd: boolean): Generator<void> {
    this.#recall()
    if (!isEnd) return
    const groups = this.#keyed.touched.toSorted((a, b) => compareKeys(a.key, b.key))
    for (const entry of groups) {
      this.#hand(entry, false)
      if (this.#outputs.waiting < BATCH_ROWS) continue
      this.#emit(emit)
      yield
    }
    this.#call.watermark = this.#watermark
    // Once the input has ended no time passes: a batch has no timeouts, and a stream ends like one.
    const until = this.#spec.timeout === 'processing time' ? this.#call.now : this.#watermark - 1
    if (until !== NEVER) yield* this.#timeOut(until, emit)
    this.#emit(emit)
  }

  *#timeOut(until: number, emit: Emit): Generator<void> {
    const due: Entry[] = []
    for (let fired = this.#timers.next(until); fired !== undefined; fired = this.#timers.next(until))
      due.push(fired.entry)
    for (const entry of due) {
      // A group whose timeout passes while it has rows is not timed out: it set a new one, or none.
      this.#keyed.touch(entry)
      this.#hand(entry, true)
      if (this.#outputs.waiting < BATCH_ROWS) continue
      this.#emit(emit)
      yield
    }
  }

  #hand(entry: Entry, timedOut: boolean): void {
    const rows = entry.rows ?? []
    entry.rows = undefined
    this.#call.entry = entry
    this.#call.timedOut = timedOut
    const mark = this.#outputs.mark()
    try {
      this.#calls.run(this.#body, rows, entry, -1)
    } finally {
      this.#call.entry = undefined
    }
    if (this.#spec.outputMode === 'update') this.#replace(entry, this.#outputs.since(0, mark))
  }

  /** Later rows of a group take the place of earlier ones; a call that gives none leaves them. */
  #replace(entry: Entry, rows: readonly object[]): void {
    if (rows.length === 0) return
    for (const row of entry.shown) this.#old.add(0, row, -1)
    entry.shown = rows
  }

  #emit(emit: Emit): void {
    this.#old.emit(emit, this.#context.arena, undefined, -1)
    this.#outputs.emit(emit, this.#context.arena)
  }

  #setDue(entry: Entry, time: number): void {
    if (entry.due === undefined) return
    if (time === NEVER) entry.due[TIMEOUT] = NEVER
    else this.#timers.set(entry, TIMEOUT, time, 1)
  }

  /** Rows of the initial state: their groups are handed over in the first epoch, rows or not. */
  begin(delta: Batch): void {
    const { initial, keys } = this.#spec
    if (initial === undefined) fail('ASSERTION', { reason: 'a row of an initial state that there is not' })
    this.#keyed.findBy(
      delta,
      keyLeaves(initial, keys).map(each => each.column),
    )
    for (const [i, row] of rowsOf(delta, initial, this.#memory).entries()) {
      const entry = this.#keyed.entry(i, row)
      if (entry.has) fail('INITIAL_STATE_TWICE', { key: show(entry.key) }, whereOf(delta, i, this.#context.operator))
      entry.has = true
      entry.state = Object.fromEntries(Object.entries(row).filter(([name]) => !keys.includes(name)))
    }
  }

  seal(): void {
    this.#keyed.settle()
  }

  saving(writer: StateWriter, full: boolean): Generator<void> {
    return this.#keyed.saving(writer, full)
  }

  load(block: Uint8Array): void {
    this.#keyed.load(block)
  }

  #recall(): void {
    this.#keyed.recall(entry => {
      const time = entry.due?.[TIMEOUT] ?? NEVER
      if (time !== NEVER) this.#timers.set(entry, TIMEOUT, time, 1)
    })
  }

  size() {
    return { rows: this.#keyed.count, bytes: this.#keyed.bytes, unmatchedDeletes: 0 }
  }

  close(): void {
    this.#keyed.close()
  }
}

const NO_CONTEXT = Object.freeze({}) as ProcessContext

/** The user's function, as Calls calls functions; map gives exactly one row, whose key columns are the key. */
function bodyOf(spec: GroupStateSpec, call: GroupCall, state: unknown): (rows: never) => unknown {
  const { fn, verb, keys } = spec
  return rows => {
    const { key, due } = call.entry as Entry
    if (due !== undefined) due[TIMEOUT] = NEVER
    const result = fn(key as never, rows, state as never)
    if (verb === 'flatMapGroupsWithState') return result
    if (typeof result !== 'object' || result === null || result instanceof Promise)
      return fail('FUNCTION_RESULT', {
        verb,
        given: result instanceof Promise ? 'a promise' : show(result),
        wanted: 'one row object',
      })
    if (
      keys.every(name => compareKeys((result as Row)[name] ?? null, keys.length === 1 ? key : (key as Row)[name]) === 0)
    )
      return [result]
    if (keys.every(name => name in result))
      return fail('FUNCTION_RESULT', {
        verb,
        given: `a row of another key: ${show(result)}`,
        wanted: `the key ${show(key)}`,
      })
    return [result]
  }
}
