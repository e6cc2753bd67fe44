// Column types are plain frozen records. A schema is an ordered list of named fields, nullable or not.
// `decimal(p, s)` joins the union here when SQL needs it: a kind with parameters beside the plain ones.

/** The types of a single value. `int` is 64-bit and a JavaScript number; `bigint` is 64-bit and a bigint. */
export type ScalarKind =
  | 'boolean'
  | 'int'
  | 'bigint'
  | 'float'
  | 'double'
  | 'string'
  | 'binary'
  | 'timestamp'
  | 'date'
  | 'json'
  | 'time'
  | 'interval'
  | 'uuid'

export interface ScalarType {
  readonly kind: ScalarKind
}

/** A record of fields; inside the engine it lies flat, as its fields' columns (see `leaves`). */
export interface StructType {
  readonly kind: 'struct'
  readonly fields: readonly Field[]
}

export type ColumnType = ScalarType | StructType

export interface Field {
  readonly name: string
  readonly type: ColumnType
  readonly nullable: boolean
}

export interface Schema {
  readonly fields: readonly Field[]
}

/** One physical column of a schema: the path to it, and its scalar type. */
export interface Leaf {
  readonly path: readonly string[]
  readonly type: ScalarType
  readonly nullable: boolean
}

const scalar = (kind: ScalarKind): ScalarType => Object.freeze({ kind })

/** The scalar types, one frozen record each: compare by `kind`. */
export const scalars = Object.freeze({
  boolean: scalar('boolean'),
  int: scalar('int'),
  bigint: scalar('bigint'),
  float: scalar('float'),
  double: scalar('double'),
  string: scalar('string'),
  binary: scalar('binary'),
  timestamp: scalar('timestamp'),
  date: scalar('date'),
  json: scalar('json'),
  time: scalar('time'),
  interval: scalar('interval'),
  uuid: scalar('uuid'),
}) satisfies Record<ScalarKind, ScalarType>

export function field(name: string, type: ColumnType, nullable = false): Field {
  return Object.freeze({ name, type, nullable })
}

export function schemaOf(fields: readonly Field[]): Schema {
  return Object.freeze({ fields: Object.freeze([...fields]) })
}

/** The physical columns of a schema, in order: a struct is its fields, one after another. */
export function leaves(schema: Schema): readonly Leaf[] {
  return schema.fields.flatMap(each => leavesOf(each, [], false))
}

function leavesOf(each: Field, above: readonly string[], nullable: boolean): readonly Leaf[] {
  const path = [...above, each.name]
  const inner = nullable || each.nullable
  if (each.type.kind !== 'struct') return [{ path, type: each.type, nullable: inner }]
  return each.type.fields.flatMap(child => leavesOf(child, path, inner))
}

/** A type as people write it: `int`, `struct<start timestamp, end timestamp>`. */
export function showType(type: ColumnType): string {
  if (type.kind !== 'struct') return type.kind
  return `struct<${type.fields.map(each => `${each.name} ${showType(each.type)}`).join(', ')}>`
}

export function sameType(a: ColumnType, b: ColumnType): boolean {
  return showType(a) === showType(b)
}
