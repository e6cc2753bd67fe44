// `npm run bench -- core [rows] [rounds]`: file to result in one thread, beside what a team writes by hand (JSON.parse
// and a Map) and beside DuckDB with two threads, all in the same run, each contestant a fresh process (so start-up of
// WebAssembly is in it). 1,840,000 bids are 0.4 GB. Answers must be equal. `--large` adds a file ten times the size.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { nexmarkBids } from './data/nexmark.ts'
import { type Contestant, compete, median, type Result, ratio, runOnce } from './support/measure.ts'

const root = join(import.meta.dirname, '..')
const scratch = join(root, '.bench/scratch')
const numbers = process.argv.slice(2).filter(each => !each.startsWith('--'))
const rows = Number(numbers[0] ?? 1_840_000)
const rounds = Number(numbers[1] ?? 5)
const FLIGHTS = 3_000_000

const say = (line: string): void => void process.stdout.write(`${line}\n`)

function contestant(name: 'millrace' | 'loop' | 'duckdb', job: string, file: string): Contestant {
  return { name, script: new URL(`./core/${name}.ts`, import.meta.url), args: [job, file, scratch] }
}

function judge(job: string, file: string, count: number, peers: readonly ('loop' | 'duckdb')[]): void {
  const names = ['millrace', ...peers] as const
  const results = compete(
    names.map(name => contestant(name, job, file)),
    rounds,
  )
  const of = (name: string): Result[] => results.get(name) as Result[]
  for (const name of names) {
    const seconds = median(of(name).map(each => each.seconds))
    const cpu = median(of(name).map(each => each.cpuSeconds))
    const peak = Math.max(...of(name).map(each => each.peakMb))
    const cpuRatio = median(of(name).map((one, i) => one.cpuSeconds / (of('millrace')[i] as Result).cpuSeconds))
    const faster = `millrace is ${ratio(of(name), of('millrace')).toFixed(2)}× as fast (cpu ${cpuRatio.toFixed(2)}×)`
    const times = name === 'millrace' ? '' : faster
    const rate = `${(count / seconds / 1e6).toFixed(2).padStart(6)} M rows/s`
    say(
      `${job.padEnd(10)} ${name.padEnd(9)} ${seconds.toFixed(3).padStart(7)} s ${rate}  cpu ${cpu.toFixed(2)} s  peak ${peak} MB  ${times}`,
    )
  }
  const answers = new Set(names.flatMap(name => of(name).map(each => each.answer)))
  if (answers.size > 1) {
    say(`${job}: the answers differ: ${[...answers].join(', ')}`)
    process.exitCode = 1
  }
}

/** A kept query over ever more input: its memory is that of the open windows. */
function measureMemory(count: number): void {
  const { seconds, peakMb } = runOnce(contestant('millrace', 'stream', nexmarkBids(count)))
  say(`stream    ${count} bids  ${seconds.toFixed(2)} s  peak ${peakMb} MB`)
}

function startUp(): void {
  const each = Array.from({ length: rounds }, () =>
    runOnce({ name: 'start', script: new URL('./core/start.ts', import.meta.url), args: [] }),
  )
  say(
    `start     import and a first result: ${Math.round(median(each.map(one => one.seconds)) * 1000)} ms (median of fresh processes)`,
  )
}

const built = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })
if (built.status !== 0) process.exit(1)
const file = nexmarkBids(rows)
const load = loadavg().map(each => each.toFixed(1))
say(
  `${cpus().length} × ${cpus()[0]?.model}, node ${process.version}, load ${load.join(' ')}; ${rows} bids, ${rounds} rounds, medians`,
)
startUp()
judge('bids', file, rows, ['loop', 'duckdb'])
judge('rows', file, rows, ['duckdb'])
judge('columns', file, rows, ['duckdb'])
judge('channel', file, rows, ['duckdb'])
judge('project', file, rows, ['duckdb'])
const flights = join(root, 'node_modules/vega-datasets/data/flights-3m.parquet')
judge('flights', flights, FLIGHTS, ['duckdb'])
judge('flightrows', flights, FLIGHTS, ['duckdb'])
measureMemory(rows)
if (process.argv.includes('--large')) {
  measureMemory(rows * 10)
  rmSync(nexmarkBids(rows * 10))
}
rmSync(scratch, { recursive: true, force: true })
