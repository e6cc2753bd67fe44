// Rows as the texts they are written as, a text for each row: the encoder of files makes them, so that integers of 64
// bits and microseconds are exact, and equal rows have equal texts.
import { type Batch, createEncoder, type Encoder, type Memory, rowsOf, weightsOf } from '../../data/index.ts'
import { leaves, type Schema, schemaOf } from '../../types/index.ts'
import { NULL_TEXT, recordsOf } from './csv-cells.ts'

export interface Record {
  readonly text: string
  readonly weight: number
  /** What the row is sorted by, under the names of its hidden columns. */
  readonly keys: Readonly<globalThis.Record<string, unknown>>
}

export interface RecordsOptions {
  readonly kind: 'json' | 'csv'
  /** The text of null in CSV; `NULL_TEXT` unless told. */
  readonly nullText?: string
  /** Columns that are written; those behind them are what rows are sorted by. */
  readonly visible: Schema
  readonly hidden: Schema
  readonly memory: Memory
}

export class Records {
  readonly header: string
  readonly #encoder: Encoder
  readonly #options: RecordsOptions
  readonly #width: number

  constructor(options: RecordsOptions) {
    const { kind, nullText = NULL_TEXT, visible, memory } = options
    this.#options = options
    this.#width = leaves(visible).length
    this.#encoder = createEncoder({ format: kind === 'json' ? { kind } : { kind, nullText }, schema: visible, memory })
    this.header = decoder.decode(this.#encoder.header)
  }

  of(batch: Batch): Record[] {
    const { kind, hidden, memory } = this.#options
    const weights = weightsOf(batch, memory)
    const keys = rowsOf({ ...batch, columns: batch.columns.slice(this.#width) }, hidden, memory)
    const columns = batch.columns.slice(0, this.#width)
    const text = decoder.decode(this.#encoder.encode({ ...batch, columns, weights: 0 }))
    const texts = kind === 'json' ? text.split('\n') : recordsOf(text)
    return weights.map((weight, i) => ({ text: texts[i] as string, weight, keys: keys[i] ?? NO_KEYS }))
  }

  close(): void {
    this.#encoder.close()
  }
}

const decoder = new TextDecoder()
const NO_KEYS = Object.freeze({})
export const NOTHING_HIDDEN: Schema = schemaOf([])
