// `npm run bench -- sql-command [rows] [rounds]`: `millrace sql` as a whole process, from its start to its last row: over a file of
// one row (start-up), and grouping 1,840,000 bids (0.4 GB of JSON lines) beside DuckDB with one thread and with two. Columns are
// found out by both, rows are CSV, and the answers must be equal.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { nexmarkBids } from './data/nexmark.ts'
import { digest, median } from './support/measure.ts'

const root = join(import.meta.dirname, '..')
const rows = Number(process.argv[2] ?? 1_840_000)
const rounds = Number(process.argv[3] ?? 5)
const say = (line: string): void => void process.stdout.write(`${line}\n`)

interface Measured {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakMb: number
  readonly answer: string
}

/** A whole process: its wall-clock time from outside, and what it says of itself when it ends. */
function measured(args: readonly string[]): Measured {
  const since = performance.now()
  const hook = join(import.meta.dirname, 'support/at-exit.mjs')
  const done = spawnSync(process.execPath, ['--import', hook, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const seconds = (performance.now() - since) / 1000
  if (done.status !== 0) throw new Error(`${args.join(' ')}:\n${done.stderr}`)
  const used = JSON.parse(String(done.output[3])) as Pick<Measured, 'cpuSeconds' | 'peakMb'>
  return { seconds, ...used, answer: digest(done.stdout.trimEnd().split('\n').slice(1)) }
}

const command = join(root, 'dist/cli/main.js')
const duckdb = join(import.meta.dirname, 'sql-command/duckdb.ts')
const millrace = (query: string): readonly string[] => [command, 'sql', query, '--format', 'csv', '--quiet']

/** All contestants in turn; the first is what the others are compared with. */
function judge(contestants: Readonly<Record<string, readonly string[]>>): void {
  const results = new Map<string, Measured[]>(Object.keys(contestants).map(name => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const [name, args] of Object.entries(contestants)) results.get(name)?.push(measured(args))
  const [first] = [...results.values()] as [Measured[]]
  for (const [name, all] of results) {
    const by = (of: (one: Measured) => number): string =>
      median(all.map((each, i) => of(each) / of(first[i] as Measured))).toFixed(2)
    const [seconds, cpu] = [median(all.map(each => each.seconds)), median(all.map(each => each.cpuSeconds))]
    const against =
      all === first ? '' : `  millrace is ${by(one => one.seconds)}× as fast, CPU ${by(one => one.cpuSeconds)}×`
    const peak = Math.max(...all.map(each => each.peakMb))
    say(`${name.padEnd(18)} ${seconds.toFixed(3).padStart(7)} s  cpu ${cpu.toFixed(2)} s  peak ${peak} MB${against}`)
  }
  if (new Set([...results.values()].flatMap(all => all.map(each => each.answer))).size === 1) return
  say('the answers differ')
  process.exitCode = 1
}

const built = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })
if (built.status !== 0) process.exit(1)
const load = loadavg().map(each => each.toFixed(1))
say(
  `${cpus().length} × ${cpus()[0]?.model}, node ${process.version}, load ${load.join(' ')}; ${rows} bids, ${rounds} rounds, medians`,
)

const small = join(root, '.bench/small.jsonl')
mkdirSync(join(root, '.bench'), { recursive: true })
writeFileSync(small, '{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n')
const count = (file: string, by: string): string => `SELECT ${by}, count(*) AS n FROM '${file}' GROUP BY 1`
judge({
  'millrace, small': millrace(count(small, 'b')),
  'node alone': ['--eval', 'console.log("b,n\\nx,1\\ny,1")'],
})
const bids = nexmarkBids(rows)
judge({
  millrace: millrace(count(bids, 'auction')),
  'DuckDB, 1 thread': [duckdb, count(bids, 'auction'), '1'],
  'DuckDB, 2 threads': [duckdb, count(bids, 'auction'), '2'],
})
