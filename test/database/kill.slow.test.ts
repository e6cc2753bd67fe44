// Law 3 for `millrace sql`: a job and a materialized view whose process is killed (SIGKILL) again and again, wherever it stands, come
// to what they come to when nobody disturbs them: nothing is missing, nothing is there twice.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Rng, seedOf } from '../support/seed.ts'

const root = join(import.meta.dirname, '../..')
let folder = ''
const path = (name: string): string => join(folder, name)

const ROWS = 20_000
const job = (out: string): string => `
  CREATE TABLE src (n bigint, w text) WITH (path = '${path('in.jsonl')}');
  CREATE TABLE out () WITH (path = '${path(out)}');
  INSERT INTO out SELECT n * 2 AS n, upper(w) AS w FROM src WHERE n % 3 <> 0;
  CREATE MATERIALIZED VIEW v AS SELECT w, count(*) AS c, sum(n) AS s FROM src GROUP BY w;
  SELECT * FROM v ORDER BY w`

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** @param kill asked again and again while the process lives: whether it is to die now */
function command(text: string, dir: string, kill: () => boolean): Promise<Ended> {
  const flags = ['--dir', path(dir), '--mode', 'stream', '--epoch-rows', '250', '--format', 'csv']
  const child = spawn(process.execPath, [join(root, 'src/cli/main.ts'), 'sql', text, ...flags])
  let [out, err] = ['', '']
  child.stdout.on('data', chunk => (out += String(chunk)))
  child.stderr.on('data', chunk => (err += String(chunk)))
  const watch = setInterval(() => kill() && child.kill('SIGKILL'), 2)
  return new Promise(resolve =>
    child.on('close', code => {
      clearInterval(watch)
      resolve({ code, out, err })
    }),
  )
}

/** Epochs that were committed, of the job and of the view. */
function commits(dir: string): number {
  const last = (query: string): number => {
    const at = path(`${dir}/queries/${query}/commits`)
    return existsSync(at) ? Math.max(0, ...readdirSync(at).map(Number).filter(Number.isFinite)) : 0
  }
  return last('out') + last('materialized%20view%20v')
}

const rowsIn = (out: string): string[] =>
  readdirSync(path(out))
    .filter(each => each.startsWith('part-'))
    .flatMap(each =>
      readFileSync(path(`${out}/${each}`), 'utf8')
        .trimEnd()
        .split('\n'),
    )
    .sort()

before(() => {
  mkdirSync(join(root, 'build'), { recursive: true })
  folder = mkdtempSync(join(root, 'build/kill-'))
  const lines = Array.from({ length: ROWS }, (_, i) => `{"n":${i},"w":"w${i % 7}"}\n`)
  writeFileSync(path('in.jsonl'), lines.join(''))
})
after(() => rmSync(folder, { recursive: true, force: true }))

test('INSERT INTO and CREATE MATERIALIZED VIEW, killed at six moments', async () => {
  const calm = await command(job('calm'), 'calm-state', () => false)
  assert.equal(calm.code, 0, calm.err)
  const rng = new Rng(seedOf('kill'))
  let kills = 0
  for (let target = 3; kills < 6; target = commits('state') + 1 + rng.int(0, 15)) {
    const ended = await command(job('out'), 'state', () => commits('state') >= target)
    if (ended.code === 0) break
    kills++
    assert.equal(ended.code, null, ended.err)
  }
  assert.ok(kills >= 4, `it was killed ${kills} times`)
  const last = await command(job('out'), 'state', () => false)
  assert.equal(last.code, 0, last.err)
  assert.equal(last.out, calm.out)
  assert.deepEqual(rowsIn('out'), rowsIn('calm'))
})
