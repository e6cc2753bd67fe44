// PostgreSQL's constants of unknown type: a quoted text (or NULL) takes the type of what it stands beside.
import { cast, type Expr, evaluateConstant, literal } from '../../expr/index.ts'
import { type ColumnType, type ScalarType, scalars } from '../../types/index.ts'
import { type Block, typeIn } from '../block.ts'
import { held } from '../declared.ts'
import { within } from '../refuse.ts'
import { intervalConstant } from './interval.ts'
import { clockConstant, momentNamed } from './moments.ts'

export const isUnknown = (block: Block, expr: Expr): boolean => block.query.unknowns.has(expr)

/** A constant of unknown type as one of a known type: its text is read now; `exactly` with that type's digits. */
export function coerce(block: Block, expr: Expr, type: ColumnType, byte?: number, exactly = false): Expr {
  if (!isUnknown(block, expr) || expr.kind !== 'literal' || type.kind === 'struct') return expr
  if (expr.value === null) return literal(null, type as ScalarType)
  // Blanks at the end of a char(n) mean nothing, so none stand beside it.
  const isPadded = type.kind === 'string' && type.declared?.name === 'bpchar' && typeof expr.value === 'string'
  if (isPadded && !exactly) return literal(String(expr.value).replace(/ +$/, ''), scalars.string)
  if (type.kind === 'string' && type.declared?.name === 'name')
    return literal(Array.from(String(expr.value)).slice(0, type.declared.size).join(''), scalars.string)
  if (type.kind === 'string' && !exactly) return literal(expr.value, scalars.string)
  // Beside a decimal a text is one of its own digits.
  const wanted = type.kind === 'decimal' && !exactly ? scalars.decimal : (type as ScalarType)
  const kind = kindOf(wanted)
  const spoken = momentNamed(String(expr.value), kind, block, byte)
  if (spoken !== undefined) return spoken
  return within(block.query.text, byte, () => {
    const read = intervalConstant(expr, wanted) ?? clockConstant(expr, wanted) ?? evaluateConstant(cast(expr, kind))
    return kind === wanted ? read : evaluateConstant(held(read, kind, wanted))
  })
}

/** The type of the same kind that declares nothing. */
export const kindOf = (type: ScalarType): ScalarType =>
  'declared' in type && type.declared !== undefined ? scalars[type.kind] : type

/** Expressions that must have a type in common: the unknown ones take that of the first known. */
export function adapt(block: Block, exprs: readonly Expr[], byte?: number): readonly Expr[] {
  const known = exprs.find(each => !isUnknown(block, each))
  if (known === undefined || !exprs.some(each => isUnknown(block, each))) return exprs
  const { type } = typeIn(block, known)
  return exprs.map(each => coerce(block, each, type, byte))
}
