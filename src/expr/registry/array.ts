// Lists as PostgreSQL's arrays see them: numbered from 1, searched, compared as sets.
import {
  type Cell,
  CellWriter,
  cellOf,
  compareBytes,
  elementsOf,
  joinPieces,
  listBytes,
  NULL,
  putElement,
} from '../../data/index.ts'
import { type ColumnType, type ListType, listOf, type PlainKind, type ScalarType, scalars } from '../../types/index.ts'
import type { Value } from '../value.ts'
import { castOverload } from './cast.ts'
import { type Entry, type Overload, type Signature, signature } from './entry.ts'
import { decimalSeries, digitsOfSeries, LONGEST, timeSeries, wholeSeries } from './series.ts'
import { widestOf } from './width.ts'

type Types = readonly (ScalarType | undefined)[]

interface Description {
  readonly signature: string
  readonly doc: string
  readonly example: string
  readonly postgres?: string
  readonly nulls?: 'custom'
}

function entry(name: string, generic: (types: Types) => Signature | undefined, given: Description): Entry {
  const { postgres, ...description } = given
  const dialects = postgres === undefined ? {} : { dialects: { postgres } }
  return { name, family: 'list and map', nulls: 'strict', overloads: [], generic, ...description, ...dialects }
}

/** A function of a list and other arguments. `E` stands for the list's element, `L` for the list. */
function ofList(rest: readonly (ScalarType | 'E' | 'L')[], make: (type: ListType, element: ScalarType) => Made) {
  return (types: Types): Signature | undefined => {
    const type = types[0] ?? types.find(each => each?.kind === 'list')
    if (type?.kind !== 'list' || type.element.type.kind === 'struct' || types.length !== rest.length + 1)
      return undefined
    const element = type.element.type
    const { result, twin, nullable, finds } = make(type, element)
    const args = rest.map(each => (each === 'E' ? element : each === 'L' ? type : each))
    if (finds !== true) return signature([type, ...args], result, twin, nullable)
    const ofLists = (...given: never[]): Value => (given[0] === null ? null : twin(...given))
    const made = signature([type, ...args], result, ofLists, nullable)
    return { ...made, overload: { ...made.overload, seesNulls: true } }
  }
}

interface Made {
  readonly result: ScalarType
  readonly twin: Overload['twin']
  readonly nullable?: boolean
  /** A null is a value that can be found; of no list there is nothing. */
  readonly finds?: boolean
}

const isNull = (piece: Uint8Array): boolean => piece[0] === NULL
const same = (a: Uint8Array, b: Uint8Array): boolean => compareBytes(a, b) === 0

function pieceOf(type: ColumnType, value: Cell): Uint8Array {
  const out = new CellWriter()
  putElement(out, type, value)
  return out.slice()
}

function positions(type: ListType, element: ScalarType, list: Uint8Array, value: Value): readonly number[] {
  const wanted = pieceOf(element, value)
  return elementsOf(type, list).flatMap((each, i) => (same(each, wanted) ? [i + 1] : []))
}

const TEXTS: ReadonlySet<string> = new Set(['string', 'int', 'bigint', 'float', 'double', 'decimal', 'boolean', 'json'])

/** A function for which a null is a value: only a list (or a text) that is null makes its result null. */
const seeing =
  (generic: (types: Types) => Signature | undefined) =>
  (types: Types): Signature | undefined => {
    const made = generic(types)
    if (made === undefined) return undefined
    const twin = made.overload.twin as (...args: Value[]) => Value
    const whole = (...args: Value[]): Value => (args[0] === null ? null : twin(...args))
    return { ...made, overload: { ...made.overload, seesNulls: true, nullable: true, twin: whole as never } }
  }

/** Elements as array_to_string prints them. */
const textOf = (value: Value): string => (typeof value === 'boolean' ? (value ? 't' : 'f') : String(value))

const texts = listOf(scalars.string, true)

function pieces(text: string, mark: string | null, absent: string | null = null): Uint8Array {
  const all = text === '' ? [] : mark === '' ? [text] : mark === null ? Array.from(text) : text.split(mark)
  return listBytes(
    texts,
    all.map(each => (each === absent ? null : each)),
  )
}

export const arrays: readonly Entry[] = [
  entry(
    'list_of',
    ([type, more]) =>
      type === undefined || more !== undefined
        ? undefined
        : signature([type], listOf(type, true), (value: Value) => listBytes(listOf(type), [value])),
    { signature: 'list_of(T) → list<T>', doc: 'A list of one element.', example: "list_join(list_of('a'), ',') → a" },
  ),
  entry('list_cast', castElements, {
    signature: 'list_cast(list<T>, list<U>) → list<U>',
    doc: 'The elements cast to those of the second list, which is not looked at.',
    example: "list_cast(split('1,2', ','), [0]) → [1, 2]",
  }),
  entry(
    'array_get',
    ofList([scalars.int], (type, element) => ({
      result: element,
      nullable: true,
      twin: (list: Uint8Array, at: bigint) => {
        const piece = at >= 1n && at <= LONGEST ? elementsOf(type, list)[Number(at) - 1] : undefined
        return piece === undefined ? null : cellOf(element, piece)
      },
    })),
    {
      signature: 'array_get(list<T>, int) → T',
      doc: "The element with this number, from 1, as PostgreSQL's subscript; null outside.",
      example: "array_get(split('a,b', ','), 1) → a",
    },
  ),
  entry(
    'array_slice',
    ofList([scalars.int, scalars.int], type => ({
      result: type,
      twin: (list: Uint8Array, from: bigint, to: bigint) => {
        const all = elementsOf(type, list)
        return joinPieces(all.filter((_, i) => BigInt(i) >= from - 1n && BigInt(i) < to))
      },
    })),
    {
      signature: 'array_slice(list<T>, int, int) → list<T>',
      doc: 'The elements from a number, from 1, up to another one, which is included.',
      example: "list_join(array_slice(split('a,b,c', ','), 2, 3), '-') → b-c",
    },
  ),
  entry(
    'array_position',
    types =>
      ofList(['E'], (type, element) => ({
        result: scalars.int,
        finds: true,
        nullable: true,
        twin: (list: Uint8Array, value: Value) => toWhole(positions(type, element, list, value)[0]),
      }))(types) ??
      ofList(['E', scalars.int], (type, element) => ({
        result: scalars.int,
        finds: true,
        nullable: true,
        twin: (list: Uint8Array, value: Value, from: bigint | null) =>
          from === null ? null : toWhole(positions(type, element, list, value).find(each => BigInt(each) >= from)),
      }))(types),
    {
      signature: 'array_position(list<T>, T[, int]) → int',
      nulls: 'custom',
      doc: 'Where a value (or null) is first (from a number on), from 1; null if it is not there.',
      example: "array_position(split('a,b', ','), 'b') → 2",
    },
  ),
  entry(
    'array_positions',
    ofList(['E'], (type, element) => ({
      result: listOf(scalars.int, true),
      finds: true,
      twin: (list: Uint8Array, value: Value) =>
        listBytes(listOf(scalars.int), positions(type, element, list, value).map(BigInt)),
    })),
    {
      signature: 'array_positions(list<T>, T) → list<int>',
      nulls: 'custom',
      doc: 'Everywhere a value (or null) is, from 1.',
      example: "array_positions(split('a,b,a', ','), 'a') → [1, 3]",
    },
  ),
  entry(
    'array_remove',
    ofList(['E'], (type, element) => ({
      result: type,
      finds: true,
      twin: (list: Uint8Array, value: Value) => {
        const gone = pieceOf(element, value)
        return joinPieces(elementsOf(type, list).filter(each => !same(each, gone)))
      },
    })),
    {
      signature: 'array_remove(list<T>, T) → list<T>',
      nulls: 'custom',
      doc: 'Without the elements that equal a value, or are null where it is.',
      example: "list_join(array_remove(split('a,b', ','), 'a'), '-') → b",
    },
  ),
  entry(
    'array_replace',
    ofList(['E', 'E'], (type, element) => ({
      result: listOf(element, true),
      finds: true,
      twin: (list: Uint8Array, old: Value, young: Value) => {
        const [from, to] = [pieceOf(element, old), pieceOf(element, young)]
        return joinPieces(elementsOf(type, list).map(each => (same(each, from) ? to : each)))
      },
    })),
    {
      signature: 'array_replace(list<T>, T, T) → list<T>',
      nulls: 'custom',
      doc: 'The elements that equal a value (or are null where it is) replaced by another.',
      example: "list_join(array_replace(split('a,b', ','), 'a', 'c'), '-') → c-b",
    },
  ),
  entry(
    'array_includes',
    ofList(['L'], type => ({
      result: scalars.boolean,
      twin: (list: Uint8Array, part: Uint8Array) => {
        const all = elementsOf(type, list)
        return elementsOf(type, part).every(each => !isNull(each) && all.some(other => same(each, other)))
      },
    })),
    {
      signature: 'array_includes(list<T>, list<T>) → boolean',
      doc: 'True where every element of the second list is in the first; nulls are in none.',
      example: "array_includes(split('a,b', ','), split('b', ',')) → true",
    },
  ),
  entry(
    'array_overlaps',
    ofList(['L'], type => ({
      result: scalars.boolean,
      twin: (list: Uint8Array, other: Uint8Array) => {
        const all = elementsOf(type, list)
        return elementsOf(type, other).some(each => !isNull(each) && all.some(own => same(each, own)))
      },
    })),
    {
      signature: 'array_overlaps(list<T>, list<T>) → boolean',
      doc: 'True where the lists have an element in common that is not null.',
      example: "array_overlaps(split('a,b', ','), split('b,c', ',')) → true",
    },
  ),
  entry(
    'array_has_null',
    ofList([], type => ({ result: scalars.boolean, twin: (list: Uint8Array) => elementsOf(type, list).some(isNull) })),
    {
      signature: 'array_has_null(list<T>) → boolean',
      doc: 'True where an element is null.',
      example: "array_has_null(split('a', ',')) → false",
    },
  ),
  entry(
    'array_text',
    seeing(types => {
      const made = (absent: boolean) => (type: ListType, element: ScalarType) => ({
        result: scalars.string,
        twin: (list: Uint8Array, mark: string | null, instead: string | null = null) =>
          mark === null
            ? null
            : elementsOf(type, list)
                .filter(each => (absent && instead !== null) || !isNull(each))
                .map(each => (isNull(each) ? instead : textOf(cellOf(element, each))))
                .join(mark),
      })
      const [type] = types
      if (type?.kind !== 'list' || !TEXTS.has(type.element.type.kind)) return undefined
      return ofList([scalars.string], made(false))(types) ?? ofList([scalars.string, scalars.string], made(true))(types)
    }),
    {
      signature: 'array_text(list<T>, string[, string]) → string',
      nulls: 'custom',
      doc: 'The elements as text with a separator between them; nulls are passed over, or printed as the third argument (if it is not null).',
      example: "array_text(split('a,b', ','), '-') → a-b",
      postgres: 'array_to_string',
    },
  ),
  entry(
    'text_pieces',
    seeing(types => {
      if (types.length < 2 || types.length > 3 || !types.every(each => each === undefined || each.kind === 'string'))
        return undefined
      return signature(
        types.map(() => scalars.string),
        texts,
        pieces,
      )
    }),
    {
      signature: 'text_pieces(string, string[, string]) → list<string>',
      nulls: 'custom',
      doc: 'The pieces of a text between separators, its letters where that is null; none of the empty text; a piece that equals the third argument is null.',
      example: "array_text(text_pieces('a,b', ','), '-') → a-b",
      postgres: 'string_to_array',
    },
  ),
  entry(
    'series',
    types => {
      const [from, , by] = types
      if (types.length === 3 && from?.kind === 'timestamp' && by?.kind === 'interval')
        return signature(
          [scalars.timestamp, scalars.timestamp, scalars.interval],
          listOf(scalars.timestamp),
          timeSeries,
        )
      if (types.length < 2 || types.length > 3) return undefined
      if (types.some(each => each?.kind === 'decimal'))
        return signature(
          types.map(() => scalars.decimal),
          listOf(digitsOfSeries(types)),
          decimalSeries,
        )
      return signature(
        types.map(() => scalars.int),
        listOf(widestOf(types)),
        wholeSeries,
      )
    },
    {
      signature:
        'series(int, int[, int]) → list<int>; series(decimal, decimal[, decimal]) → list<decimal>; series(timestamp, timestamp, interval) → list<timestamp>',
      doc: 'The values from the first to the second (included), by 1 or as given; ten million at most.',
      example: 'series(1, 3) → [1, 2, 3]',
    },
  ),
]

function castElements([from, to, more]: Types): Signature | undefined {
  if (from?.kind !== 'list' || to?.kind !== 'list' || more !== undefined) return undefined
  const twin = castOf(from.element.type, to.element.type)
  if (twin === undefined) return undefined
  const each = (piece: Uint8Array): Cell => (isNull(piece) ? null : twin(cellOf(from.element.type, piece)))
  return signature([from, to], to, (list: Uint8Array) => listBytes(to, elementsOf(from, list).map(each)))
}

/** The cast of one element to another. */
function castOf(from: ColumnType, to: ColumnType): ((value: Value) => Value) | undefined {
  const made =
    from.kind === 'list' && to.kind === 'list'
      ? castElements([from, to])?.overload
      : castOverload(from.kind as PlainKind, to.kind as PlainKind)
  return made?.twin as ((value: Value) => Value) | undefined
}

const toWhole = (at: number | undefined): bigint | null => (at === undefined ? null : BigInt(at))
