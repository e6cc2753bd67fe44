import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { MillraceError } from '../../src/base/index.ts'
import { realDisk } from '../../src/host/index.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (data: Uint8Array) => new TextDecoder().decode(data)
const code = (wanted: string) => (error: unknown) => error instanceof MillraceError && error.code === wanted

describe('the real disk', () => {
  let root = ''
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'millrace-disk-'))
  })
  after(() => rmSync(root, { recursive: true, force: true }))

  test('appends at a position, cutting what is behind it', async () => {
    const disk = realDisk(root)
    const first = await disk.append('a/b/log', 0)
    await first.write(bytes('hello '))
    await first.write(bytes('world'))
    await first.sync()
    await first.close()
    const second = await disk.append('a/b/log', 6)
    await second.write(bytes('you'))
    await second.truncate(8)
    await second.write(bytes('!'))
    await second.close()
    assert.equal(text(await disk.readAll('a/b/log')), 'hello yo!')
  })

  test('says so when a file is shorter than what was made durable', async () => {
    const disk = realDisk(root)
    await disk.writeAtomic('short', bytes('abc'))
    await assert.rejects(disk.append('short', 10), code('DISK_SHORT'))
  })

  test('replaces a whole file atomically and leaves no temporary name behind', async () => {
    const disk = realDisk(root)
    await disk.writeAtomic('w/x', bytes('one'))
    await disk.writeAtomic('w/x', bytes('two'))
    assert.equal(readFileSync(join(root, 'w/x'), 'utf8'), 'two')
    assert.deepEqual(readdirSync(join(root, 'w')), ['x'])
  })

  test('reads at any position', async () => {
    const disk = realDisk(root)
    await disk.writeAtomic('r', bytes('0123456789'))
    const file = await disk.open('r')
    const into = new Uint8Array(4)
    assert.equal(await file.read(into, 8), 2)
    assert.equal(text(into.subarray(0, 2)), '89')
    assert.equal(await file.read(into, 10), 0)
    assert.equal(await file.size(), 10)
    await file.close()
  })

  test('lists, tells, renames and removes', async () => {
    const disk = realDisk(root)
    await disk.writeAtomic('l/2', bytes('22'))
    await disk.writeAtomic('l/1', bytes('1'))
    assert.deepEqual(
      (await disk.list('l')).map(each => [each.path, each.bytes]),
      [
        ['l/1', 1],
        ['l/2', 2],
      ],
    )
    await disk.rename('l/2', 'm/n/2')
    await disk.remove('l/1')
    await disk.remove('l/1')
    assert.deepEqual(await disk.list('l'), [])
    assert.deepEqual(await disk.list('nowhere'), [])
    assert.equal(await disk.exists('m/n/2'), true)
    assert.equal(await disk.info('m/n'), undefined)
  })

  const globs: readonly [pattern: string, found: readonly string[]][] = [
    ['g', ['g/a.json', 'g/b.csv', 'g/d/c.json', 'g/x[1].json']],
    ['g/*.json', ['g/a.json', 'g/x[1].json']],
    ['g/**/*.json', ['g/a.json', 'g/d/c.json', 'g/x[1].json']],
    ['g/?.json', ['g/a.json']],
    ['g/[ab].*', ['g/a.json', 'g/b.csv']],
    ['g/{a,b}.{json,csv}', ['g/a.json', 'g/b.csv']],
    ['g/x[1].json', ['g/x[1].json']],
    ['g/a.json', ['g/a.json']],
    ['g/nothing', []],
    ['g/a.json/*', []],
  ]
  for (const [pattern, found] of globs) {
    test(`glob ${pattern}`, async () => {
      const disk = realDisk(root)
      for (const name of ['a.json', 'b.csv', 'd/c.json', 'x[1].json', '.h.json', '_i.json', '.d/e.json', '_d/f.json'])
        if (!(await disk.exists(`g/${name}`))) await disk.writeAtomic(`g/${name}`, bytes(name))
      mkdirSync(join(root, 'g/empty.json'), { recursive: true })
      assert.deepEqual(
        (await disk.glob(pattern)).map(each => each.path),
        found,
      )
      const absolute = join(root, pattern)
      assert.deepEqual(
        (await disk.glob(absolute)).map(each => each.path),
        found.map(path => join(root, path)),
      )
    })
  }

  test('a lock is held once, here and in other processes, until it is released or its process is killed', async () => {
    const disk = realDisk(root)
    const held = await disk.lock('q/lock')
    await assert.rejects(disk.lock('q/lock'), code('LOCKED'))
    await (await disk.lock('q/other')).release()
    await held.release()
    const program = `import { realDisk } from ${JSON.stringify(import.meta.resolve('../../src/host/index.ts'))}
      await realDisk(${JSON.stringify(root)}).lock('q/lock'); console.log('held'); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    await assert.rejects(disk.lock('q/lock'), code('LOCKED'))
    child.kill('SIGKILL')
    await once(child, 'exit')
    await (await disk.lock('q/lock')).release()
  })

  test('failures are told by what the owner of the machine can do', async () => {
    const disk = realDisk(root)
    await assert.rejects(disk.open('missing'), code('DISK_MISSING'))
    await assert.rejects(disk.readAll('missing'), (error: Error) => /missing.*To fix/.test(error.message))
    writeFileSync(join(root, 'plain'), '')
    await assert.rejects(disk.append('plain/below', 0), MillraceError)
    const full = await disk.append('/dev/full', 0)
    await assert.rejects(full.write(bytes('x')), code('DISK_FULL'))
    await full.close()
    if (process.getuid?.() === 0) return
    mkdirSync(join(root, 'locked'))
    chmodSync(join(root, 'locked'), 0o500)
    await assert.rejects(disk.append('locked/x', 0), code('DISK_DENIED'))
  })
})
