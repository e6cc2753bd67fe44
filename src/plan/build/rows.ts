// Makers of sources and of what works row by row.
import { excerpt } from '../../base/index.ts'
import type { SourceSpec } from '../../data/index.ts'
import { column, type Expr } from '../../expr/index.ts'
import { checkedName, type Schema, sameType, showType } from '../../types/index.ts'
import { hasElements } from '../kinds/explode.ts'
import type {
  Apply,
  Dedup,
  Distinct,
  Enrich,
  Errors,
  EventTime,
  Explode,
  Named,
  Node,
  Select,
  SetOp,
  Source,
  Union,
  Where,
} from '../node.ts'
import { properties } from '../properties.ts'
import { schema } from '../schema.ts'
import { badVerb, checked, expectBoolean, expectOrder, frozen, unknownColumn } from './checked.ts'
import { callsNow, nowOf, withNow } from './now.ts'
import { expectMerged } from './sessions.ts'

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
  if (columns.some(each => callsNow(each.expr)))
    return selectOf(
      nowOf(input),
      columns.map(({ name, expr }) => ({ name, expr: withNow(expr) })),
    )
  return checked({ kind: 'select', input, columns: frozen(columns) })
}

export function whereOf(input: Node, predicate: Expr): Where | Select {
  expectBoolean(predicate, [schema(input)], 'where')
  if (callsNow(predicate))
    return selectOf(
      whereOf(nowOf(input), withNow(predicate)),
      schema(input).fields.map(({ name }) => ({ name, expr: column(name) })),
    )
  return checked({ kind: 'where', input, predicate })
}

export function applyOf(
  input: Node,
  verb: Apply['verb'],
  fn: Apply['fn'],
  output: Schema,
  onError: Apply['onError'] = 'fail',
): Apply {
  if (typeof fn !== 'function') badVerb(verb, 'it needs a function', `${verb}(row => …)`)
  return checked({ kind: 'apply', input, verb, fn, schema: output, onError })
}

export const enrichOf = (input: Node, fn: Enrich['fn'], how: Omit<Enrich, 'kind' | 'input' | 'fn'>): Enrich =>
  checked({ kind: 'enrich', input, fn, ...how })

/** A row per element of a column. */
export function explodeOf(
  input: Node,
  column: string,
  names: readonly string[],
  ordinal: string | undefined,
  outer: boolean,
): Explode {
  const { fields } = schema(input)
  const found = fields.find(each => each.name === column) ?? unknownColumn(column, schema(input))
  if (!hasElements(found.type))
    badVerb(
      'explode',
      `${excerpt(column, 40)} has type ${showType(found.type)}`,
      'name a column of lists, maps or json',
    )
  const wanted = found.type.kind === 'map' ? 2 : 1
  if (names.length !== wanted)
    badVerb(
      'explode',
      `${excerpt(column, 40)} is a ${found.type.kind}, and ${names.length} names were given`,
      wanted === 2 ? "name key and value: { as: ['key', 'value'] }" : "name the element: { as: 'element' }",
    )
  const made = ordinal === undefined ? names : [...names, ordinal]
  const taken = made.find((each, i) => made.indexOf(each) !== i || fields.some(f => f.name === each && each !== column))
  if (taken !== undefined)
    badVerb(
      'explode',
      `there would be two columns ${excerpt(taken, 40)}`,
      'give another name with { as } or { ordinal }',
    )
  return checked({ kind: 'explode', input, column, names: frozen(names.map(checkedName)), ordinal, outer })
}

export function distinctOf(input: Node): Distinct {
  const by = schema(input).fields.map(each => column(each.name))
  for (const each of by) expectOrder(each, [schema(input)], 'distinct')
  expectMerged(input, by, 'distinct')
  return checked({ kind: 'distinct', input })
}

/** Union all, by position: types must agree. Nodes that are unions already are taken apart. */
export function unionOf(inputs: readonly Node[]): Union {
  sameColumns('union', inputs)
  return checked({ kind: 'union', inputs: frozen(inputs) })
}

export function setOpOf(left: Node, right: Node, op: SetOp['op']): SetOp {
  const verb = op === 'intersect' || op === 'except' ? op : op === 'intersect all' ? 'intersectAll' : 'exceptAll'
  sameColumns(verb, [left, right])
  for (const each of schema(left).fields) expectOrder(column(each.name), [schema(left)], verb)
  return checked({ kind: 'setop', left, right, op })
}

/** By position: types must agree. */
function sameColumns(verb: string, inputs: readonly Node[]): void {
  const [first, ...rest] = inputs as [Node, ...Node[]]
  const fields = schema(first).fields
  for (const other of rest) {
    const theirs = schema(other).fields
    if (theirs.length !== fields.length)
      badVerb(
        verb,
        `one table has ${fields.length} columns, the other ${theirs.length}`,
        'select the same columns of both',
      )
    theirs.forEach((each, i) => {
      const mine = fields[i] as (typeof fields)[number]
      if (!sameType(mine.type, each.type))
        badVerb(
          verb,
          `column ${excerpt(mine.name)} has type ${showType(mine.type)} here and ${showType(each.type)} there`,
          'cast one of them',
        )
    })
  }
}

const RETRACTS = 'rows of the table may go again, and the first one of a key is told for good'

/** @param within microseconds; undefined: repetitions are found however far apart. */
export function dedupOf(input: Node, by: readonly Named[], within: bigint | undefined): Dedup {
  const { appendOnly, eventTime } = properties(input)
  if (!appendOnly) badVerb('dedup', RETRACTS, "take .final() before, or keep it up to date: .firstBy({ by: 'id' })")
  if (by.length === 0) badVerb('dedup', 'it does not say by what', "dedup({ by: 'id', within: '1 hour' })")
  for (const each of by) expectOrder(each.expr, [schema(input)], 'groupBy')
  const keys = by.map(each => each.expr)
  expectMerged(input, keys, 'dedup')
  if (within === undefined) return checked({ kind: 'dedup', input, by: frozen(by), time: undefined })
  if (within < 0n) badVerb('dedup', 'the duration is negative', "within: '1 hour'")
  if (eventTime === undefined)
    return badVerb('dedup', 'the table has no event time', 'leave within out, or name the time when reading')
  return checked({ kind: 'dedup', input, by: frozen(by), time: Object.freeze({ of: eventTime, within }) })
}
