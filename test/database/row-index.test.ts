// The rows of a store are the sum of their changes, keys are kept apart, and a change that fails changes nothing: compared with
// a list of rows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RowIndex } from '../../src/database/row-index.ts'
import type { Row, Weighted } from '../../src/database/rows.ts'
import type { Unique } from '../../src/sql/index.ts'
import { field, schemaOf, scalars as t } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'

const schema = schemaOf([field('k', t.bigint), field('u', t.string, true), field('v', t.double, true)])
const primary: Unique = { name: 't_pkey', columns: ['k'], nullsEqual: false } as Unique
const unique: Unique = { name: 't_u_key', columns: ['u'], nullsEqual: false } as Unique
const pair: Unique = { name: 't_u_v_key', columns: ['u', 'v'], nullsEqual: true } as Unique

const show = (rows: readonly Weighted[]): string[] => {
  const sums = new Map<string, number>()
  for (const { row, weight } of rows) {
    const text = `${row['k']} ${row['u']} ${row['v']}`
    sums.set(text, (sums.get(text) ?? 0) + weight)
  }
  return [...sums].flatMap(([text, weight]) => (weight === 0 ? [] : [`${weight}×${text}`])).sort()
}

const rowOf = (rng: Rng): Row => ({
  k: BigInt(rng.int(0, 12)),
  u: rng.pick([null, 'a', 'b', 'c', 'a text longer than twelve']),
  v: rng.pick([null, 0, 1.5]),
})

/** Of each key, whether some rows share it. */
function clash(rows: readonly Weighted[], { columns, nullsEqual }: Unique): boolean {
  const sums = new Map<string, number>()
  for (const { row, weight } of rows) {
    if (!nullsEqual && columns.some(name => row[name] === null)) continue
    const key = columns.map(name => String(row[name])).join()
    sums.set(key, (sums.get(key) ?? 0) + weight)
  }
  return [...sums.values()].some(each => each > 1)
}

seeded('what is there is the sum of the changes', rng => {
  const uniques = rng.pick([[], [primary], [unique], [pair, primary, unique]])
  const index = new RowIndex('t', schema, uniques)
  let model: Weighted[] = []
  for (let step = rng.int(1, 12); step > 0; step--) {
    const comes = rng.list(4, (): Weighted => ({ row: rowOf(rng), weight: rng.oneIn(6) ? 2 : 1 }))
    const there = model.filter(each => each.weight > 0)
    const goes = there.length > 0 && rng.oneIn(2) ? [{ ...rng.pick(there), weight: -1 }] : []
    const changes = [...goes, ...comes]
    const after = [...model, ...changes]
    const fails = uniques.some(each => clash(after, each))
    const change = (): void => index.change(index.pack(changes))
    if (fails) assert.throws(change, { code: 'DUPLICATE_KEY' })
    else {
      change()
      model = sumOf(after)
    }
    assert.deepEqual(show(index.unpack(index.rows())), show(model))
    assert.equal(index.count, model.length)
    const asked = rng.list(5, () => rowOf(rng))
    const weightIn = (row: Row): number => model.find(each => show([each])[0]?.endsWith(`×${textOf(row)}`))?.weight ?? 0
    assert.deepEqual(index.weightsOf(asked), asked.map(weightIn))
    checkParted(index, uniques, model, asked)
    for (const each of uniques)
      assert.deepEqual(
        index.has(each, asked),
        asked.map(row => hasKey(model, each, row)),
      )
  }
})

/** Rows that would come: the first of each key, by whether the key is there. */
function checkParted(
  index: RowIndex,
  uniques: readonly Unique[],
  model: readonly Weighted[],
  rows: readonly Row[],
): void {
  const taken = new Set<string>()
  const expected = { fresh: [] as Weighted[], held: [] as Weighted[], isTwice: false }
  for (const row of rows) {
    const keys = uniques.filter(({ columns, nullsEqual }) => nullsEqual || columns.every(name => row[name] !== null))
    const ids = keys.map(key => `${key.name} ${key.columns.map(name => String(row[name])).join()}`)
    const isTwice = ids.some(id => taken.has(id))
    const isThere = keys.some(key => hasKey(model, key, row))
    for (const id of ids) taken.add(id)
    expected.isTwice ||= isTwice
    if (!isTwice) expected[isThere ? 'held' : 'fresh'].push({ row, weight: 1 })
  }
  const { fresh, held, isTwice } = index.parted(index.pack(rows.map(row => ({ row, weight: 1 }))), uniques)
  assert.deepEqual({ fresh: index.unpack(fresh), held: index.unpack(held), isTwice }, expected)
}

const textOf = (row: Row): string => `${row['k']} ${row['u']} ${row['v']}`

function hasKey(rows: readonly Weighted[], { columns, nullsEqual }: Unique, row: Row): boolean {
  if (!nullsEqual && columns.some(name => row[name] === null)) return false
  return rows.some(each => columns.every(name => each.row[name] === row[name]))
}

function sumOf(rows: readonly Weighted[]): Weighted[] {
  const sums = new Map<string, { row: Row; weight: number }>()
  for (const { row, weight } of rows) {
    const known = sums.get(textOf(row))
    if (known === undefined) sums.set(textOf(row), { row, weight })
    else known.weight += weight
  }
  return [...sums.values()].filter(each => each.weight !== 0)
}

test('many rows, batch by batch: the key that is there twice is told, and nothing stays of the rest', () => {
  const index = new RowIndex('t', schema, [primary, unique])
  const rows = (from: number, count: number): Weighted[] =>
    Array.from({ length: count }, (_, i) => ({ row: { k: BigInt(from + i), u: `u ${from + i}`, v: i }, weight: 1 }))
  index.change(index.pack(rows(0, 10_000)))
  assert.throws(() => index.change(index.pack(rows(9_999, 10_000))), /t already has a row|9999/)
  assert.equal(index.count, 10_000)
  assert.throws(() => index.change(index.pack([{ row: { k: 20_000n, u: 'u 5', v: 1 }, weight: 1 }])), /u 5/)
  const missing: Weighted = { row: { k: null, u: 'x', v: 1 }, weight: 1 }
  assert.throws(() => index.change(index.pack([...rows(10_000, 5000), missing])), { code: 'BAD_VALUE' })
  assert.equal(index.count, 10_000)
  index.change(index.pack(rows(0, 10_000).map(({ row }) => ({ row, weight: -1 }))))
  assert.equal(index.count, 0)
})
