// `millrace sql` on a terminal: what is written, and what comes back.
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { parse } from '../../src/cli/arguments.ts'
import type { Io } from '../../src/cli/io.ts'
import { sqlCommand } from '../../src/cli/sql/command.ts'
import { completions } from '../../src/cli/sql/complete.ts'
import { readHistory } from '../../src/cli/sql/history.ts'
import type {} from '../../src/cli/sql/repl.ts'
import { isWhole } from '../../src/cli/sql/statement-end.ts'
import { realWorld } from '../../src/host/index.ts'

const build = join(import.meta.dirname, '../../build')
let folder = ''

/** @param typed lines; or keys when something has come out */
async function session(
  typed: readonly string[],
  { isTTY = false, on = [] }: { isTTY?: boolean; on?: readonly (readonly [RegExp, string])[] } = {},
) {
  let shown = ''
  const left = [...on]
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
  const take = (text: string): void => {
    shown += text
    const [next] = left
    if (next === undefined || !next[0].test(shown)) return
    left.shift()
    setTimeout(() => stdin.write(next[1]), 5)
  }
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      take(String(chunk))
      done()
    },
  })
  const io: Io = {
    world: realWorld(folder),
    stdin,
    stdout: Object.assign(stdout, { isTTY, columns: 80 }),
    stderr: { isTTY, write: take },
    signals: new EventEmitter(),
    history: join(folder, 'history'),
    scratch: join(folder, 'scratch'),
    exit: code => assert.fail(`exit ${code}`),
  }
  const parsed = parse(['sql'])
  assert.ok(parsed.kind === 'command')
  const ended = sqlCommand('', parsed.flags, io)
  stdin.write(typed.map(each => `${each}\n`).join(''))
  if (on.length === 0) stdin.end()
  assert.equal(await ended, 0)
  return shown
}

describe('the interactive command', () => {
  before(() => {
    mkdirSync(build, { recursive: true })
    folder = mkdtempSync(join(build, 'repl-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  test('statements over several lines; an error is told, and it goes on', async () => {
    const shown = await session([
      'CREATE TABLE t (a bigint);',
      'INSERT INTO t',
      "VALUES (1), (2); SELECT ';' AS s",
      ';',
      'SELECT 1/0;',
      'SELECT sum(a) AS n FROM t;',
    ])
    assert.match(shown, /CREATE TABLE\n/)
    assert.match(shown, /INSERT 0 2\n/)
    assert.match(shown, /s\n-\n;\n\(1 row, [\d.]+ m?s\)\n/)
    assert.match(shown, /DIVISION_BY_ZERO[\s\S]*n\n-\n3\n/)
  })

  test('\\d, \\timing, \\format, \\?, \\q', async () => {
    const shown = await session([
      '\\watch',
      'CREATE TABLE "T x" (a bigint NOT NULL);',
      '\\d',
      '\\d "T x"',
      '\\d none',
      '\\timing',
      '\\format jsonl',
      'SELECT 1 AS a;',
      '\\format x',
      '\\nothing',
      '\\?',
      '\\q',
      'SELECT 2 AS never;',
    ])
    assert.match(shown, /T x {3}table/)
    assert.match(shown, /a {7}int {3}no/)
    assert.match(shown, /NO_TABLE: there is no table none/)
    assert.match(shown, /no statement to watch\n/)
    assert.match(shown, /timing is off\n/)
    assert.match(shown, /format is jsonl\n/)
    assert.match(shown, /\{"a":1\}\n/)
    assert.match(shown, /write \\format with one of/)
    assert.match(shown, /there is no command \\nothing/)
    assert.match(shown, /\\timing {7}tell/)
    assert.doesNotMatch(shown, /never":/)
  })

  test('Ctrl-C ends what is going on, and throws away what was written; lines are kept for the next time', async () => {
    const forever = "CREATE TABLE r () WITH (connector = 'rate', rows_per_second = 100); CREATE TABLE s (a bigint);"
    const shown = await session([forever], {
      isTTY: true,
      on: [
        [/CREATE TABLE\r?\n[\s\S]*CREATE TABLE\r?\n/, 'SELECT 41 + 1 AS answer;\r'],
        [/answer\r?\n-+\r?\n\s*42[\s\S]*millrace> /, '\\watch 0.05\r'],
        [/42\r?\n[\s\S]*42\r?\n[\s\S]*42\r?\n/, '\x03'],
        [/interrupted\r?\n/, "SELECT 'thrown away"],
        [/thrown away/, '\x03'],
        [/thrown away[\s\S]*millrace> /, 'SELECT 2 AS two;\r'],
        [/two\r?\n-+\r?\n\s*2/, '\x04'],
      ],
    })
    assert.doesNotMatch(shown, /SQL_SYNTAX/)
    const kept = await readHistory(join(folder, 'history'))
    assert.deepEqual(kept.slice(0, 3), ['SELECT 2 AS two;', '\\watch 0.05', 'SELECT 41 + 1 AS answer;'])
    assert.deepEqual(await readHistory(join(folder, 'none')), [])
  })

  test('completion: words as they are begun, names of tables and columns, commands', () => {
    const names = ['flights', 'Odd name', 'from_city']
    assert.deepEqual(completions('SELECT * FRO', names), [['FROM', 'from_city'], 'FRO'])
    assert.deepEqual(completions('select * from fl', names), [['flights'], 'fl'])
    assert.deepEqual(completions('select "O', names), [['"Odd name"'], '"O'])
    assert.deepEqual(completions('\\w', names), [['\\watch'], '\\w'])
    assert.deepEqual(completions('select ', names), [[], ''])
  })

  test('a statement is whole when a semicolon ends it that is in no text, name or comment', () => {
    const whole = ['SELECT 1;', "SELECT ';' ;", 'SELECT 1; -- one', 'SELECT $a$;$a$;', 'SELECT ";" ; /* ; */ ']
    const open = ['SELECT 1', "SELECT ';", 'SELECT 1 -- ;', 'SELECT $a$;$b$;', 'SELECT ";', '/* ;', "SELECT 'a'';"]
    assert.deepEqual(
      whole.filter(each => !isWhole(each)),
      [],
    )
    assert.deepEqual(open.filter(isWhole), [])
  })
})
