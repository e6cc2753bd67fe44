// Frames of window functions: which rows of its group a row's function sees, as [from, to) of the sequence.
import type { Sequence } from './sequence.ts'

/**
 * Offsets from the current row, negative before it; undefined: to the group's end. Range offsets are of the order key,
 * offsets of groups count peers as one.
 */
export interface Frame {
  readonly mode: 'rows' | 'range' | 'groups'
  readonly from: number | bigint | undefined
  readonly to: number | bigint | undefined
  /** What is left out of it: the row, the row with its peers, or its peers alone. */
  readonly exclude?: 'row' | 'group' | 'ties' | undefined
}

export interface Frames {
  readonly from: Int32Array
  readonly to: Int32Array
  /** Whether row `at` is left out of the frame of row `of`; undefined: none is. */
  readonly excludes: ((of: number, at: number) => boolean) | undefined
}

/** The order key of each entry, where a range has offsets; all of one type. */
export interface RangeKey {
  readonly values: BigInt64Array | Float64Array
  isNull(entry: number): boolean
  readonly descending: boolean
}

export function framesOf(frame: Frame, of: Sequence, key: RangeKey | undefined): Frames {
  const [from, to] = [new Int32Array(of.rows), new Int32Array(of.rows)]
  const peers = frame.mode === 'groups' ? peersOf(of) : undefined
  for (let i = 0; i < of.rows; i++) {
    const [first, last] = [of.groupFrom[i] as number, of.groupTo[i] as number]
    if (frame.mode === 'rows') {
      from[i] = frame.from === undefined ? first : clamp(i + Number(frame.from), first, last)
      to[i] = frame.to === undefined ? last : clamp(i + Number(frame.to) + 1, first, last)
    } else if (peers !== undefined) {
      from[i] = frame.from === undefined ? first : peersEdge(of, peers, i, Number(frame.from))
      to[i] = frame.to === undefined ? last : peersEdge(of, peers, i, Number(frame.to) + 1)
    } else {
      from[i] = frame.from === undefined ? first : rangeEdge(of, key, i, frame.from, false)
      to[i] = frame.to === undefined ? last : rangeEdge(of, key, i, frame.to, true)
    }
  }
  return { from, to, excludes: exclusion(frame.exclude, of) }
}

function exclusion(what: Frame['exclude'], of: Sequence): Frames['excludes'] {
  if (what === undefined) return undefined
  if (what === 'row') return (i, at) => at === i
  const isPeer = (i: number, at: number): boolean => at >= (of.peersFrom[i] as number) && at < (of.peersTo[i] as number)
  return what === 'group' ? isPeer : (i, at) => at !== i && isPeer(i, at)
}

/** Where each set of peers begins, and the number of the set that a row is of. */
interface Peers {
  readonly starts: Int32Array
  readonly of: Int32Array
}

function peersOf({ rows, peersFrom }: Sequence): Peers {
  const [starts, of] = [new Int32Array(rows), new Int32Array(rows)]
  let sets = 0
  for (let i = 0; i < rows; i++) {
    if (peersFrom[i] === i) starts[sets++] = i
    of[i] = sets - 1
  }
  return { starts: starts.subarray(0, sets), of }
}

/** The first row of the peers that are `offset` sets on, within the row's group. */
function peersEdge(of: Sequence, { starts, of: sets }: Peers, i: number, offset: number): number {
  const [first, last] = [of.groupFrom[i] as number, of.groupTo[i] as number]
  const wanted = Math.min((sets[i] as number) + offset, starts.length)
  return clamp(wanted < 0 ? first : (starts[wanted] ?? last), first, last)
}

const clamp = (i: number, first: number, last: number): number => Math.max(first, Math.min(last, i))

/** The first row of the frame, or (`past`) the first behind it. */
function rangeEdge(of: Sequence, key: RangeKey | undefined, i: number, offset: number | bigint, past: boolean): number {
  const entry = of.entry[i] as number
  // Rows of null are peers of one another, and near to nothing else.
  if (key === undefined || Number(offset) === 0 || key.isNull(entry))
    return (past ? of.peersTo : of.peersFrom)[i] as number
  let [low, high] = withoutNulls(of, key, i)
  const bound = boundOf(key, entry, offset, past)
  while (low < high) {
    const middle = (low + high) >>> 1
    const way = compareKeys(key.values[of.entry[middle] as number] as number, bound) * (key.descending ? -1 : 1)
    const isBefore = past ? way <= 0 : way < 0
    if (isBefore) low = middle + 1
    else high = middle
  }
  return low
}

/** The key at the edge; where it would be infinity less infinity, the edge is behind all numbers. */
function boundOf({ values, descending }: RangeKey, entry: number, offset: number | bigint, past: boolean): number {
  const own = values[entry] as number | bigint
  const sign = descending ? -1 : 1
  if (typeof own === 'bigint') return (own + BigInt(sign) * BigInt(offset)) as never
  const bound = own + sign * Number(offset)
  return Number.isNaN(bound) && !Number.isNaN(own) ? (past !== descending ? Infinity : -Infinity) : bound
}

/** NaN is the greatest, and equal to itself. */
function compareKeys(a: number, b: number): number {
  if (a < b) return -1
  if (a > b) return 1
  return a === b ? 0 : Number(Number.isNaN(a)) - Number(Number.isNaN(b))
}

/** The rows of the group whose order key is not null: they lie together. */
function withoutNulls(of: Sequence, key: RangeKey, i: number): [number, number] {
  let [first, last] = [of.groupFrom[i] as number, of.groupTo[i] as number]
  if (key.isNull(of.entry[first] as number)) first = of.peersTo[first] as number
  if (key.isNull(of.entry[last - 1] as number)) last = of.peersFrom[last - 1] as number
  return [first, last]
}
