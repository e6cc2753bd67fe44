import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertTable, type TestRun, testing } from '../../src/testing/index.ts'
import { every } from '../../src/time/index.ts'
import { Click, click, clicksOf, inputOf, Page } from './support.ts'

const slow = () =>
  clicksOf()
    .where(c => c.ms.gt(5))
    .select(c => ({ page: c.page, ms: c.ms }))

const code = (wanted: string) => ({ code: wanted })

describe('a table under test', () => {
  test('says what each epoch changed, once', async () => {
    await using t = await testing(slow())
    t.push([click('00:01', '/b', 9), click('00:02', '/a', 7), click('00:03', '/a', 1)])
    assert.deepEqual(t.changes(), [])
    await t.epoch()
    assert.deepEqual(t.changes(), [
      [{ page: '/a', ms: 7 }, 1],
      [{ page: '/b', ms: 9 }, 1],
    ])
    assert.deepEqual(t.changes(), [])
    t.push(click('00:04', '/c', 8))
    await t.epoch()
    assert.deepEqual(t.changes(), [[{ page: '/c', ms: 8 }, 1]])
    const sizes = t.epochs().map(each => [each.epoch, each.changes.length])
    assert.deepEqual(sizes.join(' '), '1,2 2,1')
    assertTable(t, '| page |\n| /a |\n| /b |\n| /c |')
  })

  test('a row that went is gone from the table, and a change that is undone in its epoch is none', async () => {
    await using t = await testing(clicksOf({ time: 'at', weights: true }).select(c => ({ page: c.page })))
    t.push([click('00:01', '/a'), click('00:01', '/b')])
    await t.epoch()
    t.push(click('00:01', '/a'), { weight: -1 })
    t.push(click('00:01', '/b'), { weight: -1 })
    t.push(click('00:01', '/b'))
    t.changes()
    await t.epoch()
    assert.deepEqual(t.changes(), [[{ page: '/a' }, -1]])
    assert.deepEqual(t.rows(), [{ page: '/b' }])
  })

  test('finds its inputs by table, by name, by a part of the name', async () => {
    const clicks = clicksOf()
    const pages = inputOf('data/pages/*.jsonl', Page)
    const both = clicks.select(c => ({ page: c.page })).union(pages.select(p => ({ page: p.page })))
    await using t = await testing(both)
    t.input(clicks).push({ at: new Date(0), page: 'by table' })
    t.input('clicks').push({ at: 0, page: 'by name' })
    t.input('pages').push([{ page: 'by part', title: '' }])
    await t.epoch()
    assert.deepEqual(
      t.rows().map(row => row.page),
      ['by name', 'by part', 'by table'],
    )
    assert.throws(() => t.input('click stream'), code('NO_INPUT_NAMED'))
    assert.throws(() => t.input('s'), /2 inputs have this name/)
    assert.throws(() => t.input(inputOf('clicks', Click)), code('BAD_TEST'))
    assert.throws(() => t.push([]), /it has 2 inputs/)
  })

  const refused: [why: string, act: (t: TestRun) => unknown, code: string][] = [
    ['a partition it does not have', t => t.push(click('00:01'), { partition: 3 }), 'NO_PARTITION'],
    ['a partition that is no number of one', t => t.push(click('00:01'), { partition: 0.5 }), 'NO_PARTITION'],
    ['a negative weight where rows only come', t => t.push(click('00:01'), { weight: -1 }), 'BAD_WEIGHT'],
    ['a weight of nothing', t => t.push(click('00:01'), { weight: 0 }), 'BAD_WEIGHT'],
    ['an instant without an offset', t => t.advanceTo('2026-01-01 12:00'), 'BAD_TEST'],
    ['a push after the end', t => t.end().then(() => t.push(click('00:01'))), 'INPUT_CLOSED'],
    ['an epoch without power', t => t.crash().then(() => t.epoch()), 'BAD_TEST'],
  ]
  for (const [why, act, expected] of refused) {
    test(`refuses ${why}`, async () => {
      await using t = await testing(slow(), { partitions: 3 })
      await assert.rejects(async () => act(t), code(expected))
    })
  }

  test('a row that does not fit is told with its input and number', async () => {
    await using t = await testing(slow())
    t.push([click('00:01'), { at: 'noon', page: '/', ms: 1 }])
    await assert.rejects(t.epoch(), /BAD_VALUE: .*column at .*clicks, row 2/)
  })

  test('with an interval, epoch() lets one interval pass', async () => {
    await using t = await testing(slow(), { trigger: every('5 minutes') })
    const began = t.world.clock.now()
    t.push(click('00:01', '/', 9))
    await t.epoch()
    assert.equal(t.world.clock.now() - began, 300_000)
    t.push(click('00:02', '/', 9))
    await t.idle('4 minutes')
    assert.equal(t.rows().length, 1, 'the next tick has not come')
    await t.idle('1 minute')
    assert.equal(t.rows().length, 2)
  })
})

describe('event time', () => {
  test('late rows are told of every operator that leaves some out, of each side of a join', async () => {
    const [left, right] = [clicksOf(), clicksOf()]
    const pairs = left
      .dedup({ by: ['ms'], within: '1 minute' })
      .join(right, {
        within: { before: '1 minute' },
        on: (l, r) => l.page.eq(r.page),
        select: (l, r) => ({ at: l.at, ms: l.ms, other: r.ms }),
      })
      .over({ by: row => row.at }, w => ({ rank: w.rowNumber() }))
      .final()
    await using t = await testing(pairs)
    await t.advanceTo('2026-01-01T12:10:00Z')
    t.input(left).push(click('05:00', '/', 1))
    t.input(right).push(click('05:00', '/', 2))
    await t.epoch()
    const late = t.late() as { readonly ms: number; readonly reason: string }[]
    assert.deepEqual(late.map(row => row.ms).sort(), [1, 2])
  })

  test('advances without rows, in every partition', async () => {
    await using t = await testing(slow(), { partitions: 3, lateBy: '10 seconds' })
    assert.equal(t.watermark(), undefined)
    await t.advanceTo('2026-01-01T12:01:10Z')
    assert.deepEqual(t.watermark(), new Date('2026-01-01T12:01:00Z'))
  })

  test('is held by a partition that is silent, until it is idle', async () => {
    await using t = await testing(slow(), { partitions: 2, idleAfter: '30 seconds' })
    t.push(click('05:00'), { partition: 1 })
    await t.epoch()
    assert.equal(t.watermark(), undefined)
    assert.match(t.why().text, /held by partition 0/)
    await t.idle('29 seconds')
    assert.equal(t.watermark(), undefined)
    await t.idle('1 second')
    assert.deepEqual(t.watermark(), new Date('2026-01-01T12:05:00Z'))
  })

  test('is over at the end', async () => {
    await using t = await testing(slow())
    t.push(click('00:01', '/', 9))
    await t.end()
    assert.match(t.why().text, /clicks has ended/)
    assert.equal(t.rows().length, 1)
  })
})

describe('a power cut', () => {
  test('between epochs loses nothing that was committed, nor what was pushed', async () => {
    await using t = await testing(slow(), { lateBy: '10 seconds' })
    t.push(click('01:10', '/a', 9))
    await t.epoch()
    const before = [t.rows(), t.watermark(), t.stateSize()]
    t.push(click('01:11', '/b', 9))
    await t.crash()
    await t.restore()
    assert.deepEqual([t.rows(), t.watermark(), t.stateSize()], before)
    await t.epoch()
    assertTable(t, '| page |\n| /a |\n| /b |')
  })

  for (const tail of ['lost', 'kept', 'torn'] as const) {
    test(`at each write of an epoch, unsynced bytes ${tail}: every row once`, async () => {
      for (let step = 1; ; step++) {
        await using t = await testing(slow())
        t.push(click('00:01', '/a', 9))
        await t.epoch()
        t.push(click('00:02', '/b', 9))
        const steps = t.world.disk.steps
        await t.crash({ step, tail })
        const done = t.world.disk.steps - steps
        await t.restore()
        t.push(click('00:03', '/c', 9))
        await t.epoch()
        assertTable(t, '| page |\n| /a |\n| /b |\n| /c |')
        assert.equal(t.changes().length, 3)
        if (done < step) return assert.ok(step > 3, 'an epoch writes')
      }
    })
  }

  test('at each write of the last epoch, which no row begins: what the end makes final comes out once', async () => {
    const final = clicksOf()
      .window({ tumbling: '1 minute' })
      .groupBy('page')
      .agg(g => ({ n: g.count() }))
      .final()
    for (let step = 1; step < 20; step++) {
      await using t = await testing(final)
      t.push(click('00:01', '/a'))
      await t.epoch()
      t.input('clicks').end()
      await t.crash({ step, tail: 'kept' })
      await t.restore()
      await t.epoch()
      assert.equal(t.epochs().length, 2, `cut at write ${step}`)
      assertTable(t, '| page | n |\n| /a | 1 |')
    }
  })
})
