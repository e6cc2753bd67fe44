// Parts of json texts: a part is a piece of the text, as it was written. Of duplicate keys the last counts, as in
// PostgreSQL.
import { fail } from '../base/index.ts'

const blank = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9

function skipBlanks(text: string, at: number): number {
  let i = at
  while (i < text.length && blank(text.charCodeAt(i))) i++
  return i
}

/** The end of the string that begins at `at`. */
function stringEnd(text: string, at: number): number {
  let i = at + 1
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1
  return Math.min(i + 1, text.length)
}

/** The end of the value that begins at `at`; the text is valid json. */
function valueEnd(text: string, at: number): number {
  let depth = 0
  let i = at
  while (i < text.length) {
    const c = text[i] as string
    if (c === '"') i = stringEnd(text, i)
    else {
      if (c === '{' || c === '[') depth++
      else if (c === '}' || c === ']') depth--
      else if (depth === 0 && (c === ',' || blank(c.charCodeAt(0)))) return i
      if (depth < 0) return i
      i++
    }
    if (depth === 0 && '}]"'.includes(text[i - 1] as string)) return i
  }
  return i
}

/** Calls `each` with the key (as written, or undefined in an array) and the piece of every member. */
export function members(text: string, each: (key: string | undefined, piece: string) => void): void {
  let i = skipBlanks(text, 0)
  const isObject = text[i] === '{'
  i = skipBlanks(text, i + 1)
  while (i < text.length && text[i] !== '}' && text[i] !== ']') {
    let key: string | undefined
    if (isObject) {
      const end = stringEnd(text, i)
      key = text.slice(i, end)
      i = skipBlanks(text, skipBlanks(text, end) + 1)
    }
    const end = valueEnd(text, i)
    each(key, text.slice(i, end))
    i = skipBlanks(text, end)
    if (text[i] === ',') i = skipBlanks(text, i + 1)
  }
}

export const first = (text: string): string => text[skipBlanks(text, 0)] ?? ''

const KINDS: Readonly<Record<string, string>> = {
  '{': 'object',
  '[': 'array',
  '"': 'string',
  t: 'boolean',
  f: 'boolean',
  n: 'null',
}

/** What a document is, as json_typeof says it. */
export const typeOf = (text: string): string => KINDS[first(text)] ?? 'number'

export function field(text: string, key: string): string | null {
  let found: string | null = null
  if (first(text) !== '{') return null
  members(text, (each, piece) => {
    if (each !== undefined && JSON.parse(each) === key) found = piece
  })
  return found
}

/** The elements of an array, as they are written; undefined of anything else. */
export function jsonElements(text: string): string[] | undefined {
  if (first(text) !== '[') return undefined
  const pieces: string[] = []
  members(text, (_, piece) => pieces.push(piece))
  return pieces
}

export function element(text: string, index: bigint): string | null {
  const pieces = jsonElements(text)
  if (pieces === undefined) return null
  const at = index < 0n ? BigInt(pieces.length) + index : index
  return at >= 0n && at < pieces.length ? (pieces[Number(at)] as string) : null
}

/** Text of a value: of a string its characters, null for null, else as written. */
export function plain(piece: string | null): string | null {
  if (piece === null || piece === 'null') return null
  return piece.startsWith('"') ? (JSON.parse(piece) as string) : piece
}

/** A path as PostgreSQL writes it: `{a,b,0}`, steps between quotes if they have to be; a NULL without quotes is none. */
export function steps(path: string): readonly (string | null)[] {
  const inner = /^\s*\{(.*)\}\s*$/s.exec(path)?.[1]
  if (inner === undefined) return fail('INVALID_ARGUMENT')
  if (inner.trim() === '') return []
  return [...`${inner},`.matchAll(/\s*("(?:[^"\\]|\\.)*"|[^",]*?)\s*,/gs)].map(([, step = '']) => {
    if (step.startsWith('"')) return step.slice(1, -1).replace(/\\(.)/gs, '$1')
    return /^null$/i.test(step) ? null : step
  })
}

export function atPath(text: string, path: string): string | null {
  let piece: string | null = text.slice(skipBlanks(text, 0)).trimEnd()
  for (const step of steps(path)) {
    if (piece === null || step === null) return null
    const isArray: boolean = first(piece) === '['
    if (isArray && !/^-?\d+$/.test(step)) return null
    piece = isArray ? element(piece, BigInt(step)) : field(piece, step)
  }
  return piece
}
