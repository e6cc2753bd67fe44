// Statements that define and change: what each comes to, what follows it, and what is refused.
import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Millrace, MillraceError, millrace, read, t } from '../../src/index.ts'

const build = join(import.meta.dirname, '../../build')
let folder = ''
const path = (name: string): string => join(folder, name)

/** The outcomes of statements: a tag, or rows as values between |. */
async function told(m: Millrace, text: string, params: readonly unknown[] = []): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const outcome of m.execute(text, { params })) {
    if (outcome.kind === 'done') all.push(outcome.tag)
    else all.push((await outcome.table.collect()).map(row => Object.values(row).map(String).join('|')))
  }
  return all
}

const fresh = () => millrace({ dir: false })

const refused = (text: string, code: string, message: RegExp) =>
  test(`refuses: ${text}`, async () => {
    await using m = await fresh()
    await assert.rejects(told(m, text), error => {
      assert.ok(error instanceof MillraceError, String(error))
      assert.equal(error.code, code)
      assert.match(error.message, message)
      assert.ok(error.hint.length > 0)
      return true
    })
  })

const linesOf = (name: string): string[] =>
  readdirSync(path(name))
    .filter(each => each.startsWith('part-'))
    .sort()
    .flatMap(each =>
      readFileSync(path(`${name}/${each}`), 'utf8')
        .trimEnd()
        .split('\n'),
    )

describe('statements', () => {
  before(() => {
    mkdirSync(build, { recursive: true })
    folder = mkdtempSync(join(build, 'database-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  describe('memory tables', () => {
    test('rows are inserted, updated, deleted; a materialized view of a view follows each', async () => {
      await using m = await fresh()
      const outcomes = await told(
        m,
        `CREATE TABLE t (id bigint PRIMARY KEY, name text NOT NULL, n double precision);
        INSERT INTO t VALUES (1, 'a', 1.5), (2, 'b', 2);
        CREATE MATERIALIZED VIEW v AS SELECT name, count(*) AS c, sum(n) AS s FROM t GROUP BY name;
        CREATE MATERIALIZED VIEW total (rows) AS SELECT sum(c) FROM v;
        SELECT * FROM v ORDER BY name;
        INSERT INTO t (id, name) SELECT 3, 'a';
        SELECT * FROM v ORDER BY name; SELECT rows FROM total;
        UPDATE t SET n = coalesce(n, 0) + 10, name = upper(name) WHERE id <> 2;
        SELECT * FROM v ORDER BY name;
        DELETE FROM t x WHERE x.name = 'A' AND EXISTS (SELECT 1 FROM t WHERE n = 2);
        SELECT * FROM v; SELECT rows FROM total;
        TRUNCATE t; SELECT count(*) FROM v`,
      )
      assert.deepEqual(outcomes, [
        'CREATE TABLE',
        'INSERT 0 2',
        'CREATE MATERIALIZED VIEW',
        'CREATE MATERIALIZED VIEW',
        ['a|1|1.5', 'b|1|2'],
        'INSERT 0 1',
        ['a|2|1.5', 'b|1|2'],
        ['3'],
        'UPDATE 2',
        ['A|2|21.5', 'b|1|2'],
        'DELETE 2',
        ['b|1|2'],
        ['1'],
        'TRUNCATE TABLE',
        ['0'],
      ])
    })

    test('values keep their bits: integers beyond 2^53, microseconds, constants of the column', async () => {
      await using m = await fresh()
      const outcomes = await told(
        m,
        `CREATE TABLE t (n bigint, at timestamp, d date, s text);
        INSERT INTO t VALUES (9007199254740993, '2026-01-01T00:00:00.123456Z', '2026-02-03', 'x'), (NULL, NULL, NULL, NULL);
        CREATE TABLE u AS SELECT * FROM t;
        CREATE MATERIALIZED VIEW v AS SELECT * FROM u;
        SELECT CAST(n AS text), CAST(at AS text), d = date '2026-02-03' FROM v WHERE s = 'x'`,
      )
      assert.deepEqual(outcomes.at(-1), ['9007199254740993|2026-01-01 00:00:00.123456|true'])
    })

    test('a key is of one row: nothing is changed by a statement that fails; ON CONFLICT DO NOTHING leaves rows out', async () => {
      await using m = await fresh()
      await told(m, "CREATE TABLE t (a bigint, b text, PRIMARY KEY (a, b)); INSERT INTO t VALUES (1, 'x')")
      const twice = told(m, "INSERT INTO t VALUES (2, 'y'), (1, 'x')")
      await assert.rejects(twice, { code: 'DUPLICATE_KEY', message: /key a = 1, b = x/ })
      await assert.rejects(told(m, "UPDATE t SET a = 1 WHERE a = 5; INSERT INTO t VALUES (NULL, 'x')"), {
        code: 'BAD_VALUE',
      })
      const outcomes = await told(
        m,
        "INSERT INTO t VALUES (1, 'x'), (2, 'y'), (2, 'y') ON CONFLICT DO NOTHING; UPDATE t SET a = a + 1; SELECT * FROM t ORDER BY a",
      )
      assert.deepEqual(outcomes, ['INSERT 0 1', 'UPDATE 2', ['2|x', '3|y']])
    })

    test('a materialized view follows what conflicts became; null of json is not null; elements keep their bits', async () => {
      await using m = await fresh()
      const outcomes = await told(
        m,
        `CREATE TABLE t (k text PRIMARY KEY, n bigint DEFAULT 1, j json);
        CREATE MATERIALIZED VIEW v AS SELECT sum(n) AS n, count(j) AS j FROM t;
        INSERT INTO t VALUES ('a', 2, 'null'), ('b', 9007199254740993, NULL) RETURNING k, CAST(n AS text) AS n, j IS NULL AS none;
        INSERT INTO t (k) VALUES ('a'), ('c') ON CONFLICT (k) DO UPDATE SET n = t.n + excluded.n RETURNING k, n;
        SELECT CAST(n AS text) AS n, j FROM v;
        SELECT k, j IS NULL AS none, CAST(j AS text) AS j FROM t ORDER BY k;
        DELETE FROM t WHERE k <= 'b' RETURNING k;
        SELECT n, j FROM v; TRUNCATE t; SELECT n, j FROM v`,
      )
      assert.deepEqual(outcomes.slice(2), [
        ['a|2|false', 'b|9007199254740993|true'],
        ['a|3', 'c|1'],
        ['9007199254740997|1'],
        ['a|false|null', 'b|true|null', 'c|true|null'],
        ['a', 'b'],
        ['1|0'],
        'TRUNCATE TABLE',
        ['null|0'],
      ])
    })

    test('statements that change rows at the same time are done one after another', async () => {
      await using m = await fresh()
      await told(m, 'CREATE TABLE t (a bigint PRIMARY KEY, n bigint); INSERT INTO t VALUES (1, 0)')
      await Promise.all(Array.from({ length: 8 }, () => told(m, 'UPDATE t SET n = n + 1')))
      assert.deepEqual(await told(m, 'SELECT n FROM t'), [['8']])
    })

    test('what followed for long is summed up, and later queries see the same', async () => {
      await using m = await fresh()
      await told(m, 'CREATE TABLE t (a bigint); CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n, sum(a) AS s FROM t')
      await told(m, 'INSERT INTO t SELECT 1 FROM (VALUES (1), (2), (3)) x')
      for (let i = 0; i < 8; i++) await told(m, 'INSERT INTO t SELECT a FROM t')
      for (let i = 0; i < 12; i++) await told(m, 'UPDATE t SET a = a + 1')
      assert.deepEqual(await told(m, 'SELECT * FROM v; SELECT count(*), sum(a) FROM t'), [['768|9984'], ['768|9984']])
    })

    test('COPY: a file of rows, and rows of a file', async () => {
      await using m = await fresh()
      await told(m, "CREATE TABLE t (a bigint, b text); INSERT INTO t VALUES (1, 'x, y'), (2, NULL)")
      for (const name of ['t.csv', 't.jsonl', 't.parquet']) {
        const outcomes = await told(
          m,
          `COPY t TO '${path(name)}'; CREATE TABLE u (a bigint, b text, c text); COPY u (a, b) FROM '${path(name)}'; SELECT * FROM u ORDER BY a; DROP TABLE u`,
        )
        assert.deepEqual(
          outcomes,
          ['COPY 2', 'CREATE TABLE', 'COPY 2', ['1|x, y|null', '2|null|null'], 'DROP TABLE'],
          name,
        )
      }
      assert.deepEqual(await told(m, `COPY (SELECT sum(a) AS s FROM t) TO '${path('x')}' WITH (FORMAT csv)`), [
        'COPY 1',
      ])
      assert.equal(readFileSync(path('x'), 'utf8'), 's\n3\n')
      assert.deepEqual(
        readdirSync(folder).filter(each => each.includes('.part')),
        [],
      )
      await assert.rejects(told(m, `COPY (SELECT 1/0) TO '${path('bad.csv')}'`), { code: 'DIVISION_BY_ZERO' })
      assert.deepEqual(
        readdirSync(folder).filter(each => each.startsWith('bad')),
        [],
      )
    })
  })

  describe('views', () => {
    test('a view is its query, of what was there when it was made; registered tables are tables', async () => {
      await using m = await fresh()
      m.register('words', read.from([{ word: 'a' }, { word: 'b' }], { schema: t.row({ word: t.string() }) }))
      const outcomes = await told(
        m,
        `CREATE TEMP VIEW v (w) AS SELECT upper(word) FROM words WHERE word <> $1;
        CREATE OR REPLACE VIEW v AS SELECT word || '!' AS w FROM words;
        SELECT * FROM v ORDER BY 1; SHOW VIEWS; SHOW TABLES; DESCRIBE v;
        CREATE TABLE IF NOT EXISTS words (x text); DROP VIEW v; DROP VIEW IF EXISTS v`,
        ['a'],
      )
      assert.deepEqual(outcomes, [
        'CREATE VIEW',
        'CREATE VIEW',
        ['a!', 'b!'],
        ['v|view'],
        ['v|view', 'words|table'],
        ['w|string|no'],
        'CREATE TABLE',
        'DROP VIEW',
        'DROP VIEW',
      ])
    })

    test('a materialized view over files that end, and over one that is followed', async () => {
      await using m = await fresh()
      writeFileSync(path('log.jsonl'), '{"level":"info"}\n{"level":"warn"}\n')
      const from = `WITH (path = '${path('log.jsonl')}', follow = true, poll = '20 milliseconds')`
      const outcomes = await told(
        m,
        `CREATE MATERIALIZED VIEW once AS SELECT count(*) AS n FROM '${path('log.jsonl')}';
        CREATE TABLE log (level text) ${from};
        CREATE MATERIALIZED VIEW live AS SELECT count(*) AS n FROM log;
        SELECT * FROM once; SELECT * FROM live; SHOW JOBS`,
      )
      assert.deepEqual(outcomes.slice(-3), [['2'], ['2'], ['live|waiting']])
      appendFileSync(path('log.jsonl'), '{"level":"info"}\n')
      for (let tries = 0; tries < 100; tries++) {
        if (String(await told(m, 'SELECT n FROM live')) === '3') break
        await new Promise(resolve => setTimeout(resolve, 20))
      }
      assert.deepEqual(await told(m, 'SELECT * FROM live; DROP MATERIALIZED VIEW live; SHOW JOBS'), [
        ['3'],
        'DROP MATERIALIZED VIEW',
        [],
      ])
    })

    test('a view that fails says so when it is made, or when it is read', async () => {
      await using m = await fresh()
      await told(m, 'CREATE TABLE t (a bigint)')
      await told(m, 'INSERT INTO t VALUES (0)')
      await assert.rejects(told(m, 'CREATE MATERIALIZED VIEW v AS SELECT 1 / a AS x FROM t'), {
        code: 'DIVISION_BY_ZERO',
      })
      await told(m, 'CREATE MATERIALIZED VIEW v AS SELECT 1 / (a + 1) AS x FROM t')
      await told(m, 'INSERT INTO t VALUES (-1)')
      await assert.rejects(told(m, 'SELECT * FROM v'), { code: 'DIVISION_BY_ZERO' })
    })
  })

  describe('inputs and sinks', () => {
    test('files: JSON, CSV, text and Parquet, with columns or without, read and written', async () => {
      await using m = await fresh()
      for (const format of ['json', 'csv', 'parquet']) {
        const at = path(`all-${format}`)
        const outcomes = await told(
          m,
          `CREATE TABLE ${format}_out (n bigint, word text) WITH (connector = 'files', path = '${at}', format = ${format});
          INSERT INTO ${format}_out SELECT * FROM (VALUES (1, 'a'), (2, NULL)) x;
          SELECT * FROM ${format}_out ORDER BY n;
          CREATE TABLE ${format}_in () WITH (path = '${at}', format = '${format}');
          SELECT word, n FROM ${format}_in ORDER BY n; DESCRIBE ${format}_in`,
        )
        assert.deepEqual(outcomes, [
          'CREATE TABLE',
          'INSERT 0 2',
          ['1|a', '2|null'],
          'CREATE TABLE',
          ['a|1', 'null|2'],
          [`n|int|${format === 'parquet' ? 'no' : 'yes'}`, 'word|string|yes'],
        ])
      }
      writeFileSync(path('lines.txt'), 'one\ntwo\n')
      assert.deepEqual(
        (
          await told(
            m,
            `CREATE TABLE lines () WITH (path = '${path('lines.txt')}'); SELECT value FROM lines ORDER BY 1`,
          )
        ).at(-1),
        ['one', 'two'],
      )
      writeFileSync(path('odd.txt'), '1;-\n2;x\n')
      const odd = `WITH (path = '${path('odd.txt')}', format = csv, header = false, delimiter = ';', null_text = '-')`
      assert.deepEqual(
        (await told(m, `CREATE TABLE odd (n bigint, s text) ${odd}; SELECT * FROM odd ORDER BY n`)).at(-1),
        ['1|null', '2|x'],
      )
    })

    test('event time: windows are final where a sink takes only rows that come', async () => {
      writeFileSync(
        path('clicks.jsonl'),
        [1, 2, 11, 5, 30].map(s => `{"at":"2026-01-01T00:00:${String(s).padStart(2, '0')}Z"}\n`).join(''),
      )
      await using m = await millrace({ dir: path('windows') })
      const define = `CREATE TABLE clicks (at timestamp) WITH (path = '${path('clicks.jsonl')}', watermark = 'at - interval ''10 seconds''', idle_after = never);
        CREATE TABLE counts () WITH (path = '${path('counts')}')`
      const outcomes = await told(
        m,
        `${define}; SET epoch_rows = 1;
        INSERT INTO counts SELECT window_start, count(*) AS n FROM tumble(clicks, at, '10 seconds') GROUP BY window_start, window_end`,
      )
      assert.equal(outcomes.at(-1), 'INSERT 0 3')
      assert.deepEqual(
        linesOf('counts').map(each => (JSON.parse(each) as { n: number }).n),
        [3, 1, 1],
      )
    })

    test('with a folder of checkpoints INSERT goes on where it was; another query is told from it', async () => {
      writeFileSync(path('in.jsonl'), '{"n":1}\n{"n":2}\n')
      const job = `CREATE TABLE src (n bigint) WITH (path = '${path('in.jsonl')}', follow = true, until = 'forever');
        CREATE TABLE dst () WITH (path = '${path('dst')}'); INSERT INTO dst SELECT n * 10 AS n FROM src`
      const once = async (text: string) => {
        await using m = await millrace({ dir: path('state') })
        return (await told(m, text)).at(-1)
      }
      assert.equal(await once(job), 'INSERT 0 2')
      assert.equal(await once(job), 'INSERT 0 0')
      appendFileSync(path('in.jsonl'), '{"n":3}\n')
      assert.equal(await once(job), 'INSERT 0 1')
      assert.deepEqual(linesOf('dst'), ['{"n":10}', '{"n":20}', '{"n":30}'])
      const other = job.replace('* 10', '* 11')
      await assert.rejects(once(`SET on_change = reject; ${other}`), { code: 'QUERY_CHANGED' })
    })

    test('a key of an input: the last row of each by event time counts', async () => {
      await using m = await fresh()
      writeFileSync(
        path('users.jsonl'),
        [
          '1","name":"a","at":"2026-01-01T00:00:02Z',
          '2","name":"b","at":"2026-01-01T00:00:01Z',
          '1","name":"old","at":"2026-01-01T00:00:00Z',
        ]
          .map(each => `{"id":"${each}"}\n`)
          .join(''),
      )
      const users = `CREATE TABLE users (id text PRIMARY KEY, name text, at timestamp) WITH (path = '${path('users.jsonl')}', watermark = 'at - interval ''1 hour''')`
      assert.deepEqual((await told(m, `${users}; SELECT id, name FROM users ORDER BY id`)).at(-1), ['1|a', '2|b'])
    })

    test('rate, and a socket', async () => {
      await using m = await fresh()
      const server = createServer(socket => socket.end('1,a\n2,b\n')).listen(0)
      await new Promise(resolve => server.once('listening', resolve))
      const { port } = server.address() as { port: number }
      const outcomes = await told(
        m,
        `CREATE TABLE r () WITH (connector = 'rate', rows_per_second = 1000, rows = 5, watermark = 'timestamp');
        SELECT count(*), max(value) FROM r;
        CREATE TABLE s (n bigint, w text) WITH (connector = 'socket', port = ${port}, format = 'csv', ends_with_server = true);
        CREATE MATERIALIZED VIEW v AS SELECT sum(n) AS n FROM s`,
      )
      assert.deepEqual(outcomes[1], ['5|4'])
      for (let tries = 0; tries < 100 && String(await told(m, 'SELECT n FROM v')) !== '3'; tries++)
        await new Promise(resolve => setTimeout(resolve, 20))
      assert.deepEqual(await told(m, 'SELECT n FROM v'), [['3']])
      await new Promise(resolve => server.close(resolve))
    })
  })

  describe('what is told', () => {
    test('settings', async () => {
      await using m = await fresh()
      assert.deepEqual(
        await told(m, "SET mode = 'stream'; SHOW mode; RESET mode; SHOW mode; SET epoch_rows TO 5; SHOW epoch_rows"),
        ['SET', ['stream'], 'RESET', ['batch'], 'SET', ['5']],
      )
    })

    test('EXPLAIN of a query, of an INSERT, with what it took', async () => {
      await using m = await fresh()
      const [, query, analyzed] = (await told(
        m,
        'CREATE TABLE t (a bigint); EXPLAIN SELECT count(*) FROM t; EXPLAIN ANALYZE SELECT count(*) FROM t',
      )) as string[][]
      assert.match(String(query), /aggregate agg_0 = count\(\)/)
      assert.match(String(analyzed?.at(-1)), /^Rows: 1, time: \d+ ms$/)
      const [, insert] = (await told(m, 'SET mode = stream; EXPLAIN INSERT INTO t SELECT 1')) as string[][]
      assert.match(String(insert), /select/)
    })
  })

  refused('INSERT INTO t VALUES (1)', 'SQL_INVALID', /there is no table t[\s\S]*line 1, column 13/)
  refused(
    "CREATE TABLE t (a bigint); INSERT INTO t VALUES ('x'::text)",
    'SQL_INVALID',
    /is int, and the value is string/,
  )
  refused(
    'CREATE TABLE t (a bigint); INSERT INTO t VALUES (1, 2)',
    'SQL_INVALID',
    /takes 1 columns here, and the query has 2/,
  )
  refused('CREATE TABLE t (a bigint, b bigint); INSERT INTO t (b, c) VALUES (1, 2)', 'SQL_INVALID', /t has no column c/)
  refused(
    'CREATE TABLE t (a bigint NOT NULL, b bigint); INSERT INTO t (b) VALUES (1)',
    'SQL_INVALID',
    /may not be null/,
  )
  refused('CREATE TABLE t (a bigint); UPDATE t SET b = 1', 'SQL_INVALID', /t has no column b/)
  refused('CREATE VIEW v AS SELECT 1 AS a; INSERT INTO v VALUES (1)', 'NOT_WRITABLE', /it is a view/)
  refused("CREATE TABLE r () WITH (connector = 'rate'); INSERT INTO r VALUES (1)", 'NOT_WRITABLE', /it is an input/)
  refused("CREATE TABLE c () WITH (connector = 'console'); SELECT * FROM c", 'NOT_READABLE', /only written to/)
  refused("CREATE TABLE r () WITH (connector = 'rate'); DELETE FROM r", 'NOT_WRITABLE', /not in this process/)
  refused('CREATE TABLE t ()', 'SQL_INVALID', /needs columns/)
  refused(
    "CREATE TABLE t () WITH (conector = 'files')",
    'SQL_INVALID',
    /has no option conector[\s\S]*did you mean connector/,
  )
  refused("CREATE TABLE t () WITH (connector = 'fils')", 'SQL_INVALID', /no connector fils[\s\S]*did you mean files/)
  refused(
    "CREATE TABLE t () WITH (path = 'x', formt = 'csv')",
    'SQL_INVALID',
    /has no option formt[\s\S]*did you mean format/,
  )
  refused("CREATE TABLE t () WITH (path = 'x', format = 'xml')", 'SQL_INVALID', /format can't be 'xml'/)
  refused("CREATE TABLE t () WITH (path = 'x', poll = 'soon')", 'BAD_DURATION', /'soon' is not a duration/)
  refused("CREATE TABLE t (at timestamp) WITH (path = 'x', watermark = 'now()')", 'SQL_INVALID', /watermark can't be/)
  refused("CREATE TABLE t (a text) WITH (path = 'x', watermark = 'a'); SELECT * FROM t", 'BAD_VERB', /a/)
  refused("CREATE TABLE t (a text) WITH (connector = 'rate')", 'SQL_INVALID', /the columns are timestamp and value/)
  refused("CREATE TABLE t () WITH (connector = 'socket')", 'SQL_INVALID', /the option port is missing/)
  refused("CREATE TABLE t (a text) WITH (connector = 'stdin')", 'SQL_INVALID', /nothing comes in/)
  refused(
    'CREATE TABLE t (a bigint DEFAULT true)',
    'SQL_INVALID',
    /a of t is int, and the value is boolean[\s\S]*column 34/,
  )
  refused('CREATE TABLE t (a bigint REFERENCES u (a))', 'SQL_UNSUPPORTED', /REFERENCES/)
  refused('CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY)', 'SQL_UNSUPPORTED', /GENERATED AS IDENTITY/)
  refused("CREATE TABLE t (a bigint DEFAULT 1) WITH (path = 'x')", 'SQL_UNSUPPORTED', /DEFAULT, CHECK or UNIQUE/)
  refused(
    "CREATE TABLE t () WITH (path = 'x'); INSERT INTO t SELECT 1 AS a RETURNING a",
    'SQL_UNSUPPORTED',
    /RETURNING of a sink/,
  )
  refused('CREATE TABLE t (a bigint CHECK (a > 0)); INSERT INTO t VALUES (0)', 'CHECK_VIOLATED', /t_a_check: a = 0/)
  refused('CREATE TABLE t (a bigint); INSERT INTO t VALUES (0) ON CONFLICT (a) DO NOTHING', 'SQL_INVALID', /no key/)
  refused('BEGIN; SELECT 1; COMMIT', 'SQL_UNSUPPORTED', /BEGIN is not supported/)
  refused('ROLLBACK', 'SQL_UNSUPPORTED', /ROLLBACK/)
  refused('EXECUTE p(1)', 'SQL_INVALID', /no prepared statement p/)
  refused('ALTER TABLE t ADD COLUMN a int', 'SQL_UNSUPPORTED', /ALTER TABLE/)
  refused('CREATE TABLE t (a text, PRIMARY KEY (b))', 'SQL_INVALID', /there is no column b/)
  refused('CREATE TABLE s.t (a text)', 'SQL_UNSUPPORTED', /the schema s/)
  refused('CREATE TABLE t (a text); CREATE TABLE t (a text)', 'NAME_TAKEN', /a table t already/)
  refused('CREATE TABLE t (a text); CREATE OR REPLACE VIEW t AS SELECT 1', 'NAME_TAKEN', /a table t already/)
  refused('CREATE TABLE t (a text); CREATE VIEW v AS SELECT * FROM t; DROP TABLE t', 'IN_USE', /v is made of it/)
  refused('CREATE TABLE t (a text); DROP VIEW t', 'SQL_INVALID', /t is a table/)
  refused('DROP TABLE t CASCADE', 'SQL_UNSUPPORTED', /CASCADE/)
  refused('CREATE INDEX i ON t (a)', 'SQL_UNSUPPORTED', /CREATE INDEX/)
  refused("SET mdoe = 'x'", 'BAD_OPTION', /no such setting/)
  refused("SET mode = 'fast'", 'BAD_OPTION', /it can't be 'fast'/)
  refused("SET mode = 'strem'", 'BAD_OPTION', /did you mean stream\?/)
  refused("SET emit = 'finl'", 'BAD_OPTION', /did you mean final\?/)
  refused("SET accumulate = 'discardng'", 'BAD_OPTION', /did you mean discarding\?/)
  refused('SHOW nothing', 'SQL_UNSUPPORTED', /SHOW nothing/)
  refused("COPY (SELECT 1) TO 'x.xlsx'", 'SQL_INVALID', /does not tell a format/)
  refused('COPY (SELECT 1) TO STDOUT', 'SQL_UNSUPPORTED', /STDIN and STDOUT/)
  refused("INSERT INTO 'x.csv' SELECT 1", 'SQL_INVALID', /a path is no name/)
  refused('DESCRIBE t u', 'SQL_SYNTAX', /syntax error/)
  refused('DESCRIBE t', 'SQL_INVALID', /there is no table t/)
})
