// A bad row is told with the file, the line, the byte, the column and the offending text (law 10).
import { assert, MillraceError, type Position } from '../../base/index.ts'
import { reasons } from './codes.ts'

const LOSSY = new TextDecoder()
const SHOWN = 40

/** The first characters of bytes from outside. */
export function shown(bytes: Uint8Array): string {
  const text = LOSSY.decode(bytes.subarray(0, SHOWN * 4))
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}

export interface BadRow {
  readonly code: number
  readonly source: string
  readonly line: number
  /** Of the record's begin. */
  readonly byte: number
  readonly raw: Uint8Array
  /** Where in the record the offending text begins. */
  readonly at: number
  /** The column it was for. */
  readonly column: { readonly name: string; readonly type: string } | undefined
  readonly maxLineBytes: number
}

/** The error that describes a bad row. */
export function badRowError(bad: BadRow): MillraceError {
  const entry = reasons[bad.code]
  assert(entry !== undefined, `a kernel gave the unknown code ${bad.code}`)
  const column = bad.column?.name
  const position: Position = {
    source: bad.source,
    line: bad.line,
    byte: bad.byte + bad.at,
    text: shown(bad.raw.subarray(bad.at)),
    ...(column === undefined ? {} : { column }),
  }
  const type = bad.column?.type
  return new MillraceError(entry.code, { reason: entry.reason, column, type, bytes: bad.maxLineBytes }, { position })
}
