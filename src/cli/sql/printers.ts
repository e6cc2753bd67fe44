// The rows of a table in each format, as they are: a printer is a sink, and what is left to do at the end. Rows only come
// (a batch, or a table that is append-only), so they are written while they arrive, except where a format needs all of
// them.
import type { Writable } from 'node:stream'
import { parquetFormat } from '../../connectors/index.ts'
import { createEncoder, kindOf, type SinkContext, type SinkSpec, stack } from '../../data/index.ts'
import { leaves, type Schema } from '../../types/index.ts'
import { NOTHING_HIDDEN, Records } from './records.ts'
import { send } from './send.ts'
import { type ResultParts, resultSink } from './sink.ts'
import { viewOf } from './view.ts'

export const FORMATS = ['table', 'jsonl', 'csv', 'arrow', 'parquet'] as const
export type Format = (typeof FORMATS)[number]

/** Where results go, and how. */
export interface Target {
  readonly out: Writable
  /** Of the terminal; undefined: it is none. */
  readonly width: number | undefined
  /** Rows of a table that are shown. */
  readonly rows: number
  /** A name for a file that nobody needs afterwards. */
  scratch(): string
}

export interface Printer {
  readonly spec: SinkSpec
  /** Rows so far. */
  rows(): number
  /** Write what was kept back; the run is over. */
  end(): Promise<void>
}

export function printerOf(format: Format, target: Target): Printer {
  switch (format) {
    case 'table':
      return tablePrinter(target)
    case 'jsonl':
    case 'csv':
      return textPrinter(format === 'csv' ? 'csv' : 'json', target)
    case 'arrow':
      return arrowPrinter(target)
    case 'parquet':
      return parquetPrinter(target)
  }
}

function printer(open: (context: SinkContext) => ResultParts, end: (rows: number) => Promise<void>): Printer {
  let rows = 0
  const spec = resultSink(open, more => {
    rows += more
  })
  return { spec, rows: () => rows, end: () => end(rows) }
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

function textPrinter(kind: 'json' | 'csv', { out }: Target): Printer {
  const open = ({ schema, memory }: SinkContext): ResultParts => {
    const encoder = createEncoder({ format: { kind }, schema, memory })
    const { add, pending, drain } = waiting(bytes => send(out, bytes))
    add(encoder.header)
    return {
      write: batch => add(encoder.encode(batch)),
      pending,
      drain,
      commit: drain,
      close: async () => encoder.close(),
    }
  }
  return printer(open, async () => {})
}

function tablePrinter({ out, width, rows: most }: Target): Printer {
  const kept: string[] = []
  let shape: Schema | undefined
  const open = ({ schema, memory }: SinkContext): ResultParts => {
    const records = new Records({ kind: 'csv', visible: schema, hidden: NOTHING_HIDDEN, memory })
    shape = schema
    return {
      write(batch) {
        if (kept.length >= most) return
        for (const { text, weight } of records.of(batch))
          for (let times = 0; times < weight && kept.length < most; times++) kept.push(text)
      },
      close: async () => records.close(),
    }
  }
  return printer(open, async rows => {
    if (shape !== undefined) await send(out, `${viewOf(shape, kept, { width, more: rows - kept.length }).join('\n')}\n`)
  })
}

function arrowPrinter({ out }: Target): Printer {
  let made: Uint8Array | undefined
  const open = ({ schema, memory }: SinkContext): ResultParts => {
    const arena = memory.arena()
    const stacked = stack(
      leaves(schema).map(leaf => kindOf(leaf.type)),
      arena,
    )
    return {
      write: batch => stacked.add(batch),
      async close(reason) {
        const { toIPC } = await import('../../data/arrow.ts')
        if (reason === 'done') made = toIPC(stacked.batches(), schema, memory, { format: 'stream' })
        arena.free()
      },
    }
  }
  return printer(open, () => send(out, made ?? ''))
}

/** Rows are spooled to a file, of which a Parquet file is made at the end. */
function parquetPrinter({ out, scratch }: Target): Printer {
  let made: Uint8Array | undefined
  const [spool, file] = [scratch(), scratch()]
  const open = ({ schema, memory, world: { disk } }: SinkContext): ResultParts => {
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
        if (reason !== 'done') return
        await parquetFormat.seal?.(disk, memory, schema, spool, file)
        made = await disk.readAll(file)
      },
    }
  }
  return printer(open, () => send(out, made ?? ''))
}
