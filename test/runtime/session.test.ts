// A table asked for its rows: collect, changes, and what happens when something throws.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Session } from '../../src/plan/index.ts'
import { sessionOf } from '../../src/runtime/index.ts'
import { type Table, tableOf } from '../../src/table/index.ts'
import { virtualWorld } from '../../src/testing/index.ts'
import { type EventRow, event, type Log, logSpec, newLog } from './support.ts'

function events(log: Log): Table<EventRow, 'append'> {
  return tableOf<EventRow>(logSpec(log), session(), { time: 'at', lateBy: '10 minutes' })
}

const session = (): Session => sessionOf(virtualWorld())

test('collect gives what is there: where and select', async () => {
  const log = newLog()
  log.push([event(1, 'a', 1), event(2, 'b', 5)])
  log.push([event(3, 'c', 7)])
  const table = events(log)
    .where(e => e.n.gt(2))
    .select(e => ({ key: e.key, twice: e.n.mul(2) }))
  assert.deepEqual(await table.collect(), [
    { key: 'b', twice: 10 },
    { key: 'c', twice: 14 },
  ])
})

test('collect of nothing is an empty table', async () => {
  assert.deepEqual(await events(newLog()).collect(), [])
})

test('first() reads no more than it needs', async () => {
  const log = newLog()
  for (let i = 0; i < 10; i++) log.push([event(i, `k${i}`)])
  let read = 0
  const spec = logSpec(log)
  const counting = {
    ...spec,
    open: async (context: Parameters<typeof spec.open>[0]) => {
      const source = await spec.open(context)
      return {
        ...source,
        async *read(range: Parameters<typeof source.read>[0]) {
          for await (const piece of source.read(range)) {
            read++
            yield piece
          }
        },
      }
    },
  }
  const row = await tableOf<EventRow>(counting, session()).first()
  assert.equal(row?.key, 'k0')
  assert.equal(read, 1)
})

test('a union is all rows of its inputs', async () => {
  const [one, other] = [newLog(), newLog()]
  one.push([event(1, 'a')])
  other.push([event(2, 'b')])
  const rows = await events(one).union(events(other)).collect()
  assert.deepEqual(rows.map(each => each.key).sort(), ['a', 'b'])
})

test('a table used twice is read once', async () => {
  const log = newLog()
  log.push([event(1, 'a', 1), event(2, 'b', 5)])
  const all = events(log)
  const both = all.where(e => e.n.gt(2)).union(all.where(e => e.key.eq('a')))
  const opened = log.wakers.size
  const rows = await both.collect()
  assert.equal(rows.length, 2)
  assert.equal(log.wakers.size, opened, 'the sources are closed')
})

test('changes come as they happen, wait for the reader, and end with the input', async () => {
  const log = newLog()
  log.push([event(1, 'a')])
  const seen: string[] = []
  const reading = (async () => {
    for await (const { row, weight, epoch } of events(log).changes()) seen.push(`${epoch} ${weight} ${row.key}`)
  })()
  const turn = () => new Promise(resolve => setTimeout(resolve, 5))
  await turn()
  assert.deepEqual(seen, ['1 1 a'])
  log.push([event(2, 'b'), event(3, 'c')])
  await turn()
  assert.deepEqual(seen, ['1 1 a', '2 1 b', '2 1 c'])
  log.close()
  await reading
})

test('a reader that leaves stops the run', async () => {
  const log = newLog()
  log.push([event(1, 'a'), event(2, 'b')])
  for await (const { row } of events(log).changes()) {
    assert.equal(row.key, 'a')
    break
  }
  assert.equal(log.wakers.size, 0)
})

test('a signal ends changes', async () => {
  const log = newLog()
  log.push([event(1, 'a')])
  const control = new AbortController()
  const seen: unknown[] = []
  for await (const change of events(log).changes({ signal: control.signal })) {
    seen.push(change)
    control.abort()
  }
  assert.equal(seen.length, 1)
})

test('an error is told with its operator', async () => {
  const log = newLog()
  log.push([event(1, 'a', 0)])
  const table = events(log).select(e => ({ x: e.n.div(e.n) }))
  await assert.rejects(table.collect(), (error: { where: object; code: string }) => {
    assert.equal(error.code, 'DIVISION_BY_ZERO')
    assert.equal((error.where as { operator: string }).operator, 'select-1')
    return true
  })
})
