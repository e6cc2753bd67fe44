// `npm run bench -- sql-rows [rows]`: statements that change many rows of a memory table with a primary key, each in one
// statement; wall-clock and CPU seconds of this process.
import { millrace } from 'millrace'

const rows = Number(process.argv[2] ?? 200_000)
const series = (from: number, to: number): string => `FROM generate_series(${from}, ${to}) i`
const values = "SELECT i, 'name ' || i, i * 1.5"

await using engine = await millrace({ dir: false })
await run('CREATE TABLE t (k int PRIMARY KEY, name text, v double precision)')
// What is compiled on the way is not measured.
for (const text of [`INSERT INTO t ${values} ${series(1, 100)}`, 'UPDATE t SET v = 0', 'DELETE FROM t']) await run(text)
for (const text of [
  `INSERT INTO t ${values} ${series(1, rows)}`,
  'SELECT count(*), sum(v) FROM t',
  'UPDATE t SET v = v + 1 WHERE k % 2 = 0',
  `INSERT INTO t ${values} ${series(1, rows)} ON CONFLICT DO NOTHING`,
  'DELETE FROM t WHERE k % 3 = 0',
  'TRUNCATE t',
])
  await timed(text)

async function timed(text: string): Promise<void> {
  const [began, used] = [performance.now(), process.cpuUsage()]
  await run(text)
  const { user, system } = process.cpuUsage(used)
  const seconds = (performance.now() - began) / 1000
  process.stdout.write(`${seconds.toFixed(2)} s, CPU ${((user + system) / 1e6).toFixed(2)} s  ${text}\n`)
}

async function run(text: string): Promise<void> {
  for await (const each of engine.execute(text)) if (each.kind === 'rows') await each.table.collect()
}
