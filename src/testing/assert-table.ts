// `assertTable(t, markdown)`: the table now is what the Markdown says. Only the columns that its header names are looked
// at, in any order of rows; cells are compared as values of the column, so `12.0` is 12 and `2026-01-01 12:00` that instant.
import { AssertionError } from 'node:assert'
import { fail } from '../base/index.ts'
import { compareTexts, formatTable } from './print.ts'
import { cells, show } from './values.ts'

/** Anything with rows: a test run, a memory sink, or the rows themselves. */
export type HasRows = readonly object[] | { rows(): readonly object[] }

export interface AssertTableOptions {
  /** The rows must come in this order. */
  readonly ordered?: boolean
}

/**
 * Throws an error that shows both tables against each other unless the rows are those of the Markdown table.
 * Columns of structs are named with a dot: `window.start`.
 *
 * @example
 * import { assertTable } from 'millrace/testing'
 * assertTable([{ page: '/', n: 2 }, { page: '/a', n: 1 }], `
 *   | page | n |
 *   | ---- | - |
 *   | /a   | 1 |
 *   | /    | 2 |`)
 */
export function assertTable(actual: HasRows, markdown: string, options: AssertTableOptions = {}): void {
  const rows = 'rows' in actual ? actual.rows() : actual
  const { columns, body } = parseTable(markdown)
  const got = rows.map(row => pick(row, columns))
  const samples = columns.map((_, i) => got.map(each => each[i]).find(each => each !== null && each !== undefined))
  const wanted = body.map(texts => texts.map((text, i) => normal(text, samples[i])))
  const shown = got.map(each => each.map(show))
  const [left, right] = options.ordered === true ? [shown, wanted] : [sorted(shown), sorted(wanted)]
  if (JSON.stringify(left) === JSON.stringify(right)) return
  const what = 'the table is not as expected (- missing, + not expected)'
  const message = `${what}\n\n${compareTexts(columns, left, right)}\n\nthe table now:\n\n${formatTable(rows)}\n`
  throw new AssertionError({ message, actual: left, expected: right, operator: 'assertTable' })
}

interface Parsed {
  readonly columns: readonly string[]
  readonly body: readonly (readonly string[])[]
}

/** A Markdown table: a header, optionally a rule, rows. Lines around it may be empty. */
function parseTable(markdown: string): Parsed {
  const lines = markdown
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  const rows = lines.map(splitLine).filter(row => !row.every(cell => /^:?-+:?$/.test(cell)))
  const [columns = [], ...body] = rows
  const odd = rows.find(row => row.length !== columns.length)
  if (columns.length === 0) fail('BAD_TABLE', { reason: 'it has no header' })
  if (odd !== undefined) fail('BAD_TABLE', { reason: `a line has ${odd.length} cells, the header ${columns.length}` })
  return { columns, body }
}

function splitLine(line: string): string[] {
  const inner = line.replace(/^\|/, '').replace(/(?<!\\)\|$/, '')
  return inner.split(/(?<!\\)\|/).map(cell => cell.trim())
}

function pick(row: object, columns: readonly string[]): unknown[] {
  const values = new Map(cells(row))
  const known = [...values.keys()]
  return columns.map(name => {
    if (!values.has(name)) fail('UNKNOWN_COLUMN', { column: name, suggestion: `the rows have: ${known.join(', ')}` })
    return values.get(name)
  })
}

/** An expected cell as it would be shown if it were a value like `sample`. */
function normal(text: string, sample: unknown): string {
  if (text === 'null') return text
  if (typeof sample === 'number' && text !== '' && !Number.isNaN(Number(text))) return show(Number(text))
  if (sample instanceof Date) return normalInstant(text)
  return text
}

function normalInstant(text: string): string {
  const iso = text.replace(' ', 'T')
  const zoned = /T/.test(iso) && !/(Z|[+-]\d\d:?\d\d)$/i.test(iso) ? `${iso}Z` : iso
  const at = new Date(zoned)
  return Number.isNaN(at.getTime()) ? text : show(at)
}

const sorted = (rows: readonly (readonly string[])[]): (readonly string[])[] =>
  rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
