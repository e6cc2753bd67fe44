// Decimals in the registry: what they add to the operators and functions of numbers. A decimal is its text here; the
// arithmetic is PostgreSQL's (src/data/decimal-arithmetic.ts), and so are the digits that a result shows. Where the types
// of the arguments say how many they show, the result's type says it too.
import {
  absolute,
  addDecimals,
  bucketOf,
  compareDecimals,
  type Decimal,
  decimalOfText,
  decimalText,
  divided,
  expDecimal,
  fitted,
  floored,
  gcdDecimal,
  isSpecial,
  lcmDecimal,
  lnDecimal,
  logDecimal,
  multiplied,
  negated,
  partsOf,
  powerDecimal,
  remainder,
  rescaled,
  rounded,
  signDecimal,
  sqrtDecimal,
  stripped,
  truncated,
  wholeQuotient,
} from '../../data/index.ts'
import { DECIMAL_DIGITS, DECIMAL_SCALE, decimalOf, type ScalarType, scalars } from '../../types/index.ts'
import type { Value } from '../value.ts'
import { type Entry, int64, type KernelName, MAX_INT, MIN_INT, type Overload, raise } from './entry.ts'
import { doubleBucket } from './trigonometry.ts'
import { width } from './width.ts'

type Typed = NonNullable<Overload['typed']>

/** A decimal whose values show so many digits behind the point. */
export function withScale(scale: number): ScalarType {
  return scale < 0 || scale > DECIMAL_SCALE ? scalars.decimal : decimalOf(DECIMAL_DIGITS, scale)
}

/** The type whose values are those of both: digits behind the point are known where both show as many. */
export function decimalMeeting(a: ScalarType, b: ScalarType): ScalarType {
  const [x, y] = [knownDigits(a), knownDigits(b)]
  if (x === undefined || y === undefined || x.scale !== y.scale) return scalars.decimal
  return decimalOf(Math.max(x.precision, y.precision), x.scale)
}

const INT_DIGITS = 19

function knownDigits(type: ScalarType): { readonly precision: number; readonly scale: number } | undefined {
  if (type.kind === 'int' || type.kind === 'bigint') return { precision: INT_DIGITS, scale: 0 }
  if (type.kind !== 'decimal' || type.precision === undefined) return undefined
  return { precision: type.precision, scale: type.scale ?? 0 }
}

const scaleOf = (type: ScalarType): number | undefined => (type.kind === 'decimal' ? type.scale : undefined)

const scaled =
  (rule: (...scales: readonly number[]) => number): Typed =>
  types => {
    const scales = types.map(scaleOf)
    return scales.includes(undefined) ? scalars.decimal : withScale(rule(...(scales as number[])))
  }

/** Rounding to a number of digits: known when that is a constant. */
const roundedType: Typed = (_types, [, digits]) => {
  if (typeof digits !== 'bigint') return scalars.decimal
  return withScale(digits < 0n ? 0 : digits > BigInt(DECIMAL_SCALE) ? DECIMAL_SCALE : Number(digits))
}

const ofOne = (run: (a: Decimal) => Decimal) => (a: string) => decimalText(run(partsOf(a)))
const ofTwo = (run: (a: Decimal, b: Decimal) => Decimal) => (a: string, b: string) =>
  decimalText(run(partsOf(a), partsOf(b)))

function unary(run: (a: Decimal) => Decimal, typed: Typed | undefined, kernel?: KernelName): Overload {
  const base = { args: ['decimal'], result: 'decimal', twin: ofOne(run) } as const
  return { ...base, ...(typed === undefined ? {} : { typed }), ...(kernel === undefined ? {} : { kernel }) }
}

function binary(run: (a: Decimal, b: Decimal) => Decimal, typed: Typed | undefined, kernel?: KernelName): Overload {
  const base = { args: ['decimal', 'decimal'], result: 'decimal', twin: ofTwo(run) } as const
  return { ...base, ...(typed === undefined ? {} : { typed }), ...(kernel === undefined ? {} : { kernel }) }
}

const greater = scaled((a = 0, b = 0) => Math.max(a, b))
const whole: Typed = () => withScale(0)

function toDigits(run: (a: Decimal, digits: bigint) => Decimal, kernel: KernelName): Overload {
  const twin = (a: string, digits: bigint) => decimalText(run(partsOf(a), digits))
  return { args: ['decimal', 'int'], result: 'decimal', kernel, typed: roundedType, twin }
}

/** What decimals add to the entries of other numbers, by name. */
export const decimalOverloads = {
  add: [binary(addDecimals, greater, 'addDecimal')],
  sub: [binary((a, b) => addDecimals(a, negated(b)), greater, 'subDecimal')],
  mul: [
    binary(
      multiplied,
      scaled((a = 0, b = 0) => a + b),
      'mulDecimal',
    ),
  ],
  div: [binary(divided, undefined, 'divDecimal')],
  mod: [binary(remainder, greater)],
  neg: [unary(negated, ([type]) => type as ScalarType, 'negDecimal')],
  abs: [unary(absolute, ([type]) => type as ScalarType, 'absDecimal')],
  sign: [unary(signDecimal, whole)],
  ceil: [unary(a => floored(a, true), whole)],
  floor: [unary(a => floored(a, false), whole)],
  round: [unary(a => rounded(a, 0n), whole), toDigits(rounded, 'roundDecimal')],
  trunc: [unary(a => truncated(a, 0n), whole), toDigits(truncated, 'truncDecimal')],
  sqrt: [unary(sqrtDecimal, undefined)],
  exp: [unary(expDecimal, undefined)],
  ln: [unary(lnDecimal, undefined)],
  log10: [unary(a => logDecimal({ coefficient: 10n, scale: 0 }, a), undefined), binary(logDecimal, undefined)],
  power: [binary(powerDecimal, undefined)],
} as const satisfies Readonly<Record<string, readonly Overload[]>>

const digitsOf = (run: (scale: number, value: { coefficient: bigint; scale: number }) => bigint): Overload => ({
  args: ['decimal'],
  result: 'int',
  nullable: true,
  twin: (a: string): Value => {
    const value = partsOf(a)
    return isSpecial(value) ? null : run(value.scale, value)
  },
})

const entry = (name: string, overloads: readonly Overload[], doc: string, example: string): Entry => ({
  name,
  family: 'math',
  nulls: 'strict',
  overloads,
  doc,
  example,
})

const wholeOf = (run: (a: Decimal, b: Decimal) => Decimal) => (a: bigint, b: bigint) => {
  const made = run({ coefficient: a, scale: 0 }, { coefficient: b, scale: 0 })
  if (isSpecial(made) || made.coefficient < MIN_INT || made.coefficient > MAX_INT) return raise('INTEGER_OVERFLOW')
  return made.coefficient
}

/** The overloads of whole numbers, which stay whole, and of decimals. */
const both = (run: (a: Decimal, b: Decimal) => Decimal): readonly Overload[] => [
  { args: ['int', 'int'], result: 'int', ...width('int'), twin: wholeOf(run) },
  { args: ['bigint', 'bigint'], result: 'bigint', twin: wholeOf(run) },
  binary(run, greater),
]

/** Functions that only decimals have, or that came with them. */
export const decimalFunctions: readonly Entry[] = [
  {
    ...entry(
      'quotient',
      [binary(wholeQuotient, whole)],
      'The quotient as a whole number, cut off towards zero.',
      'quotient(7.5, 2) → 3',
    ),
    dialects: { postgres: 'div' },
  },
  entry('gcd', both(gcdDecimal), 'The greatest common divisor.', 'gcd(12, 18) → 6'),
  entry('lcm', both(lcmDecimal), 'The least common multiple.', 'lcm(4, 6) → 12'),
  entry(
    'scale',
    [digitsOf(scale => BigInt(scale))],
    'The digits that a decimal shows behind the point.',
    'scale(1.10) → 2',
  ),
  entry(
    'min_scale',
    [digitsOf((_scale, value) => BigInt(stripped(value).scale))],
    'The digits behind the point that a decimal needs.',
    'min_scale(1.10) → 1',
  ),
  entry(
    'trim_scale',
    [unary(a => (isSpecial(a) ? a : stripped(a)), undefined)],
    'The same number without zeros at its end.',
    'trim_scale(1.10) → 1.1',
  ),
  entry(
    'width_bucket',
    [
      doubleBucket,
      {
        args: ['decimal', 'decimal', 'decimal', 'int'],
        result: 'int',
        twin: (a: string, low: string, high: string, count: bigint) =>
          int64(bucketOf(partsOf(a), partsOf(low), partsOf(high), count)),
      },
    ],
    'The number of the bucket, of so many equal ones between two bounds; 0 before the first, one more behind the last.',
    'width_bucket(5.35, 0.024, 10.06, 5) → 3',
  ),
]

/** The decimal that is rounded to `scale` digits behind the point and has `precision` digits at most, else an error. */
export const fitting: Overload = {
  args: ['decimal', 'int', 'int'],
  result: 'decimal',
  kernel: 'fitDecimal',
  twin: (a: string, precision: bigint, scale: bigint) => {
    const made = fitted(partsOf(a), Number(precision), Number(scale))
    return made === undefined ? raise('NUMERIC_OVERFLOW') : decimalText(made)
  },
}

/** A decimal whose type says no more than what is known of its values. */
export const sameDecimal: Overload = { args: ['decimal'], result: 'decimal', relabel: true, twin: (a: string) => a }

/** Text as PostgreSQL reads a numeric. */
export function textToDecimal(text: string): string {
  const value = decimalOfText(text)
  if (value === undefined) return raise('INVALID_TEXT')
  return value === 'long' ? raise('NUMERIC_OVERFLOW') : decimalText(value)
}

/** PostgreSQL takes the digits that a double (15) or a float (6) is sure of. */
export const realToDecimal = (digits: number) => (value: number) => {
  const made = decimalOfText(Number.isFinite(value) ? value.toPrecision(digits) : String(value))
  if (made === undefined || made === 'long') return raise('NUMERIC_OVERFLOW')
  return decimalText(isSpecial(made) ? made : stripped(made))
}

export function decimalToInt(text: string): bigint {
  const value = partsOf(text)
  if (isSpecial(value)) return raise('OUT_OF_RANGE')
  const { coefficient } = rescaled(value, 0)
  return coefficient < MIN_INT || coefficient > MAX_INT ? raise('OUT_OF_RANGE') : coefficient
}

export const compareTexts = (a: string, b: string): number => compareDecimals(partsOf(a), partsOf(b))

/** The type of a constant decimal: its own digits. */
export function typeOfDecimal(text: string): ScalarType {
  const value = partsOf(text)
  if (isSpecial(value)) return scalars.decimal
  const digits = text.replace(/[-.]/g, '').replace(/^0+/, '').length
  return decimalOf(Math.min(Math.max(digits, value.scale, 1), DECIMAL_DIGITS), value.scale)
}
