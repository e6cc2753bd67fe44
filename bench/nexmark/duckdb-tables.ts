// The tables of NEXMark as DuckDB reads their files.
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { SIDE_ROWS } from './tables.ts'

const COLUMNS = {
  person: `{id: 'BIGINT', name: 'VARCHAR', emailAddress: 'VARCHAR', creditCard: 'VARCHAR', city: 'VARCHAR',
    state: 'VARCHAR', dateTime: 'TIMESTAMP', extra: 'VARCHAR'}`,
  auction: `{id: 'BIGINT', itemName: 'VARCHAR', description: 'VARCHAR', initialBid: 'BIGINT', reserve: 'BIGINT',
    dateTime: 'TIMESTAMP', expires: 'TIMESTAMP', seller: 'BIGINT', category: 'BIGINT', extra: 'VARCHAR'}`,
  bid: `{auction: 'BIGINT', bidder: 'BIGINT', price: 'BIGINT', channel: 'VARCHAR', url: 'VARCHAR',
    dateTime: 'TIMESTAMP', extra: 'VARCHAR'}`,
} as const

export function readers(person: string, auction: string, bid: string) {
  const reader = (kind: keyof typeof COLUMNS, file: string): string =>
    `read_json('${file}', format = 'newline_delimited', columns = ${COLUMNS[kind]})`
  return { person: reader('person', person), auction: reader('auction', auction), bid: reader('bid', bid) }
}

/** A DuckDB that knows the tables of the queries: read at each query (VIEW), or once (TABLE). */
export async function connected(
  files: readonly [person: string, auction: string, bid: string],
  options: { readonly threads: number; readonly as: 'VIEW' | 'TABLE' },
): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(options.threads) })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
  for (const [table, reader] of Object.entries(readers(...files)))
    await connection.run(`CREATE ${options.as} ${table} AS SELECT * FROM ${reader}`)
  await connection.run(`CREATE TABLE side AS SELECT range AS key, 'value ' || range AS value FROM range(${SIDE_ROWS})`)
  return connection
}
