// Law 8: PostgreSQL's answer is the right answer. Every query of test/sql/postgres runs on PostgreSQL and here, as a batch and
// as a stream whose rows come and go in epochs of 1, 7 and 1000 rows, and with the power cut in the middle: the same rows
// (of a batch in the same order, where ORDER BY says one), or refused by both.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { millrace } from '../../src/index.ts'
import { Rng, seedOf } from '../support/seed.ts'
import { corpora, setsUp } from './support/corpus.ts'
import { type Ours, ours } from './support/ours.ts'
import { type Oracle, postgres } from './support/postgres.ts'
import { type Cut, story, streamed, tablesRead } from './support/stream.ts'
import { setUp } from './support/tables.ts'

const oracle = await postgres()
after(() => oracle.close())

const CUTS: readonly Cut[] = [{ rows: 1 }, { rows: 7, crash: { step: 3, tail: 'torn' } }, { rows: 1000 }]

const inOrder = (query: string, rows: readonly string[]): readonly string[] =>
  /order by[^()]*$/i.test(query) ? rows : [...rows].sort()

/** Which rows it gives is free: it takes some without saying which. */
const isFree = (query: string): boolean => /\b(limit|offset)\b/i.test(query) && !/order by/i.test(query)

async function check(query: string, here: Ours, there: Oracle): Promise<void> {
  const theirs = await there.ask(query)
  const ours = await here.ask(query)
  if ('refused' in theirs) return assert.ok('refused' in ours, `PostgreSQL refuses it: ${theirs.refused}`)
  if ('refused' in ours) return assert.fail(ours.refused)
  assert.deepEqual(inOrder(query, ours.rows), inOrder(query, theirs.rows))
  if (!isFree(query)) await checkStreams(query, here, [...theirs.rows].sort())
}

/** Where nothing can be cut, one way of the three. */
async function checkStreams(query: string, here: Ours, expected: readonly string[]): Promise<void> {
  const rng = new Rng(seedOf(query))
  const table = await here.table(query)
  const changes = await story(rng, tablesRead(table), here)
  for (const cut of changes.length === 0 ? [rng.pick(CUTS)] : CUTS) {
    const streams = await streamed(table, changes, cut)
    const how = `as a stream, ${JSON.stringify(cut)}`
    // Without an end there is no last row.
    if ('refused' in streams && streams.code === 'SORT_UNBOUNDED') continue
    if ('refused' in streams) assert.fail(`${how}: ${streams.refused}`)
    assert.deepEqual([...streams.rows].sort(), expected, how)
  }
}

async function both(statement: string, here: Ours): Promise<void> {
  await oracle.setUp(statement)
  const told = await here.tell(statement)
  assert.ok(!told[0]?.startsWith('refused'), told.join('\n'))
}

for (const { name, statements } of corpora(join(import.meta.dirname, 'postgres/*.sql'))) {
  describe(name, () => {
    let here: Ours
    before(async () => {
      await oracle.setUp(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${setUp}`)
      here = await ours(await millrace({ dir: false }), setUp)
    })
    after(() => here.close())
    for (const each of statements) test(each, () => (setsUp(each) ? both(each, here) : check(each, here, oracle)))
  })
}
