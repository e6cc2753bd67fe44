// Json as documents, as PostgreSQL's jsonb sees them: what contains what, keys and elements, documents made of values and
// of one another. A part that is kept stays as it was written.
import { listBytes } from '../../data/index.ts'
import { type ListType, listOf, type PlainKind, scalars } from '../../types/index.ts'
import { first, jsonElements, plain } from '../json-text.ts'
import { type Entry, type Overload, raise, type Signature } from './entry.ts'
import { knownSteps, listAsJson } from './json-edit.ts'
import { array, elements, fieldsOf, has, object, sameScalar, without } from './json-parts.ts'

const isContainer = (text: string): boolean => first(text) === '{' || first(text) === '['

/** Every member of b is in a: by key in objects, anywhere in arrays. */
function holds(a: string, b: string): boolean {
  const kind = first(b)
  if (!isContainer(b)) return !isContainer(a) && sameScalar(a, b)
  if (first(a) !== kind) return false
  if (kind === '{') {
    const mine = fieldsOf(a)
    return [...fieldsOf(b)].every(([key, piece]) => {
      const own = mine.get(key)
      return own !== undefined && holds(own, piece)
    })
  }
  const mine = jsonElements(a) ?? []
  return (jsonElements(b) ?? []).every(piece => mine.some(own => holds(own, piece)))
}

/** An array contains a scalar that is one of its elements, at the top only. */
const contains = (a: string, b: string): boolean =>
  first(a) === '[' && !isContainer(b) ? holds(a, array([b])) : holds(a, b)

function keys(text: string): string[] {
  return first(text) === '{' ? [...fieldsOf(text).keys()] : raise('INVALID_ARGUMENT')
}

/** Objects take the members of the second; anything else becomes the elements of an array. */
function concat(a: string, b: string): string {
  if (first(a) === '{' && first(b) === '{') return object(new Map([...fieldsOf(a), ...fieldsOf(b)]))
  return array([...(jsonElements(a) ?? [a.trim()]), ...(jsonElements(b) ?? [b.trim()])])
}

function withoutElement(text: string, index: bigint): string {
  const pieces = elements(text)
  const at = index < 0n ? BigInt(pieces.length) + index : index
  return array(pieces.filter((_, i) => BigInt(i) !== at))
}

/** The document with another part at a path; a last step that is not there is added, unless `add` is false. */
function put(text: string, path: readonly string[], piece: string, add: boolean): string {
  const [step, ...rest] = path
  if (step === undefined) return text
  const next = (own: string): string => (rest.length === 0 ? piece : put(own, rest, piece, add))
  if (first(text) === '{') {
    const fields = fieldsOf(text)
    const own = fields.get(step)
    if (own !== undefined) fields.set(step, next(own))
    else if (rest.length === 0 && add) fields.set(step, piece)
    return object(fields)
  }
  const pieces = jsonElements(text)
  if (pieces === undefined) return text
  if (!/^-?\d+$/.test(step)) return raise('INVALID_ARGUMENT')
  return putElement(text, pieces, Number(step), next, rest.length === 0 && add ? piece : undefined)
}

function putElement(
  text: string,
  pieces: readonly string[],
  index: number,
  next: (own: string) => string,
  added: string | undefined,
): string {
  const at = index < 0 ? pieces.length + index : index
  if (at >= 0 && at < pieces.length) return array(pieces.map((own, i) => (i === at ? next(own) : own)))
  if (added === undefined) return text
  return array(at < 0 ? [added, ...pieces] : [...pieces, added])
}

function set(text: string, path: string, piece: string, add: boolean): string {
  return isContainer(text) ? put(text, knownSteps(path), piece, add) : raise('INVALID_ARGUMENT')
}

const numberText = (value: number): string => (Number.isFinite(value) ? String(value) : JSON.stringify(String(value)))

const made = (kind: PlainKind, twin: Overload['twin']): Overload => ({ args: [kind], result: 'json', twin })

const ofList = (element: 'json' | 'string', twin: (text: string) => readonly (string | null)[]) => {
  const result: ListType = listOf(scalars[element], element === 'string')
  const list = (text: string): Uint8Array => listBytes(result, twin(text))
  return (types: readonly ({ readonly kind: string } | undefined)[]): Signature | undefined =>
    types.length === 1 && types[0]?.kind === 'json'
      ? { overload: { args: ['binary'], result: 'binary', twin: list }, args: [scalars.json], result }
      : undefined
}

const json = { family: 'json', nulls: 'strict' } as const

export const documents: readonly Entry[] = [
  {
    ...json,
    name: 'json_contains',
    dialects: { postgres: 'jsonb_contains' },
    overloads: [{ args: ['json', 'json'], result: 'boolean', twin: contains }],
    doc: 'Whether the first has all that the second has: members by key, elements anywhere.',
    example: `json_contains(cast('{"a": [1, 2]}' as json), cast('{"a": [2]}' as json)) → true`,
  },
  {
    ...json,
    name: 'json_has',
    dialects: { postgres: 'jsonb_exists' },
    overloads: [{ args: ['json', 'string'], result: 'boolean', twin: has }],
    doc: 'Whether a text is a key of the object, or a string of the array.',
    example: `json_has(cast('{"a": 1}' as json), 'a') → true`,
  },
  {
    ...json,
    name: 'json_keys',
    overloads: [],
    generic: ofList('string', keys),
    generics: ['json_keys(json) → list<string>'],
    doc: 'The different keys of an object; of anything else an error.',
    example: `json_keys(cast('{"a": 1, "b": 2}' as json)) → ["a","b"]`,
  },
  {
    ...json,
    name: 'json_elements',
    overloads: [],
    generic: ofList('json', elements),
    generics: ['json_elements(json) → list<json>'],
    doc: 'The elements of an array; of anything else an error.',
    example: `length(json_elements(cast('[1, "x"]' as json))) → 2`,
  },
  {
    ...json,
    name: 'json_elements_text',
    overloads: [],
    generic: ofList('string', text => elements(text).map(plain)),
    generics: ['json_elements_text(json) → list<string>'],
    doc: 'The elements of an array as texts, null for a json null; of anything else an error.',
    example: `json_elements_text(cast('[1, "x"]' as json)) → ["1","x"]`,
  },
  {
    ...json,
    name: 'to_json',
    aliases: ['to_jsonb'],
    overloads: [
      made('json', (value: string) => value),
      made('string', (value: string) => JSON.stringify(value)),
      made('boolean', (value: boolean) => String(value)),
      made('int', (value: bigint) => String(value)),
      made('bigint', (value: bigint) => String(value)),
      made('decimal', (value: string) => (/^[-\d.]+$/.test(value) ? value : JSON.stringify(value))),
      made('double', numberText),
      made('float', numberText),
    ],
    generic: listAsJson,
    generics: ['to_json(list<T>) → json'],
    doc: 'The value as json: texts in quotes, numbers and booleans as they are.',
    example: `to_json('a"b') → "a\\"b"`,
  },
  {
    ...json,
    name: 'json_concat',
    dialects: { postgres: 'jsonb_concat' },
    overloads: [{ args: ['json', 'json'], result: 'json', twin: concat }],
    doc: 'Two objects as one, of equal keys the second’s; else an array of the elements of both.',
    example: `json_concat(cast('{"a": 1}' as json), cast('{"a": 2}' as json)) → {"a": 2}`,
  },
  {
    ...json,
    name: 'json_delete',
    dialects: { postgres: 'jsonb_delete' },
    overloads: [
      { args: ['json', 'string'], result: 'json', twin: without },
      { args: ['json', 'int'], result: 'json', twin: withoutElement },
    ],
    doc: 'The object without a key, the array without those strings or without the element of an index.',
    example: `json_delete(cast('{"a": 1, "b": 2}' as json), 'a') → {"b": 2}`,
  },
  {
    ...json,
    name: 'json_set',
    dialects: { postgres: 'jsonb_set' },
    overloads: [
      {
        args: ['json', 'string', 'json'],
        result: 'json',
        twin: (text: string, path: string, piece: string) => set(text, path, piece, true),
      },
      { args: ['json', 'string', 'json', 'boolean'], result: 'json', twin: set },
    ],
    doc: 'The document with another part at a path, written {a,0,b}; what is not there is added at its last step, unless false is given.',
    example: `json_set(cast('{"a": 1}' as json), '{b}', cast('2' as json)) → {"a": 1, "b": 2}`,
  },
]
