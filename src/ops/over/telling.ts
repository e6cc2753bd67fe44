// What groups of a table in the order of event time have to tell: which of their rows have their results for good now
// (passed.ts), these results, and what becomes of the rows that are kept for those to come (keeping.ts).
//
// A group's rows, in order: some that are kept from before (front: the first ones and extremes; tail: the last that were
// told), those that wait for rows behind them, those that are new. A row that was the last to be told carries how many rows
// the group had up to it, and the folds; of equal rows those that were told are an entry of their own, before the others.
import { type Arena, BATCH_ROWS, type Batch, type Column, gatherColumn, Kind } from '../../data/index.ts'
import { argumentOf, rangeKeyOf } from './arguments.ts'
import { type Carried, type CarriedFold, carriedFold, settledTo } from './carried.ts'
import { type Frame, type Frames, framesOf, type RangeKey } from './frame.ts'
import { type Argument, type OverFunction, type Result, resultOf } from './functions.ts'
import { choose, type Needs, needsOf } from './keeping.ts'
import type { Listing } from './listing.ts'
import { isInTime, keyAt, type Passing, passedTo, remembered } from './passed.ts'
import { type Sequence, sequenceOf } from './sequence.ts'

export interface TellingSpec extends Passing {
  readonly kinds: readonly Kind[]
  readonly functions: readonly OverFunction[]
  readonly rangeKey?: { readonly column: number; readonly descending: boolean } | undefined
}

/** A group's rows in the sequence: `was`, `told`: behind the last that was told before, that is told now. */
interface Group {
  readonly from: number
  readonly was: number
  readonly told: number
  readonly to: number
  /** Of its rows before `was` so many are not in the sequence. */
  readonly gap: number
  /** What its last told row carries now, behind its place. */
  carried: Carried
}

export class Telling {
  /** Places in the sequence of the rows that are told, and their entries. */
  readonly told: Int32Array
  readonly entries: Uint32Array
  readonly results: readonly Result[]
  /** Of all entries that are listed. */
  readonly columns: readonly Column[]
  readonly #spec: TellingSpec
  readonly #listing: Omit<Listing, 'columns'> & { readonly columns: readonly Column[] }
  readonly #arena: Arena
  readonly #of: Sequence
  readonly #groups: readonly Group[]
  readonly #key: RangeKey | undefined
  readonly #frame: Frame | undefined
  readonly #frames: Frames | undefined
  /** How long told rows are needed, if that is a matter of time. */
  readonly #remembered: bigint | undefined
  readonly #needs: Needs
  /** A bit for each entry that was the last told row once. */
  readonly #placed: Uint8Array | undefined
  readonly #argument: (column: number) => Argument
  readonly #folds: readonly (CarriedFold | undefined)[]

  constructor(spec: TellingSpec, listing: Listing, arena: Arena) {
    const { entries, now, marks } = listing
    const columns = listing.columns()
    this.#spec = spec
    this.columns = columns
    this.#listing = { ...listing, columns }
    this.#arena = arena
    this.#of = sequenceOf({ entries, weights: now, marks })
    this.#frame = spec.functions.flatMap(each => ('frame' in each ? [each.frame] : []))[0]
    const { rangeKey } = spec
    this.#key = rangeKey && rangeKeyOf(columns[rangeKey.column] as Column, rangeKey.descending, entries, arena.memory)
    this.#frames = this.#frame && framesOf(this.#frame, this.#of, this.#key)
    this.#remembered = remembered(spec.functions, this.#key)
    this.#needs = needsOf(spec.functions, this.#frame)
    const { validity } = columns[spec.kinds.length + 1] as Column
    this.#placed = validity === 0 ? undefined : arena.memory.u8.slice(validity, validity + ((entries + 7) >>> 3))
    this.#argument = argumentsOf(columns, entries, arena)
    this.#folds = spec.functions.map(each => carriedFold(each, this.#of, this.#frames, this.#argument))
    this.#groups = this.#grouped()
    const only = new Uint8Array(this.#of.rows)
    for (const { was, told } of this.#groups) only.fill(1, was, told)
    this.told = Int32Array.from(indices(only))
    this.entries = Uint32Array.from(this.told, i => this.#of.entry[i] as number)
    for (const group of this.#groups) this.#fold(group)
    this.results = spec.functions.map((each, f) => {
      const made = this.#folds[f]?.made
      return made === undefined
        ? resultOf(each, this.#of, this.#argument, this.#key, only)
        : { what: 'computed', computed: made }
    })
  }

  #grouped(): readonly Group[] {
    const of = this.#of
    const groups: Group[] = []
    for (let from = 0; from < of.rows; ) {
      const to = of.groupTo[from] as number
      let was = to
      while (was > from && !this.#carries(of.entry[was - 1] as number)) was--
      const told = Math.max(was, passedTo(of, [from, to], this.#spec, this.#frame, this.#key))
      const place = was > from ? Number(this.#carriedAt(was - 1, 1)[0]) : 0
      groups.push({ from, was, told, to, gap: place - (was - from), carried: [] })
      from = to
    }
    return groups
  }

  /** Whether the row was the last that was told once: its place is known. */
  #carries(entry: number): boolean {
    return this.#placed === undefined || (((this.#placed[entry >>> 3] as number) >>> (entry & 7)) & 1) === 1
  }

  /** What a row carries, from the first column (its place) or the second on. */
  #carriedAt(row: number, columns: number, first = 0): Carried {
    const entry = this.#of.entry[row] as number
    const { memory } = this.#arena
    const from = this.#spec.kinds.length + 1 + first
    return this.#listing.columns.slice(from, from + columns).map(({ kind, values }) => {
      const at = (values >>> 3) + entry
      return kind === Kind.F64 ? (memory.f64[at] as number) : (memory.i64[at] as bigint)
    })
  }

  #fold(group: Group): void {
    const { from, was, told, gap } = group
    let column = 1
    const carried: (bigint | number)[] = []
    for (const fold of this.#folds) {
      if (fold === undefined) continue
      const { length } = fold.kinds
      const before = was > from ? this.#carriedAt(was - 1, length, column) : undefined
      const isFramed = before !== undefined && this.#frames !== undefined
      fold.begin(before, isFramed ? settledTo(this.#of, this.#frames, was - 1) : from)
      for (let i = was; i < told; i++) fold.row(i, gap)
      carried.push(...fold.carry())
      column += length
    }
    group.carried = carried
  }

  /** What changes in the groups: rows that nothing needs any more go, and the last told row carries what was made. */
  *kept(kinds: readonly Kind[]): Generator<Batch> {
    const { entry } = this.#of
    const over = this.#groups.filter(each => this.#isOver(each))
    const changed = this.#groups.filter(each => each.told > each.was && !this.#isOver(each))
    const gone = new BigInt64Array(this.#listing.entries)
    const drop = (which: number): void => {
      gone[which] = this.#listing.now[which] as bigint
    }
    for (const { from, to } of over) for (let i = from; i < to; i++) drop(entry[i] as number)
    for (const group of changed) this.#choose(group, drop)
    for (const { told } of changed) gone[entry[told - 1] as number] = this.#copies(told)
    const weightOf = (which: number): bigint => gone[which] as bigint
    for (const some of chunks(indicesOf(gone))) yield this.#rowsOf(some, some.map(weightOf), -1n)
    for (const some of chunks(changed)) {
      const last = some.map(({ told }) => entry[told - 1] as number)
      const rows = this.#rowsOf(last, last.map(weightOf))
      const own = rows.columns.slice(0, this.#spec.kinds.length + 1)
      yield { ...rows, columns: [...own, ...this.#carrying(some, kinds)] }
    }
  }

  /** No row that may still come has one of the group's in its frame. */
  #isOver({ told, to }: Group): boolean {
    const [of, key, long] = [this.#of, this.#key, this.#remembered]
    if (key === undefined || long === undefined || told < to) return false
    return keyAt(of, key, to - 1) + long < this.#spec.passed
  }

  /** Of the last told row: how many that are equal to it are told now, in the same entry. */
  #copies(told: number): bigint {
    const { entry } = this.#of
    let from = told - 1
    while (from > 0 && entry[from - 1] === entry[told - 1]) from--
    return BigInt(told - from)
  }

  #choose(group: Group, drop: (entry: number) => void): void {
    const { passed } = this.#spec
    const [of, frame, frames, key, argument] = [this.#of, this.#frame, this.#frames, this.#key, this.#argument]
    choose(group, { of, needs: this.#needs, frame, frames, key, argument, passed }, drop)
  }

  /**
   * Groups that are to be looked at when the watermark is past a time, though no row may come to them: a row of each, and the
   * time. It is the end of the first row's range that waits (told once); and when the last row is in no frame to come.
   */
  *due(): Generator<Batch> {
    const key = this.#key
    if (key === undefined) return
    const rows = this.#groups.flatMap(group => {
      const due = this.#dueOf(group, key)
      return due === undefined ? [] : [due]
    })
    for (const some of chunks(rows)) {
      const made = this.#rowsOf(
        some.map(each => each[0]),
        some.map(() => 1n),
      )
      const times = BigInt64Array.from(some, each => each[1])
      const when = { kind: Kind.I64, values: this.#arena.put(new Uint8Array(times.buffer)), validity: 0 }
      yield { ...made, columns: [...made.columns.slice(0, this.#spec.kinds.length), when] }
    }
  }

  #dueOf(group: Group, key: RangeKey): readonly [entry: number, time: bigint] | undefined {
    const [of, frame, long] = [this.#of, this.#frame, this.#remembered]
    const { was, told, to } = group
    const due = (row: number, behind: bigint) => [of.entry[row] as number, keyAt(of, key, row) + behind] as const
    if (told === to) return long === undefined || told === was || this.#isOver(group) ? undefined : due(to - 1, long)
    if (!isInTime(frame)) return undefined
    const end = due(told, BigInt(frame.to))
    const isKnown = told === was && this.#listing.before[end[0]] !== 0n
    return isKnown || end[1] < this.#spec.passed ? undefined : end
  }

  #rowsOf(entries: readonly number[], weightsOf: readonly bigint[], sign = 1n): Batch {
    const arena = this.#arena
    const rows = arena.put(new Uint8Array(Uint32Array.from(entries).buffer))
    const count = entries.length
    const columns = this.#listing.columns.map(each => gatherColumn(each, rows, count, arena))
    const weights = BigInt64Array.from(weightsOf, each => sign * each)
    return { columns, rows: count, sel: 0, count, weights: arena.put(new Uint8Array(weights.buffer)) }
  }

  #carrying(groups: readonly Group[], kinds: readonly Kind[]): Column[] {
    const values = groups.map(({ from, told, gap, carried }) => [BigInt(told - from + gap), ...carried])
    return kinds.slice(this.#spec.kinds.length + 1).map((kind, c) => {
      const column = values.map(each => each[c])
      const words = kind === Kind.F64 ? Float64Array.from(column as number[]) : BigInt64Array.from(column as bigint[])
      return { kind, values: this.#arena.put(new Uint8Array(words.buffer)), validity: 0 }
    })
  }
}

function* indices(of: Uint8Array): Generator<number> {
  for (let i = 0; i < of.length; i++) if (of[i] === 1) yield i
}

/** Where they are not 0, by halves of words: a BigInt for each would be made to be thrown away. */
function indicesOf(weights: BigInt64Array): number[] {
  const halves = new Int32Array(weights.buffer)
  const found: number[] = []
  for (let i = 0; i < weights.length; i++) if (halves[2 * i] !== 0 || halves[2 * i + 1] !== 0) found.push(i)
  return found
}

function* chunks<X>(of: readonly X[]): Generator<readonly X[]> {
  for (let at = 0; at < of.length; at += BATCH_ROWS) yield of.slice(at, at + BATCH_ROWS)
}

/** Columns as functions read them, each made once. */
function argumentsOf(columns: readonly Column[], entries: number, arena: Arena): (column: number) => Argument {
  const made = new Map<number, Argument>()
  return number => {
    const argument = made.get(number) ?? argumentOf(columns[number] as Column, entries, arena.memory)
    made.set(number, argument)
    return argument
  }
}
