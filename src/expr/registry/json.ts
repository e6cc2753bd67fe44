// Access to json texts. A column of type json holds checked text; a part of it is a piece of that text, as it was
// written (so 1.0 stays 1.0 and large numbers stay exact). Of duplicate keys the last counts, as in PostgreSQL.

import { type Entry, type KernelName, type Overload, raise } from './entry.ts'
import { mapGet } from './list.ts'

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
function members(text: string, each: (key: string | undefined, piece: string) => void): void {
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

const first = (text: string): string => text[skipBlanks(text, 0)] ?? ''

function field(text: string, key: string): string | null {
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

function element(text: string, index: bigint): string | null {
  const pieces = jsonElements(text)
  if (pieces === undefined) return null
  const at = index < 0n ? BigInt(pieces.length) + index : index
  return at >= 0n && at < pieces.length ? (pieces[Number(at)] as string) : null
}

/** Text of a value: of a string its characters, null for null, else as written. */
function plain(piece: string | null): string | null {
  if (piece === null || piece === 'null') return null
  return piece.startsWith('"') ? (JSON.parse(piece) as string) : piece
}

/** A path as PostgreSQL writes it: `{a,b,0}`; quotes around a step are taken off. */
function steps(path: string): readonly string[] {
  const match = /^\s*\{(.*)\}\s*$/s.exec(path)
  if (match === null) return raise('INVALID_ARGUMENT')
  const inner = (match[1] as string).trim()
  return inner === '' ? [] : inner.split(',').map(each => each.trim().replace(/^"(.*)"$/s, '$1'))
}

function atPath(text: string, path: string): string | null {
  let piece: string | null = text.slice(skipBlanks(text, 0)).trimEnd()
  for (const step of steps(path)) {
    if (piece === null) return null
    const isArray: boolean = first(piece) === '['
    if (isArray && !/^-?\d+$/.test(step)) return null
    piece = isArray ? element(piece, BigInt(step)) : field(piece, step)
  }
  return piece
}

const kinds: Readonly<Record<string, string>> = {
  '{': 'object',
  '[': 'array',
  '"': 'string',
  t: 'boolean',
  f: 'boolean',
  n: 'null',
}

function length(text: string): bigint {
  if (first(text) !== '[') raise('INVALID_ARGUMENT')
  let count = 0n
  members(text, () => count++)
  return count
}

const access = (
  arg: 'string' | 'int',
  result: 'json' | 'string',
  kernel: KernelName,
  twin: Overload['twin'],
): Overload => ({
  args: ['json', arg],
  result,
  nullable: true,
  kernel,
  twin,
})

const path = { args: ['json', 'string'], nullable: true } as const

export const jsons: readonly Entry[] = [
  {
    name: 'json_get',
    aliases: ['->'],
    family: 'json',
    nulls: 'strict',
    infix: '->',
    dialects: { spark: 'get_json_object' },
    overloads: [access('string', 'json', 'jsonField', field), access('int', 'json', 'jsonElement', element)],
    generic: mapGet,
    generics: ['json_get(map<K, V>, K) → V'],
    doc: 'The value of a map by its key, or the member of an object by key, or the element of an array by index (from 0, or from the end); null if there is none.',
    example: `json_get(cast('{"a": [1, 2]}' as json), 'a') → [1, 2]`,
  },
  {
    name: 'json_get_text',
    aliases: ['->>'],
    family: 'json',
    nulls: 'strict',
    infix: '->>',
    dialects: { spark: 'get_json_object' },
    overloads: [
      access('string', 'string', 'jsonFieldText', (text: string, key: string) => plain(field(text, key))),
      access('int', 'string', 'jsonElementText', (text: string, index: bigint) => plain(element(text, index))),
    ],
    doc: 'The same as text: a string without its quotes, null for a json null.',
    example: `json_get_text(cast('{"a": "x"}' as json), 'a') → x`,
  },
  {
    name: 'json_path',
    aliases: ['#>'],
    family: 'json',
    nulls: 'strict',
    infix: '#>',
    dialects: { postgres: 'json_extract_path' },
    overloads: [{ ...path, result: 'json', twin: atPath }],
    doc: 'The part at a path of keys and indexes, written {a,0,b}; null if there is none.',
    example: `json_path(cast('{"a": [1, 2]}' as json), '{a,1}') → 2`,
  },
  {
    name: 'json_path_text',
    aliases: ['#>>'],
    family: 'json',
    nulls: 'strict',
    infix: '#>>',
    dialects: { postgres: 'json_extract_path_text' },
    overloads: [{ ...path, result: 'string', twin: (text: string, at: string) => plain(atPath(text, at)) }],
    doc: 'The same as text.',
    example: `json_path_text(cast('{"a": ["x"]}' as json), '{a,0}') → x`,
  },
  {
    name: 'json_type',
    aliases: ['json_typeof'],
    family: 'json',
    nulls: 'strict',
    dialects: { postgres: 'json_typeof' },
    overloads: [
      { args: ['json'], result: 'string', kernel: 'jsonType', twin: (text: string) => kinds[first(text)] ?? 'number' },
    ],
    doc: 'object, array, string, number, boolean or null.',
    example: `json_type(cast('[1]' as json)) → array`,
  },
  {
    name: 'json_array_length',
    family: 'json',
    nulls: 'strict',
    overloads: [{ args: ['json'], result: 'int', kernel: 'jsonLength', twin: length }],
    doc: 'The number of elements of an array; of anything else an error.',
    example: `json_array_length(cast('[1, 2]' as json)) → 2`,
  },
]
