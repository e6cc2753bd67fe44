// The classic cases of windows, watermarks and late rows, one row per epoch unless told: what is final, what is late.
// Times are minutes since 1970.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, type Table, t, write } from 'millrace'
import { folder, runOnce } from './support.ts'

const Row = t.row({ at: t.timestamp().nullable() })
const minute = (m: number) => new Date(m * 60_000)
const minutes = (at: Date) => at.getTime() / 60_000

interface Case {
  readonly window: Parameters<Table<{ at: Date }>['window']>[0]
  readonly lateBy?: `${number} minutes`
  readonly epochRows?: number
  readonly rows: readonly (number | null)[]
  /** [start of the window, rows], in the order of closing. */
  readonly final: readonly (readonly [number, number])[]
  readonly late?: readonly (number | null)[]
}

const ten = { tumbling: '10 minutes' } as const

const cases: Record<string, Case> = {
  'a row at the end of a window is in the next one': {
    window: ten,
    rows: [0, 10],
    final: [
      [0, 1],
      [10, 1],
    ],
  },
  'a row at the watermark is not late for its window': { window: ten, rows: [5, 5], final: [[0, 2]] },
  'windows before 1970': {
    window: ten,
    rows: [-25, -10, -0.001, 0],
    final: [
      [-30, 1],
      [-10, 2],
      [0, 1],
    ],
  },
  'the watermark at a window’s end closes it': {
    window: ten,
    rows: [5, 10, 6],
    final: [
      [0, 1],
      [10, 1],
    ],
    late: [6],
  },
  'just below the end it is open': { window: ten, rows: [5, 9.999, 6], final: [[0, 3]] },
  'late is judged by the watermark before the epoch': {
    window: ten,
    epochRows: 3,
    rows: [5, 25, 6],
    final: [
      [0, 2],
      [20, 1],
    ],
  },
  'lateBy holds the watermark back': {
    window: ten,
    lateBy: '10 minutes',
    rows: [5, 19, 6, 20, 7],
    final: [
      [0, 2],
      [10, 1],
      [20, 1],
    ],
    late: [7],
  },
  'accept keeps the window open': {
    window: { ...ten, accept: '5 minutes' },
    rows: [5, 14, 6, 15, 7],
    final: [
      [0, 2],
      [10, 2],
    ],
    late: [7],
  },
  'a row behind the watermark whose window is open counts': { window: ten, rows: [12, 19, 11], final: [[10, 3]] },
  'late for one window, in time for the other': {
    window: { sliding: '10 minutes', every: '5 minutes' },
    rows: [7, 11, 6],
    final: [
      [0, 1],
      [5, 3],
      [10, 1],
    ],
    late: [6],
  },
  'sliding windows that do not divide evenly': {
    window: { sliding: '10 minutes', every: '3 minutes' },
    rows: [0],
    final: [
      [-9, 1],
      [-6, 1],
      [-3, 1],
      [0, 1],
    ],
  },
  'a slide longer than the window leaves rows out': {
    window: { sliding: '2 minutes', every: '5 minutes' },
    rows: [1, 3, 6],
    final: [
      [0, 1],
      [5, 1],
    ],
  },
  'windows with an offset': {
    window: { ...ten, offset: '2 minutes' },
    rows: [1, 2, 11, 12],
    final: [
      [-8, 1],
      [2, 2],
      [12, 1],
    ],
  },
  'a row without a time is in no window': { window: ten, rows: [1, null, 2], final: [[0, 2]], late: [null] },
  'a jump closes all windows before': {
    window: ten,
    rows: [1, 11, 1000],
    final: [
      [0, 1],
      [10, 1],
      [1000, 1],
    ],
  },
  'an empty input has no windows': { window: ten, rows: [], final: [] },
}

for (const [name, { window, lateBy = '0 minutes', epochRows = 1, rows, final, late = [] }] of Object.entries(cases))
  test(name, async context => {
    const input = read.from(
      rows.map(at => ({ at: at === null ? null : minute(at) })),
      { schema: Row, time: 'at', lateBy },
    )
    const counts = input.window(window).agg(g => ({ n: g.count() }))
    const [finals, lates] = [
      write.memory<{ window: { start: Date }; n: number }>('f'),
      write.memory<{ at: Date | null }>('l'),
    ]
    await runOnce(`${folder(context)}/m`, [counts.final().to(finals), counts.late.to(lates)], { epochRows })
    assert.deepEqual(
      finals.rows().map(row => [minutes(row.window.start), row.n]),
      final,
    )
    assert.deepEqual(
      lates.rows().map(row => (row.at === null ? null : minutes(row.at))),
      late,
    )
    const batch = await counts.collect()
    assert.equal(
      batch.reduce((sum, row) => sum + row.n, 0) >= final.reduce((sum, [, n]) => sum + n, 0),
      true,
      'as a batch nothing is late',
    )
  })

test('the watermark is the least of the partitions: a slow one keeps the window open', async context => {
  const input = read.memory(Row, { time: 'at', idleAfter: 'never' })
  const counts = input.table.window(ten).agg(g => ({ n: g.count() }))
  const finals = write.memory<{ n: number }>()
  await input.push({ at: minute(1) }, { partition: 'slow' })
  await input.push({ at: minute(50) }, { partition: 'fast' })
  await input.push({ at: minute(2) }, { partition: 'slow' })
  input.close()
  await runOnce(`${folder(context)}/m`, counts.final().to(finals), { epochRows: 1 })
  assert.deepEqual(
    finals.rows().map(row => row.n),
    [2, 1],
  )
})

test('an empty input: one group is there, groups by a key are not', async context => {
  const dir = folder(context)
  const empty = read.from([] as { k: string; n: number }[], { schema: t.row({ k: t.string(), n: t.int() }) })
  const all = empty.agg(g => ({ rows: g.count(), sum: g.n.sum() }))
  const keyed = empty.groupBy('k').agg(g => ({ rows: g.count() }))
  assert.deepEqual(await all.collect(), [{ rows: 0, sum: null }])
  assert.deepEqual(await keyed.collect(), [])
  const [one, none] = [write.memory(), write.memory()]
  await runOnce(`${dir}/m`, [all.to(one, { mode: 'update' }), keyed.to(none, { mode: 'update' })])
  assert.deepEqual(one.rows(), [{ rows: 0, sum: null }])
  assert.deepEqual(none.rows(), [])
})
