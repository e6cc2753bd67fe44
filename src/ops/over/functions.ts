// Window functions over a sequence: what each row's is, as a number, or as the entry whose value it takes.
import { fail } from '../../base/index.ts'
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

/** What a function makes: values, or values of a column. */
export type Result =
  | { readonly what: 'computed'; readonly computed: Computed }
  | { readonly what: 'taken'; readonly taken: Taken; readonly column: number }

export function resultOf(
  spec: OverFunction,
  of: Sequence,
  argument: (column: number) => Argument,
  key: RangeKey | undefined,
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
      return inFrames(spec, of, argument, framesOf(spec.frame, of, key))
  }
}

function inFrames(
  spec: Extract<OverFunction, { readonly frame: Frame }>,
  of: Sequence,
  argument: (column: number) => Argument,
  frames: Frames,
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
    default:
      return { what: 'computed', computed: sumOf(of, frames, argument(spec.column), spec.fn === 'avg', spec.name) }
  }
}

/** Per row: the entry whose value it is, -1 = null. */
type Taken = Int32Array

/** Per row: a whole number or a double, and whether there is one. */
interface Computed {
  readonly values: BigInt64Array | Float64Array
  readonly valid: Uint8Array
}

/** The argument's values by entry. */
export interface Argument {
  isNull(entry: number): boolean
  /** Negative, 0 or positive, as SQL orders values that are not null. */
  compare(a: number, b: number): number
  /** Of numbers only. */
  readonly values: BigInt64Array | Float64Array | undefined
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

/** The least or greatest value of the frame; of equal ones the first. */
function extremeOf(of: Sequence, frames: Frames, argument: Argument, greatest: boolean): Taken {
  const taken = new Int32Array(of.rows).fill(-1)
  const sign = greatest ? -1 : 1
  let [from, to, best] = [-1, -1, -1]
  for (let i = 0; i < of.rows; i++) {
    const [first, last] = [frames.from[i] as number, frames.to[i] as number]
    // A frame that goes on where the last one began only looks at what is new.
    if (first !== from || last < to) [from, to, best] = [first, first, -1]
    for (; to < last; to++) {
      const entry = of.entry[to] as number
      if (!argument.isNull(entry) && (best < 0 || sign * argument.compare(entry, best) < 0)) best = entry
    }
    taken[i] = best
  }
  return taken
}

/** Sums (and `mean`: divided by the number of values). Doubles are added in order, with compensation (Neumaier 1974). */
function sumOf(of: Sequence, frames: Frames, argument: Argument, mean: boolean, name: string): Computed {
  const isWhole = argument.values instanceof BigInt64Array
  const values = isWhole && !mean ? new BigInt64Array(of.rows) : new Float64Array(of.rows)
  const valid = new Uint8Array(of.rows)
  const sum = isWhole ? new WholeSum(argument.values) : new DoubleSum(argument.values as Float64Array)
  let [from, to] = [-1, -1]
  for (let i = 0; i < of.rows; i++) {
    const [first, last] = [frames.from[i] as number, frames.to[i] as number]
    if (first !== from || last < to) {
      sum.clear()
      ;[from, to] = [first, first]
    }
    for (; to < last; to++) if (!argument.isNull(of.entry[to] as number)) sum.add(of.entry[to] as number)
    if (sum.count === 0) continue
    valid[i] = 1
    if (mean) values[i] = sum.mean() as never
    else values[i] = sum.total(name) as never
  }
  return { values, valid }
}

class WholeSum {
  readonly #values: BigInt64Array
  #sum = 0n
  count = 0

  constructor(values: BigInt64Array) {
    this.#values = values
  }
  clear(): void {
    this.#sum = 0n
    this.count = 0
  }
  add(entry: number): void {
    this.#sum += this.#values[entry] as bigint
    this.count++
  }
  mean(): number {
    return Number(this.#sum) / this.count
  }
  total(name: string): bigint {
    if (BigInt.asIntN(64, this.#sum) !== this.#sum)
      fail('INTEGER_OVERFLOW', { expression: `the sum '${name}'`, arguments: 'the rows of a frame' })
    return this.#sum
  }
}

class DoubleSum {
  readonly #values: Float64Array
  #sum = 0
  #lost = 0
  count = 0

  constructor(values: Float64Array) {
    this.#values = values
  }
  clear(): void {
    this.#sum = this.#lost = this.count = 0
  }
  add(entry: number): void {
    const value = this.#values[entry] as number
    const sum = this.#sum + value
    this.#lost += Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - sum + value : value - sum + this.#sum
    this.#sum = sum
    this.count++
  }
  total(_name?: string): number {
    return Number.isFinite(this.#sum) ? this.#sum + this.#lost : this.#sum
  }
  mean(): number {
    return this.total() / this.count
  }
}
