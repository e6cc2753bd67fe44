// `npm run bench -- files [rows] [rounds]`: the streaming query of `core` (bids per auction and window, each window told once) over
// other kinds of files: CSV with quotes, gzipped JSON lines, a folder of many small files; beside the plain file, and beside DuckDB
// with two threads over the same. Each contestant a fresh process, in turn; answers must be equal.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { nexmarkBids } from './data/nexmark.ts'
import { whole } from './data/whole-file.ts'
import { compete, median, type Result, ratio } from './support/measure.ts'

const root = join(import.meta.dirname, '..')
const rows = Number(process.argv[2] ?? 460_000)
const rounds = Number(process.argv[3] ?? 5)
const SMALL_ROWS = 1000

const plain = nexmarkBids(rows)

const lines = (): string[] => readFileSync(plain, 'utf8').trimEnd().split('\n')

const csv = whole(plain.replace('.jsonl', '.csv'), path => {
  const quoted = (value: unknown): string =>
    typeof value === 'string' && value.includes('?') ? `"${value}"` : `${value}`
  const records = lines().map(line =>
    Object.values(JSON.parse(line) as object)
      .map(quoted)
      .join(','),
  )
  writeFileSync(path, `auction,bidder,price,channel,url,dateTime,extra\n${records.join('\n')}\n`)
})
const gzip = whole(`${plain}.gz`, path => writeFileSync(path, gzipSync(readFileSync(plain), { level: 1 })))
const folder = whole(plain.replace('.jsonl', '-folder'), path => {
  mkdirSync(path)
  const all = lines()
  for (let at = 0; at < all.length; at += SMALL_ROWS) {
    const name = `${String(at / SMALL_ROWS).padStart(6, '0')}.jsonl`
    writeFileSync(join(path, name), `${all.slice(at, at + SMALL_ROWS).join('\n')}\n`)
  }
})

const built = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })
if (built.status !== 0) process.exit(1)
for (const [kind, file] of Object.entries({ plain, csv, gzip, folder })) {
  const names = ['millrace', 'duckdb'] as const
  const results = compete(
    names.map(name => ({
      name,
      script: new URL(`./core/${name}.ts`, import.meta.url),
      args: ['bids', file, join(root, '.bench/scratch')],
    })),
    rounds,
  )
  const [millrace, duckdb] = names.map(name => results.get(name) as Result[]) as [Result[], Result[]]
  const shown = (all: readonly Result[]): string =>
    `${median(all.map(each => each.seconds)).toFixed(3)} s, cpu ${median(all.map(each => each.cpuSeconds)).toFixed(2)} s, peak ${Math.max(...all.map(each => each.peakMb))} MB`
  const times = ratio(duckdb, millrace).toFixed(2)
  process.stdout.write(
    `${kind.padEnd(7)} millrace ${shown(millrace)}; duckdb ${shown(duckdb)}; millrace is ${times}× as fast\n`,
  )
  if (new Set([...millrace, ...duckdb].map(each => each.answer)).size > 1) {
    process.stdout.write(`${kind}: the answers differ\n`)
    process.exitCode = 1
  }
}
