// Every kind of node through the whole engine, as a small table in and a small table out.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Session } from '../../src/plan/index.ts'
import { sessionOf } from '../../src/runtime/index.ts'
import { type Table, tableOf } from '../../src/table/index.ts'
import { virtualWorld } from '../../src/testing/index.ts'
import { field, scalars, schemaOf } from '../../src/types/index.ts'
import { type EventRow, event, type Log, logSpec, newLog } from './support.ts'

const session: Session = sessionOf(virtualWorld())

const events = (log: Log): Table<EventRow, 'append'> =>
  tableOf<EventRow>(logSpec(log), session, { time: 'at', lateBy: '1 minute' })

function some(): Log {
  const log = newLog()
  log.push([event(1, 'b', 1), event(2, 'a', 5)])
  log.push([event(3, 'c', 3), event(4, 'a', 4)])
  return log
}

interface Name {
  readonly key: string
  readonly name: string
}

function names(): Table<Name, 'append'> {
  const log = newLog()
  log.push([
    { key: 'a', name: 'Anna' },
    { key: 'b', name: 'Bert' },
  ])
  log.close()
  const schema = schemaOf([field('key', scalars.string), field('name', scalars.string)])
  return tableOf<Name>({ ...logSpec(log, schema, 'names'), bounded: true }, session)
}

test('orderBy and limit: in order, the keys need not be columns of the result', async () => {
  const rows = await events(some())
    .orderBy(e => e.n.desc())
    .limit(3)
    .select(e => ({ key: e.key }))
    .collect()
  assert.deepEqual(rows, [{ key: 'a' }, { key: 'a' }, { key: 'c' }])
})

test('orderBy without limit: everything in order', async () => {
  const rows = await events(some())
    .orderBy(e => [e.key, e.n.desc()])
    .collect()
  assert.deepEqual(
    rows.map(({ key, n }) => `${key}${n}`),
    ['a5', 'a4', 'b1', 'c3'],
  )
})

test('limit by arrival', async () => {
  assert.deepEqual(
    (await events(some()).limit(2).collect()).map(each => each.n),
    [1, 5],
  )
})

test('map, filter and flatMap run plain functions', async () => {
  const rows = await events(some())
    .filter(row => row.key === 'a')
    .flatMap(
      row => [
        { key: row.key, half: row.n / 2 },
        { key: 'copy', half: 0 },
      ],
      schemaOf([field('key', scalars.string), field('half', scalars.double)]) as never,
    )
    .collect()
  assert.deepEqual(rows, [
    { key: 'a', half: 2.5 },
    { key: 'copy', half: 0 },
    { key: 'a', half: 2 },
    { key: 'copy', half: 0 },
  ])
})

test('a join with a static table, inner and left', async () => {
  const joined = (type: 'inner' | 'left') =>
    events(some())
      .join(names(), { type, on: (e, n) => e.key.eq(n.key), select: (e, n) => ({ n: e.n, name: n.name }) })
      .collect()
  const sorted = async (type: 'inner' | 'left') => (await joined(type)).toSorted((a, b) => a.n - b.n)
  assert.deepEqual(await sorted('inner'), [
    { n: 1, name: 'Bert' },
    { n: 4, name: 'Anna' },
    { n: 5, name: 'Anna' },
  ])
  assert.deepEqual(await sorted('left'), [
    { n: 1, name: 'Bert' },
    { n: 3, name: null },
    { n: 4, name: 'Anna' },
    { n: 5, name: 'Anna' },
  ])
})

test('the static side may be computed: it is whole before the stream begins', async () => {
  const lengths = names()
    .groupBy('key')
    .agg(g => ({ most: g.name.max() }))
  const rows = await events(some())
    .join(lengths, { on: (e, l) => e.key.eq(l.key), select: (e, l) => ({ n: e.n, most: l.most }) })
    .collect()
  assert.equal(rows.length, 3)
})

test('rows without event time lie in no window and are late rows', async () => {
  const log = newLog()
  const schema = schemaOf([field('at', scalars.timestamp, true), field('n', scalars.int)])
  log.push([
    { at: new Date(0), n: 1 },
    { at: null, n: 2 },
  ])
  const table = tableOf<{ at: Date; n: number }>(logSpec(log, schema), session, { time: 'at' })
  const windowed = table
    .window({ tumbling: '1 minute' })
    .groupBy('n')
    .agg(g => ({ count: g.count() }))
  assert.deepEqual(
    (await windowed.collect()).map(each => each.n),
    [1],
  )
  assert.deepEqual(
    (await windowed.late.collect()).map(each => [each.n, each.reason]),
    [[2, 'null event time']],
  )
})

test('explain tells the plan, the rules, and the stages', () => {
  const text = events(some())
    .where(e => e.n.gt(2))
    .groupBy('key')
    .agg(g => ({ n: g.count() }))
    .explain()
  assert.match(text, /^plan\n/)
  assert.match(text, /rules applied: /)
  assert.match(text, /stage-2.*aggregate-1/s)
})

test('what a batch could do, an endless run is refused before it begins', async () => {
  const changes = events(some())
    .orderBy(e => e.n)
    .changes()
  await assert.rejects(changes.next(), { code: 'SORT_UNBOUNDED' })
})
