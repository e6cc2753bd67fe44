// The answers of both sides to many expressions, each for itself: its value as text, or that it is refused.
import { type Millrace, MillraceError } from '../../../src/index.ts'
import type { Oracle } from '../support/postgres.ts'

export type Told = { readonly value: string | null } | { readonly refused: string }

/** PostgreSQL takes an expression as text, so that one that fails fails alone. */
const ANSWER = `
CREATE OR REPLACE FUNCTION answer(expression text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
  EXECUTE 'SELECT (' || expression || ')::text' INTO found;
  RETURN coalesce('=' || found, 'null');
EXCEPTION WHEN OTHERS THEN RETURN '!' || SQLSTATE;
END $$;`

/** Expressions that are asked at once. */
const AT_ONCE = 20

export async function theirAnswers(oracle: Oracle, expressions: readonly string[]): Promise<readonly Told[]> {
  await oracle.setUp(ANSWER)
  const told: Told[] = []
  for (let at = 0; at < expressions.length; at += AT_ONCE) {
    const part = expressions.slice(at, at + AT_ONCE)
    const rows = part.map((each, i) => `(${i}, answer('${each.replaceAll("'", "''")}'))`)
    const answer = await oracle.ask(`SELECT v.a FROM (VALUES ${rows.join(', ')}) v(i, a) ORDER BY v.i`)
    if ('refused' in answer) throw new Error(answer.refused)
    for (const each of answer.rows) told.push(toldBy(each))
  }
  return told
}

function toldBy(text: string): Told {
  if (text === 'null') return { value: null }
  return text.startsWith('=') ? { value: text.slice(1) } : { refused: text.slice(1) }
}

/** Many columns of one query, while they have values; where one has none, each by itself. */
export async function ourAnswers(m: Millrace, expressions: readonly string[]): Promise<readonly Told[]> {
  const all = await askHere(m, expressions)
  if (!('refused' in all)) return all.map(value => ({ value }))
  if (expressions.length === 1) return [all]
  const half = expressions.length >> 1
  return [...(await ourAnswers(m, expressions.slice(0, half))), ...(await ourAnswers(m, expressions.slice(half)))]
}

async function askHere(
  m: Millrace,
  expressions: readonly string[],
): Promise<readonly (string | null)[] | { readonly refused: string }> {
  const columns = expressions.map((each, i) => `(${each})::text AS c${i}`)
  try {
    const [row] = await (await m.sql(`SELECT ${columns.join(', ')}`)).collect()
    return Object.values(row as object) as (string | null)[]
  } catch (error) {
    if (error instanceof MillraceError) return { refused: error.code }
    throw error
  }
}
