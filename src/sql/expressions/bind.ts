// A node of the parse tree → an expression over the inputs of its block. One function a kind of node; a kind without
// one is refused by its name.
import { listBytes } from '../../data/index.ts'
import { call, cast, type Expr, entryOf, evaluateConstant, literal } from '../../expr/index.ts'
import { depthOf, type ListType, leafOf, nestedType, type ScalarType, scalars } from '../../types/index.ts'
import { groupingSlot } from '../aggregates.ts'
import { type Block, outerColumn, scopeIn, typeIn } from '../block.ts'
import { held } from '../declared.ts'
import { givenIn } from '../given.ts'
import type { ColumnRef, Node, TypeCast } from '../parser.ts'
import { invalid, unsupported, within } from '../refuse.ts'
import { columnOf, lookup, type Scope, starOf, unknownName } from '../scope.ts'
import { kindName, locationOf, textOf } from '../tree.ts'
import { typeNamed } from '../types.ts'
import { arrayFromText } from './array-text.ts'
import { anyAll, arrayOf, arrayOperator, subscripts } from './arrays.ts'
import { adapt, coerce, isUnknown, kindOf } from './coerce.ts'
import { constant, parameter } from './constants.ts'
import {
  betweenness,
  caseOf,
  coalesceOf,
  distinctness,
  inList,
  likeness,
  logic,
  minMax,
  nullIf,
  nullTest,
  similarity,
  truthTest,
} from './forms.ts'
import { functionCall, valueFunction } from './functions.ts'
import { fromJson, jsonOperator } from './json.ts'
import { jsonForm } from './json-forms.ts'
import { binary, unary } from './operators.ts'
import { checkPattern } from './patterns.ts'
import { fieldNamed, plain, rowOf, shown, wholeRow } from './record.ts'
import { rowComparison, rowItems, rowNullTest } from './rows.ts'
import { sublink } from './sublink.ts'
import { exactSums, inWidth } from './widths.ts'

export type Bind = (node: Node, block: Block) => Expr

/** Bind an expression; every failure tells where. */
export const bind: Bind = (node, block) => {
  const byte = locationOf(node)
  const made = within(block.query.text, byte, () => bound(node, block, byte))
  // The checker looks at each call where it stands, so that what is wrong is told with its place.
  if (made.kind === 'call' || made.kind === 'case' || made.kind === 'cast')
    within(block.query.text, byte, () => typeIn(block, made))
  return made
}

function bound(node: Node, block: Block, byte: number | undefined): Expr {
  if ('A_Const' in node) return constant(node.A_Const, block)
  if ('ColumnRef' in node) return givenIn(node, block) ?? columnRef(node.ColumnRef, block)
  if ('ParamRef' in node) return parameter(node.ParamRef, block)
  if ('A_Expr' in node) return operator(node, block, byte)
  if ('BoolExpr' in node) return logic(node.BoolExpr, block, bind)
  if ('NullTest' in node) return rowNullTest(node.NullTest, block, bind) ?? nullTest(node.NullTest, block, bind)
  if ('BooleanTest' in node) return truthTest(node.BooleanTest, block, bind)
  if ('CaseExpr' in node) return caseOf(node.CaseExpr, block, bind)
  if ('CoalesceExpr' in node) return coalesceOf(node.CoalesceExpr, block, bind)
  if ('MinMaxExpr' in node) return minMax(node.MinMaxExpr, block, bind)
  if ('TypeCast' in node) return typeCast(node.TypeCast, block)
  if ('FuncCall' in node) return functionCall(node.FuncCall, block, bind)
  if ('GroupingFunc' in node) return groupingSlot(node.GroupingFunc, block, bind)
  if ('SQLValueFunction' in node) return valueFunction(node.SQLValueFunction, block)
  if ('SubLink' in node) return sublink(node.SubLink, block, bind)
  if ('CollateClause' in node) return collated(node, block)
  if ('A_ArrayExpr' in node) return arrayOf(node.A_ArrayExpr, block, bind)
  if ('A_Indirection' in node) return indirection(node, block)
  if ('RowExpr' in node) return rowOf(rowItems(node.RowExpr.args ?? [], block, bind), block)
  if ('SetToDefault' in node)
    return invalid(
      block.query.text,
      byte,
      'DEFAULT is not allowed here',
      'it stands in VALUES of INSERT and in SET of UPDATE',
    )
  return (
    jsonForm(node, block, bind) ??
    unsupported(block.query.text, byte, kindName(node), 'docs/sql.md lists what there is')
  )
}

function columnRef({ fields = [], location }: ColumnRef, block: Block): Expr {
  const isStar = fields.length > 1 && 'A_Star' in (fields.at(-1) as Node)
  const names = fields.slice(0, isStar ? -1 : undefined).map(each => textOf(each))
  if (names.some(each => each === undefined)) {
    return invalid(block.query.text, location, '* is not a value', 'name the column; count(*) counts rows')
  }
  const own = isStar ? undefined : named(names as string[], block, location)
  if (own !== undefined) return own
  const [only = '', more] = names as string[]
  const whole = more === undefined || isStar ? tableRow(names.at(-1) ?? only, block) : undefined
  if (whole !== undefined) return whole
  return unknownName(scopesAround(block), names as string[], block.query.text, location)
}

/** The column of a name, of this block or of one around it. */
function named(names: readonly string[], block: Block, location: number | undefined): Expr | undefined {
  const own = lookup(scopeIn(block), names, block.query.text, location)
  if (own !== undefined || block.outer === undefined) return own
  const outer = named(names, block.outer, location)
  return outer === undefined ? undefined : outerColumn(block, outer)
}

/** The row of a table of this block, or of one around it. */
function tableRow(name: string, block: Block): Expr | undefined {
  const columns = starOf(scopeIn(block), name)
  if (columns !== undefined) return wholeRow(columns, columns.map(columnOf))
  const outer = block.outer === undefined ? undefined : tableRow(name, block.outer)
  const fields =
    outer?.kind === 'call' ? outer.args.map((each, i) => (i % 2 === 0 ? each : outerColumn(block, each))) : []
  return outer?.kind === 'call' ? call(outer.fn, ...fields) : undefined
}

function scopesAround(block: Block | undefined): Scope[] {
  return block === undefined ? [] : [scopeIn(block), ...scopesAround(block.outer)]
}

type Operator = Extract<Node, { A_Expr: unknown }>

function operator({ A_Expr: node }: Operator, block: Block, byte: number | undefined): Expr {
  const ofRows = rowComparison(node, block, bind)
  if (ofRows !== undefined) return ofRows
  switch (node.kind) {
    case 'AEXPR_OP':
      return sign(node, block, byte)
    case 'AEXPR_IN':
      return inList(node, block, bind)
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
      return likeness(node, block, bind)
    case 'AEXPR_SIMILAR':
      return similarity(node, block, bind)
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN':
    case 'AEXPR_BETWEEN_SYM':
    case 'AEXPR_NOT_BETWEEN_SYM':
      return betweenness(node, block, bind)
    case 'AEXPR_DISTINCT':
    case 'AEXPR_NOT_DISTINCT':
      return distinctness(node, block, bind)
    case 'AEXPR_OP_ANY':
    case 'AEXPR_OP_ALL':
      return anyAll(node, block, bind)
    case 'AEXPR_NULLIF':
      return nullIf(node, block, bind)
    default:
      return unsupported(block.query.text, byte, `the form ${node.kind}`, 'write it with AND, OR and IN')
  }
}

function sign(node: Operator['A_Expr'], block: Block, byte: number | undefined): Expr {
  const { text } = block.query
  const operator = textOf(node.name?.at(-1)) ?? ''
  const has = (fn: string): boolean => entryOf(fn) !== undefined
  const right = bind(node.rexpr as Node, block)
  const left = node.lexpr === undefined ? undefined : bind(node.lexpr, block)
  const made =
    left === undefined
      ? unary(operator, numberFor(operator, right, block, byte), has)
      : (jsonOperator(operator, left, right, block) ??
        arrayOperator(operator, left, right, block, byte) ??
        between(operator, left, right, block) ??
        binary(operator, ...operands(operator, left, right, block, byte), has))
  if (made?.kind === 'call') {
    const inner = made.fn === 'not' ? made.args[0] : made
    if (inner?.kind === 'call') checkPattern(inner.fn, inner.args, block, byte)
  }
  if (made === undefined) return unsupported(text, byte, `the operator ${operator}`, 'docs/sql.md lists the operators')
  return within(text, byte, () => inWidth(made, block))
}

/** + is for numbers alone. */
function numberFor(operator: string, right: Expr, block: Block, byte: number | undefined): Expr {
  if (operator !== '+' || isUnknown(block, right)) return right
  const { kind } = typeIn(block, right).type
  const isNumber = ['int', 'bigint', 'float', 'double', 'decimal'].includes(kind)
  return isNumber ? right : invalid(block.query.text, byte, `+ is not for ${kind}`, 'leave it out')
}

const isKind = (expr: Expr, kind: string, block: Block): boolean =>
  !isUnknown(block, expr) && typeIn(block, expr).type.kind === kind

/** The difference of two instants is an interval of days and time. */
function between(sign: string, left: Expr, right: Expr, block: Block): Expr | undefined {
  if (sign !== '-') return undefined
  if (isKind(left, 'date', block) && isKind(right, 'time', block))
    return call('sub', left, cast(right, scalars.interval))
  const kinds = [left, right].map(each => (isUnknown(block, each) ? undefined : typeIn(block, each).type.kind))
  const isTime = (kind: string | undefined): boolean => kind === 'timestamp' || kind === 'date'
  if (!kinds.includes('timestamp') || !kinds.every(isTime)) return undefined
  return call('timestamp_between', left, right)
}

function operands(sign: string, left: Expr, right: Expr, block: Block, byte: number | undefined): [Expr, Expr] {
  // A key of json is a text or a number, whatever stands on the left.
  if (sign === '->' || sign === '->>' || sign === '#>' || sign === '#>>') return [left, right]
  if (sign === '||') {
    const [a, b] = [left, right].map(each => (isUnknown(block, each) ? 'string' : typeIn(block, each).type.kind))
    if (PRINTED.has(a as string) && PRINTED.has(b as string)) {
      const fix = 'cast one of them: x::text || y'
      return invalid(block.query.text, byte, `the operator does not exist: ${a} || ${b}`, fix)
    }
    return [asText(block, left), asText(block, right)]
  }
  const [a, b] = adapt(block, [left, right], byte) as [Expr, Expr]
  return COMPARISONS.has(sign) ? [plainPart(a, b), plainPart(b, a)] : exactSums(sign, a, b, block)
}

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>='])

/** A whole part of a time beside a whole number compares as what it is made from: it need not become a decimal. */
function plainPart(expr: Expr, beside: Expr): Expr {
  const isPart = expr.kind === 'cast' && expr.type.kind === 'decimal' && expr.type.scale === 0
  const isWhole = beside.kind === 'literal' && beside.type.kind === 'int'
  return isPart && isWhole && expr.input.kind === 'call' && expr.input.fn === 'extract' ? expr.input : expr
}

function asText(block: Block, of: Expr): Expr {
  const expr = plain(of, block)
  const { type } = typeIn(block, expr)
  return isUnknown(block, expr) || !PRINTED.has(type.kind) ? expr : cast(expr, scalars.string)
}

/** Types whose values are printed beside a text. */
const PRINTED: ReadonlySet<string> = new Set('boolean int bigint float double decimal timestamp date'.split(' '))

function typeCast({ arg, typeName, location }: TypeCast, block: Block): Expr {
  const { text } = block.query
  if (arg === undefined || typeName === undefined)
    return invalid(text, location, 'a cast of nothing', 'write CAST(x AS type)')
  const type = typeNamed(typeName, text)
  if (type.kind === 'list') return arrayCast(arg, type, block, location)
  const value = type.kind === 'string' ? shown(bind(arg, block), block) : bind(arg, block)
  if (isUnknown(block, value) && value.kind === 'literal') {
    return coerce(block, value, type, locationOf(arg), true)
  }
  if (type.kind === 'struct') return value
  const read = typeIn(block, value).type.kind === 'json' ? fromJson(value, type) : undefined
  if (read !== undefined) return held(read, kindOf(type), type)
  const made = within(text, location, () => converted(value, type, block))
  return value.kind === 'literal' ? within(text, location, () => evaluateConstant(made)) : made
}

/** As the type's kind first, then held to what the type declares. */
function converted(value: Expr, type: ScalarType, block: Block): Expr {
  if (type.kind === 'list' || type.kind === 'map' || type.declared === undefined) return cast(value, type)
  const from = typeIn(block, value).type
  const kind = scalars[type.kind]
  return from.kind === type.kind ? held(value, from, type) : held(cast(value, kind), kind, type)
}

function arrayCast(arg: Node, type: ListType, block: Block, byte: number | undefined): Expr {
  if ('A_ArrayExpr' in arg) return arrayOf(arg.A_ArrayExpr, block, bind, type)
  const value = bind(arg, block)
  if (isUnknown(block, value) && value.kind === 'literal') {
    if (typeof value.value === 'string') return arrayFromText(value.value, type, block, locationOf(arg))
    return literal(null, type)
  }
  const own = typeIn(block, value).type
  if (own.kind === 'list') {
    const to = nestedType(leafOf(type), depthOf(own))
    return leafOf(own).kind === leafOf(to).kind ? value : call('list_cast', value, literal(listBytes(to, []), to))
  }
  return unsupported(block.query.text, byte, 'a cast of this to an array', 'write ARRAY[…]')
}

/** The only collation there is, C, is the one that every text has. */
function collated({ CollateClause: node }: Extract<Node, { CollateClause: unknown }>, block: Block): Expr {
  const name = textOf(node.collname?.at(-1)) ?? ''
  if (!['C', 'POSIX', 'default', 'ucs_basic'].includes(name)) {
    return unsupported(
      block.query.text,
      node.location,
      `the collation ${name}`,
      'use "C": texts are ordered by their code points',
    )
  }
  return bind(node.arg as Node, block)
}

/** Subscripts of arrays, and fields of rows. */
function indirection(node: Extract<Node, { A_Indirection: unknown }>, block: Block): Expr {
  const { arg, indirection: steps = [] } = node.A_Indirection
  let made = bind(arg as Node, block)
  for (let i = 0; i < steps.length; ) {
    const indices = steps
      .slice(i)
      .flatMap((each, k) => ('A_Indices' in each && isRun(steps, i, k) ? [each.A_Indices] : []))
    made = indices.length === 0 ? fieldNamed(made, steps[i] as Node, block) : subscripts(made, indices, block, bind)
    i += Math.max(1, indices.length)
  }
  return made
}

/** Whether all from a step to another are subscripts. */
const isRun = (steps: readonly Node[], from: number, count: number): boolean =>
  steps.slice(from, from + count + 1).every(each => 'A_Indices' in each)
