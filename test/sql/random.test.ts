// Law 8 for queries that nobody thought of: random queries over random tables give PostgreSQL's rows, as a batch and as a
// stream whose rows come and go, or are refused by both. 500 of them, 20,000 in the long form; a
// difference is made small and printed as a case for test/sql/postgres/found.sql.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { millrace } from '../../src/index.ts'
import { Rng, seeded } from '../support/seed.ts'
import { compared, type Verdict } from './random/compare.ts'
import { type Piece, textOf } from './random/piece.ts'
import { outermost, query } from './random/select.ts'
import { type Case, shrunk } from './random/shrink.ts'
import { type RandomTable, randomTables, setUpOf } from './random/tables.ts'
import { TYPES } from './random/types.ts'
import { ours } from './support/ours.ts'
import { postgres } from './support/postgres.ts'

const QUERIES = 10
const TRIES = 300
const MOST_UNSUPPORTED = 0.1

const oracle = await postgres()
after(() => oracle.close())

const counts: Record<Verdict['kind'], number> = { same: 0, refused: 0, free: 0, unsupported: 0, different: 0 }

function pieceOf(rng: Rng, tables: readonly RandomTable[]): Piece {
  let names = 0
  const fresh = (prefix: string): string => `${prefix}${++names}`
  const types = Array.from({ length: rng.int(1, 3) }, () => rng.pick(TYPES))
  const scope = {
    rng,
    tables,
    columns: [],
    outer: [],
    grouped: undefined,
    common: [],
    depth: rng.int(0, 3),
    fresh,
    query,
  }
  return outermost(scope, types)
}

/** The same seed gives a case the same stream each time. */
async function judged({ tables, piece }: Case, seed: number): Promise<Verdict> {
  await oracle.setUp(setUpOf(tables))
  await using m = await millrace({ dir: false })
  return compared(textOf(piece), await ours(m, setUpOf(tables)), oracle, new Rng(seed))
}

async function report(found: Case, verdict: Verdict & { kind: 'different' }, seed: number): Promise<never> {
  const differs = async (each: Case): Promise<boolean> => {
    const again = await judged(each, seed)
    return again.kind === 'different' && again.how.slice(0, 6) === verdict.how.slice(0, 6)
  }
  const small = await shrunk(found, differs, TRIES)
  const { how, ours: mine, theirs } = (await judged(small, seed)) as typeof verdict
  const text = `\n${how}; keep it in test/sql/postgres/found.sql:\n\n${setUpOf(small.tables)}${textOf(small.piece)};\n`
  return assert.deepEqual(mine, theirs, text) as never
}

seeded(
  'random queries have PostgreSQL’s answers',
  async rng => {
    const tables = randomTables(rng)
    await oracle.setUp(setUpOf(tables))
    await using m = await millrace({ dir: false })
    const here = await ours(m, setUpOf(tables))
    for (let i = 0; i < QUERIES; i++) {
      const piece = pieceOf(rng, tables)
      const seed = rng.uint32()
      const verdict = await compared(textOf(piece), here, oracle, new Rng(seed))
      counts[verdict.kind]++
      if (verdict.kind === 'different') await report({ tables, piece }, verdict, seed)
    }
  },
  { runs: 50, long: 2000 },
)

test('few random queries are more than SQL has here', t => {
  const asked = Object.values(counts).reduce((sum, each) => sum + each, 0)
  t.diagnostic(`${asked} random queries: ${JSON.stringify(counts)}`)
  assert.ok(counts.unsupported <= asked * MOST_UNSUPPORTED, `${counts.unsupported} of ${asked}`)
})
