// Which rows of a group stay for frames to come, once some were told. Of its beginning: the first rows that are taken by
// number, and the extremes so far; of its end: all rows from the first on that a frame, a lag, or a peer can still reach.
// Law: functions of the rows behind are the same over what stays as over all rows.
import { settledTo } from './carried.ts'
import type { Frame, Frames, RangeKey } from './frame.ts'
import type { Argument, OverFunction } from './functions.ts'
import type { Sequence } from './sequence.ts'

export interface Kept {
  readonly of: Sequence
  readonly functions: readonly OverFunction[]
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
  const { of, functions } = kept
  const { from, told, to } = group
  const first = firstNeeded(group, kept)
  const some = new Set<number>()
  for (let i = from; i < Math.min(told, from + frontOf(functions)); i++) some.add(of.entry[i] as number)
  for (const each of functions)
    if ((each.fn === 'min' || each.fn === 'max') && each.frame.from === undefined)
      some.add(extreme(group, kept, kept.argument(each.column), each.fn === 'max'))
  const needed = first < to ? (of.entry[first] as number) : Number.POSITIVE_INFINITY
  for (let e = of.entry[from] as number; e <= (of.entry[to - 1] as number); e++) if (e < needed && !some.has(e)) drop(e)
}

/** Of frames that begin with the group: its first rows that are taken by number. */
function frontOf(functions: readonly OverFunction[]): number {
  const numbers = functions.map(each => (each.fn === 'nth' && each.frame.from === undefined && each.n > 0 ? each.n : 0))
  return Math.max(0, ...numbers)
}

/** The entry of the least or greatest value that frames behind begin with, of equal ones the first; -1: none has one. */
function extreme({ from, told }: Told, { of, frames }: Kept, argument: Argument, greatest: boolean): number {
  const sign = greatest ? -1 : 1
  const to = settledTo(of, frames as Frames, told - 1)
  let best = -1
  for (let i = from; i < to; i++) {
    const entry = of.entry[i] as number
    if (!argument.isNull(entry) && (best < 0 || sign * argument.compare(entry, best) < 0)) best = entry
  }
  return best
}

/** The first of the rows that lie together up to the group's end and can still be reached. */
function firstNeeded(group: Told, kept: Kept): number {
  const { of, functions, frame, frames } = kept
  const { from, told, to } = group
  const lags = functions.map(each => (each.fn === 'shift' ? -each.offset : 0))
  const rows = frame?.mode === 'rows' ? edges(frame) : []
  const reached = [told - Math.max(1, ...lags, ...rows)]
  if (told < to) reached.push(of.peersFrom[told] as number)
  // What is settled ends before the peers; the last value of a frame may be the row before.
  if (frames?.excludes !== undefined) reached.push(settledTo(of, frames, told - 1) - 1)
  const sets = frame?.mode === 'groups' ? Math.max(0, ...edges(frame)) : 0
  if (sets > 0) reached.push(peersBack(of, told - 1, from, sets))
  if (frame?.mode === 'range') reached.push(inRange(group, kept, frame))
  return Math.max(from, Math.min(...reached))
}

/** How far before the row a frame begins and ends. */
const edges = ({ from, to }: Frame): number[] => [from, to].map(each => -Number(each ?? 0))

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
