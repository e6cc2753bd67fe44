// What a function of the user is handed beside the row and the state: one object for all calls. What it says is read
// from the call that is going on; outside of one it fails.
import { type Duration, fail, micros } from '../../base/index.ts'
import { show } from '../../data/index.ts'
import type { ProcessContext } from '../../types/index.ts'
import { type Entry, type Key, keyText } from './entry.ts'
import { randomAt, seedOf } from './random.ts'
import type { TimerQueue } from './timers.ts'

/** Texts of durations whose meaning is remembered. */
const MOST_SPANS = 1000

/** The call that is going on. */
export interface Call {
  entry: Entry | undefined
  /** Event time in microseconds; NaN: none. */
  time: number
  /** A timer fires: when it was due, microseconds of event time (NaN: by the wall clock). */
  firing: number | undefined
  /** Number of the timer that fires. */
  timer: number
  /** Milliseconds. */
  now: number
  /** Microseconds. */
  watermark: number
  /** The input has ended. */
  ended: boolean
}

export const newCall = (): Call => ({
  entry: undefined,
  time: Number.NaN,
  firing: undefined,
  timer: -1,
  now: 0,
  watermark: Number.NEGATIVE_INFINITY,
  ended: false,
})

export interface ContextParts {
  readonly call: Call
  readonly timers: readonly string[]
  /** Timers of a key, all kinds. */
  readonly timerCount: number
  readonly events: TimerQueue
  readonly walls: TimerQueue
  /** Of the operator. */
  readonly seed: string
  setState(entry: Entry, state: unknown): void
  emit(output: string, row: object): void
}

export function contextOf(parts: ContextParts): ProcessContext {
  const { call, timers, timerCount, events, walls } = parts
  const entry = (): Entry => call.entry ?? outside()
  const span = spanReader()
  const numberOf = (name: string): number => {
    const number = timers.indexOf(name)
    return number >= 0 ? number : badTimer(name, 'it is not declared', `name it: timers: [${show(name)}]`)
  }
  return Object.freeze({
    get key(): Key {
      return entry().key
    },
    get time() {
      return dateOf(call.time / 1000)
    },
    get now() {
      return new Date(call.now)
    },
    get watermark() {
      return dateOf(call.watermark / 1000)
    },
    random() {
      const of = entry()
      if (!Object.is(of.drawnAt, call.time)) {
        of.drawnAt = call.time
        of.drawn = 0
      }
      return randomAt(seedOf(`${parts.seed}\u0000${keyText(of.key)}\u0000${call.time}`), of.drawn++)
    },
    setTimer(name: string, at: Duration | Date) {
      const number = numberOf(name)
      const time = at instanceof Date ? at.getTime() * 1000 : after(call.time, span(at), name)
      if (Number.isNaN(time)) badTimer(name, 'its time is no date', "give a Date, or a duration: '10 minutes'")
      if (call.firing !== undefined && time <= call.firing) notLater(name)
      const of = entry()
      if (of.due !== undefined) of.due[timers.length + number] = Number.POSITIVE_INFINITY
      // After the end of the input a name fires at most once more: a timer that sets itself again would never end.
      if (call.ended && of.spent?.includes(number)) return
      events.set(of, number, time, timerCount)
    },
    wallTimer(name: string, at: Duration | Date) {
      const number = numberOf(name)
      const time = at instanceof Date ? at.getTime() : call.now + span(at) / 1000
      if (Number.isNaN(time)) badTimer(name, 'its time is no date', "give a Date, or a duration: '10 minutes'")
      if (call.firing !== undefined && Number.isNaN(call.firing) && time <= call.now) notLater(name)
      const of = entry()
      if (of.due !== undefined) of.due[number] = Number.POSITIVE_INFINITY
      walls.set(of, timers.length + number, time, timerCount)
    },
    clearTimer(name: string) {
      const number = numberOf(name)
      const { due } = entry()
      if (due === undefined) return
      due[number] = Number.POSITIVE_INFINITY
      due[timers.length + number] = Number.POSITIVE_INFINITY
    },
    setState: (state: unknown) => parts.setState(entry(), state),
    clearState: () => parts.setState(entry(), undefined),
    emit(output: string, row: object) {
      entry()
      parts.emit(output, row)
    },
  })
}

/** Durations in microseconds; what a text means is remembered. */
function spanReader(): (duration: Duration) => number {
  const spans = new Map<Duration, number>()
  return duration => {
    const known = spans.get(duration)
    if (known !== undefined) return known
    const made = Number(micros(duration))
    if (typeof duration === 'string' && spans.size < MOST_SPANS) spans.set(duration, made)
    return made
  }
}

const outside = (): never =>
  fail('BAD_VERB', {
    verb: 'process',
    reason: 'the context was used after the function it was handed to had returned',
    fix: 'use it inside on and onTimer only',
  })

/** An instant; undefined before the first, and beyond what a Date holds. */
function dateOf(milliseconds: number): Date | undefined {
  const date = new Date(milliseconds)
  return Number.isNaN(date.getTime()) ? undefined : date
}

function after(time: number, span: number, name: string): number {
  if (Number.isFinite(time)) return time + span
  return badTimer(
    name,
    'there is no event time to count from',
    "name the event time when reading ({ time: 'at' }), give a Date, or use ctx.wallTimer",
  )
}

const notLater = (name: string): never =>
  badTimer(name, 'onTimer sets it to a time that is not after its own', 'set it to a later time')

function badTimer(name: string, reason: string, fix: string): never {
  return fail('BAD_TIMER', { name: show(name), reason, fix })
}
