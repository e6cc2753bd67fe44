// process(a): a function of the user for every row, with a state and timers per key (docs/notes/process.md). Append-only.
//   order 'arrival'      a row is handed over when it comes; timers fire at the epoch's end, in time order.
//   order 'event time'   rows wait until the watermark has passed them, then rows and timers go in time order: the
//                        outputs are the same however the input is cut. At one time timers come before rows.
// Port 1 of the input is the initial state: rows with the key and the columns of the state, before any other row.
import { fail, type Where } from '../base/index.ts'
import {
  BATCH_ROWS,
  type Batch,
  type Memory,
  type Row,
  type RowViews,
  rowNumbers,
  rowsOf,
  rowViews,
  show,
  weightsOf,
} from '../data/index.ts'
import type { StateWriter } from '../state/index.ts'
import type { OnError, Schema } from '../types/index.ts'
import { sizeOf } from './entries.ts'
import { type Emit, flushing, type Operator, type OperatorContext, saving, WATERMARK_MIN } from './operator.ts'
import { Calls, type ProcessFunctions } from './process/calls.ts'
import { type Call, contextOf, newCall } from './process/context.ts'
import type { Entry } from './process/entry.ts'
import { Held, microsOf, type TimeColumn, timesOf } from './process/held.ts'
import { Keyed, keyLeaves, STORE, type Versions } from './process/keyed.ts'
import { type OutputPort, Outputs } from './process/outputs.ts'
import { TimerQueue } from './process/timers.ts'
import { whereOf } from './user-code.ts'

export interface ProcessSpec extends ProcessFunctions {
  readonly input: Schema
  /** Names of columns of the input. */
  readonly keys: readonly string[]
  readonly time?: TimeColumn | undefined
  readonly timers: readonly string[]
  readonly order: 'arrival' | 'event time'
  readonly versions: Versions
  /** Microseconds after which a state that no row touches is dropped. */
  readonly ttl?: number | undefined
  /** Port 0, then the side outputs. */
  readonly outputs: readonly OutputPort[]
  /** Rows of `.errors` go to a port behind the outputs. */
  readonly errors?: Schema | undefined
  readonly onError: OnError
  /** Of port 1. */
  readonly initial?: Schema | undefined
}

const HELD = 'held'
const VERB = 'process'

export function keyedProcess(spec: ProcessSpec, context: OperatorContext): Operator {
  const run = new Process(spec, context)
  return {
    name: VERB,
    outputs: spec.outputs.length + (spec.errors === undefined ? 0 : 1),
    stores: spec.order === 'arrival' ? [STORE] : [STORE, HELD],
    tick: now => run.tick(now),
    wakeAt: () => run.wakeAt,
    step: (port, delta, emit) => (port === 1 ? run.begin(delta) : run.step(delta, emit)),
    advance: (port, watermark) => run.advance(port, watermark),
    ...flushing(emit => run.flush(emit)),
    seal: () => run.seal(),
    watermark: inputs => inputs[0] ?? WATERMARK_MIN,
    ...saving((writer, full) => run.saving(writer, full)),
    load: (store, block) => run.load(store, block),
    size: () => run.size(),
    close: () => run.close(),
  }
}

class Process {
  readonly #spec: ProcessSpec
  readonly #context: OperatorContext
  readonly #memory: Memory
  readonly #views: RowViews
  readonly #keyed: Keyed
  readonly #events = new TimerQueue()
  readonly #walls = new TimerQueue()
  /** When states have lived their time. Nobody waits for it: it only frees memory. */
  readonly #lapses = new TimerQueue()
  readonly #call: Call = newCall()
  readonly #outputs: Outputs
  readonly #calls: Calls
  readonly #held: Held | undefined = undefined
  /** Timers of a key: event time, wall clock, and one for its time to live. */
  readonly #timerCount: number
  readonly #ttlTimer: number
  #watermark = Number.NEGATIVE_INFINITY
  /** In order of event time: how far rows and timers have been handed over. */
  #handed = Number.NEGATIVE_INFINITY
  // The batch, row and view that are being worked on, for errors.
  #batch: Batch | undefined
  #row = 0
  #view: Row | undefined
  #timerName = ''

  constructor(spec: ProcessSpec, context: OperatorContext) {
    const { memory, operator } = context
    this.#spec = spec
    this.#context = context
    this.#memory = memory
    this.#views = rowViews(spec.input, memory)
    this.#ttlTimer = spec.timers.length * 2
    this.#timerCount = this.#ttlTimer + 1
    const labels = [...spec.timers.map(each => `event ${each}`), ...spec.timers.map(each => `wall ${each}`), 'ttl']
    const { input, keys, versions } = spec
    this.#keyed = new Keyed({ input, keys, versions, verb: VERB, timers: labels }, context)
    const errors = spec.errors === undefined ? [] : [{ name: 'errors', schema: spec.errors }]
    this.#outputs = new Outputs([...spec.outputs, ...errors], VERB)
    this.#calls = new Calls({
      verb: VERB,
      functions: spec,
      call: this.#call,
      context: contextOf({
        call: this.#call,
        timers: spec.timers,
        timerCount: this.#timerCount,
        events: this.#events,
        walls: this.#walls,
        seed: operator,
        setState: (entry, state) => this.#setState(entry, state),
        emit: (name, row) => this.#calls.add(this.#outputs.portOf(name), row, this.#view),
      }),
      place: { where: () => this.#where(), given: () => this.#given() },
      outputs: this.#outputs,
      onError: spec.onError,
      errorsPort: spec.errors === undefined ? undefined : spec.outputs.length,
      setDue: (entry, due) => this.#setDue(entry, due),
    })
    const { time } = spec
    if (spec.order === 'event time' && time !== undefined)
      this.#held = new Held(input, time, memory, context.durable !== false)
  }

  tick(now: number): void {
    this.#recall()
    this.#call.now = now
  }

  get wakeAt(): number {
    return this.#walls.first
  }

  advance(port: number, watermark: bigint): void {
    this.#recall()
    if (port === 0) this.#watermark = microsOf(watermark)
  }

  step(delta: Batch, emit: Emit): void {
    this.#recall()
    if (this.#held !== undefined) this.#held.add(delta, this.#context)
    else this.#rows(delta, false, emit)
  }

  /** Hand rows over; with `interleaved` timers that are due before a row fire before it. */
  #rows(delta: Batch, interleaved: boolean, emit: Emit): void {
    this.#keyed.find(delta)
    const numbers = rowNumbers(delta, this.#memory)
    const weights = delta.weights === 0 ? undefined : weightsOf(delta, this.#memory)
    const timeOf = timesOf(delta, this.#spec.time, this.#memory)
    this.#batch = delta
    this.#views.bind(delta)
    this.#call.watermark = interleaved ? this.#handed : this.#watermark
    try {
      for (let i = 0; i < numbers.length; i++) {
        const row = numbers[i] as number
        const weight = weights === undefined ? 1 : (weights[i] as number)
        const view = this.#views.at(row, i)
        this.#hand({ view, row, time: timeOf(row), weight }, this.#keyed.entry(i, view), interleaved)
      }
    } finally {
      this.#views.release()
      this.#view = undefined
      this.#batch = undefined
      this.#handed = this.#call.watermark
    }
    this.#outputs.emit(emit, this.#context.arena, delta.origin)
  }

  #hand({ view, row, time, weight }: Handed, entry: Entry, interleaved: boolean): void {
    const { on, onRetract, ttl } = this.#spec
    const body = weight > 0 ? on : onRetract
    if (body === undefined) fail('ASSERTION', { reason: 'process was given a deleted row' })
    for (let n = Math.abs(weight); n > 0; n--) {
      if (interleaved) this.#fireUntil(time)
      this.#row = row
      this.#view = view
      if (ttl !== undefined) this.#live(entry, time, ttl)
      this.#call.time = time
      this.#call.firing = undefined
      this.#calls.run(body, view, entry, row)
    }
  }

  /** Timers that are due before the rows of this time. */
  #fireUntil(time: number): void {
    for (let fired = this.#events.next(time); fired !== undefined; fired = this.#events.next(time))
      this.#fire(fired.entry, fired.timer, fired.time)
    if (time > this.#call.watermark) this.#call.watermark = time
  }

  /** A row touches a state: one that has lived its time is none any more. */
  #live(entry: Entry, time: number, ttl: number): void {
    const byEvent = this.#spec.time !== undefined
    const now = byEvent ? time : this.#call.now
    if (Number.isNaN(now)) return
    this.#lapse(entry, now)
    const dies = entry.due?.[this.#ttlTimer] ?? Number.POSITIVE_INFINITY
    const next = now + (byEvent ? ttl : ttl / 1000)
    if (dies === Number.POSITIVE_INFINITY || next > dies)
      this.#lapses.set(entry, this.#ttlTimer, next, this.#timerCount)
  }

  #lapse(entry: Entry, now: number): void {
    if (now >= (entry.due?.[this.#ttlTimer] ?? Number.POSITIVE_INFINITY)) this.#setState(entry, undefined)
  }

  #setState(entry: Entry, state: unknown): void {
    entry.has = state !== undefined
    entry.state = state
    if (!entry.has && entry.due !== undefined) entry.due[this.#ttlTimer] = Number.POSITIVE_INFINITY
  }

  #setDue(entry: Entry, due: readonly number[] | undefined): void {
    const { length } = this.#spec.timers
    if (entry.due === undefined) return
    for (const [timer, now] of entry.due.entries()) {
      const time = due?.[timer] ?? Number.POSITIVE_INFINITY
      if (time === now) continue
      if (time === Number.POSITIVE_INFINITY) entry.due[timer] = time
      else this.#queueOf(timer, length).set(entry, timer, time, this.#timerCount)
    }
  }

  #queueOf(timer: number, names: number): TimerQueue {
    if (timer === this.#ttlTimer) return this.#lapses
    return timer < names ? this.#events : this.#walls
  }

  #fire(entry: Entry, timer: number, time: number): void {
    this.#keyed.touch(entry)
    if (timer === this.#ttlTimer) {
      this.#setState(entry, undefined)
      return
    }
    const { timers, onTimer } = this.#spec
    const byEvent = timer < timers.length
    const name = timers[byEvent ? timer : timer - timers.length] as string
    this.#timerName = name
    if (byEvent === (this.#spec.time !== undefined)) this.#lapse(entry, time)
    if (this.#call.ended && byEvent) entry.spent = [...(entry.spent ?? []), timer]
    this.#call.time = byEvent ? time : this.#call.watermark
    this.#call.firing = byEvent ? time : Number.NaN
    this.#view = undefined
    if (onTimer !== undefined) this.#calls.run(onTimer, name, entry, -1)
  }

  *flush(emit: Emit): Generator<void> {
    this.#recall()
    if (this.#held !== undefined) yield* this.#release(this.#held, emit)
    this.#call.ended = this.#watermark === Number.POSITIVE_INFINITY
    yield* this.#fireAll(this.#events, this.#watermark, emit)
    this.#call.ended = false
    yield* this.#fireAll(this.#walls, this.#call.now, emit)
    yield* this.#fireAll(this.#lapses, this.#spec.time === undefined ? this.#call.now : this.#watermark, emit)
  }

  *#fireAll(queue: TimerQueue, until: number, emit: Emit): Generator<void> {
    const interleaved = this.#held !== undefined && queue === this.#events
    this.#call.watermark = interleaved ? this.#handed : this.#watermark
    for (let fired = queue.next(until); fired !== undefined; fired = queue.next(until)) {
      if (interleaved) this.#call.watermark = fired.time
      this.#fire(fired.entry, fired.timer, fired.time)
      if (this.#outputs.waiting < BATCH_ROWS) continue
      this.#outputs.emit(emit, this.#context.arena)
      yield
    }
    this.#outputs.emit(emit, this.#context.arena)
  }

  /** Hand over the rows that the watermark has passed. */
  *#release(held: Held, emit: Emit): Generator<void> {
    while (held.tree.count > 0) {
      const batch = held.take(this.#watermark, this.#context)
      if (batch === undefined) return
      this.#rows(batch, true, emit)
      yield
    }
  }

  /** Rows of the initial state. */
  begin(delta: Batch): void {
    const { initial, keys } = this.#spec
    if (initial === undefined) fail('ASSERTION', { reason: 'a row of an initial state that there is not' })
    const columns = keyLeaves(initial, keys).map(each => each.column)
    this.#keyed.findBy(delta, columns)
    const rows = rowsOf(delta, initial, this.#memory)
    for (const [i, row] of rows.entries()) {
      const entry = this.#keyed.entry(i, row)
      if (entry.has) fail('INITIAL_STATE_TWICE', { key: show(entry.key) }, whereOf(delta, i, this.#context.operator))
      this.#setState(entry, Object.fromEntries(Object.entries(row).filter(([name]) => !keys.includes(name))))
    }
  }

  seal(): void {
    this.#keyed.settle()
  }

  *saving(writer: StateWriter, full: boolean): Generator<void> {
    yield* this.#keyed.saving(writer, full)
    if (this.#held !== undefined) yield* this.#held.tree.saving(block => writer.put(HELD, block), full)
  }

  load(store: string, block: Uint8Array): void {
    if (store === HELD) this.#held?.tree.load(block)
    else this.#keyed.load(block)
  }

  /** After a restart, once all blocks are there: timers are set anew. */
  #recall(): void {
    this.#keyed.recall(entry => {
      entry.due?.forEach((time, timer) => {
        if (time === Number.POSITIVE_INFINITY) return
        this.#queueOf(timer, this.#spec.timers.length).set(entry, timer, time, this.#timerCount)
      })
    })
  }

  #where(): Where {
    const { operator } = this.#context
    return this.#view === undefined || this.#batch === undefined
      ? { operator }
      : whereOf(this.#batch, this.#row, operator)
  }

  #given(): object {
    if (this.#view !== undefined) return { ...this.#view }
    return { key: this.#call.entry?.key, timer: this.#timerName }
  }

  size() {
    const held = this.#held === undefined ? { rows: 0, bytes: 0, unmatchedDeletes: 0 } : sizeOf(this.#held.tree)
    const { rows, bytes, unmatchedDeletes } = held
    return { rows: rows + this.#keyed.count, bytes: bytes + this.#keyed.bytes, unmatchedDeletes }
  }

  close(): void {
    this.#views.release()
    this.#keyed.close()
    this.#held?.close()
  }
}

/** A row that is handed over. */
interface Handed {
  readonly view: Row
  readonly row: number
  readonly time: number
  readonly weight: number
}
