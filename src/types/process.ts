// The types of keyed functions with state: `keyBy('card').process({ state, timers, on, onTimer })`. The state's type comes from
// `state`, the row type from everything that `on` and `onTimer` yield, and timers are called only by declared names.
import type { Duration, MillraceError } from '../base/index.ts'
import type { RowFrom, RowSchema } from './build.ts'
import type { Flat } from './values.ts'

/** The value of one key column, or an object of several. */
export type KeyOf<Row, Keys extends readonly (keyof Row)[]> = Keys extends readonly [infer Only extends keyof Row]
  ? Row[Only]
  : Flat<Pick<Row, Keys[number]>>

/** Side outputs by name: what `outputs` declares. */
export type SideSchemas = { readonly [name: string]: RowSchema<object> }

/** What `on` and `onTimer` get last. It is good during the call only. */
export interface ProcessContext<Key = unknown, State = unknown, Timer extends string = string, Sides = SideSchemas> {
  /** The key: the value of its column, or an object of several. */
  readonly key: Key
  /** The event time of the row, or the time the timer was set to; undefined: there is none. */
  readonly time: Date | undefined
  /** The wall clock as the epoch's plan logs it: the same when the epoch is done again. */
  readonly now: Date
  /** No row before it is to come, but late ones; undefined: nothing is known yet. */
  readonly watermark: Date | undefined
  /** At least 0, below 1: the next number of the key at this event time, the same when the row is processed again. */
  random(): number
  /** Set (or move) a timer to an event time, or to a while after `time`. */
  setTimer(name: Timer, at: Duration | Date): void
  /** Set (or move) a timer to a time of the wall clock, or to a while after `now`. */
  wallTimer(name: Timer, at: Duration | Date): void
  /** The timer will not fire. */
  clearTimer(name: Timer): void
  /** Another state in place of the one that was handed over. */
  setState(state: State): void
  /** The key has no state any more: the next row finds a fresh one. Its timers stay. */
  clearState(): void
  /** A row of a side output. */
  emit<Name extends keyof Sides & string>(output: Name, row: RowFrom<Sides[Name]>): void
}

/** What becomes of a row whose function threw: stop, leave it out and tell it in `.errors`, or take other results. */
export type OnError<Result = unknown> = 'fail' | 'skip' | ((error: MillraceError, row: object) => Result)

/** Rows by any iterable (a generator, an array), or nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without a return is what most are
export type Yields<Out> = Iterable<Out> | undefined | void

/** What `process` is given. `Out` is what `on` and `onRetract` yield, `Fired` what `onTimer` yields. */
export interface ProcessDefinition<Row, Key, State, Timer extends string, Out, Fired, Sides, Initial> {
  /** The state of a key that has none. Plain data: numbers, strings, dates, arrays, maps, sets, objects without a class. */
  readonly state?: () => State
  /** The names of the timers a key may have. */
  readonly timers?: readonly Timer[]
  /** Called for every row. */
  on(row: Row, state: State, context: ProcessContext<Key, State, NoInfer<Timer>, NoInfer<Sides>>): Yields<Out>
  /** Called for a row that is taken back. Without it the input must be one whose rows only come. */
  onRetract?(
    row: Row,
    state: State,
    context: ProcessContext<Key, State, NoInfer<Timer>, NoInfer<Sides>>,
  ): Yields<NoInfer<Out>>
  /** Called when a timer fires. */
  onTimer?(
    name: NoInfer<Timer>,
    state: State,
    context: ProcessContext<Key, State, NoInfer<Timer>, NoInfer<Sides>>,
  ): Yields<Fired>
  /** The columns of what is yielded; default: found out by trying. */
  readonly output?: RowSchema<object>
  /** Further outputs, which `context.emit` writes to. */
  readonly outputs?: Sides
  /**
   * 'arrival' (default): a row is handed over when it arrives, timers fire at the end of the epoch. 'event time': rows wait for
   * the watermark and go in order of event time, timers between them: the same result however the rows come.
   */
  readonly order?: 'arrival' | 'event time'
  /** Drop a state that no row has touched for this long: of event time if the table has it, else of the wall clock. */
  readonly ttl?: Duration
  /** A table with the key and the columns of the state, which ends: read before the first row. */
  readonly initial?: Initial
  /** Of the state's shape; 1 by default. */
  readonly version?: number
  /** How a saved state of an earlier version becomes one of the next: `{ 2: old => … }`. */
  readonly migrate?: { readonly [version: number]: (old: never) => unknown }
  /** What becomes of a row whose function threw; 'fail' by default. */
  readonly onError?: OnError<Iterable<NoInfer<Out>>>
}

/** All rows a union of rows may be, as one row type: a column that some lack is null there. */
export type MergedRow<U> = [U] extends [never]
  ? Record<never, never>
  : Flat<{ -readonly [K in AnyKey<U>]: U extends unknown ? (K extends keyof U ? Present<U[K]> : null) : never }>
type AnyKey<U> = U extends unknown ? keyof U : never
type Present<V> = undefined extends V ? Exclude<V, undefined> | null : V

/** When a group that gets no rows is handed over too: never, or by a clock, which `setTimeout…` sets for each group anew. */
export type GroupStateTimeout = 'none' | 'processing time' | 'event time'

/** The state of a group, as Spark's GroupState. */
export interface GroupState<S> {
  readonly exists: boolean
  /** Throws when there is none. */
  get(): S
  getOption(): S | undefined
  update(state: S): void
  remove(): void
  /** The function is called because the timeout of the group has passed, with no rows. */
  readonly hasTimedOut: boolean
  /** Time out this long after now, by the wall clock. */
  setTimeoutDuration(duration: Duration): void
  /** Time out when the watermark has passed this time. */
  setTimeoutTimestamp(at: Date, additional?: Duration): void
  /** The watermark that was known before the epoch, milliseconds since 1970; -1: none. */
  getCurrentWatermarkMs(): number
  /** The time of the epoch, milliseconds since 1970; the same when it is done again. */
  getCurrentProcessingTimeMs(): number
}
