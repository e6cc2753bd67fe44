// The contract of the decoders of text formats. A decoder is a pull machine without a clock and without a file: the
// caller pushes bytes, then takes batches until there is none. Cutting the bytes anywhere gives the same rows.
import type { MillraceError } from '../../base/index.ts'
import type { Schema } from '../../types/index.ts'
import type { Batch } from '../batch.ts'
import type { Memory } from '../memory.ts'

/**
 * One JSON object a line. Every line is checked whole, in what is not asked for too: it is a row if `JSON.parse` takes
 * it, it is an object, no value is nested deeper than 1024 levels, and its bytes are UTF-8. The last of equal keys
 * wins; keys that are not asked for are skipped; an absent key is null.
 */
export interface JsonLines {
  readonly kind: 'json'
}

/**
 * RFC 4180. A field that is not quoted and equals `nullText` is null; in a string column that is not nullable it is
 * the text itself. A quoted field is never null. All records have as many fields as the header (or the schema).
 */
export interface Csv {
  readonly kind: 'csv'
  /** One ASCII character; ',' unless told. */
  readonly delimiter?: string
  /** The first record holds the names (default); false: the fields are the schema's, in its order. */
  readonly header?: boolean
  /** '' unless told. */
  readonly nullText?: string
}

/** One row a line, empty lines too; the schema has one string column. The line's end (LF or CRLF) is not part of it. */
export interface TextLines {
  readonly kind: 'lines'
}

export type TextFormat = JsonLines | Csv | TextLines

/** A place between two rows, where decoding can go on in a later process. Plain JSON. */
export type Place = {
  /** Bytes before it. */
  readonly byte: number
  /** The line that begins there, from 1. */
  readonly line: number
  /** CSV with a header: its names, once they are known. */
  readonly header?: readonly string[]
}

export interface DecoderOptions {
  readonly format: TextFormat
  /** The whole schema of the input. */
  readonly schema: Schema
  /** Names of the columns to decode, in the order of the batches' columns; all of the schema's unless told. */
  readonly columns?: readonly string[]
  readonly memory: Memory
  /** What the input is called in positions: the path of the file. */
  readonly source: string
  /**
   * A row that can't be decoded, and its bytes without the line's end. Returning leaves it out; throwing stops here.
   * The bytes are the callee's.
   */
  badRow(error: MillraceError, raw: Uint8Array): void
  /** Where the pushed bytes begin; the input's begin unless told. */
  readonly from?: Place
  /** Longer lines (CSV: records) are bad rows. 16 MiB unless told. */
  readonly maxLineBytes?: number
}

export interface Decoder {
  /**
   * Give the next bytes of the input (copied), only after `next` has returned undefined. `last`: the input ends with
   * them, so that a last line without a newline is a row too.
   */
  push(bytes: Uint8Array, last: boolean): void
  /**
   * At most `maxRows` (and BATCH_ROWS) of the rows pushed; undefined when more bytes are needed. The batch, its
   * strings and its origin are valid until the next call of any method.
   */
  next(maxRows?: number): Batch | undefined
  /** The first byte that was not delivered: where a later decoder may go on. It is always between two rows. */
  readonly place: Place
  /** Release the memory. */
  close(): void
}
