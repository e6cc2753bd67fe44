// The schema of every node, derived once per node object. Deriving it checks it: unknown columns, wrong types and
// duplicate names are refused here, for JavaScript users and for SQL alike.
import { excerpt, fail, unreachable } from '../base/index.ts'
import { typeOf, typeOfAggregate } from '../expr/index.ts'
import { checkedName, type Field, field, type Schema, scalars, schemaOf, windowType } from '../types/index.ts'
import type { Aggregate, Join, Late, Named, Node, Source, Union, Window } from './node.ts'

const known = new WeakMap<Node, Schema>()

/** Columns of a node's output. Throws the catalogue's error when the node does not fit its input. */
export function schema(node: Node): Schema {
  const found = known.get(node)
  if (found !== undefined) return found
  const made = derive(node)
  known.set(node, made)
  return made
}

/** What `Table.errors` holds. */
export const errorsSchema: Schema = schemaOf([
  field('source', scalars.string),
  field('line', scalars.int, true),
  field('byte', scalars.int, true),
  field('column', scalars.string, true),
  field('code', scalars.string),
  field('reason', scalars.string),
  field('raw', scalars.string),
])

/** What `.late` adds to the columns of the row that came too late. */
const lateFields: readonly Field[] = Object.freeze([
  field('reason', scalars.string),
  /** microseconds between the watermark and the row's event time */
  field('lateness', scalars.int),
  field('watermark', scalars.timestamp),
])

function derive(node: Node): Schema {
  switch (node.kind) {
    case 'source':
      return sourceSchema(node)
    case 'errors':
      return errorsSchema
    case 'select':
      return named(node.columns, [schema(node.input)])
    case 'window':
      return windowSchema(node)
    case 'aggregate':
      return aggregateSchema(node)
    case 'late':
      return lateSchema(node)
    case 'union':
      return unionSchema(node)
    case 'join':
      return joinSchema(node)
    case 'apply':
      return node.schema
    case 'where':
    case 'final':
    case 'distinct':
    case 'top':
      return schema(node.input)
    default:
      return unreachable(node)
  }
}

function sourceSchema(node: Source): Schema {
  const { columns } = node
  if (columns === undefined) return node.spec.schema
  return schemaOf(node.spec.schema.fields.filter(each => columns.includes(each.name)))
}

/** The field an expression makes. */
function fieldOf({ name, expr }: Named, inputs: readonly Schema[]): Field {
  const { type, nullable } = typeOf(expr, inputs)
  return field(checkedName(name), type, nullable)
}

function named(columns: readonly Named[], inputs: readonly Schema[]): Schema {
  return unique(columns.map(each => fieldOf(each, inputs)))
}

function unique(fields: readonly Field[]): Schema {
  const seen = new Set<string>()
  for (const { name } of fields) {
    if (seen.has(name)) fail('DUPLICATE_COLUMN', { column: excerpt(name) })
    seen.add(name)
  }
  return schemaOf(fields)
}

function windowSchema(node: Window): Schema {
  return unique([...schema(node.input).fields, field('window', windowType)])
}

function aggregateSchema(node: Aggregate): Schema {
  const input = schema(node.input)
  const keys = node.keys.map(each => fieldOf(each, [input]))
  const grouped = node.keys.length > 0
  const aggregates = node.aggregates.map(each => {
    const { type, nullable } = typeOfAggregate(each, [input], grouped)
    return field(checkedName(each.name), type, nullable)
  })
  return unique([...keys, ...aggregates])
}

function lateSchema(node: Late): Schema {
  return unique([...schema(node.of.input).fields, ...lateFields])
}

function unionSchema(node: Union): Schema {
  const [first, ...rest] = node.inputs.map(schema) as [Schema, ...Schema[]]
  const fields = first.fields.map((each, i) => {
    const nullable = each.nullable || rest.some(other => other.fields[i]?.nullable === true)
    return field(each.name, each.type, nullable)
  })
  return schemaOf(fields)
}

function joinSchema(node: Join): Schema {
  const left = schema(node.left)
  const right = schema(node.right)
  if (node.type === 'inner') return named(node.columns, [left, right])
  const orNull = schemaOf(right.fields.map(each => field(each.name, each.type, true)))
  return named(node.columns, [left, orNull])
}
