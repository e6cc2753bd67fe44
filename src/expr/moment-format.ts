// to_char of times and intervals by PostgreSQL's patterns (moment-fields.ts).
import { civilFromDays, daysFromCivil } from './calendar.ts'
import { piecesOf } from './moment-fields.ts'

/** A time, or an interval: then it has no day of the calendar. */
export interface Moment {
  readonly day: number | undefined
  readonly time: bigint
  readonly months?: number
  readonly days?: number
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** Undefined: an interval has no such field. */
export function formatMoment(moment: Moment, pattern: string): string | undefined {
  let made = ''
  for (const { word, text, short, suffix } of piecesOf(pattern)) {
    const shown = word === undefined ? text : fieldOf(word, moment, short)
    if (shown === undefined) return undefined
    made += suffix === '' || !/\d$/.test(shown) ? shown : shown + ordinal(shown, suffix === 'TH')
  }
  return made
}

function ordinal(text: string, upper: boolean): string {
  const number = Number(text)
  const teen = number % 100 > 10 && number % 100 < 14
  const made = teen ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th')
  return upper ? made.toUpperCase() : made
}

const padded = (value: number, width: number, short: boolean): string => {
  const digits = String(Math.abs(value))
  return (value < 0 ? '-' : '') + (short ? digits : digits.padStart(width, '0'))
}

/** Names are filled up to nine characters. */
const cased = (name: string, word: string, short: boolean, width: number): string => {
  const made =
    word === word.toUpperCase() ? name.toUpperCase() : word === word.toLowerCase() ? name.toLowerCase() : name
  return short ? made : made.padEnd(width)
}

function fieldOf(word: string, moment: Moment, short: boolean): string | undefined {
  if (word === 'FX') return ''
  return (
    clockField(word, moment, short) ??
    (moment.day === undefined ? spanField(word, moment, short) : dayField(word, moment.day, short))
  )
}

function clockField(word: string, { time }: Moment, short: boolean): string | undefined {
  const hours = Number(time / 3_600_000_000n)
  const micros = Number(time % 1_000_000n)
  switch (word) {
    case 'HH24':
      return padded(hours, 2, short)
    case 'HH':
    case 'HH12':
      return padded(hours % 12 === 0 ? 12 : hours % 12, 2, short)
    case 'MI':
      return padded(Number((time / 60_000_000n) % 60n), 2, short)
    case 'SS':
      return padded(Number((time / 1_000_000n) % 60n), 2, short)
    case 'MS':
    case 'FF3':
      return fraction(Math.trunc(micros / 1000), 3)
    case 'US':
    case 'FF6':
      return fraction(micros, 6)
    case 'SSSS':
    case 'SSSSS':
      return String(time / 1_000_000n)
    default:
      if (/^FF\d$/.test(word)) return fraction(Math.trunc(micros / 10 ** (6 - Number(word[2]))), Number(word[2]))
      return /^[ap]\.?m\.?$/i.test(word) ? half(word, hours) : undefined
  }
}

/** A sign takes the place of a zero. */
const fraction = (value: number, width: number): string =>
  value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0')

const half = (word: string, hours: number): string => {
  const letter = hours % 24 >= 12 ? 'p' : 'a'
  const made = word.includes('.') ? `${letter}.m.` : `${letter}m`
  return word === word.toUpperCase() ? made.toUpperCase() : made
}

/** Months below zero go back from December, and so do whole years. */
function romanOf(year: number, month: number): number {
  if (month !== 0) return month > 0 ? month - 1 : 12 + month
  return year >= 0 ? 11 : 0
}

/** An instant is shown in UTC. */
const ZONE: Readonly<Record<string, string>> = { TZ: 'UTC', tz: 'utc', TZH: '+00', TZM: '00', OF: '+00' }

/** Of an interval: it has no weekday, no era and no zone. */
function spanField(word: string, { months = 0, days = 0 }: Moment, short: boolean): string | undefined {
  const [year, month] = [Math.trunc(months / 12), months % 12]
  switch (word) {
    case 'DD':
      return short ? String(days) : fraction(days, 2)
    case 'DDD':
      return padded(months * 30 + days, 3, short)
    case 'MM':
      return padded(month, 2, short)
    case 'RM':
    case 'rm':
      return months === 0 ? '' : cased(ROMAN[romanOf(year, month)] as string, word, short, 4)
    case 'Q':
      return month === 0 ? '' : String(Math.trunc((month - 1) / 3) + 1)
    case 'CC':
      return padded(Math.trunc(year / 100), 2, short)
    case 'YYYY':
      return padded(year, 4, short)
    case 'Y,YYY':
      return `${Math.trunc(year / 1000)},${padded(year % 1000, 3, false)}`
    case 'YYY':
    case 'YY':
    case 'Y':
      return padded(year % 10 ** word.length, word.length, short)
    default:
      return undefined
  }
}

function dayField(word: string, day: number, short: boolean): string {
  const zone = ZONE[word]
  if (zone !== undefined) return zone
  const { year, month, day: date } = civilFromDays(day)
  const weekday = (((day + 4) % 7) + 7) % 7
  const ofYear = day - daysFromCivil(year, 1, 1) + 1
  const shown = year > 0 ? year : 1 - year
  const iso = isoWeek(day)
  const isoYear = iso.year > 0 ? iso.year : 1 - iso.year
  switch (word) {
    case 'YYYY':
      return padded(shown, 4, short)
    case 'Y,YYY':
      return `${Math.floor(shown / 1000)},${padded(shown % 1000, 3, false)}`
    case 'YYY':
    case 'YY':
    case 'Y':
      return padded(shown % 10 ** word.length, word.length, short)
    case 'IYYY':
      return padded(isoYear, 4, short)
    case 'IYY':
    case 'IY':
    case 'I':
      return padded(isoYear % 10 ** word.length, word.length, short)
    case 'MM':
      return padded(month, 2, short)
    case 'DD':
      return padded(date, 2, short)
    case 'DDD':
      return padded(ofYear, 3, short)
    case 'D':
      return String(weekday + 1)
    case 'ID':
      return String(weekday === 0 ? 7 : weekday)
    case 'IW':
      return padded(iso.week, 2, short)
    case 'IDDD':
      return padded((iso.week - 1) * 7 + (weekday === 0 ? 7 : weekday), 3, short)
    case 'WW':
      return padded(Math.floor((ofYear - 1) / 7) + 1, 2, short)
    case 'W':
      return String(Math.floor((date - 1) / 7) + 1)
    case 'CC':
      return padded(year > 0 ? Math.floor((year - 1) / 100) + 1 : Math.trunc(year / 100) - 1, 2, short)
    case 'Q':
      return String(Math.floor((month - 1) / 3) + 1)
    case 'J':
      return String(day + 2_440_588)
    default:
      return nameField(word, { month, weekday, year }, short)
  }
}

const ROMAN = ['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX', 'X', 'XI', 'XII']

function nameField(
  word: string,
  { month, weekday, year }: { month: number; weekday: number; year: number },
  short: boolean,
): string {
  const lower = word.toLowerCase()
  const [name, weekdayName] = [MONTHS[month - 1] as string, DAYS[weekday] as string]
  if (lower === 'month') return cased(name, word, short, 9)
  if (lower === 'mon') return cased(name.slice(0, 3), word, true, 3)
  if (lower === 'day') return cased(weekdayName, word, short, 9)
  if (lower === 'dy') return cased(weekdayName.slice(0, 3), word, true, 3)
  if (lower === 'rm') return cased(ROMAN[month - 1] as string, word, short, 4)
  const era = year > 0 ? 'ad' : 'bc'
  const made = word.includes('.') ? `${era[0]}.${era[1]}.` : era
  return word === word.toUpperCase() ? made.toUpperCase() : made
}

function isoWeek(day: number): { readonly year: number; readonly week: number } {
  const thursday = day - ((((day + 3) % 7) + 7) % 7) + 3
  const { year } = civilFromDays(thursday)
  return { year, week: Math.floor((thursday - daysFromCivil(year, 1, 1)) / 7) + 1 }
}
