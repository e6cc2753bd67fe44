// Deletes whose rows never came: kept, counted for each operator, told by why(), and gone when the rows come.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestRun, testing } from '../../src/testing/index.ts'
import { click, clicksOf } from './support.ts'

const clicks = () => clicksOf({ time: 'at', weights: true }).select(c => ({ page: c.page, ms: c.ms }))

const unbounded = { unbounded: true }

const tables: Readonly<Record<string, () => Promise<TestRun<object>>>> = {
  'a count': () =>
    testing(
      clicks()
        .groupBy('page')
        .agg(g => ({ n: g.count() })),
      unbounded,
    ),
  'a minimum, whose group is there': () =>
    testing(
      clicks()
        .groupBy()
        .agg(g => ({ least: g.ms.min() })),
      unbounded,
    ),
  'distinct rows': () => testing(clicks().distinct(), unbounded),
  'the first rows of an order': () =>
    testing(
      clicks()
        .orderBy(c => c.ms)
        .limit(10),
      unbounded,
    ),
}

for (const [name, table] of Object.entries(tables))
  test(`deletes without their rows are counted: ${name}`, async () => {
    await using t = await table()
    const missing = (): number => Math.max(...t.why().operators.map(each => each.unmatchedDeletes))
    t.push([click('00:01', '/there', 5), click('00:01', '/there', 5)])
    await t.epoch()
    assert.equal(missing(), 0)
    assert.doesNotMatch(t.why().text, /delete/)
    for (let i = 0; i < 3; i++) t.push(click('00:02', '/missing', 7), { weight: -1 })
    await t.epoch()
    assert.equal(missing(), 3)
    assert.match(t.why().text, /-1 was told to delete 3 rows that it has not seen; it keeps the deletes/)
    await t.crash()
    await t.restore()
    t.push(click('00:03', '/missing', 7))
    await t.epoch()
    assert.equal(missing(), 2, 'after a restart')
    t.push([click('00:03', '/missing', 7), click('00:03', '/missing', 7)])
    await t.epoch()
    assert.equal(missing(), 0)
    const before = t.rows().length
    t.push(click('00:04', '/missing', 7))
    await t.epoch()
    assert.ok(t.rows().length >= before)
  })
