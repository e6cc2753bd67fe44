// to_char and to_date: PostgreSQL's patterns for times. FM before a field leaves out blanks and zeros, th and TH behind it add
// st, nd, rd or th; "text" is as it stands.
import { civilFromDays, daysFromCivil } from './calendar.ts'

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

/** Longest first, so that a field is the longest word that fits. */
const WORDS =
  `HH12 HH24 SSSSS SSSS MONTH Month month YYYY IYYY Y,YYY A.M. P.M. a.m. p.m. B.C. A.D. b.c. a.d. DAY Day day IDDD
  MON Mon mon YYY IYY DDD HH MI SS MS US AM PM am pm BC AD bc ad YY IY MM DY Dy dy DD ID IW WW CC RM rm FM TH th FF1 FF2 FF3
  FF4 FF5 FF6 TZ tz OF Y I D W J Q`
    .split(/\s+/)
    .sort((a, b) => b.length - a.length)

interface Piece {
  readonly word: string | undefined
  readonly text: string
  readonly short: boolean
  readonly suffix: string
}

function piecesOf(pattern: string): readonly Piece[] {
  const pieces: Piece[] = []
  let short = false
  for (let at = 0; at < pattern.length; ) {
    if (pattern[at] === '"') {
      const end = pattern.indexOf('"', at + 1)
      const stop = end < 0 ? pattern.length : end
      pieces.push({ word: undefined, text: pattern.slice(at + 1, stop), short: false, suffix: '' })
      at = stop + 1
      continue
    }
    const word = WORDS.find(each => pattern.startsWith(each, at))
    if (word === 'FM') {
      short = true
      at += 2
      continue
    }
    if (word === undefined || word === 'TH' || word === 'th') {
      pieces.push({ word: undefined, text: pattern[at] as string, short: false, suffix: '' })
      at++
      continue
    }
    at += word.length
    const suffix = /^(?:TH|th)/.exec(pattern.slice(at))?.[0] ?? ''
    at += suffix.length
    pieces.push({ word, text: word, short, suffix })
    short = false
  }
  return pieces
}

export function formatMoment(moment: Moment, pattern: string): string {
  return piecesOf(pattern)
    .map(({ word, text, short, suffix }) => {
      if (word === undefined) return text
      const made = fieldOf(word, moment, short)
      return suffix === '' ? made : made + ordinal(made, suffix === 'TH')
    })
    .join('')
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

function fieldOf(word: string, moment: Moment, short: boolean): string {
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
      return padded(Math.floor(micros / 1000), 3, false)
    case 'US':
    case 'FF6':
      return padded(micros, 6, false)
    case 'SSSS':
    case 'SSSSS':
      return String(time / 1_000_000n)
    case 'TZ':
      return 'UTC'
    case 'tz':
      return 'utc'
    case 'OF':
      return '+00'
    default:
      if (/^FF\d$/.test(word)) return padded(micros, 6, false).slice(0, Number(word[2]))
      return /^[ap]\.?m\.?$/i.test(word) ? half(word, hours) : undefined
  }
}

const half = (word: string, hours: number): string => {
  const letter = hours % 24 >= 12 ? 'p' : 'a'
  const made = word.includes('.') ? `${letter}.m.` : `${letter}m`
  return word === word.toUpperCase() ? made.toUpperCase() : made
}

/** Of an interval. */
function spanField(word: string, { months = 0, days = 0 }: Moment, short: boolean): string {
  if (word === 'DD') return padded(days, 2, short)
  if (word === 'MM') return padded(months % 12, 2, short)
  if (word === 'YYYY') return padded(Math.trunc(months / 12), 4, short)
  return ''
}

function dayField(word: string, day: number, short: boolean): string {
  const { year, month, day: date } = civilFromDays(day)
  const weekday = (((day + 4) % 7) + 7) % 7
  const ofYear = day - daysFromCivil(year, 1, 1) + 1
  const shown = year > 0 ? year : 1 - year
  const iso = isoWeek(day)
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
      return padded(iso.year, 4, short)
    case 'IYY':
    case 'IY':
    case 'I':
      return padded(iso.year % 10 ** word.length, word.length, short)
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
      return padded(Math.floor((shown - 1) / 100) + 1, 2, short)
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

export interface Parsed {
  readonly year: number
  readonly month: number
  readonly day: number
  /** Days behind that date: a day of the year. */
  readonly more: number
  readonly micros: bigint
}

const WIDTHS: Readonly<Record<string, number>> = {
  YYYY: 4,
  YYY: 3,
  YY: 2,
  Y: 1,
  MM: 2,
  DD: 2,
  DDD: 3,
  HH24: 2,
  HH12: 2,
  HH: 2,
  MI: 2,
  SS: 2,
  MS: 3,
  US: 6,
  J: 7,
}

/** The fields that a text shows by a pattern; undefined: it does not fit. */
export function parseMoment(text: string, pattern: string): Parsed | undefined {
  const fields = new Map<string, number>()
  let rest = text.trimStart()
  const pieces = piecesOf(pattern)
  for (const [i, { word, text: own, short, suffix }] of pieces.entries()) {
    if (word === undefined) {
      rest = /[\p{L}\p{N}]/u.test(own) ? rest.slice(own.length) : rest.replace(/^[^\p{L}\p{N}]/u, '')
      continue
    }
    rest = rest.trimStart()
    const isLast = pieces[i + 1]?.word === undefined
    const taken = nameIn(word, rest, fields) ?? numberIn(word, rest, fields, isLast || short)
    if (taken === undefined) return undefined
    rest = rest.slice(taken)
    if (suffix !== '') rest = rest.replace(/^(?:st|nd|rd|th)/i, '')
  }
  return dated(fields)
}

function nameIn(word: string, rest: string, fields: Map<string, number>): number | undefined {
  const lower = word.toLowerCase().replaceAll('.', '')
  const of = (names: readonly string[], size: number | undefined, field: string): number | undefined => {
    const at = names.findIndex(each => rest.toLowerCase().startsWith(each.slice(0, size).toLowerCase()))
    if (at < 0) return undefined
    fields.set(field, at + 1)
    return (names[at] as string).slice(0, size).length
  }
  if (lower === 'month') return of(MONTHS, undefined, 'MM')
  if (lower === 'mon') return of(MONTHS, 3, 'MM')
  if (lower === 'day') return of(DAYS, undefined, 'weekday')
  if (lower === 'dy') return of(DAYS, 3, 'weekday')
  if (lower !== 'am' && lower !== 'pm') return undefined
  const found = /^([ap])\.?m\.?/i.exec(rest)
  if (found === null) return undefined
  fields.set('half', found[1]?.toLowerCase() === 'p' ? 1 : 0)
  return found[0].length
}

function numberIn(word: string, rest: string, fields: Map<string, number>, isOpen: boolean): number | undefined {
  const width = WIDTHS[word]
  if (width === undefined) return undefined
  const found = new RegExp(`^\\d{1,${isOpen && word !== 'MS' && word !== 'US' ? 9 : width}}`).exec(rest)?.[0]
  if (found === undefined) return undefined
  const value = word === 'MS' || word === 'US' ? Number(found.padEnd(width, '0')) : Number(found)
  fields.set(word, value)
  return found.length
}

function dated(fields: ReadonlyMap<string, number>): Parsed | undefined {
  const of = (name: string, otherwise: number): number => fields.get(name) ?? otherwise
  const short = fields.get('YY')
  const year =
    short === undefined || fields.has('YYYY') ? of('YYYY', 1) : short + (short < 70 ? 2000 : short < 100 ? 1900 : 0)
  const half = fields.get('half')
  const twelve = fields.get('HH12') ?? fields.get('HH')
  const hour = twelve === undefined ? of('HH24', 0) : half === undefined ? twelve : (twelve % 12) + half * 12
  if (hour > 24 || of('MI', 0) > 59 || of('SS', 0) > 59 || of('MM', 1) > 12) return undefined
  const seconds = (hour * 60 + of('MI', 0)) * 60 + of('SS', 0)
  const micros = BigInt(seconds) * 1_000_000n + BigInt(of('MS', 0) * 1000 + of('US', 0))
  const julian = fields.get('J')
  if (julian !== undefined) return { ...civilFromDays(julian - 2_440_588), more: 0, micros }
  const ofYear = fields.get('DDD')
  if (ofYear !== undefined) return { year, month: 1, day: 1, more: ofYear - 1, micros }
  return { year, month: of('MM', 1), day: of('DD', 1), more: 0, micros }
}
