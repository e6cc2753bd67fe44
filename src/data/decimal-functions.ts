// Roots, powers and logarithms of decimals: to as many digits as PostgreSQL shows (at least 16 significant ones), by
// fixed-point arithmetic in bigints that carries more than that.
import { fail } from '../base/index.ts'
import { type Decimal, type Finite, isSpecial, rescaled, ten } from './decimal.ts'
import { checked, firstDigit, multiplied, quotient } from './decimal-arithmetic.ts'

const SIGNIFICANT = 16
const LOG10_E = Math.LOG10E
const ONE: Finite = { coefficient: 1n, scale: 0 }

/** The nearest double, near enough to choose scales by. */
function near({ coefficient, scale }: Finite): number {
  return Number(`${coefficient}e${-scale}`)
}

function integerRoot(value: bigint): bigint {
  if (value < 2n) return value
  let guess = 1n << BigInt((value.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (guess + value / guess) >> 1n
    if (next >= guess) return guess
    guess = next
  }
}

export function sqrtDecimal(a: Decimal): Decimal {
  if (a === 'NaN' || a === 'Infinity') return a
  if (isSpecial(a) || a.coefficient < 0n) return fail('INVALID_ARGUMENT')
  const scale = Math.max(SIGNIFICANT - (firstDigit(a).weight * 2 + 1), a.scale, 0)
  return checked(rootOf(a, scale))
}

/** The root of a number that is not negative, with at least half as many digits behind the point as it has. */
export function rootOf(a: Finite, scale: number): Finite {
  const square = a.coefficient * ten(2 * scale - a.scale)
  const root = integerRoot(square)
  return { coefficient: square - root * root > root ? root + 1n : root, scale }
}

/** e to the power of x / 10^places, times 10^places. */
function expFixed(x: bigint, places: number): bigint {
  const guard = 20
  const unit = ten(places + guard)
  const halvings = 16
  const small = (x * ten(guard)) >> BigInt(halvings)
  let sum = unit
  let term = unit
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    term = (term * small) / unit / n
    sum += term
  }
  for (let i = 0; i < halvings; i++) sum = (sum * sum) / unit
  return sum / ten(guard)
}

/** The natural logarithm of a positive number, times 10^places. */
function lnFixed({ coefficient, scale }: Finite, places: number): bigint {
  const digits = String(coefficient)
  const start =
    Math.log(Number(`${digits.slice(0, 1)}.${digits.slice(1, 17)}`)) + (digits.length - 1 - scale) * Math.LN10
  const work = places + 45
  const unit = ten(work)
  const wanted = (coefficient * unit) / ten(scale)
  let y = BigInt(Math.round(start * 1e15)) * ten(work - 15)
  // Halley's step triples the right digits: 14, 42, 126.
  for (let round = 0; round < 3; round++) {
    const power = expFixed(y, work)
    y += (2n * unit * (wanted - power)) / (wanted + power)
  }
  return y / ten(work - places)
}

/** PostgreSQL's guess of the decimal place of a logarithm's first digit. */
function lnPlace(a: Finite): number {
  const value = near(a)
  if (value >= 0.9 && value <= 1.1) {
    const rest = rescaled(a, a.scale).coefficient - ten(a.scale)
    if (rest === 0n) return 0
    const { weight, digit } = firstDigit({ coefficient: rest, scale: a.scale })
    return weight * 4 + Math.trunc(Math.log10(digit))
  }
  return Math.trunc(Math.log10(Math.abs(Math.log(value))))
}

function logarithm(a: Decimal): Finite | Decimal {
  if (a === 'NaN' || a === 'Infinity') return a
  if (isSpecial(a) || a.coefficient <= 0n) return fail('INVALID_ARGUMENT')
  return a
}

/** As many digits as PostgreSQL shows, of a number with more. */
const shown = (value: bigint, places: number, scale: number): Decimal =>
  checked(rescaled({ coefficient: value, scale: places }, scale))

export function lnDecimal(given: Decimal): Decimal {
  const a = logarithm(given)
  if (isSpecial(a)) return a
  const scale = Math.max(SIGNIFICANT - lnPlace(a), a.scale, 0)
  return shown(lnFixed(a, scale + 10), scale + 10, scale)
}

/** The logarithm of a to a base. */
export function logDecimal(base: Decimal, given: Decimal): Decimal {
  const [b, a] = [logarithm(base), logarithm(given)]
  if (b === 'NaN' || a === 'NaN') return 'NaN'
  if (isSpecial(b)) return isSpecial(a) ? 'NaN' : { coefficient: 0n, scale: 0 }
  if (isSpecial(a)) return a
  const scale = Math.max(SIGNIFICANT - (lnPlace(a) - lnPlace(b)), a.scale, b.scale, 0)
  const places = scale + 30
  const below = lnFixed(b, places)
  if (below === 0n) return fail('DIVISION_BY_ZERO')
  return checked(quotient({ coefficient: lnFixed(a, places), scale: 0 }, { coefficient: below, scale: 0 }, scale))
}

export function expDecimal(a: Decimal): Decimal {
  if (isSpecial(a)) return a === '-Infinity' ? { coefficient: 0n, scale: 0 } : a
  const place = near(a) * LOG10_E
  if (place > 40) return fail('NUMERIC_OVERFLOW')
  if (place < -120) return fail('NUMERIC_OVERFLOW')
  return power10(a, Math.max(SIGNIFICANT - Math.trunc(place), a.scale, 0))
}

/** e to the power of a finite number that is not far from 0. */
function power10(a: Finite, scale: number): Decimal {
  const places = scale + 45
  const x = places >= a.scale ? a.coefficient * ten(places - a.scale) : a.coefficient / ten(a.scale - places)
  return shown(expFixed(x, places), places, scale)
}

export function powerDecimal(a: Decimal, b: Decimal): Decimal {
  if (isSpecial(a) || isSpecial(b)) return powerSpecial(a, b)
  if (a.coefficient === 0n && b.coefficient < 0n) return fail('INVALID_ARGUMENT')
  const unit = ten(b.scale)
  if (b.coefficient % unit === 0n && b.coefficient / unit < 2147483648n && b.coefficient / unit >= -2147483648n)
    return wholePower(a, Number(b.coefficient / unit), b.scale)
  if (a.coefficient === 0n) return { coefficient: 0n, scale: SIGNIFICANT }
  if (a.coefficient < 0n) return fail('INVALID_ARGUMENT')
  const log = lnFixed(a, 90)
  const exponent = { coefficient: log * b.coefficient, scale: 90 + b.scale }
  const place = near(exponent) * LOG10_E
  if (Math.abs(place) > 120) return fail('NUMERIC_OVERFLOW')
  return power10(exponent, Math.max(SIGNIFICANT - Math.trunc(place), a.scale, b.scale, 0))
}

/** A base to a whole power, exactly where that is shorter than what is shown. */
function wholePower(a: Finite, exponent: number, shownScale: number): Decimal {
  const place = a.coefficient === 0n ? 0 : exponent * Math.log10(Math.abs(near(a)))
  if (Math.abs(place) > 120) return fail('NUMERIC_OVERFLOW')
  const scale = Math.max(SIGNIFICANT - Math.trunc(place), a.scale, shownScale, 0)
  if (exponent === 2) return checked(rescaled(square(a), scale))
  const power = powerBy(a, Math.abs(exponent), scale + 45)
  return checked(exponent < 0 ? quotient(ONE, power, scale) : rescaled(power, scale))
}

const square = ({ coefficient, scale }: Finite): Finite => ({
  coefficient: coefficient * coefficient,
  scale: scale * 2,
})

/** By squaring; digits beyond what is asked for are dropped on the way. */
function powerBy(a: Finite, exponent: number, places: number): Finite {
  let [result, factor] = [ONE, a]
  const kept = (value: Finite): Finite => {
    const extra = String(value.coefficient).length - 2 * places
    return extra > 0 && value.scale > extra ? rescaled(value, value.scale - extra) : value
  }
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1)
      result = kept({ coefficient: result.coefficient * factor.coefficient, scale: result.scale + factor.scale })
    if (left > 1) factor = kept(square(factor))
  }
  return result
}

/** POSIX's rules, as PostgreSQL has them. */
function powerSpecial(a: Decimal, b: Decimal): Decimal {
  const isOne = !isSpecial(a) && a.coefficient === ten(a.scale)
  const isZero = !isSpecial(b) && b.coefficient === 0n
  if (isOne || isZero) return ONE
  if (a === 'NaN' || b === 'NaN') return 'NaN'
  if (isSpecial(b)) return powerInfinite(a, b)
  if (a === 'Infinity') return b.coefficient > 0n ? a : { coefficient: 0n, scale: 0 }
  const isWhole = b.coefficient % ten(b.scale) === 0n
  if (!isWhole) return fail('INVALID_ARGUMENT')
  if (b.coefficient < 0n) return { coefficient: 0n, scale: 0 }
  return (b.coefficient / ten(b.scale)) % 2n === 0n ? 'Infinity' : '-Infinity'
}

function powerInfinite(a: Decimal, b: 'Infinity' | '-Infinity' | 'NaN'): Decimal {
  const bound = isSpecial(a) ? 1 : Math.sign(Math.abs(near(a)) - 1)
  if (!isSpecial(a) && a.coefficient === 0n && b === '-Infinity') return fail('INVALID_ARGUMENT')
  if (bound === 0) return ONE
  return bound > 0 === (b === 'Infinity') ? 'Infinity' : multiplied({ coefficient: 0n, scale: 0 }, ONE)
}
