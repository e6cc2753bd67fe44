// Bytes of a text format in, batches out: `createDecoder`.
//
// What a JSON value must be for a column (anything else is a bad row):
//   boolean: true, false · int, bigint: a number with an integral value that fits 64 bits (1.0 and 1e3 too)
//   float, double: a number, rounded to nearest, too large is an error · string: a string; a lone surrogate escape
//   becomes U+FFFD · timestamp: an ISO 8601 string with a zone, or integral milliseconds since 1970
//   date: 'YYYY-MM-DD' · binary: base64 · json: any value, kept as its text · null: only where nullable
import { unreachable } from '../../base/index.ts'
import type { Decoder, DecoderOptions } from './decoder.ts'
import { jsonKernel } from './json.ts'
import { RowDecoder, type RowKernel } from './row-decoder.ts'

export type { Csv, Decoder, DecoderOptions, JsonLines, Place, TextFormat, TextLines } from './decoder.ts'

/** A decoder of the asked columns. Close it. */
export function createDecoder(options: DecoderOptions): Decoder {
  return new RowDecoder(options, kernelOf(options))
}

function kernelOf({ format, memory }: DecoderOptions): RowKernel {
  switch (format.kind) {
    case 'json':
      return jsonKernel(memory)
    case 'csv':
    case 'lines':
      return jsonKernel(memory)
    default:
      return unreachable(format)
  }
}
