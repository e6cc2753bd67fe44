// Arithmetic of decimals: PostgreSQL's answers, asked of it (test/sql/postgres/numeric.sql asks again).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MillraceError } from '../../src/base/index.ts'
import {
  addDecimals,
  bucketOf,
  type Decimal,
  decimalText,
  divided,
  floored,
  gcdDecimal,
  lcmDecimal,
  multiplied,
  partsOf,
  remainder,
  rounded,
  truncated,
  wholeQuotient,
} from '../../src/data/index.ts'

type Binary = (a: Decimal, b: Decimal) => Decimal

const answer = (run: Binary, a: string, b: string): string => {
  try {
    return decimalText(run(partsOf(a), partsOf(b)))
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    return error.code
  }
}

const rows: readonly (readonly [name: string, Binary, a: string, b: string, wanted: string])[] = [
  ['+', addDecimals, '1.10', '2', '3.10'],
  ['+', addDecimals, 'Infinity', '-Infinity', 'NaN'],
  ['+', addDecimals, '9'.repeat(36), '1', 'NUMERIC_OVERFLOW'],
  ['*', multiplied, '1.10', '2.50', '2.7500'],
  ['*', multiplied, 'Infinity', '0', 'NaN'],
  ['*', multiplied, 'Infinity', '-2', '-Infinity'],
  ['/', divided, '1', '3', '0.33333333333333333333'],
  ['/', divided, '10', '4', '2.5000000000000000'],
  ['/', divided, '1', '7000', '0.00014285714285714286'],
  ['/', divided, '12345678901', '7', '1763668414.42857143'],
  ['/', divided, '2', '3.000', '0.66666666666666666667'],
  ['/', divided, '-5', 'Infinity', '0'],
  ['/', divided, '5', '0', 'DIVISION_BY_ZERO'],
  ['/', divided, 'NaN', '0', 'NaN'],
  ['%', remainder, '7.5', '2', '1.5'],
  ['%', remainder, '-7.5', '2.00', '-1.50'],
  ['%', remainder, '5', 'Infinity', '5'],
  ['%', remainder, 'Infinity', '5', 'NaN'],
  ['div', wholeQuotient, '-7.5', '2', '-3'],
  ['gcd', gcdDecimal, '12.5', '7.5', '2.5'],
  ['lcm', lcmDecimal, '4', '0.6', '12.0'],
]

for (const [name, run, a, b, wanted] of rows)
  test(`${a} ${name} ${b} is ${wanted}`, () => assert.equal(answer(run, a, b), wanted))

test('rounding, cutting, up and down', () => {
  assert.equal(decimalText(rounded(partsOf('1234.5678'), 2n)), '1234.57')
  assert.equal(decimalText(rounded(partsOf('1250'), -2n)), '1300')
  assert.equal(decimalText(truncated(partsOf('-1.999'), 1n)), '-1.9')
  assert.equal(decimalText(truncated(partsOf('199'), -2n)), '100')
  assert.equal(decimalText(floored(partsOf('-1.5'), false)), '-2')
  assert.equal(decimalText(floored(partsOf('-1.5'), true)), '-1')
})

test('buckets', () => {
  const bucket = (a: string, low: string, high: string, count: bigint): bigint =>
    bucketOf(partsOf(a), partsOf(low), partsOf(high), count)
  assert.equal(bucket('5.35', '0.024', '10.06', 5n), 3n)
  assert.equal(bucket('10.06', '0.024', '10.06', 5n), 6n)
  assert.equal(bucket('-1', '0', '10', 5n), 0n)
  assert.equal(bucket('2', '10', '0', 5n), 5n)
  assert.throws(() => bucket('2', '1', '1', 5n), MillraceError)
})
