// What is too large is refused, clearly and at once, and the parser is none the worse for it.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MillraceError, millrace, read, t } from '../../src/index.ts'
import { depth } from '../support/depth.ts'

const m = await millrace({ dir: false })
m.register('t', read.from([{ a: 1 }], { schema: t.row({ a: t.int() }) }))
await m.sql('SELECT a FROM t')

const many = (count: number, make: (i: number) => string, between = ''): string =>
  Array.from({ length: count }, (_, i) => make(i)).join(between)
const within = (levels: number, open: string, inner: string, close: string): string =>
  open.repeat(levels) + inner + close.repeat(levels)

const tooLarge: Record<string, string> = {
  '10 MB of text': `SELECT '${'x'.repeat(10 << 20)}'`,
  '10 MB of statements': 'SELECT 1; '.repeat(1 << 20),
  '5,000 parentheses': `SELECT ${within(5000, '(', '1', ')')}`,
  '5,000 subqueries': within(5000, '(SELECT ', '1', ')'),
  '1,000 joins': `SELECT 1 FROM t t0${many(1000, i => ` JOIN t t${i + 1} ON t0.a = t${i + 1}.a`)}`,
  '5,000 joins': `SELECT 1 FROM t t0${many(5000, i => ` JOIN t t${i + 1} ON t0.a = t${i + 1}.a`)}`,
  '1,000 tables': `SELECT 1 FROM ${many(1000, i => `t t${i}`, ', ')}`,
  '1,000 additions': `SELECT ${many(1000, () => '1', '+')}`,
  '10,000 additions': `SELECT ${many(10_000, () => '1', '+')}`,
  '10,000 casts': `SELECT 1${'::int'.repeat(10_000)}`,
  '10,000 negations': `SELECT ${'NOT '.repeat(10_000)}true`,
  '10,000 signs': `SELECT ${'- '.repeat(10_000)}1`,
  '5,000 CASEs': `SELECT ${within(5000, 'CASE WHEN true THEN 1 ELSE ', '1', ' END')}`,
  '20,000 unions': many(20_000, () => 'SELECT 1', ' UNION ALL '),
  '5,000 arrays': `SELECT ${within(5000, 'ARRAY[', '1', ']')}`,
  '1,000 tables of WITH': `WITH ${many(1000, i => `c${i} AS (SELECT * FROM ${i === 0 ? 't' : `c${i - 1}`})`, ',')} SELECT * FROM c999`,
  'a deep COPY': `COPY ${within(5000, '(', 'SELECT 1', ')')} TO 'x'`,
}

/** The error of a text, and the milliseconds of this process that it took. */
async function refusal(text: string): Promise<{ error: unknown; ms: number }> {
  const before = process.cpuUsage()
  try {
    for await (const _ of m.execute(text));
    return assert.fail('it was taken')
  } catch (error) {
    const { user, system } = process.cpuUsage(before)
    return { error, ms: (user + system) / 1000 }
  }
}

describe('refused within a second', () => {
  for (const [name, text] of Object.entries(tooLarge)) {
    test(name, async () => {
      const { error, ms } = await refusal(text)
      assert.ok(error instanceof MillraceError, String(error))
      assert.match(error.code, /^SQL_(TOO_LARGE|UNSUPPORTED)$/)
      assert.ok(error.message.length < 2000, `${error.message.length} characters`)
      assert.ok(ms < 1000, `${Math.round(ms)} ms`)
    })
  }
})

const broken: Record<string, [string, RegExp]> = {
  'an open text': ["SELECT '", /unterminated quoted string/],
  'an open dollar quote': ['SELECT $x$', /unterminated dollar-quoted string/],
  'an open comment': ['SELECT 1 /* ', /unterminated \/\* comment/],
  'a NUL character, behind which C sees nothing': ['SELECT 1\0; DROP TABLE t', /NUL character[\s\S]*column 9/],
  'a parameter beyond all': ['SELECT $99999999999', /parameter number too large/],
  'a character that is none': ["SELECT U&'\\+FFFFFF'", /invalid Unicode/],
}

for (const [name, [text, message]] of Object.entries(broken)) {
  test(`refuses ${name}`, async () => {
    const { error } = await refusal(text)
    assert.ok(error instanceof MillraceError && error.code === 'SQL_SYNTAX', String(error))
    assert.match(error.message, message)
  })
}

const large: Record<string, string> = {
  '490 parentheses': `SELECT ${within(490, '(', '1', ')')}`,
  '400 nested calls': `SELECT ${within(400, 'coalesce(', 'a', ', 1)')} FROM t`,
  '150 joins': `SELECT 1 FROM t t0${many(150, i => ` JOIN t t${i + 1} ON t0.a = t${i + 1}.a`)}`,
  '10,000 conditions': `SELECT 1 FROM t WHERE ${many(10_000, i => `a > ${i - 20_000}`, ' AND ')}`,
  '650 additions': `SELECT ${many(650, () => '1', '+')}`,
  '650 additions of a column': `SELECT ${many(650, () => 'a', '+')} FROM t`,
  '1,000 unions': many(1000, () => 'SELECT 1', ' UNION ALL '),
  '10,000 rows': `VALUES ${many(10_000, i => `(${i}, 'x')`, ',')}`,
}

describe('what is large and not too large runs', () => {
  for (const [name, text] of Object.entries(large)) {
    test(name, async () => {
      const rows = await (await m.sql(text)).collect()
      assert.ok(rows.length > 0)
    })
  }
})

test('the parser is as it was', async () => {
  for (let i = 0; i < depth(40); i++) {
    await refusal(tooLarge['10,000 additions'] as string)
    await refusal(`SELECT ${many(300, () => '1', '+')}`)
    assert.deepEqual(await (await m.sql('SELECT a + 1 AS b FROM t')).collect(), [{ b: 2 }])
  }
})
