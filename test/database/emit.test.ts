// When windows are told: options of what is written, and SET; what they may be, and what explain() says of them.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Millrace, MillraceError, millrace } from '../../src/index.ts'

const build = join(import.meta.dirname, '../../build')
let folder = ''
const path = (name: string): string => join(folder, name)

const QUERY = `SELECT window_start AS w, count(*) AS n FROM tumble(c, at, '10 seconds', accept => '1 minute')
  GROUP BY window_start, window_end`

/** Seconds of a minute; the sixth row and those behind it are past the first window's end. */
const SECONDS = [1, 2, 11, 5, 30, 31, 3]

async function told(m: Millrace, text: string): Promise<string[]> {
  const all: string[] = []
  for await (const outcome of m.execute(text)) {
    if (outcome.kind === 'done') all.push(outcome.tag)
    else all.push(...(await outcome.table.collect()).map(row => Object.values(row).map(String).join('|')))
  }
  return all
}

const input = (): string =>
  `CREATE TABLE c (at timestamp) WITH (path = '${path('in.jsonl')}', watermark = 'at - interval ''10 seconds''', idle_after = never)`

/** What a stream of one row an epoch writes: window, count, and what is said of the pane. */
async function written(name: string, sink: string): Promise<string[]> {
  await using m = await millrace({ dir: path(`state-${name}`) })
  await told(m, `${input()}; ${sink}; SET mode = stream; SET epoch_rows = 1; INSERT INTO o ${QUERY}`)
  return readdirSync(path(name))
    .filter(each => each.startsWith('part-'))
    .sort()
    .flatMap(each =>
      readFileSync(path(`${name}/${each}`), 'utf8')
        .trimEnd()
        .split('\n'),
    )
    .map(each =>
      Object.values(JSON.parse(each) as object)
        .join(' ')
        .replace('2026-01-01T00:00:', ''),
    )
}

async function refusal(text: string): Promise<MillraceError> {
  await using m = await millrace({ dir: false })
  const failed = await told(m, `${input()}; ${text}`).catch((error: unknown) => error)
  assert.ok(failed instanceof MillraceError, String(failed))
  return failed
}

describe('emit', () => {
  before(() => {
    mkdirSync(build, { recursive: true })
    folder = mkdtempSync(join(build, 'emit-'))
    const lines = SECONDS.map(s => `{"at":"2026-01-01T00:00:${String(s).padStart(2, '0')}Z"}\n`)
    writeFileSync(path('in.jsonl'), lines.join(''))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  test('final: each window once, when its last late row could have come', async () => {
    const rows = await written('final', `CREATE TABLE o () WITH (path = '${path('final')}', emit = 'final')`)
    assert.deepEqual(rows, ['00.000Z 4', '10.000Z 1', '30.000Z 2'])
  })

  test('panes: early, on time, late; a sink without columns gets what is said of the pane', async () => {
    const rows = await written(
      'panes',
      `CREATE TABLE o () WITH (path = '${path('panes')}', emit_early = '1 row', emit_late = '1 row')`,
    )
    assert.deepEqual(rows.slice(0, 5), [
      '00.000Z 1 0 early true false',
      '00.000Z 2 1 early false false',
      '10.000Z 1 0 early true false',
      '00.000Z 3 2 early false false',
      '00.000Z 3 3 on time false false',
    ])
    assert.ok(rows.includes('00.000Z 4 4 late false true'), rows.join('\n'))
  })

  test('panes that add up, in the columns of the sink', async () => {
    const sink = `CREATE TABLE o (w timestamp, n bigint) WITH (path = '${path('sum')}', emit = 'every 10 seconds', accumulate = discarding)`
    assert.deepEqual(await written('sum', sink), ['00.000Z 3', '10.000Z 1', '00.000Z 1', '30.000Z 2'])
  })

  test('explain shows it, of an option, of SET and of a materialized view; a batch has one pane of each window', async () => {
    await using m = await millrace({ dir: false })
    const sink = `CREATE TABLE o () WITH (connector = 'console', emit = '1 minute or 100 rows', emit_late = 'every 1 hour then 2 rows')`
    const explained = await told(m, `${input()}; ${sink}; EXPLAIN INSERT INTO o ${QUERY}`)
    assert.match(explained.join('\n'), /panes at the watermark, early \(.*100 rows.*\), late \(.*\), accumulating/)
    const set = await told(
      m,
      `DROP TABLE o; CREATE TABLE o () WITH (connector = 'console'); SET emit = 'final'; EXPLAIN INSERT INTO o ${QUERY}`,
    )
    assert.match(set.join('\n'), /─ final /)
    const view = `CREATE MATERIALIZED VIEW v WITH (emit_when = '2 rows', accumulate = 'retracting') AS ${QUERY}`
    assert.match((await told(m, `EXPLAIN ${view}`)).join('\n'), /panes after 2 rows, retracting/)
    const rows = await told(
      m,
      `RESET emit; ${view}; SELECT extract(second from w)::int, n, "paneTiming" FROM v ORDER BY w`,
    )
    assert.deepEqual(
      rows.slice(-3).map(each => each.split('|').slice(0, 2).join()),
      ['0,4', '10,1', '30,2'],
    )
  })

  test('CREATE TABLE … WITH … AS writes a query to a sink', async () => {
    await using m = await millrace({ dir: false })
    const outcomes = await told(
      m,
      `${input()}; CREATE TABLE made WITH (path = '${path('made')}', emit = final) AS ${QUERY}; SELECT sum(n) FROM made`,
    )
    assert.deepEqual(outcomes.slice(1), ['INSERT 0 3', '7'])
  })

  test('what is not known is told with what is meant', async () => {
    const files = (options: string): string => `CREATE TABLE o () WITH (path = '${path('bad')}', ${options})`
    const cases: readonly (readonly [string, RegExp])[] = [
      [files("emit = 'finl'"), /did you mean final\?/],
      [files("emit = 'every soon'"), /write '1 minute', 'every 10 seconds'/],
      [files("emit_erly = '1 row'"), /did you mean emit_early\?/],
      [files("accumulate = 'acumulating'"), /did you mean accumulating\?/],
      [files("emit = 'final', emit_early = '1 row'"), /write emit = 'panes'/],
      [files("emit_when = '1 row', emit_late = '1 row'"), /instead of emit_early and emit_late/],
      [`${files("emit = 'final'")}; INSERT INTO o SELECT at FROM c`, /group by a window/],
      [`CREATE MATERIALIZED VIEW v WITH (emitt = 'final') AS ${QUERY}`, /did you mean emit\?/],
      ["CREATE TABLE o () WITH (connector = 'rate', emit = 'final')", /has no option emit/],
      ["SET emit = 'finl'", /final/],
      ["SELECT * FROM tumble(c, at, '10 seconds', acept => '1 minute')", /did you mean accept\?/],
    ]
    for (const [text, message] of cases) assert.match((await refusal(text)).toString(), message, text)
  })
})
