import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, windowStart } from '../../../src/expr/index.ts'
import { answers, at, double, int, text } from '../answers.ts'

const t = at('2024-02-29T12:34:56.789')
const old = at('1969-12-31T23:59:59.500')
const trunc = (unit: string, when = t) => call('date_trunc', text(unit), when)
const part = (field: string, when = t) => call('extract', text(field), when)
answers([
  [trunc('millisecond'), at('2024-02-29T12:34:56.789')],
  [trunc('second', old), at('1969-12-31T23:59:59')],
  [trunc('minute'), at('2024-02-29T12:34:00')],
  [trunc('hour', old), at('1969-12-31T23:00:00')],
  [trunc('day', old), at('1969-12-31T00:00:00')],
  [trunc('week'), at('2024-02-26T00:00:00')],
  [trunc('week', at('2024-03-03T23:00:00')), at('2024-02-26T00:00:00')],
  [trunc('month'), at('2024-02-01T00:00:00')],
  [trunc('quarter', at('2024-12-31T00:00:00')), at('2024-10-01T00:00:00')],
  [trunc('YEAR', old), at('1969-01-01T00:00:00')],
  [trunc('decade'), at('2020-01-01T00:00:00')],
  [trunc('century'), at('2001-01-01T00:00:00')],
  [trunc('millennium', at('2000-06-01T00:00:00')), at('1001-01-01T00:00:00')],
  [trunc('fortnight'), 'INVALID_ARGUMENT'],
  [part('epoch', old), double(-0.5)],
  [part('second'), double(56.789)],
  [part('milliseconds'), double(56789)],
  [part('microsecond'), double(56_789_000)],
  [part('minute'), double(34)],
  [part('hour', old), double(23)],
  [part('day'), double(29)],
  [part('dow', at('2024-03-03T00:00:00')), double(0)],
  [part('isodow', at('2024-03-03T00:00:00')), double(7)],
  [part('doy', at('2024-12-31T00:00:00')), double(366)],
  [part('week', at('2021-01-03T00:00:00')), double(53)],
  [part('week', at('2024-12-30T00:00:00')), double(1)],
  [part('isoyear', at('2024-12-30T00:00:00')), double(2025)],
  [part('month', old), double(12)],
  [part('quarter'), double(1)],
  [part('year'), double(2024)],
  [part('decade'), double(202)],
  [part('century', at('2000-12-31T00:00:00')), double(20)],
  [part('millennium'), double(3)],
  [call('year', t), int(2024)],
  [call('second', t), int(56)],
  [call('timestamp_add', t, int(1_000_000)), at('2024-02-29T12:34:57.789')],
  [call('timestamp_sub', at('1970-01-01T00:00:00'), int(500_000)), old],
  [call('timestamp_diff', t, t), int(0)],
  [call('to_timestamp', double(-0.5)), old],
  [call('to_timestamp', double(Number.NaN)), 'OUT_OF_RANGE'],
  [call('timestamp_micros', int(-500_000)), old],
  [call('epoch_micros', old), int(-500_000)],
  [call('window_start', t, int(600_000_000), int(0)), at('2024-02-29T12:30:00')],
  [call('window_start', old, int(600_000_000), int(60_000_000)), at('1969-12-31T23:51:00')],
  [call('window_start', t, int(0), int(0)), 'INVALID_ARGUMENT'],
])

test('windows begin at the offset, on both sides of 1970', () => {
  const cases = [
    [5n, 10n, 0n, 0n],
    [-1n, 10n, 0n, -10n],
    [-10n, 10n, 0n, -10n],
    [3n, 10n, 4n, -6n],
    [4n, 10n, 4n, 4n],
  ] as const
  for (const [time, size, offset, start] of cases) assert.equal(windowStart(time, size, offset), start)
})
