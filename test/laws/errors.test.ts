// Law 10: every refusal and every error names the query, the operator, the input position where there is one, and what
// to do. Each case makes its error through the public API; every code of the catalogue is here or named below with the
// test that raises it.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type ErrorCode, every, type MillraceError, millrace, read, t, when, write } from 'millrace'
import { catalogue } from '../../src/base/index.ts'
import { failure, folder, put, runOnce } from '../integration/support.ts'

const Row = t.row({ at: t.timestamp(), s: t.string(), n: t.int() })
const good = { at: '2026-01-01T00:00:00Z', s: 'x', n: 1 }
type Any = any

/** A file whose second line is `line`, read as JSON. */
const second = (dir: string, line: string, more: object = {}) =>
  read.json(put(`${dir}/in.jsonl`, `${JSON.stringify(good)}\n${line}\n`), { schema: Row, ...more })
const rows = () => read.from([{ at: new Date(0), s: 'x', n: 0 }], { schema: Row, time: 'at' })
async function sqlFails(text: string): Promise<void> {
  await using m = await millrace({ dir: false })
  await m.sql(text)
}

const endless = () => read.memory(Row, { time: 'at' }).table
const run = (dir: string, output: Any, how: object = {}) => runOnce(`${dir}/m`, output, how)

/** What is done, and what the message must name besides the fix. */
type Case = readonly [make: (dir: string) => Promise<unknown> | unknown, names?: RegExp]

const atLine2 = /in\.jsonl line 2, byte \d+/

const cases: Partial<Record<ErrorCode, Case>> = {
  // rows: file, line, byte, column
  BAD_JSON: [dir => run(dir, second(dir, '{"at":}').to(write.memory())), /query q.*in\.jsonl line 2, byte \d+/],
  BAD_FIELD: [
    dir => run(dir, second(dir, '{"at":"soon","s":"","n":1}').to(write.memory())),
    /query q.*in\.jsonl line 2, byte \d+, column at/,
  ],
  MISSING_FIELD: [
    dir => run(dir, second(dir, '{"s":"","n":1}').to(write.memory())),
    /query q.*in\.jsonl line 2, byte \d+, column at/,
  ],
  BAD_UTF8: [
    dir => {
      put(`${dir}/b.jsonl`, Buffer.concat([Buffer.from('{"s":"'), Buffer.from([0xff]), Buffer.from('"}\n')]))
      return read.json(`${dir}/b.jsonl`, { schema: Row }).collect()
    },
    /b\.jsonl line 1, byte \d+/,
  ],
  LINE_TOO_LONG: [dir => second(dir, `{"s":"${'y'.repeat(200)}"}`, { maxLineBytes: 100 }).collect(), atLine2],
  BAD_CSV: [
    dir => read.csv(put(`${dir}/a.csv`, 'n,s\n1,x,y\n'), { schema: t.row({ n: t.int(), s: t.string() }) }).collect(),
    /a\.csv line 2, byte \d+/,
  ],
  CSV_HEADER: [
    dir => read.csv(put(`${dir}/a.csv`, 'n\n1\n'), { schema: t.row({ n: t.int(), s: t.string() }) }).collect(),
    /a\.csv/,
  ],
  DIVISION_BY_ZERO: [
    dir =>
      run(
        dir,
        second(dir, JSON.stringify({ ...good, n: 0 }))
          .select(r => ({ x: r.n.div(r.n) }))
          .to(write.memory()),
      ),
    /query q, operator select-1, .*in\.jsonl line 2/,
  ],
  NUMERIC_OVERFLOW: [
    dir =>
      run(
        dir,
        second(dir, JSON.stringify({ ...good, n: 2 ** 52 }))
          .select(r => ({ x: r.n.cast('decimal').mul('1e15').mul('1e15') }))
          .to(write.memory()),
      ),
    /query q, operator select-1, .*in\.jsonl line 2/,
  ],
  INTEGER_OVERFLOW: [
    dir =>
      run(
        dir,
        second(dir, JSON.stringify({ ...good, n: 2 ** 52 }))
          .select(r => ({ x: r.n.mul(r.n) }))
          .to(write.memory()),
      ),
    /query q, operator select-1, .*in\.jsonl line 2/,
  ],
  INVALID_TEXT: [
    dir =>
      second(dir, JSON.stringify(good))
        .select(r => ({ x: r.s.cast('int') }))
        .collect(),
    /operator select-1, .*in\.jsonl line 1/,
  ],
  INVALID_ARGUMENT: [
    dir =>
      second(dir, JSON.stringify({ ...good, n: -1 }))
        .select(r => ({ x: r.n.cast('double').sqrt() }))
        .collect(),
    /operator select-1, .*in\.jsonl line 2/,
  ],
  OUT_OF_RANGE: [
    dir =>
      second(dir, JSON.stringify({ ...good, n: 2 ** 53 - 1 }))
        .select(r => ({ x: r.n.cast('double').exp() }))
        .collect(),
    /operator select-1, .*in\.jsonl line 2/,
  ],
  UNSAFE_INTEGER: [
    dir => run(dir, second(dir, '{"at":0,"s":"","n":9007199254740993}').to(write.memory())),
    /column n.*query q.*in\.jsonl line 2/,
  ],
  FUNCTION_FAILED: [
    dir =>
      run(
        dir,
        second(dir, JSON.stringify(good))
          .filter(() => {
            throw new Error('mine')
          })
          .to(write.memory()),
      ),
    /query q, operator filter-1, .*in\.jsonl line 1/,
  ],
  FUNCTION_RESULT: [
    dir =>
      run(
        dir,
        second(dir, JSON.stringify(good))
          .map((() => 5) as Any, t.row({ x: t.int() }))
          .to(write.memory()),
      ),
    /query q, operator map-1/,
  ],
  TOO_MANY_BAD_ROWS: [dir => run(dir, second(dir, '{', { onBadRow: 'skip', maxBad: 0 }).to(write.memory())), /query q/],
  FILE_CORRUPT: [
    dir => read.json(put(`${dir}/a.jsonl.gz`, gzipSync('{}\n').subarray(0, 12)), { schema: Row }).collect(),
    /a\.jsonl\.gz/,
  ],
  BAD_PARQUET: [dir => read.parquet(put(`${dir}/a.parquet`, 'no'), { schema: Row }).collect(), /a\.parquet/],
  NO_INPUT: [dir => run(dir, read.json(`${dir}/none`, { schema: Row }).to(write.memory())), /query q/],
  FILE_CHANGED: [
    async dir => {
      const copy = () => read.json(`${dir}/in`, { schema: Row, until: 'forever' }).to(write.memory())
      put(`${dir}/in/a.jsonl`, [good, good])
      await run(dir, copy())
      put(`${dir}/in/a.jsonl`, [good, good, good])
      await run(dir, copy())
    },
    /query q.*a\.jsonl/,
  ],
  // what is built
  BAD_DURATION: [() => rows().window({ tumbling: 'soon' as Any })],
  BAD_SCHEMA: [() => t.row({})],
  BAD_COLUMN_NAME: [() => t.row({ 'a\nb': t.int() })],
  UNKNOWN_COLUMN: [() => rows().select((r: Any) => ({ x: r.att })), /did you mean at/],
  NO_OVERLOAD: [() => rows().select((r: Any) => ({ x: r.s.add(true) }))],
  NO_CAST: [() => rows().select((r: Any) => ({ x: r.at.cast('boolean') }))],
  TYPE_MISMATCH: [() => rows().select((r: Any) => ({ x: r.s.coalesce(r.at) }))],
  DUPLICATE_COLUMN: [() => rows().rename({ s: 'n' })],
  BAD_VERB: [() => rows().drop('at', 's', 'n')],
  UNUSED_EXPRESSION: [() => (rows() as Any).where((r: Any) => r.n.gt(1) && r.n.lt(3))],
  NOT_A_VALUE: [() => (rows() as Any).where((r: Any) => r.n > 1)],
  NULL_COMPARED: [() => rows().where((r: Any) => r.n.eq(null))],
  NOT_BOOLEAN: [() => rows().select((r: Any) => ({ x: when(r.n, 1).otherwise(2) }))],
  BAD_AGGREGATE: [() => rows().agg(g => ({ q: g.n.approxQuantile(2) }))],
  WINDOW_WITHOUT_TIME: [() => read.from([], { schema: Row }).window({ tumbling: '1 hour' })],
  BAD_TRIGGER: [() => every('0 seconds')],
  BAD_OPTION: [() => write.json('')],
  MAP_NEEDS_SCHEMA: [
    () =>
      rows().map(() => {
        throw new Error('no')
      }),
  ],
  BAD_VALUE: [() => read.from([{ at: new Date(0), s: 'x', n: 1.5 }], { schema: Row }).collect(), /column n/],
  // what is refused before a run
  APPEND_ON_UPDATES: [
    dir =>
      run(
        dir,
        rows()
          .groupBy('s')
          .agg(g => ({ n: g.count() }))
          .to(write.json(`${dir}/o`) as Any),
      ),
    /operator json files/,
  ],
  UPDATE_WITHOUT_KEY: [() => endless().to(write.memory(), { mode: 'update' }), /operator memory/],
  COMPLETE_UNBOUNDED: [() => endless().to(write.memory(), { mode: 'complete' }), /operator memory/],
  MODE_NOT_TAKEN: [() => rows().to(write.json('o'), { mode: 'retract' as Any }), /operator json files/],
  SORT_UNBOUNDED: [
    async dir => {
      await using m = await millrace({ dir: `${dir}/m` })
      await m.run(
        'q',
        endless()
          .orderBy(r => r.n)
          .to(write.memory(), { mode: 'retract' }),
      )
    },
  ],
  UNBOUNDED_STATE: [
    async dir => {
      await using m = await millrace({ dir: `${dir}/m` })
      await m.run('q', endless().distinct().to(write.memory()))
    },
    /query q/,
  ],
  JOIN_UNBOUNDED: [
    async dir => {
      await using m = await millrace({ dir: `${dir}/m` })
      await m.run(
        'q',
        endless()
          .join(endless(), { on: (a, b) => a.n.eq(b.n), select: a => ({ n: a.n }) })
          .to(write.memory()),
      )
    },
  ],
  AS_OF_UPDATES: [
    async dir => {
      await using m = await millrace({ dir: `${dir}/m` })
      const timed = read.memory(t.row({ n: t.int(), at: t.timestamp() }), { time: 'at', weights: true }).table
      await m.run('q', timed.asOf(timed, { select: a => ({ n: a.n }) }).to(write.memory(), { mode: 'retract' }))
    },
  ],
  MORE_THAN_ONE_ROW: [
    async () => {
      await using m = await millrace({ dir: false })
      await (await m.sql('SELECT (VALUES (1), (2))')).collect()
    },
  ],
  SQL_SYNTAX: [async () => sqlFails('SELEC 1'), /SQL line 1/],
  SQL_INVALID: [async () => sqlFails('SELECT nope'), /SQL line 1/],
  SQL_UNSUPPORTED: [async () => sqlFails('SELECT 1 FOR UPDATE')],
  SQL_TOO_LARGE: [async () => sqlFails(`SELECT ${'('.repeat(600)}1${')'.repeat(600)}`)],
  BAD_RUN: [dir => run(dir, [], {}), /query q/],
  ENGINE_CLOSED: [
    async dir => {
      const m = await millrace({ dir })
      await m.close()
      await m.run('q', rows().to(write.memory()))
    },
  ],
  CANCELLED: [dir => run(dir, rows().to(write.memory()), { signal: AbortSignal.abort() }), /query q/],
  // what happens while it runs
  SINK_FAILED: [
    dir =>
      run(
        dir,
        rows().to(
          write.foreachBatch(() => {
            throw new Error('mine')
          }),
        ),
      ),
    /query q.*|foreachBatch/,
  ],
  SINK_TAKEN: [
    async dir => {
      await run(dir, rows().to(write.json(`${dir}/o`)))
      await run(dir, rows().to(write.json(`${dir}/o`)), { id: 'other' })
    },
    /query other/,
  ],
  DISK_FAILED: [
    dir => {
      mkdirSync(`${dir}/m/queries/q/meta`, { recursive: true })
      return run(dir, rows().to(write.memory()))
    },
    /query q/,
  ],
  INPUT_CLOSED: [
    async () => {
      const i = read.memory(Row)
      i.close()
      await i.push({ at: new Date(0), s: '', n: 1 })
    },
  ],
  INPUT_FAILED: [
    dir =>
      run(
        dir,
        read
          .from(
            {
              [Symbol.iterator]: (): Iterator<Any> => ({
                next: () => {
                  throw new Error('mine')
                },
              }),
            },
            { schema: Row },
          )
          .to(write.memory()),
      ),
    /query q/,
  ],
  MEMORY_LIMIT: [
    dir =>
      run(
        dir,
        read
          .rate({ rowsPerSecond: 1e7, rows: 1_000_000 })
          .groupBy('value')
          .agg(g => ({ n: g.count() }))
          .to(write.memory(), { mode: 'update' }),
        { memory: '16 MB', epochRows: 50_000 },
      ),
    /query q, operator \w+-1/,
  ],
  ITERATION_VARIABLE: [
    () => {
      let kept: Any
      rows().iterate(now => {
        kept = now
        return now
      })
      return kept.collect()
    },
  ],
  ITERATION_NOT_CONVERGED: [
    () =>
      rows()
        .iterate(now => now.withColumn('n', r => r.n.add(1)), { maxRounds: 7 })
        .collect(),
    /after 7 rounds.*operator iterate-1/,
  ],
}

/** Raised by tests elsewhere: they need another process, a broken disk, a damaged folder, or a door of another room. */
const elsewhere: Partial<Record<ErrorCode, string>> = {
  ASSERTION: 'cli/report',
  BAD_ARGUMENT: 'base/arguments',
  BAD_ARROW: 'data/arrow',
  STALE_ROW: 'ops/apply',
  BAD_FORMAT: 'data/decode/csv',
  NO_SAMPLE: 'data/decode/infer',
  STRUCT_COLUMN: 'expr/check',
  UNKNOWN_FUNCTION: 'expr/check',
  FINAL_WITHOUT_WINDOW: 'plan/modes',
  NEVER_FINAL: 'table/over',
  NEVER_LATE: 'table/late',
  NOW_ELSEWHERE: 'table/now',
  NOW_OVER_CHANGES: 'table/now',
  SESSION_NOT_MERGED: 'table/rank',
  KEY_NOT_UNIQUE: 'plan/modes',
  LOCKED: 'state/checkpoint',
  CHECKPOINT_CORRUPT: 'state/checkpoint',
  CHECKPOINT_FOREIGN: 'state/checkpoint',
  CHECKPOINT_VERSION: 'state/checkpoint',
  CHECKPOINT_MISSING: 'state/checkpoint',
  QUERY_CHANGED: 'integration/changed-query',
  BACKFILL_REFUSED: 'cli/plan',
  PROCESS_NEEDS_OUTPUT: 'table/process',
  INITIAL_UNBOUNDED: 'table/process',
  PROCESS_ON_UPDATES: 'table/process',
  LOOKUP_TIMEOUT: 'ops/enrich',
  BAD_TIMER: 'ops/process',
  STATE_VERSION: 'ops/process',
  BAD_GROUP_STATE: 'ops/group-state',
  INITIAL_STATE_TWICE: 'ops/process',
  RUN_EXISTS: 'integration/files',
  OPERATOR_FAILED: 'cli/report',
  FEEDBACK_OVERFLOW: 'runtime/feedback',
  DISK_FULL: 'runtime/engine',
  DISK_DENIED: 'testing/disk',
  DISK_MISSING: 'cli/report',
  DISK_SHORT: 'host/disk',
  BAD_OFFSET: 'connectors/memory',
  SOCKET_FAILED: 'connectors/socket',
  SINK_ALTERED: 'connectors/folder',
  NO_INPUT_NAMED: 'testing/live-test',
  NO_PARTITION: 'testing/live-test',
  BAD_WEIGHT: 'testing/live-test',
  BAD_TABLE: 'testing/print',
  BAD_TEST: 'testing/everywhere',
  BAD_PATTERN: 'expr/regex',
  INPUT_TAKEN: 'cli/sql',
  NO_TABLE: 'cli/repl',
  NOT_READABLE: 'database/statements',
  NOT_WRITABLE: 'database/statements',
  DUPLICATE_KEY: 'database/statements',
  CHECK_VIOLATED: 'database/statements',
  KEY_GIVEN_TWICE: 'sql/changes',
  ROW_MET_TWICE: 'sql/changes',
  NAME_TAKEN: 'database/statements',
  IN_USE: 'database/statements',
  NO_JOB: 'cli/run',
  USAGE: 'cli/run',
}

test('every code of the catalogue has a case here or is raised elsewhere', () => {
  // Nothing raises REPLAY_DIFFERS on purpose yet.
  const known = new Set([...Object.keys(cases), ...Object.keys(elsewhere), 'REPLAY_DIFFERS'])
  assert.deepEqual(
    Object.keys(catalogue).filter(code => !known.has(code)),
    [],
  )
  for (const [code, file] of Object.entries(elsewhere)) {
    const text = readFileSync(new URL(`../${file}.test.ts`, import.meta.url), 'utf8')
    assert.ok(text.includes(code), `${file} does not speak of ${code}`)
  }
})

for (const [code, [make, names]] of Object.entries(cases))
  test(code, async context => {
    const dir = folder(context)
    const error: MillraceError = await failure(async () => make(dir))
    assert.equal(error.code, code, error.stack)
    assert.match(error.message, /To fix: \S.+\.$/s)
    assert.doesNotMatch(error.message, /\{\w+\}|undefined|\[object/, 'every place of the text is filled')
    if (names !== undefined) assert.match(error.message, names)
  })
