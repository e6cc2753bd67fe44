// The contestant in SQL: NEXMark's queries by `m.sql`, one thread, file to a table of columns. Text for the digest is made after
// the clock has stopped; the parser is loaded before it starts, as DuckDB's is.
import { millrace, type Table } from 'millrace'
import { toArrow } from 'millrace/arrow'
import { report } from '../support/measure.ts'
import { queries } from './queries.ts'
import { side, tables } from './tables.ts'
import { textOf } from './text.ts'

const [name, personFile, auctionFile, bidFile] = process.argv.slice(2) as [string, string, string, string]

await using m = await millrace({ dir: false })
const { person, auction, bid } = tables(personFile, auctionFile, bidFile)
m.register('person', person)
m.register('auction', auction)
m.register('bid', bid)
m.register('side', side())
await m.sql('SELECT 1')

const started = performance.now()
const table = (await m.sql((queries[name] as { sql: string }).sql)) as unknown as Table<{ id: number }, 'append'>
const result = await toArrow(table)
report((performance.now() - started) / 1000, () => {
  const columns = table.schema.fields.map(({ name: column, type }) => {
    const values = result.getChild(column)
    return (row: number) => textOf(values.at(row), type)
  })
  return Array.from({ length: result.numRows }, (_, row) => columns.map(of => of(row)).join('|'))
})
