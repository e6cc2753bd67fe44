// `millrace sql` in this process, with a terminal that is none.
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { parse } from '../../src/cli/arguments.ts'
import type { Io } from '../../src/cli/io.ts'
import { sqlCommand } from '../../src/cli/sql/command.ts'
import { cellsOf, recordsOf } from '../../src/cli/sql/csv-cells.ts'
import { realWorld } from '../../src/host/index.ts'
import { MillraceError } from '../../src/index.ts'

const build = join(import.meta.dirname, '../../build')
let folder = ''
const path = (name: string): string => join(folder, name)

const files = {
  'log.jsonl': [
    '{"level":"info","n":1,"at":"2026-01-01T00:00:00.123456Z","text":"a, \\"b\\""}',
    '{"level":"warn","n":9007199254740993,"at":"2026-01-01T00:00:01Z","text":"two\\nlines"}',
    '{"level":"info","n":null,"at":"2026-01-01T00:00:02.5Z","text":null}',
    '',
  ].join('\n'),
  'job.sql': `SELECT 1 AS a; -- one
    SELECT ';' AS b;`,
}

interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly stdin?: string
  readonly onOut?: (text: string, signals: EventEmitter) => void
}

async function run(args: readonly string[], terminal: Terminal = {}) {
  let out = ''
  const errors: string[] = []
  const bytes: Uint8Array[] = []
  const signals = new EventEmitter()
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      bytes.push(chunk)
      out += String(chunk)
      terminal.onOut?.(out, signals)
      done()
    },
  })
  const { isTTY = false, columns = 80 } = terminal
  const stdin = Object.assign(Readable.from(terminal.stdin === undefined ? [] : [Buffer.from(terminal.stdin)]), {
    isTTY: terminal.stdin === undefined,
  })
  const io: Io = {
    world: realWorld(folder),
    stdin,
    stdout: Object.assign(stdout, { isTTY, columns }),
    stderr: { isTTY, columns, write: text => errors.push(text) },
    signals,
    scratch: path('scratch'),
    exit: code => assert.fail(`exit ${code}`),
  }
  const parsed = parse(['sql', ...args])
  assert.ok(parsed.kind === 'command')
  const code = await sqlCommand(parsed.job, parsed.flags, io)
  return { code, bytes: Buffer.concat(bytes), out, err: errors.join('') }
}

const query = async (text: string, ...flags: string[]): Promise<string> => (await run([text, ...flags])).out

const refused = (args: readonly string[], code: string, reason: RegExp) =>
  assert.rejects(
    async () => run(args),
    error => error instanceof MillraceError && error.code === code && reason.test(error.message),
  )

describe('millrace sql', () => {
  before(() => {
    mkdirSync(build, { recursive: true })
    folder = mkdtempSync(join(build, 'sql-'))
    for (const [name, text] of Object.entries(files)) writeFileSync(path(name), text)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  test('JSON lines: the order of the query, exact integers, milliseconds or microseconds, null', async () => {
    assert.equal(
      await query(`SELECT at, n, text, level FROM '${path('log.jsonl')}' ORDER BY at DESC`, '--format', 'jsonl'),
      [
        '{"at":"2026-01-01T00:00:02.500Z","n":null,"text":null,"level":"info"}',
        '{"at":"2026-01-01T00:00:01.000Z","n":9007199254740993,"text":"two\\nlines","level":"warn"}',
        '{"at":"2026-01-01T00:00:00.123456Z","n":1,"text":"a, \\"b\\"","level":"info"}',
        '',
      ].join('\n'),
    )
  })

  test('a table: aligned, what is null, control characters shown; the count goes to standard error', async () => {
    const { out, err } = await run([`SELECT level, n, text FROM '${path('log.jsonl')}'`])
    assert.equal(
      out,
      [
        'level                 n  text',
        '-----  ----------------  --------------',
        'info                  1  a, "b"',
        'warn   9007199254740993  two\\u000alines',
        'info               null  null',
        '',
      ].join('\n'),
    )
    assert.match(err, /^\(3 rows, [\d.]+ m?s\)\n$/)
  })

  test('on a terminal a wide table is narrowed, then cut, and long ones end with how many there are', async () => {
    const narrow = await run([`SELECT repeat('x', 100) AS long, 1 AS n`], { isTTY: true, columns: 30 })
    assert.deepEqual(narrow.out.split('\n').slice(0, 3), [
      'long                         n',
      '---------------------------  -',
      `${'x'.repeat(26)}…  1`,
    ])
    const unknown = await run([`SELECT 'a b c' AS x`], { isTTY: true, columns: 0 })
    assert.deepEqual(unknown.out.split('\n').slice(0, 3), ['x', '-----', 'a b c'])
    const many = Array.from({ length: 30 }, (_, i) => `1000000000 AS column_${i}`).join()
    const lines = (await run([`SELECT ${many}`], { isTTY: true, columns: 40 })).out.split('\n')
    assert.ok(lines.every(line => line.length <= 40))
    const long = await run(['SELECT * FROM stdin', '--rows', '2'], { isTTY: true, stdin: 'n\n1\n2\n3\n4\n' })
    assert.equal(long.out, 'n\n-\n1\n2\n… and 2 rows more\n')
  })

  test('CSV, Arrow and Parquet, read back', async () => {
    const all = `SELECT * FROM '${path('log.jsonl')}'`
    const csv = 'level,n,at,text\ninfo,1,2026-01-01T00:00:00.123456Z,"a, ""b"""\n'
    assert.ok((await query(all, '--format', 'csv')).startsWith(csv))
    for (const format of ['arrow', 'parquet']) {
      for (const mode of ['batch', 'stream']) {
        writeFileSync(path(`copy.${format}`), (await run([all, '--format', format, '--mode', mode])).bytes)
        const copied = await query(`SELECT * FROM '${path(`copy.${format}`)}'`, '--format', 'jsonl')
        assert.equal(copied, await query(all, '--format', 'jsonl'), `${format} ${mode}`)
      }
      writeFileSync(path(`none.${format}`), (await run([`${all} WHERE n = 7`, '--format', format])).bytes)
      const none = await query(`SELECT count(*) AS n FROM '${path(`none.${format}`)}'`, '--format', 'jsonl')
      assert.equal(none, '{"n":0}\n')
    }
  })

  test('the standard input: JSON lines or CSV as it looks; the query itself when there is none', async () => {
    const stdin = 'n,word\n1,a\n2,b\n3,a\n'
    const counts = ['SELECT word, sum(n) AS n FROM stdin GROUP BY 1 ORDER BY 1', '--format', 'jsonl']
    assert.equal((await run(counts, { stdin })).out, '{"word":"a","n":4}\n{"word":"b","n":2}\n')
    const json = '{"n":1,"word":"a"}\n{"n":2,"word":"b"}'
    assert.equal((await run(counts, { stdin: json })).out, '{"word":"a","n":1}\n{"word":"b","n":2}\n')
    const self = ['SELECT count(*) AS n FROM stdin a JOIN stdin b USING (word)', '--format', 'jsonl']
    assert.equal((await run(self, { stdin })).out, '{"n":5}\n')
    assert.equal((await run(['--format', 'csv'], { stdin: 'SELECT 1 AS a; SELECT 2 AS b' })).out, 'a\n1\nb\n2\n')
    await refused(['SELECT count(*) FROM stdin'], 'SQL_INVALID', /there is no table stdin/)
    await assert.rejects(run(['SELECT count(*) FROM stdin'], { stdin: '' }), /no line of the standard input is a row/)
    const twice = run(['SELECT count(*) FROM stdin; SELECT count(*) FROM stdin'], { stdin })
    await assert.rejects(twice, /INPUT_TAKEN/)
  })

  test('a large standard input is read with back-pressure', async () => {
    const stdin = Array.from({ length: 300_000 }, (_, i) => `{"i":${i}}\n`).join('')
    const { out } = await run(['SELECT count(*) AS n, max(i) AS m FROM stdin', '--format', 'jsonl'], { stdin })
    assert.equal(out, '{"n":300000,"m":299999}\n')
  })

  test('--file: statements one after another, ended by the first that fails', async () => {
    assert.equal((await run(['--file', path('job.sql'), '--format', 'jsonl'])).out, '{"a":1}\n{"b":";"}\n')
    writeFileSync(path('bad.sql'), 'SELECT 1 AS a; SELECT 1/0; SELECT 2 AS b')
    await refused(['--file', path('bad.sql')], 'DIVISION_BY_ZERO', /divides by zero/)
  })

  describe('as a stream', () => {
    const counts = () => `SELECT level, count(*) AS n FROM '${path('log.jsonl')}' GROUP BY 1`
    const stream = (...flags: string[]) => query(counts(), '--mode', 'stream', '--epoch-rows', '1', ...flags)

    test('complete: the table at the end, in order, whatever the epochs', async () => {
      for (const format of ['table', 'jsonl', 'csv']) {
        const ordered = `${counts()} ORDER BY n DESC, level`
        const batch = await query(ordered, '--format', format)
        for (const rows of ['1', '2', '1000'])
          assert.equal(await query(ordered, '--mode', 'stream', '--epoch-rows', rows, '--format', format), batch)
      }
    })

    test('retract: every change with its weight and epoch', async () => {
      assert.deepEqual((await stream('--output', 'retract', '--format', 'jsonl')).split('\n'), [
        '{"weight":1,"epoch":1,"row":{"level":"info","n":1}}',
        '{"weight":1,"epoch":2,"row":{"level":"warn","n":1}}',
        '{"weight":-1,"epoch":3,"row":{"level":"info","n":1}}',
        '{"weight":1,"epoch":3,"row":{"level":"info","n":2}}',
        '',
      ])
      assert.equal(
        await stream('--output', 'update', '--format', 'csv'),
        'weight,epoch,level,n\n1,1,info,1\n1,2,warn,1\n1,3,info,2\n',
      )
      assert.match(
        await stream('--output', 'retract'),
        /epoch 3: 2 rows\n ± {2}level {2}n\n-- {2}----- {2}-\n-1 {2}info {3}1\n/,
      )
    })

    test('append: rows as they are; refused for a table that changes', async () => {
      const rows = `SELECT level FROM '${path('log.jsonl')}'`
      const out = await query(rows, '--mode', 'stream', '--output', 'append', '--format', 'jsonl')
      assert.equal(out, '{"level":"info"}\n{"level":"warn"}\n{"level":"info"}\n')
      await refused([counts(), '--mode', 'stream', '--output', 'append'], 'APPEND_ON_UPDATES', /append/)
    })

    test('Arrow and Parquet: the table at the end; changes with their weights and epochs', async () => {
      for (const format of ['arrow', 'parquet']) {
        const stream = async (text: string, ...flags: string[]): Promise<string> => {
          const { bytes } = await run([text, '--mode', 'stream', '--epoch-rows', '1', '--format', format, ...flags])
          writeFileSync(path(`streamed.${format}`), bytes)
          return query(`SELECT * FROM '${path(`streamed.${format}`)}'`, '--format', 'csv')
        }
        assert.equal(await stream(`${counts()} ORDER BY level DESC`), 'level,n\nwarn,1\ninfo,2\n', format)
        const changes = 'weight,epoch,level,n\n1,1,info,1\n1,2,warn,1\n-1,3,info,1\n1,3,info,2\n'
        assert.equal(await stream(counts(), '--output', 'retract'), changes, format)
      }
    })
  })

  describe('a result larger than the memory', () => {
    const ROWS = 400_000
    before(() => {
      const text = 'x'.repeat(150)
      const lines = Array.from({ length: ROWS / 100 }, (_, i) => `{"n":${i},"text":"${text}${i}"}\n`).join('')
      for (let i = 0; i < 100; i++) appendFileSync(path('large.jsonl'), lines)
    })

    for (const format of ['jsonl', 'csv', 'arrow', 'parquet', 'table'])
      test(`is written while it comes: ${format}`, async () => {
        const all = `SELECT n, text, n * 2 AS twice FROM '${path('large.jsonl')}'`
        const { bytes, err } = await run([all, '--format', format, '--memory', '24 MB', '--rows', '3'])
        if (format === 'table') return assert.match(err, /400,000 rows/)
        writeFileSync(path(`large.${format}`), bytes)
        const sums = await query(
          `SELECT count(*) AS c, sum(twice) AS s, count(DISTINCT text) AS d FROM '${path(`large.${format}`)}'`,
          '--format',
          'csv',
        )
        assert.equal(sums, `c,s,d\n${ROWS},${100 * 4000 * 3999},4000\n`)
      })
  })

  describe('--follow', () => {
    test('changes as the file grows, until it is interrupted', async () => {
      writeFileSync(path('growing.jsonl'), '{"level":"info"}\n')
      let grown = false
      const { code, out } = await run(
        ['--follow', `SELECT level, count(*) AS n FROM '${path('growing.jsonl')}' GROUP BY 1`, '--format', 'jsonl'],
        {
          onOut(text, signals) {
            if (!grown) appendFileSync(path('growing.jsonl'), '{"level":"info"}\n')
            grown = true
            if (text.includes('"n":2')) signals.emit('SIGINT')
          },
        },
      )
      assert.equal(code, 0)
      const change = (weight: number, epoch: number, n: number) =>
        `{"weight":${weight},"epoch":${epoch},"row":{"level":"info","n":${n}}}\n`
      assert.equal(out, change(1, 1, 1) + change(-1, 2, 1) + change(1, 2, 2))
    })

    test('on a terminal the table is drawn anew in its place', async () => {
      writeFileSync(path('drawn.jsonl'), '{"level":"info"}\n')
      let grown = false
      const { out } = await run(['--follow', `SELECT count(*) AS n FROM '${path('drawn.jsonl')}'`], {
        isTTY: true,
        onOut(text, signals) {
          if (!grown) appendFileSync(path('drawn.jsonl'), '{"level":"info"}\n')
          grown = true
          if (text.includes('\n2\n')) signals.emit('SIGINT')
        },
      })
      const back = '\x1b[1A\x1b[2K'.repeat(4)
      assert.equal(out, `n\n-\n1\n(1 row)\n${back}n\n-\n2\n(1 row)\n`)
    })
  })

  test('an interrupted batch ends with 130', async () => {
    const slow = 'SELECT count(*) FROM stdin'
    const { code } = await run([slow], { stdin: 'n\n1\n', onOut: (_text, signals) => signals.emit('SIGINT') })
    assert.equal(code, 130)
  })

  test('bad usage', async () => {
    const q = 'SELECT 1'
    await refused([q, '--format', 'josnl'], 'USAGE', /--format josnl is not known.*did you mean/)
    await refused([q, '--mode', 'fast'], 'USAGE', /write one of: batch, stream/)
    await refused([q, '--output', 'retract'], 'USAGE', /add --mode stream/)
    await refused([q, '--epoch-rows', '5'], 'USAGE', /add --mode stream/)
    await refused([q, '--epoch-rows', '0', '--mode', 'stream'], 'USAGE', /not a number of rows/)
    await refused([q, '--rows', '-1'], 'USAGE', /not a number of rows/)
    await refused([q, '--follow', '--mode', 'batch'], 'USAGE', /contradict/)
    await refused([q, '--follow', '--format', 'arrow'], 'USAGE', /has none/)
    await refused([q, '--file', 'x.sql'], 'USAGE', /leave one of them out/)
    await refused(['--file', path('none.sql')], 'USAGE', /there is no file/)
    await refused([q, 'FROM x'], 'USAGE', /one query too many/)
    await refused([q, '--fromat', 'csv'], 'USAGE', /did you mean --format/)
  })
})

test('CSV taken apart: quotes, newlines and commas within them, what is null', () => {
  const records = recordsOf('a,"b,""c""\n",\\N\n,"",x\n')
  assert.deepEqual(records.map(cellsOf), [
    ['a', 'b,"c"\n', null],
    ['', '', 'x'],
  ])
})
