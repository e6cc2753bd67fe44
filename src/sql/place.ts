// Where in a text something stands. The parser counts bytes of UTF-8; people count lines and characters, and like to
// see the line with a mark under the place.
import { excerpt, type Position } from '../base/index.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
export const encode = (text: string): Uint8Array => encoder.encode(text)
export const decode = (bytes: Uint8Array): string => decoder.decode(bytes)

export interface Place {
  readonly position: Position
  /** `line 2, column 8`, the line, and a caret below the place. */
  readonly shown: string
}

/** Characters of a line that are shown before and behind the place. */
const AROUND = 60

export function place(text: string, byte: number): Place {
  const before = decoded(text, byte)
  const lineStart = before.lastIndexOf('\n') + 1
  const line = before.split('\n').length
  const column = Array.from(before.slice(lineStart)).length + 1
  const rest = text.slice(lineStart).split('\n', 1)[0] as string
  const from = Math.max(0, before.length - lineStart - AROUND)
  const shown = rest.slice(from, before.length - lineStart + AROUND).replace(/[\t\r]/g, ' ')
  const caret = `${' '.repeat(Math.max(0, before.length - lineStart - from))}^`
  const word = /^\S*/.exec(text.slice(before.length))?.[0] ?? ''
  return {
    position: { source: 'SQL', line, ...(word === '' ? {} : { text: excerpt(word, 40) }) },
    shown: `line ${line}, column ${column}:\n  ${shown}\n  ${caret}`,
  }
}

/** The text up to a byte. */
function decoded(text: string, byte: number): string {
  if (byte <= 0) return ''
  return decode(encode(text).subarray(0, byte))
}
