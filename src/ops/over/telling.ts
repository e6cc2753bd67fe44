// What groups of a table in the order of event time have to tell: which of their rows have their results for good now, these
// results, and which rows are kept for those to come.
//
// A group's rows, in order: some that are kept from before (front: the first ones and extremes; tail: the last that were
// told), those that wait for rows behind them, those that are new. The last row that was told carries how many rows the
// group had up to it, and the folds.
import { type Arena, BATCH_ROWS, type Batch, type Column, gatherColumn, Kind } from '../../data/index.ts'
import { argumentOf, rangeKeyOf } from './arguments.ts'
import { type Carried, type CarriedFold, carriedFold } from './carried.ts'
import { type Frame, type Frames, framesOf, type RangeKey } from './frame.ts'
import { type OverFunction, type Result, resultOf } from './functions.ts'
import type { Listing } from './listing.ts'
import { type Sequence, sequenceOf, timesOf } from './sequence.ts'

export interface TellingSpec {
  readonly kinds: readonly Kind[]
  readonly functions: readonly OverFunction[]
  readonly rangeKey?: { readonly column: number; readonly descending: boolean } | undefined
  readonly ahead: number
  /** Rows whose time (their column) is before this are all there. */
  readonly passed: bigint
  /** Nothing comes any more. */
  readonly isLast: boolean
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
    const argument = (column: number) => argumentOf(columns[column] as Column, entries, arena.memory)
    this.#folds = spec.functions.map(each => carriedFold(each, this.#of, this.#frames, argument))
    this.#groups = this.#grouped()
    const only = new Uint8Array(this.#of.rows)
    for (const { was, told } of this.#groups) only.fill(1, was, told)
    this.told = Int32Array.from(indices(only))
    this.entries = Uint32Array.from(this.told, i => this.#of.entry[i] as number)
    for (const group of this.#groups) this.#fold(group)
    this.results = spec.functions.map((each, f) => {
      const made = this.#folds[f]?.made
      return made === undefined
        ? resultOf(each, this.#of, argument, this.#key, only)
        : { what: 'computed', computed: made }
    })
  }

  #grouped(): readonly Group[] {
    const { ahead, isLast } = this.#spec
    const { before } = this.#listing
    const of = this.#of
    const groups: Group[] = []
    for (let from = 0; from < of.rows; ) {
      const to = of.groupTo[from] as number
      let old = 0
      for (let e = of.entry[from] as number; e <= (of.entry[to - 1] as number); e++) old += timesOf(before, e)
      const was = Math.max(from, from + old - ahead)
      const told = isLast ? to : Math.max(was, to - ahead)
      const place = was > from ? Number(this.#carriedAt(was - 1, 1)[0]) : 0
      groups.push({ from, was, told, to, gap: place - (was - from), carried: [] })
      from = to
    }
    return groups
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
      fold.begin(before, before === undefined ? from : (this.#frames?.to[was - 1] ?? was))
      for (let i = was; i < told; i++) fold.row(i, gap)
      carried.push(...fold.carry())
      column += length
    }
    group.carried = carried
  }

  /** What changes in the groups: rows that nothing needs any more go, and the last told row carries what was made. */
  *kept(kinds: readonly Kind[]): Generator<Batch> {
    const changed = this.#groups.filter(each => each.told > each.was)
    const lasts = new Map(changed.map(each => [this.#of.entry[each.told - 1] as number, each]))
    const keep = new Uint8Array(this.#listing.entries).fill(1)
    for (const group of changed) this.#choose(group, keep)
    for (const entry of lasts.keys()) keep[entry] = 0
    const gone = [...indices(keep, 0)]
    for (let at = 0; at < gone.length; at += BATCH_ROWS) yield this.#rowsOf(gone.slice(at, at + BATCH_ROWS), -1n)
    const last = [...lasts.keys()]
    for (let at = 0; at < last.length; at += BATCH_ROWS) {
      const some = last.slice(at, at + BATCH_ROWS)
      const rows = this.#rowsOf(some, 1n)
      const own = rows.columns.slice(0, this.#spec.kinds.length + 1)
      yield {
        ...rows,
        columns: [
          ...own,
          ...this.#carrying(
            some.map(each => lasts.get(each) as Group),
            kinds,
          ),
        ],
      }
    }
  }

  #rowsOf(entries: readonly number[], sign: bigint): Batch {
    const arena = this.#arena
    const rows = arena.put(new Uint8Array(Uint32Array.from(entries).buffer))
    const count = entries.length
    const columns = this.#listing.columns.map(each => gatherColumn(each, rows, count, arena))
    const weights = BigInt64Array.from(entries, each => sign * (this.#listing.now[each] as bigint))
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

  /** Marks the entries of a group that rows to come need. */
  #choose(group: Group, keep: Uint8Array): void {
    const { from, told, to } = group
    const of = this.#of
    const first = this.#needed(group)
    const some = new Set<number>()
    for (let i = from; i < Math.min(told, from + this.#front); i++) some.add(of.entry[i] as number)
    for (const [f, each] of this.#spec.functions.entries()) {
      const result = this.results[f] as Result
      const isExtreme = (each.fn === 'min' || each.fn === 'max') && each.frame.from === undefined
      if (isExtreme && result.what === 'taken') some.add(result.taken[told - 1] as number)
    }
    const needed = first < to ? (of.entry[first] as number) : Number.POSITIVE_INFINITY
    for (let e = of.entry[from] as number; e <= (of.entry[to - 1] as number); e++)
      if (e < needed && !some.has(e)) keep[e] = 0
  }

  /** Of frames that begin with the group: its first rows that are taken by number. */
  get #front(): number {
    const numbers = this.#spec.functions.map(each =>
      each.fn === 'nth' && each.frame.from === undefined && each.n > 0 ? each.n : 0,
    )
    return Math.max(0, ...numbers)
  }

  /** The first of the rows that lie together up to the group's end and that frames, lags, and peers need. */
  #needed({ from, told, to }: Group): number {
    const of = this.#of
    const frame = this.#frame
    const lags = this.#spec.functions.map(each => (each.fn === 'shift' ? -each.offset : 0))
    const rows = frame?.mode === 'rows' ? [frame.from, frame.to].map(each => -Number(each ?? 0)) : []
    let first = Math.max(from, told - Math.max(1, ...lags, ...rows))
    if (told < to) first = Math.min(first, of.peersFrom[told] as number)
    if (frame?.mode !== 'range' || this.#key === undefined) return first
    const { passed } = this.#spec
    const next = told < to ? (this.#key.values[of.entry[told] as number] as bigint) : passed
    const since = frame.from === undefined ? undefined : (next < passed ? next : passed) + BigInt(frame.from)
    const behind = (this.#key.values[of.entry[told - 1] as number] as bigint) + BigInt(frame.to ?? 0)
    const limit = since === undefined ? behind : since
    while (first > from && (this.#key.values[of.entry[first - 1] as number] as bigint) >= limit) first--
    return first
  }
}

function* indices(of: Uint8Array, value = 1): Generator<number> {
  for (let i = 0; i < of.length; i++) if (of[i] === value) yield i
}
