// Times as PostgreSQL makes, bins, shifts between zones, and prints them.
import { fail } from '../../base/index.ts'
import { intervalBytes, intervalParts } from '../../data/index.ts'
import { scalars } from '../../types/index.ts'
import { daysFromCivil, floorDivide, MICROS_PER_DAY, monthLength, splitTimestamp } from '../calendar.ts'
import { formatMoment } from '../moment-format.ts'
import { parseMoment } from '../moment-parse.ts'
import { call, cast, type Expr, literal } from '../node.ts'
import { instantIn, localIn } from '../zones.ts'
import { rint } from './cast.ts'
import { type Entry, entryIn, int64, type Overload, overload, raise, signature } from './entry.ts'
import { numberPatterns } from './number-text.ts'

const entry = entryIn('date and time')

/** Days and the time between two instants. */
function between(a: bigint, b: bigint): Uint8Array {
  const micros = int64(a - b)
  return intervalBytes({ months: 0, days: Number(micros / MICROS_PER_DAY), micros: micros % MICROS_PER_DAY })
}

function bin(stride: Uint8Array, at: bigint, origin: bigint): bigint {
  const { months, days, micros } = intervalParts(stride)
  const size = BigInt(days) * MICROS_PER_DAY + micros
  if (months !== 0 || size <= 0n) raise('INVALID_ARGUMENT')
  return int64(origin + floorDivide(at - origin, size) * size)
}

function makeDate(year: bigint, month: bigint, day: bigint): number {
  const civil = Number(year < 0n ? year + 1n : year)
  const isThere = year !== 0n && Math.abs(civil) < 300_000 && month >= 1n && month <= 12n
  if (!isThere || day < 1n || day > monthLength(civil, Number(month))) raise('OUT_OF_RANGE')
  return daysFromCivil(civil, Number(month), Number(day))
}

function makeTime(hour: bigint, minute: bigint, second: number): bigint {
  const isThere = hour >= 0n && hour < 24n && minute >= 0n && minute < 60n && second >= 0 && second <= 60
  if (!isThere) raise('OUT_OF_RANGE')
  return (hour * 60n + minute) * 60_000_000n + BigInt(rint(second * 1e6))
}

const makeTimestamp = (
  ...[year, month, day, hour, minute, second]: [bigint, bigint, bigint, bigint, bigint, number]
): bigint => int64(BigInt(makeDate(year, month, day)) * MICROS_PER_DAY + makeTime(hour, minute, second))

type Move = (zone: string, at: bigint) => bigint | undefined

const zoned = (zone: string, at: bigint, move: Move): bigint => int64(move(zone, at) ?? raise('INVALID_ARGUMENT'))

const byZone = (move: Move): readonly Overload[] => [
  overload('string timestamp', 'timestamp', (zone: string, at: bigint) => zoned(zone, at, move)),
]

function formatted(at: bigint, pattern: string): string {
  const { day, time } = splitTimestamp(at)
  return formatMoment({ day, time }, pattern) ?? raise('INVALID_ARGUMENT')
}

/** An interval's fields in the place of a date's. */
function formattedInterval(bytes: Uint8Array, pattern: string): string {
  const { months, days, micros } = intervalParts(bytes)
  return formatMoment({ day: undefined, time: micros, months, days }, pattern) ?? raise('INVALID_ARGUMENT')
}

function parsed(text: string, pattern: string): bigint {
  const { day, micros } = parseMoment(text, pattern)
  return int64(BigInt(day) * MICROS_PER_DAY + micros)
}

/** Missing arguments are 0: years, months, weeks, days, hours, mins, secs. */
function makeInterval(args: readonly Expr[]): Expr | undefined {
  if (args.length > 7) return undefined
  const int = { kind: 'int' } as const
  const at = (i: number): Expr => args[i] ?? literal(0, int)
  const times = (a: Expr, by: number): Expr => call('mul', a, literal(by, int))
  const micros = cast(call('mul', cast(at(6), { kind: 'double' }), literal(1e6, { kind: 'double' })), int)
  return call(
    'interval_of',
    call('add', times(at(0), 12), at(1)),
    call('add', times(at(2), 7), at(3)),
    call('add', call('add', times(at(4), 3_600_000_000), times(at(5), 60_000_000)), micros),
  )
}

/** Select and where read a column in its place. */
const isElsewhere = (): never => fail('NOW_ELSEWHERE', { operator: 'a constant' })

export const moments: readonly Entry[] = [
  entry(
    'now',
    'The time at which a row is taken in, the same for all rows of an epoch.',
    'now() → 2026-03-01 08:30:00',
    [],
    {
      signature: 'now() → timestamp',
      generic: types => (types.length > 0 ? undefined : signature([], scalars.timestamp, isElsewhere)),
    },
  ),
  entry(
    'timestamp_between',
    'The days and the time from the second instant to the first: what - gives in SQL.',
    "timestamp_between(timestamp '2024-03-01 01:00', timestamp '2024-02-29') → 1 day 01:00:00",
    [{ args: ['timestamp', 'timestamp'], result: 'interval', twin: between }],
  ),
  entry(
    'date_bin',
    'The start of the bin that holds the time: bins of a stride (without months) from an origin on.',
    "date_bin(interval '15 minutes', timestamp '2024-02-29 12:34:56', timestamp '2024-01-01') → 2024-02-29 12:30:00",
    [{ args: ['interval', 'timestamp', 'timestamp'], result: 'timestamp', twin: bin }],
  ),
  entry('make_date', 'A date of year, month and day.', 'make_date(2024, 2, 29) → 2024-02-29', [
    { args: ['int', 'int', 'int'], result: 'date', twin: makeDate },
  ]),
  entry('make_time', 'A time of hour, minute and seconds.', 'make_time(12, 30, 1.5) → 12:30:01.5', [
    { args: ['int', 'int', 'double'], result: 'time', twin: makeTime },
  ]),
  entry(
    'make_timestamp',
    'A time of year, month, day, hour, minute and seconds, in UTC or in a time zone.',
    'make_timestamp(2024, 2, 29, 12, 30, 1.5) → 2024-02-29 12:30:01.5',
    [
      { args: ['int', 'int', 'int', 'int', 'int', 'double'], result: 'timestamp', twin: makeTimestamp },
      {
        args: ['int', 'int', 'int', 'int', 'int', 'double', 'string'],
        result: 'timestamp',
        twin: (...given: [bigint, bigint, bigint, bigint, bigint, number, string]) => {
          const [year, month, day, hour, minute, second, zone] = given
          return zoned(zone, makeTimestamp(year, month, day, hour, minute, second), instantIn)
        },
      },
    ],
    { aliases: ['make_timestamptz'] },
  ),
  {
    ...entry(
      'make_interval',
      'An interval of years, months, weeks, days, hours, minutes and seconds; what is left out is 0.',
      'make_interval(0, 0, 0, 1) → 1 day',
      [],
    ),
    nulls: 'custom',
    signature: 'make_interval(int, …) → interval',
    rewrite: makeInterval,
  },
  entry(
    'at_time_zone',
    'What a clock of the time zone shows at an instant.',
    "at_time_zone('Europe/Berlin', timestamp '2024-02-29 12:00') → 2024-02-29 13:00:00",
    byZone(localIn),
  ),
  entry(
    'from_time_zone',
    'The instant at which a clock of the time zone shows a time.',
    "from_time_zone('Europe/Berlin', timestamp '2024-02-29 13:00') → 2024-02-29 12:00:00",
    byZone(instantIn),
  ),
  entry(
    'to_char',
    "The time or the number by a pattern of PostgreSQL's: YYYY, MM, DD, HH24, MI, SS, MS, US, Mon, Month, Dy, Day, AM, IW …; FM leaves out blanks and zeros, th adds st, nd, rd, th. Of numbers: 9 a digit, 0 a digit or 0, . , D G, S MI PL SG PR for the sign, RN.",
    "to_char(timestamp '2024-02-29 12:30', 'DD Mon YYYY') → 29 Feb 2024",
    [
      { args: ['timestamp', 'string'], result: 'string', twin: formatted },
      { args: ['interval', 'string'], result: 'string', twin: formattedInterval },
      ...numberPatterns,
    ],
  ),
  entry(
    'to_date',
    'The date that a text shows by such a pattern.',
    "to_date('29 Feb 2024', 'DD Mon YYYY') → 2024-02-29",
    [
      {
        args: ['string', 'string'],
        result: 'date',
        twin: (text: string, pattern: string) => splitTimestamp(parsed(text, pattern)).day,
      },
    ],
  ),
]

/** to_timestamp of a text by a pattern. */
export const parsedTimestamp: Overload = { args: ['string', 'string'], result: 'timestamp', twin: parsed }
