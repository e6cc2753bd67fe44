// Json that is changed, taken apart and compared, as PostgreSQL's jsonb is. A part that is kept stays as it was written.
import { type Cell, cellOf, elementsOf, listBytes, NULL } from '../../data/index.ts'
import { type ColumnType, type ListType, listOf, type ScalarType, scalars } from '../../types/index.ts'
import { first, jsonElements, members, plain, steps } from '../json-text.ts'
import type { Value } from '../value.ts'
import { type Entry, raise, type Signature, signature } from './entry.ts'
import { array, fieldsOf, has, object, sameScalar, without } from './json-parts.ts'

type Types = readonly (ScalarType | undefined)[]

/** The steps of a path in which no one is null. */
export const knownSteps = (path: string): readonly string[] =>
  steps(path).map(each => each ?? raise('INVALID_ARGUMENT'))

/** An index of an array, from its end if negative. */
function indexIn(step: string, length: number): number {
  if (!/^-?\d+$/.test(step)) return raise('INVALID_ARGUMENT')
  const index = Number(step)
  return index < 0 ? length + index : index
}

/** The document with a part more: a key that is not there, or an element before the one of the path (or behind it). */
function insert(text: string, path: readonly string[], piece: string, behind: boolean): string {
  const [step, ...rest] = path
  if (step === undefined) return text
  if (first(text) === '{') {
    const fields = fieldsOf(text)
    const own = fields.get(step)
    if (rest.length === 0 && own !== undefined) return raise('INVALID_ARGUMENT')
    if (rest.length === 0) fields.set(step, piece)
    else if (own !== undefined) fields.set(step, insert(own, rest, piece, behind))
    return object(fields)
  }
  const pieces = jsonElements(text)
  if (pieces === undefined) return text
  const at = indexIn(step, pieces.length)
  if (rest.length > 0) return array(pieces.map((own, i) => (i === at ? insert(own, rest, piece, behind) : own)))
  const before = Math.min(Math.max(at + (behind && at >= 0 && at < pieces.length ? 1 : 0), 0), pieces.length)
  return array(pieces.toSpliced(before, 0, piece))
}

/** The document without what stands at a path. */
function cutOut(text: string, path: readonly string[]): string {
  const [step, ...rest] = path
  if (step === undefined) return text
  if (first(text) === '{') {
    const fields = fieldsOf(text)
    const own = fields.get(step)
    if (own === undefined) return text
    if (rest.length === 0) fields.delete(step)
    else fields.set(step, cutOut(own, rest))
    return object(fields)
  }
  const pieces = jsonElements(text)
  if (pieces === undefined) return text
  const at = indexIn(step, pieces.length)
  if (rest.length === 0) return array(pieces.filter((_, i) => i !== at))
  return array(pieces.map((own, i) => (i === at ? cutOut(own, rest) : own)))
}

/** Without the members of objects that are null, at any depth, and without blanks. */
function stripped(text: string): string {
  const kind = first(text)
  if (kind === '"') return JSON.stringify(JSON.parse(text))
  if (kind !== '[' && kind !== '{') return text.trim()
  const parts: string[] = []
  members(text, (key, piece) => {
    if (key === undefined) parts.push(stripped(piece))
    else if (piece !== 'null') parts.push(`${JSON.stringify(JSON.parse(key))}:${stripped(piece)}`)
  })
  return kind === '[' ? `[${parts.join()}]` : `{${parts.join()}}`
}

/** A member or an element a line, each level four blanks further in. */
function pretty(text: string, indent = ''): string {
  const inner = `${indent}    `
  const [open, close] = first(text) === '{' ? ['{', '}'] : ['[', ']']
  const parts =
    open === '{'
      ? [...fieldsOf(text)].map(([key, own]) => `${JSON.stringify(key)}: ${pretty(own, inner)}`)
      : jsonElements(text)?.map(each => pretty(each, inner))
  if (parts === undefined) return text.trim()
  const lines = parts.map(each => `${inner}${each}`).join(',\n')
  return `${open}\n${lines}${lines === '' ? '' : '\n'}${indent}${close}`
}

/** Equal as values: objects whatever the order of their keys. */
function same(a: string, b: string): boolean {
  const kind = first(a)
  if (kind !== first(b)) return '{["'.includes(kind) || '{["'.includes(first(b)) ? false : sameScalar(a, b)
  if (kind === '{') {
    const [mine, theirs] = [fieldsOf(a), fieldsOf(b)]
    return (
      mine.size === theirs.size &&
      [...mine].every(([key, own]) => theirs.has(key) && same(own, theirs.get(key) as string))
    )
  }
  if (kind !== '[') return sameScalar(a, b)
  const [mine, theirs] = [jsonElements(a) ?? [], jsonElements(b) ?? []]
  return mine.length === theirs.length && mine.every((own, i) => same(own, theirs[i] as string))
}

const valuesOf = (text: string): readonly string[] =>
  first(text) === '{' ? [...fieldsOf(text).values()] : raise('INVALID_ARGUMENT')

const isNull = (piece: Uint8Array): boolean => piece[0] === NULL

/** The texts of a list, null where an element is. */
const textsIn = (type: ListType, list: Uint8Array): readonly (string | null)[] =>
  elementsOf(type, list).map(each => (isNull(each) ? null : String(cellOf(type.element.type, each))))

const TEXTS = listOf(scalars.string, true)

/** Keys and values by turns; or keys, and as many values. */
function pairs(keys: readonly (string | null)[], values: readonly (string | null)[]): string {
  if (keys.length !== values.length) return raise('INVALID_ARGUMENT')
  const members = keys.map((key, i): [string, string] => [
    key ?? raise('INVALID_ARGUMENT'),
    values[i] === null ? 'null' : JSON.stringify(values[i]),
  ])
  return `{${members.map(([key, own]) => `${JSON.stringify(key)} : ${own}`).join(', ')}}`
}

function pairsOf(types: Types): Signature | undefined {
  if (types.length > 2 || !types.every(each => each === undefined || isTexts(each))) return undefined
  const twin = (first: Uint8Array, second?: Uint8Array): string => {
    const all = textsIn(TEXTS, first)
    if (second !== undefined) return pairs(all, textsIn(TEXTS, second))
    return pairs(
      all.filter((_, i) => i % 2 === 0),
      all.filter((_, i) => i % 2 === 1),
    )
  }
  return signature(
    types.map(() => TEXTS),
    scalars.json,
    twin,
  )
}

const isTexts = (type: ScalarType): boolean => type.kind === 'list' && type.element.type.kind === 'string'

/** A function of a document and a list of texts. */
const withTexts =
  (result: ScalarType, twin: (text: string, keys: readonly (string | null)[]) => Value) =>
  ([of, keys, more]: Types): Signature | undefined =>
    of?.kind === 'json' && (keys === undefined || isTexts(keys)) && more === undefined
      ? signature([scalars.json, TEXTS], result, (text: string, list: Uint8Array) => twin(text, textsIn(TEXTS, list)))
      : undefined

/** The parts of an object, as a list. */
const parts =
  (element: 'json' | 'string') =>
  ([of, more]: Types): Signature | undefined => {
    if (of?.kind !== 'json' || more !== undefined) return undefined
    const result = listOf(scalars[element], element === 'string')
    const values = (text: string): readonly Cell[] => (element === 'json' ? valuesOf(text) : valuesOf(text).map(plain))
    return signature([scalars.json], result, (text: string) => listBytes(result, values(text)))
  }

/** Kinds whose texts are json as they are. */
const BARE: ReadonlySet<ColumnType['kind']> = new Set(['int', 'bigint', 'boolean', 'json'])

/** A list as a json array. */
export function listAsJson([type, more]: Types): Signature | undefined {
  if (type?.kind !== 'list' || more !== undefined || elementText(type.element.type) === undefined) return undefined
  return signature([type], scalars.json, elementText(type) as (list: Uint8Array) => string)
}

type Shown = (value: never) => string

function elementText(type: ColumnType): Shown | undefined {
  const { kind } = type
  if (kind === 'list') {
    const inner = elementText(type.element.type)
    const shown = (piece: Uint8Array): string =>
      isNull(piece) ? 'null' : (inner as Shown)(cellOf(type.element.type, piece) as never)
    return inner && ((list: Uint8Array) => `[${elementsOf(type, list).map(shown).join(',')}]`)
  }
  if (BARE.has(kind)) return String
  if (kind === 'string') return (value: string) => JSON.stringify(value)
  if (kind === 'decimal' || kind === 'double' || kind === 'float')
    return (value: Value) => (/^-?\d/.test(String(value)) ? String(value) : JSON.stringify(String(value)))
  return undefined
}

function numberIn(text: string): string | null {
  const whole = text.trim()
  if (whole === 'null') return null
  return /^-?\d/.test(whole) ? whole : raise('INVALID_ARGUMENT')
}

function truthIn(text: string): boolean | null {
  const whole = text.trim()
  if (whole === 'null') return null
  return whole === 'true' || whole === 'false' ? whole === 'true' : raise('INVALID_ARGUMENT')
}

const json = { family: 'json', nulls: 'strict' } as const
const generic = (postgres?: string) => ({
  ...json,
  overloads: [],
  ...(postgres === undefined ? {} : { dialects: { postgres } }),
})

export const edits: readonly Entry[] = [
  {
    ...json,
    name: 'json_insert',
    dialects: { postgres: 'jsonb_insert' },
    overloads: [
      {
        args: ['json', 'string', 'json'],
        result: 'json',
        twin: (text: string, path: string, piece: string) => insert(text, knownSteps(path), piece, false),
      },
      {
        args: ['json', 'string', 'json', 'boolean'],
        result: 'json',
        twin: (text: string, path: string, piece: string, behind: boolean) =>
          insert(text, knownSteps(path), piece, behind),
      },
    ],
    doc: 'The document with a part more: under a key that is not there, or before the element at the path (behind it, if true is given).',
    example: `json_insert(cast('{"a": [1]}' as json), '{a,0}', cast('0' as json)) → {"a": [0, 1]}`,
  },
  {
    ...json,
    name: 'json_delete_path',
    dialects: { postgres: 'jsonb_delete_path' },
    overloads: [
      {
        args: ['json', 'string'],
        result: 'json',
        twin: (text: string, path: string) =>
          first(text) === '{' || first(text) === '[' ? cutOut(text, knownSteps(path)) : raise('INVALID_ARGUMENT'),
      },
    ],
    doc: 'The document without what stands at a path.',
    example: `json_delete_path(cast('{"a": [1, 2]}' as json), '{a,0}') → {"a": [2]}`,
  },
  {
    ...json,
    name: 'json_strip_nulls',
    aliases: ['jsonb_strip_nulls'],
    overloads: [{ args: ['json'], result: 'json', twin: stripped }],
    doc: 'Without the members of objects that are null; nulls in arrays stay.',
    example: `json_strip_nulls(cast('{"a": null, "b": 1}' as json)) → {"b":1}`,
  },
  {
    ...json,
    name: 'json_pretty',
    dialects: { postgres: 'jsonb_pretty' },
    overloads: [{ args: ['json'], result: 'string', twin: (text: string) => pretty(text) }],
    doc: 'The document as text, a member or an element a line.',
    example: `json_pretty(cast('1' as json)) → 1`,
  },
  {
    ...json,
    name: 'json_same',
    overloads: [{ args: ['json', 'json'], result: 'boolean', twin: same }],
    doc: 'Whether two documents are equal as values: keys in any order, 1.0 equals 1.',
    example: `json_same(cast('{"a": 1.0}' as json), cast('{"a": 1}' as json)) → true`,
  },
  {
    ...json,
    name: 'json_number',
    overloads: [{ args: ['json'], result: 'decimal', nullable: true, twin: numberIn }],
    doc: 'The number that a document is; null of a json null, of anything else an error.',
    example: `json_number(cast('1.5' as json)) → 1.5`,
  },
  {
    ...json,
    name: 'json_boolean',
    overloads: [{ args: ['json'], result: 'boolean', nullable: true, twin: truthIn }],
    doc: 'The truth value that a document is; null of a json null, of anything else an error.',
    example: `json_boolean(cast('true' as json)) → true`,
  },
  {
    ...json,
    name: 'json_key',
    nulls: 'custom',
    overloads: [
      {
        args: ['string'],
        result: 'string',
        seesNulls: true,
        twin: (key: string | null) => (key === null ? raise('INVALID_ARGUMENT') : JSON.stringify(key)),
      },
    ],
    doc: 'A text as the key of an object, in quotes; of null an error.',
    example: `json_key('a') → "a"`,
  },
  {
    ...generic(),
    name: 'json_values',
    generic: parts('json'),
    generics: ['json_values(json) → list<json>'],
    doc: 'The values of an object, in the order of its keys; of anything else an error.',
    example: `length(json_values(cast('{"a": 1, "b": 2}' as json))) → 2`,
  },
  {
    ...generic(),
    name: 'json_values_text',
    generic: parts('string'),
    generics: ['json_values_text(json) → list<string>'],
    doc: 'The values of an object as texts, null for a json null.',
    example: `json_values_text(cast('{"a": 1, "b": "x"}' as json)) → ["1","x"]`,
  },
  {
    ...generic('json_object'),
    name: 'json_pairs',
    aliases: ['jsonb_object'],
    generic: pairsOf,
    generics: ['json_pairs(list<string>[, list<string>]) → json'],
    doc: 'An object of keys and values by turns, or of keys and as many values; all are texts.',
    example: `json_pairs(split('a,1', ',')) → {"a" : "1"}`,
  },
  {
    ...generic('jsonb_exists_any'),
    name: 'json_has_any',
    generic: withTexts(scalars.boolean, (text, keys) => keys.some(each => each !== null && has(text, each))),
    generics: ['json_has_any(json, list<string>) → boolean'],
    doc: 'Whether any of these texts is a key of the object, or a string of the array.',
    example: `json_has_any(cast('{"a": 1}' as json), split('a,b', ',')) → true`,
  },
  {
    ...generic('jsonb_exists_all'),
    name: 'json_has_all',
    generic: withTexts(scalars.boolean, (text, keys) => keys.every(each => each === null || has(text, each))),
    generics: ['json_has_all(json, list<string>) → boolean'],
    doc: 'Whether all of these texts are keys of the object, or strings of the array.',
    example: `json_has_all(cast('{"a": 1}' as json), split('a,b', ',')) → false`,
  },
  {
    ...generic(),
    name: 'json_delete_keys',
    generic: withTexts(scalars.json, (text, keys) =>
      keys.reduce<string>((left, each) => (each === null ? left : without(left, each)), text),
    ),
    generics: ['json_delete_keys(json, list<string>) → json'],
    doc: 'The object without these keys, the array without these strings.',
    example: `json_delete_keys(cast('{"a": 1, "b": 2}' as json), split('a', ',')) → {"b": 2}`,
  },
]
