// Which changes of a query its saved state survives: the query is started, stopped, changed and started again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Node } from '../../src/plan/index.ts'
import { engineOf } from '../../src/runtime/index.ts'
import { virtualWorld } from '../../src/testing/index.ts'
import { every, once } from '../../src/time/index.ts'
import { type Events, eventsOf } from '../laws/queries.ts'
import { event, newLog, newShelf, shelfSpec } from './support.ts'

const counts = (events: Events) => events.groupBy('key').agg(g => ({ n: g.count() }))

async function changedTo(next: (events: Events) => Node): Promise<Error | undefined> {
  const world = virtualWorld()
  const log = newLog()
  log.push([event(1, 'a')])
  const engine = engineOf(world, { memory: '64 MB' })
  const start = async (node: Node, name: string, trigger = once()) => {
    const run = await engine.run(
      'q',
      { node, sink: shelfSpec(newShelf()), mode: 'retract' },
      { name, trigger, unbounded: true },
    )
    await run.stop()
  }
  await start(counts(eventsOf(log)).node, 'first')
  log.push([event(2, 'b')])
  try {
    await start(next(eventsOf(log)), 'second', every('1 second'))
    return undefined
  } catch (error) {
    return error as Error
  }
}

const fine: Readonly<Record<string, (events: Events) => Node>> = {
  'the same, with another sink, name and trigger': events => counts(events).node,
  'a step without state above': events => counts(events).where(e => e.n.gt(1)).node,
  'a step without state below': events => counts(events.where(e => e.n.gt(1))).node,
}
const refused: Readonly<Record<string, (events: Events) => Node>> = {
  'another aggregate': events => events.groupBy('key').agg(g => ({ n: g.n.sum() })).node,
  'another key': events => events.groupBy('n').agg(g => ({ count: g.count() })).node,
  'a window below': events =>
    events
      .window({ tumbling: '1 minute' })
      .groupBy('key')
      .agg(g => ({ n: g.count() })).node,
  'another operator with state': events =>
    counts(events)
      .orderBy(e => e.n)
      .limit(3).node,
  'no state any more': events => events.node,
}

for (const [name, next] of Object.entries(fine)) {
  test(`goes on: ${name}`, async () => assert.equal(await changedTo(next), undefined))
}
for (const [name, next] of Object.entries(refused)) {
  test(`refused: ${name}`, async () => {
    const error = await changedTo(next)
    assert.match(error?.message ?? '', /QUERY_CHANGED.*query q/s)
    assert.match(error?.message ?? '', /^ {2}[-+] (aggregate|top)/m)
    assert.match(error?.message ?? '', /queries\/q/)
  })
}
