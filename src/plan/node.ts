// A logical plan is frozen plain data: nodes over a closed discriminated union. No methods, no classes: what a
// node means for schemas (properties.ts), rules (rules/), refusals (checks/), explain and lowering are functions
// with an exhaustive switch. A plan is a DAG: the same node object used twice is computed once.
import type { MillraceError } from '../base/index.ts'
import type { Mode, SinkSpec, SourceSpec } from '../data/index.ts'
import type { AggregateCall, Expr, SortKey } from '../expr/index.ts'
import type { Firing } from '../time/index.ts'
import type { Schema } from '../types/index.ts'

/** Event time of a source: a timestamp column, how late rows may come, and when a silent partition stops holding the watermark. */
export interface EventTime {
  readonly column: string
  /** microseconds */
  readonly lateBy: bigint
  /** microseconds of wall clock; undefined: never idle */
  readonly idleAfter: bigint | undefined
}

/** The event time of a table's rows: a timestamp column (or a field of one), moved by `shift` microseconds. */
export interface Moment {
  readonly path: readonly string[]
  /** A window's result has the last instant of its window: its end, moved by -1. */
  readonly shift: bigint
}

export interface Source {
  readonly kind: 'source'
  readonly spec: SourceSpec
  readonly time: EventTime | undefined
  /** Columns to decode, in schema order; set by projection push-down, undefined = all. */
  readonly columns: readonly string[] | undefined
  /** Applied right after decoding and after the event times of all rows were seen (the watermark is that of all rows); set by predicate push-down. */
  readonly predicate: Expr | undefined
}

/** Rows that could not be decoded: position, reason, raw text (Table.errors). */
export interface Errors {
  readonly kind: 'errors'
  readonly source: Source
}

export interface Named {
  readonly name: string
  readonly expr: Expr
}

/** select, withColumns, drop, rename: all are a full list of output columns. */
export interface Select {
  readonly kind: 'select'
  readonly input: Node
  readonly columns: readonly Named[]
}

export interface Where {
  readonly kind: 'where'
  readonly input: Node
  readonly predicate: Expr
}

export type WindowShape =
  | { readonly kind: 'tumbling'; readonly size: bigint; readonly offset: bigint }
  | { readonly kind: 'sliding'; readonly size: bigint; readonly slide: bigint; readonly offset: bigint }
  | { readonly kind: 'cumulating'; readonly size: bigint; readonly step: bigint; readonly offset: bigint }
  /** Each row holds its session open so long (microseconds), or until then (a timestamp): the group-by merges what touches. */
  | { readonly kind: 'session'; readonly until: bigint | Expr }
  /** Each row says its own: from `start` (inclusive) to `end` (exclusive), timestamps around its time. */
  | { readonly kind: 'own'; readonly start: Expr; readonly end: Expr }
  /** All of time: its bounds are null. */
  | { readonly kind: 'global' }

/**
 * Adds the struct column `window` { start, end }, in the place of the one whose end is the event time (windows over
 * windows); a sliding or cumulating window gives a row per window it lies in.
 */
export interface Window {
  readonly kind: 'window'
  readonly input: Node
  readonly shape: WindowShape
  /** The event time the window is of; its path is empty for the global one. */
  readonly time: Moment
  /** Allowed lateness, microseconds: how long after its end a window still takes rows. */
  readonly accept: bigint
}

export interface NamedAggregate extends AggregateCall {
  readonly name: string
}

/** Output: keys, then aggregates. Windowed when a key is the window column of a Window below. */
export interface Aggregate {
  readonly kind: 'aggregate'
  readonly input: Node
  readonly keys: readonly Named[]
  readonly aggregates: readonly NamedAggregate[]
}

/**
 * Each window's result once, when it is final: append-only. Input is a windowed aggregate or ranking, or window functions in
 * the order of event time.
 */
export interface Final {
  readonly kind: 'final'
  readonly input: Aggregate | Rank | Over
  /** Window functions in the order of event time: they and this are one operator, which reads what they read. */
  readonly isTimely: boolean
}

/** How the panes of a window relate: each is of the rows since the last, of all rows, or of all, the last one taken back. */
export type Accumulation = 'discarding' | 'accumulating' | 'retracting'

/**
 * A windowed aggregate's results as a trigger tells them, each with what it is: its number, early, on time or late, the
 * first, the last. The last aggregate of the input is the number of a group's rows; it is not among the columns.
 */
export interface Panes {
  readonly kind: 'panes'
  readonly input: Aggregate
  readonly firing: Firing
  readonly accumulation: Accumulation
}

/** What leaves out rows that come too late. */
export type Timely = Aggregate | Rank | Over | Final | Dedup | Join | AsOf

/** The rows that came too late for it: the columns of its input (of a join: of one side) + reason, lateness (µs), watermark. */
export interface Late {
  readonly kind: 'late'
  readonly of: Timely
  readonly side: 'left' | 'right'
}

export interface Distinct {
  readonly kind: 'distinct'
  readonly input: Node
}

/** The first row of each key by arrival, for good; `within`: of each key and stretch of time (microseconds). */
export interface Dedup {
  readonly kind: 'dedup'
  readonly input: Node
  readonly by: readonly Named[]
  readonly time: { readonly of: Moment; readonly within: bigint } | undefined
}

/** SQL's INTERSECT and EXCEPT; columns by position, names of the left side. */
export interface SetOp {
  readonly kind: 'setop'
  readonly left: Node
  readonly right: Node
  readonly op: 'intersect' | 'intersect all' | 'except' | 'except all'
}

/** Union all; columns by position, names of the first. */
export interface Union {
  readonly kind: 'union'
  readonly inputs: readonly Node[]
}

/** orderBy and limit: the rows `offset` .. `offset + limit` of the order. No limit: a full sort (bounded input). No keys: by arrival. */
export interface Top {
  readonly kind: 'top'
  readonly input: Node
  readonly keys: readonly SortKey[]
  readonly limit: number | undefined
  readonly offset: number
}

/** What a row's rank in its group is: its number (ties broken by all columns), or one that rows of equal keys share. */
export type RankKind = 'row_number' | 'rank' | 'dense_rank'

/** The rows of each group in an order, up to the rank `limit`, with their rank as the last column. */
export interface Rank {
  readonly kind: 'rank'
  readonly input: Node
  /** The groups; none: all rows are one. */
  readonly per: readonly Named[]
  readonly keys: readonly SortKey[]
  readonly rank: RankKind
  readonly limit: number | undefined
  /** The name of the rank's column; undefined: it is not shown. */
  readonly as: string | undefined
}

/** A window function over a frame of its group's rows. */
export interface OverCall {
  readonly name: string
  readonly fn:
    | 'row_number'
    | 'rank'
    | 'dense_rank'
    | 'percent_rank'
    | 'cume_dist'
    | 'ntile'
    | 'lag'
    | 'lead'
    | 'first_value'
    | 'last_value'
    | 'nth_value'
    | 'count'
    | 'sum'
    | 'avg'
    | 'min'
    | 'max'
    | 'bool_and'
    | 'bool_or'
    | 'var_samp'
    | 'var_pop'
    | 'stddev_samp'
    | 'stddev_pop'
  readonly args: readonly Expr[]
  /** Rows of lag and lead, the number of nth_value, the parts of ntile. */
  readonly n: number | undefined
}

/** Which windows by count are shown that have fewer rows than their size: the first ones, those that still take rows. */
export type PartialWindows = 'none' | 'first' | 'last' | 'both'

/**
 * Rows in windows of `size` rows of their group, one for every `every` rows: the struct column `window` { start, end }, rows
 * from 0, takes the place of the row's number in its group. A row is repeated for each window it lies in.
 */
export interface CountWindow {
  readonly kind: 'countWindow'
  readonly input: Node
  /** The column of row numbers, from 1: that of the Over below. */
  readonly number: string
  readonly size: number
  readonly every: number
  readonly partial: PartialWindows
}

/**
 * The results of an aggregate by count windows, each once, when its window has all of its rows; those that have not, when the
 * input ends. The last aggregate of the input is the number of a group's rows.
 */
export interface FullWindows {
  readonly kind: 'fullWindows'
  readonly input: Aggregate
}

/**
 * From the current row: rows, groups of peers, or differences of the order key (microseconds: bigint); undefined: to the
 * group's end.
 */
export interface OverFrame {
  readonly mode: 'rows' | 'range' | 'groups'
  readonly from: number | bigint | undefined
  readonly to: number | bigint | undefined
  /** What is left out: the row, the row with its peers, its peers alone. */
  readonly exclude?: 'row' | 'group' | 'ties' | undefined
}

/** Every row with what window functions make of the rows of its group around it. */
export interface Over {
  readonly kind: 'over'
  readonly input: Node
  readonly per: readonly Named[]
  readonly keys: readonly SortKey[]
  readonly frame: OverFrame
  readonly calls: readonly OverCall[]
}

/** What made rows have in a column: null, the value before the gap, a value on the line between, or a constant. */
export type FillHow = 'null' | 'last' | 'linear' | { readonly value: Expr }

/** A row for every bucket of time between the rows of a group that has none. */
export interface Fill {
  readonly kind: 'fill'
  readonly input: Node
  /** Names of columns. */
  readonly per: readonly string[]
  readonly time: string
  /** Microseconds, as the times of `from` and `to`. */
  readonly every: bigint
  readonly from: bigint | undefined
  readonly to: bigint | undefined
  /** Columns that are not named are null. */
  readonly fill: readonly { readonly name: string; readonly how: FillHow }[]
}

export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'

/** An equality of both sides: `left` is over the left input, `right` over the right one (its columns have `input` 1). */
export interface JoinPair {
  readonly left: Expr
  readonly right: Expr
}

/** How far apart in event time partners can be: the right row is from `before` before the left one to `after` after it. */
export interface JoinTime {
  readonly left: Moment
  readonly right: Moment
  /** microseconds; both may be negative */
  readonly before: bigint
  readonly after: bigint
  /** It follows from an equality of windows of this size (with allowed lateness); undefined: it was given. */
  readonly window: bigint | undefined
}

export type AsOfDirection = 'backward' | 'forward' | 'nearest'

/** Each row of the left with the version of the right that is valid at its event time. */
export interface AsOf {
  readonly kind: 'asOf'
  readonly left: Node
  readonly right: Node
  readonly type: 'inner' | 'left'
  readonly direction: AsOfDirection
  readonly on: readonly JoinPair[]
  readonly leftTime: Moment
  readonly rightTime: Moment
  /** How far the version may be away, microseconds; undefined: any distance. */
  readonly tolerance: bigint | undefined
  /** Output columns: `input` 0 is left, 1 is right. */
  readonly columns: readonly Named[]
}

/** Both sides may change; a right side that ends is read to its end first (but in right and full joins). */
export interface Join {
  readonly kind: 'join'
  readonly left: Node
  readonly right: Node
  readonly type: JoinType
  /** None: every row with every row. */
  readonly on: readonly JoinPair[]
  /** What else must hold of a pair; `input` 0 is left, 1 is right. */
  readonly residual: Expr | undefined
  readonly time: JoinTime | undefined
  /** Output columns: `input` 0 is left, 1 is right (not in semi and anti joins). */
  readonly columns: readonly Named[]
}

/** A plain TypeScript function per row, opaque to the optimiser. Schema: the output's (filter: the input's). */
export interface Apply {
  readonly kind: 'apply'
  readonly input: Node
  readonly verb: 'map' | 'filter' | 'flatMap'
  readonly fn: (row: never) => unknown
  readonly schema: Schema
  readonly onError: Policy
}

/** What becomes of a row whose function threw. */
export type Policy = 'fail' | 'skip' | ((error: MillraceError, row: object) => unknown)

/** Each row with the time of its epoch, as a last column: what now() reads above it. */
export interface Now {
  readonly kind: 'now'
  readonly input: Node
}

/** A row per element of a list, a map or a json array; its elements take the column's place. */
export interface Explode {
  readonly kind: 'explode'
  readonly input: Node
  readonly column: string
  /** Of the element; of a map of key and value. */
  readonly names: readonly string[]
  /** The name of a last column with the element's number, from 0. */
  readonly ordinal: string | undefined
  /** Rows without elements stay, with nulls. */
  readonly outer: boolean
}

/**
 * What the step of an iteration sees of one of the iteration's inputs: a table that is another one in each round, or one
 * from outside, which is the same in all. It stands for nothing outside of its iteration.
 */
export interface Variable {
  readonly kind: 'variable'
  /** Of the iteration's inputs. */
  readonly number: number
  readonly schema: Schema
  /** Of a table from outside. */
  readonly keys: readonly string[] | undefined
  /** No row of it ever goes. */
  readonly appendOnly: boolean
}

/** A table with a key, in which the rows of `changes` take the place of those with their keys (iterateDelta). */
export interface Upsert {
  readonly kind: 'upsert'
  readonly input: Node
  readonly changes: Node
  readonly key: readonly string[]
}

/**
 * A step that is applied round after round. The first inputs, one for each of `next`, are what the variables are in round
 * 0; the rest are tables from outside. The result is the first variable's table in the last round.
 */
export interface Iterate {
  readonly kind: 'iterate'
  readonly verb: 'iterate' | 'recursive' | 'iterateDelta'
  readonly inputs: readonly Node[]
  /** One for each input; `next` and `until` are built over them. */
  readonly variables: readonly Variable[]
  /** What the variables are in the next round. */
  readonly next: readonly Node[]
  /** The iteration ends with the first round in which this has no rows. */
  readonly until: Node | undefined
  readonly maxRounds: number
  /** Not to have ended by then is an error; else the last round's table is the result. */
  readonly converges: boolean
}

/** What the user wrote for a process; the functions are opaque. */
export interface ProcessFunctions {
  /** The verb of the table. */
  readonly verb: 'process' | 'mapGroupsWithState' | 'flatMapGroupsWithState'
  readonly state: (() => unknown) | undefined
  readonly on: (row: never, state: never, context: never) => unknown
  readonly onRetract: ((row: never, state: never, context: never) => unknown) | undefined
  readonly onTimer: ((name: never, state: never, context: never) => unknown) | undefined
  readonly timers: readonly string[]
  readonly order: 'arrival' | 'event time'
  /** microseconds */
  readonly ttl: bigint | undefined
  readonly version: number
  readonly migrate: Readonly<Record<number, (old: never) => unknown>>
  readonly onError: Policy
  /** Spark's forms: `on` is called with key, rows and state of a group, once an epoch. */
  readonly groups?: {
    readonly timeout: 'none' | 'processing time' | 'event time'
    readonly outputMode: 'append' | 'update'
  }
}

/** A function of the user per row, with a state and timers per key. Append-only. `initial`: states to begin with. */
export interface Process {
  readonly kind: 'process'
  readonly input: Node
  readonly initial: Node | undefined
  readonly keys: readonly string[]
  readonly definition: ProcessFunctions
  readonly schema: Schema
  readonly sides: readonly { readonly name: string; readonly schema: Schema }[]
}

/** Columns from outside, by an asynchronous function of many rows; opaque. Times in milliseconds. */
export interface Enrich {
  readonly kind: 'enrich'
  readonly input: Node
  readonly fn: (rows: readonly object[], signal: AbortSignal) => Promise<readonly unknown[]> | readonly unknown[]
  /** What answers add. */
  readonly columns: Schema
  readonly batch: number
  readonly wait: number
  readonly concurrency: number
  readonly patience: { readonly timeout: number; readonly retries: number; readonly backoff: number }
  readonly cache: { readonly by: readonly string[]; readonly ttl: number; readonly most: number } | undefined
  readonly onError: Policy
}

/** A side output of a process; `errors`: the rows whose function threw. */
export interface Side {
  readonly kind: 'side'
  readonly of: Process | Apply | Enrich
  readonly output: string
}

/**
 * A loop over a stream: what the step makes of rows leaves it, or goes through it once more. The first input is the stream,
 * the others are tables from outside.
 */
export interface Feedback {
  readonly kind: 'feedback'
  readonly inputs: readonly Node[]
  /** One for each input; `output` and `again` are built over them. */
  readonly variables: readonly Variable[]
  readonly output: Node
  readonly again: Node
  /** Rows that may be on their way at most. */
  readonly inFlight: number
  /** Rounds of an epoch. */
  readonly rounds: number
}

export type Node =
  | Source
  | Errors
  | Select
  | Where
  | Window
  | Aggregate
  | Final
  | Panes
  | Late
  | Distinct
  | Dedup
  | SetOp
  | Union
  | Top
  | Rank
  | Over
  | CountWindow
  | FullWindows
  | Fill
  | Join
  | AsOf
  | Apply
  | Explode
  | Now
  | Variable
  | Iterate
  | Feedback
  | Upsert
  | Process
  | Side
  | Enrich

/** A table bound to a sink: what a run runs. */
export interface Output {
  readonly node: Node
  readonly sink: SinkSpec
  readonly mode: Mode
  /** The author allowed state that grows without bound. */
  readonly unbounded?: boolean
}
