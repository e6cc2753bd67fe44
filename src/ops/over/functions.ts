// Window functions over a sequence: what each row's is, as a number, or as the entry whose value it takes.
import type { Decimal } from '../../data/index.ts'
import { countAmong, extremeOf, nthAmong, spreadOf, sumOf } from './folds.ts'
import { type Frame, type Frames, framesOf, type RangeKey } from './frame.ts'
import type { Sequence } from './sequence.ts'

/** A window function; columns are numbers of the input's. */
export type OverFunction =
  | { readonly fn: 'row_number' | 'rank' | 'dense_rank' | 'percent_rank' | 'cume_dist' }
  | { readonly fn: 'ntile'; readonly n: number }
  /** lead (offset > 0) and lag (offset < 0). */
  | { readonly fn: 'shift'; readonly column: number; readonly offset: number }
  /** first_value (1), nth_value (n) and last_value (-1). */
  | { readonly fn: 'nth'; readonly column: number; readonly n: number; readonly frame: Frame }
  | { readonly fn: 'count'; readonly column: number | undefined; readonly frame: Frame }
  | { readonly fn: 'min' | 'max'; readonly column: number; readonly frame: Frame }
  | { readonly fn: 'sum' | 'avg'; readonly column: number; readonly frame: Frame; readonly name: string }
  | { readonly fn: Spread; readonly column: number; readonly frame: Frame; readonly name: string }

/** Variances and deviations; their column is of doubles or decimals. */
export type Spread = 'var_samp' | 'var_pop' | 'stddev_samp' | 'stddev_pop'

/** What a function makes: values, or values of a column. */
export type Result =
  | { readonly what: 'computed'; readonly computed: Computed }
  | { readonly what: 'taken'; readonly taken: Taken; readonly column: number }

/** @param only of the rows whose results are asked for (0: not): sums of others are not taken. */
export function resultOf(
  spec: OverFunction,
  of: Sequence,
  argument: (column: number) => Argument,
  key: RangeKey | undefined,
  only?: Uint8Array,
): Result {
  const computed = (made: Computed): Result => ({ what: 'computed', computed: made })
  switch (spec.fn) {
    case 'row_number':
      return computed(rowNumber(of))
    case 'rank':
      return computed(rank(of))
    case 'dense_rank':
      return computed(denseRank(of))
    case 'percent_rank':
      return computed(percentRank(of))
    case 'cume_dist':
      return computed(cumeDist(of))
    case 'ntile':
      return computed(ntile(of, spec.n))
    case 'shift':
      return { what: 'taken', taken: shifted(of, spec.offset), column: spec.column }
    default:
      return inFrames(spec, of, argument, framesOf(spec.frame, of, key), only)
  }
}

function inFrames(
  spec: Extract<OverFunction, { readonly frame: Frame }>,
  of: Sequence,
  argument: (column: number) => Argument,
  frames: Frames,
  only: Uint8Array | undefined,
): Result {
  switch (spec.fn) {
    case 'nth':
      return { what: 'taken', taken: nthOf(of, frames, spec.n), column: spec.column }
    case 'count': {
      const counted = spec.column === undefined ? undefined : argument(spec.column)
      return { what: 'computed', computed: countOf(of, frames, counted) }
    }
    case 'min':
    case 'max': {
      const taken = extremeOf(of, frames, argument(spec.column), spec.fn === 'max')
      return { what: 'taken', taken, column: spec.column }
    }
    case 'sum':
    case 'avg':
      return { what: 'computed', computed: sumOf(of, frames, argument(spec.column), spec, only) }
    default:
      return { what: 'computed', computed: spreadOf(of, frames, argument(spec.column), spec) }
  }
}

/** Per row: the entry whose value it is, -1 = null. */
export type Taken = Int32Array

/** Per row: a whole number, a double or a decimal, and whether there is one. */
export interface Computed {
  readonly values: BigInt64Array | Float64Array | Decimal[]
  readonly valid: Uint8Array
}

/** The argument's values by entry. */
export interface Argument {
  isNull(entry: number): boolean
  /** Negative, 0 or positive, as SQL orders values that are not null. */
  compare(a: number, b: number): number
  /** Of numbers only. */
  readonly values: BigInt64Array | Float64Array | undefined
  /** Of decimals only. */
  decimals?(): readonly Decimal[]
}

const whole = (rows: number): { values: BigInt64Array<ArrayBuffer>; valid: Uint8Array } => ({
  values: new BigInt64Array(rows),
  valid: new Uint8Array(rows).fill(1),
})

function rowNumber(of: Sequence): Computed {
  const out = whole(of.rows)
  for (let i = 0; i < of.rows; i++) out.values[i] = BigInt(i - (of.groupFrom[i] as number) + 1)
  return out
}

function rank(of: Sequence): Computed {
  const out = whole(of.rows)
  for (let i = 0; i < of.rows; i++)
    out.values[i] = BigInt((of.peersFrom[i] as number) - (of.groupFrom[i] as number) + 1)
  return out
}

function denseRank(of: Sequence): Computed {
  const out = whole(of.rows)
  let keys = 0n
  for (let i = 0; i < of.rows; i++) {
    if (of.groupFrom[i] === i) keys = 0n
    if (of.peersFrom[i] === i) keys++
    out.values[i] = keys
  }
  return out
}

function percentRank(of: Sequence): Computed {
  const values = new Float64Array(of.rows)
  for (let i = 0; i < of.rows; i++) {
    const [from, to] = [of.groupFrom[i] as number, of.groupTo[i] as number]
    values[i] = to - from <= 1 ? 0 : ((of.peersFrom[i] as number) - from) / (to - from - 1)
  }
  return { values, valid: new Uint8Array(of.rows).fill(1) }
}

function cumeDist(of: Sequence): Computed {
  const values = new Float64Array(of.rows)
  for (let i = 0; i < of.rows; i++) {
    const from = of.groupFrom[i] as number
    values[i] = ((of.peersTo[i] as number) - from) / ((of.groupTo[i] as number) - from)
  }
  return { values, valid: new Uint8Array(of.rows).fill(1) }
}

/** `buckets` parts of sizes that differ by one at most, the larger ones first. */
function ntile(of: Sequence, buckets: number): Computed {
  const out = whole(of.rows)
  for (let i = 0; i < of.rows; i++) {
    const from = of.groupFrom[i] as number
    const [rows, at] = [(of.groupTo[i] as number) - from, i - from]
    const [size, more] = [Math.floor(rows / buckets), rows % buckets]
    const inLarger = more * (size + 1)
    const bucket = at < inLarger ? Math.floor(at / (size + 1)) : more + Math.floor((at - inLarger) / size)
    out.values[i] = BigInt(bucket + 1)
  }
  return out
}

/** The row `offset` rows on (negative: before), within its group. */
function shifted(of: Sequence, offset: number): Taken {
  const taken = new Int32Array(of.rows).fill(-1)
  for (let i = 0; i < of.rows; i++) {
    const at = i + offset
    if (at >= (of.groupFrom[i] as number) && at < (of.groupTo[i] as number)) taken[i] = of.entry[at] as number
  }
  return taken
}

/** Row number `n` of the frame, from 1; from its end if negative. */
function nthOf(of: Sequence, frames: Frames, n: number): Taken {
  if (frames.excludes !== undefined) return nthAmong(of, frames, n)
  const taken = new Int32Array(of.rows).fill(-1)
  for (let i = 0; i < of.rows; i++) {
    const [from, to] = [frames.from[i] as number, frames.to[i] as number]
    const at = n > 0 ? from + n - 1 : to + n
    if (at >= from && at < to) taken[i] = of.entry[at] as number
  }
  return taken
}

/** Rows of the frame; with an argument those where it is not null. */
function countOf(of: Sequence, frames: Frames, argument: Argument | undefined): Computed {
  if (frames.excludes !== undefined) return countAmong(of, frames, argument)
  const out = whole(of.rows)
  const before = argument === undefined ? undefined : presentBefore(of, argument)
  for (let i = 0; i < of.rows; i++) {
    const [from, to] = [frames.from[i] as number, Math.max(frames.from[i] as number, frames.to[i] as number)]
    out.values[i] = BigInt(before === undefined ? to - from : (before[to] as number) - (before[from] as number))
  }
  return out
}

/** How many of the first i rows have a value. */
function presentBefore(of: Sequence, argument: Argument): Int32Array {
  const before = new Int32Array(of.rows + 1)
  for (let i = 0; i < of.rows; i++)
    before[i + 1] = (before[i] as number) + (argument.isNull(of.entry[i] as number) ? 0 : 1)
  return before
}
