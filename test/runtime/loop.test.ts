// The driver on hand-made graphs: the order of calls in an epoch, and when each trigger cuts epochs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Sink, World } from '../../src/data/index.ts'
import { Alarm } from '../../src/runtime/alarm.ts'
import { type EpochPlan, type Machine, sinksOf } from '../../src/runtime/epoch.ts'
import { addVertex, graphOf, outletOf } from '../../src/runtime/graph.ts'
import { openInput } from '../../src/runtime/input.ts'
import { type Journal, runLoop } from '../../src/runtime/loop.ts'
import { openOutput, sinkOperator } from '../../src/runtime/output.ts'
import { virtualWorld } from '../../src/testing/index.ts'
import { asap, availableNow, continuous, every, once, type Trigger, type WatermarkState } from '../../src/time/index.ts'
import {
  allOf,
  Event,
  event,
  type Log,
  logSpec,
  memoryOf,
  newLog,
  newShelf,
  shelfSpec,
  spyOperator,
} from './support.ts'

interface Rig {
  readonly machine: Machine
  readonly alarm: Alarm
  readonly shelf: ReturnType<typeof newShelf>
  readonly told: string[]
  readonly epochs: EpochPlan[]
  stop: boolean
  run(trigger: Trigger, epochRows?: number, journal?: Journal): Promise<'done' | 'stopped'>
}

async function rig(log: Log, world: World, idleAfter?: bigint): Promise<Rig> {
  const graph = graphOf(memoryOf())
  const told: string[] = []
  const shelf = newShelf()
  const outlet = outletOf()
  const alarm = new Alarm(world.clock)
  const signal = new AbortController().signal
  const spy = addVertex(graph, 'spy', [outlet], () => spyOperator('spy', told))
  const hole = { sink: undefined, rows: 0 }
  const vertex = addVertex(graph, 'sink', [spy.outlets[0] as never], () => sinkOperator(hole))
  const input = await openInput(
    {
      id: 'source-1',
      key: 'source-1',
      spec: logSpec(log),
      columns: ['at', 'key', 'n'],
      timeColumn: 0,
      watermark: { lateBy: 0n, idleAfter },
      isStatic: false,
      outlet,
      badRows: undefined,
    },
    { graph, world, wake: () => alarm.ring(), signal },
  )
  const spec = shelfSpec(shelf)
  const output = { id: 'sink-1', spec, schema: Event, mode: 'retract' as const, key: [], hole, vertex, since: 0 }
  await openOutput(output, { graph, world, query: 'q', signal })
  const machine: Machine = { world, graph, inputs: [input], outputs: [output], grafts: [], hold: false, signal }
  const epochs: EpochPlan[] = []
  const it: Rig = {
    machine,
    alarm,
    shelf,
    told,
    epochs,
    stop: false,
    run: (trigger, epochRows = 1000, journal = undefined) =>
      runLoop(machine, {
        trigger,
        epochRows,
        journal,
        alarm,
        stopping: () => it.stop,
        onStatus: () => {},
        onEpoch: plan => epochs.push(plan),
      }),
  }
  return it
}

const MINUTE = 60_000_000n

test('an epoch steps, advances, flushes and seals, then the sink prepares and commits', async () => {
  const log = newLog()
  log.push([event(1), event(2)])
  const it = await rig(log, virtualWorld())
  assert.equal(await it.run(once()), 'done')
  assert.deepEqual(it.told, ['spy step 2', `spy advance 0 ${2n * MINUTE}`, 'spy flush', 'spy seal 1'])
  assert.deepEqual(it.shelf.calls, ['begin 1', 'prepare 1', 'commit 1'])
  assert.deepEqual(
    allOf(it.shelf).map(each => each.row),
    [event(1), event(2)],
  )
})

test('availableNow takes what was there at the start, in several epochs, and ends', async () => {
  const log = newLog()
  for (let i = 0; i < 5; i++) log.push([event(i), event(i)])
  const it = await rig(log, virtualWorld())
  const running = it.run(availableNow(), 4)
  log.push([event(100)])
  assert.equal(await running, 'done')
  assert.deepEqual(
    it.epochs.map(each => each.ranges['source-1']),
    [[{ from: 0, to: 2 }], [{ from: 2, to: 4 }], [{ from: 4, to: 5 }]],
  )
})

test('once is one epoch of everything', async () => {
  const log = newLog()
  for (let i = 0; i < 5; i++) log.push([event(i)])
  const it = await rig(log, virtualWorld())
  await it.run(once(), 2)
  assert.deepEqual(
    it.epochs.map(each => each.ranges['source-1']),
    [[{ from: 0, to: 5 }]],
  )
})

test('asap starts an epoch as soon as there is something, and ends with its input', async () => {
  const log = newLog()
  const world = virtualWorld()
  const it = await rig(log, world)
  const running = it.run(asap)
  await world.clock.settle()
  assert.equal(it.epochs.length, 0)
  log.push([event(1)])
  await world.clock.settle()
  assert.equal(it.epochs.length, 1, 'a push wakes it without time passing')
  log.push([event(2)])
  log.close()
  assert.equal(await running, 'done')
  assert.deepEqual(it.told.slice(-3), [`spy advance 0 ${2n ** 63n - 1n}`, 'spy flush', 'spy seal 2'])
})

test('every starts on its ticks, whatever comes between', async () => {
  const log = newLog()
  const world = virtualWorld({ start: 500 })
  const it = await rig(log, world)
  log.push([event(0)])
  const running = it.run(every('1 second'))
  await world.clock.settle()
  for (const at of [900, 1400, 1500, 1600, 2499]) {
    await world.clock.advanceTo(at)
    log.push([event(at)])
  }
  await world.clock.advanceTo(4000)
  log.push([event(4000)])
  await world.clock.advanceTo(5000)
  it.stop = true
  it.alarm.ring()
  assert.equal(await running, 'stopped')
  assert.deepEqual(
    it.epochs.map(each => [each.now, each.ranges['source-1']?.[0]?.to]),
    [
      [500, 1],
      [1500, 3],
      [2500, 6],
      [4500, 7],
    ],
  )
})

test('an epoch that overruns is followed at once, the missed ticks are skipped', async () => {
  const log = newLog()
  const world = virtualWorld()
  const it = await rig(log, world)
  const costs = [3700, 0, 0]
  const spend = it.machine.graph.vertices[0]?.operator as { seal: (epoch: number) => void }
  spend.seal = () => world.clock.spend(costs.shift() ?? 0)
  for (let i = 0; i < 4; i++) log.push([event(i)])
  const running = it.run(every('1 second'), 1)
  await world.clock.advanceTo(6000)
  it.stop = true
  it.alarm.ring()
  await running
  assert.deepEqual(
    it.epochs.map(each => each.now),
    [0, 3700, 4000, 5000],
  )
})

test('continuous hands rows on at once and closes an epoch each interval', async () => {
  const log = newLog()
  const world = virtualWorld()
  const it = await rig(log, world)
  const running = it.run(continuous('1 second'))
  await world.clock.settle()
  log.push([event(1)])
  await world.clock.settle()
  assert.deepEqual(it.told, ['spy step 1', 'spy flush'])
  assert.equal(it.epochs.length, 0)
  await world.clock.advanceTo(300)
  log.push([event(2)])
  await world.clock.advanceTo(1000)
  assert.deepEqual(it.epochs, [
    {
      epoch: 1,
      now: 1000,
      since: 0,
      ranges: {
        'source-1': [
          { from: 0, to: 1 },
          { from: 1, to: 2 },
        ],
      },
      ended: [],
      flow: [
        { input: 'source-1', now: 0 },
        { input: 'source-1', now: 300 },
      ],
    },
  ])
  assert.deepEqual(it.shelf.calls, ['begin 1', 'prepare 1', 'commit 1'])
  await world.clock.advanceTo(5000)
  assert.equal(it.epochs.length, 1, 'an interval without rows makes no epoch')
  log.push([event(3)])
  log.close()
  assert.equal(await running, 'done')
  assert.equal(it.epochs.length, 2)
})

test('a silent partition stops holding the watermark in an epoch of its own', async () => {
  const log = newLog()
  const world = virtualWorld()
  const it = await rig(log, world, 30_000_000n)
  log.push([event(10)], 'a')
  log.push([event(1)], 'b')
  const running = it.run(asap)
  await world.clock.advanceTo(20_000)
  log.push([event(11)], 'a')
  await world.clock.advanceTo(29_999)
  assert.equal(it.epochs.length, 2)
  await world.clock.advanceTo(30_000)
  assert.deepEqual(it.epochs.at(-1), { epoch: 3, now: 30_000, since: 0, ranges: {}, ended: [] })
  assert.equal(it.told.at(-3), `spy advance 0 ${11n * MINUTE}`)
  log.close()
  await running
})

test('between epochs sinks are asked what has to happen without rows, and when again', async () => {
  const log = newLog()
  const world = virtualWorld()
  const it = await rig(log, world)
  const sink = sinksOf(it.machine)[0] as Sink
  const asked: number[] = []
  const start = world.clock.now()
  sink.idle = async () => {
    asked.push(world.clock.now() - start)
    return 40_000
  }
  const running = it.run(every('2 minutes'))
  await world.clock.settle()
  for (let i = 0; i < 6; i++) await world.clock.advance(20_000)
  assert.deepEqual(asked.slice(0, 3), [0, 40_000, 80_000])
  it.stop = true
  it.alarm.ring()
  assert.equal(await running, 'stopped')
})

/** A journal that has committed one epoch and planned the next. */
function planned(pending: EpochPlan): Journal {
  let committed = pending.epoch - 1
  return {
    get committed() {
      return committed
    },
    get pending() {
      return committed < pending.epoch ? pending : undefined
    },
    async writePlan() {},
    async saveState() {},
    async writeCommit(plan) {
      committed = plan.epoch
    },
  }
}

/** Do a planned epoch in a later life, at 9 seconds; how far the watermark came. */
async function doAgain(
  log: Log,
  plan: EpochPlan,
  trigger: Trigger,
  saved?: WatermarkState,
): Promise<string | undefined> {
  const it = await rig(log, virtualWorld({ start: 9000 }), 500_000n)
  if (saved !== undefined) it.machine.inputs[0]?.tracker.load(saved)
  const running = it.run(trigger, 1000, planned(plan))
  it.stop = true
  assert.equal(await running, 'stopped')
  return it.told.find(each => each.startsWith('spy advance'))
}

test('continuous: an epoch that is done again sees its rows when they were first seen', async () => {
  const log = newLog()
  const world = virtualWorld()
  const it = await rig(log, world, 500_000n)
  const running = it.run(continuous('1 second'))
  log.push([event(1)], 'slow')
  await world.clock.advanceTo(600)
  log.push([event(10)], 'fast')
  await world.clock.advanceTo(1000)
  it.stop = true
  it.alarm.ring()
  await running
  const [plan] = it.epochs
  assert.ok(plan !== undefined)
  const expected = `spy advance 0 ${10n * MINUTE}`
  assert.ok(it.told.includes(expected), 'the slow partition was silent for longer than 500 ms')
  assert.equal(await doAgain(log, plan, continuous('1 second')), expected)
})

test('an epoch that is done again counts silence from the start of the life that planned it', async () => {
  const log = newLog()
  log.push([event(1)], 'slow')
  log.push([event(20)], 'fast')
  const saved: WatermarkState = {
    watermark: String(-(2n ** 63n)),
    passed: String(-(2n ** 63n)),
    partitions: [['slow', String(MINUTE), 0]],
  }
  const first = await rig(log, virtualWorld({ start: 4000 }), 500_000n)
  first.machine.inputs[0]?.tracker.load(saved)
  const input = first.machine.inputs[0]
  if (input !== undefined) input.offset = 1
  await first.run(once())
  const [plan] = first.epochs
  assert.ok(plan !== undefined)
  const expected = `spy advance 0 ${MINUTE}`
  assert.ok(first.told.includes(expected), 'the slow partition still holds: nobody looked while nothing ran')
  assert.equal(await doAgain(log, plan, asap, saved), expected)
})

test('an operator is told the time of the epoch, and has an epoch when it asks for one', async () => {
  const log = newLog()
  const world = virtualWorld({ start: 500 })
  const it = await rig(log, world)
  const ticks: number[] = []
  let wake = Number.POSITIVE_INFINITY
  const source = it.machine.inputs[0]?.plan.outlet as never
  addVertex(it.machine.graph, 'sleeper', [source], () => ({
    ...spyOperator('sleeper', []),
    tick(now) {
      ticks.push(now)
      if (now >= wake) wake = Number.POSITIVE_INFINITY
    },
    wakeAt: () => wake,
    step() {
      wake = 2500
    },
  }))
  log.push([event(1)])
  const running = it.run(asap)
  await world.clock.settle()
  assert.deepEqual(ticks, [500, 500], 'before the rows and before the end')
  await world.clock.advanceTo(2499)
  assert.equal(it.epochs.length, 1)
  await world.clock.advanceTo(2500)
  assert.equal(it.epochs.length, 2, 'without a row')
  assert.deepEqual(ticks.slice(2), [2500, 2500])
  await world.clock.advanceTo(9000)
  assert.equal(it.epochs.length, 2)
  it.stop = true
  it.alarm.ring()
  await running
})
