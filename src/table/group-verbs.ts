// Verbs over rows in groups, each in an order, and over sets of rows.
import type { Node } from '../plan/index.ts'
import type { ChangeKind, Flat, OverColumns } from '../types/index.ts'
import { type DedupOptions, type DedupTakes, dedupNode } from './dedup.ts'
import { type FilledRow, type FillOptions, fillNode } from './fill.ts'
import { type OverOptions, overNode } from './over.ts'
import { type RankOptions, type RowByOptions, rankNode, rowByNode } from './rank.ts'
import { ReadableTable } from './reading.ts'
import type * as R from './rows.ts'
import { setNode } from './sets.ts'
import type { DedupedTable, RankedTable, Table } from './table.ts'

export abstract class GroupVerbs<Row extends object, Kind extends ChangeKind> extends ReadableTable<Row> {
  /**
   * The first row of each key by arrival, for good. A row is a repetition if one of its key was kept whose event time is
   * at most `within` away: `dedup({ by: 'id', within: '1 hour' })`. Without `within` the table has to end.
   */
  dedup(options: DedupOptions<Row> & DedupTakes<Kind>): DedupedTable<Row> {
    return this.deduped(dedupNode(this.node, options as never))
  }

  /** The different rows that both tables have. Columns are matched by name; null equals null. */
  intersect<K extends ChangeKind>(other: Table<Row, K>): Table<Row, R.EitherKind<Kind, K>> {
    return this.made(setNode(this.node, other, 'intersect'))
  }

  /** The rows that both tables have, each as often as the one that has it less often. */
  intersectAll<K extends ChangeKind>(other: Table<Row, K>): Table<Row, R.EitherKind<Kind, K>> {
    return this.made(setNode(this.node, other, 'intersect all'))
  }

  /** The different rows that the other table does not have. */
  except(other: Table<Row, ChangeKind>): Table<Row, 'update'> {
    return this.made(setNode(this.node, other, 'except'))
  }

  /** The rows without those of the other table, each taken away as often as it is there. */
  exceptAll(other: Table<Row, ChangeKind>): Table<Row, 'update'> {
    return this.made(setNode(this.node, other, 'except all'))
  }

  /**
   * The first rows of each group, kept up to date: `topN(3, { per: 'carrier', by: f => f.delay.desc() })`. Adds the
   * column `rank`, or what `as` says.
   */
  topN<const As extends string = 'rank'>(
    count: number,
    options: RankOptions<Row, As>,
  ): RankedTable<R.RankedRow<Row, As>, Row> {
    return this.ranked(rankNode('topN', this.node, count, options as never))
  }

  /** Every row with its rank in its group: `rank({ per: 'carrier', by: f => f.delay.desc(), rank: 'dense_rank' })`. */
  rank<const As extends string = 'rank'>(options: RankOptions<Row, As>): RankedTable<R.RankedRow<Row, As>, Row> {
    return this.ranked(rankNode('rank', this.node, undefined, options as never))
  }

  /**
   * Every row with what window functions make of the rows of its group around it:
   * `over({ per: 'user', by: r => r.at }, w => ({ running: w.amount.sum(), before: w.amount.lag() }))`.
   */
  over<W extends R.Aggregates>(
    options: OverOptions<Row>,
    functions: (w: OverColumns<Row>) => W,
  ): RankedTable<Flat<Row & R.SelectedRow<W>>, Row> {
    return this.ranked(overNode(this.node, options as never, functions as never))
  }

  /** A row for every bucket of time between a group's rows that has none: `fillGaps({ every: '1 hour', per: 'sensor' })`. */
  fillGaps<const Per extends keyof Row & string = never, const F extends object = Record<never, never>>(
    options: FillOptions<Row, Per, F>,
  ): Table<FilledRow<Row, Per, F>, 'update'> {
    return this.made(fillNode(this.node, options as never))
  }

  /** The first row of each key by event time, or by what `time` says: `firstBy({ by: 'user' })`. */
  firstBy(options: RowByOptions<Row>): RankedTable<Row> {
    return this.ranked(rowByNode('firstBy', this.node, options as never))
  }

  /** The last row of each key by event time, or by what `time` says: `lastBy({ by: ['bidder', 'auction'] })`. */
  lastBy(options: RowByOptions<Row>): RankedTable<Row> {
    return this.ranked(rowByNode('lastBy', this.node, options as never))
  }

  protected abstract made<Out extends object, K extends ChangeKind>(node: Node): Table<Out, K>
  protected abstract ranked<Out extends object>(node: Node): RankedTable<Out, Row>
  protected abstract deduped(node: Node): DedupedTable<Row>
}
