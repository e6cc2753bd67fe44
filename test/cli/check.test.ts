// `millrace check`: SQL texts are found and checked, and none is run.
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { parse } from '../../src/cli/arguments.ts'
import { checkCommand } from '../../src/cli/check/command.ts'
import { literalsIn } from '../../src/cli/check/literals.ts'
import type { Io } from '../../src/cli/io.ts'
import type {} from '../../src/database/verify.ts'
import { realWorld } from '../../src/host/index.ts'

const build = join(import.meta.dirname, '../../build')
let folder = ''

/** What a template puts in. */
const hole = (code: string): string => `$\{${code}}`

async function check(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  let out = ''
  let err = ''
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      out += String(chunk)
      done()
    },
  })
  const io: Io = {
    world: realWorld(folder),
    stdout,
    stderr: {
      write(text) {
        err += text
      },
    },
    signals: new EventEmitter(),
    scratch: folder,
    exit: code => assert.fail(`exit ${code}`),
  }
  const parsed = parse(['check', ...Object.keys(files)])
  assert.ok(parsed.kind === 'command')
  return { code: await checkCommand(parsed.operands, io), out, err }
}

describe('millrace check', () => {
  before(() => {
    mkdirSync(build, { recursive: true })
    folder = mkdtempSync(join(build, 'check-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  test('statements that change rows: each mistake at its place', async () => {
    const { code, out } = await check({
      'changes.sql': `CREATE TABLE t (a bigint, b text DEFAULT 'x');
INSERT INTO t VALUES (1) ON CONFLICT (a) DO NOTHING;
UPDATE t SET b = c FROM (VALUES (1)) v (n) WHERE n = a;
UPDATE t SET b = 'é', a = 'one' RETURNING a;
DELETE FROM t USING u WHERE u.a = t.a RETURNING aa;
CREATE TABLE o () WITH (path = 'x', emit = 'finl');`,
    })
    assert.equal(code, 1)
    const places = [...out.matchAll(/^changes\.sql:(\d+:\d+): (\w+)/gm)].map(each => `${each[1]} ${each[2]}`)
    const expected = [
      '2:26 SQL_INVALID',
      '3:18 SQL_INVALID',
      '4:27 INVALID_TEXT',
      '5:21 SQL_INVALID',
      '6:37 SQL_INVALID',
    ]
    assert.deepEqual(places, expected, out)
    assert.match(out, /did you mean final\?/)
  })

  test('a file of statements: each against those before it; nothing is written', async () => {
    const { code, out, err } = await check({
      'good.sql': `CREATE TABLE src (n bigint, at timestamp) WITH (path = 'nowhere/*.jsonl');
        CREATE VIEW v AS SELECT n FROM src WHERE at > '2026-01-01T00:00:00Z';
        CREATE MATERIALIZED VIEW m AS SELECT count(*) AS c FROM v;
        CREATE TABLE copy AS SELECT * FROM m; INSERT INTO copy VALUES (1); UPDATE copy SET c = c + 1; DELETE FROM copy;
        CREATE TABLE out (c bigint) WITH (path = 'written'); INSERT INTO out SELECT c FROM m;
        COPY (SELECT 1 AS a) TO 'never.csv'; SELECT * FROM 'not-there.csv'; DROP VIEW IF EXISTS nothing`,
    })
    assert.equal(code, 0)
    assert.equal(out, '')
    assert.equal(err, '1 file, 12 statements, 1 by its grammar only, 0 errors\n')
    assert.deepEqual(
      ['written', 'never.csv'].filter(each => existsSync(join(folder, each))),
      [],
    )
  })

  test('every error with file, line, column and caret; code 1', async () => {
    const { code, out, err } = await check({
      'bad.sql': 'CREATE TABLE t (a bigint);\n  SELECT b FROM t;\nINSERT INTO t VALUES (1, 2);\nSELECT a FROM t',
      'worse.sql': 'SELEC 1',
    })
    assert.equal(code, 1)
    assert.match(out, /^bad\.sql:2:10: SQL_INVALID: there is no column b\n {4}SELECT b FROM t;\n {11}\^\n {2}to fix: /)
    assert.match(out, /\nbad\.sql:3:13: SQL_INVALID: t takes 1 columns here, and the query has 2\n/)
    assert.match(out, /\nworse\.sql:1:1: SQL_SYNTAX: syntax error at or near "SELEC"\n/)
    assert.equal(err, '2 files, 4 statements, 3 errors\n')
  })

  test('programs: literals and tags, against the tables of the files', async () => {
    const { code, out, err } = await check({
      'tables.sql': 'CREATE TABLE t (a bigint)',
      'program.ts': [
        "// m.sql('SELECT nonsense FROM')",
        "await m.sql('SELECT b FROM t')",
        "m.execute(`INSERT INTO t VALUES (1);\n  SELECT 'x' FRM t`)",
        `const q = sql<Row>\`SELECT a FROM ${hole('table(`{`)')} WHERE a > ${hole('1 + { a: "}" }.a')} ORDR BY 1\``,
        "m.sql('SELECT z FROM unknown WHERE a = $1')",
        "other('SELECT FROM')",
      ].join('\n'),
    })
    assert.equal(code, 1)
    assert.deepEqual(
      out.split('\n').filter(each => each.startsWith('program')),
      [
        'program.ts:2:21: SQL_INVALID: there is no column b',
        'program.ts:4:18: SQL_SYNTAX: syntax error at or near "t"',
        'program.ts:5:78: SQL_SYNTAX: syntax error at or near "ORDR"',
      ],
    )
    assert.match(err, /^2 files, 3 statements, 1 by its grammar only, 3 errors\n$/)
  })

  test('literals are found among comments, texts, templates and regular expressions', () => {
    const source = [
      'const a = /`m.sql("no")/.test(x) // m.sql("no")',
      '/* m.sql("no") */ const b = "m.sql(\'no\')"',
      "m.sql('it\\'s')",
      'm.sql(text); notsql`no`; x.mysql(`no`)',
      'db . sql < { a: number } > ( "yes" )',
      `const c = \`${hole('await m.sql("inner")')}\``,
      `sql\`a ${hole('1')} FROM ${hole('t')} b\``,
    ].join('\n')
    assert.deepEqual(
      literalsIn(source).map(each => each.text),
      ["it's", 'yes', 'inner', 'a $1   FROM table_2 b'],
    )
  })

  test('bad usage', async () => {
    assert.throws(() => parse(['check']), { code: 'USAGE', message: /no file was given/ })
    const io = { world: realWorld(folder) } as Io
    await assert.rejects(checkCommand(['none/*.sql'], io), { code: 'USAGE', message: /there is no file/ })
  })
})
