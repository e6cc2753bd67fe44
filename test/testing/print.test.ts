import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertTable, formatChanges, formatDifference, formatTable, type WeightedRow } from '../../src/testing/index.ts'

const hour = (h: number) => new Date(Date.UTC(2026, 0, 1, h))
const rows = [
  { page: '/', n: 10, mean: 1.5, window: { start: hour(12), end: hour(13) } },
  { page: '/a|b', n: 2, mean: null, window: { start: hour(0), end: new Date(Date.UTC(2026, 0, 1, 0, 0, 1, 250)) } },
]

const lines = (text: string) => text.replace(/^\n/, '').replace(/\n *$/, '')

describe('rows as text', () => {
  test('changes: the weight, then the columns, aligned; structs lie flat', () => {
    const changes = rows.map((row, i): WeightedRow => [row, i === 0 ? 1 : -2])
    assert.equal(
      formatChanges(changes),
      lines(`
 ±  page    n  mean  window.start       window.end
+1  /      10   1.5  2026-01-01 12:00Z  2026-01-01 13:00Z
-2  /a\\|b   2  null  2026-01-01         2026-01-01 00:00:01.250Z`),
    )
    assert.equal(formatChanges([]), '(no changes)')
  })

  test('tables: Markdown that can be read back', () => {
    const text = formatTable(rows)
    assert.equal(text.split('\n')[0], '| page  |  n | mean | window.start      | window.end               |')
    assertTable(rows, text)
    assert.equal(formatTable([]), '(no rows)')
  })

  const values: [what: string, value: unknown, shown: string][] = [
    ['a control character', 'a\u001b[31mb', 'a\\u001b[31mb'],
    ['a bidirectional override', 'a\u202eb', 'a\\u202eb'],
    ['bytes', new Uint8Array([0, 255]), '0x00ff'],
    ['a bigint', 9007199254740993n, '9007199254740993'],
    ['minus zero', -0, '0'],
    ['a list', [1, { a: 2 }], '[1,{"a":2}]'],
    ['an empty object', {}, '{}'],
    ['a missing value', undefined, 'null'],
  ]
  for (const [what, value, shown] of values) {
    test(`shows ${what}`, () =>
      assert.equal(
        formatChanges([[{ v: value }, 1]])
          .split(/\s{2,}|\n\+1\s*/)
          .at(-1),
        shown,
      ))
  }

  test('two tables: what is missing, what is too much, and what both have', () => {
    const text = formatDifference(
      [
        { k: 'a', n: 1 },
        { k: 'b', n: 3 },
        { k: 'c', n: 1 },
      ],
      [
        { k: 'a', n: 1 },
        { k: 'b', n: 2 },
      ],
    )
    assert.equal(text, '   k  n\n   a  1\n-  b  2\n+  b  3\n+  c  1')
  })

  test('two tables: a row too often', () => {
    const row = { k: 'a' }
    assert.equal(formatDifference([row, row, row], [row]), '   k\n   a\n+  a\n+  a')
  })
})

describe('assertTable', () => {
  const same: [why: string, rows: object[], table: string][] = [
    ['in any order', [{ k: 2 }, { k: 1 }], '| k |\n|---|\n| 1 |\n| 2 |'],
    ['without rule and outer bars', [{ k: 1, l: 'x' }], 'k | l\n1 | x'],
    ['some of the columns', [{ k: 1, l: 'x' }], '| l |\n| x |'],
    ['numbers by value', [{ k: 12 }], '| k |\n| 12.0 |'],
    [
      'instants by value',
      [{ at: hour(12) }, { at: hour(0) }, { at: hour(1) }],
      '| at |\n| 2026-01-01 12:00 |\n| 2026-01-01 |\n| 2026-01-01T01:00:00Z |',
    ],
    ['null', [{ k: null }, { k: 1 }], '| k |\n| null |\n| 1 |'],
    ['no rows', [], '| k |\n|---|'],
    ['text that looks like a number', [{ k: '12.0' }], '| k |\n| 12.0 |'],
  ]
  for (const [why, actual, table] of same) test(`agrees: ${why}`, () => assertTable(actual, table))

  const different: [why: string, rows: object[], table: string, message: RegExp][] = [
    ['a value', [{ k: 'a', n: 1 }], '| k | n |\n| a | 2 |', /\n\+ {2}a {2}1\n- {2}a {2}2|\n- {2}a {2}2\n\+ {2}a {2}1/],
    ['a row too few', [], '| k |\n| a |', /\n- {2}a\n/],
    ['a row too often', [{ k: 1 }, { k: 1 }], '| k |\n| 1 |', /\n\+ {2}1\n/],
    ['text that is no number', [{ k: '12' }], '| k |\n| 12.0 |', /12\.0/],
    ['a column that is not there', [{ k: 1 }], '| l |\n| 1 |', /UNKNOWN_COLUMN.*the rows have: k/],
    ['a line with too few cells', [{ k: 1, l: 2 }], '| k | l |\n| 1 |', /BAD_TABLE/],
    ['no table', [], ' \n ', /BAD_TABLE.*no header/],
  ]
  for (const [why, actual, table, message] of different)
    test(`differs: ${why}`, () => assert.throws(() => assertTable(actual, table), message))

  test('order counts when it is asked for', () => {
    assert.throws(() => assertTable([{ k: 2 }, { k: 1 }], '| k |\n| 1 |\n| 2 |', { ordered: true }), /not as expected/)
    assertTable([{ k: 2 }, { k: 1 }], '| k |\n| 2 |\n| 1 |', { ordered: true })
  })

  test('test runners see both tables', () => {
    assert.throws(() => assertTable([{ k: 1 }], '| k |\n| 2 |'), {
      name: 'AssertionError',
      actual: [['1']],
      expected: [['2']],
    })
  })
})
