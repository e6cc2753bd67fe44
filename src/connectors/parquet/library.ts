// The one file that knows the Parquet library. It is loaded when the first Parquet file is opened or written, never
// with millrace itself. Compression is node's zlib but for Snappy, which the library brings, and LZ4 (lz4.ts).
import {
  brotliCompressSync,
  brotliDecompressSync,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'
import type {
  AsyncBuffer,
  ColumnMetaData,
  CompressionCodec,
  Compressors,
  DecodedArray,
  FileMetaData,
  PageHeader,
  ParquetParsers,
  ParquetType,
  SchemaElement,
} from 'hyparquet'
import type { ColumnSource } from 'hyparquet-writer'
import { lz4, lz4Block } from './lz4.ts'

export type {
  AsyncBuffer,
  ColumnMetaData,
  ColumnSource,
  DecodedArray,
  FileMetaData,
  PageHeader,
  ParquetParsers,
  SchemaElement,
}

interface PlainReader {
  view: DataView
  offset: number
}

/** The parts of the library that read single pages. */
export interface PageTools {
  parquetHeader(reader: PlainReader): PageHeader
  decompress(bytes: Uint8Array, size: number, codec: CompressionCodec): Uint8Array
  readPlain(reader: PlainReader, type: ParquetType, count: number, length: number | undefined): DecodedArray
  convert(values: DecodedArray, element: SchemaElement, parsers: ParquetParsers): ArrayLike<unknown>
}

export async function loadPageTools(): Promise<PageTools> {
  const [{ parquetHeader }, { decompressPage }, { readPlain }, { convert }] = await Promise.all([
    import('hyparquet/src/column.js'),
    import('hyparquet/src/datapage.js'),
    import('hyparquet/src/plain.js'),
    import('hyparquet/src/convert.js'),
  ])
  return {
    parquetHeader,
    decompress: (bytes, size, codec) => decompressPage(bytes, size, codec, decompressors),
    readPlain,
    convert: (values, element, parsers) => convert(values, { element, parsers, utf8: false, schemaPath: [] } as never),
  }
}

export const loadReader = () => import('hyparquet')
export const loadWriter = () => import('hyparquet-writer')

/** Of damaged data: the library refuses what has not the length that the page tells. */
const NOTHING = new Uint8Array(0)

/** Codecs that can be read: Snappy (built in), these, and none. */
export const decompressors: Compressors = {
  GZIP: bytes => gunzipSync(bytes),
  BROTLI: bytes => brotliDecompressSync(bytes),
  ZSTD: bytes => zstdDecompressSync(bytes),
  LZ4: (bytes, size) => lz4(bytes, size) ?? NOTHING,
  LZ4_RAW: (bytes, size) => lz4Block(bytes, size) ?? NOTHING,
}

export const compressors = {
  GZIP: (bytes: Uint8Array) => gzipSync(bytes),
  BROTLI: (bytes: Uint8Array) => brotliCompressSync(bytes),
  ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes),
}
