// `npm run bench -- nexmark [sql] [events] [rounds] [queries …]`: NEXMark in one thread, by the typed table API or in SQL (`sql`: all of
// bench/nexmark/queries.ts, the wanted figures being a mean of 0.8 and 0.3 at least), beside DuckDB
// with two, and beside what a team writes by hand, in the same run, each contestant a fresh process. 2,000,000 events
// are 0.45 GB of JSON lines. Answers must be equal.
import { spawnSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { nexmark } from './data/nexmark.ts'
import { queries as texts } from './nexmark/queries.ts'
import { type Contestant, compete, median, type Result, ratio } from './support/measure.ts'

const root = join(import.meta.dirname, '..')
const numbers = process.argv.slice(2).filter(each => /^\d+$/.test(each))
const asked = process.argv.slice(2).filter(each => /^q\d+$/.test(each))
const events = Number(numbers[0] ?? 2_000_000)
const rounds = Number(numbers[1] ?? 3)
const inSql = process.argv.includes('sql')
const all = inSql ? Object.keys(texts) : ['q3', 'q4', 'q7', 'q8', 'q9', 'q11', 'q18', 'q19', 'q20']
const queries = asked.length > 0 ? asked : all

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const built = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })
if (built.status !== 0) process.exit(1)
const files = nexmark(events)
const load = loadavg().map(each => each.toFixed(1))
say(
  `${cpus().length} × ${cpus()[0]?.model}, node ${process.version}, load ${load.join(' ')}; ${events} events, ${rounds} rounds, medians`,
)

/** Ours, the reference, and what stands beside them. */
const names: readonly string[] = inSql ? ['sql', 'duckdb-sql'] : ['millrace', 'duckdb', 'loop']
const [ours, reference] = names as readonly [string, string]
say(
  `query ${names.map(name => `${name} s`.padStart(12)).join(' ')}  × duckdb  × duckdb cpu  × loop  peak MB (millrace, duckdb)`,
)

function contestant(name: string, query: string): Contestant {
  return {
    name,
    script: new URL(`./nexmark/${name}.ts`, import.meta.url),
    args: [query, files.person, files.auction, files.bid],
  }
}

const ratios: number[] = []
for (const query of queries) {
  const results = compete(
    names.map(name => contestant(name, query)),
    rounds,
  )
  const of = (name: string): Result[] => results.get(name) as Result[]
  const seconds = names.map(name =>
    median(of(name).map(each => each.seconds))
      .toFixed(3)
      .padStart(12),
  )
  const cpu = median(of(reference).map((each, i) => each.cpuSeconds / (of(ours)[i] as Result).cpuSeconds))
  const faster = ratio(of(reference), of(ours))
  ratios.push(faster)
  const loop = inSql ? '-' : ratio(of('loop'), of(ours)).toFixed(2)
  const peaks = [ours, reference].map(name => Math.max(...of(name).map(each => each.peakMb))).join(', ')
  say(
    `${query.padEnd(5)} ${seconds.join(' ')}  ${faster.toFixed(2).padStart(8)}  ${cpu.toFixed(2).padStart(12)}  ${loop.padStart(6)}  ${peaks}`,
  )
  const answers = new Set(names.flatMap(name => of(name).map(each => each.answer)))
  if (answers.size === 1) continue
  say(`${query}: the answers differ: ${names.map(name => `${name} ${of(name)[0]?.answer}`).join(', ')}`)
  process.exitCode = 1
}
const mean = Math.exp(ratios.reduce((sum, each) => sum + Math.log(each), 0) / ratios.length)
say(`geometric mean ${mean.toFixed(2)}× DuckDB, the worst ${Math.min(...ratios).toFixed(2)}×`)
