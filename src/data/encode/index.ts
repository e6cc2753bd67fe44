// Batches in, bytes of a text format out: `createEncoder`. The decoders read back what the encoders write.
//
// JSON: an object a line; structs are nested; int and bigint are digits; doubles are the shortest text that reads back
//   the same, NaN and the infinities are null (as JSON.stringify has it); timestamps are ISO 8601 in UTC with
//   milliseconds, or microseconds where milliseconds are not exact; dates YYYY-MM-DD; binary is base64; json as it is; a
//   decimal is a number with all of its digits up to 2^53, else a string.
// CSV: the same texts without JSON's quotes, a column for each leaf (`window.start`); NaN, Infinity, -Infinity.
import { assert, unreachable } from '../../base/index.ts'
import { type Leaf, leaves, type Schema } from '../../types/index.ts'
import type { Batch } from '../batch.ts'
import { logicalOf } from '../decode/codes.ts'
import { type Csv, checkedDelimiter, type JsonLines } from '../decode/index.ts'
import { shapeOf } from '../decode/shape.ts'
import { type Arena, type Memory, type Ptr, utf8 } from '../memory.ts'
import { jsonHeads, jsonKey } from './heads.ts'

export interface EncoderOptions {
  readonly format: JsonLines | Csv
  readonly schema: Schema
  readonly memory: Memory
}

export interface Encoder {
  /** What a file begins with: the CSV header line, or nothing. */
  readonly header: Uint8Array
  /**
   * The selected rows as lines, a row of weight n n times; weights below 1 are an error. The bytes lie in linear
   * memory and are valid until the next call of anything: copy them.
   */
  encode(batch: Batch): Uint8Array
  close(): void
}

/** An encoder of batches whose columns are the leaves of the schema. Close it. */
export function createEncoder(options: EncoderOptions): Encoder {
  const { format } = options
  switch (format.kind) {
    case 'json':
      return new RowEncoder('json', jsonParts(options), options)
    case 'csv':
      return new RowEncoder('csv', csvParts(options, format), options)
    default:
      return unreachable(format)
  }
}

/** The texts around the values of a row. */
interface Parts {
  readonly header: string
  /** The text before each leaf's value. */
  readonly heads: readonly string[]
  readonly tail: string
  /** Say what the format needs beside, before the columns are declared. */
  prepare(handle: Ptr, arena: Arena): void
}

function jsonParts({ schema }: EncoderOptions): Parts {
  return { header: '', ...jsonHeads(leaves(schema)), prepare() {} }
}

function csvParts({ schema, memory }: EncoderOptions, format: Csv): Parts {
  const delimiter = checkedDelimiter(format)
  const nullText = format.nullText ?? ''
  const names = leaves(schema).map(leaf => csvField(leaf.path.join('.'), delimiter, nullText))
  return {
    header: format.header === false ? '' : `${names.join(delimiter)}\n`,
    heads: names.map((_, index) => (index === 0 ? '' : delimiter)),
    tail: '\n',
    prepare(handle, arena) {
      const bytes = utf8(nullText)
      const careful = bytes.length > 0 || /[:/=_]/.test(delimiter) ? 1 : 0
      memory.kernels.encoderCsv(handle, delimiter.charCodeAt(0), arena.put(bytes), bytes.length, careful)
    },
  }
}

function csvField(text: string, delimiter: string, nullText: string): string {
  const plain = text !== nullText && !text.includes(delimiter) && !/["\r\n]/.test(text)
  return plain ? text : `"${text.replaceAll('"', '""')}"`
}

class RowEncoder implements Encoder {
  readonly header: Uint8Array
  readonly #memory: Memory
  readonly #arena: Arena
  /** Of texts inside lists and maps, for one call. */
  readonly #texts: Arena
  readonly #handle: Ptr
  readonly #kernel: 'encodeJson' | 'encodeCsv'
  readonly #leaves: readonly Leaf[]
  #open = true

  constructor(kind: 'json' | 'csv', parts: Parts, { memory, schema }: EncoderOptions) {
    this.header = utf8(parts.header)
    this.#memory = memory
    this.#kernel = kind === 'json' ? 'encodeJson' : 'encodeCsv'
    this.#leaves = leaves(schema)
    this.#arena = memory.arena(4096)
    this.#texts = memory.arena(4096)
    const { kernels } = memory
    const tail = utf8(parts.tail)
    this.#handle = kernels.encoderNew(this.#leaves.length, this.#arena.put(tail), tail.length) >>> 0
    parts.prepare(this.#handle, this.#arena)
    for (const [index, leaf] of this.#leaves.entries()) {
      const head = utf8(parts.heads[index] as string)
      kernels.encoderColumn(this.#handle, index, logicalOf(leaf.type), this.#arena.put(head), head.length)
      if (leaf.type.kind === 'list' || leaf.type.kind === 'map')
        kernels.encoderShape(this.#handle, index, shapeOf(leaf.type, this.#arena, jsonKey))
    }
  }

  encode(batch: Batch): Uint8Array {
    assert(batch.columns.length === this.#leaves.length, 'a batch of other columns than the schema')
    const { kernels } = this.#memory
    for (const [index, column] of batch.columns.entries()) {
      kernels.encoderValues(this.#handle, index, column.values, column.validity)
    }
    this.#texts.reset()
    this.#texts.use()
    const bytes = kernels[this.#kernel](this.#handle, batch.count, batch.sel, batch.weights)
    assert(bytes >= 0, 'a row to write has a weight below 1')
    return this.#memory.bytes(kernels.encoderBytes(this.#handle) >>> 0, bytes)
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#memory.kernels.encoderFree(this.#handle)
    this.#texts.free()
    this.#arena.free()
  }
}
