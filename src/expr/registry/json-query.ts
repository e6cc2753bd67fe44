// Paths of json: what a path gives of a document, whether it gives anything, and what a test says.
import { MillraceError } from '../../base/index.ts'
import { listBytes } from '../../data/index.ts'
import { listOf, type ScalarType, scalars } from '../../types/index.ts'
import { jsonPath } from '../json-path.ts'
import { found } from '../json-path-run.ts'
import { field } from '../json-text.ts'
import type { Value } from '../value.ts'
import { type Entry, type Overload, raise, type Signature, signature } from './entry.ts'

type Types = readonly (ScalarType | undefined)[]
type Made = (items: readonly string[]) => Value

/** What is made of the items of a path; silent: null where it can not be followed. */
const followed =
  (made: Made) =>
  (text: string, path: string, variables?: string, silent = false): Value => {
    const tree = jsonPath(path)
    // What has no value is told in any case.
    if (variablesIn(tree.node).some(each => field(variables ?? '{}', each) === null)) raise('INVALID_ARGUMENT')
    try {
      return made(found(text, tree, variables))
    } catch (error) {
      if (silent && error instanceof MillraceError) return null
      throw error
    }
  }

/** The variables that a path names. */
function variablesIn(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return []
  const own = 'is' in node && node.is === 'variable' ? [(node as { readonly name?: string }).name ?? ''] : []
  return [...own, ...Object.values(node).flatMap(variablesIn)]
}

function truthOf([only, more]: readonly string[]): boolean | null {
  if (more !== undefined) return raise('INVALID_ARGUMENT')
  if (only === 'null') return null
  return only === 'true' || only === 'false' ? only === 'true' : raise('INVALID_ARGUMENT')
}

const ARGUMENTS: readonly Overload['args'][] = [
  ['json', 'string'],
  ['json', 'string', 'json'],
  ['json', 'string', 'json', 'boolean'],
]

const ofPath = (made: Made): readonly Overload[] =>
  ARGUMENTS.map(args => ({ args, result: 'boolean', nullable: true, twin: followed(made) }))

const ITEMS = listOf(scalars.json)

function itemsOf(types: Types): Signature | undefined {
  const args = ARGUMENTS.find(each => each.length === types.length)
  if (args === undefined || !types.every((type, i) => type === undefined || type.kind === args[i])) return undefined
  return signature(
    args.map(each => scalars[each]),
    ITEMS,
    followed(items => listBytes(ITEMS, items)),
    true,
  )
}

export const queries: readonly Entry[] = [
  {
    name: 'json_path_exists',
    family: 'json',
    nulls: 'strict',
    dialects: { postgres: 'jsonb_path_exists' },
    overloads: ofPath(items => items.length > 0),
    doc: 'Whether a path of SQL:2016 gives anything of a document; with values of its variables; with true null where it can not be followed.',
    example: `json_path_exists(cast('{"a": [1, 5]}' as json), '$.a[*] ? (@ > 3)') → true`,
  },
  {
    name: 'json_path_match',
    family: 'json',
    nulls: 'strict',
    dialects: { postgres: 'jsonb_path_match' },
    overloads: ofPath(truthOf),
    doc: 'What the test of a path says of a document.',
    example: `json_path_match(cast('{"a": 1}' as json), '$.a == 1') → true`,
  },
  {
    name: 'json_path_items',
    family: 'json',
    nulls: 'strict',
    overloads: [],
    generic: itemsOf,
    generics: ['json_path_items(json, string[, json[, boolean]]) → list<json>'],
    doc: 'All that a path gives of a document.',
    example: `length(json_path_items(cast('{"a": [1, 5]}' as json), '$.a[*]')) → 2`,
  },
]
