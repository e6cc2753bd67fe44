// Iterations: a step gives back the rows it got; what leaves a loop keeps its change kind.
import type { Table } from '../../../src/table/index.ts'
import { flights, holds, type Same } from './fixtures.ts'

type RowOf<T> = T extends Table<infer Row, infer _Kind> ? Row : never
type KindOf<T> = T extends Table<infer _Row, infer Kind> ? Kind : never

const counts = flights.groupBy('carrier').agg(g => ({ n: g.count() }))
const grown = counts.iterate(now => now.withColumn('n', c => c.n.add(1)), { rounds: 2 })
holds<Same<RowOf<typeof grown>, { carrier: string; n: number }>>()
holds<Same<KindOf<typeof grown>, 'update'>>()

const stopped = counts.iterate(now => now.distinct(), { until: (now, next) => next.union(now), maxRounds: 9 })
holds<Same<RowOf<typeof stopped>, { carrier: string; n: number }>>()

const closure = counts.recursive(now => now.where(c => c.n.gt(1)), { distinct: false })
holds<Same<KindOf<typeof closure>, 'update'>>()

const delta = counts.iterateDelta(
  flights.select(f => ({ name: f.carrier })),
  {
    key: 'carrier',
    step: (all, work) => ({ delta: all, next: work.where(w => w.name.ne('')) }),
  },
)
holds<Same<RowOf<typeof delta>, { carrier: string; n: number }>>()

const looped = flights
  .select(f => ({ carrier: f.carrier, n: f.price }))
  .feedback(rows => ({ output: rows.select(r => ({ carrier: r.carrier })), again: rows }), { inFlight: 10 })
holds<Same<RowOf<typeof looped>, { carrier: string }>>()
holds<Same<KindOf<typeof looped>, 'append'>>()

// error: Property 'n' is missing
counts.iterate(now => now.drop('n'))
// error: Type '"delay"' is not assignable to type '"carrier" | "n"
counts.iterateDelta(counts, { key: 'delay', step: all => ({ delta: all, next: all }) })
