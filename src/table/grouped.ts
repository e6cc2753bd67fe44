// Groups of rows with the same keys, and what the types of grouping and limit depend on.
import type { Named, Node } from '../plan/index.ts'
import type { ChangeKind, Flat, Group, WindowSpan } from '../types/index.ts'
import type * as R from './rows.ts'
import type { Ordered, Table, Windowed, WindowedTable } from './table.ts'
import { aggregateNode } from './verbs.ts'

/** Groups of rows with the same keys. `Empty` is null when a group may be without rows. */
export class Grouped<Row extends object, Keys extends object, Empty extends null> {
  readonly #node: Node
  readonly #keys: readonly Named[]
  readonly #table: (node: Node) => object

  /** @param table makes a table of a node. */
  constructor(node: Node, keys: readonly Named[], table: (node: Node) => object) {
    this.#node = node
    this.#keys = keys
    this.#table = table
  }

  /** One row per group: the keys, then what the callback returns: `agg(g => ({ late: g.count(), mean: g.delay.avg() }))`. */
  agg<A extends R.Aggregates>(
    aggregates: (group: Group<Row, Empty>) => A,
  ): Table<Flat<Omit<Keys, keyof A> & R.SelectedRow<A>>, 'update'> {
    const node = aggregateNode(this.#node, this.#keys, aggregates as (group: Group<object, null>) => object)
    return this.#table(node) as never
  }
}

/** Groups within windows. */
export interface WindowGrouped<Row extends object, Keys extends object, Empty extends null> {
  /** One row per group and window: the keys, the window, then what the callback returns. */
  agg<A extends R.Aggregates>(
    aggregates: (group: Group<Row, Empty>) => A,
  ): WindowedTable<Flat<Omit<Keys, keyof A> & R.SelectedRow<A>>, Row>
}

export type Limited<This, Row extends object, Kind extends ChangeKind> = This extends Ordered
  ? Table<Row, 'update'>
  : Table<Row, Kind>

export type Groups<This, Row extends object, Keys extends object> = This extends Windowed
  ? WindowGrouped<Row, Flat<Omit<Keys, 'window'> & { window: WindowSpan }>, never>
  : Grouped<Row, Keys, keyof Keys extends never ? null : never>

export type AggregatedAll<This, Row extends object, A> = This extends Windowed
  ? WindowedTable<Flat<Pick<Row, 'window' & keyof Row> & R.SelectedRow<A>>, Row>
  : Table<R.SelectedRow<A>, 'update'>
