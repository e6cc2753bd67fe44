// Times of day and intervals. An interval is months, days and microseconds (docs/notes/nested.md); arithmetic is
// PostgreSQL's: months are added to the calendar and cut to the end of the month, then days, then microseconds; a time of
// day goes round at midnight.
import { fittingInterval, type IntervalParts, intervalBytes, intervalParts } from '../../data/index.ts'
import type { ScalarType } from '../../types/index.ts'
import { addMonths, civilFromDays, MICROS_PER_DAY, monthLength, splitTimestamp } from '../calendar.ts'
import { rint } from './cast.ts'
import { type Entry, entryIn, int64, type Overload, raise } from './entry.ts'

type Bytes = Uint8Array

/** Bytes of the parts, or OUT_OF_RANGE. */
function interval(months: bigint, days: bigint, micros: bigint): Bytes {
  return intervalBytes(fittingInterval(months, days, micros) ?? raise('OUT_OF_RANGE'))
}

const wide = ({ months, days, micros }: IntervalParts) => [BigInt(months), BigInt(days), micros] as const

function shift(at: bigint, bytes: Bytes, sign: 1 | -1): bigint {
  const { months, days, micros } = intervalParts(bytes)
  const { day, time } = splitTimestamp(at)
  const shifted = addMonths(day, sign * months) + sign * days
  const sum = BigInt(shifted) * MICROS_PER_DAY + time + BigInt(sign) * micros
  return sum === BigInt.asIntN(64, sum) ? sum : raise('OUT_OF_RANGE')
}

export const later = (at: bigint, by: Bytes): bigint => shift(at, by, 1)
const earlier = (at: bigint, by: Bytes): bigint => shift(at, by, -1)
const midnight = (day: number): bigint => {
  const at = BigInt(day) * MICROS_PER_DAY
  return at === BigInt.asIntN(64, at) ? at : raise('OUT_OF_RANGE')
}

/** The time of day after so many microseconds; whole days go round. */
export const aroundMidnight = (time: bigint): bigint => ((time % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY

const sum = (a: Bytes, b: Bytes, sign: bigint): Bytes => {
  const [m, d, u] = wide(intervalParts(a))
  const [n, e, v] = wide(intervalParts(b))
  return interval(m + sign * n, d + sign * e, u + sign * v)
}

const DAY = Number(MICROS_PER_DAY)

/** To the microsecond, of a number of days or seconds. */
const toMicro = (x: number): number => rint(x * 1e6) / 1e6

/** Each part by itself; what is left of a month is days of 30, of a day its time (PostgreSQL's interval_mul). */
function scaled(bytes: Bytes, by: (part: number) => number): Bytes {
  const { months, days, micros } = intervalParts(bytes)
  const [allMonths, allDays] = [by(months), by(days)]
  const [wholeMonths, wholeDays] = [Math.trunc(allMonths), Math.trunc(allDays)]
  const monthRest = toMicro((allMonths - wholeMonths) * 30)
  const seconds = toMicro(((allDays - wholeDays + monthRest - Math.trunc(monthRest)) * DAY) / 1e6)
  const carried = Math.trunc((seconds * 1e6) / DAY)
  const rest = rint(by(Number(micros)) + (seconds * 1e6 - carried * DAY))
  const parts = [wholeMonths, wholeDays + carried + Math.trunc(monthRest), rest]
  if (!parts.every(Number.isFinite)) raise('OUT_OF_RANGE')
  return interval(BigInt(wholeMonths), BigInt(parts[1] as number), BigInt(rest))
}

const times = (a: Bytes, factor: number): Bytes => scaled(a, part => part * factor)
const over = (a: Bytes, by: number): Bytes => (by === 0 ? raise('DIVISION_BY_ZERO') : scaled(a, part => part / by))

const MONTHS_OF = { month: 1, quarter: 3, year: 12, decade: 120, century: 1200, millennium: 12_000 } as const
const MICROS_OF = { microsecond: 1n, millisecond: 1000n, second: 1_000_000n, minute: 60_000_000n, hour: 3_600_000_000n }

/** An interval without what is smaller than a unit; a week has no place between months and days. */
export function truncInterval(unit: string, bytes: Bytes): Bytes {
  const { months, days, micros } = intervalParts(bytes)
  const size = MONTHS_OF[unit as keyof typeof MONTHS_OF]
  if (size !== undefined) return interval(BigInt(Math.trunc(months / size) * size), 0n, 0n)
  if (unit === 'day') return interval(BigInt(months), BigInt(days), 0n)
  const part = MICROS_OF[unit as keyof typeof MICROS_OF] ?? raise('INVALID_ARGUMENT')
  return interval(BigInt(months), BigInt(days), (micros / part) * part)
}

const negated = (a: Bytes): Bytes => {
  const [m, d, u] = wide(intervalParts(a))
  return interval(-m, -d, -u)
}

export const intervalSums: readonly Overload[] = [
  { args: ['timestamp', 'interval'], result: 'timestamp', typed: ([of]) => of as ScalarType, twin: later },
  { args: ['interval', 'timestamp'], result: 'timestamp', twin: (a: Bytes, b: bigint) => later(b, a) },
  { args: ['date', 'interval'], result: 'timestamp', twin: (a: number, b: Bytes) => later(midnight(a), b) },
  { args: ['interval', 'date'], result: 'timestamp', twin: (a: Bytes, b: number) => later(midnight(b), a) },
  { args: ['interval', 'interval'], result: 'interval', twin: (a: Bytes, b: Bytes) => sum(a, b, 1n) },
  {
    args: ['time', 'interval'],
    result: 'time',
    twin: (a: bigint, b: Bytes) => aroundMidnight(a + intervalParts(b).micros),
  },
  {
    args: ['interval', 'time'],
    result: 'time',
    twin: (a: Bytes, b: bigint) => aroundMidnight(b + intervalParts(a).micros),
  },
  { args: ['date', 'time'], result: 'timestamp', twin: (a: number, b: bigint) => int64(midnight(a) + b) },
]

export const intervalDifferences: readonly Overload[] = [
  { args: ['timestamp', 'interval'], result: 'timestamp', typed: ([of]) => of as ScalarType, twin: earlier },
  { args: ['date', 'interval'], result: 'timestamp', twin: (a: number, b: Bytes) => earlier(midnight(a), b) },
  { args: ['interval', 'interval'], result: 'interval', twin: (a: Bytes, b: Bytes) => sum(a, b, -1n) },
  {
    args: ['time', 'interval'],
    result: 'time',
    twin: (a: bigint, b: Bytes) => aroundMidnight(a - intervalParts(b).micros),
  },
  { args: ['time', 'time'], result: 'interval', twin: (a: bigint, b: bigint) => interval(0n, 0n, a - b) },
]

export const intervalProducts: readonly Overload[] = [
  { args: ['interval', 'double'], result: 'interval', twin: times },
  { args: ['double', 'interval'], result: 'interval', twin: (a: number, b: Bytes) => times(b, a) },
]

export const intervalQuotients: readonly Overload[] = [{ args: ['interval', 'double'], result: 'interval', twin: over }]

export const intervalNegation: readonly Overload[] = [{ args: ['interval'], result: 'interval', twin: negated }]

/** Part `word` of an interval, PostgreSQL's: months count within the year, minutes within the hour; days and hours don't wrap. */
export function intervalPart(word: string, bytes: Bytes): number {
  const { months, days, micros } = intervalParts(bytes)
  switch (word) {
    case 'millennium':
      return Math.trunc(months / 12_000)
    case 'century':
      return Math.trunc(months / 1_200)
    case 'decade':
      return Math.trunc(months / 120)
    case 'year':
      return Math.trunc(months / 12)
    case 'quarter':
      return Math.trunc((months % 12) / 3) + 1
    case 'month':
      return months % 12 || 0
    case 'week':
      return Math.trunc(days / 7)
    case 'day':
      return days
    case 'epoch':
      // A year of 365.25 days, a month of 30: PostgreSQL's.
      return (Math.trunc(months / 12) * 365.25 + (months % 12) * 30 + days) * 86_400 + Number(micros) / 1e6
    default:
      return clockPart(word, micros)
  }
}

/** Part `word` of a time of day (or of an interval's microseconds). */
export function clockPart(word: string, micros: bigint): number {
  switch (word) {
    case 'hour':
      return Number(micros / 3_600_000_000n)
    case 'minute':
      return Number((micros / 60_000_000n) % 60n)
    case 'second':
      return Number(micros % 60_000_000n) / 1e6
    case 'millisecond':
      return Number(micros % 60_000_000n) / 1e3
    case 'microsecond':
      return Number(micros % 60_000_000n)
    case 'epoch':
      return Number(micros) / 1e6
    default:
      return raise('INVALID_ARGUMENT')
  }
}

/** Years, months and days between two times, counted on the calendar, then the rest as hours: PostgreSQL's age. */
function age(a: bigint, b: bigint): Bytes {
  if (a < b) return negated(age(b, a))
  const [end, start] = [splitTimestamp(a), splitTimestamp(b)]
  const [to, from] = [civilFromDays(end.day), civilFromDays(start.day)]
  let micros = end.time - start.time
  let days = to.day - from.day
  let months = (to.year - from.year) * 12 + to.month - from.month
  if (micros < 0n) {
    micros += MICROS_PER_DAY
    days--
  }
  if (days < 0) {
    // A month is borrowed: as long as the one the earlier time lies in.
    days += monthLength(from.year, from.month)
    months--
  }
  return interval(BigInt(months), BigInt(days), micros)
}

function partAlone(name: string, bytes: Bytes): bigint {
  const part = intervalParts(bytes)[name as 'months'] as number | bigint | undefined
  return part === undefined ? raise('INVALID_ARGUMENT') : BigInt(part)
}

/** Whole sizes of the small part go to the large one; both then have one sign. */
function carried(large: bigint, small: bigint, size: bigint): readonly [bigint, bigint] {
  const [whole, rest] = [large + small / size, small % size]
  if (whole > 0n && rest < 0n) return [whole - 1n, rest + size]
  return whole < 0n && rest > 0n ? [whole + 1n, rest - size] : [whole, rest]
}

function justifyHours(bytes: Bytes): Bytes {
  const [months, days, micros] = wide(intervalParts(bytes))
  return interval(months, ...carried(days, micros, MICROS_PER_DAY))
}

function justifyDays(bytes: Bytes): Bytes {
  const [months, days, micros] = wide(intervalParts(bytes))
  return interval(...carried(months, days, 30n), micros)
}

/** All parts of one sign, and as few of the smaller ones as can be: intervals of one length become one. */
function justified(bytes: Bytes): Bytes {
  const [months, days, micros] = wide(intervalParts(bytes))
  const [whole, time] = carried(months * 30n + days, micros, MICROS_PER_DAY)
  return interval(whole / 30n, whole % 30n, time)
}

const entry = entryIn('date and time')

const HOUR = 3_600_000_000n
const MINUTE = 60_000_000n

/** PostgreSQL's bits of fields (utils/timestamp.h), from the least: what is smaller than the least one that is there is cut off. */
const FIELDS = { second: 1n << 12n, minute: 1n << 11n, hour: 1n << 10n, day: 1n << 3n, month: 1n << 1n } as const

function fitInterval(bytes: Bytes, fields: bigint, digits: bigint): Bytes {
  const [months, days, micros] = wide(intervalParts(bytes))
  const has = (field: bigint): boolean => (fields & field) !== 0n
  if (has(FIELDS.second)) return interval(months, days, roundedMicros(micros, digits))
  if (has(FIELDS.minute)) return interval(months, days, micros - (micros % MINUTE))
  if (has(FIELDS.hour)) return interval(months, days, micros - (micros % HOUR))
  if (has(FIELDS.day)) return interval(months, days, 0n)
  return interval(has(FIELDS.month) ? months : months - (months % 12n), 0n, 0n)
}

/** Microseconds to so many digits of a second, half away from zero. */
function roundedMicros(micros: bigint, digits: bigint): bigint {
  if (digits < 0n || digits > 6n) return raise('INVALID_ARGUMENT')
  const unit = 10n ** (6n - digits)
  const size = micros < 0n ? -micros : micros
  const whole = ((size + unit / 2n) / unit) * unit
  return micros < 0n ? -whole : whole
}

/** PostgreSQL counts from the year 2000. */
const EPOCH = 946_684_800_000_000n
const roundInstant = (at: bigint, digits: bigint): bigint => int64(roundedMicros(at - EPOCH, digits) + EPOCH)

export const intervals: readonly Entry[] = [
  entry(
    'age',
    'The years, months, days and time from the second time to the first, counted on the calendar.',
    "age(timestamp '2024-03-31', timestamp '2024-02-29') → 1 mon 2 days",
    [{ args: ['timestamp', 'timestamp'], result: 'interval', twin: age }],
  ),
  entry(
    'interval_of',
    'An interval of so many months, days and microseconds.',
    'interval_of(14, 3, 1500000) → 1 year 2 mons 3 days 00:00:01.5',
    [{ args: ['int', 'int', 'int'], result: 'interval', twin: interval }],
  ),
  entry(
    'interval_part',
    'The months, the days or the microseconds of an interval, each by itself.',
    "interval_part('days', interval '1 month 2 days') → 2",
    [{ args: ['string', 'interval'], result: 'int', twin: partAlone }],
  ),
  entry('justify_hours', 'The same length with 24 hours as days.', "justify_hours(interval '27:00') → 1 day 03:00:00", [
    { args: ['interval'], result: 'interval', twin: justifyHours },
  ]),
  entry('justify_days', 'The same length with 30 days as months.', "justify_days(interval '35 days') → 1 mon 5 days", [
    { args: ['interval'], result: 'interval', twin: justifyDays },
  ]),
  entry(
    'justify_interval',
    'The same length with 24 hours as days, 30 days as months, and all parts of one sign: of equal intervals the same.',
    "justify_interval(interval '1 mon -1 hour') → 29 days 23:00:00",
    [{ args: ['interval'], result: 'interval', twin: justified }],
  ),
  entry(
    'interval_micros',
    'The length in microseconds, a month being 30 days and a day 24 hours.',
    "interval_micros(interval '1 day 1 second') → 86401000000",
    [
      {
        args: ['interval'],
        result: 'int',
        twin: (a: Bytes) => {
          const [m, d, u] = wide(intervalParts(a))
          return int64((m * 30n + d) * MICROS_PER_DAY + u)
        },
      },
    ],
  ),
  entry(
    'round_seconds',
    'The time with so many digits of its seconds (0 to 6), as timestamp(p) and time(p) have it.',
    "round_seconds(timestamp '2026-01-01 10:00:00.567', 1) → 2026-01-01 10:00:00.6",
    [
      { args: ['timestamp', 'int'], result: 'timestamp', twin: roundInstant },
      { args: ['time', 'int'], result: 'time', twin: roundedMicros },
    ],
  ),
  entry(
    'fit_interval',
    'The interval without what is smaller than the least of the fields (PostgreSQL’s bits of them: 32767 are all, 8 is DAY, 1024 HOUR), its seconds to so many digits.',
    "fit_interval(interval '1 day 02:03:04.567', 32767, 1) → 1 day 02:03:04.6",
    [{ args: ['interval', 'int', 'int'], result: 'interval', twin: fitInterval }],
  ),
]
