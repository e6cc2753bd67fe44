// The calendar agrees with JavaScript's Date wherever that has days.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { civilFromDays, daysFromCivil, timestampText } from '../../src/expr/calendar.ts'
import { randomFrom } from './support.ts'

test('days to civil dates and back', () => {
  const random = randomFrom(3)
  for (let i = 0; i < 20_000; i++) {
    const days = i < 2000 ? i - 1000 : Math.floor((random() - 0.5) * 2e8)
    const date = new Date(days * 86_400_000)
    const civil = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
    assert.deepEqual(civilFromDays(days), civil)
    assert.equal(daysFromCivil(civil.year, civil.month, civil.day), days)
  }
})

test('years before 1 are BC', () => {
  assert.equal(timestampText(BigInt(daysFromCivil(0, 3, 15)) * 86_400_000_000n), '0001-03-15 00:00:00 BC')
})
