// Numbers as text by a pattern, and back: to_char and to_number.
import { decimalOfText, decimalText, isSpecial, rounded } from '../../data/index.ts'
import { formatNumber, numberIn, placesOf } from '../number-format.ts'
import { type Entry, type Overload, raise } from './entry.ts'

/** Digits that a double has for certain. */
const DOUBLE_DIGITS = 15
/** From here on toFixed shows an exponent. */
const LARGEST = 1e21

const shown = (text: string, pattern: string): string => formatNumber(text, pattern) ?? raise('INVALID_ARGUMENT')
const places = (pattern: string): number => placesOf(pattern) ?? raise('INVALID_ARGUMENT')

function ofDecimal(value: string, pattern: string): string {
  const number = decimalOfText(value)
  if (number === undefined || number === 'long' || isSpecial(number)) return raise('INVALID_ARGUMENT')
  return shown(decimalText(rounded(number, BigInt(places(pattern)))), pattern)
}

function ofDouble(value: number, pattern: string): string {
  if (!Number.isFinite(value) || Math.abs(value) >= LARGEST) return raise('INVALID_ARGUMENT')
  const whole = Math.abs(value).toFixed(0).length
  const digits = Math.max(Math.min(places(pattern), DOUBLE_DIGITS - whole), 0)
  return shown(`${value < 0 || Object.is(value, -0) ? '-' : ''}${toEven(Math.abs(value), digits)}`, pattern)
}

/** Enough to show where a tie is one exactly. */
const EXACT = 60

/** As printf rounds: a tie, of the number that the double is, to the even digit. */
function toEven(value: number, digits: number): string {
  const exact = value.toFixed(EXACT)
  const cut = exact.length - EXACT + digits
  const kept = exact.slice(0, cut).replace(/\.$/, '')
  const isTie = /^50*$/.test(exact.slice(cut))
  return isTie && Number(kept.at(-1)) % 2 === 0 ? kept : value.toFixed(digits)
}

const ofInt = (value: bigint, pattern: string): string => ofDecimal(String(value), pattern)

function toNumber(text: string, pattern: string): string {
  const made = numberIn(text, pattern) ?? raise('INVALID_TEXT')
  return decimalOfText(made) === 'long' ? raise('NUMERIC_OVERFLOW') : made
}

/** to_char of numbers. */
export const numberPatterns: readonly Overload[] = [
  { args: ['int', 'string'], result: 'string', twin: ofInt },
  { args: ['bigint', 'string'], result: 'string', twin: ofInt },
  { args: ['decimal', 'string'], result: 'string', twin: ofDecimal },
  { args: ['double', 'string'], result: 'string', twin: ofDouble },
]

export const numberTexts: readonly Entry[] = [
  {
    name: 'to_number',
    family: 'string',
    nulls: 'strict',
    overloads: [
      {
        args: ['string', 'string'],
        result: 'decimal',
        twin: toNumber,
      },
    ],
    doc: 'The number that a text shows by a pattern (see to_char).',
    example: "to_number('1,234.5', '9,999.9') → 1234.5",
  },
]
