// What `agg(g => …)` gets. An aggregate in the callback is a placeholder column with its call beside it, so that it
// can stand in expressions (`g.late.sum().div(g.count())`): those become a select over the aggregate.
import { excerpt, fail } from '../base/index.ts'
import {
  type AggregateCall,
  type ColumnExpr,
  column,
  type Expr,
  sameExpr,
  show,
  substitute,
  typeOf,
  type UserAggregate,
} from '../expr/index.ts'
import { badVerb, type Moment, type Named, type NamedAggregate, type Node, properties } from '../plan/index.ts'
import type { AggregateDefinition, AnyBool, CollectOptions, Columns, Group, Schema } from '../types/index.ts'
import { collecting } from './collect.ts'
import { Built, nodeOf } from './expression.ts'
import { expressionFrom } from './expressions.ts'
import { make } from './methods.ts'
import { guarded, rowOf } from './row.ts'
import { noteUsed, within } from './scope.ts'

/** Aggregates to compute, and the columns to select over them when they are more than the aggregates themselves. */
export interface Aggregation {
  readonly aggregates: readonly NamedAggregate[]
  /** undefined: the aggregates are the columns. */
  readonly columns: readonly Named[] | undefined
}

/** Placeholders have inputs below zero: no row has them, and none survives `aggregationOf`. */
const calls = new WeakMap<Expr, AggregateCall>()

/** Run the callback of `agg` over the rows of `input`. */
export function aggregationOf<Row>(input: Node, callback: (group: Group<Row, null>) => object): Aggregation {
  const result = within('agg', () => callback(groupOf<Row>(input)), rootsOf)
  const entries = Object.entries(result).map(([name, value]) => ({ name, expr: outputNode(name, value) }))
  if (entries.every(each => calls.has(each.expr)))
    return {
      aggregates: entries.map(each => ({ ...(calls.get(each.expr) as AggregateCall), name: each.name })),
      columns: undefined,
    }
  return withHidden(entries)
}

/** Expressions over aggregates: what they use and no column has gets a column of its own, selected from afterwards. */
function withHidden(entries: readonly Named[]): Aggregation {
  const aggregates: NamedAggregate[] = entries.flatMap(({ name, expr }) => {
    const direct = calls.get(expr)
    return direct === undefined ? [] : [{ ...direct, name }]
  })
  const nameOf = (placeholder: ColumnExpr): Expr => {
    const wanted = calls.get(placeholder)
    if (wanted === undefined)
      return badVerb(
        'agg',
        `${show(placeholder)} is a column of single rows`,
        'aggregate it: .sum(), .max(), .first() …',
      )
    const known = aggregates.find(each => sameCall(each, wanted))
    if (known !== undefined) return column(known.name)
    const name = `#${aggregates.length + 1}`
    aggregates.push({ ...wanted, name })
    return column(name)
  }
  const columns = entries.map(({ name, expr }) => ({
    name,
    expr: calls.has(expr) ? column(name) : substitute(expr, nameOf),
  }))
  return { aggregates, columns }
}

function sameCall(a: AggregateCall, b: AggregateCall): boolean {
  const filters =
    a.filter === undefined || b.filter === undefined ? a.filter === b.filter : sameExpr(a.filter, b.filter)
  const args = a.args.length === b.args.length && a.args.every((each, i) => sameExpr(each, b.args[i] as Expr))
  return (
    a.fn === b.fn &&
    a.distinct === b.distinct &&
    a.user === b.user &&
    String(a.params) === String(b.params) &&
    filters &&
    args
  )
}

function outputNode(name: string, value: unknown): Expr {
  if (value instanceof Built) return Built.exprOf(value)
  return badVerb('agg', `${excerpt(name)} is not an aggregate`, 'g => ({ n: g.count(), mean: g.delay.avg() })')
}

function rootsOf(result: object): readonly Expr[] {
  if (result === null || typeof result !== 'object' || 'then' in result)
    badVerb('agg', 'the callback must return an object of aggregates', 'g => ({ n: g.count() })')
  return Object.values(result).flatMap(each => nodeOf(each) ?? [])
}

function groupOf<Row>(input: Node): Group<Row, null> {
  const { schema, eventTime } = properties(input)
  const context: Context = { schema, eventTime }
  const entries = new Map<string, unknown>()
  for (const each of schema.fields) entries.set(each.name, aggregatesOf(column(each.name), context))
  for (const [name, fn] of Object.entries(functions(context))) {
    // A column may be called `count` too: then it is both.
    const both = entries.get(name)
    entries.set(name, both === undefined ? fn : Object.assign(fn, both))
  }
  return guarded(schema, [...entries]) as Group<Row, null>
}

interface Context {
  readonly schema: Schema
  readonly eventTime: Moment | undefined
}

const functions = (context: Context) => ({
  count: () => placeholder('count', [], context),
  of: (callback: (row: Columns<unknown>) => unknown) =>
    aggregatesOf(expressionFrom('of', callback, rowOf<unknown>(context.schema)), context),
})

/** The aggregates of one expression. */
function aggregatesOf(expr: Expr, context: Context) {
  const simple = (fn: string) => () => placeholder(fn, [expr], context)
  const timed = (fn: string) => (by?: (row: Columns<unknown>) => unknown) =>
    placeholder(fn, [expr, timeOf(fn, by, context)], context)
  return {
    count: simple('count'),
    collect: (options: CollectOptions) =>
      placeholder('user', [expr], context, {
        user: collecting(typeOf(expr, [context.schema]).type, options) as UserAggregate,
      }),
    countDistinct: () => placeholder('count', [expr], context, { distinct: true }),
    sum: simple('sum'),
    avg: simple('avg'),
    min: simple('min'),
    max: simple('max'),
    variance: simple('var_samp'),
    stddev: simple('stddev_samp'),
    every: simple('bool_and'),
    some: simple('bool_or'),
    first: timed('first'),
    last: timed('last'),
    approxQuantile: (p: number) => placeholder('approx_quantile', [expr], context, { params: [p] }),
    aggregate: (definition: AggregateDefinition<never, never, unknown>) =>
      placeholder('user', [expr], context, { user: userAggregate(definition) }),
  }
}

/** first and last are by time: the one given, else the event time. */
function timeOf(fn: string, by: ((row: Columns<unknown>) => unknown) | undefined, context: Context): Expr {
  if (by !== undefined) return expressionFrom(fn, by, rowOf<unknown>(context.schema))
  if (context.eventTime !== undefined) return column(...context.eventTime.path)
  return badVerb(fn, 'the table has no event time to order its rows by', `say by what: .${fn}(row => row.at)`)
}

function userAggregate(definition: AggregateDefinition<never, never, unknown>): UserAggregate {
  const lacks = (['init', 'add', 'result'] as const).find(each => typeof definition?.[each] !== 'function')
  const missing = lacks ?? (definition.type?.type === undefined ? 'type' : undefined)
  if (missing !== undefined)
    badVerb('aggregate', `the definition lacks ${missing}`, 'give { name, type: t.double(), init, add, result }')
  return Object.freeze({ ...definition, type: definition.type.type }) as unknown as UserAggregate
}

let serial = 0

function placeholder(fn: string, args: readonly Expr[], context: Context, more: Partial<AggregateCall> = {}): Built {
  const base: AggregateCall = { fn, args, distinct: false, filter: undefined, params: [], user: undefined, ...more }
  return placeholderOf(Object.freeze(base), context)
}

function placeholderOf(aggregate: AggregateCall, context: Context): Built {
  serial = (serial + 1) % Number.MAX_SAFE_INTEGER
  const node: ColumnExpr = Object.freeze({ kind: 'column', path: Object.freeze([textOf(aggregate)]), input: -serial })
  calls.set(node, aggregate)
  const built = make(node)
  Object.defineProperty(built, 'filter', {
    value: (condition: Condition) => filtered(node, aggregate, condition, context),
  })
  return built
}

type Condition = (row: Columns<unknown>) => AnyBool

function filtered(node: Expr, aggregate: AggregateCall, condition: Condition, context: Context): Built {
  if (aggregate.filter !== undefined)
    fail('BAD_VERB', {
      verb: 'filter',
      reason: 'the aggregate has a filter already',
      fix: 'join both conditions with .and(…)',
    })
  const filter = expressionFrom('filter', condition, rowOf<unknown>(context.schema))
  noteUsed(node)
  return placeholderOf(Object.freeze({ ...aggregate, filter }), context)
}

/** The call as people read it, for messages. */
function textOf({ fn, args, distinct, user }: AggregateCall): string {
  const name = user?.name ?? fn
  return `${name}(${distinct ? 'distinct ' : ''}${args.map(show).join(', ')})`
}
