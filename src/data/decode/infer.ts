// A schema from a sample of rows. Law: every row of the sample decodes by the schema that was inferred from it. What a
// column was seen to hold is widened: int to bigint to double; texts that are all dates or all instants with a zone keep
// that type; anything mixed is json (JSON) or string (CSV). Nullable is what was null or absent in some row. Columns
// come in the order in which the rows first name them.
import { fail } from '../../base/index.ts'
import { field, type PlainKind, type Schema, scalars, schemaOf } from '../../types/index.ts'
import { checkedDelimiter, fieldsOf } from './csv.ts'
import type { Csv, TextFormat } from './decoder.ts'

const INSTANT =
  /^(\d{4}-\d\d-\d\d)[Tt ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?([Zz]|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)$/
const DAY = /^\d{4}-\d\d-\d\d$/
const INTEGER = /^-?(0|[1-9]\d*)$/
const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/
const LIMIT = 2n ** 63n

/** What a column was seen to hold. */
interface Seen {
  kind: PlainKind | undefined
  /** Rows in which it was not null. */
  values: number
}

/** The name of the column of plain lines. */
export const LINE = 'line'

/**
 * The schema of a sample from the input's begin. `whole`: the sample is all of the input; else its last line, which may
 * be cut, is left out. Lines that are no rows are left out; NO_SAMPLE if no row is left.
 */
export function inferSchema(format: TextFormat, sample: Uint8Array, whole: boolean): Schema {
  if (format.kind === 'lines') return schemaOf([field(LINE, scalars.string)])
  const text = new TextDecoder().decode(whole ? sample : sample.subarray(0, sample.lastIndexOf(10) + 1))
  return format.kind === 'json' ? inferJson(text) : inferCsv(format, text)
}

function note(columns: Map<string, Seen>, name: string, kind: PlainKind | undefined, mixed: PlainKind): void {
  const seen = columns.get(name) ?? { kind: undefined, values: 0 }
  columns.set(name, seen)
  if (kind === undefined) return
  seen.kind = seen.kind === undefined ? kind : widen(seen.kind, kind, mixed)
  seen.values++
}

const NUMBERS: readonly PlainKind[] = ['int', 'bigint', 'double']
const TEXTS: readonly PlainKind[] = ['date', 'timestamp', 'string']

function widen(a: PlainKind, b: PlainKind, mixed: PlainKind): PlainKind {
  if (a === b) return a
  if (NUMBERS.includes(a) && NUMBERS.includes(b))
    return NUMBERS[Math.max(NUMBERS.indexOf(a), NUMBERS.indexOf(b))] as 'int'
  return TEXTS.includes(a) && TEXTS.includes(b) ? 'string' : mixed
}

function schemaFrom(columns: Map<string, Seen>, rows: number, unknown: PlainKind): Schema {
  if (rows === 0) fail('NO_SAMPLE')
  const fields = Array.from(columns, ([name, { kind, values }]) => field(name, scalars[kind ?? unknown], values < rows))
  return schemaOf(fields)
}

function isDay(text: string): boolean {
  const [year, month, day] = text.split('-').map(Number) as [number, number, number]
  // Date.UTC takes the years 0 to 99 for 1900 to 1999; 400 years later the calendar is the same.
  const date = new Date(Date.UTC(year + 400, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

function textKind(text: string): PlainKind {
  if (DAY.test(text)) return isDay(text) ? 'date' : 'string'
  const instant = INSTANT.exec(text)
  return instant !== null && isDay(instant[1] as string) ? 'timestamp' : 'string'
}

function jsonKind(value: unknown): PlainKind | undefined {
  switch (typeof value) {
    case 'boolean':
      return 'boolean'
    case 'string':
      return textKind(value)
    case 'number':
      if (!Number.isInteger(value)) return 'double'
      return Number.isSafeInteger(value) ? 'int' : Math.abs(value) < 2 ** 63 ? 'bigint' : 'double'
    default:
      return value === null ? undefined : 'json'
  }
}

function inferJson(text: string): Schema {
  const columns = new Map<string, Seen>()
  let rows = 0
  for (const line of text.split('\n')) {
    const row = parsedRow(line)
    if (row === undefined) continue
    rows++
    for (const [name, value] of Object.entries(row)) note(columns, name, jsonKind(value), 'json')
  }
  return schemaFrom(columns, rows, 'json')
}

function parsedRow(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function csvKind(text: string): PlainKind {
  if (INTEGER.test(text)) {
    const value = BigInt(text)
    if (Number.isSafeInteger(Number(value))) return 'int'
    return value >= -LIMIT && value < LIMIT ? 'bigint' : 'double'
  }
  if (DECIMAL.test(text) && Number.isFinite(Number(text))) return 'double'
  return /^(true|false)$/i.test(text) ? 'boolean' : textKind(text)
}

function inferCsv(format: Csv, text: string): Schema {
  const delimiter = checkedDelimiter(format)
  const nullText = format.nullText ?? ''
  const columns = new Map<string, Seen>()
  let names: readonly string[] | undefined
  let rows = 0
  for (const record of recordsOf(text)) {
    if (record === '' && names?.length !== 1) continue
    const fields = fieldsOf(record, delimiter)
    if (names === undefined) {
      names = format.header === false ? fields.map((_, index) => `column${index + 1}`) : fields
      if (format.header !== false) continue
    }
    if (fields.length !== names.length) continue
    rows++
    for (const [index, name] of names.entries()) {
      const value = fields[index] as string
      note(columns, name, value === nullText ? undefined : csvKind(value), 'string')
    }
  }
  return schemaFrom(columns, rows, 'string')
}

/** Records without their line ends: a newline inside quotes does not end one. */
function* recordsOf(text: string): Generator<string> {
  let start = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') quoted = !quoted
    if (text[at] !== '\n' || quoted) continue
    yield text.slice(start, text[at - 1] === '\r' && at > start ? at - 1 : at)
    start = at + 1
  }
  // A record whose quote is not closed is cut, or bad.
  if (!quoted && start < text.length) yield text.slice(start)
}
