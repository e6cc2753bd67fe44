// `groupBy(…).countWindow(…).agg(…)`: groups of so many rows each.
import { optionsFor } from '../base/index.ts'
import {
  type CountWindow,
  countedOf,
  countWindowOf,
  type Named,
  type Node,
  type PartialWindows,
  schema,
  selectOf,
} from '../plan/index.ts'
import type { Columns, CountSpan, Flat, Group } from '../types/index.ts'
import { aggregationOf } from './aggregates.ts'
import { keysBy, type SortBy } from './rank.ts'
import type * as R from './rows.ts'
import type { CountedTable } from './table.ts'
import { passThrough } from './verbs.ts'

export interface CountWindowOptions<Row> {
  /** A window for every so many rows; default: as many as a window has. */
  readonly every?: number
  /** The order in which rows are counted; default: event time. Ties are broken by all columns. */
  readonly by?: (row: Columns<Row>) => SortBy | readonly SortBy[]
  /**
   * Windows with fewer rows that are shown too: the `'first'` ones of a sliding window (as Flink does), the `'last'` one, which
   * still takes rows (when the input ends: what is left), `'both'`; default 'none'.
   */
  readonly partial?: PartialWindows
}

/** Groups of so many rows. */
export class CountGrouped<Row extends object, Keys extends object> {
  readonly #node: CountWindow
  readonly #keys: readonly Named[]
  readonly #table: (node: Node) => object

  constructor(node: CountWindow, keys: readonly Named[], table: (node: Node) => object) {
    this.#node = node
    this.#keys = keys
    this.#table = table
  }

  /** One row per group and window: the keys, the window, then what the callback returns. */
  agg<A extends R.Aggregates>(
    aggregates: (group: Group<Row, never>) => A,
  ): CountedTable<Flat<Omit<Keys, keyof A> & { window: CountSpan } & R.SelectedRow<A>>, Row> {
    return this.#table(countedNode(this.#node, this.#keys, aggregates as never)) as never
  }
}

export function countWindowNode(
  input: Node,
  keys: readonly Named[],
  size: number,
  options: CountWindowOptions<never> = {},
): CountWindow {
  const { every = size, by, partial = 'none' } = optionsFor('countWindow', options, 'countWindow(100, { every: 10 })')
  const order = by === undefined ? undefined : keysBy('countWindow', input, by as (row: never) => unknown)
  return countWindowOf(input, { keys, size, every, order, partial })
}

function countedNode(
  input: CountWindow,
  keys: readonly Named[],
  callback: (group: Group<object, null>) => object,
): Node {
  const { aggregates, columns } = aggregationOf(input, callback)
  const all = [...keys, passThrough(schema(input), 'window')]
  const node = countedOf(input, all, aggregates)
  const of = schema(node)
  const made = columns ?? aggregates.map(each => passThrough(of, each.name))
  return selectOf(node, [...all.map(each => passThrough(of, each.name)), ...made])
}
