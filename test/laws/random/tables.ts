// Random typed inputs, and what happens to them: rows that come (and go, where they may), in epochs, in partitions.
import { read, type Table, t } from '../../../src/index.ts'
import type { Rng } from '../../support/seed.ts'

// Plans are composed at random: their types are known only when they run.
export type Loose = any

/** Something that happens to an input: rows come, or one of those that are there goes. */
export interface Event {
  readonly input: number
  readonly row: object
  readonly weight: 1 | -1
  readonly partition: number
}

export interface Input {
  readonly table: Table<object, 'append' | 'update'>
  /** Rows may go again. */
  readonly retracts: boolean
  readonly row: (rng: Rng) => object
}

const KEYS = ['a', 'b', 'c', 'longer than twelve bytes', null]
/** Some are equal and show other digits. */
const DECIMALS = ['1.1', '1.10', '2', '2.00', '-0.125', 'NaN', null]
const START = Date.UTC(2026, 0, 1)

/** Events of event time: `k`, `n`, `m`, `d`, `at`. */
const EVENT = t.row({
  k: t.string().nullable(),
  n: t.int(),
  m: t.int().nullable(),
  d: t.decimal().nullable(),
  at: t.timestamp(),
})

/** Rows of a table that changes: `id`, `k`, `p`, `price`. */
const ITEM = t.row({ id: t.int(), k: t.string().nullable(), p: t.int(), price: t.decimal(6, 2) })

function eventRow(rng: Rng): object {
  return {
    k: rng.pick(KEYS),
    n: rng.int(-3, 6),
    m: rng.oneIn(4) ? null : rng.int(0, 3),
    d: rng.pick(DECIMALS),
    at: new Date(START + rng.int(0, 40) * 30_000),
  }
}

const itemRow = (rng: Rng): object => ({
  id: rng.int(0, 5),
  k: rng.pick(KEYS),
  p: rng.int(0, 9),
  price: rng.pick(['1.10', '2.00', '-0.50']),
})

/** A stream of events; no row is later than an hour, so none is late. */
export function events(): Input {
  const { table } = read.memory(EVENT, { time: 'at', lateBy: '1 hour', idleAfter: 'never' })
  return { table: table as unknown as Input['table'], retracts: false, row: eventRow }
}

/** A table whose rows come and go. */
export function items(): Input {
  const { table } = read.memory(ITEM, { weights: true })
  return { table: table as unknown as Input['table'], retracts: true, row: itemRow }
}

/** What happens in each epoch. Only rows that are there go. */
export function story(rng: Rng, inputs: readonly Input[], epochs: number, partitions: number): readonly Event[][] {
  const there: object[][] = inputs.map(() => [])
  return Array.from({ length: epochs }, () => {
    const made: Event[] = []
    for (let i = rng.int(0, 6); i > 0; i--) {
      const input = rng.int(0, inputs.length - 1)
      const { retracts, row } = inputs[input] as Input
      const partition = rng.int(0, partitions - 1)
      const known = there[input] as object[]
      if (retracts && known.length > 0 && rng.oneIn(3)) {
        const [gone] = known.splice(rng.int(0, known.length - 1), 1) as [object]
        made.push({ input, row: gone, weight: -1, partition })
      } else {
        const fresh = row(rng)
        known.push(fresh)
        made.push({ input, row: fresh, weight: 1, partition })
      }
    }
    return made
  })
}
