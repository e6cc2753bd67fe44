// Dates and times as people write them: PostgreSQL's input of times besides ISO 8601. A text is words, numbers and a clock in
// nearly any order; of a date in numbers alone the year stands first if it has three digits or more, else the month does.
// What depends on the day it is read (today, now) is no time here.
import { daysFromCivil, MICROS_PER_DAY } from './calendar.ts'
import { instantIn } from './zones.ts'

export interface Moment {
  /** Days since 1970. */
  readonly day: number
  /** The clock of its zone, microseconds since midnight; undefined: the text has none. */
  readonly clock: bigint | undefined
  readonly zone: Zone | undefined
}

/** What a clock is ahead of UTC in microseconds, or the name of a zone. */
type Zone = bigint | string

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const
const DAYS =
  /^(mon|monday|tue|tues|tuesday|wed|weds|wednesday|thu|thur|thurs|thursday|fri|friday|sat|saturday|sun|sunday)$/
const MONTH =
  /^(jan|january|feb|february|mar|march|apr|april|may|jun|june|jul|july|aug|august|sep|sept|september|oct|october|nov|november|dec|december)$/

/** Abbreviations of zones, hours ahead of UTC. */
const ZONES: Readonly<Record<string, number>> = {
  z: 0,
  zulu: 0,
  utc: 0,
  uct: 0,
  gmt: 0,
  ut: 0,
  wet: 0,
  west: 1,
  bst: 1,
  cet: 1,
  cest: 2,
  met: 1,
  eet: 2,
  eest: 3,
  msk: 3,
  jst: 9,
  kst: 9,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  akst: -9,
  akdt: -8,
  hst: -10,
}

const MINUTE = 60_000_000n
const CLOCK = '(?<clock>\\d{1,2}:\\d{1,2}(?::\\d{1,2}(?:\\.\\d*)?)?)'
const REST =
  '(?<iana>[a-z]+(?:/[a-z_+-]+)+)|(?<julian>j\\d+)|t?(?<number>\\d+(?:\\.\\d+)?)|(?<word>[a-z]+(?:\\.[a-z]\\.)?)|(?<mark>[-/.,])'
const OFFSETS =
  '(?<posix>[a-z]{3,})(?<ahead>[+-]\\d{1,2}(?::\\d{2})?)|(?<offset>[+-]\\d{1,2}(?::?\\d{2})?(?::\\d{2})?)(?=\\s|$)'
/** Before the clock a sign is a mark between numbers, behind it that of an offset. */
const TOKEN = new RegExp(`\\s*(?:${CLOCK}|${REST})`, 'y')
const TOKEN_BEHIND = new RegExp(`\\s*(?:${OFFSETS}|${CLOCK}|${REST})`, 'y')

interface Parts {
  month: number | undefined
  /** Where the name of the month stands among the numbers. */
  monthAt: number
  readonly numbers: string[]
  day: number | undefined
  clock: bigint | undefined
  half: 'am' | 'pm' | undefined
  zone: Zone | undefined
  isBC: boolean
  marks: string
}

/** Undefined: no such time. */
export function momentOfText(text: string): Moment | undefined {
  const parts = partsOf(text.trim().toLowerCase())
  if (parts === undefined) return undefined
  const clock = clockOf(parts)
  const day = parts.day ?? dayOf(parts)
  return clock === null || day === undefined ? undefined : { day, clock, zone: parts.zone }
}

/** The clock of a text: hours and minutes, digits alone, one behind a date; the zone is passed over. Undefined: there is none. */
export function timeOfText(text: string): bigint | undefined {
  const digits = /^t?(\d{2})(\d{2})(?:(\d{2}(?:\.\d*)?)(?=$|[\s+a-z-])|(?=$|[\s+a-z]))/i.exec(text)
  const spaced = digits === null ? text : text.replace(digits[0], `${digits.slice(1).filter(Boolean).join(':')} `)
  const parts = partsOf(spaced.trim().toLowerCase())
  if (parts === undefined) return undefined
  const hasDate = parts.day !== undefined || parts.numbers.length > 0
  if ((hasDate && parts.day === undefined && dayOf(parts) === undefined) || parts.isBC) return undefined
  // What a zone of its own name is ahead of UTC depends on the day.
  if (!hasDate && typeof parts.zone === 'string') return undefined
  return clockOf(parts) ?? undefined
}

/** The instant: without a zone, of UTC. */
export function instantOf({ day, clock = 0n, zone = 0n }: Moment): bigint | undefined {
  const local = BigInt(day) * MICROS_PER_DAY + clock
  return typeof zone === 'bigint' ? local - zone : instantIn(zone, local)
}

function partsOf(text: string): Parts | undefined {
  const parts: Parts = {
    month: undefined,
    monthAt: 0,
    numbers: [],
    day: undefined,
    clock: undefined,
    half: undefined,
    zone: undefined,
    isBC: false,
    marks: '',
  }
  for (let at = 0; at < text.length; ) {
    const token = parts.clock === undefined ? TOKEN : TOKEN_BEHIND
    token.lastIndex = at
    const groups = token.exec(text)?.groups
    if (groups === undefined || !take(groups, parts)) return undefined
    at = token.lastIndex
  }
  return parts
}

/** Put a token where it belongs; false: it does not. */
function take(token: Readonly<Record<string, string | undefined>>, parts: Parts): boolean {
  const { clock, iana, posix, ahead, offset, julian, number, word, mark } = token
  if (clock !== undefined) return takeClock(clock, parts)
  if (iana !== undefined) return takeZone(iana, parts)
  if (posix !== undefined && ahead !== undefined) return takeZone(-offsetOf(ahead), parts)
  if (offset !== undefined) return takeZone(offsetOf(offset), parts)
  if (julian !== undefined) {
    if (parts.day !== undefined) return false
    parts.day = Number(julian.slice(1)) - 2_440_588
    return true
  }
  if (number !== undefined) return takeNumber(number, parts)
  if (word !== undefined) return takeWord(word, parts)
  parts.marks += mark ?? ''
  return true
}

function takeClock(text: string, parts: Parts): boolean {
  const [hour, minute, second = '0'] = text.split(':') as [string, string, string?]
  const seconds = Number(second)
  if (parts.clock !== undefined || Number(hour) > 24 || Number(minute) > 59 || seconds > 60) return false
  parts.clock = BigInt(Number(hour) * 60 + Number(minute)) * MINUTE + BigInt(Math.round(seconds * 1e6))
  return parts.clock <= MICROS_PER_DAY
}

function takeZone(zone: Zone, parts: Parts): boolean {
  if (parts.zone !== undefined) return false
  parts.zone = zone
  return true
}

function offsetOf(text: string): bigint {
  const digits = text.slice(1).replaceAll(':', '')
  const [hours, minutes] = digits.length > 2 ? [digits.slice(0, -2), digits.slice(-2)] : [digits, '0']
  const size = (BigInt(hours) * 60n + BigInt(minutes)) * MINUTE
  return text.startsWith('-') ? -size : size
}

/** 19990108, 990108, and behind a date 040506; else a number of the date. */
function takeNumber(text: string, parts: Parts): boolean {
  const [whole, fraction] = text.split('.') as [string, string?]
  const isAlone = parts.numbers.length === 0 && parts.month === undefined && parts.day === undefined
  if (isAlone && (whole.length === 8 || whole.length === 6) && fraction === undefined) {
    const year = whole.slice(0, -4)
    parts.day = civil(yearOf(year, false), Number(whole.slice(-4, -2)), Number(whole.slice(-2)))
    return parts.day !== undefined
  }
  if (isAlone && whole.length === 4 && fraction?.length === 3) {
    const first = daysFromCivil(Number(whole), 1, 1)
    parts.day = first + Number(fraction) - 1
    return Number(fraction) >= 1 && parts.day < daysFromCivil(Number(whole) + 1, 1, 1)
  }
  const hasDate = parts.day !== undefined || parts.numbers.length + (parts.month === undefined ? 0 : 1) === 3
  if (hasDate && parts.clock === undefined && (whole.length === 6 || whole.length === 4)) {
    const clock = whole.match(/../g)?.join(':') ?? ''
    return takeClock(fraction === undefined ? clock : `${clock}.${fraction}`, parts)
  }
  if (hasDate) return false
  // 1.2.1999
  parts.numbers.push(...(fraction === undefined ? [whole] : [whole, fraction]))
  return parts.numbers.length <= 3
}

function takeWord(word: string, parts: Parts): boolean {
  if (MONTH.test(word)) {
    if (parts.month !== undefined) return false
    parts.month = MONTHS.indexOf(word.slice(0, 3) as (typeof MONTHS)[number]) + 1
    parts.monthAt = parts.numbers.length
    return true
  }
  if (DAYS.test(word) || word === 'at' || word === 'on' || word === 't') return true
  if (word === 'bc' || word === 'b.c.') {
    parts.isBC = true
    return true
  }
  if (word === 'ad' || word === 'a.d.') return true
  if (word === 'am' || word === 'pm') {
    parts.half = word
    return true
  }
  if (word === 'epoch') return takeEpoch(parts)
  const hours = ZONES[word]
  return hours !== undefined && takeZone(BigInt(hours) * 60n * MINUTE, parts)
}

/** It stands by itself. */
function takeEpoch(parts: Parts): boolean {
  if (parts.day !== undefined || parts.numbers.length > 0 || parts.clock !== undefined) return false
  parts.day = 0
  parts.clock = 0n
  return true
}

/** Null: there is no such hour. */
function clockOf({ clock, half }: Parts): bigint | undefined | null {
  if (half === undefined) return clock
  const hour = 60n * MINUTE
  if (clock === undefined || clock >= 13n * hour) return null
  const early = clock >= 12n * hour ? clock - 12n * hour : clock
  return half === 'pm' ? early + 12n * hour : early
}

function dayOf({ numbers, month, monthAt, isBC, marks }: Parts): number | undefined {
  const [first = '', second = '', third = ''] = numbers
  const year = (text: string): number => yearOf(text, isBC)
  if (month !== undefined) {
    if (numbers.length !== 2 || (monthAt === 2 && marks.includes('-'))) return undefined
    const [day, of] = first.length > 2 ? [second, first] : [first, second]
    return civil(year(of), month, Number(day))
  }
  if (numbers.length !== 3) return undefined
  if (first.length > 2) return civil(year(first), Number(second), Number(third))
  return civil(year(third), Number(first), Number(second))
}

/** Two digits are of the years 1970 to 2069. */
function yearOf(text: string, isBC: boolean): number {
  const year = Number(text)
  if (isBC) return 1 - year
  return text.length <= 2 ? year + (year < 70 ? 2000 : 1900) : year
}

/** PostgreSQL's first date: 4713-11-24 BC. */
const FIRST_DAY = -2_440_588

function civil(year: number, month: number, day: number): number | undefined {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31) || Math.abs(year) > 290_000) return undefined
  const days = daysFromCivil(year, month, day)
  if (days < FIRST_DAY) return undefined
  const next = month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1)
  return days < next ? days : undefined
}
