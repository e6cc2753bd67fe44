// The disk of tests: what was not synced may be gone after a crash, and a crash can come at any step.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Crashed, type Tail, VirtualDisk } from '../../src/testing/index.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

for (const [tail, left] of [
  ['lost', 'safe'],
  ['torn', 'safe12'],
  ['kept', 'safe1234'],
] as const) {
  test(`after a crash unsynced bytes are ${tail}`, async () => {
    const disk = new VirtualDisk()
    const file = await disk.append('a', 0)
    await file.write(bytes('safe'))
    await file.sync()
    await file.write(bytes('1234'))
    disk.restart(tail as Tail)
    assert.equal(disk.text('a'), left)
    await assert.rejects(file.write(bytes('x')), Crashed)
  })
}

test('a file that was never synced may be gone altogether', async () => {
  const disk = new VirtualDisk()
  await (await disk.append('a', 0)).write(bytes('x'))
  disk.restart('lost')
  assert.equal(await disk.exists('a'), false)
})

test('writeAtomic is all or nothing at every step', async () => {
  for (let k = 1; ; k++) {
    const disk = new VirtualDisk()
    disk.put('a', 'old')
    disk.crashAt(k)
    const crashed = await disk.writeAtomic('a', bytes('new')).then(
      () => false,
      () => true,
    )
    if (!crashed) {
      assert.equal(k, 5)
      return
    }
    disk.restart('torn')
    assert.equal(disk.text('a'), 'old')
  }
})

test('after the crash nothing works until the restart', async () => {
  const disk = new VirtualDisk()
  disk.crashAt(1)
  await assert.rejects(disk.append('a', 0), Crashed)
  await assert.rejects(disk.readAll('a'), Crashed)
  disk.restart()
  await assert.rejects(disk.readAll('a'), { code: 'DISK_MISSING' })
})

test('full and read-only', async () => {
  const disk = new VirtualDisk({ capacity: 3 })
  await assert.rejects(disk.writeAtomic('a', bytes('1234')), { code: 'DISK_FULL' })
  disk.denied.add('d/')
  await assert.rejects(disk.makeFolder('d/x'), { code: 'DISK_DENIED' })
  await assert.rejects(disk.append('d/x/y', 0), { code: 'DISK_DENIED' })
})

test('folders, globs and locks', async () => {
  const disk = new VirtualDisk()
  for (const path of ['in/b.csv', 'in/a.json', 'in/deep/c.json', 'out/a.json']) disk.put(path, 'x')
  const paths = (files: readonly { path: string }[]): string[] => files.map(each => each.path)
  assert.deepEqual(paths(await disk.list('in')), ['in/a.json', 'in/b.csv'])
  assert.deepEqual(paths(await disk.glob('in/*.json')), ['in/a.json'])
  assert.deepEqual(paths(await disk.glob('in/**/*.{json,csv}')), ['in/a.json', 'in/b.csv', 'in/deep/c.json'])
  const lock = await disk.lock('l')
  await assert.rejects(disk.lock('l'), { code: 'LOCKED' })
  await lock.release()
  await disk.lock('l')
  disk.restart()
  await disk.lock('l')
})
