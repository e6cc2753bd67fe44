// Plain values in place of expressions: 5, 'a', true, new Date(0). A whole number is an int, any other a double (beside a
// decimal a decimal); the checker widens an int where it meets a double, so 5 compares with both.
import { fail } from '../base/index.ts'
import { CellWriter, intervalBytes, intervalOf, putValueOf } from '../data/index.ts'
import { type Expr, literal } from '../expr/index.ts'
import { type ColumnType, type ListType, type MapType, scalars, showType } from '../types/index.ts'

const DAY_MS = 86_400_000

/** The literal of a plain value; undefined when it is nothing an expression can hold. */
export function literalFrom(value: unknown, beside?: ColumnType): Expr | undefined {
  switch (typeof value) {
    case 'boolean':
      return literal(value, scalars.boolean)
    case 'number':
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) return literal(value, scalars.int)
      return Object.freeze({ ...literal(value, scalars.double), plain: true })
    case 'bigint':
      return literal(value, scalars.bigint)
    case 'string':
      return literal(value, scalars.string)
    default:
      if (value instanceof Date) return instant(value, beside)
      if (value instanceof Uint8Array) return literal(value, scalars.binary)
      if (beside?.kind === 'interval') return span(value)
      if (beside?.kind === 'list' || beside?.kind === 'map') return nested(value, beside)
      return undefined
  }
}

/** A Date is a timestamp; beside a date column and at midnight UTC it is a date. */
function instant(value: Date, beside: ColumnType | undefined): Expr {
  const ms = value.getTime()
  if (Number.isNaN(ms))
    return fail('BAD_VERB', { verb: 'literal', reason: 'the Date is invalid', fix: 'check how it was made' })
  if (beside?.kind === 'date' && ms % DAY_MS === 0) return literal(ms / DAY_MS, scalars.date)
  return literal(BigInt(ms) * 1000n, scalars.timestamp)
}

/** An interval in parts; undefined when it is none. */
export function span(value: unknown): Expr | undefined {
  const parts = intervalOf(value)
  return typeof parts === 'string' ? undefined : literal(intervalBytes(parts), scalars.interval)
}

/** An array beside a list, a Map or an object beside a map; undefined when it is neither. */
function nested(value: unknown, type: ListType | MapType): Expr | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const out = new CellWriter()
  const refuse = (reason: string): never =>
    fail('BAD_VERB', {
      verb: 'literal',
      reason: `a value beside ${showType(type)}: ${reason}`,
      fix: 'give values of its type',
    })
  putValueOf(out, type, value, refuse)
  return literal(out.slice(), type)
}
