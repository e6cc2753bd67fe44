// Column types are plain frozen records. A schema is an ordered list of named fields, nullable or not.

/** The types without parts. `int` is 64-bit and a JavaScript number; `bigint` is 64-bit and a bigint. */
export type PlainKind =
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
  | 'decimal'

/** Whatever is one physical column: lists and maps too, as bytes (docs/notes/nested.md). */
export type ScalarKind = PlainKind | 'list' | 'map'

/**
 * What SQL declared of a type beyond its kind: an integer of fewer bits than 64, or whole numbers that compute as numerics; a text
 * of so many characters; a time to so many digits. It never changes how values lie, and two types that differ in it alone are
 * the same type: the SQL room holds values to it.
 */
export interface Declared {
  readonly name:
    | 'int2'
    | 'int4'
    | 'numeric'
    | 'varchar'
    | 'bpchar'
    | 'name'
    | 'timestamp'
    | 'timestamptz'
    | 'time'
    | 'interval'
  /** Characters of a text, digits behind the point of seconds. */
  readonly size?: number
  /** The fields of an interval, as PostgreSQL's mask. */
  readonly fields?: number
}

export interface PlainType {
  readonly kind: PlainKind
  readonly declared?: Declared
  /** Of a decimal that declares them: digits at most, and digits behind the point, which every value shows. */
  readonly precision?: number
  readonly scale?: number
}

/** What the elements of a list are, or the values of a map. */
export interface ElementType {
  readonly type: ColumnType
  readonly nullable: boolean
}

export interface ListType {
  readonly kind: 'list'
  readonly element: ElementType
}

/** Entries without order, each key once. */
export interface MapType {
  readonly kind: 'map'
  readonly key: PlainType
  readonly value: ElementType
}

export type ScalarType = PlainType | ListType | MapType

/** A record of fields; inside the engine it lies flat, as its fields' columns (see `leaves`). */
export interface StructType {
  readonly kind: 'struct'
  readonly fields: readonly Field[]
  /** A row of SQL, which is told as PostgreSQL tells one: `(1,x)`. */
  readonly isRow?: true
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

const scalar = (kind: PlainKind): PlainType => Object.freeze({ kind })

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
  decimal: scalar('decimal'),
}) satisfies Record<PlainKind, PlainType>

export function field(name: string, type: ColumnType, nullable = false): Field {
  return Object.freeze({ name, type, nullable })
}

export function schemaOf(fields: readonly Field[]): Schema {
  return Object.freeze({ fields: Object.freeze([...fields]) })
}

/** The physical columns of a schema, in order: a struct is its fields, one after another. */
export function leaves(schema: Schema): readonly Leaf[] {
  const known = leavesKnown.get(schema)
  if (known !== undefined) return known
  const found = schema.fields.flatMap(each => leavesOf(each, [], false))
  leavesKnown.set(schema, found)
  return found
}

/** They are asked for once for each expression over a schema. */
const leavesKnown = new WeakMap<Schema, readonly Leaf[]>()

function leavesOf(each: Field, above: readonly string[], nullable: boolean): readonly Leaf[] {
  const path = [...above, each.name]
  const inner = nullable || each.nullable
  if (each.type.kind !== 'struct') return [{ path, type: each.type, nullable: inner }]
  return each.type.fields.flatMap(child => leavesOf(child, path, inner))
}

export function listOf(type: ColumnType, nullable = false): ListType {
  return Object.freeze({ kind: 'list', element: Object.freeze({ type, nullable }) })
}

/** How many lists a type is within one another. */
export const depthOf = (type: ColumnType): number => (type.kind === 'list' ? 1 + depthOf(type.element.type) : 0)

/** The type of what is no list, within all of them. */
export const leafOf = (type: ColumnType): ColumnType => (type.kind === 'list' ? leafOf(type.element.type) : type)

/** A list of lists … of elements, so deep. */
export const nestedType = (leaf: ColumnType, depth: number): ListType =>
  depth === 1 ? listOf(leaf, true) : listOf(nestedType(leaf, depth - 1))

export function mapOf(key: PlainType, value: ColumnType, nullable = false): MapType {
  return Object.freeze({ kind: 'map', key, value: Object.freeze({ type: value, nullable }) })
}

/** Digits of a decimal at most, and digits behind its point. */
export const DECIMAL_DIGITS = 36
export const DECIMAL_SCALE = 88

const declared = (kind: PlainKind, name: Declared['name']): PlainType =>
  Object.freeze({ kind, declared: Object.freeze({ name }) })

/** SQL's smallint and integer, and what its sums of bigints are. */
export const smallint = declared('int', 'int2')
export const integer = declared('int', 'int4')
export const wholeNumeric = declared('int', 'numeric')

const WIDTHS = ['int2', 'int4', undefined, 'numeric'] as const

/** Of two types of one kind: what both may be held to. The wider integer; else what both declare alike. */
export function declaredMeeting<T extends PlainType>(a: T, b: T): PlainType {
  const [mine, theirs] = [a.declared, b.declared]
  if (a.kind === 'int') return WIDTHS.indexOf(mine?.name as 'int2') >= WIDTHS.indexOf(theirs?.name as 'int2') ? a : b
  const isSame = mine?.name === theirs?.name && mine?.size === theirs?.size && mine?.fields === theirs?.fields
  return isSame ? a : { kind: a.kind }
}

/** decimal(precision, scale). */
export function decimalOf(precision: number, scale: number): PlainType {
  return Object.freeze({ kind: 'decimal', precision, scale })
}

/** Does the type have parts, and its values bytes of their own? */
export function isNested(type: ScalarType): type is ListType | MapType {
  return type.kind === 'list' || type.kind === 'map'
}

/** May the keys of a map be of this type? They need equality, and a text of their own in JSON. */
export function isKeyType(type: ColumnType): type is PlainType {
  return !['list', 'map', 'struct', 'json', 'float', 'double', 'decimal'].includes(type.kind)
}

/** A type as people write it: `int`, `list<int>`, `map<string, int>`, `struct<start timestamp, end timestamp>`. */
export function showType(type: ColumnType): string {
  if (type.kind === 'list') return `list<${showType(type.element.type)}>`
  if (type.kind === 'map') return `map<${showType(type.key)}, ${showType(type.value.type)}>`
  if (type.kind === 'decimal' && type.precision !== undefined) return `decimal(${type.precision}, ${type.scale})`
  if (type.kind !== 'struct') return type.kind
  return `struct<${type.fields.map(each => `${each.name} ${showType(each.type)}`).join(', ')}>`
}

export function sameType(a: ColumnType, b: ColumnType): boolean {
  return a === b || showType(a) === showType(b)
}

/** Of two types that are the same but for nulls within them: the one that has the values of both. */
export function widerType<T extends ColumnType>(a: T, b: T): T
export function widerType(a: ColumnType, b: ColumnType): ColumnType {
  if (a.kind === 'list' && b.kind === 'list')
    return listOf(widerType(a.element.type, b.element.type), a.element.nullable || b.element.nullable)
  if (a.kind === 'map' && b.kind === 'map')
    return mapOf(a.key, widerType(a.value.type, b.value.type), a.value.nullable || b.value.nullable)
  if (a.kind !== 'struct' || b.kind !== 'struct')
    return isNested(a as ScalarType) || a.kind !== b.kind || a.kind === 'decimal'
      ? a
      : declaredMeeting(a as PlainType, b as PlainType)
  const fields = a.fields.map((each, i) => {
    const other = b.fields[i] as Field
    return field(each.name, widerType(each.type, other.type), each.nullable || other.nullable)
  })
  return Object.freeze({ ...a, fields: Object.freeze(fields) })
}
