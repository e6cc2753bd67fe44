// A result as the bytes of one file: JSON lines, CSV, an Arrow stream or Parquet. Rows only come (a batch, or a table that
// is append-only). Text is written while rows arrive; the other formats are made at the end, of all of them.
import { createEncoder, kindOf, type SinkContext, type SinkSpec, stack } from '../../data/index.ts'
import { leaves } from '../../types/index.ts'
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
  const kept: Kept = { made: undefined }
  const open = opener(format, write, scratch, kept)
  let rows = 0
  const spec = resultSink(open, more => {
    rows += more
  })
  return { spec, rows: () => rows, end: async () => (kept.made === undefined ? undefined : write(kept.made)) }
}

/** What a format makes when the run is over. */
interface Kept {
  made: Uint8Array | undefined
}

type Open = (context: SinkContext) => ResultParts

function opener(
  format: WholeFormat,
  write: (bytes: Uint8Array) => Promise<void>,
  scratch: () => string,
  kept: Kept,
): Open {
  switch (format) {
    case 'jsonl':
      return context => text('json', context, write)
    case 'csv':
      return context => text('csv', context, write)
    case 'arrow':
      return context => arrow(context, kept)
    case 'parquet': {
      const [spool, file] = [scratch(), scratch()]
      return context => parquet(context, spool, file, kept)
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

function arrow({ schema, memory }: SinkContext, kept: Kept): ResultParts {
  const arena = memory.arena()
  const stacked = stack(
    leaves(schema).map(leaf => kindOf(leaf.type)),
    arena,
  )
  return {
    write: batch => stacked.add(batch),
    async close(reason) {
      const { toIPC } = await import('../../data/arrow.ts')
      if (reason === 'done') kept.made = toIPC(stacked.batches(), schema, memory, { format: 'stream' })
      arena.free()
    },
  }
}

/** Rows are spooled to a file, of which a Parquet file is made at the end. */
function parquet(
  { schema, memory, world: { disk } }: SinkContext,
  spool: string,
  file: string,
  kept: Kept,
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
        kept.made = await disk.readAll(file)
        await disk.remove(file)
      }
      await disk.remove(spool)
    },
  }
}
