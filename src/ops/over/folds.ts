// Functions over frames that see each row of a frame in order. A frame that goes on where the last one began only adds what
// is new; one that leaves rows out is gone through anew.
import { fail } from '../../base/index.ts'
import type { Decimal } from '../../data/index.ts'
import { DecimalFold } from './decimal-fold.ts'
import type { Frames } from './frame.ts'
import type { Argument, Computed, Spread, Taken } from './functions.ts'
import type { Sequence } from './sequence.ts'

/** What the rows of a frame come to. */
interface Fold {
  clear(): void
  add(entry: number): void
  /** The frame of this row is complete. */
  put(row: number): void
}

function folded(of: Sequence, { from: begins, to: ends, excludes }: Frames, fold: Fold): void {
  let [from, to] = [-1, -1]
  for (let i = 0; i < of.rows; i++) {
    const [first, last] = [begins[i] as number, ends[i] as number]
    if (excludes !== undefined || first !== from || last < to) {
      fold.clear()
      ;[from, to] = [first, first]
    }
    for (; to < last; to++) if (excludes === undefined || !excludes(i, to)) fold.add(of.entry[to] as number)
    fold.put(i)
  }
}

/** Row number `n` of those of the frame, from 1; from its end if negative. */
export function nthAmong(of: Sequence, frames: Frames, n: number): Taken {
  const taken = new Int32Array(of.rows).fill(-1)
  const seen: number[] = []
  folded(of, frames, {
    clear() {
      seen.length = 0
    },
    add: entry => void seen.push(entry),
    put(row) {
      taken[row] = seen.at(n > 0 ? n - 1 : n) ?? -1
    },
  })
  return taken
}

/** Rows of the frame that are not left out; with an argument those where it is not null. */
export function countAmong(of: Sequence, frames: Frames, argument: Argument | undefined): Computed {
  const values = new BigInt64Array(of.rows)
  let count = 0
  folded(of, frames, {
    clear() {
      count = 0
    },
    add(entry) {
      if (argument?.isNull(entry) !== true) count++
    },
    put(row) {
      values[row] = BigInt(count)
    },
  })
  return { values, valid: new Uint8Array(of.rows).fill(1) }
}

/** The least or greatest value of the frame; of equal ones the first. */
export function extremeOf(of: Sequence, frames: Frames, argument: Argument, greatest: boolean): Taken {
  const taken = new Int32Array(of.rows).fill(-1)
  const sign = greatest ? -1 : 1
  let best = -1
  folded(of, frames, {
    clear() {
      best = -1
    },
    add(entry) {
      if (!argument.isNull(entry) && (best < 0 || sign * argument.compare(entry, best) < 0)) best = entry
    },
    put(row) {
      taken[row] = best
    },
  })
  return taken
}

/** Sums (and `mean`: divided by the number of values). Doubles are added in order, with compensation (Neumaier 1974). */
export function sumOf(
  of: Sequence,
  frames: Frames,
  argument: Argument,
  { fn, name }: { readonly fn: 'sum' | 'avg'; readonly name: string },
  only: Uint8Array | undefined,
): Computed {
  if (argument.decimals !== undefined) return decimalOf(of, frames, argument, { fn, name }, only)
  const mean = fn === 'avg'
  const isWhole = argument.values instanceof BigInt64Array
  const values = isWhole && !mean ? new BigInt64Array(of.rows) : new Float64Array(of.rows)
  const sum = isWhole ? new WholeSum(argument.values) : new DoubleSum(argument.values as Float64Array)
  const result = () => (mean ? sum.mean() : sum.total(name))
  return totals(of, frames, argument, sum, values, () => (sum.count === 0 ? undefined : result()), only)
}

/** What is added up of a frame's rows, written where it says something; 0 in `only`: a row that nobody asks for. */
function totals(
  of: Sequence,
  frames: Frames,
  argument: Argument,
  total: { clear(): void; add(entry: number): void },
  values: Computed['values'],
  result: () => number | bigint | Decimal | undefined,
  only?: Uint8Array,
): Computed {
  const valid = new Uint8Array(of.rows)
  folded(of, frames, {
    clear: () => total.clear(),
    add(entry) {
      if (!argument.isNull(entry)) total.add(entry)
    },
    put(row) {
      const made = only?.[row] === 0 ? undefined : result()
      if (made === undefined) return
      valid[row] = 1
      values[row] = made as never
    },
  })
  return { values, valid }
}

/** Sums, means and spreads of decimals. */
function decimalOf(
  of: Sequence,
  frames: Frames,
  argument: Argument,
  { fn, name }: { readonly fn: string; readonly name: string },
  only?: Uint8Array,
): Computed {
  const fold = new DecimalFold(argument.decimals?.() ?? [])
  const values = new Array<Decimal>(of.rows).fill('NaN')
  return totals(of, frames, argument, fold, values, () => fold.result(fn, name), only)
}

export class WholeSum {
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
  /** As three words: the lower and the upper half of the sum, the count. */
  give(): readonly (bigint | number)[] {
    return [BigInt.asIntN(64, this.#sum), this.#sum >> 64n, BigInt(this.count)]
  }
  take([lower, upper, count]: readonly (bigint | number)[]): void {
    this.#sum = ((upper as bigint) << 64n) | BigInt.asUintN(64, lower as bigint)
    this.count = Number(count)
  }
  total(name: string): bigint {
    if (BigInt.asIntN(64, this.#sum) !== this.#sum)
      fail('INTEGER_OVERFLOW', { expression: `the sum '${name}'`, arguments: 'the rows of a frame', bits: '64' })
    return this.#sum
  }
}

export class DoubleSum {
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
  give(): readonly (bigint | number)[] {
    return [this.#sum, this.#lost, BigInt(this.count)]
  }
  take([sum, lost, count]: readonly (bigint | number)[]): void {
    this.#sum = sum as number
    this.#lost = lost as number
    this.count = Number(count)
  }
}

/** Variances and deviations, by the sum of squared differences as it grows (Youngs and Cramer 1971). */
export function spreadOf(
  of: Sequence,
  frames: Frames,
  argument: Argument,
  { fn, name }: { readonly fn: Spread; readonly name: string },
): Computed {
  if (argument.decimals !== undefined) return decimalOf(of, frames, argument, { fn, name })
  const squares = new Squares(argument.values as Float64Array)
  return totals(of, frames, argument, squares, new Float64Array(of.rows), () => squares.total(fn))
}

/** Count, sum, and squared differences from the mean. */
export class Squares {
  readonly #values: Float64Array
  #sum = 0
  #squares = 0
  count = 0

  constructor(values: Float64Array) {
    this.#values = values
  }
  clear(): void {
    this.count = this.#sum = this.#squares = 0
  }
  add(entry: number): void {
    const value = this.#values[entry] as number
    this.count++
    this.#sum += value
    const { count } = this
    const difference = value * count - this.#sum
    if (count > 1) this.#squares += (difference * difference) / (count * (count - 1))
    else if (!Number.isFinite(value)) this.#squares = Number.NaN
  }
  /** Undefined: there are too few values. */
  total(fn: Spread): number | undefined {
    const by = fn.endsWith('_samp') ? this.count - 1 : this.count
    if (by <= 0) return undefined
    const variance = this.#squares / by
    return fn.startsWith('var') ? variance : Math.sqrt(variance)
  }
  give(): readonly (bigint | number)[] {
    return [this.#sum, this.#squares, BigInt(this.count)]
  }
  take([sum, squares, count]: readonly (bigint | number)[]): void {
    this.#sum = sum as number
    this.#squares = squares as number
    this.count = Number(count)
  }
}
