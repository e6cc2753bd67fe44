// Any valid JSON line is a row, whatever its shape; anything else is a bad row that says where and why.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BATCH_ROWS, createDecoder } from '../../../src/data/index.ts'
import { decode, memory, schema, type Value } from './read.ts'

/** [columns, line, the row's values]. */
const good: readonly (readonly [string, string, Value[]])[] = [
  ['a int', '{"a":1}', [1n]],
  ['a int', '{"a":-9223372036854775808}', [-(2n ** 63n)]],
  ['a int', '{"a":9223372036854775807}', [2n ** 63n - 1n]],
  ['a int', '{"a":9007199254740993}', [9007199254740993n]],
  ['a int', '{"a":1234567}', [1234567n]],
  ['a int', '{"a":12345678}', [12345678n]],
  ['a int', '{"a":-123456789012345}', [-123456789012345n]],
  ['a int', '{"a":1234567890123456}', [1234567890123456n]],
  ['a int', '{"a":-0}', [0n]],
  ['a int', '{"a":1.0}', [1n]],
  ['a int', '{"a":1e3}', [1000n]],
  ['a int', '{"a":1.50E+1}', [15n]],
  ['a int', '{"a":1500e-2}', [15n]],
  ['a int', '{"a":0e999999999999}', [0n]],
  ['a bigint', '{"a":9223372036854775807}', [9223372036854775807n]],
  ['a double', '{"a":-0}', [-0]],
  ['a double', '{"a":0.1}', [0.1]],
  ['a double', '{"a":1e-400}', [0]],
  ['a double', '{"a":5e-324}', [5e-324]],
  ['a double', '{"a":2.4703282292062327e-324}', [0]],
  ['a double', '{"a":2.4703282292062328e-324}', [5e-324]],
  ['a double', '{"a":2.2250738585072011e-308}', [Number('2.2250738585072011e-308')]],
  ['a double', '{"a":1.7976931348623157e308}', [Number.MAX_VALUE]],
  ['a double', '{"a":9007199254740993}', [9007199254740992]],
  ['a double', '{"a":9007199254740993.00000000000000000000001}', [9007199254740994]],
  ['a double', `{"a":0.${'0'.repeat(400)}1e401}`, [1]],
  ['a double', `{"a":1${'0'.repeat(400)}e-400}`, [1]],
  ['a float', '{"a":0.1}', [Math.fround(0.1)]],
  ['a boolean', '{"a":true}', [true]],
  ['a boolean', '{"a":false}', [false]],
  ['a string', '{"a":""}', ['']],
  ['a string', '{"a":"twelve bytes"}', ['twelve bytes']],
  ['a string', '{"a":"thirteen byte"}', ['thirteen byte']],
  ['a string', `{"a":"${'x'.repeat(100)}"}`, ['x'.repeat(100)]],
  ['a string', '{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC"}', ['"\\/\b\f\n\r\tAé€']],
  ['a string', '{"a":"\\ud83d\\ude00!"}', ['😀!']],
  ['a string', '{"a":"\\ud83d!"}', ['\ufffd!']],
  ['a string', '{"a":"\\ude00\\ud83d"}', ['\ufffd\ufffd']],
  ['a string', '{"a":"\\ud83d\\u0041"}', ['\ufffdA']],
  ['a string', '{"a":"\\u0000"}', ['\0']],
  ['a string', '{"a":"grüße, 世界 😀"}', ['grüße, 世界 😀']],
  ['a timestamp', '{"a":"1970-01-01T00:00:00Z"}', [0n]],
  ['a timestamp', '{"a":"2026-01-01T00:00:00.123Z"}', [BigInt(Date.UTC(2026, 0, 1, 0, 0, 0, 123)) * 1000n]],
  ['a timestamp', '{"a":"1969-12-31 23:59:59.999999999z"}', [-1n]],
  ['a timestamp', '{"a":"2000-02-29T12:30+05:30"}', [BigInt(Date.UTC(2000, 1, 29, 7)) * 1000n]],
  ['a timestamp', '{"a":"2000-02-29T12:30:00-0800"}', [BigInt(Date.UTC(2000, 1, 29, 20, 30)) * 1000n]],
  ['a timestamp', '{"a":"2000-02-29T12:30:00+01"}', [BigInt(Date.UTC(2000, 1, 29, 11, 30)) * 1000n]],
  ['a timestamp', '{"a":"2000\\u002d02-29T12:30:00Z"}', [BigInt(Date.UTC(2000, 1, 29, 12, 30)) * 1000n]],
  ['a timestamp', '{"a":1767225600123}', [1767225600123000n]],
  ['a timestamp', '{"a":-1}', [-1000n]],
  ['a date', '{"a":"1970-01-01"}', [0]],
  ['a date', '{"a":"1969-12-31"}', [-1]],
  ['a date', '{"a":"2024-02-29"}', [Date.UTC(2024, 1, 29) / 86400000]],
  ['a date', '{"a":"0000-03-01"}', [-719468]],
  ['a binary', '{"a":"AQID"}', [Uint8Array.of(1, 2, 3)]],
  ['a binary', '{"a":"AQI="}', [Uint8Array.of(1, 2)]],
  ['a binary', '{"a":"AQ"}', [Uint8Array.of(1)]],
  ['a binary', '{"a":""}', [new Uint8Array(0)]],
  ['a binary', '{"a":"\\/\\/8="}', [Uint8Array.of(255, 255)]],
  ['a json', '{"a":{"b":[1,{"c":null}], "d":"}"}}', ['{"b":[1,{"c":null}], "d":"}"}']],
  ['a json', '{"a": [ ] }', ['[ ]']],
  ['a json', '{"a":null}', ['null']],
  ['a json?', '{"a":null}', [null]],
  ['a json', '{"a":"x"}', ['"x"']],
  ['a time', '{"a":"12:34"}', [45_240_000_000n]],
  ['a time', '{"a":"12:34:56.1234567"}', [45_296_123_456n]],
  ['a time', '{"a":"24:00:00"}', [86_400_000_000n]],
  ['a time', '{"a":"1\\u0032:34:56"}', [45_296_000_000n]],
  ['a interval', '{"a":"P1Y2M3W4DT5H6M7.8S"}', ['P1Y2M25DT5H6M7.8S']],
  ['a interval', '{"a":"-P1DT-2H"}', ['P-1DT2H']],
  ['a interval', '{"a":"PT0S"}', ['PT0S']],
  ['a interval', '{"a":"PT2562047788H54.775807S"}', ['PT2562047788H54.775807S']],
  ['a uuid', '{"a":"9B2B38C6-1c0c-4c52-8a5d-2f1d0c9d7a10"}', ['9b2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a10']],
  ['a uuid', '{"a":"9b2b38c61c0c4c528a5d2f1d0c9d7a10"}', ['9b2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a10']],
  ['a time?, b interval?, c uuid?', '{"a":null,"b":null}', [null, null, null]],
  ['a int?', '{"a":null}', [null]],
  ['a int?, b string?', '{}', [null, null]],
  ['a int?, b string?', ' { } ', [null, null]],
  ['a int, b int', '{"b":2,"a":1}', [1n, 2n]],
  ['a int, b int?', '{"x":[[],{}],"a":1,"y":"","z":{"a":9}}', [1n, null]],
  ['a int', '{"a":1,"a":2,"a":3}', [3n]],
  ['a int?', '{"a":1,"a":null}', [null]],
  ['a int?', '{"a":null,"a":2}', [2n]],
  ['a int', ' \t{ "a" \t:\r 1 , "b" : 2 } \r', [1n]],
  ['a int', '{"\\u0061":1}', [1n]],
  ['é int', '{"\\u00e9":1}', [1n]],
  ['a int', `{"deep":${'['.repeat(1000)}${']'.repeat(1000)},"a":1}`, [1n]],
  ['a int', `{"${'k'.repeat(300)}":0,"a":1}`, [1n]],
]

for (const [shape, line, row] of good) {
  test(`${shape} ← ${line.slice(0, 60)}`, () => {
    assert.deepEqual(decode(shape, line), { rows: [row], bad: [], raw: [], places: ['1:0'] })
    // The second time the line is predicted.
    assert.deepEqual(decode(shape, `${line}\n${line}\n${line}\r\n`).rows, [row, row, row])
  })
}

/** [columns, line, code, a part of the message]. */
const wrong: readonly (readonly [string, string | Uint8Array, string, string])[] = [
  ['a int', '{"a":1}x', 'BAD_JSON', 'follows the object'],
  ['a int', '{"a":1}{"a":2}', 'BAD_JSON', 'follows the object'],
  ['a int', '{"a":1', 'BAD_JSON', 'ends too early'],
  ['a int', '{"a":1,', 'BAD_JSON', 'ends too early'],
  ['a int', '{"a":1,}', 'BAD_JSON', 'unexpected'],
  ['a int', '{"a":1 "b":2}', 'BAD_JSON', 'unexpected'],
  ['a int', '{"a" 1}', 'BAD_JSON', 'unexpected'],
  ['a int', '{a:1}', 'BAD_JSON', 'unexpected'],
  ['a int', "{'a':1}", 'BAD_JSON', 'unexpected'],
  ['a time', '{"a":"24:00:01"}', 'BAD_FIELD', 'not a time of day'],
  ['a time', '{"a":"12:3"}', 'BAD_FIELD', 'not a time of day'],
  ['a time', '{"a":"12:34:56."}', 'BAD_FIELD', 'not a time of day'],
  ['a time', '{"a":"12:34Z"}', 'BAD_FIELD', 'not a time of day'],
  ['a time', '{"a":43200}', 'BAD_FIELD', 'another type'],
  ['a interval', '{"a":"P"}', 'BAD_FIELD', 'ISO 8601 duration'],
  ['a interval', '{"a":"P1DT"}', 'BAD_FIELD', 'ISO 8601 duration'],
  ['a interval', '{"a":"P1D1Y"}', 'BAD_FIELD', 'ISO 8601 duration'],
  ['a interval', '{"a":"P1.5D"}', 'BAD_FIELD', 'ISO 8601 duration'],
  ['a interval', '{"a":"P2147483648D"}', 'BAD_FIELD', 'ISO 8601 duration'],
  ['a interval', '{"a":"PT2562047788H1M"}', 'BAD_FIELD', 'ISO 8601 duration'],
  ['a interval', '{"a":"1 day"}', 'BAD_FIELD', 'ISO 8601 duration'],
  ['a uuid', '{"a":"9b2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a1"}', 'BAD_FIELD', 'not a UUID'],
  ['a uuid', '{"a":"9b2b38c6-1c0c-4c52-8a5d2f1d0c9d7a10"}', 'BAD_FIELD', 'not a UUID'],
  ['a uuid', '{"a":"gb2b38c6-1c0c-4c52-8a5d-2f1d0c9d7a10"}', 'BAD_FIELD', 'not a UUID'],
  ['a int', '[1]', 'BAD_JSON', 'must be an object'],
  ['a int', '1', 'BAD_JSON', 'must be an object'],
  ['a int', '{"a":01}', 'BAD_JSON', 'not a number'],
  ['a int', '{"a":-}', 'BAD_JSON', 'not a number'],
  ['a int', '{"a":1.}', 'BAD_JSON', 'not a number'],
  ['a int', '{"a":.5}', 'BAD_JSON', 'unexpected'],
  ['a int', '{"a":1e}', 'BAD_JSON', 'not a number'],
  ['a int', '{"a":+1}', 'BAD_JSON', 'unexpected'],
  ['a int', '{"a":NaN}', 'BAD_JSON', 'unexpected'],
  ['a double', '{"a":Infinity}', 'BAD_JSON', 'unexpected'],
  ['a int', '{"a":nul}', 'BAD_JSON', 'unexpected'],
  ['a int', '{"a":1,"b":"open}', 'BAD_JSON', 'not closed'],
  ['a int', '{"a":1,"b":"\\x"}', 'BAD_JSON', 'escape'],
  ['a int', '{"a":1,"b":"\\u12g4"}', 'BAD_JSON', 'escape'],
  ['a int', '{"a":1,"b":"\u0001"}', 'BAD_JSON', 'control'],
  ['a int', '{"a":1,"b":"\t"}', 'BAD_JSON', 'control'],
  ['a int', '{"a":1,"b":[1,2}', 'BAD_JSON', 'unexpected'],
  ['a int', '{"a":1,"b":[1,]}', 'BAD_JSON', 'unexpected'],
  ['a int', '{"a":1,"b":{"c"}}', 'BAD_JSON', 'unexpected'],
  ['a int', '{"a":1,"b":[01]}', 'BAD_JSON', 'not a number'],
  ['a int', `{"a":1,"b":${'['.repeat(100000)}`, 'BAD_JSON', 'deeper'],
  ['a int', Uint8Array.of(0x7b, 0x22, 0x62, 0x22, 0x3a, 0x22, 0xc0, 0x80, 0x22, 0x7d), 'BAD_UTF8', 'UTF-8'],
  ['a int', Uint8Array.of(0x7b, 0x22, 0x62, 0x22, 0x3a, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x7d), 'BAD_UTF8', 'UTF-8'],
  ['a int', '{"a":1.5}', 'BAD_FIELD', 'fraction'],
  ['a int', '{"a":9223372036854775808}', 'BAD_FIELD', 'too large'],
  ['a int', '{"a":-9223372036854775809}', 'BAD_FIELD', 'too large'],
  ['a int', '{"a":1e19}', 'BAD_FIELD', 'too large'],
  ['a int', '{"a":1.00000000000000000000001}', 'BAD_FIELD', 'fraction'],
  ['a int', '{"a":1234567890123456789.5}', 'BAD_FIELD', 'fraction'],
  ['a int', '{"a":"1"}', 'BAD_FIELD', 'another type'],
  ['a int', '{"a":true}', 'BAD_FIELD', 'another type'],
  ['a int', '{"a":null}', 'BAD_FIELD', 'not nullable'],
  ['a int', '{"b":1}', 'MISSING_FIELD', 'column a'],
  ['a int', '{}', 'MISSING_FIELD', 'column a'],
  ['a string', '{"a":5}', 'BAD_FIELD', 'another type'],
  ['a boolean', '{"a":0}', 'BAD_FIELD', 'another type'],
  ['a double', '{"a":1e400}', 'BAD_FIELD', 'too large'],
  ['a float', '{"a":1e39}', 'BAD_FIELD', 'too large'],
  ['a timestamp', '{"a":"2026-01-01T00:00:00"}', 'BAD_FIELD', 'no time zone'],
  ['a timestamp', '{"a":"2026-01-01"}', 'BAD_FIELD', 'no time zone'],
  ['a timestamp', '{"a":"2026-02-29T00:00:00Z"}', 'BAD_FIELD', 'ISO 8601'],
  ['a timestamp', '{"a":"2026-01-01T24:00:00Z"}', 'BAD_FIELD', 'ISO 8601'],
  ['a timestamp', '{"a":"2026-01-01T00:00:60Z"}', 'BAD_FIELD', 'ISO 8601'],
  ['a timestamp', '{"a":"2026-01-01T00:00:00.1234567890Z"}', 'BAD_FIELD', 'ISO 8601'],
  ['a timestamp', '{"a":"2026-01-01T00:00:00Zx"}', 'BAD_FIELD', 'ISO 8601'],
  ['a timestamp', '{"a":1.5}', 'BAD_FIELD', 'fraction'],
  ['a timestamp', '{"a":9223372036854776}', 'BAD_FIELD', 'too large'],
  ['a date', '{"a":"2026-13-01"}', 'BAD_FIELD', 'date'],
  ['a date', '{"a":"2026-01-01T00:00:00Z"}', 'BAD_FIELD', 'date'],
  ['a binary', '{"a":"A"}', 'BAD_FIELD', 'base64'],
  ['a binary', '{"a":"AQI=="}', 'BAD_FIELD', 'base64'],
  ['a binary', '{"a":"AB"}', 'BAD_FIELD', 'base64'],
]

for (const [shape, line, code, part] of wrong) {
  const text = typeof line === 'string' ? line : new TextDecoder().decode(line)
  test(`${shape} ✗ ${text.slice(0, 60)}`, () => {
    const { rows, bad } = decode(shape, line)
    assert.deepEqual(rows, [])
    assert.equal(bad[0]?.code, code)
    assert.match(bad[0]?.message ?? '', new RegExp(part))
    assert.equal(bad[0]?.where.position?.line, 1)
  })
}

test('bad rows are left out, told with their place, and disturb no neighbour', () => {
  const text = '{"a":1,"b":"x"}\n\n{"a":2,"b":7}\n{"a":null}\n  \n{"a":3,"b":null}\noops\n{"a":4,"b":"y"}'
  const { rows, bad, raw, places } = decode('a int, b string?', text)
  assert.deepEqual(rows, [[1n, 'x'], [3n, null], [4n, 'y']]) // biome-ignore format: a table
  assert.deepEqual(places, ['1:0', '6:45', '8:67'])
  assert.deepEqual(raw, ['{"a":2,"b":7}', '{"a":null}', 'oops'])
  assert.deepEqual(
    bad.map(each => each.where.position),
    [
      { source: 'test.jsonl', line: 3, byte: 28, column: 'b', text: '7}' },
      { source: 'test.jsonl', line: 4, byte: 36, column: 'a', text: 'null}' },
      { source: 'test.jsonl', line: 7, byte: 62, text: 'oops' },
    ],
  )
})

test('a byte order mark, CRLF and empty lines are no rows', () => {
  const { rows, places } = decode('a int', '\ufeff{"a":1}\r\n\r\n\n{"a":2}\r\n')
  assert.deepEqual(rows, [[1n], [2n]])
  assert.deepEqual(places, ['1:3', '4:15'])
})

test('a line that is too long is one bad row, wherever it is cut', () => {
  const text = `{"a":1}\n{"a":2,"b":"${'x'.repeat(200)}"}\n{"a":3}\n`
  const { rows, bad } = decode('a int', text, { maxLineBytes: 100 })
  assert.deepEqual(rows, [[1n], [3n]])
  assert.deepEqual(bad.map(each => [each.code, each.where.position?.line]), [['LINE_TOO_LONG', 2]]) // biome-ignore format: short
})

test('many shapes, keys that never come again, and long keys', () => {
  const lines = Array.from({ length: 5000 }, (_, n) => `{"k${n}":${n},"a":${n}${n % 3 === 0 ? ',"b":"s"' : ''}}`)
  const { rows } = decode('a int, b string?', lines.join('\n'))
  assert.deepEqual(rows, lines.map((_, n) => [BigInt(n), n % 3 === 0 ? 's' : null])) // biome-ignore format: short
})

test('wide rows whose columns come and go', () => {
  const names = Array.from({ length: 700 }, (_, n) => `column_${n}`)
  const rows = Array.from({ length: 20 }, (_, row) =>
    names.map((_, n) => ((n * 7 + row) % 5 === 0 ? null : BigInt(n * row))),
  )
  const lines = rows.map(
    row => `{${row.flatMap((value, n) => (value === null ? [] : [`"${names[n]}":${value}`])).join(',')}}`,
  )
  assert.deepEqual(decode(names.map(name => `${name} int?`).join(', '), lines.join('\n')).rows, rows)
})

test('closing twice frees once', () => {
  const badRow = (): never => assert.fail('no bad row')
  const before = memory.used
  const decoder = createDecoder({ format: { kind: 'json' }, memory, schema: schema('a int'), source: 'x', badRow })
  decoder.close()
  decoder.close()
  assert.equal(memory.used, before)
})

test('a batch has at most BATCH_ROWS rows, and its nulls are its own', () => {
  const rows = BATCH_ROWS * 2 + 5
  const lines = Array.from({ length: rows }, (_, n) => (n === BATCH_ROWS + 1 ? '{"a":null}' : `{"a":${n}}`))
  const got = decode('a int?', lines.join('\n')).rows
  assert.deepEqual(got, Array.from({ length: rows }, (_, n) => [n === BATCH_ROWS + 1 ? null : BigInt(n)])) // biome-ignore format: short
})
