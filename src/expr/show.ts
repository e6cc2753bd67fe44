// An expression as SQL-like text, for explain and messages. Names and texts are quoted as SQL does (law 9); the text
// is not meant to be parsed back.
import { excerpt } from '../base/index.ts'
import { clockText, intervalParts, intervalText, uuidText } from '../data/index.ts'
import { showType } from '../types/index.ts'
import { dateText, timestampText } from './calendar.ts'
import { type CallExpr, type CaseExpr, type Expr, type LiteralExpr, makesStruct } from './node.ts'
import { entryOf } from './registry/index.ts'
import { isNaming } from './walk.ts'

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/

/** A column's name, in double quotes unless it is a plain word. */
function showName(name: string): string {
  return plainName.test(name) ? name : `"${excerpt(name).replaceAll('"', '""')}"`
}

/** An expression as text: `price * 2 > 10 AND carrier = 'AA'`. */
export function show(expr: Expr): string {
  return showIn(expr, 0)
}

// How tightly an operator binds; its arguments are put in parentheses when they bind less.
const binding: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  not: 3,
  eq: 4,
  ne: 4,
  lt: 4,
  le: 4,
  gt: 4,
  ge: 4,
  is_distinct_from: 4,
  add: 6,
  sub: 6,
  mul: 7,
  div: 7,
  mod: 7,
  neg: 8,
}
const OTHER = 5

function showIn(expr: Expr, outer: number): string {
  switch (expr.kind) {
    case 'column':
      return expr.path.map(showName).join('.')
    case 'literal':
      return showLiteral(expr)
    case 'cast':
      if (isNaming(expr)) return showIn(expr.input, outer)
      return `${expr.lenient ? 'try_cast' : 'cast'}(${show(expr.input)} AS ${showType(expr.type)})`
    case 'case':
      return showCase(expr)
    case 'call':
      return showCall(expr, outer)
  }
}

function showCall(expr: CallExpr, outer: number): string {
  if (makesStruct(expr)) return showStruct(expr)
  const sign = entryOf(expr.fn)?.infix
  const inner = binding[expr.fn] ?? OTHER
  if (expr.fn === 'is_null' || expr.fn === 'is_not_null')
    return `${showIn(expr.args[0] as Expr, OTHER)} IS ${expr.fn === 'is_null' ? '' : 'NOT '}NULL`
  if (sign === undefined) return `${expr.fn}(${expr.args.map(show).join(', ')})`
  const text =
    expr.args.length === 1
      ? `${sign}${sign.length > 1 ? ' ' : ''}${showIn(expr.args[0] as Expr, inner + 1)}`
      : expr.args.map((each, i) => showIn(each, i === 0 ? inner : inner + 1)).join(` ${sign} `)
  return inner < outer ? `(${text})` : text
}

/** Names and values by turns. */
function showStruct({ args }: CallExpr): string {
  const names = args
    .filter((_, i) => i % 2 === 0)
    .map(each => (each.kind === 'literal' ? showName(String(each.value)) : ''))
  return `struct(${names.map((name, i) => `${name}: ${show(args[2 * i + 1] as Expr)}`).join(', ')})`
}

function showCase(expr: CaseExpr): string {
  const branches = expr.branches.map(each => ` WHEN ${show(each.when)} THEN ${show(each.then)}`).join('')
  return `CASE${branches}${expr.otherwise === undefined ? '' : ` ELSE ${show(expr.otherwise)}`} END`
}

function showLiteral({ value, type }: LiteralExpr): string {
  if (value === null) return 'NULL'
  if (type.kind === 'uuid') return `uuid '${uuidText(value as Uint8Array)}'`
  if (type.kind === 'interval') return `interval '${intervalText(intervalParts(value as Uint8Array))}'`
  if (type.kind === 'time') return `time '${clockText(BigInt(value as number))}'`
  if (type.kind === 'list' || type.kind === 'map') return showType(type)
  if (value instanceof Uint8Array)
    return `'\\x${Array.from(value, byte => byte.toString(16).padStart(2, '0')).join('')}'`
  if (type.kind === 'decimal')
    return /^[-\d]/.test(String(value)) && value !== '-Infinity' ? String(value) : `decimal '${value}'`
  if (type.kind === 'timestamp') return `timestamp '${timestampText(BigInt(value))}'`
  if (type.kind === 'date') return `date '${dateText(Number(value))}'`
  if (typeof value === 'string') return `'${excerpt(value).replaceAll("'", "''")}'`
  return String(value)
}
