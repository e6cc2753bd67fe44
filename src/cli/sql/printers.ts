// The rows of a table in each format, as they are: a printer is a sink, and what is left to do at the end.
import type { Writable } from 'node:stream'
import { resultSink, type Whole, wholeSink } from '../../connectors/index.ts'
import type { Schema } from '../../types/index.ts'
import { NOTHING_HIDDEN, Records } from './records.ts'
import { send } from './send.ts'
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

export function printerOf(format: Format, target: Target): Whole {
  if (format === 'table') return tablePrinter(target)
  return wholeSink(format, bytes => send(target.out, bytes), target.scratch)
}

function tablePrinter({ out, width, rows: most }: Target): Whole {
  const kept: string[] = []
  let rows = 0
  let shape: Schema | undefined
  const spec = resultSink(
    ({ schema, memory }) => {
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
    },
    more => {
      rows += more
    },
  )
  return {
    spec,
    rows: () => rows,
    async end() {
      if (shape !== undefined)
        await send(out, `${viewOf(shape, kept, { width, more: rows - kept.length }).join('\n')}\n`)
    },
  }
}
