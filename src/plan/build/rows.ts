// Makers of sources and of what works row by row.
import { excerpt } from '../../base/index.ts'
import type { SourceSpec } from '../../data/index.ts'
import { column, type Expr } from '../../expr/index.ts'
import { type Schema, sameType, showType } from '../../types/index.ts'
import type { Apply, Distinct, Errors, EventTime, Named, Node, Select, Source, Union, Where } from '../node.ts'
import { schema } from '../schema.ts'
import { badVerb, checked, expectBoolean, expectOrder, frozen, unknownColumn } from './checked.ts'

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

export function applyOf(input: Node, verb: Apply['verb'], fn: Apply['fn'], output: Schema): Apply {
  if (typeof fn !== 'function') badVerb(verb, 'it needs a function', `${verb}(row => …)`)
  return checked({ kind: 'apply', input, verb, fn, schema: output })
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
