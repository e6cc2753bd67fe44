// What is remembered of a window whose results are told in panes, and how it lies in an entry of a tree: numbers, then the
// bytes of the result as it is, then the panes that stand (told.ts).
import { type Bytes, type Memory, NOTHING } from '../../data/index.ts'
import { type Firing, type FiringState, firing as triggers } from '../../time/index.ts'
import { Room } from './room.ts'

export interface Pane {
  readonly start: bigint
  readonly end: bigint
  /** The bytes of the result as it is now; undefined: there is none. */
  row: Bytes | undefined
  /** How many rows it is of, and how many of them the trigger has seen. */
  rows: number
  seen: number
  firing: FiringState
  /** Something changed since the last pane. */
  isPending: boolean
  index: number
  /** What comes now is late: the pane on time was told, or never will be. */
  isLate: boolean
  /** Panes that stand and are to be taken back by the next (retracting). */
  told: Bytes
}

/** What an epoch says of a window: its bounds, of how many rows its result is, how long the key without the window is. */
export interface News {
  readonly start: bigint
  readonly end: bigint
  readonly group: number
  readonly rows: number
  /** undefined: it has no result any more. */
  readonly row: Bytes | undefined
}

const NEWS_BYTES = 32
const NO_ROW = -1
// Numbers of a pane, 8 bytes each: start, end, rows, seen, marks, index, bytes of the row; then of each part of the trigger
// its marks, rows, and since when (NaN: no row came).
const START = 0
const END = 1
const ROWS = 2
const SEEN = 3
const MARKS = 4
const INDEX = 5
const ROW_BYTES = 6
const NUMBERS = 7
const PENDING = 1
const LATE = 2
const DONE = 1
const PAST = 2

const sizeOf = (state: FiringState): number => 3 + state.of.reduce((sum, each) => sum + sizeOf(each), 0)

/** Panes and news as bytes and back. What was written is good until the next is; what was read, while the entry is there. */
export class PaneBytes {
  readonly #memory: Memory
  readonly #firing: Firing
  readonly #head: number
  readonly #room: Room

  constructor(memory: Memory, firing: Firing) {
    this.#memory = memory
    this.#firing = firing
    this.#head = (NUMBERS + sizeOf(triggers.begin(firing))) * 8
    this.#room = new Room(memory)
  }

  writeNews({ start, end, group, rows, row }: News): Bytes {
    const ptr = this.#room.fit(NEWS_BYTES + (row?.length ?? 0))
    const { i64, f64, u8 } = this.#memory
    i64[ptr >>> 3] = start
    i64[(ptr >>> 3) + 1] = end
    f64[(ptr >>> 3) + 2] = group
    f64[(ptr >>> 3) + 3] = row === undefined ? NO_ROW : rows
    if (row !== undefined) u8.copyWithin(ptr + NEWS_BYTES, row.ptr, row.ptr + row.length)
    return { ptr, length: NEWS_BYTES + (row?.length ?? 0) }
  }

  readNews(at: Bytes): News {
    const ptr = this.#aligned(at.ptr, NEWS_BYTES)
    const { i64, f64 } = this.#memory
    const [start, end] = [i64[ptr >>> 3] as bigint, i64[(ptr >>> 3) + 1] as bigint]
    const [group, rows] = [f64[(ptr >>> 3) + 2] as number, f64[(ptr >>> 3) + 3] as number]
    const row = rows === NO_ROW ? undefined : { ptr: at.ptr + NEWS_BYTES, length: at.length - NEWS_BYTES }
    return { start, end, group, rows, row }
  }

  /** Entries lie anywhere: numbers are read from a copy. */
  #aligned(from: number, length: number): number {
    const ptr = this.#room.fit(length)
    this.#memory.u8.copyWithin(ptr, from, from + length)
    return ptr
  }

  write(pane: Pane): Bytes {
    const { row, told } = pane
    const rowBytes = row?.length ?? 0
    const length = this.#head + rowBytes + told.length
    const ptr = this.#room.fit(length)
    const { u8, i64, f64 } = this.#memory
    const at = ptr >>> 3
    i64[at + START] = pane.start
    i64[at + END] = pane.end
    f64[at + ROWS] = pane.rows
    f64[at + SEEN] = pane.seen
    f64[at + MARKS] = (pane.isPending ? PENDING : 0) | (pane.isLate ? LATE : 0)
    f64[at + INDEX] = pane.index
    f64[at + ROW_BYTES] = row === undefined ? NO_ROW : rowBytes
    putState(pane.firing, f64, at + NUMBERS)
    if (row !== undefined) u8.copyWithin(ptr + this.#head, row.ptr, row.ptr + rowBytes)
    u8.copyWithin(ptr + this.#head + rowBytes, told.ptr, told.ptr + told.length)
    return { ptr, length }
  }

  read(at: Bytes): Pane {
    const from = this.#aligned(at.ptr, this.#head) >>> 3
    const { i64, f64 } = this.#memory
    const number = (i: number): number => f64[from + i] as number
    const firing = triggers.begin(this.#firing)
    takeState(firing, f64, from + NUMBERS)
    const [rowBytes, marks] = [number(ROW_BYTES), number(MARKS)]
    const row = at.ptr + this.#head
    const told = row + Math.max(rowBytes, 0)
    return {
      start: i64[from + START] as bigint,
      end: i64[from + END] as bigint,
      row: rowBytes === NO_ROW ? undefined : { ptr: row, length: rowBytes },
      rows: number(ROWS),
      seen: number(SEEN),
      firing,
      isPending: (marks & PENDING) !== 0,
      index: number(INDEX),
      isLate: (marks & LATE) !== 0,
      told: told === at.ptr + at.length ? NOTHING : { ptr: told, length: at.ptr + at.length - told },
    }
  }

  free(): void {
    this.#room.free()
  }
}

/** Returns where the next number goes. */
function putState(state: FiringState, f64: Float64Array, at: number): number {
  f64[at] = (state.done ? DONE : 0) | (state.past ? PAST : 0)
  f64[at + 1] = state.rows
  f64[at + 2] = state.since ?? Number.NaN
  return state.of.reduce((next, each) => putState(each, f64, next), at + 3)
}

function takeState(state: FiringState, f64: Float64Array, at: number): number {
  const [marks, since] = [f64[at] as number, f64[at + 2] as number]
  state.done = (marks & DONE) !== 0
  state.past = (marks & PAST) !== 0
  state.rows = f64[at + 1] as number
  state.since = Number.isNaN(since) ? null : since
  return state.of.reduce((next, each) => takeState(each, f64, next), at + 3)
}
