// Window functions that go on from where they were: of a frame that begins with the group, what its rows made so far is a
// few numbers, and the rows need not be kept. They are carried by the last row that was told, as columns. Where frames leave
// rows out, those are peers of the row: what is before the peers is added up for good, the rest for each row anew.
import { type Decimal, Kind, physical } from '../../data/index.ts'
import { DECIMAL_WORDS, DecimalFold } from './decimal-fold.ts'
import { DoubleSum, Squares, WholeSum } from './folds.ts'
import type { Frames } from './frame.ts'
import type { Argument, Computed, OverFunction, Spread } from './functions.ts'
import type { Sequence } from './sequence.ts'

export type Carried = readonly (bigint | number)[]

/** One function, group by group, row by row in order. */
export interface CarriedFold {
  /** Of the columns that carry it. */
  readonly kinds: readonly Kind[]
  /** What rows have; of others nothing is said. */
  readonly made: Computed
  /** A group begins, or goes on: the rows before `next` are in what was carried (`settledTo` of the row that carried it). */
  begin(carried: Carried | undefined, next: number): void
  /** Row `i`; `gap` rows of its group are before those of the sequence. */
  row(i: number, gap: number): void
  carry(): Carried
}

/** Undefined: the function is computed from rows that are kept. */
export function carriedFold(
  spec: OverFunction,
  of: Sequence,
  frames: Frames | undefined,
  argument: (column: number) => Argument,
): CarriedFold | undefined {
  if (spec.fn === 'row_number') return placed(of, i => i - (of.groupFrom[i] as number) + 1)
  if (spec.fn === 'rank') return placed(of, i => (of.peersFrom[i] as number) - (of.groupFrom[i] as number) + 1)
  if (spec.fn === 'dense_rank') return dense(of)
  if (!('frame' in spec) || spec.frame.from !== undefined || frames === undefined) return undefined
  if (spec.fn === 'count')
    return spec.column === undefined && frames.excludes === undefined
      ? placed(of, i => (frames.to[i] as number) - (of.groupFrom[i] as number))
      : counted(of, frames, spec.column === undefined ? undefined : argument(spec.column))
  const decimals = 'column' in spec && spec.column !== undefined ? argument(spec.column) : undefined
  if (decimals?.decimals !== undefined && 'name' in spec) return exact(spec, of, frames, decimals)
  if (spec.fn === 'sum' || spec.fn === 'avg') return summed(spec, of, frames, argument(spec.column))
  return isSpread(spec.fn)
    ? spread(spec.fn, of, frames, argument((spec as { readonly column: number }).column))
    : undefined
}

/** The columns that a function is carried by, in order. */
export function carriedKinds(spec: OverFunction, kinds: readonly Kind[]): readonly Kind[] {
  if (spec.fn === 'dense_rank') return [Kind.I64]
  if (!('frame' in spec) || spec.frame.from !== undefined) return []
  if (spec.fn === 'count') return spec.column === undefined && spec.frame.exclude === undefined ? [] : [Kind.I64]
  if (isExact(spec, kinds)) return exactKinds
  if (isSpread(spec.fn)) return sumKinds(Kind.F64)
  return spec.fn === 'sum' || spec.fn === 'avg' ? sumKinds(kinds[spec.column as number] as Kind) : []
}

const isSpread = (fn: OverFunction['fn']): fn is Spread => fn.startsWith('var_') || fn.startsWith('stddev_')

/** A sum, a mean or a spread of decimals. */
function isExact(spec: OverFunction, kinds: readonly Kind[]): boolean {
  const column = 'column' in spec ? spec.column : undefined
  return 'name' in spec && column !== undefined && physical(kinds[column] as Kind) === Kind.DECIMAL
}

const exactKinds: readonly Kind[] = new Array<Kind>(DECIMAL_WORDS).fill(Kind.I64)

const isDouble = (kind: Kind): boolean => kind === Kind.F64 || kind === Kind.F32

/** A whole sum has 128 bits, a double's the bits it lost beside it. */
const sumKinds = (kind: Kind): readonly Kind[] =>
  isDouble(kind) ? [Kind.F64, Kind.F64, Kind.I64] : [Kind.I64, Kind.I64, Kind.I64]

const wholes = (of: Sequence) => ({ values: new BigInt64Array(of.rows), valid: new Uint8Array(of.rows).fill(1) })

/** What follows from a row's place alone. */
function placed(of: Sequence, at: (i: number) => number): CarriedFold {
  const made = wholes(of)
  return {
    kinds: [],
    made,
    begin() {},
    row(i, gap) {
      made.values[i] = BigInt(at(i) + gap)
    },
    carry: () => [],
  }
}

function dense(of: Sequence): CarriedFold {
  const made = wholes(of)
  let keys = 0n
  return {
    kinds: [Kind.I64],
    made,
    begin(carried) {
      keys = (carried?.[0] as bigint | undefined) ?? 0n
    },
    row(i) {
      if (of.peersFrom[i] === i) keys++
      made.values[i] = keys
    },
    carry: () => [keys],
  }
}

/** A row's frame up to here is the beginning of those of all rows behind. */
export function settledTo(of: Sequence, { to, excludes }: Frames, row: number): number {
  const end = to[row] as number
  return excludes === undefined ? end : Math.min(end, of.peersFrom[row] as number)
}

/** The rows of a row's frame that are not settled. */
function* unsettled({ to, excludes }: Frames, row: number, from: number): Generator<number> {
  if (excludes === undefined) return
  for (let at = from; at < (to[row] as number); at++) if (!excludes(row, at)) yield at
}

function counted(of: Sequence, frames: Frames, argument: Argument | undefined): CarriedFold {
  const made = wholes(of)
  let [count, next] = [0n, 0]
  const one = (row: number): bigint => (argument?.isNull(of.entry[row] as number) === true ? 0n : 1n)
  return {
    kinds: [Kind.I64],
    made,
    begin(carried, from) {
      count = (carried?.[0] as bigint | undefined) ?? 0n
      next = from
    },
    row(i) {
      for (const to = settledTo(of, frames, i); next < to; next++) count += one(next)
      let all = count
      for (const at of unsettled(frames, i, next)) all += one(at)
      made.values[i] = all
    },
    carry: () => [count],
  }
}

/** What is added up of a frame's rows. */
interface Total {
  clear(): void
  take(carried: Carried): void
  add(entry: number): void
  give(): Carried
}

/** A total of the values so far, written where it says something. */
function totalled(
  total: Total,
  kinds: readonly Kind[],
  of: Sequence,
  frames: Frames,
  argument: Argument,
  values: Computed['values'],
  result: () => number | bigint | Decimal | undefined,
): CarriedFold {
  const valid = new Uint8Array(of.rows)
  let next = 0
  const add = (row: number): void => {
    const entry = of.entry[row] as number
    if (!argument.isNull(entry)) total.add(entry)
  }
  const put = (row: number): void => {
    const made = result()
    if (made === undefined) return
    valid[row] = 1
    values[row] = made as never
  }
  return {
    kinds,
    made: { values, valid },
    begin(carried, from) {
      total.clear()
      if (carried !== undefined) total.take(carried)
      next = from
    },
    row(i) {
      for (const to = settledTo(of, frames, i); next < to; next++) add(next)
      if (frames.excludes === undefined) return put(i)
      const settled = total.give()
      for (const at of unsettled(frames, i, next)) add(at)
      put(i)
      total.take(settled)
    },
    carry: () => total.give(),
  }
}

function summed(
  { fn, name }: { readonly fn: 'sum' | 'avg'; readonly name: string },
  of: Sequence,
  frames: Frames,
  argument: Argument,
): CarriedFold {
  const isWhole = argument.values instanceof BigInt64Array
  const sum = isWhole ? new WholeSum(argument.values) : new DoubleSum(argument.values as Float64Array)
  const values = isWhole && fn === 'sum' ? new BigInt64Array(of.rows) : new Float64Array(of.rows)
  const kinds = sumKinds(isWhole ? Kind.I64 : Kind.F64)
  const result = () => (fn === 'avg' ? sum.mean() : sum.total(name))
  return totalled(sum, kinds, of, frames, argument, values, () => (sum.count === 0 ? undefined : result()))
}

function exact(
  { fn, name }: { readonly fn: string; readonly name: string },
  of: Sequence,
  frames: Frames,
  argument: Argument,
): CarriedFold {
  const fold = new DecimalFold(argument.decimals?.() ?? [])
  const values = new Array<Decimal>(of.rows).fill('NaN')
  return totalled(fold, exactKinds, of, frames, argument, values, () => fold.result(fn, name))
}

function spread(fn: Spread, of: Sequence, frames: Frames, argument: Argument): CarriedFold {
  const squares = new Squares(argument.values as Float64Array)
  const values = new Float64Array(of.rows)
  return totalled(squares, sumKinds(Kind.F64), of, frames, argument, values, () => squares.total(fn))
}
