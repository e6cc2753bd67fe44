// Arrays: ARRAY[…], '{…}', subscripts and slices, = ANY (…), and PostgreSQL's functions for them. An array is a list of one
// dimension whose numbers begin at 1.

import { cellOf, elementsOf, listBytes } from '../../data/index.ts'
import { type CaseExpr, call, cast, type Expr, evaluateConstant, literal } from '../../expr/index.ts'
import {
  type ColumnType,
  depthOf,
  type ListType,
  leafOf,
  listOf,
  type ScalarType,
  sameType,
  scalars,
  showType,
} from '../../types/index.ts'
import { type Block, typeIn } from '../block.ts'
import type { A_ArrayExpr, A_Expr, A_Indices, Node } from '../parser.ts'
import { invalid, unsupported } from '../refuse.ts'
import { locationOf, textOf } from '../tree.ts'
import { arrayFromText, listExpr } from './array-text.ts'
import type { Bind } from './bind.ts'
import { adapt, coerce, isUnknown } from './coerce.ts'
import { alike } from './forms.ts'
import { jsonSubscript } from './json-path.ts'
import { binary } from './operators.ts'
import { plain } from './record.ts'

/** ARRAY[a, b]: the elements in one type, nulls among them. */
export function arrayOf({ elements = [], location }: A_ArrayExpr, block: Block, bind: Bind, wanted?: ListType): Expr {
  const { text } = block.query
  if (isNested({ elements })) return arrayOfArrays(elements, location, block, bind, wanted)
  const bound = elements.map(each => plain(bind(each, block), block))
  const own = wanted === undefined ? undefined : (leafOf(wanted) as ScalarType)
  const values = alike(
    block,
    own === undefined ? bound : bound.map(each => elementAs(each, own, block, location)),
    location,
  )
  const [first] = values
  if (first === undefined && own === undefined)
    return invalid(text, location, 'the type of an empty array is not known', 'write ARRAY[]::int[]')
  const element = own ?? (typeIn(block, first as Expr).type as ScalarType)
  return element.kind === 'list' ? stacked(values) : listExpr(values, listOf(element, true))
}

const isNested = ({ elements = [] }: A_ArrayExpr): boolean => elements.some(each => 'A_ArrayExpr' in each)

/** ARRAY[[a, b], [c, d]]: each row is an array. */
function arrayOfArrays(
  elements: readonly Node[],
  byte: number | undefined,
  block: Block,
  bind: Bind,
  wanted: ListType | undefined,
): Expr {
  const rows = elements.map(each =>
    'A_ArrayExpr' in each ? arrayOf(each.A_ArrayExpr, block, bind, wanted) : bind(each, block),
  )
  const types = new Set(rows.map(each => showType(typeIn(block, each).type)))
  if (types.size === 1) return stacked(rows)
  return unsupported(block.query.text, byte, 'an array of arrays of different types', 'cast it: ARRAY[…]::numeric[]')
}

function stacked(rows: readonly Expr[]): Expr {
  const made = call('array_stack', ...rows)
  return rows.every(each => each.kind === 'literal') ? evaluateConstant(made) : made
}

/** An element in the type that the array is cast to. */
function elementAs(expr: Expr, type: ScalarType, block: Block, byte: number | undefined): Expr {
  if (isUnknown(block, expr)) return coerce(block, expr, type, byte)
  return sameType(typeIn(block, expr).type, type) ? expr : cast(expr, type)
}

/** A constant of unknown type as what a column takes. */
export function constantAs(block: Block, expr: Expr, type: ColumnType, byte: number | undefined): Expr {
  const isText = type.kind === 'list' && expr.kind === 'literal' && typeof expr.value === 'string'
  if (isText) return arrayFromText(String(expr.value), type, block, byte)
  // A text is held to its column's length where it is assigned.
  return coerce(block, expr, type, byte, type.kind !== 'string')
}

/** `a[1]`, `a[1][2]`, `a[1:2][3]`: one for each dimension; with a slice among them all are slices, and a number is one from 1. */
export function subscripts(array: Expr, steps: readonly A_Indices[], block: Block, bind: Bind): Expr {
  const { type } = typeIn(block, array)
  const [{ uidx: first }] = steps as readonly [A_Indices]
  if (type.kind === 'json') return ofJson(array, steps, block, bind)
  if (type.kind !== 'list')
    return invalid(
      block.query.text,
      locationOf(first),
      `this is no array, but ${type.kind}`,
      'json is read with -> and ->>',
    )
  const at = (node: Node | undefined, otherwise: number): Expr =>
    node === undefined ? literal(otherwise, scalars.int) : coerce(block, bind(node, block), scalars.int)
  if (steps.some(each => each.is_slice === true)) {
    if (steps.length > depthOf(type)) return literal(listBytes(type, []), type)
    return steps.reduce((from, { is_slice, lidx, uidx }, i) => {
      const bounds = [is_slice === true ? at(lidx, 1) : at(undefined, 1), at(uidx, LAST)] as const
      if (i === 0) return call('array_slice', from, ...bounds)
      return call('array_slice_at', from, literal(i + 1, scalars.int), ...bounds)
    }, array)
  }
  // Of fewer or more subscripts than there are dimensions there is no element.
  if (steps.length !== depthOf(type)) return literal(null, leafOf(type) as ScalarType)
  return steps.reduce((from, { uidx }) => call('array_get', from, at(uidx, 1)), array)
}

/** Behind every array. */
const LAST = 2_147_483_647

const ofJson = (of: Expr, steps: readonly A_Indices[], block: Block, bind: Bind): Expr =>
  steps.reduce((from, { is_slice, uidx }) => {
    if (is_slice === true || uidx === undefined)
      return invalid(block.query.text, locationOf(uidx), 'json has no slices', "write j['key'] or j[0]")
    return jsonSubscript(from, bind(uidx, block), block)
  }, of)

/** `x op ANY (array)`, `x op ALL (array)`. */
export function anyAll({ kind, name, lexpr, rexpr, location }: A_Expr, block: Block, bind: Bind): Expr {
  const { text } = block.query
  const sign = textOf(name?.at(-1)) ?? ''
  const isAny = kind === 'AEXPR_OP_ANY'
  const left = bind(lexpr as Node, block)
  if (rexpr !== undefined && 'A_ArrayExpr' in rexpr && !isNested(rexpr.A_ArrayExpr)) {
    const tests = (rexpr.A_ArrayExpr.elements ?? []).map(each => {
      const [a, b] = adapt(block, [left, bind(each, block)], location) as [Expr, Expr]
      return binary(sign, a, b, () => true) ?? unsupported(text, location, `the operator ${sign}`, 'see docs/sql.md')
    })
    return tests.length === 0 ? literal(!isAny, scalars.boolean) : call(isAny ? 'or' : 'and', ...tests)
  }
  const list = flat(listOperand(left, bind(rexpr as Node, block), block, location), block)
  const element = (typeIn(block, list).type as ListType).element.type
  const value = coerce(block, left, element, location)
  const opposite = isAny ? sign : OPPOSITES[sign]
  const made = opposite === undefined ? undefined : someOf(opposite, value, list)
  if (made !== undefined) return isAny ? made : call('not', made)
  return unsupported(
    text,
    location,
    `${sign} ${isAny ? 'ANY' : 'ALL'} of an array that is no ARRAY[…]`,
    'write ARRAY[…], or a comparison',
  )
}

const OPPOSITES: Readonly<Record<string, string>> = { '=': '<>', '<>': '=', '<': '>=', '<=': '>', '>': '<=', '>=': '<' }

/** x op ANY (list): what is true of some element is true of the least or of the greatest. Undefined: no comparison. */
function someOf(sign: string, value: Expr, list: Expr): Expr | undefined {
  if (sign === '=') return membership(value, list, call('contains', list, value))
  const ends = {
    '<>': ['list_min', 'list_max'],
    '<': ['list_max'],
    '<=': ['list_max'],
    '>': ['list_min'],
    '>=': ['list_min'],
  }
  const fns = ends[sign as keyof typeof ends]
  const compare = { '<>': 'ne', '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge' }[sign]
  if (fns === undefined || compare === undefined) return undefined
  return membership(value, list, call('or', ...fns.map(each => call(compare, value, call(each, list)))))
}

/** An array of several dimensions as one of one. */
export function flat(list: Expr, block: Block): Expr {
  return depthOf(typeIn(block, list).type) > 1 ? call('array_flat', list) : list
}

function listOperand(left: Expr, right: Expr, block: Block, byte: number | undefined): Expr {
  const { type } = typeIn(block, right)
  if (type.kind === 'list') return right
  if (isUnknown(block, right) && right.kind === 'literal' && typeof right.value === 'string')
    return arrayFromText(right.value, listOf(typeIn(block, left).type as ScalarType, true), block, byte)
  return invalid(block.query.text, byte, 'ANY and ALL need an array on their right', 'write ARRAY[…]')
}

function membership(value: Expr, list: Expr, found: Expr): CaseExpr {
  const yes = literal(true, scalars.boolean)
  const isOpen = call('or', call('is_null', value), call('is_null', list), call('array_has_null', list))
  const isEmpty = call('eq', call('length', list), literal(0, scalars.int))
  return Object.freeze({
    kind: 'case',
    branches: Object.freeze([
      Object.freeze({ when: isEmpty, then: literal(false, scalars.boolean) }),
      Object.freeze({ when: found, then: yes }),
      Object.freeze({ when: isOpen, then: literal(null, scalars.boolean) }),
    ]),
    otherwise: literal(false, scalars.boolean),
  })
}

const nothing = literal(0, scalars.int)
const atLeastOne = (list: Expr): Expr => call('nullif', call('length', list), nothing)

/** Both lists, a null being none of them; an array with fewer dimensions is an element of the other. */
function both(a: Expr, b: Expr, block: Block): Expr {
  const [m, n] = [a, b].map(each => depthOf(typeIn(block, each).type)) as [number, number]
  const [left, right] = [m < n ? call('array_stack', a) : a, n < m ? call('array_stack', b) : b]
  return call('coalesce', call('join_text', left, right), left, right)
}

type Function = (args: readonly Expr[], block: Block) => Expr | undefined

const single = (value: Expr, block: Block, beside: Expr): Expr => {
  const type = typeIn(block, beside).type
  if (type.kind !== 'list') return call('list_of', value)
  return listExpr([coerce(block, value, type.element.type)], listOf(type.element.type, true))
}

const isArray = (expr: Expr | undefined, block: Block): expr is Expr =>
  expr !== undefined && typeIn(block, expr).type.kind === 'list'

/** The length of a dimension. */
const sizeOf = (list: Expr, dimension: Expr, block: Block): Expr =>
  isOne(dimension) && depthOf(typeIn(block, list).type) === 1
    ? atLeastOne(list)
    : call('array_size', list, coerce(block, dimension, scalars.int))

/** PostgreSQL's functions that are made of others. */
const FUNCTIONS: Readonly<Record<string, Function>> = {
  array_length: ([list, at, more], block) =>
    isArray(list, block) && at && !more ? sizeOf(list, at, block) : undefined,
  array_upper: ([list, at, more], block) => (isArray(list, block) && at && !more ? sizeOf(list, at, block) : undefined),
  array_lower: ([list, at, more], block) =>
    isArray(list, block) && at && !more ? call('sign', sizeOf(list, at, block)) : undefined,
  array_ndims: ([list, more], block) => {
    if (!isArray(list, block) || more !== undefined) return undefined
    const depth = depthOf(typeIn(block, list).type)
    const isSome = call('sign', depth === 1 ? atLeastOne(list) : call('array_size', list, literal(1, scalars.int)))
    return depth === 1 ? isSome : call('mul', isSome, literal(depth, scalars.int))
  },
  cardinality: ([list, more], block) => (isArray(list, block) && !more ? call('length', flat(list, block)) : undefined),
  array_to_string: ([list, ...marks], block) =>
    isArray(list, block) && marks.length > 0 && marks.length < 3
      ? call('array_text', flat(list, block), ...marks.map(each => coerce(block, each, scalars.string)))
      : undefined,
  array_append: ([list, value], block) =>
    isArray(list, block) && value ? both(list, single(value, block, list), block) : undefined,
  array_prepend: ([value, list], block) =>
    isArray(list, block) && value ? both(single(value, block, list), list, block) : undefined,
  array_cat: ([a, b], block) => {
    if (isArray(a, block)) return isArray(b, block) ? both(a, b, block) : isAbsent(b) ? a : undefined
    return isAbsent(a) && isArray(b, block) ? b : undefined
  },
  array_fill: (args, block) => filled(args, block),
  array_sort: ([list], block) => (isArray(list, block) ? call('list_sort', list) : undefined),
  array_reverse: ([list], block) => (isArray(list, block) ? call('reverse', list) : undefined),
}

/** array_fill(value, ARRAY[2, 3]): rows of rows, all of one value. */
function filled([value, sizes, bounds, more]: readonly Expr[], block: Block): Expr | undefined {
  if (value === undefined || sizes === undefined || more !== undefined) return undefined
  if (bounds !== undefined)
    return unsupported(block.query.text, undefined, 'array_fill with bounds', 'leave them out: arrays begin at 1')
  const type = listOf(scalars.int, true)
  const of = constantAs(block, sizes, type, undefined)
  if (of.kind !== 'literal' || of.value === null || depthOf(typeIn(block, of).type) !== 1)
    return unsupported(block.query.text, undefined, 'sizes of array_fill that are no constant', 'write ARRAY[2, 3]')
  const counts = elementsOf(type, of.value as Uint8Array).map(each => cellOf(scalars.int, each))
  if (counts.length === 0) return literal(listBytes(type, []), listOf(typeIn(block, value).type, true))
  const one = listExpr([value], listOf(typeIn(block, value).type, true))
  return counts.reduceRight<Expr>(
    (from, count, i) =>
      call(
        'array_repeat',
        i === counts.length - 1 ? from : call('array_stack', from),
        literal(count as bigint, scalars.int),
      ),
    one,
  )
}

const isAbsent = (expr: Expr | undefined): boolean => expr?.kind === 'literal' && expr.value === null

const isOne = (expr: Expr | undefined): boolean => expr?.kind === 'literal' && Number(expr.value) === 1

export const isArrayFunction = (name: string): boolean => Object.hasOwn(FUNCTIONS, name)

export function arrayFunction(name: string, args: readonly Expr[], block: Block, byte: number | undefined): Expr {
  const made = FUNCTIONS[name]?.(args, block)
  return (
    made ?? invalid(block.query.text, byte, `${name} does not take these arguments`, 'pass an array (of one dimension)')
  )
}

const OPERATORS: Readonly<Record<string, string>> = { '@>': 'array_includes', '&&': 'array_overlaps' }

/** Operators of arrays; undefined: neither side is one. */
export function arrayOperator(
  sign: string,
  a: Expr,
  b: Expr,
  block: Block,
  byte: number | undefined,
): Expr | undefined {
  const [left, right] = [isArray(a, block), isArray(b, block)]
  if (!left && !right) return undefined
  if (sign === '||') {
    if (left && right) return both(a, b, block)
    if (isUnknown(block, left ? b : a)) {
      const [list, other] = left ? [a, b] : [b, a]
      const made =
        other.kind === 'literal' && typeof other.value === 'string'
          ? arrayFromText(other.value, typeIn(block, list).type as ListType, block, byte)
          : list
      return left ? both(a, made, block) : both(made, b, block)
    }
    return left ? both(a, single(b, block, a), block) : both(single(a, block, b), b, block)
  }
  const [x, y] = [a, b].map((each, i) => {
    if (!isUnknown(block, each) || each.kind !== 'literal' || typeof each.value !== 'string') return each
    return arrayFromText(each.value, typeIn(block, i === 0 ? b : a).type as ListType, block, byte)
  }) as [Expr, Expr]
  if (sign === '<@') return call('array_includes', flat(y, block), flat(x, block))
  const fn = OPERATORS[sign]
  if (fn !== undefined) return call(fn, flat(x, block), flat(y, block))
  return binary(sign, x, y, () => true)
}
