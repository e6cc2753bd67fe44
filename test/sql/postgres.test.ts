// Law 8: PostgreSQL's answer is the right answer. Every query of test/sql/postgres runs here and on PostgreSQL: the
// same rows (in the same order where ORDER BY says one), or refused by both.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { MillraceError, millrace } from '../../src/index.ts'
import { corpora } from './support/corpus.ts'
import { exactly, postgres, type Show, shown } from './support/postgres.ts'
import { setUp, tables } from './support/tables.ts'

const oracle = await postgres()
after(() => oracle.close())
await oracle.setUp(setUp)
const m = await millrace({ dir: false })
for (const [name, table] of Object.entries(tables)) m.register(name, table as typeof tables.a)

async function mine(query: string, show: Show): Promise<readonly string[] | { refused: string }> {
  try {
    const rows = await (await m.sql(query)).collect()
    return rows.map(row => Object.values(row).map(show).join('|'))
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    return { refused: error.message }
  }
}

const inOrder = (query: string, rows: readonly string[]): readonly string[] =>
  /order by[^()]*$/i.test(query) ? rows : [...rows].sort()

for (const { name, queries } of corpora(join(import.meta.dirname, 'postgres/*.sql'))) {
  const show = name === 'numeric' ? exactly : shown
  for (const query of queries) {
    test(`${name}: ${query}`, async () => {
      const theirs = await oracle.ask(query, show)
      const ours = await mine(query, show)
      if ('refused' in theirs) return assert.ok('refused' in ours, `PostgreSQL refuses it: ${theirs.refused}`)
      if ('refused' in ours) return assert.fail(ours.refused)
      assert.deepEqual(inOrder(query, ours), inOrder(query, theirs.rows))
    })
  }
}
