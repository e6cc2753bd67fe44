// The proleptic Gregorian calendar on whole numbers, in UTC, without leap seconds: days since 1970 and microseconds
// since 1970, for every 64-bit timestamp (JavaScript's Date ends earlier).
// The conversion between days and civil dates is Howard Hinnant's (chrono-Compatible Low-Level Date Algorithms).

export const MICROS_PER_DAY = 86_400_000_000n

export interface Civil {
  /** Astronomical: the year 0 is 1 BC. */
  readonly year: number
  readonly month: number
  readonly day: number
}

const floorDiv = (a: number, b: number): number => Math.floor(a / b)

/** Days since 1970 of a civil date; month and day may not overflow. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = floorDiv(y, 400)
  const yearOfEra = y - era * 400
  const dayOfYear = floorDiv(153 * (month + (month > 2 ? -3 : 9)) + 2, 5) + day - 1
  const dayOfEra = yearOfEra * 365 + floorDiv(yearOfEra, 4) - floorDiv(yearOfEra, 100) + dayOfYear
  return era * 146097 + dayOfEra - 719468
}

export function civilFromDays(days: number): Civil {
  const z = days + 719468
  const era = floorDiv(z, 146097)
  const dayOfEra = z - era * 146097
  const yearOfEra = floorDiv(
    dayOfEra - floorDiv(dayOfEra, 1460) + floorDiv(dayOfEra, 36524) - floorDiv(dayOfEra, 146096),
    365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + floorDiv(yearOfEra, 4) - floorDiv(yearOfEra, 100))
  const mp = floorDiv(5 * dayOfYear + 2, 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return { year, month, day: dayOfYear - floorDiv(153 * mp + 2, 5) + 1 }
}

/** Days of a month. */
export function monthLength(year: number, month: number): number {
  const next = month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1)
  return next - daysFromCivil(year, month, 1)
}

/** The day so many months later; of a day that month does not have, its last. */
export function addMonths(days: number, months: number): number {
  const { year, month, day } = civilFromDays(days)
  const count = year * 12 + month - 1 + months
  const [y, m] = [floorDiv(count, 12), count - floorDiv(count, 12) * 12 + 1]
  return daysFromCivil(y, m, Math.min(day, monthLength(y, m)))
}

/** Floor division of bigints: before 1970 too. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient
}

/** A timestamp as its day since 1970 and the microseconds since that day began. */
export function splitTimestamp(micros: bigint): { readonly day: number; readonly time: bigint } {
  const day = floorDivide(micros, MICROS_PER_DAY)
  return { day: Number(day), time: micros - day * MICROS_PER_DAY }
}

const two = (value: number | bigint): string => String(value).padStart(2, '0')

/** A date as PostgreSQL prints it (ISO): `2024-02-29`, `0044-03-15 BC`. */
export function dateText(days: number): string {
  return dayText(days) + era(days)
}

function dayText(days: number): string {
  const { year, month, day } = civilFromDays(days)
  return `${String(year > 0 ? year : 1 - year).padStart(4, '0')}-${two(month)}-${two(day)}`
}

const era = (days: number): string => (civilFromDays(days).year > 0 ? '' : ' BC')

/** A timestamp as PostgreSQL prints it (ISO, UTC): `2024-02-29 12:30:00.25`. */
export function timestampText(micros: bigint): string {
  const { day, time } = splitTimestamp(micros)
  const seconds = time / 1_000_000n
  const fraction = String(time % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '')
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`
  return `${dayText(day)} ${clock}${fraction === '' ? '' : `.${fraction}`}${era(day)}`
}
