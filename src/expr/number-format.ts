// to_char and to_number of numbers: PostgreSQL's patterns 9 0 . , D G L S MI PL SG PR FM TH RN "text". A number that has more
// digits than the pattern is shown as ##. Scientific notation (EEEE) and shifts (V) are not there: undefined.

import { textAt } from './moment-fields.ts'

const WORDS = /^(?:FM|MI|PL|SG|PR|RN|TH|EEEE|[90.,DGLSVBC]|fm|mi|pl|sg|pr|rn|th|eeee|[dglsvbc])/

interface Piece {
  readonly word: string
  /** The text between fields; of th its case. */
  readonly text: string
}

interface Pattern {
  readonly pieces: readonly Piece[]
  readonly before: number
  readonly after: number
  readonly hasPoint: boolean
  /** Digits before the first 0 (undefined: there is none), and up to the last. */
  readonly zeroFrom: number | undefined
  readonly zeroTo: number
  readonly short: boolean
  readonly sign: 'first' | 'last' | undefined
  readonly words: ReadonlySet<string>
}

function piecesOf(pattern: string): readonly Piece[] {
  const pieces: Piece[] = []
  for (let at = 0; at < pattern.length; ) {
    const text = WORDS.exec(pattern.slice(at, at + 4))?.[0]
    const [own, next] = text === undefined ? textAt(pattern, at) : [text, at + text.length]
    pieces.push({ word: text?.toUpperCase() ?? '', text: own })
    at = next
  }
  return pieces
}

/** Undefined: a pattern that is none, or that is not there. */
function patternOf(text: string): Pattern | undefined {
  const pieces = piecesOf(text)
  const words = pieces.map(each => each.word)
  const points = words.flatMap((each, i) => (each === '.' || each === 'D' ? [i] : []))
  const signs = words.flatMap((each, i) => (each === 'S' ? [i] : []))
  const used = new Set(words)
  const others = ['MI', 'PL', 'SG', 'PR'].filter(each => used.has(each))
  if (points.length > 1 || signs.length > 1 || used.has('EEEE') || used.has('V')) return undefined
  if ((signs.length > 0 && others.length > 0) || (used.has('PR') && others.length > 1)) return undefined
  const point = points[0] ?? words.length
  const isDigit = (each: string): boolean => each === '9' || each === '0'
  if (used.has('PR') && words.findLastIndex(isDigit) > words.indexOf('PR')) return undefined
  const digits = (end: number): number => words.slice(0, end).filter(isDigit).length
  const firstZero = words.indexOf('0')
  const before = digits(point)
  const signAt = signs[0]
  const isFirst = signAt !== undefined && signAt < point && digits(signAt) < before
  return {
    pieces,
    before,
    after: digits(words.length) - before,
    hasPoint: points.length > 0,
    zeroFrom: firstZero >= 0 && firstZero < point ? digits(firstZero) : undefined,
    zeroTo: firstZero < 0 ? 0 : digits(words.lastIndexOf('0') + 1),
    short: used.has('FM'),
    sign: signAt === undefined ? undefined : isFirst ? 'first' : 'last',
    words: used,
  }
}

/** How many digits behind the point the pattern shows. */
export const placesOf = (text: string): number | undefined => patternOf(text)?.after

/** The number, given as text with so many digits behind the point as the pattern shows. */
export function formatNumber(number: string, text: string): string | undefined {
  const pattern = patternOf(text)
  if (pattern === undefined) return undefined
  const isNegative = number.startsWith('-')
  const plain = number.replace(/^-/, '')
  const whole = plain.split('.')[0] as string
  if (pattern.words.has('RN')) return roman(isNegative ? 0 : Number(whole), pattern, text.includes('rn'))
  const tooLong = whole.length > pattern.before
  const shown = tooLong ? `${'#'.repeat(pattern.before)}.${'#'.repeat(pattern.after)}` : plain
  return new Printer(pattern, shown, isNegative).print()
}

const ROMAN: readonly (readonly [number, string])[] = [
  [1000, 'M'],
  [900, 'CM'],
  [500, 'D'],
  [400, 'CD'],
  [100, 'C'],
  [90, 'XC'],
  [50, 'L'],
  [40, 'XL'],
  [10, 'X'],
  [9, 'IX'],
  [5, 'V'],
  [4, 'IV'],
  [1, 'I'],
]

const ROMAN_WIDTH = 15

function roman(number: number, { short }: Pattern, small: boolean): string {
  if (!(number >= 1 && number <= 3999)) return '#'.repeat(ROMAN_WIDTH)
  let rest = number
  let made = ''
  for (const [value, letters] of ROMAN) for (; rest >= value; rest -= value) made += letters
  const cased = small ? made.toLowerCase() : made
  return short ? cased : cased.padStart(ROMAN_WIDTH)
}

function ordinalOf(digits: string, word: string): string {
  const isTeen = digits.at(-2) === '1'
  const made = (isTeen ? undefined : { 1: 'st', 2: 'nd', 3: 'rd' }[digits.at(-1) as '1' | '2' | '3']) ?? 'th'
  return word === 'TH' ? made.toUpperCase() : made
}

/** Goes through the pattern and the digits side by side (PostgreSQL's NUM_numpart_to_char). */
class Printer {
  private readonly pattern: Pattern
  private readonly number: string
  private readonly isNegative: boolean
  /** Places before the first digit. */
  private readonly blanks: number
  /** Where the last digit is that FM keeps; undefined: all stay. */
  private readonly last: number | undefined
  private at = 0
  private place = 0
  private inside = false
  private signed: boolean
  private out = ''

  constructor(pattern: Pattern, number: string, isNegative: boolean) {
    const { before, words, short } = pattern
    const point = number.indexOf('.')
    this.pattern = pattern
    this.number = number
    this.isNegative = isNegative
    this.blanks = Math.max(before - (point < 0 ? number.length : point), 0)
    this.last = short && pattern.hasPoint ? lastKept(number, pattern, this.blanks) : undefined
    const bySide = words.has('MI') || words.has('SG') || words.has('PL')
    this.signed = bySide ? words.has('MI') || words.has('SG') : short && !isNegative && pattern.sign === undefined
  }

  print(): string {
    for (const piece of this.pattern.pieces) this.piece(piece)
    return this.out
  }

  private piece({ word, text }: Piece): void {
    const { short } = this.pattern
    const blank = short ? '' : ' '
    if (word === '9' || word === '0' || word === '.' || word === 'D') this.digit(word)
    else if (word === '') this.out += text
    else if (word === ',' || word === 'G') this.out += this.inside ? ',' : blank
    else if (word === 'L') this.out += ' '
    else if (word === 'MI') this.out += this.isNegative ? '-' : blank
    else if (word === 'PL') this.out += this.isNegative ? blank : '+'
    else if (word === 'SG') this.out += this.isNegative ? '-' : '+'
    else if (word === 'TH') this.ordinal(text)
  }

  private ordinal(text: string): void {
    const { hasPoint } = this.pattern
    if (!this.isNegative && !hasPoint && !this.number.startsWith('#')) this.out += ordinalOf(this.number, text)
  }

  /** A 0 before the point that the pattern has no 0 for: 9.9 shows .5. */
  private get isBareZero(): boolean {
    const { zeroTo, after } = this.pattern
    return zeroTo === 0 && this.at === 0 && this.number[0] === '0' && after !== 0
  }

  private get endsAtPoint(): boolean {
    return this.last !== undefined && this.number[this.last] === '.'
  }

  private signBefore(): void {
    const { zeroFrom, sign, words, short } = this.pattern
    const begins = this.place >= this.blanks || zeroFrom === this.place
    if (this.signed || !begins || (this.isBareZero && !this.endsAtPoint)) return
    if (sign === 'last') return
    this.signed = true
    if (sign === 'first') this.out += this.isNegative ? '-' : '+'
    else if (words.has('PR')) this.out += this.isNegative ? '<' : short ? '' : ' '
    else this.out += this.isNegative ? '-' : short ? '' : ' '
  }

  private digit(word: string): void {
    const { zeroFrom, short } = this.pattern
    this.inside = false
    this.signBefore()
    if (this.place < this.blanks && (zeroFrom === undefined || zeroFrom > this.place)) this.out += short ? '' : ' '
    else if (this.place < this.blanks) {
      this.out += '0'
      this.inside = true
    } else this.own(word)
    this.signBehind()
    this.place++
  }

  private own(word: string): void {
    const digit = this.number[this.at]
    const isCut = this.last !== undefined && this.at > this.last && word !== '0'
    if (digit === '.') this.out += '.'
    else if (isCut || digit === undefined) this.out += ''
    else if (this.isBareZero) this.out += this.endsAtPoint ? '0' : this.pattern.short ? '' : ' '
    else {
      this.out += digit
      this.inside = true
    }
    if (digit !== undefined) this.at++
  }

  private signBehind(): void {
    const { before, after, hasPoint, sign, words } = this.pattern
    const places = before + after + (hasPoint ? 1 : 0)
    const isLast = this.place + 1 === places
    if (!isLast) return
    if (words.has('PR') && this.signed) this.out += this.isNegative ? '>' : this.pattern.short ? '' : ' '
    else if (sign === 'last') this.out += this.isNegative ? '-' : '+'
  }
}

/** The point, or the last digit behind it that is no 0 or stands under a 0 of the pattern. */
function lastKept(number: string, { zeroTo }: Pattern, blanks: number): number | undefined {
  const point = number.indexOf('.')
  if (point < 0) return undefined
  let last = point
  for (let i = point + 1; i < number.length; i++) if (number[i] !== '0') last = i
  return zeroTo > blanks ? Math.max(last, Math.min(number.length - 1, zeroTo - blanks)) : last
}

/** The number that a text shows by a pattern, as text; undefined: it shows none. */
export function numberIn(text: string, pattern: string): string | undefined {
  const known = patternOf(pattern)
  if (known === undefined) return undefined
  const isNegative = /-/.test(text) || (known.words.has('PR') && /<.*>/.test(text))
  const digits = text.replace(/[^\d.]/g, '')
  const [whole = '', part = '', ...more] = digits.split('.')
  if (more.length > 0 || (whole === '' && part === '')) return undefined
  const fraction = known.hasPoint ? part.slice(0, known.after) : ''
  const shown = `${whole.slice(0, known.before).replace(/^0+(?=.)/, '') || '0'}${fraction === '' ? '' : `.${fraction}`}`
  return isNegative && /[1-9]/.test(shown) ? `-${shown}` : shown
}
