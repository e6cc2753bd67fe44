import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkEverywhere } from '../../src/testing/index.ts'
import { click, clicksOf, inputOf, Page } from './support.ts'

const slow = () =>
  clicksOf()
    .where(c => c.ms.gt(5))
    .select(c => ({ page: c.page, ms: c.ms }))
const some = Array.from({ length: 20 }, (_, i) => click(`0${i % 7}:0${i % 5}`, `/${i % 3}`, i))

describe('checkEverywhere', () => {
  test('agrees where the order does not matter', () => checkEverywhere(slow(), some, { runs: 20 }))
  test('takes rows of several inputs by name', () =>
    checkEverywhere(
      slow()
        .select(c => ({ page: c.page }))
        .union(inputOf('data/pages.csv', Page).select(p => ({ page: p.page }))),
      { clicks: some, pages: [{ page: '/', title: '' }] },
      { runs: 5 },
    ))
  test('an empty input', () => checkEverywhere(slow(), [], { runs: 3 }))
  test('wants to know whose rows they are', async () => {
    const both = slow().union(slow())
    await assert.rejects(checkEverywhere(both, some), /BAD_TEST.*2 inputs.*clicks: \[…\], clicks: \[…\]/)
  })
  test('a row that does not fit fails as it is, without a hunt for a smaller one', async () => {
    await assert.rejects(checkEverywhere(slow(), [{ page: 1 }]), { code: 'BAD_VALUE' })
  })
})
