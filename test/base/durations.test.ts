import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Duration, micros, millis, showDuration, signedMicros } from '../../src/base/index.ts'

const good: readonly (readonly [Duration, bigint])[] = [
  ['1 microsecond', 1n],
  ['500 milliseconds', 500_000n],
  ['1.5 seconds', 1_500_000n],
  ['10 minutes', 600_000_000n],
  ['1 hour', 3_600_000_000n],
  ['2 days', 172_800_000_000n],
  ['1 week', 604_800_000_000n],
  ['0 seconds', 0n],
  [{ minutes: 10 }, 600_000_000n],
  [{ hours: 1, minutes: 30 }, 5_400_000_000n],
  [{ seconds: 0.25 }, 250_000n],
]

for (const [duration, expected] of good) {
  test(`${JSON.stringify(duration)} is ${expected} µs`, () => assert.equal(micros(duration), expected))
}

const bad = [
  'soon',
  '',
  '10',
  '10minutes',
  ' 10 minutes',
  '-3 minutes',
  '1e3 days',
  '10 fortnights',
  'Infinity days',
  '0.0000001 seconds',
  {},
  { minutes: -1 },
  { minutes: Number.NaN },
  { fortnights: 2 },
  600,
  null,
  undefined,
]

for (const each of bad) {
  test(`${JSON.stringify(each)} is refused`, () => {
    assert.throws(() => micros(each as Duration), { code: 'BAD_DURATION', actor: 'user' })
  })
}

test('durations are shown in their largest whole unit', () => {
  const shown = good.map(([, value]) => showDuration(value))
  assert.deepEqual(shown, [
    '1 microsecond',
    '500 milliseconds',
    '1500 milliseconds',
    '10 minutes',
    '1 hour',
    '2 days',
    '1 week',
    '0 seconds',
    '10 minutes',
    '90 minutes',
    '250 milliseconds',
  ])
})

test('millis keeps fractions of a millisecond', () => assert.equal(millis('1 microsecond'), 0.001))

test('back in time', () => {
  assert.equal(signedMicros('-8 hours'), -28_800_000_000n)
  assert.equal(signedMicros({ minutes: -1, seconds: -30 }), -90_000_000n)
  assert.equal(signedMicros('1 hour'), 3_600_000_000n)
  assert.throws(() => signedMicros({ minutes: 1, seconds: -30 }), { code: 'BAD_DURATION' })
  assert.throws(() => signedMicros('--1 hour' as '-1 hour'), { code: 'BAD_DURATION' })
})
