// Law 9, for SQL: no text from data, names or parameters reaches the parser as text. Each way in is given the same texts, and
// the table that they would drop is there afterwards.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type Millrace, millrace, read, t } from '../../src/index.ts'

const build = join(import.meta.dirname, '../../build')
mkdirSync(build, { recursive: true })
const folder = mkdtempSync(join(build, 'injection-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const hostile = [
  "'; DROP TABLE victim; --",
  '"; DROP TABLE victim; --',
  "x' OR '1'='1",
  '1); DELETE FROM victim; --',
  '$1',
  "\\'; DROP TABLE victim; --",
  '$$; DROP TABLE victim; $$',
  'victim',
  '/*',
  '\u0001' + '0',
  'é\'é"😀',
  '__proto__',
]

const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`
const quotedText = (text: string): string => `'${text.replaceAll("'", "''")}'`

async function opened(): Promise<Millrace> {
  const m = await millrace({ dir: false })
  await done(m, 'CREATE TABLE victim (a bigint); INSERT INTO victim VALUES (1)')
  return m
}

async function done(m: Millrace, text: string, params: readonly unknown[] = []): Promise<unknown[]> {
  const outcomes: unknown[] = []
  for await (const each of m.execute(text, { params }))
    outcomes.push(each.kind === 'done' ? each.tag : await each.table.collect())
  return outcomes
}

const isUnhurt = async (m: Millrace): Promise<void> =>
  assert.deepEqual(await done(m, 'SELECT a FROM victim'), [[{ a: 1 }]])

for (const text of hostile) {
  test(`parameters: ${text}`, async () => {
    await using m = await opened()
    assert.deepEqual(await (await m.sql('SELECT $1 AS p', { params: [text] })).collect(), [{ p: text }])
    assert.deepEqual(await done(m, 'SELECT count(*) AS n FROM victim WHERE CAST(a AS text) = $1', [text]), [[{ n: 0 }]])
    await isUnhurt(m)
  })

  test(`names of tables and columns: ${text}`, async () => {
    await using m = await opened()
    m.register(text, read.from([{ n: 1 }], { schema: t.row({ n: t.int() }) }))
    if (!text.startsWith('\u0001') && text !== 'victim') {
      assert.deepEqual(await done(m, `SELECT n AS ${quotedName(text)} FROM ${quotedName(text)}`), [[{ [text]: 1 }]])
      await isUnhurt(m)
    }
    const shown = (await done(m, 'SHOW TABLES'))[0] as { name: string }[]
    assert.ok(shown.some(each => each.name === text))
  })

  test(`quoted paths, options, settings: ${text}`, async () => {
    await using m = await opened()
    const refused = (statement: string) => assert.rejects(done(m, statement), { name: 'MillraceError' })
    await refused(`SELECT * FROM ${quotedText(`${folder}/none/${text}.csv`)}`)
    await refused(`CREATE TABLE x () WITH (connector = ${quotedText(text)})`)
    await refused(`CREATE TABLE x (a timestamp) WITH (path = 'x', watermark = ${quotedText(`a; ${text}`)})`)
    await refused(`CREATE TABLE x () WITH (path = 'x', format = ${quotedText(text)})`)
    await refused(`SET mode = ${quotedText(text)}`)
    await isUnhurt(m)
  })

  test(`data: ${text}`, async () => {
    await using m = await opened()
    const path = join(folder, 'data.csv')
    writeFileSync(path, `"${text.replaceAll('"', '""')}",n\n"${text.replaceAll('"', '""')}",1\n`)
    if (text.startsWith('\u0001')) return
    const [rows, , copied] = (await done(
      m,
      `SELECT * FROM '${path}'; CREATE TABLE copy AS SELECT * FROM '${path}'; SELECT * FROM copy`,
    )) as [Record<string, unknown>[], string, Record<string, unknown>[]]
    assert.equal(Object.keys(rows[0] ?? {})[0], text)
    assert.equal(Object.values(rows[0] ?? {})[0], text)
    assert.deepEqual(copied, rows)
    await isUnhurt(m)
  })
}
