// Lists and maps. A list is the bytes of its elements in order, a map those of its entries by key (src/data/cells.ts), so that
// most functions only move pieces of bytes. Overloads are made for the types they are asked for.
import {
  type Cell,
  CellWriter,
  cellOf,
  compareBytes,
  elementsOf,
  entriesOf,
  joinPieces,
  listBytes,
  NULL,
  putElement,
} from '../../data/index.ts'
import { type ColumnType, type ListType, listOf, type MapType, type ScalarType, scalars } from '../../types/index.ts'
import type { Value } from '../value.ts'
import { type Entry, int64, type Signature, signature } from './entry.ts'

type Types = readonly (ScalarType | undefined)[]
type Generic = (types: Types) => Signature | undefined

/** A struct has no value of its own in an expression. */
const single = (type: ColumnType): ScalarType | undefined => (type.kind === 'struct' ? undefined : type)

/** Functions whose first argument is a list. */
const ofList =
  (count: number, make: (type: ListType, types: Types) => Signature | undefined): Generic =>
  types => {
    const [type] = types
    return type?.kind === 'list' && types.length === count ? make(type, types) : undefined
  }

const ofMap =
  (count: number, make: (type: MapType) => Signature | undefined): Generic =>
  types => {
    const [type] = types
    return type?.kind === 'map' && types.length === count ? make(type) : undefined
  }

/** The bytes of one element, with its marker. */
function pieceOf(type: ColumnType, value: Cell): Uint8Array {
  const out = new CellWriter()
  putElement(out, type, value)
  return out.slice()
}

const isNull = (piece: Uint8Array): boolean => piece[0] === NULL

/** Number `index` of `length`, from the end if negative; undefined outside. */
function place(index: bigint, length: number): number | undefined {
  const at = index < 0n ? index + BigInt(length) : index
  return at >= 0n && at < BigInt(length) ? Number(at) : undefined
}

/** Where a slice begins or ends: within the list. */
function bound(index: bigint, length: number): number {
  const at = index < 0n ? index + BigInt(length) : index
  return at < 0n ? 0 : at > BigInt(length) ? length : Number(at)
}

const slice = (type: ListType) => (list: Uint8Array, from: bigint, to?: bigint) => {
  const pieces = elementsOf(type, list)
  const end = to === undefined ? pieces.length : bound(to, pieces.length)
  return joinPieces(pieces.slice(bound(from, pieces.length), end))
}

const sorted = (type: ListType, descending: boolean) => (list: Uint8Array) => {
  const pieces = elementsOf(type, list).sort(compareBytes)
  return joinPieces(descending ? pieces.reverse() : pieces)
}

function distinct(type: ListType, list: Uint8Array): Uint8Array {
  const seen = new Set<string>()
  const first = (piece: Uint8Array): boolean => {
    const key = piece.join()
    if (seen.has(key)) return false
    seen.add(key)
    return true
  }
  return joinPieces(elementsOf(type, list).filter(first))
}

/** The least or greatest element that is not null. */
const extreme =
  (type: ListType, greatest: boolean) =>
  (list: Uint8Array): Value => {
    const pieces = elementsOf(type, list).filter(each => !isNull(each))
    const [first, ...rest] = pieces
    if (first === undefined) return null
    const best = rest.reduce((a, b) => (compareBytes(a, b) > 0 === greatest ? a : b), first)
    return cellOf(type.element.type, best)
  }

function sum(type: ListType, list: Uint8Array): Value {
  const values = elementsOf(type, list)
    .map(each => cellOf(type.element.type, each))
    .filter(each => each !== null)
  if (values.length === 0) return null
  if (typeof values[0] === 'bigint') return int64(values.reduce((a: bigint, b) => a + (b as bigint), 0n))
  return values.reduce((a: number, b) => a + (b as number), 0)
}

const sums: Readonly<Partial<Record<ColumnType['kind'], ScalarType>>> = {
  int: scalars.int,
  bigint: scalars.bigint,
  float: scalars.double,
  double: scalars.double,
}

function valueOfKey(type: MapType, map: Uint8Array, key: Value): Value {
  const wanted = pieceOf(type.key, key)
  const found = entriesOf(type, map).find(([each]) => compareBytes(each, wanted) === 0)
  return found === undefined ? null : cellOf(type.value.type, found[1])
}

const split = (text: string, separator: string): Uint8Array =>
  listBytes(listOf(scalars.string), separator === '' ? [text] : text.split(separator))

// -- overloads of functions that other families have

const length = ofList(1, type =>
  signature([type], scalars.int, (list: Uint8Array) => BigInt(elementsOf(type, list).length)),
)
const size = ofMap(1, type => signature([type], scalars.int, (map: Uint8Array) => BigInt(entriesOf(type, map).length)))

/** `length` of a list or a map. */
export const lengthOf: Generic = types => length(types) ?? size(types)

export const containsElement: Generic = ofList(2, type => {
  const element = single(type.element.type)
  return (
    element &&
    signature([type, element], scalars.boolean, (list: Uint8Array, value: Value) => {
      const wanted = pieceOf(element, value)
      return elementsOf(type, list).some(each => compareBytes(each, wanted) === 0)
    })
  )
})

export const concatLists: Generic = types => {
  const type = types.find(each => each?.kind === 'list')
  if (type?.kind !== 'list' || types.length !== 2) return undefined
  return signature([type, type], type, (a: Uint8Array, b: Uint8Array) =>
    joinPieces([...elementsOf(type, a), ...elementsOf(type, b)]),
  )
}

export const reverseList: Generic = ofList(1, type =>
  signature([type], type, (list: Uint8Array) => joinPieces(elementsOf(type, list).reverse())),
)

export const mapGet: Generic = ofMap(2, type => {
  const value = single(type.value.type)
  return value && signature([type, type.key], value, (map: Uint8Array, key: Value) => valueOfKey(type, map, key), true)
})

// -- entries

interface Description {
  readonly signature: string
  readonly doc: string
  readonly example: string
  readonly dialects?: NonNullable<Entry['dialects']>
}

function entry(name: string, generic: Generic, description: Description): Entry {
  return { name, family: 'list and map', nulls: 'strict', overloads: [], generic, ...description }
}

export const lists: readonly Entry[] = [
  {
    name: 'struct',
    family: 'list and map',
    nulls: 'custom',
    overloads: [],
    signature: 'struct(name, T, …) → struct<name T, …>',
    doc: 'Values under names, as one column; its fields may be null, it is not.',
    example: "struct('a', 1, 'b', 'x') → {a: 1, b: x}",
    dialects: { spark: 'named_struct' },
  },
  {
    name: 'row',
    family: 'list and map',
    nulls: 'custom',
    overloads: [],
    signature: 'row(name, T, …) → struct<name T, …>',
    doc: 'A row of SQL: a struct that is shown as PostgreSQL shows one, `(1,x)`.',
    example: "row('f1', 1, 'f2', 'x') → (1,x)",
    dialects: { postgres: 'ROW(…)' },
  },
  {
    name: 'record',
    family: 'list and map',
    nulls: 'custom',
    overloads: [],
    signature: 'record(name, T, …) → struct<name T, …>',
    doc: 'A row of an outer join: as `row`, and null where all its fields are.',
    example: "record('f1', NULL) → null",
  },
  {
    name: 'list_value',
    family: 'list and map',
    nulls: 'custom',
    overloads: [],
    signature: 'list_value(T, …) → list<T>',
    doc: 'A list of these values, brought to one type; nulls are elements.',
    example: 'list_value(1, 2) → [1, 2]',
    dialects: { spark: 'array', postgres: 'ARRAY[…]' },
  },
  entry(
    'list_get',
    ofList(2, type => {
      const element = single(type.element.type)
      const get = (list: Uint8Array, index: bigint): Value => {
        const pieces = elementsOf(type, list)
        const at = place(index, pieces.length)
        return at === undefined ? null : cellOf(type.element.type, pieces[at] as Uint8Array)
      }
      return element && signature([type, scalars.int], element, get, true)
    }),
    {
      signature: 'list_get(list<T>, int) → T',
      doc: 'The element with this number, from 0; from the end for a negative number; null outside.',
      example: "list_get(split('a,b,c', ','), -1) → c",
      dialects: { spark: 'get' },
    },
  ),
  entry(
    'list_append',
    ofList(2, type => {
      const element = single(type.element.type)
      return (
        element &&
        signature([type, element], type, (list: Uint8Array, value: Value) =>
          joinPieces([...elementsOf(type, list), pieceOf(element, value)]),
        )
      )
    }),
    {
      signature: 'list_append(list<T>, T) → list<T>',
      doc: 'The list with one more element at its end.',
      example: "list_join(list_append(split('a', ','), 'b'), '-') → a-b",
      dialects: { spark: 'array_append', postgres: 'array_append' },
    },
  ),
  entry(
    'list_slice',
    types =>
      ofList(2, type => signature([type, scalars.int], type, slice(type)))(types) ??
      ofList(3, type => signature([type, scalars.int, scalars.int], type, slice(type)))(types),
    {
      signature: 'list_slice(list<T>, int[, int]) → list<T>',
      doc: 'The elements from a number, from 0, up to another, which is not included; negative numbers count from the end.',
      example: "list_join(list_slice(split('a,b,c', ','), 1), '-') → b-c",
    },
  ),
  entry(
    'list_sort',
    ofList(1, type => signature([type], type, sorted(type, false))),
    {
      signature: 'list_sort(list<T>) → list<T>',
      doc: 'The elements in order, nulls last.',
      example: "list_join(list_sort(split('b,a', ',')), '-') → a-b",
      dialects: { spark: 'array_sort', postgres: 'array_sort' },
    },
  ),
  entry(
    'list_sort_desc',
    ofList(1, type => signature([type], type, sorted(type, true))),
    {
      signature: 'list_sort_desc(list<T>) → list<T>',
      doc: 'The elements from the greatest to the least, nulls first.',
      example: "list_join(list_sort_desc(split('a,b', ',')), '-') → b-a",
    },
  ),
  entry(
    'list_distinct',
    ofList(1, type => signature([type], type, (list: Uint8Array) => distinct(type, list))),
    {
      signature: 'list_distinct(list<T>) → list<T>',
      doc: 'Each element once, where it occurs first.',
      example: "list_join(list_distinct(split('b,a,b', ',')), '-') → b-a",
      dialects: { spark: 'array_distinct' },
    },
  ),
  entry(
    'list_join',
    ofList(2, type => {
      if (type.element.type.kind !== 'string') return undefined
      const join = (list: Uint8Array, separator: string): string =>
        elementsOf(type, list)
          .filter(each => !isNull(each))
          .map(each => cellOf(type.element.type, each))
          .join(separator)
      return signature([type, scalars.string], scalars.string, join)
    }),
    {
      signature: 'list_join(list<string>, string) → string',
      doc: 'The texts one after another with a separator between them; nulls are passed over.',
      example: "list_join(split('a,b', ','), '; ') → a; b",
      dialects: { spark: 'array_join' },
    },
  ),
  entry(
    'list_min',
    ofList(1, type => {
      const element = single(type.element.type)
      return element && signature([type], element, extreme(type, false), true)
    }),
    {
      signature: 'list_min(list<T>) → T',
      doc: 'The least element that is not null; null if there is none.',
      example: "list_min(split('b,a', ',')) → a",
      dialects: { spark: 'array_min' },
    },
  ),
  entry(
    'list_max',
    ofList(1, type => {
      const element = single(type.element.type)
      return element && signature([type], element, extreme(type, true), true)
    }),
    {
      signature: 'list_max(list<T>) → T',
      doc: 'The greatest element that is not null; null if there is none.',
      example: "list_max(split('b,a', ',')) → b",
      dialects: { spark: 'array_max' },
    },
  ),
  entry(
    'list_sum',
    ofList(1, type => {
      const result = sums[type.element.type.kind]
      return result && signature([type], result, (list: Uint8Array) => sum(type, list), true)
    }),
    {
      signature: 'list_sum(list<T>) → T',
      doc: 'The sum of the numbers that are not null, in their order; null if there is none.',
      example: 'list_sum([1, 2, null]) → 3',
    },
  ),
  entry(
    'split',
    types =>
      types.length === 2 && types.every(each => each === undefined || each.kind === 'string')
        ? signature([scalars.string, scalars.string], listOf(scalars.string), split)
        : undefined,
    {
      signature: 'split(string, string) → list<string>',
      doc: 'The pieces of a text between separators; an empty separator leaves it whole.',
      example: "list_get(split('a,b', ','), 1) → b",
    },
  ),
  entry(
    'map_keys',
    ofMap(1, type =>
      signature([type], listOf(type.key), (map: Uint8Array) => joinPieces(entriesOf(type, map).map(([key]) => key))),
    ),
    {
      signature: 'map_keys(map<K, V>) → list<K>',
      doc: 'The keys in their order.',
      example: 'map_keys({b: 1, a: 2}) → [a, b]',
    },
  ),
  entry(
    'map_values',
    ofMap(1, type =>
      signature([type], listOf(type.value.type, type.value.nullable), (map: Uint8Array) =>
        joinPieces(entriesOf(type, map).map(([, value]) => value)),
      ),
    ),
    {
      signature: 'map_values(map<K, V>) → list<V>',
      doc: 'The values in the order of their keys.',
      example: 'map_values({b: 1, a: 2}) → [2, 1]',
    },
  ),
  entry(
    'map_contains_key',
    ofMap(2, type =>
      signature([type, type.key], scalars.boolean, (map: Uint8Array, key: Value) => {
        const wanted = pieceOf(type.key, key)
        return entriesOf(type, map).some(([each]) => compareBytes(each, wanted) === 0)
      }),
    ),
    {
      signature: 'map_contains_key(map<K, V>, K) → boolean',
      doc: 'True where the map has an entry with this key.',
      example: "map_contains_key({a: null}, 'a') → true",
    },
  ),
]
