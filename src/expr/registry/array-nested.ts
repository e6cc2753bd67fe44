// Arrays of arrays, as PostgreSQL has them: lists of lists that are all of one size, whose dimensions are counted from 1.
import { cellOf, elementsOf, joinPieces, NULL, VALUE } from '../../data/index.ts'
import {
  type ColumnType,
  type ListType,
  leafOf,
  listOf,
  type PlainKind,
  type ScalarType,
  scalars,
} from '../../types/index.ts'
import type { Value } from '../value.ts'
import { castOverload } from './cast.ts'
import { type Entry, raise, type Signature, signature } from './entry.ts'

type Types = readonly (ScalarType | undefined)[]

/** An element that is there, without its mark. */
const inner = (piece: Uint8Array): Uint8Array => (piece[0] === NULL ? raise('INVALID_ARGUMENT') : piece.subarray(1))

/** A list as an element. */
function element(list: Uint8Array): Uint8Array {
  const made = new Uint8Array(list.length + 1)
  made[0] = VALUE
  made.set(list, 1)
  return made
}

/** The sizes of all dimensions; none of an empty array. */
function sizesOf(type: ListType, list: Uint8Array): readonly number[] {
  const pieces = elementsOf(type, list)
  const below = type.element.type
  if (pieces.length === 0) return []
  if (below.kind !== 'list') return [pieces.length]
  const sizes = sizesOf(below, inner(pieces[0] as Uint8Array))
  return sizes.length === 0 ? [] : [pieces.length, ...sizes]
}

/** Lists of one size as the elements of another. */
function stacked(type: ListType, lists: readonly Uint8Array[]): Uint8Array {
  const sizes = lists.map(each => sizesOf(type, each).join())
  if (sizes.some(each => each !== sizes[0])) return raise('INVALID_ARGUMENT')
  return joinPieces(lists.map(element))
}

/** All elements that are no lists, in order. */
function flat(type: ListType, list: Uint8Array): Uint8Array[] {
  const below = type.element.type
  const pieces = elementsOf(type, list)
  return below.kind === 'list' ? pieces.flatMap(each => flat(below, inner(each))) : pieces
}

/** Of the lists at a depth the elements from a number up to another. */
function slicedAt(type: ListType, list: Uint8Array, depth: number, from: bigint, to: bigint): Uint8Array {
  const pieces = elementsOf(type, list)
  const below = type.element.type
  if (depth > 0 && below.kind === 'list')
    return joinPieces(pieces.map(each => element(slicedAt(below, inner(each), depth - 1, from, to))))
  return joinPieces(pieces.filter((_, i) => BigInt(i) >= from - 1n && BigInt(i) < to))
}

const ofArray =
  (rest: readonly ScalarType[], make: (type: ListType) => Omit<Signature, 'args'> | undefined) =>
  ([type, ...others]: Types): Signature | undefined => {
    if (type?.kind !== 'list' || others.length !== rest.length) return undefined
    const made = make(type)
    return made && { ...made, args: [type, ...rest] }
  }

const result = (type: ScalarType, twin: never, nullable = false): Omit<Signature, 'args'> =>
  signature([], type, twin, nullable)

/** A list as PostgreSQL's array_out writes it; undefined: its elements have no text. */
function outOf(type: ListType): ((list: Value) => string) | undefined {
  const { type: element } = type.element
  const shown = element.kind === 'list' ? outOf(element) : shownElement(element)
  if (shown === undefined) return undefined
  const each = (piece: Uint8Array): string => (isNull(piece) ? 'NULL' : shown(cellOf(element, piece) as Value))
  return list =>
    `{${elementsOf(type, list as Uint8Array)
      .map(each)
      .join(',')}}`
}

function shownElement(type: ColumnType): ((value: Value) => string) | undefined {
  if (type.kind === 'boolean') return value => (value === true ? 't' : 'f')
  if (type.kind === 'string' || type.kind === 'json') return value => quotedElement(String(value))
  const toText =
    type.kind === 'struct' || type.kind === 'map' ? undefined : castOverload(type.kind as PlainKind, 'string')
  return toText && (value => quotedElement(String((toText.twin as (value: Value) => Value)(value))))
}

const quotedElement = (text: string): string =>
  text === '' || /[{}",\\\s]/.test(text) || /^null$/i.test(text) ? `"${text.replaceAll(/["\\]/g, '\\$&')}"` : text

const isNull = (piece: Uint8Array): boolean => piece[0] === NULL

const LONGEST = 10_000_000n

const list = { family: 'list and map', nulls: 'strict', overloads: [] } as const

export const nested: readonly Entry[] = [
  {
    ...list,
    name: 'array_out',
    generic: ofArray([], type => {
      const shown = outOf(type)
      return shown && result(scalars.string, shown as never)
    }),
    signature: 'array_out(list<T>) → string',
    doc: 'The list as PostgreSQL writes an array: nulls as NULL, between quotes what has to be.',
    example: "array_out(split('a,b c', ',')) → {a,\"b c\"}",
  },
  {
    ...list,
    name: 'array_stack',
    generic: types => {
      const type = types.find(each => each?.kind === 'list')
      if (type?.kind !== 'list') return undefined
      return signature(
        types.map(() => type),
        listOf(type),
        (...lists: Uint8Array[]) => stacked(type, lists),
      )
    },
    signature: 'array_stack(list<T>, …) → list<list<T>>',
    doc: 'A list of lists, which must all be of one size.',
    example: "array_out(array_stack(split('a,b', ','), split('c,d', ','))) → {{a,b},{c,d}}",
  },
  {
    ...list,
    name: 'array_flat',
    generic: ofArray([], type =>
      result(listOf(leafOf(type), true), ((bytes: Uint8Array) => joinPieces(flat(type, bytes))) as never),
    ),
    signature: 'array_flat(list<list<T>>) → list<T>',
    doc: 'All elements of lists within lists, as one list.',
    example: "array_out(array_flat(array_stack(split('a,b', ','), split('c,d', ',')))) → {a,b,c,d}",
  },
  {
    ...list,
    name: 'array_size',
    generic: ofArray([scalars.int], type =>
      result(
        scalars.int,
        ((bytes: Uint8Array, dimension: bigint) => {
          const size = sizesOf(type, bytes)[Number(dimension) - 1]
          return size === undefined ? null : BigInt(size)
        }) as never,
        true,
      ),
    ),
    signature: 'array_size(list<T>, int) → int',
    doc: 'The length of a dimension, from 1; null where the array is empty or has no such dimension.',
    example: "array_size(array_stack(split('a,b', ',')), 2) → 2",
  },
  {
    ...list,
    name: 'array_dims',
    generic: ofArray([], type =>
      result(
        scalars.string,
        ((bytes: Uint8Array) => {
          const sizes = sizesOf(type, bytes)
          return sizes.length === 0 ? null : sizes.map(each => `[1:${each}]`).join('')
        }) as never,
        true,
      ),
    ),
    signature: 'array_dims(list<T>) → string',
    doc: 'The bounds of all dimensions; null of an empty array.',
    example: "array_dims(split('a,b', ',')) → [1:2]",
  },
  {
    ...list,
    name: 'array_slice_at',
    generic: ofArray([scalars.int, scalars.int, scalars.int], type =>
      result(type, ((bytes: Uint8Array, depth: bigint, from: bigint, to: bigint) =>
        slicedAt(type, bytes, Number(depth) - 1, from, to)) as never),
    ),
    signature: 'array_slice_at(list<list<T>>, int, int, int) → list<list<T>>',
    doc: 'Of the lists at a dimension, from 1, the elements from a number up to another one, which is included.',
    example: "array_out(array_slice_at(array_stack(split('a,b', ',')), 2, 1, 1)) → {{a}}",
  },
  {
    ...list,
    name: 'array_repeat',
    generic: ofArray([scalars.int], type =>
      result(type, ((bytes: Uint8Array, count: bigint) => {
        const pieces = elementsOf(type, bytes)
        if (count < 0n || count * BigInt(pieces.length) > LONGEST) return raise('OUT_OF_RANGE')
        return joinPieces(Array.from({ length: Number(count) }, () => pieces).flat())
      }) as never),
    ),
    signature: 'array_repeat(list<T>, int) → list<T>',
    doc: 'The elements so many times; ten million at most.',
    example: "array_out(array_repeat(split('a,b', ','), 2)) → {a,b,a,b}",
  },
  {
    ...list,
    name: 'array_trim',
    dialects: { postgres: 'trim_array' },
    generic: ofArray([scalars.int], type =>
      result(type, ((bytes: Uint8Array, count: bigint) => {
        const pieces = elementsOf(type, bytes)
        if (count < 0n || count > BigInt(pieces.length)) return raise('OUT_OF_RANGE')
        return joinPieces(pieces.slice(0, pieces.length - Number(count)))
      }) as never),
    ),
    signature: 'array_trim(list<T>, int) → list<T>',
    doc: 'Without so many elements at the end; of more than there are an error.',
    example: "array_out(array_trim(split('a,b,c', ','), 2)) → {a}",
  },
]
