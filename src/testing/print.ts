// Rows as aligned text: changes with their weights, tables as Markdown, and two tables against each other.
import { cells, show, type WeightedRow } from './values.ts'

/** Lines of aligned columns; a column of numbers goes to the right. */
function align(head: readonly string[], body: readonly (readonly string[])[]): string[][] {
  const widths = head.map((name, i) => Math.max(width(name), ...body.map(row => width(row[i] ?? ''))))
  const right = head.map(
    (_, i) => body.length > 0 && body.every(row => /^([-+]?[\d.]+(e[-+]?\d+)?|null)$/.test(row[i] ?? '')),
  )
  const line = (row: readonly string[]): string[] =>
    head.map((_, i) => {
      const space = ' '.repeat((widths[i] as number) - width(row[i] ?? ''))
      return right[i] ? space + (row[i] ?? '') : (row[i] ?? '') + space
    })
  return [line(head), widths.map(each => '-'.repeat(each)), ...body.map(line)]
}

const width = (text: string): number => [...text].length

/** The columns that any of the rows has, in the order in which they turn up. */
function columnsOf(rows: readonly object[]): string[] {
  return [...new Set(rows.flatMap(row => cells(row).map(each => each[0])))]
}

function textsOf(row: object, columns: readonly string[]): string[] {
  const values = new Map(cells(row))
  return columns.map(name => (values.has(name) ? show(values.get(name)) : ''))
}

const signed = (weight: number): string => (weight > 0 ? `+${weight}` : `${weight}`)

/**
 * Changes as aligned text, a line each: the weight, then the columns. Structs lie flat (`window.start`).
 *
 * @example
 * import { formatChanges } from 'millrace/testing'
 * const text = formatChanges([[{ page: '/', n: 1 }, -1], [{ page: '/', n: 2 }, +1]])
 * if (text !== ' ±  page  n\n-1  /     1\n+1  /     2') throw new Error(text)
 */
export function formatChanges(changes: readonly WeightedRow[]): string {
  if (changes.length === 0) return '(no changes)'
  const columns = columnsOf(changes.map(each => each[0]))
  const body = changes.map(([row, weight]) => [signed(weight), ...textsOf(row, columns)])
  const [head, , ...lines] = align(['±', ...columns], body)
  return [head as string[], ...lines].map(each => each.join('  ').trimEnd()).join('\n')
}

/**
 * Rows as a Markdown table, ready to be pasted into `assertTable`.
 *
 * @example
 * import { formatTable } from 'millrace/testing'
 * if (!formatTable([{ page: '/', n: 1 }]).startsWith('| page | n |')) throw new Error('a header')
 */
export function formatTable(rows: readonly object[], columns: readonly string[] = columnsOf(rows)): string {
  if (columns.length === 0) return '(no rows)'
  const body = rows.map(row => textsOf(row, columns))
  return align(columns, body)
    .map(row => `| ${row.join(' | ')} |`)
    .join('\n')
}

/** Where two tables differ: '-' before a row that is missing, '+' before one that is too much; rows of both without. */
export function formatDifference(actual: readonly object[], expected: readonly object[]): string {
  const columns = columnsOf([...expected, ...actual])
  const texts = (rows: readonly object[]): string[][] => rows.map(row => textsOf(row, columns))
  return compareTexts(columns, texts(actual), texts(expected))
}

type Texts = readonly (readonly string[])[]

/** The same for cells that are text already. */
export function compareTexts(columns: readonly string[], actual: Texts, expected: Texts): string {
  const balance = new Map<string, { readonly row: readonly string[]; missing: number; same: number }>()
  const at = (row: readonly string[]) => {
    const known = balance.get(row.join('\0')) ?? { row, missing: 0, same: 0 }
    balance.set(row.join('\0'), known)
    return known
  }
  for (const row of expected) at(row).missing++
  for (const row of actual) {
    const each = at(row)
    if (each.missing > 0) each.same++
    each.missing--
  }
  const rows = [...balance.values()].toSorted((a, b) => compareRows(a.row, b.row))
  const body = rows.flatMap(({ row, missing, same }) => [
    ...Array<string[]>(same).fill(['', ...row]),
    ...Array<string[]>(Math.abs(missing)).fill([missing > 0 ? '-' : '+', ...row]),
  ])
  const [head, , ...lines] = align(['', ...columns], body)
  return [head as string[], ...lines].map(each => each.join('  ').trimEnd()).join('\n')
}

function compareRows(a: readonly string[], b: readonly string[]): number {
  const i = a.findIndex((text, at) => text !== b[at])
  return i < 0 ? 0 : (a[i] as string).localeCompare(b[i] as string, 'en', { numeric: true })
}
