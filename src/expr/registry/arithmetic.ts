// Arithmetic is PostgreSQL's: 64-bit integers overflow into an error, integer division truncates towards zero, a
// double that overflows or underflows from finite operands is an error, and so is division by zero.
import { integer, type PlainKind } from '../../types/index.ts'
import { decimalOverloads } from './decimal.ts'
import { type Entry, int64, type KernelName, type Overload, raise } from './entry.ts'
import { intervalDifferences, intervalNegation, intervalProducts, intervalQuotients, intervalSums } from './interval.ts'
import { narrowIntegers, width } from './width.ts'

type Letter = 'I64' | 'F64' | 'F32'
const integers: readonly PlainKind[] = ['int', 'bigint']

/** A double result that must be finite if the operands are. */
function finite(result: number, ...operands: readonly number[]): number {
  if (!Number.isFinite(result) && !Number.isNaN(result) && operands.every(Number.isFinite)) raise('OUT_OF_RANGE')
  return result
}

function times(a: number, b: number, round: (x: number) => number): number {
  const result = finite(round(a * b), a, b)
  if (result === 0 && a !== 0 && b !== 0) raise('OUT_OF_RANGE')
  return result
}

function over(a: number, b: number, round: (x: number) => number): number {
  if (b === 0 && !Number.isNaN(a)) raise('DIVISION_BY_ZERO')
  const result = round(a / b)
  if (!Number.isFinite(result) && !Number.isNaN(result) && Number.isFinite(a)) raise('OUT_OF_RANGE')
  if (result === 0 && a !== 0 && Number.isFinite(b)) raise('OUT_OF_RANGE')
  return result
}

function rest(a: number, b: number): number {
  if (b === 0 && !Number.isNaN(a)) raise('DIVISION_BY_ZERO')
  return a % b
}

const wholeDivision = (a: bigint, b: bigint): bigint => (b === 0n ? raise('DIVISION_BY_ZERO') : int64(a / b))
const wholeRest = (a: bigint, b: bigint): bigint => (b === 0n ? raise('DIVISION_BY_ZERO') : a % b)
const same = (x: number): number => x

type Whole = (a: bigint, b: bigint) => bigint
type Real = (a: number, b: number, round: (x: number) => number) => number

/** The numeric overloads of a binary operator, double before float: int + float is a double. */
function binary(name: 'add' | 'sub' | 'mul' | 'div' | 'mod', whole: Whole, real: Real): readonly Overload[] {
  const kernel = (letter: Letter) => `${name}${letter}` as KernelName
  const constant = (letter: Letter) => (name === 'mod' ? {} : { constant: `${name}${letter}Constant` as KernelName })
  // a + b is b + a: the constant may be moved to the right, where it has a kernel.
  const mirror = (of: Overload): Overload => (name === 'add' || name === 'mul' ? { ...of, mirror: () => of } : of)
  const of = (kind: PlainKind, letter: Letter, twin: Overload['twin']): Overload =>
    mirror({
      args: [kind, kind],
      result: kind,
      kernel: kernel(letter),
      twin,
      ...(letter === 'F32' ? {} : constant(letter)),
    })
  return [
    ...integers.map(kind => ({ ...of(kind, 'I64', whole), ...width(kind) })),
    ...decimalOverloads[name],
    of('double', 'F64', (a: number, b: number) => real(a, b, same)),
    of('float', 'F32', (a: number, b: number) => real(a, b, Math.fround)),
  ]
}

const unary = (name: 'neg' | 'abs', whole: (a: bigint) => bigint, real: (a: number) => number): readonly Overload[] => [
  ...integers.map(kind => ({
    args: [kind],
    result: kind,
    kernel: `${name}I64` as 'negI64',
    twin: whole,
    ...width(kind),
  })),
  ...decimalOverloads[name],
  { args: ['double'], result: 'double', kernel: `${name}F64` as 'negF64', total: true, twin: real },
  { args: ['float'], result: 'float', kernel: `${name}F32` as 'negF32', total: true, twin: real },
]

const MIN_DAY = -2147483648
const MAX_DAY = 2147483647

function day(value: bigint): number {
  if (value < MIN_DAY || value > MAX_DAY) raise('OUT_OF_RANGE')
  return Number(value)
}

const dates = {
  add: (a: number, b: bigint) => day(BigInt(a) + b),
  addTo: (a: bigint, b: number) => day(BigInt(b) + a),
  sub: (a: number, b: bigint) => day(BigInt(a) - b),
  between: (a: number, b: number) => BigInt(a) - BigInt(b),
}

export const arithmetic: readonly Entry[] = [
  {
    name: 'add',
    family: 'arithmetic',
    nulls: 'strict',
    infix: '+',
    overloads: [
      ...binary(
        'add',
        (a, b) => int64(a + b),
        (a, b, round) => finite(round(a + b), a, b),
      ),
      { args: ['date', 'int'], result: 'date', kernel: 'addDays', twin: dates.add },
      { args: ['int', 'date'], result: 'date', kernel: 'addDays', swapped: true, twin: dates.addTo },
      ...intervalSums,
    ],
    doc: 'The sum; a date plus a number of days; a time plus an interval: months on the calendar, cut to its end, then days, then the time.',
    example: '1 + 2 → 3',
  },
  {
    name: 'sub',
    aliases: ['subtract', 'minus'],
    family: 'arithmetic',
    nulls: 'strict',
    infix: '-',
    overloads: [
      ...binary(
        'sub',
        (a, b) => int64(a - b),
        (a, b, round) => finite(round(a - b), a, b),
      ),
      { args: ['date', 'int'], result: 'date', kernel: 'subDays', twin: dates.sub },
      {
        args: ['date', 'date'],
        result: 'int',
        kernel: 'diffDays',
        total: true,
        typed: () => integer,
        twin: dates.between,
      },
      {
        args: ['timestamp', 'timestamp'],
        result: 'int',
        kernel: 'subI64',
        twin: (a: bigint, b: bigint) => int64(a - b),
      },
      ...intervalDifferences,
    ],
    doc: 'The difference; a date minus days; days between dates; microseconds between timestamps.',
    example: '3 - 2 → 1',
  },
  {
    name: 'mul',
    aliases: ['multiply', 'times'],
    family: 'arithmetic',
    nulls: 'strict',
    infix: '*',
    overloads: [...binary('mul', (a, b) => int64(a * b), times), ...intervalProducts],
    doc: 'The product.',
    example: '3 * 2 → 6',
  },
  {
    name: 'div',
    aliases: ['divide'],
    family: 'arithmetic',
    nulls: 'strict',
    infix: '/',
    dialects: { spark: 'div' },
    overloads: [...binary('div', wholeDivision, over), ...intervalQuotients],
    doc: 'The quotient; of integers truncated towards zero, of decimals to at least 16 digits. Division by zero is an error.',
    example: '7 / 2 → 3',
  },
  {
    name: 'mod',
    aliases: ['remainder'],
    family: 'arithmetic',
    nulls: 'strict',
    infix: '%',
    overloads: binary('mod', wholeRest, (a, b) => rest(a, b)),
    doc: 'The rest of the division, with the sign of the dividend.',
    example: '-7 % 3 → -1',
  },
  {
    name: 'neg',
    aliases: ['negate'],
    family: 'arithmetic',
    nulls: 'strict',
    infix: '-',
    overloads: [
      ...unary(
        'neg',
        a => int64(-a),
        a => -a,
      ),
      ...intervalNegation,
    ],
    doc: 'The number with the other sign.',
    example: '-(3) → -3',
  },
  {
    name: 'abs',
    family: 'arithmetic',
    nulls: 'strict',
    overloads: unary('abs', a => int64(a < 0n ? -a : a), Math.abs),
    doc: 'The absolute value.',
    example: 'abs(-3) → 3',
  },
  ...narrowIntegers,
]
