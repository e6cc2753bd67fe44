// Results that are decimals, from the exact sums of src/kernels/assembly/agg-decimal.ts: PostgreSQL's digits, group by group.
import { fail, MillraceError } from '../../base/index.ts'
import {
  addDecimals,
  type Column,
  checked,
  type Decimal,
  divided,
  type Finite,
  isSpecial,
  type Memory,
  type Ptr,
  putDecimal,
  quotientOf,
  rescaled,
  rootOf,
  stripped,
} from '../../data/index.ts'
import { DECIMAL_SCALE } from '../../types/index.ts'
import type { AggregateColumn, InputColumn } from '../aggregate-spec.ts'
import { knownScale, type Result } from './parts.ts'
import type { Groups } from './update.ts'

const FUNCTIONS = ['sum', 'avg', 'var_samp', 'var_pop', 'stddev_samp', 'stddev_pop']

/** Whether a call's result is a decimal that is computed here; extremes and picks are kept as they are. */
export const isExact = ({ fn, type }: AggregateColumn): boolean => type.kind === 'decimal' && FUNCTIONS.includes(fn)

export function writeExact(
  memory: Memory,
  result: Result,
  { n, records, first }: Groups,
  column: Column,
  describe: (record: Ptr) => string,
): void {
  const { call, count } = result
  const least = call.fn.endsWith('_samp') ? 2n : 1n
  for (let i = 0; i < n; i++) {
    const record = memory.u32[(records >>> 2) + i] as Ptr
    const values = memory.i64[(record + count) >>> 3] as bigint
    if (values < least) continue
    const value = named(
      call,
      () => describe(record),
      () => exactValue(memory, result, record, values),
    )
    putDecimal(memory, column.values + (first + i) * 16, value)
    const bit = column.validity + ((first + i) >>> 3)
    memory.u8[bit] = (memory.u8[bit] as number) | (1 << ((first + i) & 7))
  }
}

function named(call: AggregateColumn, describe: () => string, compute: () => Decimal): Decimal {
  try {
    return compute()
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'NUMERIC_OVERFLOW') throw error
    const params = {
      expression: `the ${call.fn} '${call.name}'`,
      type: 'decimal',
      arguments: `the group ${describe()}`,
    }
    return fail('NUMERIC_OVERFLOW', params)
  }
}

function exactValue(memory: Memory, { call, at, at2, appendOnly }: Result, record: Ptr, n: bigint): Decimal {
  const arg = call.args[0] as InputColumn
  const sum = sumAt(memory, record + at, arg, appendOnly)
  if (call.fn === 'sum') return isSpecial(sum) ? sum : checked(sum)
  if (call.fn === 'avg') return isSpecial(sum) ? sum : divided(sum, { coefficient: n, scale: 0 })
  if (isSpecial(sum)) return 'NaN'
  const scale = knownScale(arg)
  const squares = integerAt(memory, record + at2, scale === undefined ? 14 : 5)
  const unit = scale ?? DECIMAL_SCALE
  const total = rescaled(sum, unit).coefficient
  const spread = { coefficient: n * squares - total * total, scale: 2 * unit }
  return spreadOf(rescaled(spread, 2 * sum.scale), n, call.fn)
}

/** n * squares - sum * sum over n * (n - 1), or its root; nothing below 0, which only deletes without rows can make. */
export function spreadOf(spread: Finite, n: bigint, fn: string): Decimal {
  if (spread.coefficient <= 0n) return { coefficient: 0n, scale: 0 }
  const divisor = { coefficient: n * (fn.endsWith('_samp') ? n - 1n : n), scale: 0 }
  const variance = quotientOf(spread, divisor)
  return checked(fn.startsWith('stddev') ? rootOf(variance, variance.scale) : variance)
}

const LIMBS_AT = 24

/** The sum of a part: what is not finite decides, else the integer, with the digits it shows. */
function sumAt(memory: Memory, at: Ptr, arg: InputColumn, appendOnly: boolean): Decimal {
  const [nans, up, down] = [0, 8, 16].map(offset => memory.i64[(at + offset) >>> 3] as bigint) as [
    bigint,
    bigint,
    bigint,
  ]
  if (nans > 0n) return 'NaN'
  if (up > 0n || down > 0n)
    return up > 0n && down > 0n ? addDecimals('Infinity', '-Infinity') : up > 0n ? 'Infinity' : '-Infinity'
  const scale = knownScale(arg)
  if (scale !== undefined) return { coefficient: integerAt(memory, at + LIMBS_AT, 3), scale }
  const whole = { coefficient: integerAt(memory, at + LIMBS_AT, 8), scale: DECIMAL_SCALE }
  return stripped(whole, scaleAt(memory, at + LIMBS_AT + 64, appendOnly))
}

/** The most digits that a value shows: kept as such, or the greatest scale that occurs. */
function scaleAt(memory: Memory, at: Ptr, appendOnly: boolean): number {
  if (appendOnly) return Number(memory.i64[at >>> 3])
  let scale = DECIMAL_SCALE
  while (scale > 0 && (memory.i64[(at >>> 3) + scale] as bigint) <= 0n) scale--
  return scale
}

/** A two's complement integer of so many limbs. */
function integerAt(memory: Memory, at: Ptr, limbs: number): bigint {
  let value = memory.i64[(at >>> 3) + limbs - 1] as bigint
  for (let i = limbs - 2; i >= 0; i--) value = (value << 64n) | BigInt.asUintN(64, memory.i64[(at >>> 3) + i] as bigint)
  return value
}
