import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { type ConsoleOptions, consoleSink } from '../../src/connectors/index.ts'
import type { Mode } from '../../src/data/index.ts'
import { field, scalars, schemaOf } from '../../src/types/index.ts'
import { openSink } from './drive.ts'

const schema = schemaOf([
  field('name', scalars.string, true),
  field('n', scalars.int),
  field('at', scalars.timestamp, true),
])

async function printed(rows: object[], options: ConsoleOptions = {}, mode: Mode = 'append', weights?: number[]) {
  let text = ''
  const to = new Writable({
    write(chunk, _encoding, done) {
      text += chunk
      done()
    },
  })
  const { epoch } = await openSink(consoleSink({ ...options, to }), schema, { mode })
  await epoch(7, rows, weights)
  return text
}

test('an aligned table: text left, numbers right, nulls named', async () => {
  const rows = [
    { name: 'a', n: 1, at: new Date('2001-02-03T04:05:06Z') },
    { name: null, n: -1234, at: null },
    { name: '日本', n: 0, at: new Date('2001-02-03T04:05:06.789Z') },
  ]
  assert.equal(
    await printed(rows),
    [
      'epoch 7: 3 rows',
      'name      n  at',
      '----  -----  ------------------------',
      'a         1  2001-02-03 04:05:06Z',
      'null  -1234  null',
      '日本      0  2001-02-03 04:05:06.789Z',
      '\n',
    ].join('\n'),
  )
})

test('cells are truncated, rows are limited, control characters are shown', async () => {
  const rows = [
    { name: 'abcdefghij', n: 1, at: null },
    { name: '\u001b[31mred\n', n: 2, at: null },
    { name: 'x', n: 3, at: null },
    { name: 'y', n: 4, at: null },
  ]
  const text = await printed(rows, { truncate: 6, rows: 2 })
  assert.match(text, /^abcde… {2}1 {2}null$/m)
  assert.match(text, /^… and 2 more rows$/m)
  assert.ok(!text.includes('\u001b'))
  assert.match(await printed(rows, { truncate: false }), /\\u001b\[31mred\\u000a/)
})

test('weights are shown in retract mode', async () => {
  const rows = [
    { name: 'old', n: 1, at: null },
    { name: 'new', n: 2, at: null },
  ]
  const lines = (await printed(rows, {}, 'retract', [-1, 1])).split('\n')
  assert.deepEqual(lines.slice(1, 5), [
    '±   name  n  at',
    '--  ----  -  ----',
    '-1  old   1  null',
    '+1  new   2  null',
  ])
})

test('an epoch without rows prints nothing', async () => {
  assert.equal(await printed([]), '')
})

test('a title tells two consoles apart, and can not draw on the terminal', async () => {
  const rows = [{ name: 'a', n: 1, at: null }]
  assert.match(await printed(rows, { title: 'late flights' }), /^late flights, epoch 7: 1 row\n/)
  assert.ok(!(await printed(rows, { title: '\u001b[2J' })).includes('\u001b'))
  assert.equal(consoleSink({ title: 'late flights' }).name, 'late flights')
})
