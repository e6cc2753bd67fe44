// Timestamps are microseconds since 1970 in UTC, dates are days since 1970; all floors go down before 1970 too. Units and
// fields are PostgreSQL's, singular or plural, in any case.
import type { ScalarType } from '../../types/index.ts'
import { civilFromDays, daysFromCivil, floorDivide, MICROS_PER_DAY, splitTimestamp } from '../calendar.ts'
import { call, cast, type Expr, literal } from '../node.ts'
import { rint } from './cast.ts'
import { type Entry, entryIn, int64, MIN_INT, raise } from './entry.ts'
import { aroundMidnight, clockPart, intervalPart, truncInterval } from './interval.ts'
import { parsedTimestamp } from './moments.ts'

const plurals: Readonly<Record<string, string>> = { centuries: 'century', millennia: 'millennium' }

function unit(text: string): string {
  const word = text.toLowerCase()
  return plurals[word] ?? (word.endsWith('s') ? word.slice(0, -1) : word)
}

const clockUnits: Readonly<Record<string, bigint>> = {
  microsecond: 1n,
  millisecond: 1_000n,
  second: 1_000_000n,
  minute: 60_000_000n,
  hour: 3_600_000_000n,
  day: MICROS_PER_DAY,
}

const floorBy = (x: number, step: number): number => Math.floor(x / step) * step
const isoDay = (days: number): number => ((((days + 3) % 7) + 7) % 7) + 1

function startOf(word: string, days: number): number {
  const { year, month } = civilFromDays(days)
  switch (word) {
    case 'week':
      return days - isoDay(days) + 1
    case 'month':
      return daysFromCivil(year, month, 1)
    case 'quarter':
      return daysFromCivil(year, floorBy(month - 1, 3) + 1, 1)
    case 'year':
      return daysFromCivil(year, 1, 1)
    case 'decade':
      return daysFromCivil(floorBy(year, 10), 1, 1)
    case 'century':
      return daysFromCivil(floorBy(year - 1, 100) + 1, 1, 1)
    case 'millennium':
      return daysFromCivil(floorBy(year - 1, 1000) + 1, 1, 1)
    default:
      return raise('INVALID_ARGUMENT')
  }
}

function dateTrunc(text: string, at: bigint): bigint {
  const word = unit(text)
  const size = clockUnits[word]
  const start =
    size === undefined ? BigInt(startOf(word, splitTimestamp(at).day)) * MICROS_PER_DAY : floorDivide(at, size) * size
  return start < MIN_INT ? raise('OUT_OF_RANGE') : start
}

/** There is no year 0: 1 BC is -1. */
const named = (year: number): number => (year > 0 ? year : year - 1)
const spans = (year: number, size: number): number =>
  year > 0 ? Math.ceil(year / size) : -Math.ceil((1 - year) / size)

function extract(text: string, at: bigint): number {
  const { day, time } = splitTimestamp(at)
  switch (unit(text)) {
    case 'microsecond':
      return Number(time % 60_000_000n)
    case 'millisecond':
      return Number(time % 60_000_000n) / 1e3
    case 'second':
      return Number(time % 60_000_000n) / 1e6
    case 'minute':
      return Number((time / 60_000_000n) % 60n)
    case 'hour':
      return Number(time / 3_600_000_000n)
    case 'epoch':
      return Number(at) / 1e6
    default:
      return datePart(unit(text), day)
  }
}

function datePart(word: string, days: number): number {
  const { year, month, day } = civilFromDays(days)
  const thursday = days - isoDay(days) + 4
  switch (word) {
    case 'day':
      return day
    case 'dow':
      return isoDay(days) % 7
    case 'isodow':
      return isoDay(days)
    case 'doy':
      return days - daysFromCivil(year, 1, 1) + 1
    case 'week':
      return Math.floor((thursday - daysFromCivil(civilFromDays(thursday).year, 1, 1)) / 7) + 1
    case 'month':
      return month
    case 'quarter':
      return Math.floor((month - 1) / 3) + 1
    case 'year':
      return named(year)
    case 'isoyear':
      return named(civilFromDays(thursday).year)
    case 'decade':
      return Math.floor(year / 10)
    case 'century':
      return spans(year, 100)
    case 'millennium':
      return spans(year, 1000)
    default:
      return raise('INVALID_ARGUMENT')
  }
}

/**
 * The start of the window of `size` microseconds that holds `time`; windows begin at `offset` and every size before and
 * after it, before 1970 too. The meaning of windows for every room.
 */
export function windowStart(time: bigint, size: bigint, offset = 0n): bigint {
  return floorDivide(time - offset, size) * size + offset
}

function checkedWindowStart(time: bigint, size: bigint, offset: bigint): bigint {
  if (size <= 0n) raise('INVALID_ARGUMENT')
  const start = windowStart(time, size, offset)
  return start < MIN_INT ? raise('OUT_OF_RANGE') : start
}

function fromSeconds(x: number): bigint {
  const micros = rint(x * 1e6)
  return micros >= -(2 ** 63) && micros < 2 ** 63 ? BigInt(micros) : raise('OUT_OF_RANGE')
}

const entry = entryIn('date and time')

/** `year(t)`: a part as an int. */
function part(name: string, doc: string, example: string): Entry {
  const rewrite = (args: readonly Expr[]): Expr | undefined => {
    const field = literal(name, { kind: 'string' })
    return args.length === 1 ? cast(call('floor', call('extract', field, ...args)), { kind: 'int' }) : undefined
  }
  const postgres = `extract(${name} FROM …)`
  return {
    ...entry(name, doc, example, []),
    nulls: 'custom',
    rewrite,
    signature: `${name}(timestamp) → int`,
    dialects: { sql: postgres, postgres },
  }
}

export const dateTimes: readonly Entry[] = [
  entry(
    'date_trunc',
    'The start of the unit that holds the time, or an interval without smaller units: microsecond, millisecond, second, minute, hour, day, week (Monday), month, quarter, year, decade, century, millennium.',
    "date_trunc('month', timestamp '2024-02-29 12:34:56') → 2024-02-01 00:00:00",
    [
      {
        args: ['string', 'timestamp'],
        result: 'timestamp',
        kernel: 'dateTrunc',
        typed: ([, of]) => of as ScalarType,
        twin: dateTrunc,
      },
      {
        args: ['string', 'interval'],
        result: 'interval',
        twin: (text: string, of: Uint8Array) => truncInterval(unit(text), of),
      },
    ],
  ),
  entry(
    'extract',
    'One part of a time: microsecond, millisecond, second (each with the seconds), minute, hour, day, dow (Sunday is 0), isodow (Monday is 1), doy, week (ISO), isoyear, month, quarter, year, decade, century, millennium, epoch (seconds since 1970).',
    "extract('dow', timestamp '2024-02-29 12:34:56') → 4",
    [
      { args: ['string', 'timestamp'], result: 'double', kernel: 'extractPart', twin: extract },
      {
        args: ['string', 'interval'],
        result: 'double',
        twin: (field: string, a: Uint8Array) => intervalPart(unit(field), a),
      },
      { args: ['string', 'time'], result: 'double', twin: (field: string, a: bigint) => clockPart(unit(field), a) },
    ],
    { aliases: ['date_part'], dialects: { postgres: 'date_part' } },
  ),
  part('year', 'The year.', "year(timestamp '2024-02-29 12:34:56') → 2024"),
  part('quarter', 'The quarter, from 1.', "quarter(timestamp '2024-02-29 12:34:56') → 1"),
  part('month', 'The month, from 1.', "month(timestamp '2024-02-29 12:34:56') → 2"),
  part('week', 'The ISO week, from 1.', "week(timestamp '2024-02-29 12:34:56') → 9"),
  part('day', 'The day of the month.', "day(timestamp '2024-02-29 12:34:56') → 29"),
  part('dow', 'The day of the week, Sunday is 0.', "dow(timestamp '2024-02-29 12:34:56') → 4"),
  part('isodow', 'The day of the week, Monday is 1.', "isodow(timestamp '2024-02-29 12:34:56') → 4"),
  part('doy', 'The day of the year, from 1.', "doy(timestamp '2024-02-29 12:34:56') → 60"),
  part('hour', 'The hour.', "hour(timestamp '2024-02-29 12:34:56') → 12"),
  part('minute', 'The minute.', "minute(timestamp '2024-02-29 12:34:56') → 34"),
  part('second', 'The whole seconds.', "second(timestamp '2024-02-29 12:34:56') → 56"),
  entry(
    'timestamp_add',
    'A time so many microseconds later; a time of day goes round at midnight.',
    "timestamp_add(timestamp '2024-02-29 12:34:56', 1000000) → 2024-02-29 12:34:57",
    [
      {
        args: ['timestamp', 'int'],
        result: 'timestamp',
        kernel: 'addI64',
        twin: (a: bigint, b: bigint) => int64(a + b),
      },
      { args: ['time', 'int'], result: 'time', twin: (a: bigint, b: bigint) => aroundMidnight(a + b) },
    ],
  ),
  entry(
    'timestamp_sub',
    'A time so many microseconds earlier; a time of day goes round at midnight.',
    "timestamp_sub(timestamp '2024-02-29 12:34:56', 1000000) → 2024-02-29 12:34:55",
    [
      {
        args: ['timestamp', 'int'],
        result: 'timestamp',
        kernel: 'subI64',
        twin: (a: bigint, b: bigint) => int64(a - b),
      },
      { args: ['time', 'int'], result: 'time', twin: (a: bigint, b: bigint) => aroundMidnight(a - b) },
    ],
  ),
  entry(
    'timestamp_diff',
    'Microseconds from the second time to the first.',
    "timestamp_diff(timestamp '2024-02-29 12:34:56', timestamp '2024-02-29 12:34:55') → 1000000",
    [
      {
        args: ['timestamp', 'timestamp'],
        result: 'int',
        kernel: 'subI64',
        twin: (a: bigint, b: bigint) => int64(a - b),
      },
      { args: ['time', 'time'], result: 'int', kernel: 'subI64', twin: (a: bigint, b: bigint) => int64(a - b) },
    ],
  ),
  entry(
    'window_start',
    'The start of the window of a size that holds the time; windows start at the offset (both in microseconds).',
    "window_start(timestamp '2024-02-29 12:34:56', 600000000, 0) → 2024-02-29 12:30:00",
    [{ args: ['timestamp', 'int', 'int'], result: 'timestamp', kernel: 'windowStart', twin: checkedWindowStart }],
  ),
  entry(
    'to_timestamp',
    'The time so many seconds after 1970, to the nearest microsecond; or that a text shows by a pattern (see to_char).',
    'to_timestamp(0.25) → 1970-01-01 00:00:00.25',
    [{ args: ['double'], result: 'timestamp', kernel: 'secondsToTimestamp', twin: fromSeconds }, parsedTimestamp],
  ),
  entry(
    'timestamp_micros',
    'The time so many microseconds after 1970.',
    'timestamp_micros(250000) → 1970-01-01 00:00:00.25',
    [{ args: ['int'], result: 'timestamp', relabel: true, twin: (a: bigint) => a }],
  ),
  entry('epoch_micros', 'Microseconds since 1970.', "epoch_micros(timestamp '1970-01-01 00:00:01') → 1000000", [
    { args: ['timestamp'], result: 'int', relabel: true, twin: (a: bigint) => a },
  ]),
]
