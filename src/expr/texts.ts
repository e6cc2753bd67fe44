// Values to and from text as PostgreSQL writes and reads them (in UTC, ISO dates). Reading gives undefined for text
// that is not of the type; who calls decides what that means.
import { daysFromCivil, MICROS_PER_DAY } from './calendar.ts'
import { instantOf, momentOfText, timeOfText } from './moment-text.ts'

const SPACE = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g
export const trim = (text: string): string => text.replace(SPACE, '')

const INTEGER = /^([+-]?)(?:0[xX]((?:_?[0-9a-fA-F])+)|0[oO]((?:_?[0-7])+)|0[bB]((?:_?[01])+)|(\d(?:_?\d)*))$/

/** Any whole number: decimal, 0x, 0o, 0b, digits grouped by underscores. */
export function readInteger(text: string): bigint | undefined {
  const match = INTEGER.exec(trim(text))
  if (match === null) return undefined
  const [, sign, hex, octal, binary, decimal] = match
  const digits = (hex ?? octal ?? binary ?? decimal ?? '').replaceAll('_', '')
  const size = BigInt(
    (hex !== undefined ? '0x' : octal !== undefined ? '0o' : binary !== undefined ? '0b' : '') + digits,
  )
  return sign === '-' ? -size : size
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const SPECIAL: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  '+infinity': Number.POSITIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
}

/** A number; 'range' if it is too large for the type or vanishes in it. */
export function readReal(text: string, round: (x: number) => number): number | 'range' | undefined {
  const bare = trim(text)
  if (!DECIMAL.test(bare)) return SPECIAL[bare.toLowerCase()]
  const value = round(Number(bare))
  if (!Number.isFinite(value)) return 'range'
  return value === 0 && /[1-9]/.test(bare.split(/e/i)[0] as string) ? 'range' : value
}

/** PostgreSQL takes every unambiguous beginning of true, false, yes, no, on, off, and 1 and 0. */
export function readBoolean(text: string): boolean | undefined {
  const word = trim(text).toLowerCase()
  if (word === '1' || word === 'on') return true
  if (word === '0' || word === 'of' || word === 'off') return false
  if (word === '') return undefined
  if ('true'.startsWith(word) || 'yes'.startsWith(word)) return true
  return 'false'.startsWith(word) || 'no'.startsWith(word) ? false : undefined
}

const DATE = /^(\d{4,7})-(\d{1,2})-(\d{1,2})( BC)?$/
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i

/** PostgreSQL's first and last date: 4713-11-24 BC and 5874897-12-31. */
const FIRST_DAY = -2_440_588
const LAST_DAY = 2_145_042_905

function readDay(text: string, bc: boolean): number | undefined {
  const match = DATE.exec(text)
  if (match === null) return undefined
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (year === 0 || month < 1 || month > 12 || day < 1) return undefined
  const civil = bc ? 1 - year : year
  const days = daysFromCivil(civil, month, day)
  if (days < FIRST_DAY || days > LAST_DAY) return undefined
  const next = month === 12 ? daysFromCivil(civil + 1, 1, 1) : daysFromCivil(civil, month + 1, 1)
  return days < next ? days : undefined
}

/** Days since 1970 of `2024-02-29`, also with a time behind it. */
export function readDate(text: string): number | undefined {
  const parts = splitDate(text)
  const day = parts === undefined ? undefined : readDay(parts.day, parts.bc)
  const isWhole = parts?.clock === '' || readClock(parts?.clock ?? '') !== undefined
  return day !== undefined && isWhole ? day : momentOfText(text)?.day
}

/** Microseconds since 1970 of `2024-02-29 12:30:00.25`, `2024-02-29T12:30:00+02:00`, `2024-02-29`. Without an offset: UTC. */
export function readTimestamp(text: string): bigint | undefined {
  const parts = splitDate(text)
  const day = parts === undefined ? undefined : readDay(parts.day, parts.bc)
  const time = parts?.clock === '' ? 0n : readClock(parts?.clock ?? '')
  if (day !== undefined && time !== undefined) return BigInt(day) * MICROS_PER_DAY + time
  const moment = momentOfText(text)
  return moment === undefined ? undefined : instantOf(moment)
}

/** The time that a clock shows by such a text, whatever its zone: but there has to be such a zone. */
export function readLocal(text: string): bigint | undefined {
  const moment = momentOfText(text)
  if (moment?.zone === undefined) return readTimestamp(text)
  return instantOf(moment) === undefined ? undefined : BigInt(moment.day) * MICROS_PER_DAY + (moment.clock ?? 0n)
}

/** Microseconds since midnight of `12:34`, `12:34:56.5`, `03:04 PM`, `T030405`, to 24:00:00; a zone means nothing without a date. */
export function readTime(text: string): bigint | undefined {
  const bare = trim(text)
  if (bare.toLowerCase() === 'allballs') return 0n
  const micros = /[Zz+-]/.test(bare) ? undefined : readClock(bare)
  const read = micros ?? timeOfText(bare)
  return read !== undefined && read <= MICROS_PER_DAY ? read : undefined
}

function splitDate(text: string): { day: string; clock: string; bc: boolean } | undefined {
  const bare = trim(text)
  const bc = / BC$/i.test(bare)
  const match = /^(\S+?)(?:(?:[Tt]|\s+)(\d.*))?$/.exec(bc ? bare.slice(0, -3) : bare)
  return match === null ? undefined : { day: match[1] as string, clock: match[2] ?? '', bc }
}

/** Microseconds since midnight, UTC; may be negative or beyond a day because of the offset. */
function readClock(text: string): bigint | undefined {
  const match = CLOCK.exec(trim(text))
  if (match === null) return undefined
  const [, hour, minute, second = '0', fraction = '', zone] = match
  const [h, m, s] = [Number(hour), Number(minute), Number(second)]
  if (h > 24 || m > 59 || s > 60 || (h === 24 && (m > 0 || s > 0))) return undefined
  const micros = BigInt(Math.round(Number(`0.${fraction || '0'}`) * 1e6))
  return BigInt((h * 60 + m) * 60 + s) * 1_000_000n + micros - zoneMicros(zone)
}

function zoneMicros(zone: string | undefined): bigint {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0n
  const digits = zone.slice(1).replace(':', '')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || '0')
  return BigInt(zone.startsWith('-') ? -minutes : minutes) * 60_000_000n
}

/** A double as PostgreSQL prints it: the fewest digits that read back, with an exponent from 1e+15 on. */
export function doubleText(value: number): string {
  const size = Math.abs(value)
  // In this range JavaScript prints the same digits without an exponent too.
  if (size >= 1e-4 && size < 1e15) return String(value)
  return realText(value, value.toExponential(), 15)
}

/** A float likewise, with an exponent from 1e+06 on. */
export function floatText(value: number): string {
  for (let digits = 0; digits < 9; digits++) {
    const shown = value.toExponential(digits)
    if (Math.fround(Number(shown)) === value) return realText(value, shown, 6)
  }
  return realText(value, value.toExponential(8), 6)
}

function realText(value: number, scientific: string, limit: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa = '', power = '0'] = scientific.split('e')
  const exponent = Number(power)
  const sign = mantissa.startsWith('-') ? '-' : ''
  const digits = mantissa.replace(/[-.]/g, '').replace(/0+$/, '') || '0'
  if (exponent < -4 || exponent >= limit) {
    const tail = digits.length > 1 ? `.${digits.slice(1)}` : ''
    return `${sign}${digits[0]}${tail}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const rest = digits.slice(exponent + 1)
  return sign + whole + (rest === '' ? '' : `.${rest}`)
}

/** Binary as PostgreSQL's hex form: `\x00ff`. */
export function binaryText(value: Uint8Array): string {
  return `\\x${Array.from(value, byte => byte.toString(16).padStart(2, '0')).join('')}`
}

/** The hex form, or the escape form (`\\` and `\ooo`, the rest as UTF-8). */
export function readBinary(text: string): Uint8Array | undefined {
  if (text.startsWith('\\x')) {
    const hex = text.slice(2).replace(/\s+/g, '')
    if (hex.length % 2 !== 0 || /[^0-9a-fA-F]/.test(hex)) return undefined
    return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
  }
  if (!text.includes('\\')) return new TextEncoder().encode(text)
  const bytes: number[] = []
  for (const part of text.match(/\\\\|\\[0-3][0-7]{2}|\\|[^\\]+/g) ?? []) {
    if (part === '\\') return undefined
    if (part === '\\\\') bytes.push(92)
    else if (part.startsWith('\\')) bytes.push(Number.parseInt(part.slice(1), 8))
    else bytes.push(...new TextEncoder().encode(part))
  }
  return Uint8Array.from(bytes)
}
