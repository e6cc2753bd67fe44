// sql`…`: tables and values are put in, and never become text.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { taggedText } from '../../src/database/tag.ts'
import { read, sql, t } from '../../src/index.ts'

const words = read.from(
  [
    { word: 'a', n: 1 },
    { word: 'b', n: 2 },
  ],
  { schema: t.row({ word: t.string(), n: t.int() }) },
)
const text = (strings: TemplateStringsArray, ...values: unknown[]) => taggedText(strings, values)

describe('the tag', () => {
  test('tables and values, in one query', async () => {
    const more = await sql`SELECT word, n + ${10} AS n FROM ${words} WHERE n > ${1}`
    const both = await sql<{ word: string; n: number }>`
      SELECT a.word, b.n FROM ${words} a JOIN ${more} b USING (word) WHERE a.word <> ${"'; DROP TABLE x; --"} -- ${'' as never}
      ORDER BY 1`.catch(error => error as Error)
    assert.match(String(both), /part of a text, a name or a comment/)
    const joined = await sql<{ n: number }>`SELECT b.n FROM ${words} a, ${more} b WHERE a.word = b.word`
    assert.deepEqual(await joined.collect(), [{ n: 12 }])
  })

  test('hostile values are values', async () => {
    for (const value of ["'; DROP TABLE x; --", '$1', 'table_1', '"', '\\', '/*', '$$'])
      assert.deepEqual(await (await sql`SELECT ${value} AS v`).collect(), [{ v: value }])
    assert.deepEqual(await (await sql`SELECT ${null} AS v, ${new Date(0)} AS d`).collect(), [
      { v: null, d: new Date(0) },
    ])
  })

  test('names of tables stand nowhere else', () => {
    assert.equal(text`SELECT table_1 FROM ${words}`.text, 'SELECT table_1 FROM table__1')
    assert.equal(text`SELECT ${1}, ${2} FROM ${words} a, ${words} b`.text, 'SELECT $1, $2 FROM table_1 a, table_2 b')
    assert.equal(text`SELECT 'it''s', "a ""b""", $x$ ' $x$ /* ' */, ${1}`.params.length, 1)
  })

  test('within a text, a name, a comment, or grown together with a word: refused', () => {
    const inside = { code: 'BAD_VERB', message: /part of a text, a name or a comment/ }
    assert.throws(() => text`SELECT '${1}'`, inside)
    assert.throws(() => text`SELECT "${1}"`, inside)
    assert.throws(() => text`SELECT 1 -- ${1}`, inside)
    assert.throws(() => text`SELECT /* ${1} */ 1`, inside)
    assert.throws(() => text`SELECT $x$ ${1} $x$`, inside)
    assert.throws(() => text`SELECT a${1}`, inside)
    assert.throws(() => text`SELECT ${1}0`, inside)
  })

  test('what is no value, several statements, a call that is no tag', async () => {
    await assert.rejects(sql`SELECT ${{ a: 1 }}`, { code: 'BAD_VERB', message: /of a type that no column has/ })
    await assert.rejects(sql`SELECT 1; SELECT 2`, { code: 'BAD_VERB', message: /2 statements/ })
    await assert.rejects(sql`SELECT * FROM nothing`, { code: 'SQL_INVALID' })
    await assert.rejects(sql('SELECT 1' as never), { code: 'BAD_VERB', message: /template tag/ })
  })
})
