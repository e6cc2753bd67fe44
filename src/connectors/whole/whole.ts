// A result as the bytes of one file: JSON lines, CSV, an Arrow stream or Parquet. Rows only come (a batch, or a table that
// is append-only). Law: memory is bounded by a few batches. Text and Arrow are written while rows arrive; Parquet, whose index
// comes last, is made at the end from a spool on disk.

import type { IpcStream } from '../../data/arrow.ts'
import { BATCH_ROWS, createEncoder, kindOf, type SinkContext, type SinkSpec, stack } from '../../data/index.ts'
import { leaves } from '../../types/index.ts'
import { Buffers, bytesOf } from '../files/bytes.ts'
import { parquetFormat } from '../parquet/format.ts'
import { type ResultParts, resultSink } from './result-sink.ts'

export type WholeFormat = 'jsonl' | 'csv' | 'arrow' | 'parquet'

export interface Whole {
  readonly spec: SinkSpec
  /** Rows so far. */
  rows(): number
  /** Write what was kept back; the run is over. */
  end(): Promise<void>
}

/**
 * @param write takes the bytes, in order
 * @param scratch gives the name of a file that nobody needs afterwards
 */
export function wholeSink(
  format: WholeFormat,
  write: (bytes: Uint8Array) => Promise<void>,
  scratch: () => string,
): Whole {
  let rows = 0
  let finish = async (): Promise<void> => undefined
  const open = opener(format, write, scratch, last => {
    finish = last
  })
  const spec = resultSink(open, more => {
    rows += more
  })
  return { spec, rows: () => rows, end: () => finish() }
}

/** Takes what is left to write when the run is over. */
type Finish = (last: () => Promise<void>) => void

type Open = (context: SinkContext) => ResultParts

function opener(
  format: WholeFormat,
  write: (bytes: Uint8Array) => Promise<void>,
  scratch: () => string,
  finish: Finish,
): Open {
  switch (format) {
    case 'jsonl':
      return context => text('json', context, write)
    case 'csv':
      return context => text('csv', context, write)
    case 'arrow':
      return context => arrow(context, write)
    case 'parquet': {
      const [spool, file] = [scratch(), scratch()]
      return context => parquet(context, spool, file, write, finish)
    }
  }
}

/** Bytes that wait until there is time to write them. */
function waiting(write: (bytes: Uint8Array) => Promise<void>) {
  let parts: Uint8Array[] = []
  let pending = 0
  return {
    add(bytes: Uint8Array): void {
      const copy = bytes.slice()
      parts.push(copy)
      pending += copy.length
    },
    pending: () => pending,
    async drain(): Promise<void> {
      const taken = Buffer.concat(parts)
      parts = []
      pending = 0
      await write(taken)
    },
  }
}

function text(
  kind: 'json' | 'csv',
  { schema, memory }: SinkContext,
  write: (bytes: Uint8Array) => Promise<void>,
): ResultParts {
  const encoder = createEncoder({ format: { kind }, schema, memory })
  const { add, pending, drain } = waiting(write)
  add(encoder.header)
  return {
    write: batch => add(encoder.encode(batch)),
    pending,
    drain,
    commit: drain,
    close: async () => encoder.close(),
  }
}

/** Rows of a record batch of the Arrow stream: as many as a batch has here, so that long texts are not gathered. */
const ARROW_ROWS = BATCH_ROWS

function arrow({ schema, memory }: SinkContext, write: (bytes: Uint8Array) => Promise<void>): ResultParts {
  const kinds = leaves(schema).map(leaf => kindOf(leaf.type))
  const { add, pending, drain } = waiting(write)
  let arena = memory.arena()
  let stacked = stack(kinds, arena, ARROW_ROWS)
  let rows = 0
  let stream: IpcStream | undefined
  const cut = (): void => {
    if (stream === undefined) return
    add(stream.add(stacked.batches()))
    arena.free()
    arena = memory.arena()
    stacked = stack(kinds, arena, ARROW_ROWS)
    rows = 0
  }
  return {
    async begin() {
      stream ??= (await import('../../data/arrow.ts')).ipcStream(schema, memory)
    },
    write(batch) {
      stacked.add(batch)
      rows += batch.count
      if (rows >= ARROW_ROWS) cut()
    },
    pending,
    drain,
    async commit() {
      if (rows > 0) cut()
      await drain()
    },
    async close(reason) {
      if (reason === 'done' && stream !== undefined) {
        add(stream.end())
        await drain()
      }
      arena.free()
    },
  }
}

/** Rows are spooled to a file, of which a Parquet file is made at the end. */
function parquet(
  { schema, memory, world: { disk } }: SinkContext,
  spool: string,
  file: string,
  write: (bytes: Uint8Array) => Promise<void>,
  finish: Finish,
): ResultParts {
  const writer = parquetFormat.open(memory, schema)
  let at = 0
  const { add, pending, drain } = waiting(async bytes => {
    const handle = await disk.append(spool, at)
    at += bytes.length
    await handle.write(bytes)
    await handle.close()
  })
  return {
    write: batch => add(writer.encode(batch)),
    pending,
    drain,
    commit: drain,
    async close(reason) {
      writer.close()
      if (reason === 'done') {
        await parquetFormat.seal?.(disk, memory, schema, spool, file)
        finish(async () => {
          for await (const bytes of bytesOf(disk, file, 0, -1, new Buffers())) await write(bytes.slice())
          await disk.remove(file)
        })
      }
      await disk.remove(spool)
    },
  }
}
