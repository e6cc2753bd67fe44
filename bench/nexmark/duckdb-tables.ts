// The three streams of NEXMark as DuckDB reads their files.
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
