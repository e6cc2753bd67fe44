// One value as the interpreter holds it: every 64-bit integer (int, bigint, timestamp) is a bigint, so that the
// meaning is exact; float and double are numbers (float already rounded), date is a number of days, time microseconds since midnight (a bigint), json its text, a decimal its text, uuid and interval their bytes.
import type { ScalarKind, ScalarType } from '../types/index.ts'
import { type LiteralExpr, literal } from './node.ts'

export type Value = null | boolean | number | bigint | string | Uint8Array

/** The types whose values are 64-bit integers. */
const wide: ReadonlySet<ScalarKind> = new Set(['int', 'bigint', 'timestamp', 'time'])

/** A literal's value as the interpreter holds it. */
export function literalValue(expr: LiteralExpr): Value {
  const { value, type } = expr
  if (typeof value === 'number' && wide.has(type.kind)) return BigInt(value)
  if (typeof value === 'bigint' && !wide.has(type.kind)) return Number(value)
  if (typeof value === 'number' && type.kind === 'float') return Math.fround(value)
  return value
}

/** The other way; an int that a JavaScript number can't hold exactly stays a bigint. */
export function literalOf(value: Value, type: ScalarType): LiteralExpr {
  if (type.kind === 'int' && typeof value === 'bigint' && Number.isSafeInteger(Number(value)))
    return literal(Number(value), type)
  return literal(value, type)
}
