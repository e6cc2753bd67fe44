// A table with its verbs. They build nodes, nothing else: SQL verbs take typed
// expressions and are optimised; array verbs (filter, map, flatMap) take plain functions and run as they are.
import { micros } from '../base/index.ts'
import type { Mode, SinkSpec } from '../data/index.ts'
import {
  badVerb,
  distinctOf,
  expectKeys,
  type Node,
  type Output,
  outputOf,
  properties,
  type Session,
  selectOf,
  topOf,
  whereOf,
  windowOf,
} from '../plan/index.ts'
import type {
  BoolExpr,
  ChangeKind,
  Columns,
  ExplodedList,
  ExplodedMap,
  ExplodeOptions,
  Flat,
  GlobalSpan,
  Group,
  ListColumn,
  MapColumn,
  NullableBoolExpr,
  RowFrom,
  RowSchema,
} from '../types/index.ts'
import { type AsOfOptions, asOfNode } from './as-of.ts'
import { CountGrouped, type CountWindowOptions, countWindowNode } from './count-window.ts'
import { type Ask, type EnrichOptions, enrichNode } from './enrich.ts'
import { explodedNode } from './explode.ts'
import { expressionFrom } from './expressions.ts'
import type { Accumulate, EmitOptions } from './firing.ts'
import { GroupVerbs } from './group-verbs.ts'
import { type AggregatedAll, Grouped, GroupingSets, type Groups, type Limited, type SetsOf } from './grouped.ts'
import { setsOf } from './grouping-sets.ts'
import type { Selectable } from './helpers.ts'
import {
  type FeedbackOptions,
  feedbackNode,
  type IterateOptions,
  iterateDeltaNode,
  iterateNode,
  type RecursiveOptions,
  type RoundOptions,
  recursiveNode,
  type Tables,
} from './iterate.ts'
import { type JoinOptions, joinNodes } from './join.ts'
import { applied, type FunctionOptions } from './lambda.ts'
import type { Takes, ToOptions } from './output.ts'
import { KeyedTable, sidesOf } from './process.ts'
import { keysBy, type SortBy } from './rank.ts'
import { tableNode } from './reading.ts'
import { rowOf } from './row.ts'
import type * as R from './rows.ts'
import { unionNode } from './sets.ts'
import {
  columnsFrom,
  dropped,
  errorsBelow,
  extended,
  finalNode,
  type GlobalOptions,
  keysFrom,
  lateNode,
  limited,
  type OwnOptions,
  panesNode,
  renamed,
  type SessionOptions,
  shapeOf,
  type WindowOptions,
  withWindow,
} from './verbs.ts'

/**
 * Rows with a type, and how they may change: 'append' (rows only come) or 'update' (rows also change and go).
 * How it varies is said and not found out: comparing two tables method by method costs the compiler a second.
 */
export class Table<in out Row extends object, out Kind extends ChangeKind = ChangeKind> extends GroupVerbs<Row, Kind> {
  declare readonly [kind]: Kind
  declare readonly [row]: Row

  /** Choose and compute columns: `select(f => ({ carrier: f.carrier, late: f.delay.gt(15) }))`. */
  select<S extends R.Selection>(columns: (row: Columns<Row>) => S): Table<R.SelectedRow<S>, Kind> {
    return this.made(selectOf(this.node, columnsFrom('select', this.schema, columns)))
  }

  /** Keep the rows for which the condition is true (not false, not null). */
  where(condition: (row: Columns<Row>) => BoolExpr | NullableBoolExpr): this {
    const predicate = expressionFrom('where', condition, rowOf<Row>(this.schema))
    return this.same(whereOf(this.node, predicate))
  }

  /** Add one column, or replace it. */
  withColumn<const Name extends string, E extends Selectable>(
    name: Name,
    expression: (row: Columns<Row>) => E,
  ): Table<R.ExtendedRow<Row, { [K in Name]: E }>, Kind> {
    const expr = expressionFrom('withColumn', expression, rowOf<Row>(this.schema))
    return this.made(extended(this.node, [{ name, expr }]))
  }

  /** Add columns, or replace them. */
  withColumns<S extends R.Selection>(columns: (row: Columns<Row>) => S): Table<R.ExtendedRow<Row, S>, Kind> {
    return this.made(extended(this.node, columnsFrom('withColumns', this.schema, columns)))
  }

  /** All columns but these. */
  drop<const Name extends keyof Row & string>(...names: readonly Name[]): Table<Flat<Omit<Row, Name>>, Kind> {
    return this.made(dropped(this.node, names))
  }

  /** Other names: `rename({ dep: 'departure' })`. */
  rename<const Names extends { readonly [K in keyof Row]?: string }>(
    names: Names,
  ): Table<R.RenamedRow<Row, Names>, Kind> {
    return this.made(renamed(this.node, names))
  }

  /** Put each row into its window (or windows) of event time: adds the column `window` { start, end }. */
  window(options: GlobalOptions): WindowTable<R.WindowedRow<Row, GlobalSpan>, Kind>
  window(options: SessionOptions<Row>): WindowTable<R.WindowedRow<Row>, Kind>
  window(options: OwnOptions<Row>): WindowTable<R.WindowedRow<Row>, Kind>
  window(options: WindowOptions): WindowTable<R.WindowedRow<Row>, Kind>
  window(options: WindowOptions | SessionOptions<Row> | OwnOptions<Row> | GlobalOptions): unknown {
    const shape = shapeOf(options, this.node)
    const { accept } = options as WindowOptions
    return new WindowTable(windowOf(this.node, shape, accept === undefined ? 0n : micros(accept)), this.session)
  }

  /**
   * Group by columns, or by keys a callback makes: `groupBy('carrier', f => ({ day: f.at.truncate('day') }))`.
   * After `window` the window is a key too.
   */
  groupBy<const K extends keyof Row & string = never, S extends R.Selection = Record<never, never>>(
    ...keys: readonly (K | ((row: Columns<Row>) => S))[]
  ): Groups<this, Row, Flat<Pick<Row, K> & R.SelectedRow<S>>> {
    const named = keysFrom(this.schema, keys)
    return new Grouped(
      this.node,
      withWindow(this.node, named),
      made => this.aggregated(made),
      made => new CountedTable(made, this.session),
    ) as unknown as Groups<this, Row, Flat<Pick<Row, K> & R.SelectedRow<S>>>
  }

  /** Windows of so many rows each of the whole table; `groupBy(…).countWindow(…)` counts by group. */
  countWindow(rows: number, options?: CountWindowOptions<Row>): CountGrouped<Row, Record<never, never>> {
    const node = countWindowNode(this.node, [], rows, options as never)
    return new CountGrouped(node, [], made => new CountedTable(made, this.session))
  }

  /** Groups of several sets of columns at once: `groupingSets([['carrier', 'origin'], ['carrier'], []])`. */
  groupingSets<const K extends keyof Row & string>(sets: readonly (readonly K[])[]): SetsOf<this, Row, K> {
    return new GroupingSets('groupingSets', this.node, sets, node => new WindowedTable(node, this.session)) as never
  }

  /** Groups with subtotals: `rollup('carrier', 'origin')` is the sets (carrier, origin), (carrier) and (). */
  rollup<const K extends keyof Row & string>(...keys: readonly K[]): SetsOf<this, Row, K> {
    return new GroupingSets(
      'rollup',
      this.node,
      setsOf('rollup', keys),
      node => new WindowedTable(node, this.session),
    ) as never
  }

  /** Groups of every combination of the columns: `cube('carrier', 'origin')` is four sets. */
  cube<const K extends keyof Row & string>(...keys: readonly K[]): SetsOf<this, Row, K> {
    return new GroupingSets(
      'cube',
      this.node,
      setsOf('cube', keys),
      node => new WindowedTable(node, this.session),
    ) as never
  }

  /** Aggregate the whole table into one row (after `window`: one row per window). */
  agg<A extends R.Aggregates>(aggregates: (group: Group<Row, null>) => A): AggregatedAll<this, Row, A> {
    return this.groupBy().agg(aggregates as never) as unknown as AggregatedAll<this, Row, A>
  }

  /** Each different row once. */
  distinct(): Table<Row, Kind> {
    return this.made(distinctOf(this.node))
  }

  /** The rows of both tables (all of them: duplicates stay). Columns are matched by name. */
  union<K extends ChangeKind>(other: Table<Row, K>): Table<Row, R.EitherKind<Kind, K>> {
    return this.made(unionNode(this.node, other))
  }

  /** Order rows: `orderBy(f => f.delay.desc())`, `orderBy(f => [f.carrier, f.delay.desc()])`. */
  orderBy(keys: (row: Columns<Row>) => SortBy | readonly SortBy[]): OrderedTable<Row, Kind> {
    const found = keysBy('orderBy', this.node, keys as never)
    return new OrderedTable(topOf(this.node, found, undefined, 0), this.session)
  }

  /** The first rows by arrival; after orderBy the first rows of the order, kept up to date as better ones come. */
  limit(count: number, options: { readonly offset?: number } = {}): Limited<this, Row, Kind> {
    return this.made(limited(this.node, count, options)) as unknown as Limited<this, Row, Kind>
  }

  /**
   * Join with another table: `join(airports, { on: (f, a) => f.origin.eq(a.iata) })`. Both sides may change. Streams that
   * never end need a bound: `within: { before: '10 minutes' }`, or windows that are equal.
   */
  join<
    Right extends object,
    const Type extends R.JoinType = 'inner',
    S extends R.Selection = never,
    RightKind extends ChangeKind = ChangeKind,
  >(
    right: AnyTable<Right, RightKind>,
    options: JoinOptions<Row, Right, Type, S>,
  ): JoinedTable<
    [S] extends [never] ? R.JoinedRow<Row, Right, Type> : R.SelectedRow<S>,
    R.JoinKind<Kind, RightKind, Type>,
    Row,
    Right
  > {
    if (!(right instanceof Table)) badVerb('join', 'the right side is not a table', 'join(airports, { on: … })')
    return new JoinedTable(joinNodes(this.node, right.node, options), this.session) as never
  }

  /**
   * Each row with the version of another table that is valid at its event time (an as-of, or temporal, join):
   * `trades.asOf(quotes, { on: (t, q) => t.symbol.eq(q.symbol), tolerance: '5 seconds' })`. Told once, when no better
   * version can come.
   */
  asOf<Right extends object, const Type extends 'inner' | 'left' = 'inner', S extends R.Selection = never>(
    right: AnyTable<Right, ChangeKind>,
    options: AsOfOptions<Row, Right, Type, S> = {},
  ): JoinedTable<[S] extends [never] ? R.JoinedRow<Row, Right, Type> : R.SelectedRow<S>, Kind, Row, Right> {
    if (!(right instanceof Table)) badVerb('asOf', 'the right side is not a table', 'asOf(quotes, { on: … })')
    return new JoinedTable(asOfNode(this.node, right.node, options), this.session) as never
  }

  /**
   * Apply a step round after round to the table it makes; `until` ends it, or a round that changes nothing:
   * `ranks.iterate(now => next(now), { rounds: 20 })`.
   */
  iterate(
    step: (table: Table<Row, 'update'>) => Table<Row, ChangeKind>,
    options: IterateOptions<Table<Row, 'update'>> = {},
  ): Table<Row, 'update'> {
    return this.made(iterateNode(this.node, step, options, this.tables()))
  }

  /** The rows, those the step makes of them, those it makes of these, and so on (WITH RECURSIVE), until no new ones come. */
  recursive(
    step: (table: Table<Row, 'update'>) => Table<Row, ChangeKind>,
    options: RecursiveOptions = {},
  ): Table<Row, 'update'> {
    return this.made(recursiveNode(this.node, step, options, this.tables()))
  }

  /**
   * A solution set with a key (this table) and a work set: the step makes of both the rows that take the place of those
   * with their keys, and the next work set, until that is empty (Flink's delta iteration).
   */
  iterateDelta<Work extends object, const Key extends keyof Row & string>(
    workset: Table<Work, ChangeKind>,
    options: RoundOptions & {
      readonly rounds?: number
      readonly key: Key | readonly Key[]
      readonly step: (
        solution: Table<Row, 'update'>,
        workset: Table<Work, 'update'>,
      ) => { readonly delta: Table<Row, ChangeKind>; readonly next: Table<Work, ChangeKind> }
    },
  ): Table<Row, 'update'> {
    return this.made(iterateDeltaNode(this.node, workset, options, this.tables()))
  }

  /**
   * A loop over a stream: the step makes of rows what leaves and what goes through it again, at most `inFlight` at once:
   * `jobs.feedback(rows => ({ output: rows.where(…), again: rows.where(…).select(…) }), { inFlight: 1000 })`.
   */
  feedback<Out extends object, K extends ChangeKind>(
    step: (rows: Table<Row, Kind>) => { readonly output: Table<Out, K>; readonly again: Table<Row, ChangeKind> },
    options: FeedbackOptions,
  ): Table<Out, K> {
    return this.made(feedbackNode(this.node, step, options, this.tables<Kind>()))
  }

  /** Keep the rows for which a plain function returns true. It is not looked into: prefer where. */
  filter(keep: (row: Row) => boolean, options?: FunctionOptions<boolean>): this {
    return this.same(applied('filter', this.node, keep, undefined, options))
  }

  /** A row from each row, by a plain function. `columns` are the columns of its results; default: found out by trying. */
  map<Out extends object>(
    make: (row: Row) => Out,
    columns?: RowSchema<Out>,
    options?: FunctionOptions<NoInfer<Out>>,
  ): Table<Flat<Out>, Kind> {
    return this.made(applied('map', this.node, make, columns, options))
  }

  /** Any number of rows from each row, by a plain function; `columns` as in map. */
  flatMap<Out extends object>(
    make: (row: Row) => Iterable<Out>,
    columns?: RowSchema<Out>,
    options?: FunctionOptions<Iterable<NoInfer<Out>>>,
  ): Table<Flat<Out>, Kind> {
    return this.made(applied('flatMap', this.node, make, columns, options))
  }

  /**
   * Columns from outside: `ask` gets many rows at once and gives an answer for each, in order: columns, null, or an Error.
   */
  enrich<Added extends object>(
    ask: Ask<Row, NoInfer<Added>>,
    options: EnrichOptions<Row, Added>,
  ): Table<Flat<Omit<Row, keyof Added> & Added>, Kind> {
    return this.made(enrichNode(this.node, ask, options as EnrichOptions<never, object>))
  }

  /** A row per element of a list (or of a json array); the element takes the column's place. */
  explode<
    const K extends ListColumn<Row>,
    const As extends string = K,
    const Ordinal extends string = never,
    const Outer extends boolean = false,
  >(column: K, options?: ExplodeOptions<As, Ordinal, Outer>): Table<ExplodedList<Row, K, As, Ordinal, Outer>, Kind>
  /** A row per entry of a map; key and value take the column's place. */
  explode<
    const K extends MapColumn<Row>,
    const Key extends string = 'key',
    const Value extends string = 'value',
    const Ordinal extends string = never,
    const Outer extends boolean = false,
  >(
    column: K,
    options?: ExplodeOptions<readonly [Key, Value], Ordinal, Outer>,
  ): Table<ExplodedMap<Row, K, Key, Value, Ordinal, Outer>, Kind>
  explode(column: string, options: ExplodeOptions<unknown, string, boolean> = {}): unknown {
    return this.made(explodedNode(this.node, column, options))
  }

  /** Rows by key, for functions with a state per key: `keyBy('card').process({ state, on, onTimer })`. */
  keyBy<const Keys extends readonly (keyof Row & string)[]>(...keys: Keys): KeyedTable<Row, Keys> {
    expectKeys(keys, this.schema)
    return new KeyedTable(this.node, keys, node => new ProcessedTable(node, this.session))
  }

  /** The rows that could not be decoded, and those whose function threw and that were skipped: where, why, the raw text. */
  get errors(): Table<R.ErrorRow, 'append'> {
    return new Table(errorsBelow(this.node), this.session)
  }

  /** Bind the table to a sink; `m.run` runs it. The mode defaults to what the table and the sink allow. */
  to<M extends Mode>(sink: SinkSpec<M> & Takes<M, Kind>, options: ToOptions<NoInfer<M>, Kind> = {}): Output {
    return outputOf(this.node, sink, options)
  }

  private tables<K extends ChangeKind = 'update'>(): Tables<Table<Row, K>> {
    return { table: node => this.made(node), node: tableNode }
  }

  /** Aggregates in windows become final, and have late rows. */
  protected aggregated(node: Node): object {
    return properties(node).window === undefined ? new Table(node, this.session) : new WindowedTable(node, this.session)
  }
  protected ranked<Out extends object>(node: Node): RankedTable<Out, Row> {
    return new RankedTable<Out, Row>(node, this.session)
  }
  protected deduped(node: Node): DedupedTable<Row> {
    return new DedupedTable<Row>(node, this.session)
  }
  protected made<Out extends object, K extends ChangeKind>(node: Node): Table<Out, K> {
    return new Table<Out, K>(node, this.session)
  }
  /** A node with the same rows gives the same kind of table. */
  protected same(node: Node): this {
    return new (this.constructor as new (node: Node, session: Session) => this)(node, this.session)
  }
}

/** A table in an order; its `limit` is kept up to date. */
export class OrderedTable<Row extends object, Kind extends ChangeKind> extends Table<Row, Kind> {
  declare readonly [ordered]: true
}

/** Rows in windows: grouping makes one group per key and window. */
export class WindowTable<Row extends object, Kind extends ChangeKind> extends Table<Row, Kind> {
  declare readonly [windowed]: true
}

/** Rows in groups, each in an order, or the first of them. */
export class RankedTable<Row extends object, Input extends object = Row> extends Table<Row, 'update'> {
  /** The rows that came too late: for their window, or by event time for `.final()`; their columns, the reason, by how much. */
  get late(): Table<R.LateRow<Input>, 'append'> {
    return new Table(lateNode(this.node), this.session)
  }

  /** The rows of each window once, when it is over; `per` names the window. Rows only come. */
  final(): Table<Row, 'append'> {
    return new Table(finalNode(this.node), this.session)
  }
}

/** One result per key and window; it is corrected until the window is final. */
export class WindowedTable<Row extends object, Input extends object> extends Table<Row, 'update'> {
  /** Each window's result once, when the watermark says that it is final: rows only come. */
  final(): Table<Row, 'append'> {
    return new Table(finalNode(this.node), this.session)
  }

  /**
   * Each window's result when a trigger fires, as rows that say which pane they are:
   * `emit({ early: { after: '1 minute' }, late: { rows: 1 }, accumulate: 'accumulating' })`.
   */
  emit<A extends Accumulate>(
    options: EmitOptions<A>,
  ): Table<R.PaneRow<Row>, 'retracting' extends A ? 'update' : 'append'> {
    return new Table(panesNode(this.node, options), this.session)
  }

  /** The rows that came too late for their window: their columns, the reason, and by how much. */
  get late(): Table<R.LateRow<Input>, 'append'> {
    return new Table(lateNode(this.node), this.session)
  }
}

/** One result per key and window by count; rows that come in between, or go, move what is behind them on. */
export class CountedTable<Row extends object, Input extends object> extends Table<Row, 'update'> {
  declare readonly [counted]: Input

  /** Each window's result once, when the watermark has passed all of its rows: rows only come. */
  final(): Table<Row, 'append'> {
    return new Table(finalNode(this.node), this.session)
  }

  /** The rows that `.final()` leaves out, because they came behind the watermark. */
  get late(): Table<R.LateRow<Input>, 'append'> {
    return new Table(lateNode(this.node), this.session)
  }
}

/** The first row of each key. */
export class DedupedTable<Row extends object> extends Table<Row, 'append'> {
  /** The rows that came too late to be told from repetitions; `within` says when that is. */
  get late(): Table<R.LateRow<Row>, 'append'> {
    return new Table(lateNode(this.node), this.session)
  }
}

/** Rows of two tables. */
export class JoinedTable<
  Row extends object,
  Kind extends ChangeKind,
  Left extends object,
  Right extends object,
> extends Table<Row, Kind> {
  /** The rows of each side that came too late to meet all of their partners, of a join that is bounded in time. */
  get late(): {
    readonly left: Table<R.BehindRow<Left>, 'append'>
    readonly right: Table<R.BehindRow<Right>, 'append'>
  } {
    const side = (which: 'left' | 'right') => new Table<never, 'append'>(lateNode(this.node, which), this.session)
    return {
      get left() {
        return side('left')
      },
      get right() {
        return side('right')
      },
    } as never
  }
}

/** What a process yields; its side outputs beside it. */
export class ProcessedTable<Row extends object, Sides, Kind extends ChangeKind = 'append'> extends Table<Row, Kind> {
  /** The side outputs by name. */
  get side(): { readonly [Name in keyof Sides]: Table<Flat<RowFrom<Sides[Name]>>, 'append'> } {
    return sidesOf(this.node, node => new Table(node, this.session)) as never
  }
}

/** Any kind of table with these rows. */
export interface AnyTable<Row, Kind extends ChangeKind> {
  readonly [kind]: Kind
  readonly [row]: Row
  readonly node: Node
}

declare const kind: unique symbol
declare const row: unique symbol
declare const ordered: unique symbol
declare const windowed: unique symbol
declare const counted: unique symbol

/** Marks of tables, in types only. */
export type Ordered = { readonly [ordered]: true }
export type Windowed = { readonly [windowed]: true }
