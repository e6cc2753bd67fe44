// Decimals in files: every digit is read and written; what does not fit is a bad row.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, createDecoder, createEncoder, Memory, rowsOf } from '../../../src/data/index.ts'
import { t } from '../../../src/types/index.ts'

const Row = t.row({ price: t.decimal(6, 2), any: t.decimal().nullable() })

function read(kind: 'json' | 'csv', text: string): unknown[] {
  const memory = new Memory()
  const seen: unknown[] = []
  const decoder = createDecoder({
    format: kind === 'json' ? { kind } : { kind, header: false },
    schema: Row,
    memory,
    source: 'x',
    badRow: error => seen.push(error.message.split(':')[0]?.includes('BAD_FIELD') === true ? 'BAD_FIELD' : error.code),
  })
  decoder.push(new TextEncoder().encode(text), true)
  for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) seen.push(...rowsOf(batch, Row, memory))
  decoder.close()
  return seen
}

test('JSON: numbers and strings, digit by digit', () => {
  const lines = [
    '{"price":1.005,"any":0.1000000000000000055511151231257827}',
    '{"price":"12","any":"-1.50"}',
    '{"price":-1e2,"any":"NaN"}',
    '{"price":9999.994,"any":null}',
    '{"price":9999.995,"any":1}',
    '{"price":"x","any":1}',
    '{"price":true,"any":1}',
    `{"price":1,"any":1${'0'.repeat(36)}}`,
  ]
  assert.deepEqual(
    lines.flatMap(line => read('json', `${line}\n`)),
    [
      { price: '1.01', any: '0.1000000000000000055511151231257827' },
      { price: '12.00', any: '-1.50' },
      { price: '-100.00', any: 'NaN' },
      { price: '9999.99', any: null },
      'BAD_FIELD',
      'BAD_FIELD',
      'BAD_FIELD',
      'BAD_FIELD',
    ],
  )
})

test('CSV: the same, with a plus and a bare point', () => {
  assert.deepEqual(read('csv', '+1.5,.5\n 2 ,\n'), [
    { price: '1.50', any: '0.5' },
    { price: '2.00', any: null },
  ])
  assert.deepEqual(read('csv', '1 2,3\n'), ['BAD_FIELD'])
})

test('JSON has numbers up to 2^53, then strings', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const rows = [
    { price: '1.50', any: '90071992547409.92' },
    { price: '-0.05', any: '9007199254740993.1' },
    { price: '3', any: '-Infinity' },
  ]
  const encoder = createEncoder({ format: { kind: 'json' }, schema: Row, memory })
  const text = new TextDecoder().decode(encoder.encode(batchFromRows(rows, Row, arena)))
  assert.deepEqual(text.trim().split('\n'), [
    '{"price":1.50,"any":90071992547409.92}',
    '{"price":-0.05,"any":"9007199254740993.1"}',
    '{"price":3.00,"any":"-Infinity"}',
  ])
  encoder.close()
  arena.free()
})
