// Parquet as an output. A Parquet file can't be appended to, so rows are spooled as CSV (which keeps every value
// exactly, NaN too) and a full file is made of the spool when it rolls. A struct lies flat: `window.start`.
import type { Disk, WriteHandle } from '../../base/index.ts'
import {
  type Batch,
  type Csv,
  coefficientOf,
  createDecoder,
  decimalAt,
  decimalText,
  intervalParts,
  isoText,
  Kind,
  kindOf,
  type Memory,
  physical,
} from '../../data/index.ts'
import {
  type ColumnType,
  DECIMAL_DIGITS,
  field,
  type Leaf,
  leaves,
  type PlainKind,
  type Schema,
  schemaOf,
} from '../../types/index.ts'
import { Buffers, bytesOf } from '../files/bytes.ts'
import { type FileFormat, textFormat } from '../folder/format.ts'
import { type ColumnSource, compressors, loadWriter, type SchemaElement } from './library.ts'
import { libraryValue } from './nested.ts'

const SPOOL: Csv = { kind: 'csv', header: false, nullText: '\\N' }
const GROUP_ROWS = 100_000

export const parquetFormat: FileFormat = {
  name: 'parquet',
  extension: 'parquet',
  open: (memory, schema) => textFormat(SPOOL).open(memory, flat(schema)),
  seal,
}

function flat(schema: Schema): Schema {
  return schemaOf(leaves(schema).map(leaf => field(leaf.path.join('.'), leaf.type, leaf.nullable)))
}

/** Make a Parquet file of spooled rows; row groups of 100,000 rows, Zstandard. */
async function seal(disk: Disk, memory: Memory, schema: Schema, from: string, to: string): Promise<void> {
  const { ByteWriter, ParquetWriter } = await loadWriter()
  const columns = leaves(flat(schema))
  const target = await disk.append(to, 0)
  try {
    const writer = new ByteWriter()
    const flush = () => handOver(writer, target)
    const out = Object.assign(writer, { flush })
    const parquet = new ParquetWriter({
      writer: out,
      schema: elementsOf(columns),
      codec: 'ZSTD',
      compressors,
      createdBy: 'millrace',
    })
    for await (const columnData of groups(disk, memory, flat(schema), from))
      await parquet.write({ columnData, rowGroupSize: GROUP_ROWS })
    await parquet.finish()
    await flush()
    await target.sync()
  } finally {
    await target.close()
  }
}

async function handOver(writer: { index: number; getBytes(): Uint8Array }, target: WriteHandle): Promise<void> {
  const bytes = writer.getBytes().slice()
  writer.index = 0
  if (bytes.length > 0) await target.write(bytes)
}

async function* groups(disk: Disk, memory: Memory, schema: Schema, path: string): AsyncGenerator<ColumnSource[]> {
  const columns = leaves(schema)
  const badRow = (error: unknown) => {
    throw error
  }
  const decoder = createDecoder({ format: SPOOL, schema, memory, source: path, badRow })
  let data = columns.map((): unknown[] => [])
  const sources = () => columns.map((leaf, i) => ({ name: leaf.path[0] as string, data: data[i] as unknown[] }))
  try {
    for await (const chunk of withEnd(bytesOf(disk, path, 0, -1, new Buffers()))) {
      decoder.push(chunk ?? new Uint8Array(0), chunk === undefined)
      for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) {
        for (const [i, leaf] of columns.entries()) pushValues(data[i] as unknown[], leaf, batch, i, memory)
        if ((data[0]?.length ?? 0) < GROUP_ROWS) continue
        yield sources()
        data = columns.map(() => [])
      }
    }
    if ((data[0]?.length ?? 0) > 0) yield sources()
  } finally {
    decoder.close()
  }
}

async function* withEnd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array | undefined> {
  yield* chunks
  yield undefined
}

/** The values of a column as the library takes them; all rows of the batch are selected, as it comes from a decoder. */
function pushValues(target: unknown[], leaf: Leaf, batch: Batch, index: number, memory: Memory): void {
  const { values, validity } = batch.columns[index] as Batch['columns'][number]
  const { u8, i32, i64, f32, f64, u32 } = memory
  const bit = (at: number, row: number) => (((u8[at + (row >> 3)] as number) >> (row & 7)) & 1) === 1
  const bytes = (row: number): [ptr: number, length: number] => {
    const view = values + row * 16
    const length = u32[view >>> 2] as number
    return [length <= 12 ? view + 4 : (u32[(view >>> 2) + 3] as number), length]
  }
  const readers: Readonly<Record<Kind, (row: number) => unknown>> = {
    [Kind.BOOL]: row => bit(values, row),
    [Kind.I32]: row => i32[(values >>> 2) + row],
    [Kind.I64]: row => i64[(values >>> 3) + row],
    [Kind.F32]: row => f32[(values >>> 2) + row],
    [Kind.F64]: row => f64[(values >>> 3) + row],
    [Kind.VIEW]: viewReader(leaf, memory, bytes),
    [Kind.DECIMAL]: decimalReader(leaf, memory, values),
  }
  const read = readers[physical(kindOf(leaf.type))]
  for (let row = 0; row < batch.rows; row++) target.push(validity !== 0 && !bit(validity, row) ? null : read(row))
}

/** Decimals of one scale as integers, others as text. */
function decimalReader({ type, path }: Leaf, memory: Memory, values: number): (row: number) => unknown {
  const scale = fixedScale(type)
  if (scale === undefined) return row => decimalText(decimalAt(memory, values + row * 16))
  return row => coefficientOf(decimalAt(memory, values + row * 16), scale, path.join('.'))
}

/** The digits behind the point of a type that Parquet has: a decimal that says how many they are. */
const fixedScale = (type: ColumnType): number | undefined =>
  type.kind === 'decimal' && type.precision !== undefined && (type.scale ?? 0) <= type.precision
    ? (type.scale ?? 0)
    : undefined

function viewReader(
  leaf: Leaf,
  memory: Memory,
  bytes: (row: number) => [ptr: number, length: number],
): (row: number) => unknown {
  const { kind } = leaf.type
  if (kind === 'list' || kind === 'map') return row => libraryValue(leaf.type, memory.bytes(...bytes(row)).slice())
  if (kind === 'interval') return row => isoText(intervalParts(memory.bytes(...bytes(row))))
  if (kind === 'binary' || kind === 'uuid') return row => memory.bytes(...bytes(row)).slice()
  return row => memory.text(...bytes(row))
}

const shapes: Readonly<Record<PlainKind, Omit<SchemaElement, 'name'>>> = {
  boolean: { type: 'BOOLEAN' },
  int: { type: 'INT64' },
  bigint: { type: 'INT64' },
  float: { type: 'FLOAT' },
  double: { type: 'DOUBLE' },
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  binary: { type: 'BYTE_ARRAY' },
  timestamp: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
  date: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
  time: {
    type: 'INT64',
    converted_type: 'TIME_MICROS',
    logical_type: { type: 'TIME', isAdjustedToUTC: false, unit: 'MICROS' },
  },
  // Parquet's own interval has unsigned milliseconds: ISO 8601 text loses nothing.
  interval: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  uuid: { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } },
  // Of columns whose decimals have one scale: see decimalShape. Others, and those in lists and maps, are text.
  decimal: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
}

function decimalShape(type: ColumnType): Partial<SchemaElement> {
  const scale = fixedScale(type)
  if (scale === undefined || type.kind !== 'decimal') return {}
  const precision = type.precision ?? DECIMAL_DIGITS
  return {
    type: 'FIXED_LEN_BYTE_ARRAY',
    type_length: 16,
    converted_type: 'DECIMAL',
    logical_type: { type: 'DECIMAL', precision, scale },
    precision,
    scale,
  }
}

function elementsOf(columns: readonly Leaf[]): SchemaElement[] {
  const fields = columns.flatMap(leaf => {
    const [own, ...inside] = elementOf(leaf.path[0] as string, leaf.type, leaf.nullable)
    return [{ ...(own as SchemaElement), ...decimalShape(leaf.type) }, ...inside]
  })
  return [{ name: 'root', num_children: columns.length }, ...fields]
}

/** The elements of one column, itself first. */
function elementOf(name: string, type: ColumnType, nullable: boolean): SchemaElement[] {
  const repetition_type = nullable ? 'OPTIONAL' : 'REQUIRED'
  const group = (more: Partial<SchemaElement>, ...inside: SchemaElement[][]): SchemaElement[] => [
    { name, repetition_type, num_children: inside.length, ...more },
    ...inside.flat(),
  ]
  const repeated = (of: string, ...inside: SchemaElement[][]): SchemaElement[] => [
    { name: of, repetition_type: 'REPEATED', num_children: inside.length },
    ...inside.flat(),
  ]
  switch (type.kind) {
    case 'list': {
      const item = elementOf('element', type.element.type, type.element.nullable)
      return group({ converted_type: 'LIST', logical_type: { type: 'LIST' } }, repeated('list', item))
    }
    case 'map': {
      const key = elementOf('key', type.key, false)
      const value = elementOf('value', type.value.type, type.value.nullable)
      return group({ converted_type: 'MAP', logical_type: { type: 'MAP' } }, repeated('key_value', key, value))
    }
    case 'struct':
      return group({}, ...type.fields.map(each => elementOf(each.name, each.type, each.nullable)))
    default:
      return [{ ...shapes[type.kind], name, repetition_type }]
  }
}
