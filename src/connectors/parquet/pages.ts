// Column chunks that are encoded by dictionary, as numbers into it: no JavaScript value per row, so reading makes no
// garbage to speak of. Pages that are not (a dictionary that became too large) append their values to it. What is
// encoded in other ways is left to the library. Source: the Apache Parquet format, Encodings.md (RLE / bit-packing hybrid).
import { fail } from '../../base/index.ts'
import type { ColumnMetaData, DecodedArray, PageHeader, PageTools, SchemaElement } from './library.ts'

/** Row i is `values[indices[i]]`, or null where the index is -1. */
export interface Indexed {
  readonly indices: Int32Array
  readonly values: unknown[]
}

const TYPES: readonly string[] = ['INT32', 'INT64', 'FLOAT', 'DOUBLE', 'BYTE_ARRAY']
const ENCODINGS: readonly string[] = ['PLAIN', 'PLAIN_DICTIONARY', 'RLE_DICTIONARY', 'RLE']
/** Bits of an index that one unaligned 32-bit read can give. */
const WIDTH_MOST = 24

/** Whether a chunk can be read as numbers into a dictionary. */
export function isIndexed(chunk: ColumnMetaData): boolean {
  const { type, encodings, path_in_schema: path } = chunk
  const dictionary = encodings.some(each => each.endsWith('_DICTIONARY'))
  return path.length === 1 && TYPES.includes(type) && dictionary && encodings.every(each => ENCODINGS.includes(each))
}

/** Where a chunk's pages lie in the file. */
export function bytesOfChunk(chunk: ColumnMetaData): readonly [start: number, end: number] {
  const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset)
  return [start, start + Number(chunk.total_compressed_size)]
}

export interface ChunkOptions {
  /** The file, for errors. */
  readonly path: string
  readonly chunk: ColumnMetaData
  readonly element: SchemaElement
  readonly rows: number
  /** Decoded plain values as the columns take them. */
  convert(values: DecodedArray): ArrayLike<unknown>
  readonly tools: PageTools
}

/** Read all pages of a chunk. BAD_PARQUET when they are damaged; undefined: leave it to the library. */
export function readIndexed(pages: ArrayBuffer, options: ChunkOptions): Indexed | undefined {
  const { rows, tools } = options
  const found: Indexed = { indices: new Int32Array(rows), values: [] }
  const levels = new Int32Array(options.element.repetition_type === 'REQUIRED' ? 0 : rows)
  const reader = { view: new DataView(pages), offset: 0 }
  let dictionary = 0
  let row = 0
  while (row < rows) {
    if (reader.offset >= pages.byteLength) broken(options.path, `a column has ${row} of ${rows} rows`)
    const header = tools.parquetHeader(reader)
    const bytes = new Uint8Array(pages, reader.offset, header.compressed_page_size)
    reader.offset += header.compressed_page_size
    if (header.dictionary_page_header !== undefined) {
      dictionary = header.dictionary_page_header.num_values
      append(found.values, plainValues(unpacked(bytes, header, options), dictionary, options))
      continue
    }
    const page = pageOf(bytes, header, options)
    if (page.rows > rows - row) broken(options.path, 'a page has more rows than its row group')
    const read = readPage(page, levels, found, row, dictionary, options)
    if (!read) return undefined
    row += page.rows
  }
  return found
}

interface Page {
  readonly rows: number
  readonly encoding: string
  readonly data: Uint8Array
  /** Definition levels lie in `levels`; undefined: every row has a value. */
  readonly levels: Uint8Array | undefined
}

function unpacked(bytes: Uint8Array, header: PageHeader, { chunk, tools }: ChunkOptions): Uint8Array {
  return tools.decompress(bytes, header.uncompressed_page_size, chunk.codec)
}

/** The levels and the values of a data page of either version. */
function pageOf(bytes: Uint8Array, header: PageHeader, options: ChunkOptions): Page {
  const nullable = options.element.repetition_type !== 'REQUIRED'
  const [first, second] = [header.data_page_header, header.data_page_header_v2]
  if (first !== undefined) {
    const data = unpacked(bytes, header, options)
    const { num_values: rows, encoding } = first
    if (!nullable) return { rows, encoding, data, levels: undefined }
    const length = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(0, true)
    return { rows, encoding, data: data.subarray(4 + length), levels: data.subarray(4, 4 + length) }
  }
  if (second === undefined) broken(options.path, `a page of the kind ${header.type}`)
  const { num_values: rows, encoding, definition_levels_byte_length: length } = second
  const rest = bytes.subarray(length)
  const size = header.uncompressed_page_size - length
  const data = second.is_compressed === false ? rest : options.tools.decompress(rest, size, options.chunk.codec)
  return { rows, encoding, data, levels: nullable ? bytes.subarray(0, length) : undefined }
}

function readPage(
  page: Page,
  levels: Int32Array,
  { indices, values }: Indexed,
  row: number,
  dictionary: number,
  options: ChunkOptions,
): boolean {
  const { rows, data } = page
  if (page.levels !== undefined) hybrid(page.levels, 0, 1, levels, 0, rows, options.path)
  let present = rows
  if (page.levels !== undefined) for (let i = 0; i < rows; i++) present -= 1 - (levels[i] as number)
  if (page.encoding.endsWith('_DICTIONARY')) {
    const width = data[0] ?? 0
    if (width > WIDTH_MOST) return false
    if (width === 0) indices.fill(0, row, row + present)
    else hybrid(data, 1, width, indices, row, present, options.path)
    for (let i = row; i < row + present; i++)
      if ((indices[i] as number) >= dictionary)
        broken(options.path, `entry ${indices[i]} of a dictionary of ${dictionary}`)
  } else {
    const first = values.length
    append(values, plainValues(data, present, options))
    for (let i = 0; i < present; i++) indices[row + i] = first + i
  }
  if (present < rows) spread(indices, row, rows, present, levels)
  return true
}

/** Move the values of a page to the rows that have one, from the back, and say -1 in the others. */
function spread(indices: Int32Array, row: number, rows: number, present: number, levels: Int32Array): void {
  let from = row + present
  for (let i = rows - 1; i >= 0; i--) indices[row + i] = levels[i] === 0 ? -1 : (indices[--from] as number)
}

function plainValues(bytes: Uint8Array, count: number, { chunk, element, convert, tools }: ChunkOptions) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return convert(tools.readPlain({ view, offset: 0 }, chunk.type, count, element.type_length))
}

function append(target: unknown[], values: ArrayLike<unknown>): void {
  for (let i = 0; i < values.length; i++) target.push(values[i])
}

/** `count` numbers of `width` bits: runs of one value, and packed groups of eight. */
function hybrid(
  bytes: Uint8Array,
  start: number,
  width: number,
  out: Int32Array,
  from: number,
  count: number,
  path: string,
): void {
  const end = from + count
  const mask = (1 << width) - 1
  let at = start
  let next = from
  while (next < end) {
    let header = 0
    let shift = 0
    for (let more = true; more; shift += 7) {
      if (at >= bytes.length || shift > 28) broken(path, 'a run ends before its values')
      const byte = bytes[at++] as number
      header |= (byte & 127) << shift
      more = byte > 127
    }
    const size = header >>> 1
    if (size === 0) broken(path, 'a run of no values')
    if ((header & 1) === 0) {
      const value = word(bytes, at) & mask
      at += (width + 7) >> 3
      const stop = Math.min(end, next + size)
      out.fill(value, next, stop)
      next = stop
      continue
    }
    const stop = Math.min(end, next + 8 * size)
    if (at + (((stop - next) * width + 7) >> 3) > bytes.length) broken(path, 'a run ends before its values')
    for (let bit = 0; next < stop; bit += width) out[next++] = (word(bytes, at + (bit >> 3)) >>> (bit & 7)) & mask
    at += size * width
  }
}

function word(bytes: Uint8Array, at: number): number {
  if (at + 4 <= bytes.length)
    return (
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    )
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
}

function broken(path: string, reason: string): never {
  return fail('BAD_PARQUET', { path, reason })
}
