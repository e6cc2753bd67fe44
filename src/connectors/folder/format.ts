// How rows become the bytes of a file.
import type { Disk } from '../../base/index.ts'
import type { Batch, Memory } from '../../data/index.ts'
import type { Schema } from '../../types/index.ts'

export interface RowWriter {
  /** The selected rows of a batch; the bytes are the caller's. */
  encode(batch: Batch): Uint8Array
  close(): void
}

export interface FileFormat {
  /** 'json', 'csv', 'parquet'. */
  readonly name: string
  /** Of visible files, without the dot. */
  readonly extension: string
  /** What each file begins with. */
  head(schema: Schema): Uint8Array
  open(memory: Memory, schema: Schema): RowWriter
  /** For formats that can't be appended to: make the file at `to` of the rows spooled at `from`. */
  seal?(disk: Disk, memory: Memory, schema: Schema, from: string, to: string): Promise<void>
}
