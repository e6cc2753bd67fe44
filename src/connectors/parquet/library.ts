// The one file that knows the Parquet library. It is loaded when the first Parquet file is opened or written, never
// with millrace itself. Compression is node's zlib but for Snappy, which the library brings.
import {
  brotliCompressSync,
  brotliDecompressSync,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'
import type { AsyncBuffer, Compressors, DecodedArray, FileMetaData, ParquetParsers, SchemaElement } from 'hyparquet'
import type { ColumnSource, Writer } from 'hyparquet-writer'

export type { AsyncBuffer, ColumnSource, DecodedArray, FileMetaData, ParquetParsers, SchemaElement, Writer }

export const loadReader = () => import('hyparquet')
export const loadWriter = () => import('hyparquet-writer')

/** Codecs that can be read: Snappy (built in), these, and none. */
export const decompressors: Compressors = {
  GZIP: bytes => gunzipSync(bytes),
  BROTLI: bytes => brotliDecompressSync(bytes),
  ZSTD: bytes => zstdDecompressSync(bytes),
}

export const compressors = {
  GZIP: (bytes: Uint8Array) => gzipSync(bytes),
  BROTLI: (bytes: Uint8Array) => brotliCompressSync(bytes),
  ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes),
}
