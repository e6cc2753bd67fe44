// One JavaScript value into what is stored for it, or a text that says why it can't be: the checks of a border.
import { intervalBytes, intervalOf } from './interval.ts'
import { uuidOfText } from './uuid.ts'

/** Turns a value into what is stored, or a text that says why it can't. */
export type Convert<T> = (value: unknown) => T | string

const INT64_MAX = 2n ** 63n - 1n
const INT64_MIN = -(2n ** 63n)

export function booleanOf(value: unknown): boolean | string {
  return typeof value === 'boolean' ? value : 'it is not a boolean'
}

export function integerOf(value: unknown): bigint | string {
  if (typeof value === 'bigint') return value > INT64_MAX || value < INT64_MIN ? 'it needs more than 64 bits' : value
  if (typeof value !== 'number') return 'it is not an integer'
  if (!Number.isInteger(value)) return 'it is not a whole number'
  return Number.isSafeInteger(value) ? BigInt(value) : 'a number beyond 2^53 is not exact: give a bigint'
}

export function numberOf(value: unknown): number | string {
  return typeof value === 'number' ? value : 'it is not a number'
}

export function floatOf(value: unknown): number | string {
  if (typeof value !== 'number') return 'it is not a number'
  const rounded = Math.fround(value)
  return Number.isFinite(value) && !Number.isFinite(rounded) ? 'it is beyond the range of a float' : rounded
}

export interface Text {
  readonly text: string
}

export function textOf(value: unknown): Text | string {
  if (typeof value !== 'string') return 'it is not a string'
  return value.isWellFormed() ? { text: value } : 'it has a lone surrogate, which is no character'
}

/** A document as its text: its numbers keep their digits, and its null is not the null of a column. */
export class JsonText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

export function jsonOf(value: unknown): Text | string {
  if (value instanceof JsonText) return value
  try {
    const text = JSON.stringify(value)
    return text === undefined ? 'it has no JSON form' : { text }
  } catch (error) {
    return `it has no JSON form: ${error instanceof Error ? error.message : String(error)}`
  }
}

export function binaryOf(value: unknown): Uint8Array | string {
  return value instanceof Uint8Array ? value : 'it is not a Uint8Array'
}

export function intervalIn(value: unknown): Uint8Array | string {
  const parts = intervalOf(value)
  return typeof parts === 'string' ? parts : intervalBytes(parts)
}

export function uuidOf(value: unknown): Uint8Array | string {
  const bytes = typeof value === 'string' ? uuidOfText(value) : undefined
  return bytes ?? "it is not a UUID such as '9b2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a10'"
}
