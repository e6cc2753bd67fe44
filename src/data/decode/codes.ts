// The other half of src/kernels/assembly/decode.ts: what the kernels' numbers mean (a test compares them).
import type { ErrorCode } from '../../base/index.ts'
import type { ScalarKind, ScalarType } from '../../types/index.ts'

/** Logical kinds as the kernels number them. */
export const logical: Readonly<Record<ScalarKind, number>> = {
  boolean: 0,
  int: 1,
  bigint: 1,
  float: 2,
  double: 3,
  string: 4,
  binary: 5,
  timestamp: 6,
  date: 7,
  json: 8,
  time: 9,
  interval: 10,
  uuid: 11,
  list: 12,
  map: 13,
  decimal: 15,
}

/** A struct, whose fields are columns (or, inside a list or a map, elements). */
export const STRUCT = 14

/** The number of a type: a decimal's has its precision and scale in the upper bytes. */
export function logicalOf(type: ScalarType): number {
  const own = type.kind === 'decimal' && type.precision !== undefined
  return own ? logical.decimal | (type.precision << 8) | ((type.scale ?? 0) << 16) : logical[type.kind]
}

export interface Reason {
  readonly code: ErrorCode
  readonly reason: string
}

const json = (reason: string): Reason => ({ code: 'BAD_JSON', reason })
const csv = (reason: string): Reason => ({ code: 'BAD_CSV', reason })
const field = (reason: string): Reason => ({ code: 'BAD_FIELD', reason })

/** Not a row's fault: the record goes on behind the bytes that are there. */
export const INCOMPLETE = 50
export const TOO_LONG = 51
export const OPEN_QUOTE = 44

const utc = "write the zone: '2026-01-31T12:00:00Z' or '2026-01-31T13:00:00+01:00'"

export const reasons: Readonly<Record<number, Reason>> = {
  1: json('unexpected character'),
  2: json('a string is not closed before the end of the line'),
  3: json('a control character in a string must be escaped'),
  4: json('an escape that JSON does not have'),
  5: { code: 'BAD_UTF8', reason: 'the bytes are not UTF-8' },
  6: json('not a number as JSON writes it'),
  7: json('nested deeper than 1024 levels'),
  8: json('a row must be an object'),
  9: json('something follows the object'),
  10: json('the line ends too early'),
  20: field('it is of another type'),
  21: field('it has a fraction'),
  22: field('it is too large'),
  23: field("it is not an ISO 8601 instant such as '2026-01-31T12:00:00Z'"),
  24: field(`it has no time zone (${utc})`),
  25: field("it is not a date such as '2026-01-31'"),
  26: field('it is not base64'),
  27: field('it is null, and the column is not nullable'),
  28: { code: 'MISSING_FIELD', reason: '' },
  29: field("it is not a time of day such as '12:30:00' or '12:30:00.25'"),
  30: field("it is not an ISO 8601 duration such as 'P1M2DT3H4.5S'"),
  31: field("it is not a UUID such as '9b2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a10'"),
  32: field("it is not a decimal such as '1.10'"),
  33: field('it has more digits than the column takes (a decimal has 36 at most)'),
  40: csv('only a delimiter or the end of the record may follow a closing quote'),
  41: csv('a quote inside a field that is not quoted'),
  42: csv('fewer fields than columns'),
  43: csv('more fields than columns'),
  [OPEN_QUOTE]: csv('a quote is not closed before the end of the input'),
  [TOO_LONG]: { code: 'LINE_TOO_LONG', reason: '' },
}
