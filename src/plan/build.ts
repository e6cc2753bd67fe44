// The only makers of plan nodes. Each freezes the node and derives its schema, which checks it: a node that exists
// fits its input. The typed API, SQL and JavaScript callers all come through here.
import { describeValue, excerpt, fail } from '../base/index.ts'
import type { SourceSpec } from '../data/index.ts'
import { column, type Expr, type SortKey, show, suggestion, typeOf } from '../expr/index.ts'
import { type Schema, sameType, showType } from '../types/index.ts'
import type {
  Aggregate,
  Apply,
  Distinct,
  Errors,
  EventTime,
  Final,
  Join,
  Late,
  Named,
  NamedAggregate,
  Node,
  Select,
  Source,
  Top,
  Union,
  Where,
  Window,
  WindowShape,
} from './node.ts'
import { properties } from './properties.ts'
import { schema } from './schema.ts'

/** Freeze a new node and derive its schema: throws what is wrong with it. */
function checked<N extends Node>(node: N): N {
  Object.freeze(node)
  schema(node)
  return node
}

const frozen = <T>(items: readonly T[]): readonly T[] => Object.freeze([...items])

export function sourceOf(spec: SourceSpec, time: EventTime | undefined): Source {
  if (time !== undefined) {
    const field = spec.schema.fields.find(each => each.name === time.column)
    if (field === undefined) unknownColumn(time.column, spec.schema)
    if (field.type.kind !== 'timestamp')
      badVerb('read', `the event time ${field.name} is of type ${showType(field.type)}`, 'name a timestamp column')
  }
  return checked({ kind: 'source', spec, time, columns: undefined, predicate: undefined })
}

export const errorsOf = (source: Source): Errors => checked({ kind: 'errors', source })

export function selectOf(input: Node, columns: readonly Named[]): Select {
  if (columns.length === 0) badVerb('select', 'there are no columns', 'name at least one')
  return checked({ kind: 'select', input, columns: frozen(columns) })
}

export function whereOf(input: Node, predicate: Expr): Where {
  expectBoolean(predicate, [schema(input)], 'where')
  return checked({ kind: 'where', input, predicate })
}

export function windowOf(input: Node, shape: WindowShape, accept: bigint): Window {
  const time = properties(input).eventTime
  if (time === undefined) fail('WINDOW_WITHOUT_TIME', timeless(input))
  if (shape.size <= 0n) badVerb('window', 'the window has no length', "write { tumbling: '1 hour' }")
  if (shape.kind === 'sliding' && shape.slide <= 0n)
    badVerb('window', 'the windows do not move', "write { sliding: '10 minutes', every: '5 minutes' }")
  return checked({ kind: 'window', input, shape: Object.freeze(shape), time, accept })
}

export function aggregateOf(input: Node, keys: readonly Named[], aggregates: readonly NamedAggregate[]): Aggregate {
  if (keys.length + aggregates.length === 0)
    badVerb('agg', 'there are neither keys nor aggregates', 'g => ({ n: g.count() })')
  for (const each of keys) expectOrder(each.expr, [schema(input)], 'groupBy')
  return checked({ kind: 'aggregate', input, keys: frozen(keys), aggregates: frozen(aggregates) })
}

export function finalOf(input: Aggregate): Final {
  if (properties(input).window === undefined) fail('FINAL_WITHOUT_WINDOW', { verb: 'final' })
  return checked({ kind: 'final', input })
}

export function lateOf(of: Aggregate): Late {
  if (properties(of).window === undefined) fail('FINAL_WITHOUT_WINDOW', { verb: 'late' })
  return checked({ kind: 'late', of })
}

export function distinctOf(input: Node): Distinct {
  for (const each of schema(input).fields) expectOrder(column(each.name), [schema(input)], 'distinct')
  return checked({ kind: 'distinct', input })
}

/** Union all, by position: types must agree. Nodes that are unions already are taken apart. */
export function unionOf(inputs: readonly Node[]): Union {
  const [first, ...rest] = inputs as [Node, ...Node[]]
  const fields = schema(first).fields
  for (const other of rest) {
    const theirs = schema(other).fields
    if (theirs.length !== fields.length)
      badVerb(
        'union',
        `one table has ${fields.length} columns, the other ${theirs.length}`,
        'select the same columns of both',
      )
    theirs.forEach((each, i) => {
      const mine = fields[i] as (typeof fields)[number]
      if (!sameType(mine.type, each.type))
        badVerb(
          'union',
          `column ${excerpt(mine.name)} has type ${showType(mine.type)} here and ${showType(each.type)} there`,
          'cast one of them',
        )
    })
  }
  return checked({ kind: 'union', inputs: frozen(inputs) })
}

/** Why a table has no event time: it never had, or windows took its place. */
function timeless(input: Node): { readonly reason: string; readonly fix: string } {
  if (properties(input).window === undefined)
    return {
      reason: 'the table has none',
      fix: "name the column when reading: { time: 'at', lateBy: '10 minutes' }, and keep it in select",
    }
  return {
    reason: 'the results of windows have none of their own yet',
    fix: "group by their window: .groupBy(r => ({ day: r.window.start.truncate('day') })), or cut the rows into the larger window at once",
  }
}

export function topOf(input: Node, keys: readonly SortKey[], limit: number | undefined, offset: number): Top {
  for (const count of [limit ?? 0, offset])
    if (!Number.isSafeInteger(count) || count < 0)
      badVerb('limit', `${describeValue(count)} is not a number of rows`, 'give a whole number that is not negative')
  for (const each of keys) expectOrder(each.expr, [schema(input)], 'orderBy')
  return checked({ kind: 'top', input, keys: frozen(keys), limit, offset })
}

export function joinOf(
  left: Node,
  right: Node,
  type: 'inner' | 'left',
  on: readonly { readonly left: Expr; readonly right: Expr }[],
  columns: readonly Named[],
): Join {
  if (on.length === 0) badVerb('join', 'there is no equality', 'write { on: (a, b) => a.id.eq(b.id) }')
  const schemas = [schema(left), schema(right)]
  for (const pair of on) {
    expectOrder(pair.left, schemas, 'join')
    expectOrder(pair.right, schemas, 'join')
    typeOf(Object.freeze({ kind: 'call', fn: 'eq', args: Object.freeze([pair.left, pair.right]) }), schemas)
  }
  return checked({
    kind: 'join',
    left,
    right,
    type,
    on: frozen(on.map(each => Object.freeze({ ...each }))),
    columns: frozen(columns),
  })
}

export function applyOf(input: Node, verb: Apply['verb'], fn: Apply['fn'], output: Schema): Apply {
  if (typeof fn !== 'function') badVerb(verb, 'it needs a function', `${verb}(row => …)`)
  return checked({ kind: 'apply', input, verb, fn, schema: output })
}

export function unknownColumn(name: string, within: Schema): never {
  const names = within.fields.map(each => excerpt(each.name, 40))
  return fail('UNKNOWN_COLUMN', { column: excerpt(name), suggestion: suggestion(name, names) })
}

export function badVerb(verb: string, reason: string, fix: string): never {
  return fail('BAD_VERB', { verb, reason, fix })
}

function expectBoolean(expr: Expr, inputs: readonly Schema[], verb: string): void {
  const { type } = typeOf(expr, inputs)
  if (type.kind !== 'boolean')
    badVerb(
      verb,
      `${show(expr)} has type ${showType(type)}, and a condition is boolean`,
      'compare it: .gt(…), .eq(…), .isNotNull()',
    )
}

/** Keys need an order and equality: json has neither, a struct has its fields. */
function expectOrder(expr: Expr, inputs: readonly Schema[], verb: string): void {
  const { type } = typeOf(expr, inputs)
  if (type.kind === 'struct' && (verb === 'orderBy' || verb === 'join'))
    badVerb(
      verb,
      `${show(expr)} has type ${showType(type)}`,
      `name a field of it, such as ${show(expr)}.${type.fields[0]?.name}`,
    )
  if (type.kind === 'json')
    badVerb(
      verb,
      `${show(expr)} is json, which has no order and no equality`,
      "cast it: .cast('string'), or take a member: .text('id')",
    )
}
