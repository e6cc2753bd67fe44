// Law 3 with real processes: SIGKILL in the middle of a step of the disk, and at random moments; after restarts the
// files hold exactly what an undisturbed run writes.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { seeded } from '../support/seed.ts'

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url))

interface Ended {
  readonly killed: boolean
  readonly output: string
}

/** Run the program in a folder; `killAfterMs`: the parent kills it then. */
function life(folder: string, crashAt: number, killAfterMs?: number): Promise<Ended> {
  const child = spawn(process.execPath, ['--conditions=millrace-src', CHILD], {
    cwd: folder,
    env: { ...process.env, CRASH_AT: String(crashAt), NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', part => (output += part))
  child.stderr.on('data', part => (output += part))
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (signal === 'SIGKILL') resolve({ killed: true, output })
      else if (code === 0) resolve({ killed: false, output })
      else reject(new Error(`exit code ${code}\n${output}`))
    })
  })
}

let root = ''
let expected: Record<string, string[]> = {}
let steps = 0

/** The rows of both outputs: lines of all files that are not hidden, in no order. */
async function rowsOf(folder: string): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {}
  for (const name of ['rows', 'windows']) {
    const files = await readdir(join(folder, 'out', name), { recursive: true })
    const visible = files.filter(each => each.endsWith('.jsonl') && !each.split('/').some(part => /^[._]/.test(part)))
    const texts = await Promise.all(visible.map(each => readFile(join(folder, 'out', name, each), 'utf8')))
    found[name] = texts.flatMap(text => text.split('\n').filter(line => line !== '')).sort()
  }
  return found
}

async function prepared(name: string): Promise<string> {
  const folder = join(root, name)
  await cp(join(root, 'template'), folder, { recursive: true })
  return folder
}

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-crash-'))
  await mkdir(join(root, 'template/in'), { recursive: true })
  for (let file = 0; file < 4; file++) {
    const lines = Array.from({ length: 60 }, (_, i) => {
      const minute = file * 20 + i / 3
      return JSON.stringify({ at: new Date(minute * 60_000).toISOString(), key: `k${i % 5}`, n: i % 7 })
    })
    await writeFile(join(root, 'template/in', `${file}.jsonl`), `${lines.join('\n')}\n`)
  }
  const calm = await prepared('calm')
  const { output } = await life(calm, 0)
  steps = Number(/steps (\d+)/.exec(output)?.[1])
  expected = await rowsOf(calm)
})

after(() => rm(root, { recursive: true, force: true }))

test('the undisturbed run writes something to compare with', () => {
  assert.ok(steps > 40, `${steps} steps`)
  assert.equal(expected.rows?.length, 240 - 4 * 27)
  assert.ok((expected.windows?.length ?? 0) > 40)
})

/** Points of the protocol that are tried each time; MILLRACE_RUNS=all tries every one. */
const POINTS = 6

test('killed in the middle of a step, then again, then left alone', async () => {
  const stride = process.env.MILLRACE_RUNS === undefined ? Math.max(1, Math.floor(steps / POINTS)) : 1
  for (let k = 1; k <= steps; k += stride) {
    const folder = await prepared(`at-${k}`)
    assert.ok((await life(folder, k)).killed, `step ${k} of ${steps} was not reached`)
    await life(folder, 3)
    assert.equal((await life(folder, 0)).killed, false)
    assert.deepEqual(await rowsOf(folder), expected, `killed at step ${k}`)
    await rm(folder, { recursive: true })
  }
})

seeded(
  'killed at random moments',
  async rng => {
    const folder = await prepared(`random-${rng.uint32()}`)
    for (let death = 0; death < 2; death++) await life(folder, 0, rng.int(150, 900))
    assert.equal((await life(folder, 0)).killed, false)
    assert.deepEqual(await rowsOf(folder), expected)
  },
  { runs: 1 },
)
