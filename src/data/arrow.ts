// The edge to Apache Arrow: batches out as record batches, record batches in as batches. The layouts are the same but
// for strings, which are views inside and offsets with bytes outside. The Arrow library is reached through this door
// only, so that who doesn't use Arrow doesn't load it.
// On the way out a fixed-width column is not copied: the IPC writer reads it in linear memory.
import { fail } from '../base/index.ts'
import { type Field, field, isNested, leaves, type ScalarType, type Schema, scalars, schemaOf } from '../types/index.ts'
import {
  ascending,
  type Cut,
  cutsOf,
  isSet,
  nullsIn,
  type Texts,
  textsOf,
  wellFormed,
  withWeights,
} from './arrow-buffers.ts'
import { arrow } from './arrow-library.ts'
import { arrowSchema, arrowType, schemaFromArrow } from './arrow-types.ts'
import { adapt, decimalsIn, fixedValues, intervalsIn, nestedPart } from './arrow-values.ts'
import { type Batch, batchOf, type Column, type Origin } from './batch.ts'
import { encoderOf } from './encode.ts'
import { compact } from './gather.ts'
import { bitmapBytes, columnBytes, Kind, kindOf, valueBytes } from './kind.ts'
import type { Arena, Memory, Ptr } from './memory.ts'

/**
 * Batches as Arrow IPC bytes ('stream' or 'file'). Weights are left out unless `weights` names an int64 column for them.
 */
export function toIPC(
  batches: Iterable<Batch>,
  schema: Schema,
  memory: Memory,
  options: { readonly format?: 'stream' | 'file'; readonly weights?: string } = {},
): Uint8Array {
  const { weights } = options
  const full = weights === undefined ? schema : schemaOf([...schema.fields, field(weights, scalars.bigint)])
  const arena = memory.arena()
  const parts = full.fields.map((): arrow.Batch<unknown>[] => [])
  const dense = [...batches].map(batch => withWeights(compact(batch, arena), weights !== undefined, arena))
  const texts = dense.map(batch => textsOf(batch, arena))
  // Nothing is allocated from here on: the views stay attached.
  for (const [i, batch] of dense.entries())
    for (const [k, part] of arrowParts(batch, full, texts[i] as Texts, memory).entries()) parts[k]?.push(part)
  const columns = full.fields.map(
    (each, k) => new arrow.Column(parts[k] as arrow.Batch<unknown>[], arrowType(each.type)),
  )
  const bytes = arrow.tableToIPC(new arrow.Table(arrowSchema(full), columns), { format: options.format ?? 'stream' })
  arena.free()
  return bytes ?? fail('ASSERTION', { reason: 'the Arrow writer gave no bytes' })
}

/** An Arrow IPC stream that is written piece by piece. */
export interface IpcStream {
  /** The bytes of these batches; those of the schema come first. */
  add(batches: Iterable<Batch>): Uint8Array
  /** The last bytes. */
  end(): Uint8Array
}

/** The end of a stream: a continuation mark, and a length of nothing. */
const END_BYTES = 8

export function ipcStream(schema: Schema, memory: Memory): IpcStream {
  let begun = false
  return {
    add(batches) {
      const whole = toIPC(batches, schema, memory)
      const from = begun ? schemaBytes(whole) : 0
      begun = true
      return whole.subarray(from, whole.length - END_BYTES)
    },
    end: () => (begun ? new Uint8Array([255, 255, 255, 255, 0, 0, 0, 0]) : toIPC([], schema, memory)),
  }
}

/** How long the first message is: a mark, a length, and so many bytes; the schema has no body. */
const schemaBytes = (stream: Uint8Array): number => 8 + new DataView(stream.buffer, stream.byteOffset).getInt32(4, true)

function arrowParts(batch: Batch, schema: Schema, texts: Texts, memory: Memory): arrow.Batch<unknown>[] {
  const columns = [...batch.columns]
  return schema.fields.map(each => arrowPart(each, columns, batch.rows, texts, memory))
}

/** One field of a batch; takes its columns off the front of `columns`. */
function arrowPart(each: Field, columns: Column[], rows: number, texts: Texts, memory: Memory): arrow.Batch<unknown> {
  const type = arrowType(each.type)
  if (each.type.kind === 'struct') {
    const children = each.type.fields.map(child => arrowPart(child, columns, rows, texts, memory))
    const validity = each.nullable ? anyValid(children, rows) : new Uint8Array(0)
    return make(type, { type, length: rows, nullCount: nullsIn(validity, rows), validity, children })
  }
  const column = columns.shift() as Column
  if (each.type.kind === 'list' || each.type.kind === 'map') return nestedPart(each.type, column, rows, memory, type)
  const validity = column.validity === 0 ? new Uint8Array(0) : memory.bytes(column.validity, (rows + 7) >>> 3)
  return make(type, {
    type,
    length: rows,
    nullCount: nullsIn(validity, rows),
    validity,
    ...(fixedValues(each.type, column, rows, memory) ?? buffers(column, rows, texts, memory)),
  })
}

type Parts = ConstructorParameters<typeof arrow.Batch>[0]

function make(type: arrow.DataType, parts: Parts): arrow.Batch<unknown> {
  const Made = arrow.batchType(type) as unknown as new (parts: Parts) => arrow.Batch<unknown>
  return new Made(parts)
}

function buffers(column: Column, rows: number, texts: Texts, memory: Memory): Partial<Parts> {
  const { kind, values } = column
  const text = texts.get(column)
  if (text !== undefined) {
    const offsets = memory.i32.subarray(text.offsets >>> 2, (text.offsets >>> 2) + rows + 1)
    return { offsets, values: memory.bytes(text.bytes, offsets[rows] as number) }
  }
  switch (kind) {
    case Kind.BOOL:
      return { values: memory.bytes(values, (rows + 7) >>> 3) }
    case Kind.I32:
      return { values: memory.i32.subarray(values >>> 2, (values >>> 2) + rows) }
    case Kind.F32:
      return { values: memory.f32.subarray(values >>> 2, (values >>> 2) + rows) }
    case Kind.F64:
      return { values: memory.f64.subarray(values >>> 3, (values >>> 3) + rows) }
    default:
      return { values: memory.i64.subarray(values >>> 3, (values >>> 3) + rows) }
  }
}

function hasValue(batch: arrow.Batch<unknown>, row: number): boolean {
  if (batch.nullCount > 0) return isSet(batch.validity as Uint8Array, row)
  const isStruct = batch.type.typeId === arrow.Type.Struct
  return !isStruct || (batch.children as arrow.Batch<unknown>[]).some(child => hasValue(child, row))
}

/** A nullable struct is null where all of its fields are. */
function anyValid(children: readonly arrow.Batch<unknown>[], rows: number): Uint8Array {
  const bits = new Uint8Array((rows + 7) >>> 3)
  for (let row = 0; row < rows; row++) {
    const valid = children.some(child => hasValue(child, row))
    if (valid) bits[row >>> 3] = (bits[row >>> 3] as number) | (1 << (row & 7))
  }
  return bits
}

export type ArrowTable = arrow.Table

/** What the Arrow library makes of values when they are asked for: useBigInt, useDate, useProxy … */
export type ExtractOptions = NonNullable<Parameters<typeof arrow.tableFromIPC>[1]>

export interface FromArrow {
  readonly schema: Schema
  /** How many batches the data is cut into. */
  readonly pieces: number
  /** Batch `piece`, with the named columns only (all by default), in the order of the schema. */
  read(piece: number, arena: Arena, columns?: readonly string[]): Batch
}

/** An Arrow table, or IPC bytes of either format. Fixed-width columns of the same layout are copied whole, without a look at values. */
export function fromArrow(source: arrow.Table | Uint8Array): FromArrow {
  const table =
    source instanceof Uint8Array ? tableFrom(source, { useBigInt: true, useDate: true, useDecimalInt: true }) : source
  if (!(table instanceof arrow.Table))
    return torn('it is neither bytes nor a table of @uwdata/flechette (of other libraries give IPC bytes)')
  const schema = schemaFromArrow(table.schema)
  const cuts = cutsOf(table.children.map(child => child.data)) ?? torn('its columns are not of one length')
  return {
    schema,
    pieces: cuts.length,
    read: (piece, arena, columns) => readCut(table, schema, cuts[piece] as Cut, arena, columns),
  }
}

/** The table in IPC bytes. Throws BAD_ARROW. */
export function tableFrom(bytes: Uint8Array, options?: ExtractOptions): arrow.Table {
  try {
    return arrow.tableFromIPC(bytes, options)
  } catch (error) {
    return fail('BAD_ARROW', { reason: error instanceof Error ? error.message : String(error) }, {}, error)
  }
}

function readCut(
  table: arrow.Table,
  schema: Schema,
  { part, first, count, before }: Cut,
  arena: Arena,
  columns?: readonly string[],
): Batch {
  const wanted = schema.fields.flatMap((each, i) => (columns?.includes(each.name) === false ? [] : [i]))
  const fields = wanted.map(i => table.children[i]?.data[part] as arrow.Batch<unknown>)
  const asked = schemaOf(wanted.map(i => schema.fields[i] as Field))
  const origin: Origin = { position: row => ({ source: 'Arrow data', row: before + first + row + 1 }) }
  return batchOf(inColumns(asked, fields, { first, count, arena, origin }), count, origin)
}

/** Which rows of a record batch, and where they go. */
interface Stretch {
  /** A multiple of 4096, so that bitmaps start at a byte. */
  readonly first: number
  readonly count: number
  readonly arena: Arena
  readonly origin: Origin
}

function inColumns(schema: Schema, fields: readonly arrow.Batch<unknown>[], stretch: Stretch): Column[] {
  const all = leaves(schema)
  const flat = schema.fields.flatMap((each, i) => flatten(each, fields[i] as arrow.Batch<unknown>, []))
  return all.map((leaf, i) => {
    const { batch, above } = flat[i] as Flat
    const column = inColumn(leaf.type, batch, stretch) ?? encoded(leaf, batch, above, stretch)
    return { ...column, validity: inValidity([batch, ...above], stretch) }
  })
}

/** A leaf's batch, and those of the structs it lies in. */
interface Flat {
  readonly batch: arrow.Batch<unknown>
  readonly above: readonly arrow.Batch<unknown>[]
}

function flatten(each: Field, batch: arrow.Batch<unknown>, above: readonly arrow.Batch<unknown>[]): Flat[] {
  if (each.type.kind !== 'struct') return [{ batch, above }]
  const children = batch.children as arrow.Batch<unknown>[]
  return each.type.fields.flatMap((child, i) => flatten(child, children[i] as arrow.Batch<unknown>, [...above, batch]))
}

function isNull(batches: readonly arrow.Batch<unknown>[], row: number): boolean {
  return batches.some(batch => batch.nullCount > 0 && !isSet(batch.validity as Uint8Array, row))
}

function inValidity(batches: readonly arrow.Batch<unknown>[], { first, count, arena }: Stretch): Ptr {
  const holed = batches.filter(batch => batch.nullCount > 0)
  if (holed.length === 0) return 0
  const bits = arena.zeroed(bitmapBytes(count))
  const u8 = arena.memory.u8
  for (let i = 0; i < (count + 7) >>> 3; i++) {
    u8[bits + i] = holed.reduce(
      (all, batch) => all & ((batch.validity as Uint8Array)[(first >>> 3) + i] as number),
      0xff,
    )
  }
  return bits
}

/** A column of the same layout as ours, copied whole; undefined if its values must be looked at. */
function inColumn(
  type: ScalarType,
  batch: arrow.Batch<unknown>,
  stretch: Stretch,
): Omit<Column, 'validity'> | undefined {
  const kind = kindOf(type)
  if (type.kind === 'json' || type.kind === 'uuid' || isNested(type)) return undefined
  if (type.kind === 'decimal') return decimalsIn(type, batch, stretch)
  if (type.kind === 'interval') return intervalsIn(batch, stretch)
  if (kind === Kind.VIEW)
    return batch.offsets instanceof Int32Array ? inTexts(type, batch, batch.offsets, stretch) : undefined
  if (!sameLayout(batch.type, kind)) return undefined
  const { first, count, arena } = stretch
  const source = batch.values as Uint8Array
  const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
  const width = valueBytes(kind)
  const part =
    kind === Kind.BOOL
      ? bytes.subarray(first >>> 3, (first + count + 7) >>> 3)
      : bytes.subarray(first * width, (first + count) * width)
  const values = arena.zeroed(columnBytes(kind, count))
  arena.memory.u8.set(part, values)
  return { kind, values }
}

function sameLayout(type: arrow.DataType, kind: Kind): boolean {
  switch (type.typeId) {
    case arrow.Type.Bool:
      return kind === Kind.BOOL
    case arrow.Type.Int:
      return kind === Kind.I64 && type.bitWidth === 64 && type.signed
    case arrow.Type.Float:
      return (kind === Kind.F64 && type.precision === 2) || (kind === Kind.F32 && type.precision === 1)
    case arrow.Type.Timestamp:
      return kind === Kind.I64 && type.unit === arrow.TimeUnit.MICROSECOND
    case arrow.Type.Time:
      return kind === Kind.I64 && type.unit === arrow.TimeUnit.MICROSECOND
    case arrow.Type.Date:
      return kind === Kind.I32 && type.unit === 0
    default:
      return false
  }
}

function inTexts(
  type: ScalarType,
  batch: arrow.Batch<unknown>,
  offsets: Int32Array,
  stretch: Stretch,
): Omit<Column, 'validity'> {
  const { first, count, arena } = stretch
  const part = offsets.subarray(first, first + count + 1)
  const source = batch.values as Uint8Array
  if (!ascending(part, source.length)) return torn('the offsets of its strings do not ascend within its bytes')
  const text = source.subarray(part[0], part[count])
  const bytes = arena.put(text)
  const at = arena.put(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
  const values = arena.alloc(columnBytes(Kind.VIEW, count))
  const { kernels } = arena.memory
  kernels.textIn(count, at, bytes, values)
  if (type.kind === 'string' && !wellFormed(part, text, bytes, kernels)) return torn('its strings are not UTF-8')
  return { kind: Kind.VIEW, values }
}

function torn(reason: string): never {
  return fail('BAD_ARROW', { reason })
}

/** Any other layout: value by value, checked as rows from outside are. */
function encoded(
  leaf: ReturnType<typeof leaves>[number],
  batch: arrow.Batch<unknown>,
  above: readonly arrow.Batch<unknown>[],
  stretch: Stretch,
): Omit<Column, 'validity'> {
  const { first, count, arena, origin } = stretch
  const kind = kindOf(leaf.type)
  const values = arena.zeroed(columnBytes(kind, count))
  const encode = encoderOf(leaf, values, arena, origin)
  for (let row = 0; row < count; row++) {
    if (isNull([batch, ...above], first + row)) continue
    encode(adapt(leaf.type, batch.type, batch.at(first + row)), row)
  }
  return { kind, values }
}
