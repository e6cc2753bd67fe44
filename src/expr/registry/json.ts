// Access to json texts. A column of type json holds checked text; a part of it is a piece of that text, as it was
// written (so 1.0 stays 1.0 and large numbers stay exact). Of duplicate keys the last counts, as in PostgreSQL.

import { atPath, element, field, first, members, plain, typeOf } from '../json-text.ts'
import { type Entry, type KernelName, type Overload, raise } from './entry.ts'
import { documents } from './json-document.ts'
import { edits } from './json-edit.ts'
import { queries } from './json-query.ts'
import { mapGet } from './list.ts'

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
    overloads: [{ args: ['json'], result: 'string', kernel: 'jsonType', twin: typeOf }],
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
  ...documents,
  ...edits,
  ...queries,
]
