// A view is a plain object to who looks at it, while it may be looked at.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, exact, Memory, rowViews } from '../../src/data/index.ts'
import { field, schemaOf, scalars as t } from '../../src/types/index.ts'

const memory = new Memory()
const schema = schemaOf([
  field('id', t.int),
  field('name', t.string, true),
  field('at', t.timestamp),
  field('window', { kind: 'struct', fields: [field('start', t.timestamp), field('end', t.timestamp)] }),
  field('last', t.double, true),
])
const at = new Date(86_400_000)
const rows = ['a', null, 'a longer name than twelve'].map((name, id) => ({
  id,
  name,
  at,
  window: { start: at, end: new Date(id) },
  last: id === 1 ? null : id / 2,
}))

function views() {
  const arena = memory.arena()
  const made = rowViews(schema, memory)
  made.bind(batchFromRows(rows, schema, arena))
  return made
}

test('spread, rest, keys, entries and JSON see plain values', () => {
  const made = views()
  rows.forEach((row, i) => {
    const view = made.at(i)
    assert.deepStrictEqual({ ...view }, row)
    assert.deepStrictEqual(Object.keys(view), Object.keys(row))
    assert.equal(JSON.stringify(view), JSON.stringify(row))
    const { id, ...rest } = view
    assert.deepStrictEqual({ id, ...rest }, row)
    assert.ok('name' in view)
    assert.equal(view['nothing'], undefined)
  })
})

test('a row read after its call is stale, never another row', () => {
  const made = views()
  const first = made.at(0)
  const struct = first['window']
  const second = made.at(1)
  assert.throws(() => first['id'], /STALE_ROW.*\{ \.\.\.row \}/s)
  assert.throws(() => ({ ...first }), /STALE_ROW/)
  assert.equal(second['id'], 1)
  made.release()
  assert.throws(() => second['id'], /STALE_ROW/)
  assert.deepStrictEqual(struct, rows[0]?.window)
})

test('a view can not be written to', () => {
  const view = views().at(0)
  assert.throws(() => {
    view['id'] = 5
  }, TypeError)
  assert.throws(() => {
    view['more'] = 5
  }, TypeError)
})

test('exact gives the microseconds that a Date drops', () => {
  const arena = memory.arena()
  const made = rowViews(schema, memory)
  made.bind(batchFromRows([{ ...rows[0], at: 1234n }], schema, arena))
  const view = made.at(0)
  assert.equal(exact(view, 'at'), 1234n)
  assert.equal(exact({ ...view }, 'at'), 1000n)
  assert.equal(exact(view, 'nothing'), undefined)
})
