// The commands in this process, with a terminal that is none.
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { parse } from '../../src/cli/arguments.ts'
import { explainCommand } from '../../src/cli/explain.ts'
import type { Io } from '../../src/cli/io.ts'
import { loadJob } from '../../src/cli/job.ts'
import { runCommand } from '../../src/cli/run.ts'
import { realWorld } from '../../src/host/index.ts'

const build = join(import.meta.dirname, '../../build')
let folder = ''

const jobs = {
  'table.ts': `import { Writable } from 'node:stream'
    import { read, t, write } from 'millrace'
    const rows = read.from([{ n: 2 }, { n: 1 }], { schema: t.row({ n: t.int() }) })
    export const table = rows.orderBy(r => r.n.asc())
    export const output = rows.to(write.memory())
    export const printed = rows.to(write.console({ to: new Writable({ write: (_chunk, _encoding, done) => done() }) }))
    export const several = [rows.to(write.memory()), rows.to(write.memory())]
    export const text = 'table', none = null, list = [], mixed = [1]
    export default rows`,
  'endless.ts': `import { read } from 'millrace'
    export const ticks = read.rate({ rowsPerSecond: 100 })`,
  'empty.ts': 'export const nothing = 1',
  'throws.ts': `throw new TypeError('not today')`,
  'refused.ts': `import { read, t } from 'millrace'
    export const bad = read.from([{ n: 1 }], { schema: t.row({ n: t.int() }) }).drop('m' as never)`,
}

function terminal(isTTY: boolean) {
  const out: string[] = []
  const err: string[] = []
  const stdout = new Writable({
    write: (chunk, _encoding, done) => {
      out.push(String(chunk))
      done()
    },
  })
  const signals = new EventEmitter()
  const exits: number[] = []
  const io: Io = {
    world: realWorld(folder),
    stdout: Object.assign(stdout, { isTTY }),
    stderr: { isTTY, columns: 60, write: text => err.push(text) },
    signals,
    scratch: join(folder, `scratch-${scratches++}`),
    exit: code => void exits.push(code),
  }
  return { io, signals, exits, out: () => out.join(''), err: () => err.join('') }
}
let scratches = 0

function run(line: string, to: ReturnType<typeof terminal>): Promise<number> {
  const parsed = parse(['run', ...line.split(' ')])
  assert.ok(parsed.kind === 'command')
  return runCommand(join(folder, parsed.job), parsed.flags, to.io)
}

describe('commands', () => {
  before(() => {
    mkdirSync(build, { recursive: true })
    folder = mkdtempSync(join(build, 'cli-'))
    for (const [name, text] of Object.entries(jobs)) writeFileSync(join(folder, name), text)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  test('what a module exports that can be run', async () => {
    const found = await loadJob(join(folder, 'table.ts'))
    const kinds = found.map(
      each => `${each.name} ${each.kind}${each.kind === 'outputs' ? ` ${each.outputs.length}` : ''}`,
    )
    assert.deepEqual(kinds, [
      'default table',
      'output outputs 1',
      'printed outputs 1',
      'several outputs 2',
      'table table',
    ])
  })

  const refused: [file: string, only: string[], code: string, message: RegExp][] = [
    ['absent.ts', [], 'USAGE', /there is no file/],
    ['.', [], 'USAGE', /there is no file/],
    ['table.ts', ['tabel'], 'USAGE', /no export tabel that can be run.*did you mean table\?/],
    ['empty.ts', [], 'NO_JOB', /exports nothing that can be run/],
    ['throws.ts', [], 'NO_JOB', /could not be loaded: TypeError: not today/],
    ['refused.ts', [], 'UNKNOWN_COLUMN', /there is no column m/],
  ]
  for (const [file, only, code, message] of refused) {
    test(`refuses ${file} ${only}`, () => assert.rejects(loadJob(join(folder, file), only), { code, message }))
  }

  test('refuses flags that contradict each other, and numbers that are none', async () => {
    const to = terminal(false)
    await assert.rejects(run('table.ts --once --trigger default', to), /contradict/)
    await assert.rejects(run('table.ts --rows many', to), /--rows many is not a number/)
    await assert.rejects(run('table.ts --memory lots', to), { code: 'BAD_RUN' })
  })

  test('a table in its order; nothing to say when quiet', async () => {
    const to = terminal(true)
    assert.equal(await run('table.ts --once --quiet --only table', to), 0)
    assert.equal(to.err(), '')
    assert.match(to.out(), /table: 2 rows\nn\n-\n1\n2\n\n/)
  })

  test('a terminal: live lines, gone before anything else is said; the second signal ends at once', async () => {
    const to = terminal(true)
    const running = run('endless.ts --once --trigger once --only ticks', to)
    assert.equal(await running, 0)
    assert.ok(to.err().startsWith('\x1b[2Kticks: epoch 1, '), to.err())
    const endless = run('endless.ts', to)
    await to.io.world.clock.sleep(300)
    to.signals.emit('SIGINT')
    to.signals.emit('SIGINT')
    assert.equal(await endless, 0)
    assert.match(to.err(), /millrace: SIGINT: finishing the epoch; once more to end at once\n/)
    assert.deepEqual(to.exits, [130])
    assert.equal(to.signals.listenerCount('SIGINT'), 0, 'it listens no more')
  })

  test('tables on the same terminal: no live lines', async () => {
    const to = terminal(true)
    assert.equal(await run('table.ts --only printed', to), 0)
    assert.equal(to.err().includes('\x1b'), false)
  })

  test('explain shows every output of a run', async () => {
    const to = terminal(false)
    assert.equal(await explainCommand(join(folder, 'table.ts'), ['several'], to.io), 0)
    assert.equal(to.out().match(/== several ==\noutput: memory memory, append mode/g)?.length, 2)
  })
})
