// Rounding, powers and logarithms of doubles and decimals; other numbers are converted to doubles first, as in PostgreSQL.
// A double that is infinite, or vanishes, though no argument asks for it, is out of range.
import { rint } from './cast.ts'
import { decimalFunctions, decimalOverloads } from './decimal.ts'
import { type Entry, type KernelName, raise } from './entry.ts'

type Real = (x: number) => number

function real(
  name: string,
  doc: string,
  example: string,
  twin: Real,
  kernel: KernelName | undefined,
  total = true,
): Entry {
  const overload = {
    args: ['double'],
    result: 'double',
    twin,
    ...(kernel === undefined ? {} : { kernel, total }),
  } as const
  const exact = Object.hasOwn(decimalOverloads, name) ? decimalOverloads[name as 'ceil'] : []
  return { name, family: 'math', nulls: 'strict', overloads: [overload, ...exact], doc, example }
}

function sqrt(x: number): number {
  return x < 0 ? raise('INVALID_ARGUMENT') : Math.sqrt(x)
}

function exp(x: number): number {
  const result = Math.exp(x)
  return Number.isFinite(x) && (result === Number.POSITIVE_INFINITY || result === 0) ? raise('OUT_OF_RANGE') : result
}

const logarithm =
  (log: Real): Real =>
  x =>
    x <= 0 ? raise('INVALID_ARGUMENT') : log(x)

/** PostgreSQL's special cases: 1 to anything and anything to 0 is 1, even for NaN. */
function power(x: number, y: number): number {
  if (x === 1 || y === 0) return 1
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN
  if (x === 0 && y < 0) raise('INVALID_ARGUMENT')
  if (x < 0 && Number.isFinite(y) && Math.floor(y) !== y) raise('INVALID_ARGUMENT')
  if (x === -1 && !Number.isFinite(y)) return 1
  const result = x ** y
  if (!Number.isFinite(x) || !Number.isFinite(y)) return result
  if (!Number.isFinite(result) || (result === 0 && x !== 0)) raise('OUT_OF_RANGE')
  return result
}

/**
 * To `digits` decimals: the number as it prints is rounded as on paper, half away from zero, so that 2.675 gives 2.68
 * although the double lies a little below it (PostgreSQL's `round(x::numeric, digits)`).
 */
function roundTo(x: number, digits: bigint): number {
  const [mantissa = '', power = '0'] = Math.abs(x).toExponential().split('e')
  const decimals = mantissa.replace('.', '')
  const kept = Number(power) + 1 + Number(digits)
  if (!Number.isFinite(x) || kept >= decimals.length) return x
  const whole = kept < 0 ? 0n : BigInt(`0${decimals.slice(0, kept)}`) + (decimals.charAt(kept) >= '5' ? 1n : 0n)
  const result = Number(`${whole}e${-digits}`)
  if (result === Number.POSITIVE_INFINITY) raise('OUT_OF_RANGE')
  return x < 0 ? -result : result
}

const rounding = real('round', '', 'round(2.675, 2) → 2.68', rint, 'roundF64')

const ceiling = real('ceil', 'Up to the next whole number.', 'ceil(1.2) → 2', Math.ceil, 'ceilF64')

export const mathematics: readonly Entry[] = [
  { ...ceiling, aliases: ['ceiling'] },
  real('floor', 'Down to the next whole number.', 'floor(-1.2) → -2', Math.floor, 'floorF64'),
  {
    ...rounding,
    doc: 'To the nearest whole number, half to even (a decimal: away from zero); with a second argument to so many decimals (of its decimal text, half away from zero; negative: tens, hundreds …).',
    overloads: [...rounding.overloads, { args: ['double', 'int'], result: 'double', twin: roundTo }],
  },
  real('trunc', 'Without the fraction.', 'trunc(-1.9) → -1', Math.trunc, 'truncF64'),
  real('sqrt', 'The square root; of a negative number an error.', 'sqrt(9) → 3', sqrt, 'sqrtF64', false),
  real('exp', 'e to the power.', 'exp(0) → 1', exp, undefined),
  real('ln', 'The natural logarithm; of zero and less an error.', 'ln(1) → 0', logarithm(Math.log), undefined),
  {
    ...real('log10', 'The logarithm to base 10.', 'log10(1000) → 3', logarithm(Math.log10), undefined),
    aliases: ['log'],
  },
  {
    name: 'power',
    aliases: ['pow'],
    family: 'math',
    nulls: 'strict',
    overloads: [{ args: ['double', 'double'], result: 'double', twin: power }, ...decimalOverloads.power],
    doc: 'The first to the power of the second.',
    example: 'power(2, 10) → 1024',
  },
  {
    name: 'sign',
    family: 'math',
    nulls: 'strict',
    overloads: [
      {
        args: ['int'],
        result: 'int',
        kernel: 'signI64',
        total: true,
        twin: (a: bigint) => (a > 0n ? 1n : a < 0n ? -1n : 0n),
      },
      {
        args: ['bigint'],
        result: 'bigint',
        kernel: 'signI64',
        total: true,
        twin: (a: bigint) => (a > 0n ? 1n : a < 0n ? -1n : 0n),
      },
      {
        args: ['double'],
        result: 'double',
        kernel: 'signF64',
        total: true,
        twin: (a: number) => (a > 0 ? 1 : a < 0 ? -1 : 0),
      },
      ...decimalOverloads.sign,
    ],
    doc: '-1, 0 or 1.',
    example: 'sign(-5) → -1',
  },
  ...decimalFunctions,
]
