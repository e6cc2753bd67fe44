// JSON Schema to columns. What has one meaning is taken; what has none as a column is refused with what to write
// instead: guessing would give somebody's data another type. Objects and arrays are json columns.
import { excerpt, fail } from '../base/index.ts'
import { checkedName } from './build.ts'
import { type Field, field, type ScalarType, type Schema, scalars, schemaOf } from './column.ts'

/** A JSON Schema, as far as it is looked at. */
type Json = { readonly [key: string]: unknown }

/** Which strings (of this format) become timestamps and dates; the rest stay text. */
export type IsInstant = (column: string, format: string | undefined) => boolean

/** Without a schema library to ask: those whose format says so. */
const byFormat: IsInstant = (_column, format) => format === 'date-time' || format === 'date'

/**
 * The columns of an object schema. Fails with BAD_SCHEMA, naming the column.
 *
 * @param isInstant whether the program has Dates for the strings of a column; default: those of format date-time and date.
 */
export function fromJsonSchema(schema: unknown, isInstant: IsInstant = byFormat): Schema {
  const root = isObject(schema) ? resolved(schema, schema) : undefined
  if (root === undefined || !isObject(root['properties']))
    return refuse('it is not an object with properties', 'describe a row: an object of columns')
  const required: ReadonlySet<unknown> = new Set(Array.isArray(root['required']) ? root['required'] : [])
  const names = Object.keys(root['properties'])
  if (names.length === 0) return refuse('it has no properties', 'name the columns')
  const properties = root['properties']
  return schemaOf(names.map(name => columnOf(name, properties[name], required.has(name), schema as Json, isInstant)))
}

function columnOf(name: string, schema: unknown, required: boolean, root: Json, isInstant: IsInstant): Field {
  const { types, format, nullable } = shapeOf(name, schema, root)
  const type = typeOf(name, types, format, isInstant)
  return field(checkedName(name), type, nullable || !required)
}

interface Shape {
  /** JSON types it may have, without null; empty: any. */
  readonly types: ReadonlySet<string>
  readonly format: string | undefined
  readonly nullable: boolean
}

const ANY: Shape = { types: new Set(), format: undefined, nullable: true }

function shapeOf(name: string, schema: unknown, root: Json): Shape {
  if (schema === true) return ANY
  const own = isObject(schema) ? resolved(schema, root) : refuseColumn(name, 'its schema is not an object')
  const choices = own['anyOf'] ?? own['oneOf']
  if (Array.isArray(choices)) return joined(choices.map(each => shapeOf(name, each, root)))
  const listed = own['enum'] ?? ('const' in own ? [own['const']] : undefined)
  const types = Array.isArray(listed) ? listed.map(typeOfValue) : [own['type'] ?? []].flat().map(String)
  if (types.length === 0) return ANY
  return {
    types: new Set(types.filter(each => each !== 'null')),
    format: typeof own['format'] === 'string' ? own['format'] : undefined,
    nullable: types.includes('null'),
  }
}

function joined(shapes: readonly Shape[]): Shape {
  const open = shapes.some(each => each.types.size === 0 && each === ANY)
  const given = shapes.filter(each => each.types.size > 0)
  const formats = new Set(given.map(each => each.format))
  return {
    types: open ? new Set() : new Set(given.flatMap(each => [...each.types])),
    format: formats.size === 1 ? [...formats][0] : undefined,
    nullable: shapes.some(each => each.nullable),
  }
}

function typeOfValue(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number'
  return typeof value
}

function typeOf(
  name: string,
  types: ReadonlySet<string>,
  format: string | undefined,
  isInstant: IsInstant,
): ScalarType {
  if (types.size === 0) return scalars.json
  const [only] = types
  if (types.size === 1 && only === 'string') return stringType(name, format, isInstant)
  if (types.size === 1 && only === 'integer') return scalars.int
  if (types.size === 1 && only === 'boolean') return scalars.boolean
  if ([...types].every(each => each === 'number' || each === 'integer')) return scalars.double
  if ([...types].every(each => each === 'object' || each === 'array')) return scalars.json
  return refuseColumn(name, `it may be ${[...types].map(each => excerpt(each, 20)).join(' or ')}`)
}

function stringType(name: string, format: string | undefined, isInstant: IsInstant): ScalarType {
  const instant = isInstant(name, format)
  if (!instant) return scalars.string
  return format === 'date' ? scalars.date : scalars.timestamp
}

/** A schema with its reference followed; references are `#/$defs/Name`, at most a few deep. */
function resolved(schema: Json, root: Json, depth = 0): Json {
  const ref = schema['$ref']
  if (ref === undefined) return schema
  if (typeof ref !== 'string' || !ref.startsWith('#/') || depth > 16)
    return refuse(
      `the reference ${excerpt(String(ref), 60)} can not be followed`,
      'keep definitions in the same schema',
    )
  let at: unknown = root
  for (const part of ref.slice(2).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined
  }
  return isObject(at) ? resolved(at, root, depth + 1) : refuse(`there is no ${excerpt(ref, 60)}`, 'define it')
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

function refuseColumn(name: string, reason: string): never {
  return refuse(
    `column ${excerpt(name, 40)}: ${reason}`,
    'give each column one type, or write the row with t.row({ … })',
  )
}

function refuse(reason: string, fix: string): never {
  fail('BAD_SCHEMA', { reason, fix })
}
