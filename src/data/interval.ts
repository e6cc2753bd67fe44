// An interval is months, days and microseconds, as PostgreSQL has it: none of them says how long another is. Inside the
// engine it is 24 bytes in PostgreSQL's order (a month counts 30 days, a day 24 hours); the other half of this file is
// src/kernels/assembly/time-types.ts. Text is read as ISO 8601 durations or as PostgreSQL's units ('1 month 2 days
// 03:04:05.5', '10 minutes') and written as PostgreSQL writes it.

const DAY = 86_400_000_000n
const INT64_MAX = 2n ** 63n - 1n
const INT64_MIN = -(2n ** 63n)
const INT32 = 2n ** 31n

/** Months, days and microseconds; months and days fit 32 bits, microseconds 64. */
export interface IntervalParts {
  readonly months: number
  readonly days: number
  readonly micros: bigint
}

/** The 24 bytes: days and microseconds of the whole, then months and days; big endian, sign bits flipped. */
export function intervalBytes({ months, days, micros }: IntervalParts): Uint8Array {
  const bytes = new Uint8Array(24)
  const view = new DataView(bytes.buffer)
  const rest = ((micros % DAY) + DAY) % DAY
  const whole = BigInt(months) * 30n + BigInt(days) + (micros - rest) / DAY
  view.setBigUint64(0, BigInt.asUintN(64, whole) ^ (1n << 63n))
  view.setBigUint64(8, rest)
  view.setUint32(16, (months ^ 0x80000000) >>> 0)
  view.setUint32(20, (days ^ 0x80000000) >>> 0)
  return bytes
}

/** The other way. */
export function intervalParts(bytes: Uint8Array): IntervalParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 24)
  const months = view.getUint32(16) ^ 0x80000000
  const days = view.getUint32(20) ^ 0x80000000
  const whole = BigInt.asIntN(64, view.getBigUint64(0) ^ (1n << 63n))
  const micros = (whole - BigInt(months) * 30n - BigInt(days)) * DAY + view.getBigUint64(8)
  return { months, days, micros }
}

/** The parts if each fits, else undefined. */
export function fittingInterval(months: bigint, days: bigint, micros: bigint): IntervalParts | undefined {
  if (months >= INT32 || months < -INT32 || days >= INT32 || days < -INT32) return undefined
  if (micros > INT64_MAX || micros < INT64_MIN) return undefined
  return { months: Number(months), days: Number(days), micros }
}

type Unit = readonly [part: 'months' | 'days' | 'micros', size: bigint]

const units: Readonly<Record<string, Unit>> = {
  millennium: ['months', 12_000n],
  century: ['months', 1_200n],
  decade: ['months', 120n],
  year: ['months', 12n],
  yr: ['months', 12n],
  y: ['months', 12n],
  month: ['months', 1n],
  mon: ['months', 1n],
  week: ['days', 7n],
  w: ['days', 7n],
  day: ['days', 1n],
  d: ['days', 1n],
  hour: ['micros', 3_600_000_000n],
  hr: ['micros', 3_600_000_000n],
  h: ['micros', 3_600_000_000n],
  minute: ['micros', 60_000_000n],
  min: ['micros', 60_000_000n],
  m: ['micros', 60_000_000n],
  second: ['micros', 1_000_000n],
  sec: ['micros', 1_000_000n],
  s: ['micros', 1_000_000n],
  millisecond: ['micros', 1_000n],
  msec: ['micros', 1_000n],
  ms: ['micros', 1_000n],
  microsecond: ['micros', 1n],
  usec: ['micros', 1n],
  us: ['micros', 1n],
}
const irregular: Readonly<Record<string, string>> = { centuries: 'century', millennia: 'millennium' }

/** A unit's own name. */
const named = new Map<string, string>()
for (const [name, unit] of Object.entries(units)) {
  const first = Object.keys(units).find(each => units[each]?.[0] === unit[0] && units[each]?.[1] === unit[1])
  named.set(name, first as string)
}

function unitName(word: string): string | undefined {
  const name = word.toLowerCase()
  const known = named.get(name)
  if (known !== undefined) return known
  return named.get(irregular[name] ?? (name.endsWith('s') ? name.slice(0, -1) : name))
}

const unitOf = (word: string): Unit | undefined => units[unitName(word) ?? '']

interface Sum {
  months: bigint
  days: bigint
  micros: bigint
}

/**
 * `number` of a unit. What is not whole goes on to smaller ones: of years to months, which are rounded, of months (of 30 days) and
 * weeks to days and time.
 */
function add(sum: Sum, number: string, [part, size]: Unit): void {
  const [, sign, whole = '', fraction = ''] = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(number) as RegExpExecArray
  const way = sign === '-' ? -1n : 1n
  const scale = 10n ** BigInt(fraction.length)
  const rest = BigInt(fraction === '' ? '0' : fraction)
  sum[part] += way * BigInt(whole === '' ? '0' : whole) * size
  if (part === 'micros') sum.micros += way * nearest(rest * size, scale)
  else if (part === 'months' && size > 1n) sum.months += (way * (2n * rest * size + scale)) / (2n * scale)
  else {
    const days = rest * (part === 'months' ? 30n : size)
    sum.days += way * (days / scale)
    sum.micros += way * nearest((days % scale) * DAY, scale)
  }
}

/** A quotient to the nearest, the lesser of two as near. */
const nearest = (dividend: bigint, divisor: bigint): bigint => (2n * dividend + divisor - 1n) / (2n * divisor)

const NUMBER = '(?:[+-]\\s*)?(?:\\d{1,18}(?:\\.\\d{0,18})?|\\.\\d{1,18})'
const ISO = /^([+-]?)P(?=[+\-\dT])((?:[+-]?\d{1,18}[YMWD])*)(?:T((?:[+-]?\d{1,18}(?:\.\d{1,18})?[HMS])+))?$/
const PART = new RegExp(
  `\\s*(?:([+-]?)(\\d{1,18}):(\\d{1,2}(?:\\.\\d{0,18})?)(?::(\\d{1,2}(?:\\.\\d{0,18})?))?(?![\\d:])|([+-]?)(\\d{1,9})-(\\d{1,2})(?!\\d)|(${NUMBER})\\s*([A-Za-z]*))`,
  'y',
)

/** What the fields of a type say of its texts: the unit of a number that has none, and whether `1:02` is minutes and seconds. */
export interface IntervalReading {
  readonly unit: string
  readonly fromMinutes: boolean
}

const PLAIN: IntervalReading = { unit: 'second', fromMinutes: false }

/** An interval from its text; undefined if it is none. */
export function intervalOfText(text: string, reading: IntervalReading = PLAIN): IntervalParts | undefined {
  const bare = text.trim()
  const sum = /^[+-]?P/.test(bare) ? ofIso(bare) : ofUnits(bare, reading)
  return sum === undefined ? undefined : fittingInterval(sum.months, sum.days, sum.micros)
}

const isoUnits: Readonly<Record<string, string>> = { Y: 'year', M: 'month', W: 'week', D: 'day' }
const isoClock: Readonly<Record<string, string>> = { H: 'hour', M: 'minute', S: 'second' }

function ofIso(text: string): Sum | undefined {
  const match = ISO.exec(text)
  if (match === null) return undefined
  const sum: Sum = { months: 0n, days: 0n, micros: 0n }
  const [, sign, date = '', clock = ''] = match
  for (const [part, names, order] of [[date, isoUnits, 'YMWD'] as const, [clock, isoClock, 'HMS'] as const]) {
    let last = -1
    for (const [, number, letter] of part.matchAll(/([+-]?[\d.]+)([A-Z])/g)) {
      const place = order.indexOf(letter as string)
      if (place <= last || (number?.includes('.') && letter !== 'S')) return undefined
      last = place
      add(sum, number as string, unitOf(names[letter as string] as string) as Unit)
    }
  }
  return sign === '-' ? { months: -sum.months, days: -sum.days, micros: -sum.micros } : sum
}

/** From its end: a number without a unit takes one from what stands behind it. Each unit is there once. */
function ofUnits(text: string, reading: IntervalReading): Sum | undefined {
  const ago = /\s+ago$/i.test(text)
  const all = (ago ? text.replace(/\s+ago$/i, '') : text).replace(/^@/, '').trim()
  const parts: RegExpExecArray[] = []
  PART.lastIndex = 0
  while (PART.lastIndex < all.length) {
    const match = PART.exec(all)
    if (match === null) return undefined
    parts.push(match)
  }
  const reader: Reader = { sum: { months: 0n, days: 0n, micros: 0n }, seen: new Set(), next: reading.unit, reading }
  if (parts.length === 0 || !parts.reverse().every(each => addPart(reader, each))) return undefined
  const { months, days, micros } = reader.sum
  return ago ? { months: -months, days: -days, micros: -micros } : reader.sum
}

interface Reader {
  readonly sum: Sum
  readonly seen: Set<string>
  readonly reading: IntervalReading
  /** The unit of a number that has none. */
  next: string
}

/** A clock, years-months, or a number with its unit; false: none, or one that was there. */
function addPart(reader: Reader, match: RegExpExecArray): boolean {
  const { sum } = reader
  const [, sign = '', hours, minutes, seconds, way = '', years, months = '0', number = '', word = ''] = match
  if (hours !== undefined) return addClock(reader, sign, hours, minutes as string, seconds)
  if (years !== undefined) {
    if (Number(months) > 11 || !isNew(reader, 'month')) return false
    add(sum, way + years, units['year'] as Unit)
    add(sum, way + months, units['month'] as Unit)
    return true
  }
  const name = word === '' ? reader.next : unitName(word)
  if (name === undefined || !isNew(reader, name)) return false
  reader.next = name === 'hour' ? 'day' : name
  const isSplit = name === 'second' && number.includes('.')
  if (isSplit && !CLOCK_PARTS.slice(3).every(each => isNew(reader, each))) return false
  add(sum, number.replace(/\s/g, ''), units[name] as Unit)
  return true
}

/** All that a clock says, and a second with a fraction from its third on. */
const CLOCK_PARTS = ['hour', 'minute', 'second', 'millisecond', 'microsecond']

function addClock(reader: Reader, sign: string, first: string, second: string, third: string | undefined): boolean {
  const isShort = third === undefined && (reader.reading.fromMinutes || second.includes('.'))
  const [hours, minutes, seconds] = isShort ? ['0', first, second] : [first, second, third ?? '0']
  if (Number(minutes) > 59 || Number(seconds) > 60 || minutes.includes('.')) return false
  if (!CLOCK_PARTS.every(each => isNew(reader, each))) return false
  add(reader.sum, sign + hours, units['hour'] as Unit)
  add(reader.sum, sign + minutes, units['minute'] as Unit)
  add(reader.sum, sign + seconds, units['second'] as Unit)
  reader.next = 'day'
  return true
}

const isNew = ({ seen }: Reader, name: string): boolean => !seen.has(name) && seen.add(name) !== undefined

const two = (value: bigint): string => String(value).padStart(2, '0')

/** Hours, minutes and seconds with as many digits of a second as there are: `03:04:05.5`. */
export function clockText(micros: bigint): string {
  const fraction = String(micros % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '')
  const seconds = micros / 1_000_000n
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`
  return fraction === '' ? clock : `${clock}.${fraction}`
}

/** An interval as PostgreSQL prints it: `1 year 2 mons -3 days +04:05:06.5`. */
export function intervalText({ months, days, micros }: IntervalParts): string {
  const parts: string[] = []
  let negative = false
  const put = (value: number, name: string): void => {
    if (value === 0) return
    // A positive part behind a negative one shows its sign.
    const sign = negative && value > 0 ? '+' : ''
    negative = value < 0
    parts.push(`${sign}${value} ${name}${value === 1 ? '' : 's'}`)
  }
  put(Math.trunc(months / 12), 'year')
  put(months % 12, 'mon')
  put(days, 'day')
  if (micros !== 0n || parts.length === 0) {
    const sign = micros < 0n ? '-' : negative ? '+' : ''
    parts.push(sign + clockText(micros < 0n ? -micros : micros))
  }
  return parts.join(' ')
}

/** ISO 8601, as JSON and files have it: `P1Y2M3DT4H5M6.5S`. */
export function isoText({ months, days, micros }: IntervalParts): string {
  const part = (value: number | bigint, unit: string): string => (BigInt(value) === 0n ? '' : `${value}${unit}`)
  const date = part(Math.trunc(months / 12), 'Y') + part(months % 12, 'M') + part(days, 'D')
  if (micros === 0n) return date === '' ? 'PT0S' : `P${date}`
  const seconds = micros % 60_000_000n
  const size = seconds < 0n ? -seconds : seconds
  const fraction = String(size % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '')
  const text =
    seconds === 0n ? '' : `${seconds < 0n ? '-' : ''}${size / 1_000_000n}${fraction === '' ? '' : `.${fraction}`}S`
  return `P${date}T${part(micros / 3_600_000_000n, 'H')}${part((micros / 60_000_000n) % 60n, 'M')}${text}`
}

const FIELDS = {
  years: 'year',
  months: 'month',
  weeks: 'week',
  days: 'day',
  hours: 'hour',
  minutes: 'minute',
  seconds: 'second',
  milliseconds: 'millisecond',
  micros: 'microsecond',
  microseconds: 'microsecond',
} as const

/** An interval from what programs have: text, or an object of whole numbers (a Temporal.Duration too); a text says why not. */
export function intervalOf(value: unknown): IntervalParts | string {
  if (typeof value === 'string')
    return intervalOfText(value) ?? "it is not a duration such as 'P1M2DT3H' or '1 month 2 days'"
  if (typeof value !== 'object' || value === null) return 'it is not { months, days, micros } or a duration'
  const sum: Sum = { months: 0n, days: 0n, micros: 0n }
  let seen = 0
  for (const [name, unit] of Object.entries(FIELDS)) {
    const given = (value as Readonly<Record<string, unknown>>)[name]
    if (given === undefined) continue
    if (typeof given !== 'bigint' && !Number.isSafeInteger(given)) return `its ${name} are not a whole number`
    const [part, size] = units[unit] as Unit
    sum[part] += BigInt(given as number | bigint) * size
    seen++
  }
  if (seen === 0) return 'it has no months, days or micros'
  return fittingInterval(sum.months, sum.days, sum.micros) ?? 'it is beyond 32 bits of months or days, or 64 of micros'
}
