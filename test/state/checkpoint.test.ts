// The files of a query: what is committed comes back, whatever was cut short; what is damaged is refused by name.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Checkpoint, folderOf } from '../../src/state/index.ts'
import { Crashed, type VirtualWorld, virtualWorld } from '../../src/testing/index.ts'
import { everyStep } from '../support/depth.ts'
import { blockOf, type Entries, entriesOf } from './support.ts'

const open = (world: VirtualWorld, id = 'q'): Promise<Checkpoint> =>
  Checkpoint.open({ disk: world.disk, clock: world.clock, dir: 'd', id })

async function run(checkpoint: Checkpoint, epoch: number, entries: Entries): Promise<void> {
  await checkpoint.writePlan(epoch, { epoch })
  await checkpoint.saveState(epoch, writer => writer.put('s', blockOf(entries)))
  await checkpoint.commit(epoch, { at: epoch })
}

async function stateOf(checkpoint: Checkpoint): Promise<Record<string, string | undefined>> {
  const state: Record<string, string | undefined> = {}
  await checkpoint.restore((_store, block) => {
    for (const [key, value] of entriesOf(block)) {
      if (value === undefined) delete state[key]
      else state[key] = value
    }
  })
  return state
}

/** Epoch N sets key N % 7 and deletes key (N + 3) % 7. */
const changesAt = (epoch: number): Entries => [
  [`k${epoch % 7}`, `v${epoch}`],
  [`k${(epoch + 3) % 7}`, undefined],
]

function stateAt(epoch: number): Record<string, string | undefined> {
  const state = new Map<string, string>()
  for (let each = 1; each <= epoch; each++) {
    for (const [key, value] of changesAt(each)) {
      if (value === undefined) state.delete(key)
      else state.set(key, value)
    }
  }
  return Object.fromEntries([...state].sort())
}

test('a new query starts before its first epoch', async () => {
  const checkpoint = await open(virtualWorld())
  assert.equal(checkpoint.committed, 0)
  assert.equal(checkpoint.positions, null)
  assert.equal(checkpoint.pending, undefined)
  assert.equal(await checkpoint.readMeta(), undefined)
})

test('what was committed comes back, and what was planned', async () => {
  const world = virtualWorld()
  const first = await open(world)
  await first.writeMeta({ plan: 'x' })
  for (let epoch = 1; epoch <= 30; epoch++) await run(first, epoch, changesAt(epoch))
  await first.writePlan(31, { epoch: 31 })
  await first.saveState(31, writer => writer.put('s', blockOf([['lost', '1']])))
  await first.close()
  const second = await open(world)
  assert.deepEqual(await second.readMeta(), { plan: 'x' })
  assert.equal(second.committed, 30)
  assert.deepEqual(second.positions, { at: 30 })
  assert.deepEqual(second.pending, { epoch: 31 })
  assert.deepEqual(await stateOf(second), stateAt(30))
})

test('files are merged and old ones removed: their number stays small', async () => {
  const world = virtualWorld()
  const checkpoint = await open(world)
  for (let epoch = 1; epoch <= 200; epoch++) {
    await run(checkpoint, epoch, changesAt(epoch))
    await checkpoint.settle()
  }
  await run(checkpoint, 201, changesAt(201))
  assert.deepEqual(await stateOf(checkpoint), stateAt(201))
  const names = [...world.disk.files.keys()]
  assert.ok(names.filter(each => each.includes('/state/')).length < 40, names.join('\n'))
  assert.ok(names.filter(each => each.includes('/commits/')).length <= 10)
  assert.ok(names.filter(each => each.includes('/offsets/')).length <= 10)
})

test('a second run of the same query is refused while the first is going on', async () => {
  const world = virtualWorld()
  const first = await open(world)
  await assert.rejects(open(world), { code: 'LOCKED' })
  await first.close()
  await (await open(world)).close()
})

for (const tail of ['lost', 'torn', 'kept'] as const) {
  test(`crash at every step, unsynced bytes ${tail}: the last commit comes back and the run goes on`, async () => {
    const epochs = 24
    for (const k of everyStep(Number.POSITIVE_INFINITY)) {
      const world = virtualWorld()
      world.disk.crashAt(k)
      let committed = 0
      const crashed = await (async () => {
        const checkpoint = await open(world)
        for (let epoch = 1; epoch <= epochs; epoch++) {
          await run(checkpoint, epoch, changesAt(epoch))
          await checkpoint.settle()
          committed = epoch
        }
      })().then(
        () => false,
        error => {
          if (!(error instanceof Crashed)) throw error
          return true
        },
      )
      if (!crashed) {
        assert.ok(k > 200, `only ${k} steps`)
        return
      }
      world.disk.restart(tail)
      const checkpoint = await open(world)
      const at = checkpoint.committed
      assert.ok(at === committed || at === committed + 1, `step ${k}: ${at} after ${committed}`)
      assert.deepEqual(await stateOf(checkpoint), stateAt(at), `step ${k}`)
      const next = checkpoint.pending as { epoch: number } | undefined
      assert.ok(next === undefined || next.epoch === at + 1)
      for (let epoch = at + 1; epoch <= epochs; epoch++) {
        if (epoch !== at + 1 || next === undefined) await checkpoint.writePlan(epoch, { epoch })
        await checkpoint.saveState(epoch, writer => writer.put('s', blockOf(changesAt(epoch))))
        await checkpoint.commit(epoch, { at: epoch })
      }
      assert.deepEqual(await stateOf(checkpoint), stateAt(epochs), `step ${k}, to the end`)
    }
  })
}

async function committedWorld(): Promise<VirtualWorld> {
  const world = virtualWorld()
  const checkpoint = await open(world)
  await checkpoint.writeMeta({ plan: 'x' })
  for (let epoch = 1; epoch <= 3; epoch++) await run(checkpoint, epoch, changesAt(epoch))
  await checkpoint.writePlan(4, { epoch: 4 })
  await checkpoint.close()
  return world
}

const damages: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array, RegExp])[] = [
  ['emptied', () => new Uint8Array(0), /CHECKPOINT_(CORRUPT|FOREIGN)/],
  ['cut in its header', bytes => bytes.slice(0, 10), /CHECKPOINT_CORRUPT/],
  ['cut in the middle', bytes => bytes.slice(0, bytes.length - 5), /CHECKPOINT_CORRUPT/],
  ['with a tail of zeros', bytes => Uint8Array.from([...bytes, 0, 0, 0, 0]), /CHECKPOINT_CORRUPT/],
  [
    'of somebody else',
    () => new TextEncoder().encode('{"hello": "this is a file of somebody else"}'),
    /CHECKPOINT_FOREIGN/,
  ],
  ['of another kind', bytes => flip(flip(bytes, 8, 7), 9, 9), /CHECKPOINT_FOREIGN/],
  ['of a later version', bytes => flip(bytes, 13, 1), /CHECKPOINT_VERSION/],
]

function flip(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  const copy = bytes.slice()
  copy[at] = (copy[at] as number) ^ mask
  return copy
}

async function openAndRead(world: VirtualWorld): Promise<void> {
  const checkpoint = await open(world)
  await checkpoint.readMeta()
  await checkpoint.restore(() => {})
}

for (const file of ['meta', 'offsets/000000000004', 'commits/000000000003', 'state/000000000002']) {
  for (const [name, damage, code] of damages) {
    test(`${file} ${name} is refused by name`, async () => {
      const world = await committedWorld()
      const path = `d/queries/q/${file}`
      world.disk.put(path, damage(await world.disk.readAll(path)))
      await assert.rejects(openAndRead(world), error => {
        assert.match((error as Error).message, code)
        assert.ok((error as Error).message.includes(path))
        return true
      })
    })
  }

  test(`${file} with any one bit flipped is refused or reads the same`, async () => {
    const world = await committedWorld()
    const path = `d/queries/q/${file}`
    const bytes = await world.disk.readAll(path)
    for (let at = 0; at < bytes.length; at++) {
      world.disk.put(path, flip(bytes, at, 1 << (at % 8)))
      world.disk.restart()
      await assert.rejects(openAndRead(world), (error: Error) => {
        assert.match(error.message, /CHECKPOINT_/, `byte ${at}: ${error.stack}`)
        return true
      })
    }
  })
}

test('a state file that is gone is named', async () => {
  const world = await committedWorld()
  await world.disk.remove('d/queries/q/state/000000000002')
  await assert.rejects(openAndRead(world), { code: 'CHECKPOINT_MISSING' })
})

test('a damaged last commit can be removed: the epoch is run again from its log', async () => {
  const world = await committedWorld()
  await world.disk.remove('d/queries/q/offsets/000000000004')
  await world.disk.remove('d/queries/q/commits/000000000003')
  const checkpoint = await open(world)
  assert.equal(checkpoint.committed, 2)
  assert.deepEqual(checkpoint.pending, { epoch: 3 })
  assert.deepEqual(await stateOf(checkpoint), stateAt(2))
})

test('a full disk stops the epoch, and with room again it goes on', async () => {
  const world = await committedWorld()
  const checkpoint = await open(world)
  world.disk.capacity = 1
  await assert.rejects(
    checkpoint.saveState(4, writer => writer.put('s', blockOf(changesAt(4)))),
    { code: 'DISK_FULL' },
  )
  await checkpoint.close()
  world.disk.capacity = Number.POSITIVE_INFINITY
  const again = await open(world)
  assert.equal(again.committed, 3)
  assert.deepEqual(await stateOf(again), stateAt(3))
})

test('ids become folder names that cannot leave the folder or clash', () => {
  for (const [id, name] of [
    ['delays', 'delays'],
    ['a/b', 'a%2Fb'],
    ['..', '%2E%2E'],
    ['a b', 'a%20b'],
    ['é', '%C3%A9'],
    ['100%', '100%25'],
    ['con', '%63on'],
    ['\0', '%00'],
  ] as const) {
    assert.equal(folderOf(id), name)
  }
  assert.throws(() => folderOf(''), { code: 'BAD_RUN' })
  assert.throws(() => folderOf('x'.repeat(300)), { code: 'BAD_RUN' })
})
