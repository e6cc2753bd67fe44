import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkEverywhere, type EverywhereOptions } from '../../src/testing/index.ts'
import { t } from '../../src/types/index.ts'
import { depth } from '../support/depth.ts'
import { click, clicksOf, inputOf, Page } from './support.ts'

const some = Array.from({ length: 30 }, (_, i) => click(`0${i % 7}:0${i % 5}`, `/${i % 3}`, i))
const pages = ['/0', '/1'].map(page => ({ page, title: page.slice(1) }))

const slow = () =>
  clicksOf()
    .where(c => c.ms.gt(5))
    .select(c => ({ page: c.page, ms: c.ms }))
const perPage = () =>
  clicksOf()
    .groupBy('page')
    .agg(g => ({ n: g.count(), ms: g.ms.sum() }))
const perMinute = () =>
  clicksOf()
    .window({ tumbling: '1 minute' })
    .groupBy('page')
    .agg(g => ({ n: g.count(), worst: g.ms.max() }))

/** A sum that forgets to take away what goes. */
const leaky = {
  name: 'leaky',
  type: t.int(),
  init: () => 0,
  add: (sum: number, value: number) => sum + value,
  remove: (sum: number) => sum,
  result: (sum: number) => sum,
}

describe('checkEverywhere agrees', () => {
  const tables = {
    'filters and columns': slow,
    groups: perPage,
    'groups of groups': () =>
      perPage()
        .groupBy('n')
        .agg(g => ({ pages: g.count(), most: g.ms.max() })),
    'windows that are corrected': perMinute,
    'windows that are final': () => perMinute().final(),
    'sliding windows': () =>
      clicksOf()
        .window({ sliding: '2 minutes', every: '1 minute' })
        .groupBy('page')
        .agg(g => ({ n: g.count() }))
        .final(),
    'the first of an order': () =>
      perPage()
        .orderBy(p => p.ms.desc())
        .limit(2),
    'different rows': () =>
      clicksOf()
        .select(c => ({ page: c.page }))
        .distinct(),
  }
  for (const [what, table] of Object.entries(tables)) {
    test(what, () => checkEverywhere(table(), some, { runs: depth(10) }))
  }

  test('inputs by name, the static side of a join first', async () => {
    const joined = slow().join(inputOf('data/pages.csv', Page, { bounded: true }), { on: (c, p) => c.page.eq(p.page) })
    await checkEverywhere(joined, { clicks: some, pages }, { runs: depth(10) })
  })
  test('no rows', () => checkEverywhere(perPage(), [], { runs: 3 }))
})

describe('checkEverywhere finds', () => {
  test('an aggregate that drops what goes, in a handful of rows', async () => {
    const broken = perPage().agg(g => ({ ms: g.ms.aggregate(leaky) }))
    const message = await failure(broken, some)
    assert.match(message, /depends on how its input comes/)
    assert.match(message, /of 30 rows/)
    assert.ok(rowsIn(message).length <= 3, message)
  })

  test('a function with a memory of its own', async () => {
    const seen = new Set<string>()
    const once = slow().filter(c => seen.size < seen.add(c.page).size)
    assert.match(await failure(once, some), /- +/)
  })

  test('a result that goes by arrival; its seed shows it again', async () => {
    const first = clicksOf()
      .select(c => ({ page: c.page }))
      .limit(2)
    const message = await failure(first, some)
    const seed = Number(/seed: (\d+), runs: 1/.exec(message)?.[1])
    assert.equal(await failure(first, some, { seed, runs: 1 }), message)
    assert.equal(rowsIn(message).length, 3, message)
  })

  test('a failure in a stream only', async () => {
    const fragile = perPage()
      .groupBy('n')
      .agg(g => ({
        ms: g.ms.aggregate({
          ...leaky,
          remove: (): number => {
            throw new RangeError('can not remove')
          },
        }),
      }))
    assert.match(await failure(fragile, some), /a run failed where the batch did not: .*can not remove/)
  })
})

describe('checkEverywhere refuses', () => {
  test('one list of rows for two inputs', async () => {
    const both = slow().union(slow())
    await assert.rejects(checkEverywhere(both, some), /BAD_TEST.*2 inputs.*clicks: \[…\], clicks: \[…\]/)
  })
  test('a row that does not fit, without a hunt for a smaller one', async () => {
    await assert.rejects(checkEverywhere(slow(), [{ page: 1 }]), { code: 'BAD_VALUE' })
  })
})

async function failure(
  table: Parameters<typeof checkEverywhere>[0],
  rows: readonly object[],
  options?: EverywhereOptions,
): Promise<string> {
  const error = await checkEverywhere(table, rows, options).catch((error: Error) => error)
  return error?.message ?? assert.fail('nothing was found')
}

/** The lines of the smallest input. */
const rowsIn = (message: string): string[] => message.split('\n').filter(line => /^\| +\d/.test(line))
