// Lists, maps, and the structs inside them, as bytes in order: equal bytes are equal values, and memcmp is PostgreSQL's order
// (element by element, null after every value, the shorter first). docs/notes/nested.md is the specification, the
// other half is src/kernels/assembly/cells.ts.
//   element  01 value | 02 null
//   list     elements 00          map   (01 key, element)… 00, by key          struct   an element per field
//   value    as in key bytes: numbers big endian with their sign turned, -0 is 0 and every NaN one; a decimal its place in
//            their order (1.1 and 1.10 are one, which shows the scale that its type declares); text escaped and ended
import type { ColumnType, Field, ListType, MapType, StructType } from '../types/index.ts'
import { decimalOfPlace, decimalPlace, decimalText, partsOf } from './decimal.ts'
import { utf8 } from './memory.ts'

/** One value: as the interpreter holds it; of a list, a map or a struct its bytes. */
export type Cell = null | boolean | number | bigint | string | Uint8Array

export const END = 0
export const VALUE = 1
export const NULL = 2
const ESCAPED = 0xff
const SIGN = 1n << 63n

/** Bytes that grow. */
export class CellWriter {
  #bytes = new Uint8Array(64)
  #view = new DataView(this.#bytes.buffer)
  length = 0

  /** Room for more bytes: where they begin. The view may be another one then. */
  #room(more: number): number {
    const at = this.length
    this.length += more
    if (this.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.length, this.#bytes.length * 2))
      larger.set(this.#bytes)
      this.#bytes = larger
      this.#view = new DataView(larger.buffer)
    }
    return at
  }

  byte(value: number): void {
    const at = this.#room(1)
    this.#view.setUint8(at, value)
  }
  u32(value: number): void {
    const at = this.#room(4)
    this.#view.setUint32(at, value)
  }
  u64(value: bigint): void {
    const at = this.#room(8)
    this.#view.setBigUint64(at, value)
  }
  f32(value: number): void {
    const at = this.#room(4)
    this.#view.setFloat32(at, value === 0 ? 0 : value)
    const bits = this.#view.getUint32(at)
    this.#view.setUint32(at, Number.isNaN(value) ? 0xffc00000 : bits >>> 31 ? ~bits : bits | 0x80000000)
  }
  f64(value: number): void {
    const at = this.#room(8)
    this.#view.setFloat64(at, value === 0 ? 0 : value)
    const bits = this.#view.getBigUint64(at)
    const turned = bits >> 63n ? BigInt.asUintN(64, ~bits) : bits | SIGN
    this.#view.setBigUint64(at, Number.isNaN(value) ? 0xfff8000000000000n : turned)
  }
  raw(bytes: Uint8Array): void {
    const at = this.#room(bytes.length)
    this.#bytes.set(bytes, at)
  }
  /** Zeros are escaped, so that the end is no part of any text. */
  text(bytes: Uint8Array): void {
    let from = 0
    for (let zero = bytes.indexOf(0); zero >= 0; zero = bytes.indexOf(0, from)) {
      this.raw(bytes.subarray(from, zero + 1))
      this.byte(ESCAPED)
      from = zero + 1
    }
    this.raw(bytes.subarray(from))
    this.byte(0)
    this.byte(1)
  }
  /** What was written since `from`, a copy. */
  slice(from = 0): Uint8Array {
    return this.#bytes.slice(from, this.length)
  }
}

/** Append a value that is not null. */
export function putCell(out: CellWriter, type: ColumnType, value: Exclude<Cell, null>): void {
  writers[type.kind](out, value as never)
}

const wide = (out: CellWriter, value: bigint): void => out.u64(BigInt.asUintN(64, value) ^ SIGN)
const text = (out: CellWriter, value: string): void => out.text(utf8(value))
function place(out: CellWriter, value: string): void {
  const bits = decimalPlace(partsOf(value))
  out.u64(bits >> 64n)
  out.u64(BigInt.asUintN(64, bits))
}
const raw = (out: CellWriter, value: Uint8Array): void => out.raw(value)

const writers: Readonly<Record<ColumnType['kind'], (out: CellWriter, value: never) => void>> = {
  boolean: (out, value: boolean) => out.byte(value ? 1 : 0),
  int: wide,
  bigint: wide,
  timestamp: wide,
  time: wide,
  date: (out, value: number) => out.u32((value ^ 0x80000000) >>> 0),
  float: (out, value: number) => out.f32(value),
  double: (out, value: number) => out.f64(value),
  string: text,
  json: text,
  binary: (out, value: Uint8Array) => out.text(value),
  uuid: raw,
  interval: raw,
  decimal: place,
  list: raw,
  map: raw,
  struct: raw,
}

/** Append a value or a null, with its marker. */
export function putElement(out: CellWriter, type: ColumnType, value: Cell): void {
  out.byte(value === null ? NULL : VALUE)
  if (value !== null) putCell(out, type, value)
}

/** The bytes of a list of these values. */
export function listBytes(type: ListType, values: readonly Cell[]): Uint8Array {
  const out = new CellWriter()
  for (const each of values) putElement(out, type.element.type, each)
  out.byte(END)
  return out.slice()
}

/** The bytes of a list of whole numbers, each `by` after the one before. */
export function seriesBytes(from: bigint, by: bigint, count: number): Uint8Array {
  const bytes = new Uint8Array(count * 9 + 1)
  const view = new DataView(bytes.buffer)
  let place = BigInt.asUintN(64, from) ^ SIGN
  for (let at = 0; at < count * 9; at += 9) {
    bytes[at] = VALUE
    view.setBigUint64(at + 1, place)
    place += by
  }
  return bytes
}

const fixed: Readonly<Partial<Record<ColumnType['kind'], number>>> = {
  boolean: 1,
  int: 8,
  bigint: 8,
  timestamp: 8,
  time: 8,
  date: 4,
  float: 4,
  double: 8,
  uuid: 16,
  interval: 24,
  decimal: 16,
}

/** The end of the value that begins at `at`. */
export function cellEnd(type: ColumnType, bytes: Uint8Array, at: number): number {
  const size = fixed[type.kind]
  if (size !== undefined) return at + size
  switch (type.kind) {
    case 'list':
      return listEnd(type, bytes, at)
    case 'map':
      return mapEnd(type, bytes, at)
    case 'struct':
      return structEnd(type, bytes, at)
    default:
      return textEnd(bytes, at)
  }
}

/** The end of the element whose marker is at `at`. */
export function elementEnd(type: ColumnType, bytes: Uint8Array, at: number): number {
  return bytes[at] === VALUE ? cellEnd(type, bytes, at + 1) : at + 1
}

function textEnd(bytes: Uint8Array, at: number): number {
  let zero = bytes.indexOf(0, at)
  while (bytes[zero + 1] === ESCAPED) zero = bytes.indexOf(0, zero + 2)
  return zero + 2
}

function listEnd(type: ListType, bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at] !== END) at = elementEnd(type.element.type, bytes, at)
  return at + 1
}

function mapEnd(type: MapType, bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at] !== END) at = elementEnd(type.value.type, bytes, cellEnd(type.key, bytes, at + 1))
  return at + 1
}

function structEnd(type: StructType, bytes: Uint8Array, from: number): number {
  return type.fields.reduce((at, each) => elementEnd(each.type, bytes, at), from)
}

/** The elements of a list, as pieces of its bytes, markers included. */
export const elementsOf = (type: ListType, bytes: Uint8Array): Uint8Array[] => [...eachElement(type, bytes)]

/** The same one by one: nobody needs all of a long list at a time. */
export function* eachElement(type: ListType, bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; bytes[at] !== END; ) {
    const end = elementEnd(type.element.type, bytes, at)
    yield bytes.subarray(at, end)
    at = end
  }
}

/** The entries of a map: key and value as pieces, markers included, by key. */
export function entriesOf(type: MapType, bytes: Uint8Array): (readonly [key: Uint8Array, value: Uint8Array])[] {
  const pieces: (readonly [Uint8Array, Uint8Array])[] = []
  let at = 0
  while (bytes[at] !== END) {
    const middle = cellEnd(type.key, bytes, at + 1)
    const end = elementEnd(type.value.type, bytes, middle)
    pieces.push([bytes.subarray(at, middle), bytes.subarray(middle, end)])
    at = end
  }
  return pieces
}

/** The fields of a struct with their values. */
export function fieldsOf(type: StructType, bytes: Uint8Array): (readonly [Field, Cell])[] {
  let at = 0
  return type.fields.map(each => {
    const from = at
    at = elementEnd(each.type, bytes, from)
    return [each, cellOf(each.type, bytes.subarray(from, at))]
  })
}

/** The other way: pieces to the bytes of a list (or, key and value by turns in the order of keys, of a map). */
export function joinPieces(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, each) => sum + each.length, 1))
  let at = 0
  for (const each of pieces) {
    bytes.set(each, at)
    at += each.length
  }
  return bytes
}

/** The value of an element: a piece that begins with its marker. */
export function cellOf(type: ColumnType, piece: Uint8Array): Cell {
  if (piece[0] !== VALUE) return null
  const bytes = piece.subarray(1)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (type.kind) {
    case 'boolean':
      return bytes[0] === 1
    case 'int':
    case 'bigint':
    case 'timestamp':
    case 'time':
      return BigInt.asIntN(64, view.getBigUint64(0) ^ SIGN)
    case 'date':
      return view.getUint32(0) ^ 0x80000000
    case 'float':
      return realOf(view, 4)
    case 'double':
      return realOf(view, 8)
    case 'string':
    case 'json':
      return TEXT.decode(unescaped(bytes))
    case 'binary':
      return unescaped(bytes)
    case 'decimal':
      return decimalText(decimalOfPlace((view.getBigUint64(0) << 64n) | view.getBigUint64(8), type.scale))
    default:
      return bytes.slice()
  }
}

const TEXT = new TextDecoder()
const scratch = new DataView(new ArrayBuffer(8))

function realOf(view: DataView, size: 4 | 8): number {
  if (size === 4) {
    const bits = view.getUint32(0)
    scratch.setUint32(0, bits >>> 31 ? bits & 0x7fffffff : ~bits)
    return scratch.getFloat32(0)
  }
  const bits = view.getBigUint64(0)
  scratch.setBigUint64(0, bits >> 63n ? bits & ~SIGN : BigInt.asUintN(64, ~bits))
  return scratch.getFloat64(0)
}

/** The bytes of a text without its escapes and its end. */
function unescaped(bytes: Uint8Array): Uint8Array {
  const end = bytes.length - 2
  const plain = bytes.subarray(0, end)
  if (plain.indexOf(0) < 0) return plain.slice()
  const out = new Uint8Array(end)
  let length = 0
  for (let at = 0; at < end; at++) {
    out[length++] = plain[at] as number
    if (plain[at] === 0) at++
  }
  return out.slice(0, length)
}

/** Order of two pieces or values by their bytes. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number)
  return a.length - b.length
}

/** The bytes of a map of these entries; of equal keys the last counts. */
export function mapBytes(entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): Uint8Array {
  const sorted = [...entries].sort(([a], [b]) => compareBytes(a, b))
  const last = sorted.filter(
    ([key], i) => i === sorted.length - 1 || compareBytes(key, (sorted[i + 1] as (typeof sorted)[0])[0]) !== 0,
  )
  return joinPieces(last.flat())
}
