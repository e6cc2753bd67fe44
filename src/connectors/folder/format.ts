// How rows become the bytes of a file.
import type { Disk } from '../../base/index.ts'
import { type Batch, type Csv, createEncoder, type JsonLines, type Memory } from '../../data/index.ts'
import type { Schema } from '../../types/index.ts'

export interface RowWriter {
  /** What each file begins with. */
  readonly header: Uint8Array
  /** The selected rows of a batch; the bytes are valid until the next call of anything: copy them. */
  encode(batch: Batch): Uint8Array
  close(): void
}

export interface FileFormat {
  /** 'json', 'csv', 'parquet'. */
  readonly name: string
  /** Of visible files, without the dot. */
  readonly extension: string
  open(memory: Memory, schema: Schema): RowWriter
  /** For formats that can't be appended to: make the file at `to` of the rows spooled at `from`. */
  seal?(disk: Disk, memory: Memory, schema: Schema, from: string, to: string): Promise<void>
}

/** JSON lines or CSV, which can be appended to. */
export function textFormat(format: JsonLines | Csv): FileFormat {
  const json = format.kind === 'json'
  return {
    name: json ? 'json' : 'csv',
    extension: json ? 'jsonl' : 'csv',
    open(memory, schema) {
      const encoder = createEncoder({ format, schema, memory })
      return {
        header: encoder.header,
        encode: batch => encoder.encode(batch),
        close: () => encoder.close(),
      }
    },
  }
}
