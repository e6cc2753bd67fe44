// NEXMark in SQL (bench/nexmark/queries.ts): as a batch, and as a stream of inputs that never end, cut into epochs, each query's
// answer is DuckDB's.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { millrace, type Table, write } from 'millrace'
import { nexmark } from '../../bench/data/nexmark.ts'
import { connected } from '../../bench/nexmark/duckdb-tables.ts'
import { queries } from '../../bench/nexmark/queries.ts'
import { side, tables } from '../../bench/nexmark/tables.ts'

const EVENTS = 6000
const { person, auction, bid } = nexmark(EVENTS)
const connection = await connected([person, auction, bid], { threads: 1, as: 'TABLE' })

/** An engine that knows the tables; `until`: whether they end. */
async function engine(until: 'now' | 'forever') {
  const made = await millrace({ dir: false })
  const known = tables(person, auction, bid, until)
  made.register('person', known.person)
  made.register('auction', known.auction)
  made.register('bid', known.bid)
  made.register('side', side())
  return made
}
const [batch, stream] = [await engine('now'), await engine('forever')]
after(() => Promise.all([batch.close(), stream.close()]))

async function reference({ sql, duckdb }: (typeof queries)[string]): Promise<string[]> {
  const { columnNames, getRowsJson } = await connection
    .runAndReadAll(`SELECT COLUMNS(*)::VARCHAR FROM (${duckdb ?? sql})`)
    .then(result => ({ columnNames: result.columnNames(), getRowsJson: () => result.getRowsJson() }))
  assert.ok(columnNames.length > 0)
  return getRowsJson()
    .map(row => row.map(each => plain(String(each))).join('|'))
    .sort()
}

/** Instants and days as DuckDB writes them. */
const plain = (text: string): string => text.replace(/(:\d\d)\.0+$/, '$1').replace(/(\.\d*?[1-9])0+$/, '$1').replace(/\.0+$/, '') // biome-ignore format: a line

function lines(rows: readonly object[], { schema }: Table<{ id: number }, 'append'>): string[] {
  const text = (value: unknown, kind: string): string => {
    if (!(value instanceof Date)) return plain(String(value))
    const iso = value.toISOString()
    return kind === 'date' ? iso.slice(0, 10) : plain(iso.replace('T', ' ').slice(0, -1))
  }
  return rows
    .map(row =>
      schema.fields.map(({ name, type }) => text((row as Record<string, unknown>)[name], type.kind)).join('|'),
    )
    .sort()
}

for (const [name, query] of Object.entries(queries)) {
  test(`${name}, batch and stream`, async () => {
    const expected = await reference(query)
    assert.ok(expected.length > 0)
    const table = (await batch.sql(query.sql)) as unknown as Table<{ id: number }, 'append'>
    assert.deepEqual(lines((await table.collect()) as object[], table), expected)
    const live = (await stream.sql(query.sql)) as unknown as Table<{ id: number }, 'append'>
    const sink = write.memory<object>(name)
    const run = await stream.run(name, live.to(sink as never, { mode: 'retract' }), {
      until: 'now',
      epochRows: 100,
      unbounded: true,
    })
    await run.done
    assert.ok((run.progress.last?.epoch ?? 0) > 1)
    assert.deepEqual(lines(sink.rows(), live), expected)
  })
}
