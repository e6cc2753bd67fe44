// Lists that count: from a number or a time to another by steps.
import {
  type Decimal,
  decimalText,
  intervalParts,
  isSpecial,
  listBytes,
  partsOf,
  rescaled,
  seriesBytes,
} from '../../data/index.ts'
import { listOf, type ScalarType, scalars } from '../../types/index.ts'
import { withScale } from './decimal.ts'
import { raise } from './entry.ts'
import { later } from './interval.ts'

/** Elements of a list at most. */
export const LONGEST = 10_000_000

export function wholeSeries(from: bigint, to: bigint, by = 1n): Uint8Array {
  if (by === 0n) raise('INVALID_ARGUMENT')
  const steps = (to - from) / by
  if (steps > LONGEST) raise('OUT_OF_RANGE')
  const isEmpty = by > 0n ? to < from : to > from
  return seriesBytes(from, by, isEmpty ? 0 : Number(steps) + 1)
}

export function timeSeries(from: bigint, to: bigint, by: Uint8Array): Uint8Array {
  const { months, days, micros } = intervalParts(by)
  const length = (BigInt(months) * 30n + BigInt(days)) * 86_400_000_000n + micros
  if (length === 0n) raise('INVALID_ARGUMENT')
  if ((to - from) / length > LONGEST) raise('OUT_OF_RANGE')
  const values: bigint[] = []
  for (let at = from; length > 0n ? at <= to : at >= to; at = later(at, by)) values.push(at)
  return listBytes(listOf(scalars.timestamp), values)
}

/** Where they are known, all have the digits of the start or the step, whichever has more. */
export function digitsOfSeries([from, , by]: readonly (ScalarType | undefined)[]): ScalarType {
  const scales = [from, by].map(each => (each?.kind === 'decimal' ? each.scale : each?.kind === 'int' ? 0 : undefined))
  if (from === undefined || scales[0] === undefined || (by !== undefined && scales[1] === undefined))
    return scalars.decimal
  return withScale(Math.max(scales[0], scales[1] ?? 0))
}

/** Each with as many digits behind the point as the start or the step has. */
export function decimalSeries(start: string, end: string, step = '1'): Uint8Array {
  const [from, to, by] = [start, end, step].map(partsOf) as [Decimal, Decimal, Decimal]
  if (isSpecial(from) || isSpecial(to) || isSpecial(by) || by.coefficient === 0n) return raise('INVALID_ARGUMENT')
  const scale = Math.max(from.scale, by.scale, to.scale)
  const [first, last, stride] = [from, to, by].map(each => rescaled(each, scale).coefficient) as [
    bigint,
    bigint,
    bigint,
  ]
  if ((last - first) / stride > LONGEST) return raise('OUT_OF_RANGE')
  const shown = Math.max(from.scale, by.scale)
  const values: string[] = []
  for (let at = first; stride > 0n ? at <= last : at >= last; at += stride)
    values.push(decimalText(rescaled({ coefficient: at, scale }, values.length === 0 ? from.scale : shown)))
  return listBytes(listOf(scalars.decimal), values)
}
