// to_date and to_timestamp: the time that a text shows by a pattern. A number takes as many digits as its field has, or all that
// there are where what follows is no number; a separator of the pattern stands for one of the text, or for none.
import { fail } from '../base/index.ts'
import { civilFromDays, daysFromCivil, monthLength } from './calendar.ts'
import { type Piece, piecesOf } from './moment-fields.ts'

/** What is parsed: days since 1970, and the time of the day. */
export interface Parsed {
  readonly day: number
  readonly micros: bigint
}

const MONTHS = `January February March April May June July August September October November December`.split(' ')
const DAYS = `Sunday Monday Tuesday Wednesday Thursday Friday Saturday`.split(' ')
const ROMAN = `I II III IV V VI VII VIII IX X XI XII`.split(' ')

/** Digits of numbers, and what they are a number of. */
const FIELDS: Readonly<Record<string, readonly [field: string, digits: number]>> = {
  HH: ['hour12', 2],
  HH12: ['hour12', 2],
  HH24: ['hour', 2],
  MI: ['minute', 2],
  SS: ['second', 2],
  MS: ['ms', 3],
  US: ['us', 6],
  SSSS: ['seconds', 5],
  SSSSS: ['seconds', 5],
  MM: ['month', 2],
  DD: ['day', 2],
  DDD: ['dayOfYear', 3],
  IDDD: ['isoDay', 3],
  D: ['weekday', 1],
  ID: ['isoWeekday', 1],
  WW: ['week', 2],
  IW: ['isoWeek', 2],
  W: ['weekOfMonth', 1],
  Q: ['', 1],
  CC: ['century', 2],
  J: ['julian', 9],
  YYYY: ['year', 4],
  IYYY: ['year', 4],
  YYY: ['year', 3],
  IYY: ['year', 3],
  YY: ['year', 2],
  IY: ['year', 2],
  Y: ['year', 1],
  I: ['year', 1],
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map(each => [`FF${each}`, ['us', each] as const])),
}

/** The text is not of the pattern, or shows no time. */
const wrong = (): never => fail('INVALID_ARGUMENT')

/** The time that a text shows; an error of the row. */
export const parseMoment = (text: string, pattern: string): Parsed => new Reader(text, piecesOf(pattern)).read()

const ERAS: readonly [string, readonly string[]] = ['bc', []]

/** Fields that are words. */
const NAMES: Readonly<Record<string, readonly [field: string, names: readonly string[]]>> = {
  month: ['month', MONTHS],
  mon: ['month', MONTHS],
  day: ['weekday', DAYS],
  dy: ['weekday', DAYS],
  rm: ['month', ROMAN],
  ad: ERAS,
  bc: ERAS,
  'a.d.': ERAS,
  'b.c.': ERAS,
}

class Reader {
  readonly #pieces: readonly Piece[]
  readonly #fields = new Map<string, number>()
  #rest: string
  #isFixed = false
  /** Blanks that were passed over: text of the pattern may stand for them. */
  #skipped = 0

  constructor(text: string, pieces: readonly Piece[]) {
    this.#rest = text
    this.#pieces = pieces
  }

  read(): Parsed {
    for (const [i, piece] of this.#pieces.entries()) {
      if (this.#rest === '') break
      if (piece.word === undefined) this.#text(piece.text, i === 0)
      else this.#field(piece.word, piece, i)
    }
    return momentOf(this.#fields)
  }

  #blanks(): void {
    const bare = this.#rest.trimStart()
    this.#skipped += this.#rest.length - bare.length
    this.#rest = bare
  }

  #text(own: string, isFirst: boolean): void {
    const isBetween = /^[\s!-/:-@[-`{-~]$/.test(own)
    if (this.#isFixed) this.#drop(1)
    else {
      if (isFirst) this.#blanks()
      if (!isBetween) {
        if (this.#skipped > 0) this.#skipped--
        else this.#drop(1)
        return
      }
      this.#skipped--
      if (!/^[\s!-/:-@[-`{-~]/.test(this.#rest)) return
      this.#drop(1)
      this.#skipped++
    }
  }

  #drop(count: number): string {
    const taken = this.#rest.slice(0, count)
    this.#rest = this.#rest.slice(count)
    return taken
  }

  #field(word: string, piece: Piece, at: number): void {
    if (word === 'FX') {
      this.#isFixed = true
      return
    }
    if (!this.#isFixed) this.#blanks()
    this.#value(word, piece, at)
    if (piece.suffix !== '') this.#drop(2)
    if (this.#isFixed) return
    this.#skipped = 0
    this.#blanks()
  }

  /** Dates are of weeks (ISO 8601), or of months: of both they say nothing. */
  #mode(word: string): void {
    const of = /^I/.test(word) ? 1 : /^(?:[MWYCR]|D)/i.test(word) && !/^M[IS]$/.test(word) ? 2 : 0
    if (of !== 0) this.#set('mode', of)
  }

  #value(word: string, piece: Piece, at: number): void {
    this.#mode(word)
    if (word === 'Y,YYY') this.#thousands()
    else if (/^[ap]\.?m/i.test(word)) this.#half()
    else if (FIELDS[word] === undefined) this.#named(word)
    else this.#counted(word, piece, at)
  }

  #named(word: string): void {
    const name = word.toLowerCase()
    const short = (names: readonly string[]): readonly string[] => names.map(each => each.slice(0, 3))
    const [field, names] = NAMES[name] ?? wrong()
    if (field === 'bc') this.#set(field, this.#word(name.includes('.') ? ['a.d.', 'b.c.'] : ['ad', 'bc']))
    else if (names === ROMAN) this.#set(field, ROMAN.indexOf(this.#longest(ROMAN)) + 1)
    else this.#set(field, this.#word(name.length < 5 && name !== 'day' ? short(names) : names) + 1)
  }

  #counted(word: string, piece: Piece, at: number): void {
    const [field, digits] = FIELDS[word] ?? wrong()
    const { value, length } = this.#number(digits, piece, at)
    if (field === 'ms') this.#set(field, value * 10 ** Math.max(3 - length, 0))
    else if (field === 'us') {
      this.#set(field, value * 10 ** Math.max(6 - length, 0))
      if (word !== 'US') this.#fields.set('precision', digits)
    } else if (field === 'year') this.#year(value, digits, length)
    else if (field !== '') this.#set(field, value)
  }

  #half(): void {
    const found = /^([ap])(\.?)m\2/i.exec(this.#rest) ?? wrong()
    this.#drop(found[0].length)
    this.#set('half', found[1]?.toLowerCase() === 'p' ? 1 : 0)
    this.#fields.set('twelve', 1)
  }

  #word(words: readonly string[]): number {
    const lower = this.#rest.toLowerCase()
    const found = words.findIndex(each => lower.startsWith(each.toLowerCase()))
    if (found < 0) wrong()
    this.#drop((words[found] as string).length)
    return found
  }

  #longest(words: readonly string[]): string {
    const upper = this.#rest.toUpperCase()
    const found = words.filter(each => upper.startsWith(each)).sort((a, b) => b.length - a.length)[0] ?? wrong()
    this.#drop(found.length)
    return found
  }

  #thousands(): void {
    const found = /^(\d+),(\d{1,3})/.exec(this.#rest) ?? wrong()
    this.#drop(found[0].length)
    this.#set('year', Number(found[1]) * 1000 + Number(found[2]))
    this.#fields.set('digits', 4)
  }

  /** A year of three digits or fewer is the one nearest to 2020. */
  #year(value: number, digits: number, length: number): void {
    this.#set('year', digits < 4 && length < 4 ? nearest(value) : value)
    this.#fields.set('digits', digits)
  }

  #number(digits: number, piece: Piece, at: number): { value: number; length: number } {
    const isOpen = piece.short || this.#isBeforeText(at)
    const taken = isOpen ? this.#rest : this.#rest.slice(0, digits)
    const found = /^\s*[+-]?\d+/.exec(taken)?.[0] ?? wrong()
    if ((!isOpen && found.length < digits) || found.length > 18) wrong()
    this.#drop(found.length)
    const value = Number(found)
    return Math.abs(value) < 2 ** 31 ? { value, length: found.length } : wrong()
  }

  /** Does what follows in the pattern end a number? */
  #isBeforeText(at: number): boolean {
    if (this.#pieces[at]?.suffix !== '') return true
    const next = this.#pieces[at + 1]
    if (next === undefined) return true
    if (next.word !== undefined) return FIELDS[next.word] === undefined ? next.word !== 'Y,YYY' : /^FF/.test(next.word)
    return !/^\d$/.test(next.text)
  }

  #set(field: string, value: number): void {
    const known = this.#fields.get(field)
    if (known !== undefined && known !== value && known !== 0) wrong()
    this.#fields.set(field, value)
  }
}

function nearest(year: number): number {
  if (year < 70) return year + 2000
  if (year < 100) return year + 1900
  if (year < 520) return year + 2000
  return year < 1000 ? year + 1000 : year
}

type Fields = ReadonlyMap<string, number>

function momentOf(fields: Fields): Parsed {
  return { day: dayOf(fields), micros: clockOf(fields) }
}

function clockOf(fields: Fields): bigint {
  const of = (name: string): number => fields.get(name) ?? 0
  const all = of('seconds')
  const twelve = fields.get('hour12')
  let hour = twelve ?? fields.get('hour') ?? Math.floor(all / 3600)
  const minute = fields.get('minute') ?? Math.floor(all / 60) % 60
  const second = fields.get('second') ?? all % 60
  if (twelve !== undefined || fields.has('twelve')) {
    if (hour < 1 || hour > 12) wrong()
    hour = (hour % 12) + 12 * of('half')
  }
  if (hour < 0 || hour >= 24 || minute < 0 || minute >= 60 || second < 0 || second >= 60) wrong()
  const fraction = of('ms') * 1000 + of('us')
  if (fraction < 0 || fraction >= 1e6) wrong()
  const unit = 10 ** (6 - (fields.get('precision') ?? 6))
  const shown = Math.round(fraction / unit) * unit
  return BigInt((hour * 60 + minute) * 60 + second) * 1_000_000n + BigInt(shown)
}

function dayOf(fields: Fields): number {
  const julian = fields.get('julian')
  const year = yearOf(fields)
  const start = julian === undefined ? undefined : civilFromDays(julian - 2_440_588)
  const isoWeek = fields.get('isoWeek')
  if (isoWeek !== undefined && julian === undefined)
    return isoWeekStart(year) + (isoWeek - 1) * 7 + (isoWeekdayOf(fields) ?? 1) - 1
  const week = fields.get('week')
  const ofYear = week === undefined ? fields.get('dayOfYear') : (week - 1) * 7 + 1
  const weekOfMonth = fields.get('weekOfMonth')
  const day = weekOfMonth === undefined ? fields.get('day') : (weekOfMonth - 1) * 7 + 1
  const isoDay = fields.get('isoDay')
  if (isoDay !== undefined && julian === undefined) return isoWeekStart(year) + isoDay - 1
  const months = fields.get('month') ?? start?.month ?? 1
  const days = day ?? start?.day ?? 1
  if (ofYear !== undefined && (months <= 1 || days <= 1)) return dayOfYear(year, ofYear, months, days, fields)
  const own = start === undefined || fields.has('year') ? year : start.year
  if (months < 1 || months > 12 || days < 1 || days > monthLength(own, months)) wrong()
  return daysFromCivil(own, months, days)
}

function dayOfYear(year: number, ofYear: number, month: number, day: number, fields: Fields): number {
  const first = daysFromCivil(year, 1, 1)
  if (!fields.has('year') || ofYear < 1 || first + ofYear > daysFromCivil(year + 1, 1, 1)) wrong()
  const found = civilFromDays(first + ofYear - 1)
  return daysFromCivil(year, month <= 1 ? found.month : month, day <= 1 ? found.day : day)
}

const isoWeekdayOf = (fields: Fields): number | undefined => {
  const weekday = fields.get('weekday')
  return fields.get('isoWeekday') ?? (weekday === undefined ? undefined : weekday === 1 ? 7 : weekday - 1)
}

/** The Monday of the week that has the 4th of January. */
function isoWeekStart(year: number): number {
  const fourth = daysFromCivil(year, 1, 4)
  return fourth - ((((fourth + 3) % 7) + 7) % 7)
}

/** The year 0 is 1 BC, and what a text without a year is of. */
function yearOf(fields: Fields): number {
  const isBC = fields.get('bc') === 1
  const [year, century] = [fields.get('year'), fields.get('century')]
  if (year !== undefined && century !== undefined && (fields.get('digits') ?? 4) <= 2) {
    const short = year % 100
    if (isBC) return 1 - ((century - 1) * 100 + short)
    return short === 0 ? century * 100 : (century - 1) * 100 + short
  }
  if (year === undefined) return centuryStart(century, isBC)
  const own = isBC ? -year : year
  return own < 0 ? own + 1 : own
}

/** The first year of a century; of none, the year 0. */
function centuryStart(century: number | undefined, isBC: boolean): number {
  if (century === undefined) return 0
  return isBC ? 100 - century * 100 : (century - 1) * 100 + 1
}
