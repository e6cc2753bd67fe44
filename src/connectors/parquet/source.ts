// Parquet files as an input, and the schema that a file declares.

import type { Disk } from '../../base/index.ts'
import { badArgument, textFor } from '../../base/index.ts'
import type { SourceSpec } from '../../data/index.ts'
import { realDisk } from '../../host/index.ts'
import type { Schema } from '../../types/index.ts'
import { type FileOptions, settingsOf } from '../files/options.ts'
import { filesSpec } from '../files/source.ts'
import { loadReader } from './library.ts'
import { ParquetReader } from './reader.ts'
import { schemaOfElements } from './schema.ts'

export type ParquetOptions = Omit<FileOptions, 'follow' | 'maxLineBytes'>

/** An input of Parquet files: a file, a folder or a glob. Columns that are not asked for are not decoded. */
export function parquetFiles(pattern: string, schema: Schema, options: ParquetOptions = {}): SourceSpec {
  return filesSpec(
    settingsOf(pattern, 'parquet', options),
    schema,
    { kind: 'parquet' },
    context => new ParquetReader(schema, context),
  )
}

/** The schema of a Parquet file, without the columns of types that are not read yet. */
export async function parquetSchema(path: string, disk: Disk = realDisk()): Promise<Schema> {
  textFor('parquetSchema', 'path', path, "pass the path of a file: 'flights.parquet'")
  if (typeof disk?.open !== 'function') badArgument('parquetSchema', 'disk', disk, 'leave it out')
  const handle = await disk.open(path)
  try {
    const byteLength = await handle.size()
    const slice = async (start: number, end = byteLength) => {
      const bytes = new Uint8Array(end - start)
      await handle.read(bytes, start)
      return bytes.buffer
    }
    const { parquetMetadataAsync } = await loadReader()
    return schemaOfElements((await parquetMetadataAsync({ byteLength, slice })).schema)
  } finally {
    await handle.close()
  }
}
