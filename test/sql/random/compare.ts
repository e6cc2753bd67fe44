// One query on both sides, and here as a stream too: whether the answers are the same.
import type { Rng } from '../../support/seed.ts'
import { type Asked, answered, type Ours } from '../support/ours.ts'
import type { Answer, Oracle, Refusal } from '../support/postgres.ts'
import { type Cut, story, streamed, tablesRead } from '../support/stream.ts'
import { metByRows } from './free.ts'

export type Verdict =
  | { readonly kind: 'same' | 'refused' | 'free' | 'unsupported' }
  | { readonly kind: 'different'; readonly how: string; readonly ours: unknown; readonly theirs: unknown }

/** Its last words are an order: of everything that it shows. */
const ORDER = / ORDER BY [^()]*$/

const inOrder = (query: string, { rows }: Answer): readonly string[] =>
  ORDER.test(query) ? rows.map(plain) : rows.map(plain).sort()

export async function compared(query: string, here: Ours, there: Oracle, rng: Rng): Promise<Verdict> {
  // Bound once: what is asked as a batch is the table of the stream.
  let table: Asked | undefined
  const ours = await answered(async () => {
    table = await here.table(query)
    return table.collect()
  })
  const theirs = await there.ask(query)
  if ('refused' in ours && ours.code === 'SQL_UNSUPPORTED') return { kind: 'unsupported' }
  if ('refused' in ours && 'refused' in theirs) return { kind: 'refused' }
  if (metByRows(ours) || metByRows(theirs)) return { kind: 'free' }
  if ('refused' in ours || 'refused' in theirs) return { kind: 'different', how: 'one refuses it', ours, theirs }
  const [mine, expected] = [inOrder(query, ours), inOrder(query, theirs)]
  if (!same(mine, expected)) return { kind: 'different', how: 'as a batch', ours: mine, theirs: expected }
  return compareStream(table as unknown as Asked, here, ours.rows.map(plain).sort(), rng)
}

async function compareStream(table: Asked, here: Ours, expected: readonly string[], rng: Rng): Promise<Verdict> {
  const names = tablesRead(table)
  const cut: Cut = {
    rows: rng.pick([1, 2, 3, 7, 1000]),
    ...(rng.oneIn(3) ? { crash: { step: rng.int(1, 6), tail: 'torn' } } : {}),
  }
  const found: Answer | Refusal = await streamed(table, await story(rng, names, here), cut)
  // A row that goes again may be one that has no answer; and what has no end has no last row.
  if (metByRows(found) || ('refused' in found && found.code === 'SORT_UNBOUNDED')) return { kind: 'free' }
  const ours = 'refused' in found ? found : found.rows.map(plain).sort()
  if (Array.isArray(ours) && same(ours, expected)) return { kind: 'same' }
  return { kind: 'different', how: `as a stream, ${JSON.stringify(cut)}`, ours, theirs: expected }
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.join('\n') === b.join('\n')

/** How many zeros a decimal ends with is not always PostgreSQL's (docs/sql.md). */
const plain = (row: string): string => row.replace(/(\.\d*?)0+(?=\||$)/g, '$1').replace(/\.(?=\||$)/g, '')
