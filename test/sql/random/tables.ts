// Random tables: columns of one name have one type in all of them, so that USING finds its partners. Some are empty.
import type { Rng } from '../../support/seed.ts'
import { SQL_TYPES, TYPES, type Type, valueText } from './types.ts'

export interface TableColumn {
  readonly name: string
  readonly type: Type
  readonly nullable: boolean
}

export interface RandomTable {
  readonly name: string
  readonly columns: readonly TableColumn[]
  /** Values as SQL. */
  readonly rows: readonly (readonly string[])[]
}

const MOST_ROWS = 7

export function randomTables(rng: Rng): readonly RandomTable[] {
  return Array.from({ length: rng.int(2, 3) }, (_, i) => {
    const columns = [
      { name: 'id', type: 'int' as const, nullable: rng.oneIn(3) },
      ...TYPES.flatMap(type => columnsOf(rng, type)),
    ]
    const rows = rng.oneIn(8) ? 0 : rng.int(1, MOST_ROWS)
    return {
      name: `r${i + 1}`,
      columns,
      rows: Array.from({ length: rows }, () => columns.map(each => valueText(rng, each.type, each.nullable))),
    }
  })
}

function columnsOf(rng: Rng, type: Type): readonly TableColumn[] {
  const count = rng.int(0, type === 'int' || type === 'text' ? 2 : 1)
  return Array.from({ length: count }, (_, i) => ({ name: `${type}${i + 1}`, type, nullable: !rng.oneIn(4) }))
}

export const setUpOf = (tables: readonly RandomTable[]): string => tables.map(each => `${tableText(each)}\n`).join('')

function tableText({ name, columns, rows }: RandomTable): string {
  const defined = columns.map(
    each =>
      `${each.name} ${SQL_TYPES[each.type]}${each.type === 'text' ? ' COLLATE "C"' : ''}${each.nullable ? '' : ' NOT NULL'}`,
  )
  const create = `drop table if exists ${name};\ncreate table ${name} (${defined.join(', ')});`
  if (rows.length === 0) return create
  return `${create}\ninsert into ${name} values ${rows.map(row => `(${row.join(', ')})`).join(', ')};`
}

/** The tables with a row less, one after another. */
export function* fewerRows(tables: readonly RandomTable[]): Generator<readonly RandomTable[]> {
  for (const [i, table] of tables.entries())
    for (let row = 0; row < table.rows.length; row++)
      yield tables.with(i, { ...table, rows: table.rows.toSpliced(row, 1) })
}
