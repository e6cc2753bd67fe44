// Which rows of a group stay for frames to come, once some were told. Of its beginning: the first rows that are taken by
// number, and the extremes so far; of its end: all rows from the first on that a frame, a lag, or a peer can still reach.
// Law: functions of the rows behind are the same over what stays as over all rows.
import { settledTo } from './carried.ts'
import type { Frame, Frames, RangeKey } from './frame.ts'
import type { Argument, OverFunction } from './functions.ts'
import type { Sequence } from './sequence.ts'

/** What the functions reach for, whatever the group. */
export interface Needs {
  /** The group's first rows that are taken by number. */
  readonly front: number
  readonly extremes: readonly Extreme[]
  /** How many rows, and sets of peers, before the last told one. */
  readonly rows: number
  readonly sets: number
}

type Extreme = Extract<OverFunction, { readonly fn: 'min' | 'max' }>

export function needsOf(functions: readonly OverFunction[], frame: Frame | undefined): Needs {
  const fromFirst = functions.filter(each => 'frame' in each && each.frame.from === undefined)
  const numbers = fromFirst.map(each => (each.fn === 'nth' ? each.n : 0))
  const lags = functions.map(each => (each.fn === 'shift' ? -each.offset : 0))
  const edges = [frame?.from, frame?.to].map(each => -Number(each ?? 0))
  return {
    front: Math.max(0, ...numbers),
    extremes: fromFirst.filter((each): each is Extreme => each.fn === 'min' || each.fn === 'max'),
    rows: Math.max(1, ...lags, ...(frame?.mode === 'rows' ? edges : [])),
    sets: Math.max(0, ...(frame?.mode === 'groups' ? edges : [])),
  }
}

export interface Kept {
  readonly of: Sequence
  readonly needs: Needs
  /** That of the functions, if one of them has one. */
  readonly frame: Frame | undefined
  readonly frames: Frames | undefined
  readonly key: RangeKey | undefined
  readonly argument: (column: number) => Argument
  /** Rows whose key is before this are all there. */
  readonly passed: bigint
}

/** A group's rows in the sequence, of which those before `told` are told: at least one. */
export interface Told {
  readonly from: number
  readonly told: number
  readonly to: number
}

/** Calls `drop` with the entries of the group that nothing needs any more. */
export function choose(group: Told, kept: Kept, drop: (entry: number) => void): void {
  const { entry } = kept.of
  const { from } = group
  const first = firstNeeded(group, kept)
  if (first === from) return
  const some = ofTheBeginning(group, kept)
  const needed = entry[first] as number
  for (let e = entry[from] as number; e < needed; e++) if (some === undefined || !some.has(e)) drop(e)
}

/** The entries that stay for what they are in the group; undefined: there are none. */
function ofTheBeginning(group: Told, { of, needs, argument, frames }: Kept): ReadonlySet<number> | undefined {
  const { front, extremes } = needs
  if (front === 0 && extremes.length === 0) return undefined
  const { from, told } = group
  const some = new Set<number>()
  for (let i = from; i < Math.min(told, from + front); i++) some.add(of.entry[i] as number)
  const settled = settledTo(of, frames as Frames, told - 1)
  for (const { column, fn } of extremes) some.add(extreme(of, [from, settled], argument(column), fn === 'max'))
  return some
}

/** The entry of the least or greatest value of these rows, of equal ones the first; -1: none has one. */
function extreme(of: Sequence, [from, to]: readonly [number, number], argument: Argument, greatest: boolean): number {
  const sign = greatest ? -1 : 1
  let best = -1
  for (let i = from; i < to; i++) {
    const entry = of.entry[i] as number
    if (!argument.isNull(entry) && (best < 0 || sign * argument.compare(entry, best) < 0)) best = entry
  }
  return best
}

/** The first of the rows that lie together up to the group's end and can still be reached. */
function firstNeeded(group: Told, kept: Kept): number {
  const { of, needs, frame, frames } = kept
  const { from, told, to } = group
  let first = told - needs.rows
  if (told < to) first = Math.min(first, of.peersFrom[told] as number)
  // What is settled ends before the peers; the last value of a frame may be the row before.
  if (frames?.excludes !== undefined) first = Math.min(first, settledTo(of, frames, told - 1) - 1)
  if (needs.sets > 0) first = Math.min(first, peersBack(of, told - 1, from, needs.sets))
  if (frame?.mode === 'range') first = Math.min(first, inRange(group, kept, frame))
  return Math.max(from, first)
}

/** The first row of the peers that are so many sets of peers before those of the row, or of the group. */
export function peersBack(of: Sequence, row: number, from: number, sets: number): number {
  let at = row
  for (let n = sets; n > 0; n--) {
    at = of.peersFrom[at] as number
    if (at === from) return at
    at--
  }
  return of.peersFrom[at] as number
}

function inRange({ from, told, to }: Told, { of, key, passed }: Kept, frame: Frame): number {
  if (key === undefined) return told
  const keyOf = (row: number): bigint => key.values[of.entry[row] as number] as bigint
  const next = told < to ? keyOf(told) : passed
  const limit =
    frame.from === undefined
      ? keyOf(told - 1) + BigInt(frame.to ?? 0)
      : (next < passed ? next : passed) + BigInt(frame.from)
  let first = told
  while (first > from && keyOf(first - 1) >= limit) first--
  return first
}
