// Large epochs share the thread: between two turns of the host no more than a batch of rows leaves a flush, and no more
// than a block of state is saved or restored. The clock of these tests finds every slice used up.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Mode } from '../../src/data/index.ts'
import { engineOf } from '../../src/runtime/index.ts'
import { tableOf } from '../../src/table/index.ts'
import { VirtualClock, type VirtualWorld, virtualWorld } from '../../src/testing/index.ts'
import { once } from '../../src/time/index.ts'
import { allOf, type EventRow, event, integrate, type Log, logSpec, newLog, newShelf, shelfSpec } from './support.ts'

const ROWS = 20_000
const BATCH = 4096

class TiringClock extends VirtualClock {
  #ticks = 0
  readonly onBreathe: () => void
  constructor(onBreathe: () => void) {
    super()
    this.onBreathe = onBreathe
  }
  override ticks(): number {
    this.#ticks += 5
    return this.#ticks
  }
  override breathe(): Promise<void> {
    this.onBreathe()
    return super.breathe()
  }
}

interface Told {
  breaths: number
  /** Most rows that left between two breaths. */
  most: number
}

async function runOnce(world: VirtualWorld, log: Log, mode: Mode, told: Told) {
  const shelf = newShelf()
  const spec = shelfSpec(shelf)
  let since = 0
  const clock = new TiringClock(() => {
    told.breaths++
    told.most = Math.max(told.most, since)
    since = 0
  })
  const events = tableOf<EventRow>(logSpec(log), undefined as never, { time: 'at', idleAfter: 'never' })
  const groups = events.groupBy('key').agg(g => ({ n: g.count() }))
  const sink = {
    ...spec,
    open: async (context: Parameters<typeof spec.open>[0]) => {
      const opened = await spec.open(context)
      const write = opened.write.bind(opened)
      return Object.assign(opened, {
        write: (batch: Parameters<typeof write>[0]) => {
          since += batch.count
          write(batch)
        },
      })
    },
  }
  const engine = engineOf({ ...world, clock }, { dir: 'm', memory: '256 MB' })
  const run = await engine.run('q', { node: groups.node, sink, mode }, { trigger: once(), unbounded: true })
  await run.done
  return { shelf, progress: run.progress.last }
}

function logOf(keys: number): Log {
  const log = newLog()
  for (let at = 0; at < keys; at += 4000) {
    log.push(Array.from({ length: Math.min(4000, keys - at) }, (_, i) => event(1, `key ${at + i}`)))
  }
  return log
}

for (const mode of ['retract', 'update', 'complete'] as const) {
  test(`${mode}: an epoch of ${ROWS} groups leaves in slices, and is saved and restored in slices`, async () => {
    const world = virtualWorld()
    const log = logOf(ROWS)
    const first: Told = { breaths: 0, most: 0 }
    const { shelf, progress } = await runOnce(world, log, mode, first)
    assert.equal(integrate(allOf(shelf)).length, ROWS)
    assert.equal(progress?.rowsOut, ROWS)
    assert.ok(first.most <= BATCH, `${first.most} rows between two breaths`)
    // Rows leave in 5 batches, groups are settled in 5, and 20,000 groups are more than 8 blocks of state.
    assert.ok(first.breaths > 18, `${first.breaths} breaths`)

    log.push([event(2, 'key 7')])
    const second: Told = { breaths: 0, most: 0 }
    const again = await runOnce(world, log, mode, second)
    assert.equal(again.progress?.stateRows, progress?.stateRows)
    assert.ok(second.breaths > 8, `${second.breaths} breaths to restore`)
    const changed = [...(mode === 'complete' ? [] : allOf(shelf)), ...allOf(again.shelf)]
    assert.deepEqual(
      integrate(changed)
        .filter(each => each.includes('key 7"'))
        .at(-1),
      '1 x {"key":"key 7","n":2}',
    )
  })
}
