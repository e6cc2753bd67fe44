// A decimal is digits and how many of them stand behind the point, so that 1.10 stays 1.10 (docs/notes/numeric.md). In
// JavaScript it is its text; this file is the other half of src/kernels/assembly/decimal.ts, in bigints.

import { fail } from '../base/index.ts'
import { DECIMAL_DIGITS, DECIMAL_SCALE, type PlainType, showType } from '../types/index.ts'
import type { Memory, Ptr } from './memory.ts'

/** A decimal taken apart: the value is coefficient / 10^scale. */
export interface Finite {
  readonly coefficient: bigint
  readonly scale: number
}
export type Special = 'NaN' | 'Infinity' | '-Infinity'
export type Decimal = Finite | Special

export const isSpecial = (value: Decimal): value is Special => typeof value === 'string'

export const ten = (power: number): bigint => tens[power] ?? 10n ** BigInt(power)
const tens = Array.from({ length: 64 }, (_, power) => 10n ** BigInt(power))

const LIMIT = ten(DECIMAL_DIGITS)
const size = (value: bigint): bigint => (value < 0n ? -value : value)

/** Whether it is a decimal: not too many digits. */
export function isDecimal(value: Decimal): boolean {
  return isSpecial(value) || (size(value.coefficient) < LIMIT && value.scale <= DECIMAL_SCALE)
}

const NUMBER = /^([+-]?)(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e([+-]?\d[\d_]*))?$/i
const UNDERSCORES = /(?<!\d)_|_(?!\d)/
const WORD = /^([+-]?)(nan|inf|infinity)$/i

/**
 * The decimal of a text, as PostgreSQL reads it: with every digit, whatever a double would make of it. 'long': a number
 * of too many digits. Undefined: no number.
 */
export function decimalOfText(text: string): Decimal | 'long' | undefined {
  const word = WORD.exec(text)
  if (word !== null) return specialOf(word)
  const match = NUMBER.exec(text)
  if (match === null || UNDERSCORES.test(text)) return undefined
  const [, sign, digits = '', power = '0'] = match
  const plain = digits.replaceAll('_', '')
  const point = plain.indexOf('.')
  const places = (point < 0 ? 0 : plain.length - point - 1) - Number(power.replaceAll('_', ''))
  const bare = plain.replace('.', '').replace(/^0+/, '')
  if (bare.length > DECIMAL_DIGITS || places > DECIMAL_SCALE || (bare !== '' && -places > DECIMAL_DIGITS)) return 'long'
  const coefficient = BigInt(`${sign === '-' ? '-' : ''}${bare === '' ? '0' : bare}`)
  const value =
    bare === '' || places >= 0
      ? { coefficient, scale: Math.max(places, 0) }
      : { coefficient: coefficient * ten(-places), scale: 0 }
  return isDecimal(value) ? value : 'long'
}

function specialOf([, sign, word]: RegExpExecArray): Special | undefined {
  if (word?.toLowerCase() === 'nan') return sign === '' ? 'NaN' : undefined
  return sign === '-' ? '-Infinity' : 'Infinity'
}

export function decimalText(value: Decimal): string {
  if (isSpecial(value)) return value
  const { coefficient, scale } = value
  const digits = String(size(coefficient)).padStart(scale + 1, '0')
  const sign = coefficient < 0n ? '-' : ''
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** A text that decimalText made, taken apart. */
export function partsOf(text: string): Decimal {
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return text
  const point = text.indexOf('.')
  if (point < 0) return { coefficient: BigInt(text), scale: 0 }
  return { coefficient: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1 }
}

/** With so many digits behind the point, half away from zero. A negative number of them rounds to tens, hundreds … */
export function rescaled({ coefficient, scale }: Finite, to: number): Finite {
  if (to >= scale) return { coefficient: coefficient * ten(to - scale), scale: to }
  const unit = ten(scale - to)
  const half = (size(coefficient) * 2n + unit) / (unit * 2n)
  const rounded = coefficient < 0n ? -half : half
  return to >= 0 ? { coefficient: rounded, scale: to } : { coefficient: rounded * ten(-to), scale: 0 }
}

/** As a decimal(precision, scale); undefined: it does not fit. NaN always does, an infinity never. */
export function fitted(value: Decimal, precision: number, scale: number): Decimal | undefined {
  if (isSpecial(value)) return value === 'NaN' ? value : undefined
  const made = rescaled(value, scale)
  return size(made.coefficient) < ten(precision) ? made : undefined
}

/** The digits of a value with so many of them behind the point, as one integer: what files of fixed scale hold. */
export function coefficientOf(value: Decimal, scale: number, column: string): bigint {
  if (!isSpecial(value)) return rescaled(value, scale).coefficient
  const reason = 'formats whose decimals have a fixed scale have no such number'
  return fail('BAD_VALUE', { value, column, type: 'decimal', reason })
}

/** Zeros at the end stripped while more than `least` digits are behind the point. */
export function stripped({ coefficient, scale }: Finite, least = 0): Finite {
  let [left, places] = [coefficient, scale]
  while (places > least && left % 10n === 0n) {
    left /= 10n
    places--
  }
  return { coefficient: left, scale: places }
}

const ranks: Readonly<Record<Special, number>> = { '-Infinity': -1, Infinity: 1, NaN: 2 }
const rank = (value: Decimal): number => (isSpecial(value) ? ranks[value] : 0)

/** PostgreSQL's order, by value: NaN equals itself and is the greatest. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (isSpecial(a) || isSpecial(b)) return rank(a) - rank(b)
  const scale = Math.max(a.scale, b.scale)
  const x = a.coefficient * ten(scale - a.scale)
  const y = b.coefficient * ten(scale - b.scale)
  return x < y ? -1 : x > y ? 1 : 0
}

const WORD_BITS = 64n
const NAN = 127n
const INFINITE = 126n

/** The 128 bits of a value, as they lie in a column. */
export function decimalBits(value: Decimal): bigint {
  if (isSpecial(value)) {
    const code = value === 'NaN' ? NAN : INFINITE
    return (code << 120n) | (value === '-Infinity' ? 1n << 127n : 0n)
  }
  const sign = value.coefficient < 0n ? 1n << 127n : 0n
  return sign | (BigInt(value.scale) << 120n) | size(value.coefficient)
}

export function decimalOfBits(low: bigint, high: bigint): Decimal {
  const scale = (high >> 56n) & 127n
  const isNegative = high >> 63n !== 0n
  if (scale === NAN) return 'NaN'
  if (scale === INFINITE) return isNegative ? '-Infinity' : 'Infinity'
  const magnitude = ((high & ((1n << 56n) - 1n)) << WORD_BITS) | low
  return { coefficient: isNegative ? -magnitude : magnitude, scale: Number(scale) }
}

/** Write a value to 16 bytes of memory. */
export function putDecimal(memory: Memory, at: Ptr, value: Decimal): void {
  const bits = decimalBits(value)
  memory.i64[at >>> 3] = BigInt.asIntN(64, bits)
  memory.i64[(at >>> 3) + 1] = BigInt.asIntN(64, bits >> WORD_BITS)
}

/** The value at 16 bytes of memory. */
export function decimalAt(memory: Memory, at: Ptr): Decimal {
  const { i64 } = memory
  return decimalOfBits(BigInt.asUintN(64, i64[at >>> 3] as bigint), BigInt.asUintN(64, i64[(at >>> 3) + 1] as bigint))
}

const SAFE_HIGH = 2 ** 21

/** Its text; of what a number holds exactly no bigint is made. */
export function decimalTextAt(memory: Memory, at: Ptr): string {
  const { u32 } = memory
  const word = at >>> 2
  const top = u32[word + 3] as number
  const scale = (top >>> 24) & 127
  const isShort = u32[word + 2] === 0 && (top & 0xffffff) === 0 && (u32[word + 1] as number) < SAFE_HIGH
  if (!isShort || scale >= 126) return decimalText(decimalAt(memory, at))
  const digits = String((u32[word + 1] as number) * 2 ** 32 + (u32[word] as number))
  const sign = top >>> 31 === 0 ? '' : '-'
  if (scale === 0) return sign + digits
  const all = digits.padStart(scale + 1, '0')
  return `${sign}${all.slice(0, -scale)}.${all.slice(-scale)}`
}

const MOST_EXACT = 15

/**
 * Write a plain text of at most 15 digits (`-12.50`) without a bigint; false: it is none, or must be rounded, or does
 * not fit its type, and nothing is written.
 */
export function putShortDecimal(u32: Uint32Array, at: Ptr, text: string, { precision, scale }: PlainType): boolean {
  const isNegative = text.charCodeAt(0) === 0x2d
  const { length } = text
  let [value, digits, places, point] = [0, 0, 0, 0]
  for (let i = isNegative ? 1 : 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x2e && point === 0 && digits > 0) point = i
    else if (code < 0x30 || code > 0x39) return false
    else {
      value = value * 10 + code - 0x30
      digits++
      if (point > 0) places++
    }
  }
  if (digits === 0 || point === length - 1 || digits > MOST_EXACT) return false
  if (scale !== undefined) {
    for (; places < scale && digits <= MOST_EXACT; places++, digits++) value *= 10
    if (places !== scale || digits > MOST_EXACT || value >= 10 ** (precision ?? 0)) return false
  }
  const word = at >>> 2
  u32[word] = value
  u32[word + 1] = value / 2 ** 32
  u32[word + 2] = 0
  u32[word + 3] = (places << 24) | (isNegative && value !== 0 ? 0x80000000 : 0)
  return true
}

/** A value from what programs have: text, a number as it prints, a bigint; a reason why it is none. */
export function decimalFrom(value: unknown, type: PlainType): { readonly decimal: Decimal } | string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint')
    return "it is not a decimal: text such as '1.10', a number or a bigint"
  const read = decimalOfText(String(value).trim())
  if (read === undefined) return "it is not a decimal such as '1.10'"
  if (read === 'long') return `it has more than ${DECIMAL_DIGITS} digits`
  if (type.precision === undefined) return { decimal: read }
  const made = fitted(read, type.precision, type.scale ?? 0)
  return made === undefined ? `it does not fit ${showType(type)}` : { decimal: made }
}

const ALL = (1n << 128n) - 1n

/** The place of a value in the order of decimals: 128 bits, the same for 1.1 and 1.10. */
export function decimalPlace(value: Decimal): bigint {
  if (isSpecial(value)) {
    const place = (1n << 127n) | ((value === 'NaN' ? NAN : INFINITE) << 120n)
    return value === '-Infinity' ? ALL ^ place : place
  }
  const { coefficient, scale } = value
  if (coefficient === 0n) return 1n << 127n
  const digits = String(size(coefficient)).length
  const exponent = BigInt(digits + DECIMAL_SCALE - scale)
  const place = (1n << 127n) | (exponent << 120n) | (size(coefficient) * ten(DECIMAL_DIGITS - digits))
  return coefficient < 0n ? ALL ^ place : place
}

/** The value of a place, with at least `least` digits behind the point. */
export function decimalOfPlace(place: bigint, least = 0): Decimal {
  const isNegative = place >> 127n === 0n
  const word = isNegative ? ALL ^ place : place
  const exponent = (word >> 120n) & 127n
  if (exponent === NAN) return 'NaN'
  if (exponent === INFINITE) return isNegative ? '-Infinity' : 'Infinity'
  if (exponent === 0n) return { coefficient: 0n, scale: least }
  const magnitude = word & ((1n << 120n) - 1n)
  const scale = DECIMAL_DIGITS + DECIMAL_SCALE - Number(exponent)
  return stripped({ coefficient: isNegative ? -magnitude : magnitude, scale }, least)
}
