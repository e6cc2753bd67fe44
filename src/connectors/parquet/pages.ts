// Column chunks that are encoded by dictionary, as numbers into it, in linear memory: no JavaScript value per row, and no
// loop over rows here (src/kernels/assembly/parquet.ts has them). Pages that are not (a dictionary that became too large) append their values to it. What is
// encoded in other ways is left to the library. Source: the Apache Parquet format, Encodings.md (RLE / bit-packing hybrid).
import { fail } from '../../base/index.ts'
import type { Arena, Ptr } from '../../data/index.ts'
import type { ColumnMetaData, DecodedArray, PageHeader, PageTools, SchemaElement } from './library.ts'

/** Row i is `values[indices[i]]`, u32, or null where the index is -1. */
export interface Indexed {
  readonly indices: Ptr
  /** Whether some row is null. */
  readonly nulls: boolean
  readonly values: unknown[]
}

const TYPES: readonly string[] = ['INT32', 'INT64', 'FLOAT', 'DOUBLE', 'BYTE_ARRAY']
const ENCODINGS: readonly string[] = ['PLAIN', 'PLAIN_DICTIONARY', 'RLE_DICTIONARY', 'RLE']
/** Bits of an index that one unaligned 32-bit read can give. */
const WIDTH_MOST = 24
/** Readable bytes behind a page. */
const PAD = 16

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
  /** Where the indices are kept. */
  readonly arena: Arena
}

/** What is wrong with runs, as the kernel tells it. */
const NO_VALUES = 1
const EMPTY_RUN = 2

/** Read all pages of a chunk. BAD_PARQUET when they are damaged; undefined: leave it to the library. */
export function readIndexed(pages: ArrayBuffer, options: ChunkOptions): Indexed | undefined {
  const { arena } = options
  const scratch = arena.memory.arena()
  try {
    return readPages(pages, { ...options, scratch })
  } finally {
    scratch.free()
  }
}

interface PageOptions extends ChunkOptions {
  /** Reset page by page. */
  readonly scratch: Arena
}

function readPages(pages: ArrayBuffer, options: PageOptions): Indexed | undefined {
  const { rows, tools, path } = options
  const indices = options.arena.alloc(Math.max(rows, 1) * 4)
  const values: unknown[] = []
  const reader = { view: new DataView(pages), offset: 0 }
  let dictionary = 0
  let row = 0
  let nulls = false
  while (row < rows) {
    if (reader.offset >= pages.byteLength) broken(path, `a column has ${row} of ${rows} rows`)
    const header = tools.parquetHeader(reader)
    const bytes = new Uint8Array(pages, reader.offset, header.compressed_page_size)
    reader.offset += header.compressed_page_size
    if (header.dictionary_page_header !== undefined) {
      const { num_values: count } = header.dictionary_page_header
      append(values, plainValues(unpacked(bytes, header, options), count, options))
      dictionary = Math.max(0, Math.min(count, values.length))
      continue
    }
    const page = pageOf(bytes, header, options)
    if (page.rows < 0 || page.rows > rows - row) broken(path, 'a page has more rows than its row group')
    const present = readPage(page, values, indices + row * 4, dictionary, options)
    if (present === undefined) return undefined
    nulls ||= present < page.rows
    row += page.rows
  }
  return { indices, nulls, values }
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

/** The indices of a page's rows; how many of them are not null. undefined: leave the chunk to the library. */
function readPage(
  page: Page,
  values: unknown[],
  indices: Ptr,
  dictionary: number,
  options: PageOptions,
): number | undefined {
  const { rows, data } = page
  const { scratch } = options
  const { kernels } = scratch.memory
  scratch.reset()
  const levels = page.levels === undefined ? 0 : scratch.alloc(Math.max(rows, 1) * 4)
  if (page.levels !== undefined) numbers(page.levels, 0, 1, 2, levels, rows, options)
  const present = page.levels === undefined ? rows : kernels.levelsPresent(rows, levels) >>> 0
  if (page.encoding.endsWith('_DICTIONARY')) {
    const width = data[0] ?? 0
    if (width > WIDTH_MOST) return undefined
    numbers(data, 1, width, dictionary, indices, present, options)
  } else {
    const first = values.length
    append(values, plainValues(data, present, options))
    if (values.length < first + present) broken(options.path, 'a page ends before its values')
    const { u32 } = scratch.memory
    for (let i = 0; i < present; i++) u32[(indices >>> 2) + i] = first + i
  }
  if (present < rows) kernels.spreadNumbers(rows, indices, present, levels)
  return present
}

/** `count` numbers below `limit` of the bytes from `start` on. */
function numbers(
  bytes: Uint8Array,
  start: number,
  width: number,
  limit: number,
  out: Ptr,
  count: number,
  { scratch, path }: PageOptions,
): void {
  const { memory } = scratch
  if (width === 0) {
    memory.u8.fill(0, out, out + count * 4)
    if (count > 0 && limit === 0) broken(path, 'entry 0 of a dictionary of 0')
    return
  }
  const at = scratch.alloc(bytes.length + PAD)
  memory.u8.set(bytes, at)
  const wrong = memory.kernels.hybridNumbers(at + start, at + bytes.length, width, limit, out, count)
  if (wrong === NO_VALUES) broken(path, 'a run ends before its values')
  if (wrong === EMPTY_RUN) broken(path, 'a run of no values')
  if (wrong === 0) return
  const entry = memory.u32.subarray(out >>> 2, (out >>> 2) + count).find(each => each >= limit)
  broken(path, `entry ${entry} of a dictionary of ${limit}`)
}

function plainValues(bytes: Uint8Array, count: number, { chunk, element, convert, tools }: ChunkOptions) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return convert(tools.readPlain({ view, offset: 0 }, chunk.type, count, element.type_length))
}

function append(target: unknown[], values: ArrayLike<unknown>): void {
  for (let i = 0; i < values.length; i++) target.push(values[i])
}

function broken(path: string, reason: string): never {
  return fail('BAD_PARQUET', { path, reason })
}
