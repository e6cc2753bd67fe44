// The ports through which rows enter and leave, as the runtime sees them; connectors implement them.
// A spec is plain, describable and side-effect free (it sits in a plan node); opening it makes the live half.
import type { Clock, Disk, MillraceError, Random } from '../base/index.ts'
import type { Schema } from '../types/index.ts'
import type { Batch } from './batch.ts'
import type { Arena, Memory } from './memory.ts'

/** Anything JSON can hold; offsets are this, so that they can be logged and replayed. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The view of a result's changes that a sink takes. */
export type Mode = 'append' | 'update' | 'complete' | 'retract'

/** The world, as handed to connectors and the runtime. */
export interface World {
  readonly clock: Clock
  readonly disk: Disk
  readonly random: Random
}

export interface SourceSpec {
  /** 'json files', 'rate', 'memory' … for explain and messages. */
  readonly kind: string
  /** What people call this input: the path, the topic. */
  readonly name: string
  /** Identifies the input and how it is decoded; part of a plan's hash. */
  readonly fingerprint: Json
  readonly schema: Schema
  /** Ends by itself. */
  readonly bounded: boolean
  /** The same offsets give the same rows again; false (a socket) forbids exactly once, and explain says so. */
  readonly replayable: boolean
  /** All rows are inserts. False: the source delivers weights. */
  readonly appendOnly: boolean
  /** About how many bytes of text it has now, where that is cheap to know and it can be read again at any time. */
  bytes?(world: World): Promise<number>
  open(context: SourceContext): Promise<Source>
}

export interface SourceContext {
  readonly memory: Memory
  readonly world: World
  /** Top-level columns that the query needs, in schema order; only these are decoded and delivered. */
  readonly columns: readonly string[]
  /** Tell the runtime that there may be something new to plan (a push, a new file). */
  wake(): void
  /**
   * A folder of its own for what a source must remember beyond its offsets (which of a million files were read).
   * Without one its offsets carry everything. Absent when nothing is kept (collect()).
   */
  readonly folder?: string | undefined
  /** Rows before this event time (µs) are not wanted: a source that can seek may begin there. */
  readonly notBefore?: bigint
  /** A row that can't be decoded and was left out (policy skip or collect). */
  badRow(error: MillraceError, raw: Uint8Array): void
  readonly signal: AbortSignal
}

/** How much one epoch may take from one source. */
export interface EpochLimit {
  /** Infinity: everything that is there. */
  readonly rows: number
  /** Not beyond this offset, the `to` of a range that was planned before (availableNow): undefined = no such end. */
  readonly until?: Json
  /** Everything there is now, whatever the source's own limit per epoch is (maxFilesPerEpoch). */
  readonly all?: boolean
}

/** What one epoch will read: logged before it is read, and enough to read exactly the same rows again. */
export interface EpochRange {
  readonly from: Json
  readonly to: Json
}

/**
 * A live input. Offsets are opaque JSON, `null` at the very start.
 * Contract: `read(range)` gives the same rows in the same order and pieces' partitions whenever it is called
 * with the same range, in this process or a later one, as long as the source is replayable.
 */
export interface Source {
  /** What is there to read after `from`; undefined when there is nothing now. Sources without look-ahead may plan a range whose end is a row limit. */
  plan(from: Json, limit: EpochLimit): Promise<EpochRange | undefined>
  /** The rows of a range, as batches of at most BATCH_ROWS in arenas of the source: a piece is valid until the next is asked for. */
  read(range: EpochRange): AsyncIterable<Piece>
  /** Everything up to `to` is committed and will not be asked for again. */
  committed(to: Json): Promise<void>
  /** True when a bounded source (or one that was closed) has nothing after `from`, for ever. */
  ended(from: Json): boolean
  /**
   * Why the rows from the very start up to `to`, which were read once, can't all be read again (a file is gone, a log
   * has forgotten them); undefined: they can. Without it they always can.
   * @param folder the folder (SourceContext.folder) of the one that read them
   */
  history?(to: Json, folder: string | undefined): Promise<string | undefined>
  close(): Promise<void>
}

/** Some rows of one partition (a file, a topic partition). */
export interface Piece {
  readonly partition: string
  /** Physical columns = leaves of the asked columns, in order. A batch of 0 rows announces a partition. */
  readonly batch: Batch
  /** Event time (µs) that the partition has reached, rows or not: a heartbeat of a source that knows it. */
  readonly time?: bigint
  /** The partition has no more rows for ever: it no longer holds the watermark. */
  readonly last?: boolean
  /** The same for all partitions whose names begin with this. */
  readonly lastOf?: string
}

/** `M`: the modes it takes, for types: an append-only sink is a `SinkSpec<'append'>` and refuses updating tables. */
export interface SinkSpec<M extends Mode = Mode> {
  readonly kind: string
  readonly name: string
  readonly fingerprint: Json
  /** The modes it can take; the first is its default. */
  readonly modes: readonly M[]
  readonly guarantee: 'exactly once' | 'at least once'
  /** For update mode: the key columns, when the sink wants others than the table's own. */
  readonly key?: readonly string[]
  /** It can begin anew when the query has changed (SinkContext.since). */
  readonly renews?: boolean
  open(context: SinkContext): Promise<Sink>
}

export interface SinkContext {
  readonly memory: Memory
  readonly world: World
  readonly schema: Schema
  readonly mode: Mode
  /** Update mode: names of the key columns. */
  readonly key: readonly string[]
  /** Stable over restarts; part of idempotence keys. */
  readonly query: string
  /** What it holds of epochs up to this one is of the query as it was: it goes when the first later epoch is committed. */
  readonly since: number
  readonly signal: AbortSignal
}

/**
 * A live output. Per epoch: begin, write…, (drain…), prepare, commit. After a restart `recover(n)` is called
 * first, n being the last epoch whose commit is known (0: none): everything of later epochs must vanish, and
 * epoch n itself may have been prepared without `commit` having run: commit(n) is called again (idempotent).
 */
export interface Sink {
  /** @param position what `position` said at that commit; undefined: nothing was kept of it */
  recover(committed: number, position?: Json): Promise<void>
  begin(epoch: number): Promise<void>
  /** Takes what it needs out of the batch before it returns; weights as the mode says (append: all +1). */
  write(batch: Batch): void
  /** Bytes taken but not yet handed to the world. */
  readonly pending: number
  /** Hand over what is pending (back-pressure: the runtime awaits it when pending grows). */
  drain(): Promise<void>
  /** Make the epoch durable, so that commit can't fail for lack of data. */
  prepare(epoch: number): Promise<void>
  /** Make the epoch visible, exactly once however often it is called. */
  commit(epoch: number): Promise<void>
  /** Where it stands once an epoch is prepared: kept with the commit, so that it notices when what it wrote is gone. */
  position?(): Json
  /**
   * Between epochs, when the last one is committed and there is nothing to read: a moment for what has to happen
   * without rows (a file becomes old). Returns the milliseconds after which it wants to be asked again.
   */
  idle?(): Promise<number>
  close(reason: 'done' | 'stopped' | 'failed'): Promise<void>
}

/** Room for one batch's worth of results; the runtime resets it after each batch pushed through. */
export interface Workspace {
  readonly memory: Memory
  readonly arena: Arena
}
