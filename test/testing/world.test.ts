import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Crashed, seededRandom, type Tail, VirtualClock, VirtualDisk, virtualWorld } from '../../src/testing/index.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('the virtual clock', () => {
  test('wakes sleepers in the order of their times, and of their falling asleep', async () => {
    const clock = new VirtualClock(1000)
    const woken: string[] = []
    for (const [name, ms] of [
      ['c', 30],
      ['a', 10],
      ['b', 10],
    ] as const) {
      void clock.sleep(ms).then(() => woken.push(`${name} ${clock.now()}`))
    }
    await clock.advance(29)
    assert.deepEqual([woken, clock.sleeping], [['a 1010', 'b 1010'], 1])
    await clock.advance(1)
    assert.deepEqual([woken.at(-1), clock.now()], ['c 1030', 1030])
  })
  test('a signal wakes a sleeper without time passing', async () => {
    const clock = new VirtualClock()
    const signal = new AbortController()
    const slept = clock.sleep(1e9, signal.signal)
    signal.abort()
    await slept
    assert.deepEqual([clock.now(), clock.sleeping], [0, 0])
  })
  test('never goes back', async () => {
    const clock = new VirtualClock(50)
    await clock.advanceTo(10)
    assert.equal(clock.now(), 50)
  })
})

describe('the virtual disk', () => {
  const left: [tail: Tail, text: string][] = [
    ['lost', 'synced'],
    ['kept', 'synced, not synced'],
    ['torn', 'synced, not '],
  ]
  for (const [tail, text] of left) {
    test(`after a power cut, unsynced bytes ${tail}`, async () => {
      const disk = new VirtualDisk()
      const file = await disk.append('log', 0)
      await file.write(bytes('synced'))
      await file.sync()
      await file.write(bytes(', not synced'))
      disk.restart(tail)
      assert.equal(disk.text('log'), text)
      await assert.rejects(file.write(bytes('!')), Crashed)
    })
  }
  test('a file of which nothing was synced is gone', async () => {
    const disk = new VirtualDisk()
    await (await disk.append('log', 0)).write(bytes('x'))
    disk.restart()
    assert.equal(await disk.exists('log'), false)
  })
  test('a file that is written atomically is the old one or the new one, at every step', async () => {
    for (let step = 1; step <= 4; step++) {
      const disk = new VirtualDisk()
      disk.put('file', 'old')
      disk.crashAt(step)
      await assert.rejects(disk.writeAtomic('file', bytes('new')), Crashed)
      disk.restart('torn')
      assert.match(disk.text('file'), /^(old|new)$/, `step ${step}`)
    }
  })
  test('is dead until it is restarted; locks die with their process', async () => {
    const disk = new VirtualDisk()
    disk.put('file', 'x')
    await disk.lock('lock')
    disk.die()
    await assert.rejects(disk.readAll('file'), Crashed)
    disk.restart()
    await disk.lock('lock')
    await assert.rejects(disk.lock('lock'), { code: 'LOCKED' })
  })
  test('is full when it is, and refuses what is denied', async () => {
    const disk = new VirtualDisk({ capacity: 4 })
    disk.denied.add('ro/')
    const file = await disk.append('log', 0)
    await file.write(bytes('1234'))
    await assert.rejects(file.write(bytes('5')), { code: 'DISK_FULL' })
    await assert.rejects(disk.append('ro/x', 0), { code: 'DISK_DENIED' })
  })
})

test('a seed determines the randomness of a world', () => {
  const draw = (seed: number) => Array.from({ length: 5 }, seededRandom(seed).u32)
  assert.deepEqual(draw(7), draw(7))
  assert.notDeepEqual(draw(7), draw(8))
  assert.equal(virtualWorld({ seed: 7 }).random.u32(), draw(7)[0])
})
