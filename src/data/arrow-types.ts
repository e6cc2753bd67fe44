// The types of Arrow and ours, both ways.
import { fail } from '../base/index.ts'
import {
  type ColumnType,
  DECIMAL_DIGITS,
  decimalOf,
  type Field,
  field,
  isKeyType,
  listOf,
  mapOf,
  type PlainType,
  type Schema,
  scalars,
  schemaOf,
  showType,
} from '../types/index.ts'
import { arrow } from './arrow-library.ts'

// Metadata that keep int and bigint, string and json, uuid and binary apart; `arrow.json` and `arrow.uuid` are Arrow's own names.
const MILLRACE_TYPE = 'millrace:type'
const EXTENSION = 'ARROW:extension:name'
const EXTENSIONS: Readonly<Record<string, string>> = { json: 'arrow.json', uuid: 'arrow.uuid' }

type ArrowField = arrow.Schema['fields'][number]

export function arrowType(type: ColumnType): arrow.DataType {
  switch (type.kind) {
    case 'boolean':
      return arrow.bool()
    case 'int':
    case 'bigint':
      return arrow.int64()
    case 'float':
      return arrow.float32()
    case 'double':
      return arrow.float64()
    case 'string':
    case 'json':
      return arrow.utf8()
    case 'binary':
      return arrow.binary()
    case 'timestamp':
      return arrow.timestamp(arrow.TimeUnit.MICROSECOND, 'UTC')
    case 'date':
      return arrow.dateDay()
    case 'time':
      return arrow.timeMicrosecond()
    case 'interval':
      return arrow.interval(arrow.IntervalUnit.MONTH_DAY_NANO)
    case 'uuid':
      return arrow.fixedSizeBinary(16)
    case 'decimal':
      return isFixed(type) ? arrow.decimal(type.precision, type.scale) : arrow.utf8()
    case 'struct':
      return arrow.struct(type.fields.map(toArrowField))
    case 'list':
      return arrow.list(toArrowField(field('item', type.element.type, type.element.nullable)))
    case 'map':
      return arrow.map(
        toArrowField(field('key', type.key)),
        toArrowField(field('value', type.value.type, type.value.nullable)),
      )
  }
}

/** Whether Arrow has the type: a decimal of as many digits behind the point in every value. Others are text there. */
export function isFixed(type: PlainType): type is PlainType & { readonly precision: number; readonly scale: number } {
  return type.precision !== undefined && type.scale !== undefined && type.scale <= type.precision
}

function toArrowField(each: Field): ArrowField {
  const metadata = new Map<string, string>([[MILLRACE_TYPE, each.type.kind]])
  const extension = EXTENSIONS[each.type.kind]
  if (extension !== undefined) metadata.set(EXTENSION, extension)
  return arrow.field(each.name, arrowType(each.type), each.nullable, metadata)
}

/** The Arrow schema of a schema. */
export function arrowSchema(schema: Schema): arrow.Schema {
  return {
    version: arrow.Version.V5,
    fields: schema.fields.map(toArrowField),
    metadata: null,
    dictionaryTypes: new Map(),
  } as arrow.Schema
}

/** The schema of an Arrow schema. Throws BAD_SCHEMA for types that have no column type yet. */
export function schemaFromArrow(schema: arrow.Schema): Schema {
  return schemaOf(schema.fields.map(fromArrowField))
}

function fromArrowField(each: ArrowField): Field {
  return field(each.name, columnType(each, each.type), each.nullable)
}

function mapType(each: ArrowField, type: arrow.MapType): ColumnType {
  const [key, value] = (type.children[0].type as arrow.StructType).children as [ArrowField, ArrowField]
  const keyType = columnType(key, key.type)
  if (!isKeyType(keyType)) {
    const reason = `column ${JSON.stringify(each.name)} is a map whose keys are ${showType(keyType)}`
    return fail('BAD_SCHEMA', { reason, fix: 'cast its keys to a number, a string or a timestamp before' })
  }
  return mapOf(keyType, columnType(value, value.type), value.nullable)
}

function columnType(each: ArrowField, type: arrow.DataType): ColumnType {
  switch (type.typeId) {
    case arrow.Type.Bool:
      return scalars.boolean
    case arrow.Type.Int:
      return each.metadata?.get(MILLRACE_TYPE) === 'bigint' || (type.bitWidth === 64 && !type.signed)
        ? scalars.bigint
        : scalars.int
    case arrow.Type.Float:
      return type.precision === 2 ? scalars.double : scalars.float
    case arrow.Type.Utf8:
    case arrow.Type.LargeUtf8:
    case arrow.Type.Utf8View:
      if (each.metadata?.get(MILLRACE_TYPE) === 'decimal') return scalars.decimal
      return each.metadata?.get(EXTENSION) === EXTENSIONS['json'] ? scalars.json : scalars.string
    case arrow.Type.Binary:
    case arrow.Type.LargeBinary:
    case arrow.Type.BinaryView:
      return scalars.binary
    case arrow.Type.Timestamp:
      return scalars.timestamp
    case arrow.Type.Date:
      return scalars.date
    case arrow.Type.Time:
      return scalars.time
    case arrow.Type.Interval:
      return scalars.interval
    case arrow.Type.FixedSizeBinary:
      return each.metadata?.get(EXTENSION) === EXTENSIONS['uuid'] && type.stride === 16 ? scalars.uuid : scalars.binary
    case arrow.Type.Decimal:
      return type.precision <= DECIMAL_DIGITS && type.scale >= 0 && type.scale <= type.precision
        ? decimalOf(type.precision, type.scale)
        : scalars.decimal
    case arrow.Type.Dictionary:
      return columnType(each, type.dictionary)
    case arrow.Type.List:
    case arrow.Type.LargeList:
    case arrow.Type.FixedSizeList: {
      const [item] = type.children as [ArrowField]
      return listOf(columnType(item, item.type), item.nullable)
    }
    case arrow.Type.Map:
      return mapType(each, type)
    case arrow.Type.Struct:
      return { kind: 'struct', fields: type.children.map(fromArrowField) }
    default: {
      const reason = `column ${JSON.stringify(each.name)} has Arrow type ${String(type.typeId)}, which is no column type yet`
      return fail('BAD_SCHEMA', { reason, fix: 'cast it to a number, a string or a timestamp before' })
    }
  }
}
