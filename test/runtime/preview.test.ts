// What a run would find if it were started: asked beside a run that is going on, and nothing is written.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineOf, preview } from '../../src/runtime/index.ts'
import { virtualWorld } from '../../src/testing/index.ts'
import { asap } from '../../src/time/index.ts'
import { eventsOf, queries } from '../laws/queries.ts'
import { shelfOnDisk } from './disk-shelf.ts'
import { event, newLog } from './support.ts'

test('new, the same, changed: while the run goes on', async () => {
  const world = virtualWorld()
  const log = newLog()
  log.push([event(1), event(2, 'b')])
  const output = (name: string, folder = 'out') => ({
    node: (queries[name] as (typeof queries)[string]).node(eventsOf(log)),
    sink: shelfOnDisk(folder),
    mode: 'retract' as const,
  })
  const look = (...outputs: readonly ReturnType<typeof output>[]) => preview(world.disk, 'm', 'q', outputs)
  assert.deepEqual(await look(output('groups')), { state: 'new', diff: '', fix: '' })

  const engine = engineOf(world, { dir: 'm', memory: '64 MB' })
  const run = await engine.run('q', output('groups'), { trigger: asap, unbounded: true })
  await new Promise<void>(resolve => void run.on('progress', () => resolve()))
  const steps = world.disk.steps
  assert.equal((await look(output('groups'))).state, 'same')
  const other = await look(output('groups of groups'))
  assert.equal(other.state, 'needs consent')
  assert.match(other.fix, /sink test files out can not be brought up to date \(it holds rows/)
  const more = await look(output('groups'), output('distinct rows', 'keys'))
  assert.match(more.diff, /\+ distinct +computed from the beginning/)
  assert.match(more.fix, /confirm: '[0-9a-f]{8}'/)
  assert.equal(world.disk.steps, steps, 'nothing was written')
  await run.stop()
})
