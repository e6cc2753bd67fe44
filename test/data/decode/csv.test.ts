// CSV as RFC 4180 has it: quotes, newlines inside them, headers; and what a null is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Csv } from '../../../src/data/index.ts'
import { decode, type Value } from './read.ts'

const csv = (options: Partial<Csv> = {}): { format: Csv; source: string } => ({
  format: { kind: 'csv', ...options },
  source: 'test.csv',
})

/** [columns, options, text, rows]. */
const good: readonly (readonly [string, Partial<Csv>, string, Value[][]])[] = [
  ['a int, b string', {}, 'a,b\n1,x\n2,y', [[1n, 'x'], [2n, 'y']]],
  ['a int, b string', {}, 'b,other,a\r\nx,,1\r\ny,"q,\n",2\r\n', [[1n, 'x'], [2n, 'y']]],
  ['a int, b string', { header: false }, '1,x\n2,y\n', [[1n, 'x'], [2n, 'y']]],
  ['a int, b string', { delimiter: '\t' }, 'a\tb\n1\tx y\n', [[1n, 'x y']]],
  ['a int, b string', { delimiter: ';' }, '"a";"b"\n"1";"x;y"\n', [[1n, 'x;y']]],
  ['a string, b string', { header: false }, '"say ""hi""",""""\n"",""""""\n', [['say "hi"', '"'], ['', '""']]],
  ['a string, b string', { header: false }, '"two\nlines","crlf\r\nkept"\n', [['two\nlines', 'crlf\r\nkept']]],
  ['a string, b string', { header: false }, ' x , y\t\n', [[' x ', ' y\t']]],
  ['a string?, b string', { header: false }, ',\n"",""\n', [[null, ''], ['', '']]],
  ['a string?, b int?', { header: false, nullText: 'NULL' }, 'NULL,NULL\n"NULL",1\n,2\n', [[null, null], ['NULL', 1n], ['', 2n]]],
  ['a string, b int', { header: false, nullText: 'NA' }, 'NA,1\n', [['NA', 1n]]],
  ['a string?', { header: false }, 'x\n\ny\n', [['x'], [null], ['y']]],
  ['a int, b int', { header: false }, '\n1,2\n\r\n\n3,4\n', [[1n, 2n], [3n, 4n]]],
  ['a int, b int', { header: false }, ' +7 ,-007\n00,1e3\n', [[7n, -7n], [0n, 1000n]]],
  ['a double, b double', { header: false }, '.5,5.\n-.25,+1.5e3\nNaN,-Infinity\n', [[0.5, 5], [-0.25, 1500], [NaN, -Infinity]]],
  ['a boolean, b boolean', { header: false }, 'true,FALSE\nT,f\n1,0\n', [[true, false], [true, false], [true, false]]],
  ['a timestamp, b date', { header: false }, '1970-01-01 00:00:01+00,1970-01-02\n"1000",1970-01-01\n', [[1000000n, 1], [1000000n, 0]]],
  ['a json, b binary', { header: false }, '"{""x"":[1,2]}",AQI=\n 7 ,""\n', [['{"x":[1,2]}', Uint8Array.of(1, 2)], ['7', new Uint8Array(0)]]],
  ['a json, b int', { header: false }, '[1],2\n', [['[1]', 2n]]],
  ['a string, b int', { header: false }, 'grüße 世界 and more than sixteen,1\n', [['grüße 世界 and more than sixteen', 1n]]],
] // biome-ignore format: a table

for (const [shape, options, text, rows] of good) {
  test(`${shape} ${JSON.stringify(options)} ← ${JSON.stringify(text)}`, () => {
    const got = decode(shape, text, csv(options))
    assert.deepEqual(got.bad.map(each => each.message), []) // biome-ignore format: short
    assert.deepEqual(got.rows, rows)
  })
}

/** [columns, text without header, code, part of the message, rows that are left]. */
const wrong: readonly (readonly [string, string, string, string, number])[] = [
  ['a int, b int', '1\n1,2\n', 'BAD_CSV', 'fewer', 1],
  ['a int, b int', '1,2,3\n1,2\n', 'BAD_CSV', 'more', 1],
  ['a string, b int', 'x"y,2\n1,2\n', 'BAD_CSV', 'quote inside', 1],
  ['a string, b int', '"x"y,2\n1,2\n', 'BAD_CSV', 'may follow', 1],
  ['a string, b int', '"x,2\n1,2\n', 'BAD_CSV', 'not closed', 1],
  ['a int, b int', 'x,"two\nlines"\n1,2\n', 'BAD_FIELD', 'another type', 1],
  ['a int, b int', '1.5,2\n', 'BAD_FIELD', 'fraction', 0],
  ['a int, b int', '9223372036854775808,2\n', 'BAD_FIELD', 'too large', 0],
  ['a int, b int', '1 2,2\n', 'BAD_FIELD', 'another type', 0],
  ['a int, b int', ',2\n', 'BAD_FIELD', 'not nullable', 0],
  ['a int, b int', '"",2\n', 'BAD_FIELD', 'another type', 0],
  ['a int, b double', '1,.\n', 'BAD_FIELD', 'another type', 0],
  ['a int, b double', '1,1e400\n', 'BAD_FIELD', 'too large', 0],
  ['a int, b double', '1,1e\n', 'BAD_FIELD', 'another type', 0],
  ['a timestamp, b int', '2026-01-01 00:00:00,1\n', 'BAD_FIELD', 'no time zone', 0],
  ['a date, b int', '2026-02-30,1\n', 'BAD_FIELD', 'date', 0],
  ['a json, b int', '[1,2]\n', 'BAD_FIELD', 'JSON|another|line', 0],
  ['a json, b int', '1 2,2\n', 'BAD_JSON', 'follows', 0],
  ['a boolean, b int', 'yes,2\n', 'BAD_FIELD', 'another type', 0],
] // biome-ignore format: a table

for (const [shape, text, code, part, left] of wrong) {
  test(`${shape} ✗ ${JSON.stringify(text)}`, () => {
    const { rows, bad } = decode(shape, text, csv({ header: false }))
    assert.equal(rows.length, left)
    if (shape === 'a json, b int' && text === '[1,2]\n') {
      assert.equal(bad[0]?.code, 'BAD_JSON')
      return
    }
    assert.equal(bad[0]?.code, code)
    assert.match(bad[0]?.message ?? '', new RegExp(part))
  })
}

test('a header that does not fit is refused at once', () => {
  const refused = (text: string, part: RegExp): void =>
    assert.throws(() => decode('a int, b int', text, csv()), (error: Error) => part.test(error.message)) // biome-ignore format: short
  refused('a,c\n1,2\n', /CSV_HEADER.*no column b.*it has: a, c/)
  refused('a,b,a\n1,2,3\n', /column a twice/)
  refused('"a,b\n', /quotes/)
  assert.throws(() => decode('a int', 'a\n', csv({ delimiter: 'x' })), /BAD_FORMAT/)
})

test('positions count lines inside quotes', () => {
  const { bad, places } = decode('a int, b string', 'a,b\n1,"x\ny"\n2,z\nq,w\n3,"\n"\n', csv())
  assert.deepEqual(places, ['2:4', '4:12', '6:20'])
  assert.deepEqual(bad[0]?.where.position, { source: 'test.csv', line: 5, byte: 16, text: 'q,w', column: 'a' })
})
