// Names of types in SQL. Every integer lies in 64 bits, and is held to those of its name (declared.ts); timestamps are instants in
// UTC with or without a zone in their name, and numeric is decimal.
import { cast, type Expr, unifyTypes } from '../expr/index.ts'
import {
  type ColumnType,
  DECIMAL_DIGITS,
  decimalOf,
  nestedType,
  type PlainKind,
  type ScalarType,
  sameType,
  scalars,
} from '../types/index.ts'
import { declaredBy } from './declared.ts'
import type { Node, TypeName } from './parser.ts'
import { invalid, unsupported } from './refuse.ts'
import { textOf } from './tree.ts'

const NAMES: Readonly<Record<string, PlainKind>> = {
  bool: 'boolean',
  boolean: 'boolean',
  int2: 'int',
  int4: 'int',
  int8: 'int',
  int: 'int',
  integer: 'int',
  smallint: 'int',
  bigint: 'int',
  float4: 'float',
  real: 'float',
  float8: 'double',
  double: 'double',
  text: 'string',
  varchar: 'string',
  bpchar: 'string',
  name: 'string',
  string: 'string',
  bytea: 'binary',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  date: 'date',
  time: 'time',
  interval: 'interval',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'json',
  numeric: 'decimal',
  decimal: 'decimal',
  dec: 'decimal',
}

export const isTypeName = (name: string): boolean => Object.hasOwn(NAMES, name)

/** The column type of a type's name, or SQL_UNSUPPORTED. */
export function typeNamed(type: TypeName, text: string): ColumnType {
  const name = textOf(type.names?.at(-1)) ?? ''
  const kind = NAMES[name]
  const dimensions = (type.arrayBounds ?? []).length
  if (kind === undefined) {
    return unsupported(text, type.location, `the type ${name}${'[]'.repeat(dimensions)}`, known())
  }
  const declared = declaredBy(type, text)
  const own = declared === undefined ? scalars[kind] : Object.freeze({ kind, declared })
  if (dimensions > 0) return nestedType(own.kind === 'int' ? own : scalars[kind], dimensions)
  const [precision, scale] = (type.typmods ?? []).map(numberIn)
  return kind === 'decimal' && precision !== undefined ? digitsOf(precision, scale ?? 0, type, text) : own
}

const numberIn = (node: Node): number => ('A_Const' in node ? (node.A_Const.ival?.ival ?? 0) : Number.NaN)

/** numeric(precision, scale). */
function digitsOf(precision: number, scale: number, { location }: TypeName, text: string): ColumnType {
  if (!(precision >= 1))
    return invalid(text, location, `NUMERIC precision ${precision} must be 1 or more`, 'write numeric(12, 2)')
  const isThere = precision <= DECIMAL_DIGITS && scale >= 0 && scale <= precision
  if (isThere) return decimalOf(precision, scale)
  return unsupported(
    text,
    location,
    `numeric(${precision}, ${scale})`,
    `there are ${DECIMAL_DIGITS} digits: numeric(${DECIMAL_DIGITS}, 6)`,
  )
}

const known = (): string => `use one of: ${Object.keys(NAMES).join(', ')}`

/** The type that holds the values of both; undefined: there is none. Integers and floats meet in double. */
export function meeting(a: ColumnType, b: ColumnType): ColumnType | undefined {
  if (a === b) return a
  if (sameType(a, b) && a.kind === 'struct') return a
  return a.kind === 'struct' || b.kind === 'struct' ? undefined : unifyTypes(a, b)
}

/** An expression as another type. */
export function as(expr: Expr, from: ColumnType, to: ColumnType): Expr {
  const same = to.kind === 'decimal' ? sameType(from, to) : from.kind === to.kind
  return same || to.kind === 'struct' ? expr : cast(expr, to as ScalarType)
}
