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
    const view = made.at(i, i)
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
  const first = made.at(0, 0)
  const struct = first['window']
  const second = made.at(1, 1)
  assert.throws(() => first['id'], /STALE_ROW.*\{ \.\.\.row \}/s)
  assert.throws(() => ({ ...first }), /STALE_ROW/)
  assert.equal(second['id'], 1)
  made.release()
  assert.throws(() => second['id'], /STALE_ROW/)
  assert.deepStrictEqual(struct, rows[0]?.window)
})

test('a view can not be written to', () => {
  const view = views().at(0, 0)
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
  const view = made.at(0, 0)
  assert.equal(exact(view, 'at'), 1234n)
  assert.equal(exact({ ...view }, 'at'), 1000n)
  assert.equal(exact(view, 'nothing'), undefined)
})

/** Walk a batch with a function that asks for whole rows from the first one on: the later ones are plain. */
function whole<T>(made: ReturnType<typeof views>, look: (row: Record<string, unknown>, i: number) => T): T[] {
  return rows.map((_, i) => {
    const row = made.at(i, i)
    Object.keys(row)
    return look(row, i)
  })
}

test('the rows of a function that wants whole rows are plain, and read-only like views', () => {
  const made = views()
  const isAccessor = whole(made, row => Object.getOwnPropertyDescriptor(row, 'id')?.get !== undefined)
  assert.deepEqual(isAccessor, [true, false, false])
  assert.deepStrictEqual(
    whole(made, row => ({ ...row })),
    rows,
  )
  whole(made, row => {
    assert.throws(() => {
      row['id'] = 5
    }, TypeError)
    assert.throws(() => {
      row['more'] = 5
    }, TypeError)
  })
})

test('exact and the numbers of selected rows hold for plain rows too', () => {
  const arena = memory.arena()
  const made = rowViews(schema, memory)
  const batch = batchFromRows(
    rows.map((row, i) => ({ ...row, at: BigInt(i) * 1000n + 7n })),
    schema,
    arena,
  )
  made.bind({ ...batch, sel: arena.put(new Uint8Array(Uint32Array.of(0, 2).buffer)), count: 2 })
  const seen = [0, 2].map((row, i) => {
    const view = made.at(row, i)
    Object.keys(view)
    return [view['id'], exact(view, 'at'), exact({ ...view }, 'at')]
  })
  assert.deepEqual(seen, [
    [0, 7n, 0n],
    [2, 2007n, 2000n],
  ])
})
