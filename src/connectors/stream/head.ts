// The beginning of a stream of text, looked at before it is read: what its format is, and what its columns are.
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { fail } from '../../base/index.ts'
import type { TextFormat } from '../../data/index.ts'
import type { Schema } from '../../types/index.ts'
import { inferText } from '../files/infer.ts'

/** A stream of which the first bytes were taken. */
export interface StreamHead {
  readonly bytes: Uint8Array
  /** There is nothing behind them. */
  readonly whole: boolean
  readonly rest: Readable
}

const SAMPLE_BYTES = 1 << 20
const NEWLINE = 10

/** @param patient wait for a whole sample; else the first lines that come will do */
export async function headOf(stream: Readable, patient: boolean): Promise<StreamHead> {
  const chunks: Buffer[] = []
  let bytes = 0
  while (bytes < SAMPLE_BYTES) {
    const chunk: unknown = stream.read()
    if (chunk === null) {
      if (stream.readableEnded || stream.destroyed) break
      await Promise.race([once(stream, 'readable'), once(stream, 'end'), once(stream, 'close')])
      continue
    }
    const piece = Buffer.from(chunk as Uint8Array)
    chunks.push(piece)
    bytes += piece.length
    if (!patient && piece.includes(NEWLINE)) break
  }
  return { bytes: Buffer.concat(chunks), whole: bytes < SAMPLE_BYTES && stream.readableEnded, rest: stream }
}

/** What stands in front of files that are no text. */
const BINARY: readonly (readonly [string, string])[] = [
  ['PAR1', 'Parquet'],
  ['ARROW1', 'Arrow'],
  ['\x1f\x8b', 'gzip'],
  ['\x28\xb5\x2f\xfd', 'Zstandard'],
]

/** JSON lines or CSV, and the columns of the first lines. Throws BAD_SCHEMA. */
export function lookedAt(head: StreamHead, name: string, given?: TextFormat): { format: TextFormat; schema: Schema } {
  const begins = Buffer.from(head.bytes.subarray(0, 64)).toString('latin1')
  const binary = BINARY.find(([magic]) => begins.startsWith(magic))
  if (binary !== undefined) {
    const reason = `${name} is ${binary[1]}, and a stream is read as lines of text`
    fail('BAD_SCHEMA', { reason, fix: 'write it to a file and read that, or unpack it before: zcat rows.gz | …' })
  }
  const format = given ?? { kind: begins.trimStart().startsWith('{') ? 'json' : 'csv' }
  return { format, schema: inferText(format, wholeLines(head), name) }
}

function wholeLines({ bytes, whole }: StreamHead): Uint8Array {
  return whole ? bytes : bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1)
}
