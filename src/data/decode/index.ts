// Bytes of a text format in, batches out: `createDecoder`.
//
// What a JSON value must be for a column (anything else is a bad row):
//   boolean: true, false · int, bigint: a number with an integral value that fits 64 bits (1.0 and 1e3 too)
//   float, double: a number, rounded to nearest, too large is an error · string: a string; a lone surrogate escape
//   becomes U+FFFD · timestamp: an ISO 8601 string with a zone, or integral milliseconds since 1970
//   date: 'YYYY-MM-DD' · binary: base64 · json: any value, kept as its text · null: only where nullable
// What a CSV field must be: the same texts without quotes, spaces around them left out (not in strings); also numbers
//   such as +7, 007, .5 and 5., NaN, Infinity and -Infinity for float and double; true, false in any case, t, f, 1, 0
//   for boolean; json on one line.
import { unreachable } from '../../base/index.ts'
import { csvKernel } from './csv.ts'
import type { Decoder, DecoderOptions } from './decoder.ts'
import { jsonKernel } from './json.ts'
import { linesKernel } from './lines.ts'
import { RowDecoder, type RowKernel } from './row-decoder.ts'

export { checkedDelimiter } from './csv.ts'
export type { Csv, Decoder, DecoderOptions, JsonLines, Place, TextFormat, TextLines } from './decoder.ts'
export { inferSchema, LINE } from './infer.ts'

/** A decoder of the asked columns. Close it. */
export function createDecoder(options: DecoderOptions): Decoder {
  return new RowDecoder(options, kernelOf(options))
}

function kernelOf(options: DecoderOptions): RowKernel {
  const { format } = options
  switch (format.kind) {
    case 'json':
      return jsonKernel(options.memory)
    case 'csv':
      return csvKernel(options, format)
    case 'lines':
      return linesKernel(options)
    default:
      return unreachable(format)
  }
}
