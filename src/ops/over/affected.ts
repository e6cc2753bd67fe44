// Which rows of a group can have other results when some of its rows changed, and which rows that takes to compute. A frame
// of rows, or of a range of the order key, reaches so far; a frame that begins with the group reaches all rows behind.
// Law: a row that is not among the told has the results it had; those that are needed give the told ones their results.
import type { OverFunction } from './functions.ts'

/** How far functions reach: rows before and behind, differences of the order key, everything from the group's beginning. */
export interface Reach {
  readonly back: number
  readonly ahead: number
  readonly range: { readonly from: number; readonly to: number } | undefined
  readonly running: boolean
}

const WHOLE: ReadonlySet<OverFunction['fn']> = new Set(['percent_rank', 'cume_dist', 'ntile'])
const PLACES: ReadonlySet<OverFunction['fn']> = new Set(['row_number', 'rank', 'dense_rank'])

/** Undefined: a function may look at the whole group from any row. */
export function reachOf(functions: readonly OverFunction[]): Reach | undefined {
  let [back, ahead, running] = [0, 0, false]
  let range: { from: number; to: number } | undefined
  for (const each of functions) {
    if (WHOLE.has(each.fn)) return undefined
    if (PLACES.has(each.fn)) running = true
    if (each.fn === 'shift') [back, ahead] = [Math.max(back, -each.offset), Math.max(ahead, each.offset)]
    if (!('frame' in each)) continue
    const { mode, from, to, exclude } = each.frame
    if (to === undefined || mode === 'groups' || exclude !== undefined) return undefined
    if (mode === 'rows') ahead = Math.max(ahead, Number(to))
    if (mode === 'rows' && from !== undefined) back = Math.max(back, -Number(from))
    if (mode === 'range') {
      const [first, last] = [from === undefined ? 0 : Number(from), Number(to)]
      range = { from: Math.min(range?.from ?? 0, first, last), to: Math.max(range?.to ?? 0, first, last) }
    }
    if (from === undefined) running = true
  }
  return { back, ahead, range, running }
}

/** A group's rows as they were and as they are, by entry. */
export interface Changing {
  readonly entries: number
  readonly before: BigInt64Array
  readonly now: BigInt64Array
  /** 1: the first of a group. 2: the first of its order key. */
  readonly marks: Uint8Array
  /** The order key as a number that ascends; undefined: null, or there are several. */
  key(entry: number): number | undefined
}

export interface Affected {
  readonly told: Uint8Array
  readonly needed: Uint8Array
}

/** More changes than one in so many entries: then all of them are looked at. */
const SPARSE = 8
const FEW = 512
const SLACK = 1e-12

/** Undefined: everything. */
export function affectedBy(reach: Reach, of: Changing): Affected | undefined {
  const { entries } = of
  const changed = changedIn(of)
  if (entries > FEW && changed.length * SPARSE > entries) return undefined
  const [told, needed] = [new Uint8Array(entries), new Uint8Array(entries)]
  const walk = new Walk(of)
  let covered = -1
  for (const e of changed) {
    if (e <= covered) continue
    const group = walk.groupOf(e)
    const [lo, hi] = toldBy(e, group, reach, walk, of)
    told.fill(1, lo, hi + 1)
    const [first, last] = reach.running ? group : neededFor(lo, hi, group, reach, walk, of)
    needed.fill(1, first, last + 1)
    // All rows behind it are told: what else changed there tells no more.
    if (reach.running) covered = group[1]
  }
  return { told, needed }
}

/** Compared by halves of words: a BigInt for each would be made to be thrown away. */
function changedIn({ before, now, entries }: Changing): readonly number[] {
  const [was, is] = [before, now].map(each => new Int32Array(each.buffer, each.byteOffset, entries * 2)) as [
    Int32Array,
    Int32Array,
  ]
  const changed: number[] = []
  for (let e = 0; e < entries; e++) if (was[2 * e] !== is[2 * e] || was[2 * e + 1] !== is[2 * e + 1]) changed.push(e)
  return changed
}

/** First and last entry, both included. */
type Span = readonly [first: number, last: number]

function toldBy(e: number, group: Span, { back, ahead, range, running }: Reach, walk: Walk, of: Changing): Span {
  let [lo, hi] = [walk.back(e, ahead, group), walk.on(e, back, group)]
  if (range !== undefined) {
    const peers = walk.peersOf(e, group)
    const key = of.key(e)
    const [first, last] = key === undefined ? peers : walk.within(key - range.to, key - range.from, peers, group, of)
    ;[lo, hi] = [Math.min(lo, first), Math.max(hi, last)]
  }
  if (!running) return [lo, hi]
  return [Math.min(lo, walk.peersOf(e, group)[0]), group[1]]
}

function neededFor(lo: number, hi: number, group: Span, { back, ahead, range }: Reach, walk: Walk, of: Changing): Span {
  let [first, last] = [walk.back(lo, back, group), walk.on(hi, ahead, group)]
  if (range === undefined) return [first, last]
  for (const e of [lo, hi]) {
    const peers = walk.peersOf(e, group)
    const key = of.key(e)
    const span = key === undefined ? peers : walk.within(key + range.from, key + range.to, peers, group, of)
    ;[first, last] = [Math.min(first, span[0]), Math.max(last, span[1])]
  }
  return [first, last]
}

/** Steps among the entries of a group. */
class Walk {
  readonly #of: Changing
  #group: Span = [0, -1]

  constructor(of: Changing) {
    this.#of = of
  }

  groupOf(e: number): Span {
    const { marks, entries } = this.#of
    if (e <= this.#group[1]) return this.#group
    let [first, last] = [e, e]
    while (first > 0 && ((marks[first] as number) & 1) === 0) first--
    while (last + 1 < entries && ((marks[last + 1] as number) & 1) === 0) last++
    this.#group = [first, last]
    return this.#group
  }

  /** So many rows before: of entries that are there, then and now. */
  back(e: number, rows: number, [first]: Span): number {
    for (let left = rows; left > 0 && e > first; ) if (this.#stays(--e)) left--
    return e
  }

  on(e: number, rows: number, [, last]: Span): number {
    for (let left = rows; left > 0 && e < last; ) if (this.#stays(++e)) left--
    return e
  }

  #stays(e: number): boolean {
    return (this.#of.before[e] as bigint) > 0n && (this.#of.now[e] as bigint) > 0n
  }

  peersOf(e: number, [from, to]: Span): Span {
    const { marks } = this.#of
    let [first, last] = [e, e]
    while (first > from && marks[first] === 0) first--
    while (last < to && marks[last + 1] === 0) last++
    return [first, last]
  }

  /** The entries whose keys are from `low` to `high`, around these peers; rows without a key lie at an end of the group. */
  within(least: number, most: number, [from, to]: Span, [start, end]: Span, of: Changing): Span {
    // A little more, for keys that doubles do not hold exactly.
    const [low, high] = [least - Math.abs(least) * SLACK, most + Math.abs(most) * SLACK]
    let [first, last] = [from, to]
    let [a, b] = [start, from]
    while (a < b) {
      const middle = (a + b) >>> 1
      const key = of.key(middle)
      if (key === undefined || key < low) a = middle + 1
      else b = middle
    }
    first = Math.min(first, a)
    ;[a, b] = [to, end]
    while (a < b) {
      const middle = (a + b + 1) >>> 1
      const key = of.key(middle)
      if (key === undefined || key > high) b = middle - 1
      else a = middle
    }
    last = Math.max(last, a)
    return [first, last]
  }
}
