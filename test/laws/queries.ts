// The queries that the laws are tried on: one of each kind of result. Inputs are pushes to partitions of a log.
import type { Mode } from '../../src/data/index.ts'
import type { Node, Session } from '../../src/plan/index.ts'
import { engineOf, type RunOptions, sessionOf } from '../../src/runtime/index.ts'
import { list, struct, type Table, tableOf, when } from '../../src/table/index.ts'
import { type VirtualWorld, virtualWorld } from '../../src/testing/index.ts'
import {
  allOf,
  type EventRow,
  event,
  type Log,
  logSpec,
  newLog,
  newShelf,
  type Shelf,
  shelfSpec,
} from '../runtime/support.ts'
import type { Rng } from '../support/seed.ts'

export type Events = Table<EventRow, 'append'>

interface Query {
  readonly node: (events: Events) => Node
  /** Lateness decides what it holds: only without late rows is it the same however it is cut. */
  readonly windowed: boolean
}

const grouped = (node: (events: Events) => Node): Query => ({ node, windowed: false })
const windowed = (node: (events: Events) => Node): Query => ({ node, windowed: true })

export const queries: Readonly<Record<string, Query>> = {
  'where and select': grouped(
    events => events.where(e => e.n.gt(1)).select(e => ({ key: e.key, more: e.n.add(1) })).node,
  ),
  groups: grouped(events => events.groupBy('key').agg(g => ({ n: g.count(), sum: g.n.sum(), max: g.n.max() })).node),
  'groups of groups': grouped(
    events =>
      events
        .groupBy('key')
        .agg(g => ({ n: g.count() }))
        .groupBy('n')
        .agg(g => ({ keys: g.count() })).node,
  ),
  'a global aggregate': grouped(events => events.groupBy().agg(g => ({ n: g.count(), mean: g.n.avg() })).node),
  'distinct rows': grouped(events => events.select(e => ({ key: e.key })).distinct().node),
  'the first three': grouped(
    events =>
      events
        .select(e => ({ key: e.key, n: e.n }))
        .orderBy(e => [e.n.desc(), e.key])
        .limit(3).node,
  ),
  'the best two of each key': grouped(
    events => events.select(e => ({ key: e.key, n: e.n })).topN(2, { per: 'key', by: e => e.n.desc() }).node,
  ),
  'ranks of groups': grouped(
    events =>
      events
        .groupBy('key')
        .agg(g => ({ n: g.count() }))
        .rank({ by: e => e.n.desc(), rank: 'dense_rank' }).node,
  ),
  'the last row of each key': grouped(events => events.lastBy({ by: 'key' }).node),
  'the best of each window, final': windowed(
    events =>
      events
        .window({ tumbling: '5 minutes' })
        .topN(2, { per: 'window', by: e => e.n.desc() })
        .final().node,
  ),
  'the first of each key, for good': grouped(
    events =>
      events
        .dedup({ by: 'key' })
        .groupBy('key')
        .agg(g => ({ n: g.count() })).node,
  ),
  'running sums': grouped(
    events =>
      events
        .select(e => ({ key: e.key, n: e.n }))
        .over({ per: 'key', by: e => e.n.desc(), rows: { preceding: 2 } }, w => ({ sum: w.n.sum(), next: w.n.lead() }))
        .node,
  ),
  subtotals: grouped(events => events.rollup('key', 'n').agg(g => ({ rows: g.count() }), { grouping: 'level' }).node),
  'rows that both have': grouped(events => {
    const rows = events.select(e => ({ key: e.key, n: e.n }))
    return rows.where(e => e.n.gt(1)).intersectAll(rows.where(e => e.n.lt(4))).node
  }),
  'rows that one has': grouped(events => {
    const rows = events.select(e => ({ key: e.key, n: e.n }))
    return rows.except(rows.where(e => e.n.lt(3))).node
  }),
  'a union with itself': grouped(events => events.where(e => e.n.gt(2)).union(events.where(e => e.n.lt(2))).node),
  'tumbling windows': windowed(
    events =>
      events
        .window({ tumbling: '5 minutes' })
        .groupBy('key')
        .agg(g => ({ n: g.count() })).node,
  ),
  'sliding windows, final': windowed(
    events =>
      events
        .window({ sliding: '10 minutes', every: '5 minutes' })
        .groupBy('key')
        .agg(g => ({ n: g.count(), min: g.n.min() }))
        .final().node,
  ),
  'cumulating windows': windowed(
    events =>
      events
        .window({ cumulating: '6 minutes', every: '2 minutes' })
        .groupBy('key')
        .agg(g => ({ n: g.count() })).node,
  ),
  sessions: windowed(
    events =>
      events
        .window({ session: '3 minutes' })
        .groupBy('key')
        .agg(g => ({ n: g.count(), max: g.n.max() })).node,
  ),
  'sessions of distinct values, final': windowed(
    events =>
      events
        .window({ session: '1 minute' })
        .agg(g => ({ n: g.count(), keys: g.key.countDistinct() }))
        .final().node,
  ),
  'sessions over windows that change, the gap from the row': windowed(
    events =>
      events
        .window({ tumbling: '2 minutes' })
        .groupBy('key')
        .agg(g => ({ n: g.count() }))
        .window({
          session: r => when(r.n.gt(1), r.window.end.plus('3 minutes')).otherwise(r.window.end.plus('1 minute')),
        })
        .groupBy('key')
        .agg(g => ({ rows: g.n.sum(), most: g.n.max() })).node,
  ),
  'windows by count': grouped(
    events =>
      events
        .groupBy('key')
        .countWindow(3, { every: 2, partial: 'both' })
        .agg(g => ({ sum: g.n.sum(), kinds: g.n.countDistinct() })).node,
  ),
  'windows by count, final': windowed(
    events =>
      events
        .groupBy('key')
        .countWindow(3, { every: 1, partial: 'last' })
        .agg(g => ({ sum: g.n.sum(), max: g.n.max() }))
        .final().node,
  ),
  'running sums as the watermark passes, in windows': windowed(
    events =>
      events
        .over({ per: 'key', by: e => e.at }, w => ({ sum: w.n.sum(), before: w.n.lag(), most: w.n.max() }))
        .final()
        .window({ tumbling: '10 minutes' })
        .groupBy('key')
        .agg(g => ({ last: g.sum.max(), jumps: g.count().filter(r => r.n.gt(r.before)), most: g.most.max() }))
        .final().node,
  ),
  'what comes next, once it is known': windowed(
    events =>
      events
        .over({ per: 'key', by: e => e.at, rows: { preceding: 1, following: 1 } }, w => ({
          next: w.n.lead(),
          near: w.n.avg(),
        }))
        .final().node,
  ),
  'frames around the row in time, in windows': windowed(
    events =>
      events
        .over(
          { per: 'key', by: e => e.at, range: { preceding: '3 minutes', following: '4 minutes' }, exclude: 'row' },
          w => ({
            near: w.n.sum(),
            first: w.n.firstValue(),
          }),
        )
        .final()
        .window({ tumbling: '10 minutes' })
        .groupBy('key')
        .agg(g => ({ near: g.near.sum(), first: g.first.min(), n: g.count() }))
        .final().node,
  ),
  'peers around the row, once they are known': windowed(
    events =>
      events
        .over({ per: 'key', by: e => e.at, groups: { following: 2 }, exclude: 'ties' }, w => ({
          sum: w.n.sum(),
          least: w.n.min(),
          last: w.n.lastValue(),
        }))
        .final().node,
  ),
  'structs and lists of columns, in windows': windowed(
    events =>
      events
        .select(e => ({ of: struct({ key: e.key, at: e.at }), pair: list(struct({ n: e.n, twice: e.n.mul(2) })) }))
        .explode('pair')
        .withColumn('twice', r => r.pair.twice)
        .window({ tumbling: '5 minutes' })
        .groupBy(r => ({ who: struct({ key: r.of.key, odd: r.pair.n.mod(2) }) }))
        .agg(g => ({ n: g.count(), both: g.twice.sum() }))
        .final()
        .select(r => ({ ...r, list: list(r.n, r.both) })).node,
  ),
  'windows of a length for each key': windowed(
    events =>
      events
        .window({ tumbling: e => e.n.add(1).mul(60_000_000), offset: e => e.n.mul(1_000_000) })
        .groupBy('key')
        .agg(g => ({ n: g.count() }))
        .final().node,
  ),
  'the global window': windowed(
    events =>
      events
        .window({ global: true })
        .groupBy('key')
        .agg(g => ({ n: g.count(), max: g.n.max() }))
        .final().node,
  ),
  'panes that retract': windowed(
    events =>
      events
        .window({ session: '2 minutes' })
        .groupBy('key')
        .agg(g => ({ n: g.count(), mean: g.n.sum().div(g.count()) }))
        .emit({ early: { rows: 2 }, accumulate: 'retracting' })
        .select(r => ({ key: r.key, start: r.window.start, end: r.window.end, n: r.n, mean: r.mean })).node,
  ),
  'windows over windows': windowed(
    events =>
      events
        .window({ tumbling: '2 minutes' })
        .groupBy('key')
        .agg(g => ({ n: g.count() }))
        .window({ tumbling: '10 minutes' })
        .agg(g => ({ rows: g.n.sum(), most: g.n.max(), windows: g.count() })).node,
  ),
  'windows over final windows, final': windowed(
    events =>
      events
        .window({ tumbling: '2 minutes' })
        .groupBy('key')
        .agg(g => ({ n: g.count() }))
        .final()
        .window({ sliding: '10 minutes', every: '5 minutes' })
        .groupBy('key')
        .agg(g => ({ rows: g.n.sum(), last: g.n.last() }))
        .final().node,
  ),
}

/** `lateBy` as long as the story: no row is late. */
export function eventsOf(log: Log, session: Session = {} as Session, lateBy: '1 hour' | '1 minute' = '1 hour'): Events {
  return tableOf<EventRow>(logSpec(log), session, { time: 'at', lateBy, idleAfter: 'never' })
}

/** Rows of about half an hour. */
export function story(rng: Rng, rows = 30): EventRow[] {
  return rng.list(rows, () => event(rng.int(0, 30), `k${rng.int(0, 4)}`, rng.int(0, 5)))
}

/** A closed log of the rows, cut into pushes; partitions at random when asked. */
export function logOf(pushes: readonly (readonly EventRow[])[], partition: () => string = () => 'p'): Log {
  const log = newLog()
  for (const rows of pushes) if (rows.length > 0) log.push(rows, partition())
  log.close()
  return log
}

/** Run to the end; what reached the outside. */
export async function runToEnd(
  node: Node,
  mode: Mode,
  how: RunOptions,
  world: VirtualWorld = virtualWorld(),
): Promise<Shelf> {
  const shelf = newShelf()
  const engine = engineOf(world, { dir: 'm', memory: '64 MB' })
  const run = await engine.run('q', { node, sink: shelfSpec(shelf), mode }, { unbounded: true, ...how })
  const moving = how.trigger?.kind === 'continuous' ? world.clock.advance(10_000) : undefined
  await run.done
  await moving
  return shelf
}

/** The rows of a batch, as sorted text. */
export async function batchOf(query: Query, log: Log): Promise<string[]> {
  const session = sessionOf(virtualWorld(), { memory: '64 MB' })
  const { rows } = await session.collect(query.node(eventsOf(log, session)))
  return rows.map(row => JSON.stringify(row)).sort()
}

/** A table as sorted text, a line for each row: the sum of all changes. */
export function tableFrom(shelf: Shelf): string[] {
  const counts = new Map<string, number>()
  for (const { row, weight } of allOf(shelf)) {
    const text = JSON.stringify(row)
    counts.set(text, (counts.get(text) ?? 0) + weight)
  }
  return [...counts]
    .flatMap(([text, weight]) => {
      if (weight < 0) throw new Error(`${weight} of ${text}`)
      return Array<string>(weight).fill(text)
    })
    .sort()
}
