// The handle of a run: stopping at any moment, failures that nobody awaits, listeners that throw, several runs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SinkSpec } from '../../src/data/index.ts'
import { engineOf, type Run, type RunOptions } from '../../src/runtime/index.ts'
import { virtualWorld } from '../../src/testing/index.ts'
import { once } from '../../src/time/index.ts'
import { eventsOf } from '../laws/queries.ts'
import { allOf, event, type Log, newLog, newShelf, type Shelf, shelfSpec } from './support.ts'

interface Desk {
  readonly world: ReturnType<typeof virtualWorld>
  readonly log: Log
  readonly shelf: Shelf
  readonly engine: ReturnType<typeof engineOf>
  start(options?: RunOptions, id?: string, sink?: SinkSpec): Promise<Run>
}

function desk(): Desk {
  const world = virtualWorld({ start: 1_000_000 })
  const log = newLog()
  const shelf = newShelf()
  const engine = engineOf(world, { memory: '64 MB' })
  const start: Desk['start'] = (options, id = 'q', sink = shelfSpec(shelf)) =>
    engine.run(id, { node: eventsOf(log).node, sink, mode: 'append' }, options)
  return { world, log, shelf, engine, start }
}

/** A sink that calls `during` in the middle of its first epoch. */
function meddling(shelf: Shelf, during: () => void): SinkSpec {
  const spec = shelfSpec(shelf)
  let told = false
  return {
    ...spec,
    open: async context => {
      const sink = await spec.open(context)
      const write = sink.write.bind(sink)
      return Object.assign(sink, {
        write: (batch: Parameters<typeof write>[0]) => {
          if (!told) during()
          told = true
          write(batch)
        },
      })
    },
  }
}

test('stop finishes the epoch, stop now gives it up and the next start does it again', async () => {
  for (const now of [false, true]) {
    const { log, shelf, engine, start, world } = desk()
    for (let i = 0; i < 5; i++) log.push([event(i)])
    const running: { stopped?: Promise<void> | undefined } = {}
    await start(
      {},
      'q',
      meddling(shelf, () => {
        running.stopped = engine.runs[0]?.stop({ now })
      }),
    )
    await world.clock.settle()
    await running.stopped
    assert.equal(shelf.closed, 'stopped')
    assert.equal(allOf(shelf).length, now ? 0 : 5)
    const again = newShelf()
    await (await start({ trigger: once() }, 'q', shelfSpec(again))).done
    assert.equal(allOf(again).length, now ? 5 : 0)
  }
})

test('a failure nobody awaits ends no process, and is thrown where the run is given back', async () => {
  const unhandled: unknown[] = []
  const hear = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', hear)
  const { log, start, world, engine } = desk()
  const run = await start(
    {},
    'q',
    meddling(newShelf(), () => assert.fail('sink')),
  )
  log.push([event(1)])
  await world.clock.settle()
  assert.deepEqual([run.status, run.error?.code, engine.runs.length], ['failed', 'OPERATOR_FAILED', 0])
  await run.stop()
  await assert.rejects(async () => run[Symbol.asyncDispose](), { code: 'OPERATOR_FAILED' })
  await assert.rejects(run.done, { code: 'OPERATOR_FAILED' })
  await run[Symbol.asyncDispose]()
  assert.deepEqual(unhandled, [])
  process.off('unhandledRejection', hear)
})

test('a listener that throws is told to those that listen to errors, and harms nothing', async () => {
  const { log, shelf, start, world } = desk()
  const run = await start()
  const heard: string[] = []
  run.on('progress', () => assert.fail('progress'))
  run.on('state', () => assert.fail('state'))
  run.on('error', error => heard.push(error.code))
  const silent = run.on('error', () => assert.fail('error'))
  log.push([event(1)])
  await world.clock.settle()
  silent()
  assert.equal(run.status, 'waiting')
  assert.equal(allOf(shelf).length, 1)
  assert.ok(heard.length >= 2 && heard.every(code => code === 'FUNCTION_FAILED'), `${heard}`)
  await run.stop()
  assert.equal(run.error, undefined)
})

test('signals: one that is aborted already starts nothing, one that aborts while it opens stops it', async () => {
  const { start, engine, world } = desk()
  await assert.rejects(start({ signal: AbortSignal.abort() }), { code: 'CANCELLED' })
  assert.equal(engine.runs.length, 0)
  const abort = new AbortController()
  const starting = start({ signal: abort.signal })
  abort.abort()
  const run = await starting
  await world.clock.settle()
  assert.equal(run.status, 'stopped')
  assert.equal(engine.runs.length, 0)
})

test('an engine that is closed while a run opens gives the run back', async () => {
  const { start, engine } = desk()
  const starting = start()
  const refused = assert.rejects(starting, { code: 'ENGINE_CLOSED' })
  await engine.close()
  await refused
  assert.equal(engine.runs.length, 0)
})

test('closing the engine lets every run finish its epoch', async () => {
  const { log, engine, start } = desk()
  const shelves = [newShelf(), newShelf()]
  log.push([event(1)])
  const closing: Promise<void>[] = []
  for (const [i, shelf] of shelves.entries())
    await start(
      {},
      `q${i}`,
      meddling(shelf, () => void (i === 1 && closing.push(engine.close()))),
    )
  await new Promise(setImmediate)
  await Promise.all(closing)
  assert.equal(closing.length, 1)
  assert.deepEqual(
    shelves.map(each => allOf(each).length),
    [1, 1],
  )
})

test('recent progress is bounded', async () => {
  const { log, start, world } = desk()
  const run = await start()
  for (let i = 0; i < 120; i++) {
    log.push([event(i)])
    await world.clock.settle()
  }
  assert.equal(run.progress.recent.length, 100)
  assert.equal(run.progress.last?.epoch, 120)
  await run.stop()
})
