// Groups of rows with the same keys, and what the types of grouping and limit depend on.
import type { Named, Node } from '../plan/index.ts'
import type { ChangeKind, Expression, Flat, Group, WindowSpan } from '../types/index.ts'
import { CountGrouped, type CountWindowOptions, countWindowNode } from './count-window.ts'
import { type GroupingOptions, type GroupingVerb, groupingNode, type PivotValue, pivotNode } from './grouping-sets.ts'
import type * as R from './rows.ts'
import type { Ordered, Table, Windowed, WindowedTable } from './table.ts'
import { aggregateNode } from './verbs.ts'

/** Groups of rows with the same keys. `Empty` is null when a group may be without rows. */
export class Grouped<Row extends object, Keys extends object, Empty extends null> {
  readonly #node: Node
  readonly #keys: readonly Named[]
  readonly #table: (node: Node) => object
  readonly #counted: (node: Node) => object

  /** @param table makes a table of a node, `counted` one of windows by count. */
  constructor(node: Node, keys: readonly Named[], table: (node: Node) => object, counted: (node: Node) => object) {
    this.#node = node
    this.#keys = keys
    this.#table = table
    this.#counted = counted
  }

  /** One row per group: the keys, then what the callback returns: `agg(g => ({ late: g.count(), mean: g.delay.avg() }))`. */
  agg<A extends R.Aggregates>(
    aggregates: (group: Group<Row, Empty>) => A,
  ): Table<Flat<Omit<Keys, keyof A> & R.SelectedRow<A>>, 'update'> {
    const node = aggregateNode(this.#node, this.#keys, aggregates as (group: Group<object, null>) => object)
    return this.#table(node) as never
  }

  /**
   * Windows of so many rows each of every group: `countWindow(100)`, `countWindow(100, { every: 10 })` for the last hundred at
   * every tenth row. Rows are counted in the order of event time, or of `by`.
   */
  countWindow(rows: number, options?: CountWindowOptions<Row>): CountGrouped<Row, Keys> {
    const node = countWindowNode(this.#node, this.#keys, rows, options as never)
    return new CountGrouped(node, this.#keys, this.#counted)
  }

  /**
   * Columns of the listed values of a column: `pivot('quarter', [1, 2], g => g.amount.sum())` makes `1` and `2`, and
   * `g => ({ sum: g.amount.sum() })` makes `1_sum` and `2_sum`.
   */
  pivot<
    C extends keyof Row & string,
    const V extends PivotValue & Row[C],
    A extends R.Aggregates | Expression<unknown>,
  >(
    column: C,
    values: readonly V[],
    aggregates: (group: Group<Row, null>) => A,
  ): Table<Flat<Keys & R.PivotRow<V, A>>, 'update'> {
    return this.#table(pivotNode(this.#node, this.#keys, column, values, aggregates as never)) as never
  }
}

/** Groups of several sets of keys. */
export class GroupingSets<Row extends object, K extends keyof Row & string> {
  readonly #verb: GroupingVerb
  readonly #node: Node
  readonly #sets: readonly (readonly string[])[]
  readonly #table: (node: Node) => object

  constructor(verb: GroupingVerb, node: Node, sets: readonly (readonly string[])[], table: (node: Node) => object) {
    this.#verb = verb
    this.#node = node
    this.#sets = sets
    this.#table = table
  }

  /** One row per group of each set: the keys (null where they are not of the set), then what the callback returns. */
  agg<A extends R.Aggregates, const Id extends string = never>(
    aggregates: (group: Group<Row, null>) => A,
    options?: GroupingOptions<Id>,
  ): Table<R.GroupingRow<Row, K, A, Id>, 'update'> {
    return this.#table(groupingNode(this.#verb, this.#node, this.#sets, aggregates as never, options)) as never
  }
}

/** Groups of several sets of keys within windows: the window is a key of each. */
export interface WindowGroupingSets<Row extends object, K extends keyof Row & string> {
  /** One row per group of each set and window. */
  agg<A extends R.Aggregates, const Id extends string = never>(
    aggregates: (group: Group<Row, null>) => A,
    options?: GroupingOptions<Id>,
  ): WindowedTable<Flat<R.GroupingRow<Row, K, A, Id> & { window: WindowSpan }>, Row>
}

export type SetsOf<This, Row extends object, K extends keyof Row & string> = This extends Windowed
  ? WindowGroupingSets<Row, K>
  : GroupingSets<Row, K>

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
  ? WindowGrouped<Row, Flat<Omit<Keys, 'window'> & Pick<Row, 'window' & keyof Row>>, never>
  : Grouped<Row, Keys, keyof Keys extends never ? null : never>

export type AggregatedAll<This, Row extends object, A> = This extends Windowed
  ? WindowedTable<Flat<Pick<Row, 'window' & keyof Row> & R.SelectedRow<A>>, Row>
  : Table<R.SelectedRow<A>, 'update'>
