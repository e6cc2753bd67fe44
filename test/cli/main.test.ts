// The real process on small jobs. They lie inside the package, so that their `millrace` is this package.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type {} from '../../src/cli/main.ts'
import type {} from '../../src/cli/start.ts'

const root = join(import.meta.dirname, '../..')
const main = join(root, 'src/cli/main.ts')
let folder = ''

const jobs = {
  'words.ts': `import { read, t, write } from 'millrace'
    const words = read.from('a b a c a b'.split(' ').map(word => ({ word })), { schema: t.row({ word: t.string() }) })
    const counts = words.groupBy('word').agg(g => ({ n: g.count() }))
    export const top = counts.orderBy(w => w.n.desc()).limit(2)
    export default words.to(write.json('all'))
    export const both = [words.to(write.json('one')), words.to(write.csv('two'))]
    export const notToBeRun = 42`,
  'rate.ts': `import { read, write } from 'millrace'
    export const [SIGINT, SIGTERM] = ['one', 'two'].map(to => read.rate({ rowsPerSecond: 1000 }).to(write.json('rate/' + to)))`,
  'throws.ts': `import { read, t } from 'millrace'
    const one = read.from([{ n: 1 }], { schema: t.row({ n: t.int() }) })
    export const broken = one.filter(row => { if (row.n === 1) throw new RangeError('not this one'); return true })
    export const fine = one`,
  'syntax.ts': 'export const = 1',
}

function start(...args: string[]): ChildProcess {
  const flags = ['--conditions=millrace-src', '--disable-warning=ExperimentalWarning']
  return spawn(process.execPath, [...flags, main, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function ended(child: ChildProcess): Promise<{ code: number; out: string; err: string }> {
  const texts = { out: '', err: '' }
  child.stdout?.on('data', chunk => (texts.out += chunk))
  child.stderr?.on('data', chunk => (texts.err += chunk))
  const [code] = await once(child, 'close')
  return { code: code as number, ...texts }
}

const millrace = (...args: string[]) => ended(start(...args))

const linesOf = (path: string): string[] =>
  readdirSync(join(folder, path))
    .filter(name => /^part-.*\.(jsonl|csv)$/.test(name))
    .sort()
    .flatMap(name => readFileSync(join(folder, path, name), 'utf8').split('\n'))
    .filter(line => line !== '')

describe('millrace', { concurrency: 2 }, () => {
  before(() => {
    mkdirSync(join(root, 'build'), { recursive: true })
    folder = mkdtempSync(join(root, 'build/cli-'))
    for (const [name, text] of Object.entries(jobs)) writeFileSync(join(folder, name), text)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  test('--version and --help', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    assert.deepEqual(await millrace('--version'), { code: 0, out: `${version}\n`, err: '' })
    const help = await millrace('run', '--help')
    assert.deepEqual([help.code, help.err], [0, ''])
    assert.match(help.out, /--trigger WHEN/)
  })

  test('run --once: outputs are written, tables are shown, progress is told', async () => {
    const { code, out, err } = await millrace('run', 'words.ts', '--once')
    assert.equal(
      err
        .split('\n')
        .filter(line => !/^(top|words|both): epoch 1, \S+ rows in, /.test(line))
        .join(''),
      '',
    )
    assert.equal(code, 0)
    assert.equal(out, 'top: 2 rows\nword  n\n----  -\na     3\nb     2\n\n')
    assert.equal(linesOf('all').length, 6)
    assert.deepEqual([linesOf('one').length, linesOf('two').length], [6, 7])
    const again = await millrace('run', 'words.ts', '--once', '--quiet', '--rows', '1')
    assert.deepEqual(again, { code: 0, err: '', out: 'top: 2 rows\nword  n\n----  -\na     3\n… and 1 more row\n\n' })
    assert.equal(linesOf('all').length, 6, 'an output goes on where it was')
  })

  test('run: a table is shown epoch by epoch', async () => {
    const { code, out } = await millrace('run', 'words.ts', '--only', 'top', '--quiet')
    assert.deepEqual([code, out], [0, 'epoch 1: 2 rows\nword  n\n----  -\na     3\nb     2\n\n'])
  })

  test('explain: the plans, and nothing is run', async () => {
    const { code, out, err } = await millrace('explain', 'words.ts', '--only', 'words', '--only', 'top')
    assert.deepEqual([code, err], [0, ''])
    assert.match(out, /^== words ==\noutput: json files all, append mode, exactly once\n[\s\S]*\n== top ==\nplan\n/)
  })

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${signal} finishes the epoch and ends well`, async () => {
      const child = start('run', 'rate.ts', '--only', signal, '--trigger', '100 milliseconds')
      const done = ended(child)
      child.stderr?.once('data', () => child.kill(signal))
      const { code, err } = await done
      assert.equal(code, 0, err)
      assert.match(err, new RegExp(`millrace: ${signal}: finishing the epoch; once more to end at once`))
    })
  }

  test('a run that fails: code 1, the place in the job, no stack; the others go on', async () => {
    const { code, out, err } = await millrace('run', 'throws.ts', '--once', '--quiet')
    assert.equal(code, 1)
    assert.match(
      err,
      /^millrace: FUNCTION_FAILED: .*RangeError: not this one .*query broken.*\n {2}to fix: .*\n {2}cause: RangeError: not this one \(.*throws\.ts:3:\d+\)\n$/,
    )
    assert.match(out, /^fine: 1 row\n/)
    assert.match((await millrace('run', 'throws.ts', '--once', '--verbose')).err, /\n +at /)
  })

  test('refuses what it does not understand with code 2, what it can not load with code 1', async () => {
    const trigger = await millrace('run', 'words.ts', '--trigger', 'soon')
    assert.deepEqual([trigger.code, trigger.out], [2, ''])
    assert.match(trigger.err, /^millrace: BAD_DURATION: /)
    const job = await millrace('run', 'syntax.ts')
    assert.deepEqual([job.code, job.out], [1, ''])
    assert.match(job.err, /^millrace: NO_JOB: syntax\.ts is not a job: it could not be loaded: SyntaxError/)
    assert.doesNotMatch(job.err, /\n +at /)
  })
})
