// The host has its turns, and a query its end, however many rows a few rows make: a step is worked off in slices. Law: a
// query is given up within 200 ms of its signal, in the midst of a join, a series or a recursion that makes ten thousand
// million rows, and never needs more memory than a batch of them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { millrace, read, t } from '../../src/index.ts'

const ROWS = 100_000
/** When the signal comes: rows are being made. */
const GIVEN_MS = 300
const WITHIN_MS = 200

const queries: Readonly<Record<string, string>> = {
  'a cross join': 'SELECT sum(x * y) AS n FROM a, b',
  'an inner join with a condition that is no equality': 'SELECT count(*) AS n FROM a, b WHERE x < y',
  'a left join that finds nothing': 'SELECT count(*) AS n FROM a LEFT JOIN b ON x > y + 1000000',
  'an anti join that finds nothing':
    'SELECT count(*) AS n FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE y > x + 1000000)',
  'a join of a join': 'SELECT sum(a.x + c.y) AS n FROM a, b, b AS c WHERE a.x < b.y AND b.y < c.y',
  'a cross join of a stream of one key':
    'SELECT sum(x * y) AS n FROM (SELECT x, x / 1000000 AS k FROM a) a, (SELECT y, y / 1000000 AS k FROM b) b WHERE a.k = b.k',
  'a series for each row': 'SELECT sum(v) AS n FROM a, generate_series(1, 5000 + x) v',
  'a recursion whose step is a cross join':
    'WITH RECURSIVE r(i) AS (SELECT x FROM a UNION SELECT (i + y) % 7 FROM r, b WHERE i < 100000) SELECT count(*) AS n FROM r',
}

const column = <K extends string>(name: K): Record<K, number>[] =>
  Array.from({ length: ROWS }, (_, i) => ({ [name]: i }) as Record<K, number>)

for (const [name, text] of Object.entries(queries))
  test(`${name} ends within ${WITHIN_MS} ms of its signal, in 100 MB`, async () => {
    await using engine = await millrace({ dir: false, memory: '100 MB' })
    engine.register('a', read.from(column('x'), { schema: t.row({ x: t.int() }) }))
    engine.register('b', read.from(column('y'), { schema: t.row({ y: t.int() }) }))
    const table = await engine.sql(text as string)
    const stop = new AbortController()
    const result = table.collect({ signal: stop.signal }).then(
      () => 'the end',
      error => error.code as string,
    )
    await sleep(GIVEN_MS)
    const began = performance.now()
    stop.abort()
    assert.equal(await result, 'CANCELLED')
    const took = performance.now() - began
    assert.ok(took < WITHIN_MS, `${took} ms`)
  })
