import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type Delivery,
  disorder,
  plainSchedules,
  randomSchedule,
  rowsIn,
  type Schedule,
  showSchedule,
} from '../../src/testing/schedule.ts'
import { shrink } from '../../src/testing/shrink.ts'
import { seededRandom } from '../../src/testing/world.ts'
import { seeded } from '../support/seed.ts'

const rowsOf = (...numbers: number[]) => numbers.map(n => ({ n }))
const inputs = [
  { rows: rowsOf(1, 2, 3, 4, 5, 6), first: false },
  { rows: rowsOf(10, 20), first: true },
]
const numbers = (deliveries: readonly Delivery[]): number[] => deliveries.map(each => (each.row as { n: number }).n)

describe('schedules', () => {
  seeded('every row once, partitions in order, static inputs first', rng => {
    const all = [...plainSchedules(inputs), randomSchedule(inputs, seededRandom(rng.uint32()))]
    for (const schedule of all) {
      assert.deepEqual(numbers(rowsIn(schedule)), [10, 20, 1, 2, 3, 4, 5, 6])
      const flat = schedule.epochs.flatMap(each => each.deliveries)
      assert.deepEqual(numbers(flat.slice(0, 2)), [10, 20])
      assert.equal(schedule.epochs[0]?.deliveries.includes(flat[1] as Delivery), true)
      for (let partition = 0; partition < schedule.partitions; partition++) {
        const mine = numbers(flat.filter(each => each.partition === partition && each.input === 0))
        assert.deepEqual(
          mine,
          mine.toSorted((a, b) => a - b),
        )
      }
    }
  })

  test('the same seed, the same schedule', () => {
    assert.deepEqual(randomSchedule(inputs, seededRandom(7)), randomSchedule(inputs, seededRandom(7)))
    assert.notDeepEqual(randomSchedule(inputs, seededRandom(7)), randomSchedule(inputs, seededRandom(8)))
  })
})

/** Epochs of rows whose event time is their number; `!` after an epoch: a heartbeat. */
function timed(text: string): Schedule {
  const epochs = text.split('|').map((part, e) => ({
    deliveries: (part.match(/\d+/g) ?? []).map((n, i) => ({
      index: e * 100 + i,
      input: 0,
      partition: 0,
      row: { n: Number(n) },
    })),
    heartbeat: part.includes('!'),
    cut: undefined,
  }))
  return { partitions: 1, epochs }
}
const timeOf = (each: Delivery): bigint => BigInt((each.row as { n: number }).n)

describe('the lateness that a schedule needs', () => {
  const cases: [schedule: string, lateness: bigint][] = [
    ['1|2|3', 0n],
    ['3 1|4', 0n],
    ['3|1', 2n],
    ['9|7|1|8', 8n],
    ['9!||8', 1n],
    ['', 0n],
  ]
  for (const [text, lateness] of cases) {
    test(`${text}: ${lateness}`, () => assert.equal(disorder(timed(text), 0, timeOf), lateness))
  }
  test('a heartbeat tells an input of the others', () => {
    const { epochs, partitions } = timed('9!|')
    const other = { index: 500, input: 1, partition: 0, row: { n: 4 } }
    const both = { partitions, epochs: epochs.with(1, { deliveries: [other], heartbeat: false, cut: undefined }) }
    assert.equal(disorder(both, 1, timeOf), 5n)
  })
})

describe('shrinking', () => {
  const full: Schedule = {
    partitions: 3,
    epochs: timed('1 2 3|4 5 6!|7 8 9|').epochs.map(each => ({ ...each, cut: { step: 2, tail: 'torn' } })),
  }
  const has = (schedule: Schedule, n: number) => schedule.epochs.findIndex(each => numbers(each.deliveries).includes(n))

  test('keeps what the failure needs and nothing else', async () => {
    const fails = async (each: Schedule) => has(each, 2) >= 0 && has(each, 8) > has(each, 2)
    const least = await shrink(full, fails, 1000)
    assert.equal(least.partitions, 1)
    assert.deepEqual(
      least.epochs.map(each => numbers(each.deliveries)),
      [[2], [8]],
    )
    assert.ok(least.epochs.every(each => each.cut === undefined && !each.heartbeat))
  })
  test('stops when its runs are spent', async () => {
    let runs = 0
    const least = await shrink(full, async () => ++runs < 0, 5)
    assert.deepEqual([runs, least], [5, full])
  })
  test('what cannot be smaller stays', async () => assert.equal(await shrink(full, async () => false, 1000), full))
})

test('a schedule as text', () => {
  const { epochs } = timed('1!|2|')
  const text = showSchedule(
    { partitions: 1, epochs: epochs.with(1, { ...epochs[1]!, cut: { step: 3, tail: 'lost' } }) },
    ['in'],
  )
  assert.deepEqual(text.split('\n'), [
    '| epoch | input | partition | n |',
    '| ----- | ----- | --------- | - |',
    '|     1 | in    |         0 | 1 |',
    '|     2 | in    |         0 | 2 |',
    'epoch 1: all partitions then tell the greatest event time so far',
    'epoch 2: power cut at write 3, unsynced bytes lost',
  ])
})
