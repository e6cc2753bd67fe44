// Instants are microseconds since 1970 in UTC, dates are days since 1970. Text must say its offset: a naive time
// means another instant on another machine. A Date that is not at midnight UTC is no date: it is a time-zone error.

const MICROS_PER_MS = 1000n
const DAY_MS = 86_400_000
const INT64_MAX = 2n ** 63n - 1n
const INT64_MIN = -(2n ** 63n)
const DATE_MAX_MS = 8.64e15

/** Date, milliseconds since 1970, bigint microseconds, or ISO 8601 text with an offset; a text says why not. */
export function microsOf(value: unknown): bigint | string {
  if (value instanceof Date) return ofMillis(value.getTime())
  if (typeof value === 'number') return ofMillis(value)
  if (typeof value === 'bigint') return value > INT64_MAX || value < INT64_MIN ? 'it needs more than 64 bits' : value
  if (typeof value === 'string') return ofText(value)
  return 'it is not a Date, ISO text or milliseconds'
}

function ofMillis(ms: number): bigint | string {
  if (!(Math.abs(ms) <= DATE_MAX_MS)) return 'it is not an instant'
  const whole = Math.floor(ms)
  return BigInt(whole) * MICROS_PER_MS + BigInt(Math.round((ms - whole) * 1000))
}

const ISO =
  /^([+-]\d{6}|\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:([Zz])|([+-])(\d\d):?(\d\d)?)$/
const NAIVE = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?$/

function ofText(text: string): bigint | string {
  const match = ISO.exec(text)
  if (match === null)
    return NAIVE.test(text) ? "it has no offset: write 'Z' or '+01:00' at its end" : 'it is not ISO 8601 text'
  const [, year, month, day, hour, minute, second = '0', fraction = '', , sign, hours = '0', minutes = '0'] = match
  const days = civilDays(Number(year), Number(month), Number(day))
  if (days === undefined) return 'there is no such day'
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return 'there is no such time of day'
  if (Number(hours) > 23 || Number(minutes) > 59) return 'there is no such offset'
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
  const seconds = days * 86_400 + Number(hour) * 3600 + (Number(minute) - offset) * 60 + Number(second)
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6))
}

/** Days since 1970 of a date of the (proleptic) Gregorian calendar; undefined if there is no such day. */
function civilDays(year: number, month: number, day: number): number | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  return Math.floor(date.getTime() / DAY_MS)
}

/** A Date at midnight UTC, or 'YYYY-MM-DD', as days since 1970; a text says why not. */
export function dayOf(value: unknown): number | string {
  if (value instanceof Date) {
    const days = value.getTime() / DAY_MS
    if (Number.isNaN(days)) return 'it is not a date'
    return Number.isInteger(days) ? days : 'a date is a Date at midnight UTC (Date.UTC(year, month, day))'
  }
  if (typeof value !== 'string') return "it is not a Date or 'YYYY-MM-DD'"
  const match = /^([+-]\d{6}|\d{4})-(\d\d)-(\d\d)$/.exec(value)
  if (match === null) return "it is not 'YYYY-MM-DD'"
  return civilDays(Number(match[1]), Number(match[2]), Number(match[3])) ?? 'there is no such day'
}

const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?$/
const DAY_MICROS = 86_400_000_000n

/** 'HH:MM[:SS[.ffffff]]', 00:00 to 24:00:00, or whole microseconds since midnight, as microseconds; a text says why not. */
export function timeOf(value: unknown): bigint | string {
  if (typeof value === 'bigint' || typeof value === 'number') {
    const whole = Number.isInteger(Number(value)) && value >= 0 && value <= 86_400_000_000
    return whole ? BigInt(value) : 'it is not a whole number of microseconds of a day'
  }
  const match = typeof value === 'string' ? TIME.exec(value) : null
  if (match === null) return "it is not a time of day such as '12:30:00' or '12:30:00.25'"
  const [, hours, minutes, seconds = '0', fraction = ''] = match
  if (Number(minutes) > 59 || Number(seconds) > 59) return 'there is no such time of day'
  const clock = BigInt((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds))
  const micros = clock * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6))
  return micros > DAY_MICROS ? 'there is no such time of day' : micros
}
