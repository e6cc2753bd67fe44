// The one table of what runs in which mode: docs/modes.md is written from it, and every cell of it is a test. It is
// written by hand: what the engine answers must agree with it, and it with nobody. A stream never ends; `spark` is
// what Spark 4.3 was measured to do with the same query (append, update, complete).
import type { Node } from '../../src/plan/index.ts'
import { airports, flights, flightsOf } from '../table/support.ts'

/** runs, a code of the catalogue, or a code that { unbounded: true } lifts. */
export type Cell = 'runs' | string

export interface Query {
  readonly name: string
  readonly plan: () => Node
  /** append, update, complete, retract */
  readonly cells: readonly [Cell, Cell, Cell, Cell]
  /** Of Spark: append, update, complete; undefined where there is no such query. */
  readonly spark: readonly [boolean, boolean, boolean] | undefined
  /** Why we allow more or less than Spark. */
  readonly note: string
}

export const modes = ['append', 'update', 'complete', 'retract'] as const

const windowed = flights.window({ tumbling: '1 hour', accept: '1 hour' })
const perWindow = windowed.groupBy('carrier').agg(g => ({ n: g.count() }))
const perCarrier = flights.groupBy('carrier').agg(g => ({ n: g.count() }))
const carriers = flights.select(f => ({ carrier: f.carrier }))
const ended = flightsOf({ bounded: true })

const ALWAYS_COMPLETE = 'COMPLETE_UNBOUNDED'

export const queries: readonly Query[] = [
  {
    name: 'select, where, map, filter',
    plan: () => flights.where(f => f.paid).node,
    cells: ['runs', 'UPDATE_WITHOUT_KEY', ALWAYS_COMPLETE, 'runs'],
    spark: [true, true, false],
    note: "Spark's update of rows without a key is its append: ask for append. With a { key } at the sink update runs: the last row by key.",
  },
  {
    name: 'select, where, with a key at the sink',
    plan: () => flights.node,
    cells: ['runs', 'runs', ALWAYS_COMPLETE, 'runs'],
    spark: undefined,
    note: 'The last row by arrival is the row of its key.',
  },
  {
    name: 'group by, no window',
    plan: () => perCarrier.node,
    cells: ['APPEND_ON_UPDATES', 'runs', 'runs', 'runs'],
    spark: [false, true, true],
    note: '',
  },
  {
    name: 'one group',
    plan: () => flights.agg(g => ({ n: g.count() })).node,
    cells: ['APPEND_ON_UPDATES', 'runs', 'runs', 'runs'],
    spark: [false, true, true],
    note: 'Its key is empty: there is one row.',
  },
  {
    name: 'group by event time, no window',
    plan: () => flights.groupBy('at').agg(g => ({ n: g.count() })).node,
    cells: ['APPEND_ON_UPDATES', 'UNBOUNDED_STATE', ALWAYS_COMPLETE, 'UNBOUNDED_STATE'],
    spark: [true, true, true],
    note: 'Spark drops groups behind the watermark, and their late rows without a word. We ask for a window, or for { unbounded: true }.',
  },
  {
    name: 'window, group by',
    plan: () => perWindow.node,
    cells: ['APPEND_ON_UPDATES', 'runs', ALWAYS_COMPLETE, 'runs'],
    spark: [true, true, true],
    note: "Spark's append is .final(), the next line. Spark's complete keeps every window for ever; ours needs { unbounded: true }, .orderBy(…).limit(…), or a table that ends.",
  },
  {
    name: 'window, group by, .final()',
    plan: () => perWindow.final().node,
    cells: ['runs', 'runs', ALWAYS_COMPLETE, 'runs'],
    spark: undefined,
    note: "Spark's append of the line above. Each window comes once, so its key makes update sound too.",
  },
  {
    name: '.late',
    plan: () => perWindow.late.node,
    cells: ['runs', 'UPDATE_WITHOUT_KEY', ALWAYS_COMPLETE, 'runs'],
    spark: undefined,
    note: 'Spark has no such table.',
  },
  {
    name: '.errors',
    plan: () => flights.errors.node,
    cells: ['runs', 'UPDATE_WITHOUT_KEY', ALWAYS_COMPLETE, 'runs'],
    spark: undefined,
    note: 'Spark has no such table.',
  },
  {
    name: 'count distinct',
    plan: () => flights.groupBy('carrier').agg(g => ({ n: g.origin.countDistinct() })).node,
    cells: ['APPEND_ON_UPDATES', 'runs', 'runs', 'runs'],
    spark: [false, false, false],
    note: 'Spark refuses exact distinct counts. Ours keeps the different values of each group with their weights: exact under retraction.',
  },
  {
    name: 'approximate quantile',
    plan: () => flights.groupBy('carrier').agg(g => ({ q: g.delay.approxQuantile(0.5) })).node,
    cells: ['APPEND_ON_UPDATES', 'runs', 'runs', 'runs'],
    spark: [false, true, true],
    note: '',
  },
  {
    name: 'having (where over a group by)',
    plan: () => perCarrier.where(r => r.n.gt(5)).node,
    cells: ['APPEND_ON_UPDATES', 'runs', 'runs', 'runs'],
    spark: [false, true, true],
    note: '',
  },
  {
    name: 'group by over a group by',
    plan: () => perCarrier.groupBy('n').agg(g => ({ carriers: g.count() })).node,
    cells: ['APPEND_ON_UPDATES', 'runs', 'runs', 'runs'],
    spark: [false, false, false],
    note: 'Spark refuses: its second group by would see corrected rows as new ones. Ours takes the old row back with weight -1, so the sum is right.',
  },
  {
    name: 'max over windows that are still corrected',
    plan: () => perWindow.groupBy('carrier').agg(g => ({ top: g.n.max() })).node,
    cells: ['APPEND_ON_UPDATES', 'UNBOUNDED_STATE', 'UNBOUNDED_STATE', 'UNBOUNDED_STATE'],
    spark: [false, false, false],
    note: 'A max that must give back a value remembers them all. Over .final() it needs one value, and runs.',
  },
  {
    name: 'max over final windows',
    plan: () =>
      perWindow
        .final()
        .groupBy('carrier')
        .agg(g => ({ top: g.n.max() })).node,
    cells: ['APPEND_ON_UPDATES', 'runs', 'runs', 'runs'],
    spark: undefined,
    note: '',
  },
  {
    name: 'distinct',
    plan: () => carriers.distinct().node,
    cells: ['runs', 'runs', 'runs', 'runs'],
    spark: [false, true, true],
    note: 'The first row of its kind is never taken back while the input only grows, so append is sound without a watermark.',
  },
  {
    name: 'distinct with the event time',
    plan: () => flights.drop('extra').distinct().node,
    cells: ['UNBOUNDED_STATE', 'UNBOUNDED_STATE', ALWAYS_COMPLETE, 'UNBOUNDED_STATE'],
    spark: [true, true, true],
    note: 'Spark forgets rows behind the watermark, and what comes late then. Select the columns that tell rows apart, or say { unbounded: true }.',
  },
  {
    name: 'orderBy',
    plan: () => flights.orderBy(f => f.delay).node,
    cells: ['SORT_UNBOUNDED', 'UPDATE_WITHOUT_KEY', ALWAYS_COMPLETE, 'SORT_UNBOUNDED'],
    spark: [false, false, false],
    note: '',
  },
  {
    name: 'orderBy, limit',
    plan: () => flights.orderBy(f => f.delay).limit(3).node,
    cells: ['APPEND_ON_UPDATES', 'UPDATE_WITHOUT_KEY', 'runs', 'runs'],
    spark: [false, false, false],
    note: 'The first rows of an order are kept up to date with as many rows of state: a better row takes the last one back.',
  },
  {
    name: 'orderBy, limit over a group by',
    plan: () => perCarrier.orderBy(r => r.n.desc()).limit(3).node,
    cells: ['APPEND_ON_UPDATES', 'runs', 'runs', 'runs'],
    spark: [false, false, true],
    note: 'State is the groups, which are kept anyhow. A key that leaves the first rows is a delete.',
  },
  {
    name: 'limit',
    plan: () => flights.limit(3).node,
    cells: ['runs', 'UPDATE_WITHOUT_KEY', 'runs', 'runs'],
    spark: [true, false, false],
    note: 'The first rows by arrival stay the first.',
  },
  {
    name: 'limit with offset',
    plan: () => flights.limit(3, { offset: 2 }).node,
    cells: ['runs', 'UPDATE_WITHOUT_KEY', 'runs', 'runs'],
    spark: [false, false, false],
    note: 'By arrival, so what was skipped stays skipped.',
  },
  {
    name: 'stream join static, inner or left',
    plan: () => flights.join(airports, { type: 'left', on: (f, a) => f.origin.eq(a.iata) }).node,
    cells: ['runs', 'UPDATE_WITHOUT_KEY', ALWAYS_COMPLETE, 'runs'],
    spark: [true, true, false],
    note: 'The static side is loaded whole before the first row.',
  },
  {
    name: 'static join stream',
    plan: () => airports.join(flights, { on: (a, f) => a.iata.eq(f.origin) }).node,
    cells: ['runs', 'UPDATE_WITHOUT_KEY', ALWAYS_COMPLETE, 'runs'],
    spark: undefined,
    note: '',
  },
  {
    name: 'static left join stream',
    plan: () => airports.join(flights, { type: 'left', on: (a, f) => a.iata.eq(f.origin) }).node,
    cells: ['APPEND_ON_UPDATES', 'UPDATE_WITHOUT_KEY', ALWAYS_COMPLETE, 'runs'],
    spark: undefined,
    note: 'A row by itself is there at once, and goes when its first partner comes.',
  },
  {
    name: 'stream join stream, without a bound',
    plan: () =>
      flights.join(flightsOf(), { on: (a, b) => a.carrier.eq(b.carrier), select: a => ({ carrier: a.carrier }) }).node,
    cells: ['JOIN_UNBOUNDED', 'UPDATE_WITHOUT_KEY', ALWAYS_COMPLETE, 'JOIN_UNBOUNDED'],
    spark: undefined,
    note: 'What both sides keep would grow for ever.',
  },
  {
    name: 'stream join stream, bounded by time',
    plan: () =>
      flights.join(flightsOf(), {
        type: 'left',
        on: (a, b) => a.carrier.eq(b.carrier),
        within: { before: '1 hour' },
        select: a => ({ carrier: a.carrier }),
      }).node,
    cells: ['runs', 'UPDATE_WITHOUT_KEY', ALWAYS_COMPLETE, 'runs'],
    spark: undefined,
    note: 'Rows by themselves come once, when no partner can come any more.',
  },
  {
    name: 'table join table, by key',
    plan: () =>
      perCarrier.join(perCarrier, {
        on: (a, b) => a.carrier.eq(b.carrier),
        select: (a, b) => ({ carrier: a.carrier, n: b.n }),
      }).node,
    cells: ['APPEND_ON_UPDATES', 'runs', 'runs', 'runs'],
    spark: undefined,
    note: '',
  },
  {
    name: 'union of streams',
    plan: () => flights.union(flightsOf()).node,
    cells: ['runs', 'UPDATE_WITHOUT_KEY', ALWAYS_COMPLETE, 'runs'],
    spark: [true, true, false],
    note: '',
  },
  {
    name: 'union of a stream and a table that ends',
    plan: () => flights.union(ended).node,
    cells: ['runs', 'UPDATE_WITHOUT_KEY', ALWAYS_COMPLETE, 'runs'],
    spark: [false, false, false],
    note: 'A table that ends is a stream whose watermark reaches the end.',
  },
  {
    name: 'any select or where of a table that ends',
    plan: () => ended.where(f => f.paid).node,
    cells: ['runs', 'UPDATE_WITHOUT_KEY', 'runs', 'runs'],
    spark: undefined,
    note: 'It is finite, so it can be written whole. Spark runs it as a batch only.',
  },
  {
    name: 'orderBy of a table that ends',
    plan: () => ended.orderBy(f => f.delay).node,
    cells: ['runs', 'UPDATE_WITHOUT_KEY', 'runs', 'runs'],
    spark: undefined,
    note: 'Spark runs it as a batch only.',
  },
]
