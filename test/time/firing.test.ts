// Triggers, step by step: rows that come, a clock, a watermark; when each fires, and when it is done.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { begin, beginLate, type Firing, fired, fires, merged, rowsCame, wakesAt } from '../../src/time/firing.ts'

const rows = (count: number): Firing => ({ kind: 'rows', count })
const delay = (ms: number): Firing => ({ kind: 'delay', ms })
const ticks = (ms: number, offset = 0): Firing => ({ kind: 'ticks', ms, offset })
const group = (kind: 'all' | 'any' | 'each', ...of: Firing[]): Firing => ({ kind, of })
const repeatedly = (of: Firing, until?: Firing): Firing => ({ kind: 'repeatedly', of, until })
const watermark = (early?: Firing, late?: Firing): Firing => ({ kind: 'watermark', early, late })

/** At a time: rows that come (n), the watermark passes (w). Which times it fires at. */
const story = (firing: Firing, ...steps: readonly (readonly [now: number, what?: number | 'w'])[]): number[] => {
  const state = begin(firing)
  let passed = false
  return steps.flatMap(([now, what]) => {
    if (typeof what === 'number') rowsCame(firing, state, what, now)
    if (what === 'w') passed = true
    if (!fires(firing, state, { now, passed })) return []
    fired(firing, state, { now, passed })
    return [now]
  })
}

const cases: readonly [name: string, firing: Firing, steps: Parameters<typeof story>[1][], expected: number[]][] = [
  [
    'rows fire once',
    rows(3),
    [
      [1, 2],
      [2, 1],
      [3, 5],
    ],
    [2],
  ],
  ['a delay counts from the first row', delay(10), [[5, 1], [9, 1], [14], [15], [99]], [15]],
  ['ticks are those of a clock', repeatedly(ticks(10, 3)), [[5, 1], [12], [13], [22], [24, 1], [33]], [13, 33]],
  [
    'repeatedly begins anew',
    repeatedly(rows(2)),
    [
      [1, 2],
      [2, 1],
      [3, 1],
      [4, 5],
    ],
    [1, 3, 4],
  ],
  ['all waits for all', group('all', rows(3), delay(10)), [[1, 3], [5], [11], [12, 9]], [11]],
  ['any takes the first', repeatedly(group('any', rows(3), delay(10))), [[1, 1], [2, 2], [5, 1], [15]], [2, 15]],
  [
    'each goes from one to the next',
    group('each', rows(1), rows(2), delay(5)),
    [[1, 1], [2, 1], [3, 1], [4, 1], [9]],
    [1, 3, 9],
  ],
  [
    'or finally ends it',
    repeatedly(rows(1), rows(3)),
    [
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 1],
    ],
    [1, 2, 3],
  ],
  [
    'the watermark fires once',
    watermark(),
    [
      [1, 5],
      [2, 'w'],
      [3, 1],
    ],
    [2],
  ],
  [
    'early, on time, late',
    watermark(delay(10), rows(1)),
    [[1, 1], [11], [12, 1], [20, 'w'], [25], [30, 1]],
    [11, 20, 30],
  ],
  [
    'late alone',
    watermark(undefined, rows(2)),
    [
      [1, 'w'],
      [2, 1],
      [3, 1],
      [4, 2],
    ],
    [1, 3, 4],
  ],
]
for (const [name, firing, steps, expected] of cases)
  test(name, () => assert.deepEqual(story(firing, ...steps), expected))

test('when to wake: the first time at which the clock alone may fire it', () => {
  const firing = watermark(group('any', rows(9), delay(10), ticks(100)))
  const state = begin(firing)
  assert.equal(wakesAt(firing, state, 0), Number.POSITIVE_INFINITY)
  rowsCame(firing, state, 1, 95)
  assert.equal(wakesAt(firing, state, 95), 100)
})

test('a time that has come and fired nothing: the next one, of another part', () => {
  const firing = group('all', delay(10), delay(50))
  const state = begin(firing)
  rowsCame(firing, state, 1, 0)
  assert.deepEqual(
    [0, 10, 50].map(now => wakesAt(firing, state, now)),
    [10, 50, Number.POSITIVE_INFINITY],
  )
})

test('windows that merge wait from the first row of both, and are done only where both are', () => {
  const firing = repeatedly(group('each', rows(1), delay(10)))
  const [a, b] = [begin(firing), begin(firing)]
  rowsCame(firing, a, 2, 5)
  fired(firing, a, { now: 5, passed: false })
  rowsCame(firing, b, 1, 3)
  const both = merged(firing, a, b)
  assert.equal(both.since, 3)
  assert.equal(both.of[0]?.of[0]?.done, false)
})

test('a window that begins behind the watermark is late from its first row on', () => {
  const firing = watermark(rows(1), rows(2))
  const state = begin(firing)
  beginLate(firing, state)
  rowsCame(firing, state, 1, 0)
  assert.equal(fires(firing, state, { now: 0, passed: true }), false)
  rowsCame(firing, state, 1, 1)
  assert.equal(fires(firing, state, { now: 1, passed: true }), true)
})
