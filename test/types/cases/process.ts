// keyBy(…).process({…}): state from `state`, rows from all yields, timers and outputs by declared names.

import type { Table } from '../../../src/table/index.ts'
import { t } from '../../../src/types/index.ts'
import { flights, holds, type Same } from './fixtures.ts'

type RowOf<T> = T extends Table<infer Row, infer _Kind> ? Row : never
type KindOf<T> = T extends Table<infer _Row, infer Kind> ? Kind : never

const alerts = flights.keyBy('carrier').process({
  state: () => ({ fails: 0 }),
  timers: ['quiet', 'late'],
  *on(row, state, ctx) {
    holds<Same<typeof ctx.key, string>>()
    holds<Same<typeof state, { fails: number }>>()
    state.fails += row.paid ? 0 : 1
    ctx.setTimer('quiet', '10 minutes')
    yield { carrier: row.carrier, why: 'declines' as const }
    if (row.delay !== null) yield { carrier: row.carrier, delay: row.delay, why: 'declines' as const }
  },
  *onTimer(name, _state, ctx) {
    holds<Same<typeof name, 'quiet' | 'late'>>()
    yield { carrier: ctx.key, why: name }
    ctx.clearState()
  },
})
holds<Same<RowOf<typeof alerts>, { carrier: string; why: 'declines' | 'quiet' | 'late'; delay: number | null }>>()
holds<Same<KindOf<typeof alerts>, 'append'>>()

const several = flights.keyBy('carrier', 'day').process({
  outputs: { odd: t.row({ n: t.int() }) },
  *on(row, _state, ctx) {
    holds<Same<typeof ctx.key.carrier, string>>()
    ctx.emit('odd', { n: 1 })
    // error: Argument of type '"even"' is not assignable to parameter of type '"odd"'
    ctx.emit('even', { n: 1 })
    // error: Type 'string' is not assignable to type 'number'
    ctx.emit('odd', { n: 'one' })
    yield row
  },
})
holds<Same<RowOf<typeof several.side.odd>, { n: number }>>()

// error: Argument of type '"carier"' is not assignable to parameter of type '"at" | "carrier" |
flights.keyBy('carier')

flights.keyBy('carrier').process({
  state: () => ({ n: 0 }),
  timers: ['quiet'],
  on(_row, state, ctx) {
    // error: Property 'm' does not exist on type '{ n: number; }'
    state.m = 1
    // error: Argument of type '"quit"' is not assignable to parameter of type '"quiet"'
    ctx.setTimer('quit', '10 minutes')
    // error: Argument of type '600' is not assignable to parameter of type 'Date | Duration'
    ctx.setTimer('quiet', 600)
  },
  onTimer() {},
})

declare const known: Table<{ carrier: string; n: number }, 'append'>
declare const wrong: Table<{ carrier: string; n: string }, 'append'>
flights.keyBy('carrier').process({ state: () => ({ n: 0 }), initial: known, on() {} })
// error: Type 'Table<{ carrier: string; n: string; }, "append">' is not assignable to type 'Table<{ carrier: string; n: number; }
flights.keyBy('carrier').process({ state: () => ({ n: 0 }), initial: wrong, on() {} })

const named = flights.enrich(async rows => rows.map(row => ({ city: row.carrier })), {
  columns: t.row({ city: t.string().nullable() }),
  cache: { by: 'carrier', ttl: '1 hour' },
})
holds<Same<RowOf<typeof named>['city'], string | null>>()
holds<Same<RowOf<typeof named>['carrier'], string>>()
// error: Type '"carier"' is not assignable to type
flights.enrich(async () => [], { columns: t.row({ city: t.string() }), cache: { by: 'carier', ttl: '1 hour' } })
