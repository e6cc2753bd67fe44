// Records as an aligned table: numbers to the right, columns narrowed to the terminal, how many rows there are.
import { type Align, layout } from '../../connectors/index.ts'
import { type ColumnType, leaves, type Schema } from '../../types/index.ts'
import { cellsOf } from './csv-cells.ts'

/** Characters of a cell at most. */
const LONGEST_CELL = 80

const NUMBERS: ReadonlySet<ColumnType['kind']> = new Set(['int', 'bigint', 'float', 'double', 'decimal'])

export interface ViewOptions {
  /** Of the terminal; undefined: as wide as it gets. */
  readonly width: number | undefined
  /** Cells of a column in front, such as the weight of a change. */
  readonly first?: { readonly name: string; readonly cells: readonly string[] }
  /** Rows that are not among the records. */
  readonly more: number
}

/** The lines of a table of records, which are CSV with `NULL_TEXT`. */
export function viewOf(schema: Schema, records: readonly string[], { width, first, more }: ViewOptions): string[] {
  const columns = leaves(schema)
  const rows = records.map((record, i) => {
    const cells = cellsOf(record).map((cell, k) => shown(cell, columns[k]?.type.kind))
    return first === undefined ? cells : [first.cells[i], ...cells]
  })
  const names = columns.map(each => each.path.join('.'))
  const aligns = columns.map((each): Align => (NUMBERS.has(each.type.kind) ? 'right' : 'left'))
  const lines = layout(first === undefined ? names : [first.name, ...names], rows, {
    truncate: width === undefined ? Number.POSITIVE_INFINITY : LONGEST_CELL,
    aligns: first === undefined ? aligns : ['right', ...aligns],
    width,
  })
  return more > 0 ? [...lines, `… and ${counted(more)} more`] : lines
}

export const counted = (rows: number): string => `${rows.toLocaleString('en-US')} row${rows === 1 ? '' : 's'}`

function shown(cell: string | null, kind: ColumnType['kind'] | undefined): string | null {
  return kind === 'timestamp' && cell !== null ? cell.replace('T', ' ').replace('.000Z', 'Z') : cell
}
