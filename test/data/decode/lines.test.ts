// Lines of text: every line is a row, empty ones too; a line's end is LF or CRLF.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDecoder } from '../../../src/data/index.ts'
import { decode, memory, schema } from './read.ts'

const lines = { format: { kind: 'lines' } } as const

for (const [text, rows] of [
  ['one\ntwo\n', ['one', 'two']],
  ['one\r\n\r\n\n x \n"q"', ['one', '', '', ' x ', '"q"']],
  ['', []],
  ['\n', ['']],
  ['\r\n', ['']],
  ['a\rb\n', ['a\rb']],
  [`${'x'.repeat(1000)}\n世界`, ['x'.repeat(1000), '世界']],
] as const) {
  test(`${JSON.stringify(text.slice(0, 30))} is ${rows.length} lines`, () => {
    assert.deepEqual(decode('line string', text, lines).rows, rows.map(each => [each])) // biome-ignore format: short
  })
}

test('a line that is not UTF-8 is a bad row', () => {
  const { rows, bad } = decode('line string', Uint8Array.of(0x61, 0x0a, 0xff, 0x0a, 0x62, 0x0a), lines)
  assert.deepEqual(rows, [['a'], ['b']])
  assert.deepEqual(bad.map(each => [each.code, each.where.position?.line]), [['BAD_UTF8', 2]]) // biome-ignore format: short
})

test('lines need one string column', () => {
  assert.throws(() => decode('a int', 'x\n', lines), /BAD_SCHEMA/)
})

test('lines are counted when no column is asked for', () => {
  const badRow = (): never => assert.fail('no bad row')
  const decoder = createDecoder({ ...lines, memory, schema: schema('line string'), columns: [], source: 'x', badRow })
  decoder.push(new TextEncoder().encode('a\nb\nc'), true)
  assert.deepEqual([decoder.next()?.rows, decoder.next()], [3, undefined])
  decoder.close()
})
