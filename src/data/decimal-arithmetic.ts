// Arithmetic of decimals with PostgreSQL's results: how many digits each shows, what infinities and NaN give, and when
// it is an error. What would have more digits than a decimal has is NUMERIC_OVERFLOW.
import { fail } from '../base/index.ts'
import {
  compareDecimals,
  type Decimal,
  type Finite,
  isDecimal,
  isSpecial,
  rescaled,
  type Special,
  ten,
} from './decimal.ts'

/** The value, if it is a decimal. */
export function checked(value: Decimal): Decimal {
  return isDecimal(value) ? value : fail('NUMERIC_OVERFLOW')
}

const size = (value: bigint): bigint => (value < 0n ? -value : value)

/** -1, 0 or 1; of NaN nothing. */
function signOf(value: Decimal): number {
  if (isSpecial(value)) return value === 'NaN' ? Number.NaN : value === 'Infinity' ? 1 : -1
  return value.coefficient === 0n ? 0 : value.coefficient < 0n ? -1 : 1
}

const infinity = (sign: number): Special => (Number.isNaN(sign) ? 'NaN' : sign > 0 ? 'Infinity' : '-Infinity')
const whole = (value: bigint): Finite => ({ coefficient: value, scale: 0 })

/** Both with the scale of the one that shows more. */
function aligned(a: Finite, b: Finite): readonly [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale)
  return [a.coefficient * ten(scale - a.scale), b.coefficient * ten(scale - b.scale), scale]
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  if (isSpecial(a) || isSpecial(b)) {
    if (!isSpecial(a)) return b
    return !isSpecial(b) || a === b ? a : 'NaN'
  }
  const [x, y, scale] = aligned(a, b)
  return checked({ coefficient: x + y, scale })
}

export function negated(a: Decimal): Decimal {
  if (isSpecial(a)) return a === 'NaN' ? a : infinity(-signOf(a))
  return { coefficient: -a.coefficient, scale: a.scale }
}

export function absolute(a: Decimal): Decimal {
  return signOf(a) < 0 ? negated(a) : a
}

export function multiplied(a: Decimal, b: Decimal): Decimal {
  if (isSpecial(a) || isSpecial(b)) {
    const sign = signOf(a) * signOf(b)
    return sign === 0 ? 'NaN' : infinity(sign)
  }
  return checked({ coefficient: a.coefficient * b.coefficient, scale: a.scale + b.scale })
}

/** PostgreSQL's digits have base 10000: the place of the first one that is not 0, and it. */
export function firstDigit({ coefficient, scale }: Finite): { readonly weight: number; readonly digit: number } {
  if (coefficient === 0n) return { weight: 0, digit: 0 }
  const weight = Math.floor((String(size(coefficient)).length - scale - 1) / 4)
  const shift = scale + 4 * weight
  const digit = shift >= 0 ? size(coefficient) / ten(shift) : size(coefficient) * ten(-shift)
  return { weight, digit: Number(digit) }
}

const SIGNIFICANT = 16

/** Digits behind the point of a quotient: at least 16 significant ones, and as many as either argument shows. */
function quotientScale(a: Finite, b: Finite): number {
  const [x, y] = [firstDigit(a), firstDigit(b)]
  const weight = x.weight - y.weight - (x.digit <= y.digit ? 1 : 0)
  return Math.max(SIGNIFICANT - weight * 4, a.scale, b.scale, 0)
}

/** a / b with so many digits behind the point, half away from zero. */
export function quotient(a: Finite, b: Finite, scale: number): Finite {
  const shift = scale + b.scale - a.scale
  const [above, below] = [size(a.coefficient) * ten(Math.max(shift, 0)), size(b.coefficient) * ten(Math.max(-shift, 0))]
  const rounded = (above * 2n + below) / (below * 2n)
  return { coefficient: a.coefficient < 0n !== b.coefficient < 0n ? -rounded : rounded, scale }
}

/** a / b with PostgreSQL's digits. */
export const quotientOf = (a: Finite, b: Finite): Finite => quotient(a, b, quotientScale(a, b))

/** What division, quotient and rest have in common: NaN, zero, infinities; undefined: both are finite. */
function divisionSpecial(a: Decimal, b: Decimal): Decimal | undefined {
  if (a === 'NaN' || b === 'NaN') return 'NaN'
  if (signOf(b) === 0) return fail('DIVISION_BY_ZERO')
  if (isSpecial(a)) return isSpecial(b) ? 'NaN' : infinity(signOf(a) * signOf(b))
  return isSpecial(b) ? whole(0n) : undefined
}

export function divided(a: Decimal, b: Decimal): Decimal {
  const special = divisionSpecial(a, b)
  if (special !== undefined || isSpecial(a) || isSpecial(b)) return special as Decimal
  return checked(quotientOf(a, b))
}

/** The quotient as a whole number, towards zero. */
export function wholeQuotient(a: Decimal, b: Decimal): Decimal {
  const special = divisionSpecial(a, b)
  if (special !== undefined || isSpecial(a) || isSpecial(b)) return special as Decimal
  const [x, y] = aligned(a, b)
  return checked(whole(x / y))
}

export function remainder(a: Decimal, b: Decimal): Decimal {
  const special = divisionSpecial(a, b)
  if (special !== undefined || isSpecial(a) || isSpecial(b))
    return isSpecial(b) && b !== 'NaN' && !isSpecial(a) ? a : 'NaN'
  const [x, y, scale] = aligned(a, b)
  return checked({ coefficient: x % y, scale })
}

export function signDecimal(a: Decimal): Decimal {
  const sign = signOf(a)
  return Number.isNaN(sign) ? 'NaN' : whole(BigInt(sign))
}

export function rounded(a: Decimal, digits: bigint): Decimal {
  return isSpecial(a) ? a : checked(rescaled(a, clamped(digits)))
}

/** Cut off behind so many digits (before the point, when negative). */
export function truncated(a: Decimal, digits: bigint): Decimal {
  if (isSpecial(a)) return a
  const to = clamped(digits)
  if (to >= a.scale) return checked(rescaled(a, to))
  const unit = ten(a.scale - to)
  const kept = { coefficient: a.coefficient / unit, scale: to }
  return to >= 0 ? kept : whole(kept.coefficient * ten(-to))
}

const clamped = (digits: bigint): number => Number(digits > 88n ? 88n : digits < -40n ? -40n : digits)

/** Down (or up) to the next whole number. */
export function floored(a: Decimal, up: boolean): Decimal {
  if (isSpecial(a)) return a
  const unit = ten(a.scale)
  const cut = a.coefficient / unit
  const rest = a.coefficient % unit
  if (rest === 0n) return whole(cut)
  return whole(up ? cut + (rest > 0n ? 1n : 0n) : cut - (rest < 0n ? 1n : 0n))
}

function gcdOf(a: bigint, b: bigint): bigint {
  let [x, y] = [size(a), size(b)]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

export function gcdDecimal(a: Decimal, b: Decimal): Decimal {
  if (isSpecial(a) || isSpecial(b)) return 'NaN'
  const [x, y, scale] = aligned(a, b)
  return checked({ coefficient: gcdOf(x, y), scale })
}

export function lcmDecimal(a: Decimal, b: Decimal): Decimal {
  if (isSpecial(a) || isSpecial(b)) return 'NaN'
  const [x, y, scale] = aligned(a, b)
  return checked({ coefficient: x === 0n || y === 0n ? 0n : size((x / gcdOf(x, y)) * y), scale })
}

/** The bucket, from 1, of `count` equal ones between two bounds; 0 before the first, count + 1 behind the last. */
export function bucketOf(a: Decimal, low: Decimal, high: Decimal, count: bigint): bigint {
  if (count <= 0n || a === 'NaN' || isSpecial(low) || isSpecial(high)) return fail('INVALID_ARGUMENT')
  const way = compareDecimals(low, high)
  if (way === 0) return fail('INVALID_ARGUMENT')
  const [least, most] = way < 0 ? [low, high] : [high, low]
  const isBelow = way < 0 ? compareDecimals(a, least) < 0 : compareDecimals(a, most) > 0
  const isAbove = way < 0 ? compareDecimals(a, most) >= 0 : compareDecimals(a, least) <= 0
  if (isBelow) return 0n
  if (isAbove || isSpecial(a)) return count + 1n
  const scale = Math.max(a.scale, low.scale, high.scale)
  const at = (value: Finite): bigint => value.coefficient * ten(scale - value.scale)
  return (size(at(a) - at(low)) * count) / size(at(high) - at(low)) + 1n
}
