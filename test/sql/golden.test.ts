// What PostgreSQL can not say: windows of time, statements about tables, plans, refusals. Each statement of test/sql/golden comes
// to what stands behind it; a query is a stream too. `npm test -- test/sql/golden.test.ts --complete` writes what it comes to.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { millrace } from '../../src/index.ts'
import { Rng, seedOf } from '../support/seed.ts'
import { type Golden, goldens, goldenText } from './support/golden.ts'
import { type Ours, ours } from './support/ours.ts'
import { type Cut, story, streamed, tablesRead } from './support/stream.ts'

const complete = process.env['MILLRACE_COMPLETE'] === '1'

const CUTS: readonly Cut[] = [{ rows: 1 }, { rows: 7, crash: { step: 3, tail: 'torn' } }, { rows: 1000 }]

const isQuery = (statement: string, lines: readonly string[]): boolean =>
  /^(select|values)\b/i.test(statement) && lines[0]?.startsWith('refused') !== true

/** Rows that say no order have none. */
const inOrder = (statement: string, lines: readonly string[]): readonly string[] =>
  isQuery(statement, lines) && !/order by/i.test(statement) ? [...lines].sort() : lines

function golden({ path, head, cases }: Golden): void {
  describe(basename(path, '.sql'), () => {
    const told: { statement: string; expected: readonly string[] }[] = []
    let here: Ours
    before(async () => {
      here = await ours(await millrace({ dir: false }), head)
    })
    after(async () => {
      await here.close()
      if (complete) writeFileSync(path, goldenText({ head, cases: told }))
    })
    for (const { statement, expected } of cases) {
      test(statement, async () => {
        const lines = inOrder(statement, await here.tell(statement))
        told.push({ statement, expected: lines })
        if (!complete) assert.deepEqual(lines, expected)
        if (isQuery(statement, lines)) await streams(here, statement, lines)
      })
    }
  })
}

async function streams(here: Ours, query: string, lines: readonly string[]): Promise<void> {
  const table = await here.table(query)
  const changes = await story(new Rng(seedOf(query)), tablesRead(table), here)
  for (const cut of CUTS) {
    const found = await streamed(table, changes, cut)
    const how = `as a stream, ${JSON.stringify(cut)}`
    if ('refused' in found) assert.fail(`${how}: ${found.refused}`)
    assert.deepEqual([...found.rows].sort(), [...lines].sort(), how)
  }
}

for (const each of goldens(join(import.meta.dirname, 'golden/*.sql'))) golden(each)
