// Arrays: ARRAY[…], '{…}', subscripts and slices, = ANY (…), and PostgreSQL's functions for them. An array is a list of one
// dimension whose numbers begin at 1.

import { listBytes } from '../../data/index.ts'
import { type CaseExpr, call, cast, type Expr, evaluateConstant, literal } from '../../expr/index.ts'
import { type ColumnType, type ListType, listOf, type ScalarType, sameType, scalars } from '../../types/index.ts'
import { type Block, typeIn } from '../block.ts'
import type { A_ArrayExpr, A_Expr, A_Indices, Node } from '../parser.ts'
import { invalid, unsupported } from '../refuse.ts'
import { locationOf, textOf } from '../tree.ts'
import type { Bind } from './bind.ts'
import { adapt, coerce, isUnknown } from './coerce.ts'
import { alike } from './forms.ts'
import { jsonSubscript } from './json-path.ts'
import { binary } from './operators.ts'
import { plain } from './record.ts'

/** ARRAY[a, b]: the elements in one type, nulls among them. */
export function arrayOf({ elements = [], location }: A_ArrayExpr, block: Block, bind: Bind, wanted?: ListType): Expr {
  const { text } = block.query
  const bound = elements.map(each => plain(bind(each, block), block))
  const own = wanted?.element.type as ScalarType | undefined
  const values = alike(
    block,
    own === undefined ? bound : bound.map(each => elementAs(each, own, block, location)),
    location,
  )
  const [first] = values
  if (first === undefined && own === undefined)
    return invalid(text, location, 'the type of an empty array is not known', 'write ARRAY[]::int[]')
  const element = own ?? (typeIn(block, first as Expr).type as ScalarType)
  if (element.kind === 'list') return unsupported(text, location, 'an array of arrays', 'use one dimension, or json')
  return listExpr(values, listOf(element, true))
}

/** An element in the type that the array is cast to. */
function elementAs(expr: Expr, type: ScalarType, block: Block, byte: number | undefined): Expr {
  if (isUnknown(block, expr)) return coerce(block, expr, type, byte)
  return sameType(typeIn(block, expr).type, type) ? expr : cast(expr, type)
}

/** Values as one list: a null is an element too. */
export function listExpr(values: readonly Expr[], type: ListType): Expr {
  const none = literal(listBytes(type, [null]), type)
  const parts = values.map(each => {
    if (each.kind === 'literal' && each.value === null) return none
    return call('coalesce', call('list_of', each), none)
  })
  if (parts.length === 0) return literal(listBytes(type, []), type)
  const made = parts.reduce((a, b) => call('join_text', a, b))
  return values.every(each => each.kind === 'literal') ? evaluateConstant(made) : made
}

/** '{1,2,NULL}' as an array of a type. */
export function arrayFromText(source: string, type: ListType, block: Block, byte: number | undefined): Expr {
  const inner = /^\s*\{(.*)\}\s*$/s.exec(source)?.[1]
  const bad = (): never =>
    invalid(block.query.text, byte, `malformed array literal: "${source}"`, "write '{1,2}' or ARRAY[1, 2]")
  if (inner === undefined || /^\s*\{/.test(inner)) return bad()
  const words = inner.trim() === '' ? [] : (inner.match(/\s*(?:"(?:[^"\\]|\\.)*"|[^,"{}]*)\s*(?:,|$)/gs) ?? [])
  const given =
    inner.trim() === ''
      ? []
      : words.slice(0, inner.endsWith(',') ? undefined : words.findIndex(each => !each.endsWith(',')) + 1)
  if (given.join('').length !== (inner.trim() === '' ? 0 : inner.length)) return bad()
  const values = given.map(each => {
    const word = each.replace(/,$/, '').trim()
    if (word === '') return bad()
    if (/^null$/i.test(word)) return literal(null, type.element.type as ScalarType)
    const plain = word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/gs, '$1') : word
    const made = literal(plain, scalars.string)
    block.query.unknowns.add(made)
    return coerce(block, made, type.element.type, byte)
  })
  return listExpr(values, type)
}

/** A constant of unknown type as what a column takes. */
export function constantAs(block: Block, expr: Expr, type: ColumnType, byte: number | undefined): Expr {
  const isText = type.kind === 'list' && expr.kind === 'literal' && typeof expr.value === 'string'
  if (isText) return arrayFromText(String(expr.value), type, block, byte)
  // A text is held to its column's length where it is assigned.
  return coerce(block, expr, type, byte, type.kind !== 'string')
}

/** `a[1]` and `a[1:2]`. */
export function subscript(array: Expr, { is_slice, lidx, uidx }: A_Indices, block: Block, bind: Bind): Expr {
  const { type } = typeIn(block, array)
  if (type.kind === 'json' && is_slice !== true && uidx !== undefined)
    return jsonSubscript(array, bind(uidx, block), block)
  if (type.kind !== 'list')
    return invalid(
      block.query.text,
      locationOf(uidx),
      `this is no array, but ${type.kind}`,
      'json is read with -> and ->>',
    )
  const at = (node: Node | undefined, otherwise: Expr): Expr =>
    node === undefined ? otherwise : coerce(block, bind(node, block), scalars.int)
  const one = literal(1, scalars.int)
  if (is_slice !== true) return call('array_get', array, at(uidx, one))
  return call('array_slice', array, at(lidx, one), at(uidx, call('length', array)))
}

/** `x op ANY (array)`, `x op ALL (array)`. */
export function anyAll({ kind, name, lexpr, rexpr, location }: A_Expr, block: Block, bind: Bind): Expr {
  const { text } = block.query
  const sign = textOf(name?.at(-1)) ?? ''
  const isAny = kind === 'AEXPR_OP_ANY'
  const left = bind(lexpr as Node, block)
  if (rexpr !== undefined && 'A_ArrayExpr' in rexpr) {
    const tests = (rexpr.A_ArrayExpr.elements ?? []).map(each => {
      const [a, b] = adapt(block, [left, bind(each, block)], location) as [Expr, Expr]
      return binary(sign, a, b, () => true) ?? unsupported(text, location, `the operator ${sign}`, 'see docs/sql.md')
    })
    return tests.length === 0 ? literal(!isAny, scalars.boolean) : call(isAny ? 'or' : 'and', ...tests)
  }
  const list = listOperand(left, bind(rexpr as Node, block), block, location)
  const element = (typeIn(block, list).type as ListType).element.type
  const value = coerce(block, left, element, location)
  if (sign === '=' && isAny) return membership(value, list)
  if (sign === '<>' && !isAny) return call('not', membership(value, list))
  return unsupported(
    text,
    location,
    `${sign} ${isAny ? 'ANY' : 'ALL'} of an array that is no ARRAY[…]`,
    'write ARRAY[…], or use = ANY or <> ALL',
  )
}

function listOperand(left: Expr, right: Expr, block: Block, byte: number | undefined): Expr {
  const { type } = typeIn(block, right)
  if (type.kind === 'list') return right
  if (isUnknown(block, right) && right.kind === 'literal' && typeof right.value === 'string')
    return arrayFromText(right.value, listOf(typeIn(block, left).type as ScalarType, true), block, byte)
  return invalid(block.query.text, byte, 'ANY and ALL need an array on their right', 'write ARRAY[…]')
}

function membership(value: Expr, list: Expr): CaseExpr {
  const yes = literal(true, scalars.boolean)
  const isOpen = call('or', call('is_null', value), call('is_null', list), call('array_has_null', list))
  const isEmpty = call('eq', call('length', list), literal(0, scalars.int))
  return Object.freeze({
    kind: 'case',
    branches: Object.freeze([
      Object.freeze({ when: isEmpty, then: literal(false, scalars.boolean) }),
      Object.freeze({ when: call('contains', list, value), then: yes }),
      Object.freeze({ when: isOpen, then: literal(null, scalars.boolean) }),
    ]),
    otherwise: literal(false, scalars.boolean),
  })
}

const nothing = literal(0, scalars.int)
const atLeastOne = (list: Expr): Expr => call('nullif', call('length', list), nothing)

/** Both lists, a null being none of them. */
const both = (a: Expr, b: Expr): Expr => call('coalesce', call('join_text', a, b), a, b)

type Function = (args: readonly Expr[], block: Block) => Expr | undefined

const single = (value: Expr, block: Block, beside: Expr): Expr => {
  const type = typeIn(block, beside).type
  if (type.kind !== 'list') return call('list_of', value)
  return listExpr([coerce(block, value, type.element.type)], listOf(type.element.type, true))
}

const isArray = (expr: Expr | undefined, block: Block): expr is Expr =>
  expr !== undefined && typeIn(block, expr).type.kind === 'list'

/** PostgreSQL's functions that are made of others. */
const FUNCTIONS: Readonly<Record<string, Function>> = {
  array_length: ([list, dimension], block) => (isArray(list, block) && isOne(dimension) ? atLeastOne(list) : undefined),
  array_upper: ([list, dimension], block) => (isArray(list, block) && isOne(dimension) ? atLeastOne(list) : undefined),
  array_lower: ([list, dimension], block) =>
    isArray(list, block) && isOne(dimension) ? call('sign', atLeastOne(list)) : undefined,
  array_ndims: ([list], block) => (isArray(list, block) ? call('sign', atLeastOne(list)) : undefined),
  cardinality: ([list], block) => (isArray(list, block) ? call('length', list) : undefined),
  array_append: ([list, value], block) =>
    isArray(list, block) && value ? both(list, single(value, block, list)) : undefined,
  array_prepend: ([value, list], block) =>
    isArray(list, block) && value ? both(single(value, block, list), list) : undefined,
  array_cat: ([a, b], block) => {
    if (isArray(a, block)) return isArray(b, block) ? both(a, b) : isAbsent(b) ? a : undefined
    return isAbsent(a) && isArray(b, block) ? b : undefined
  },
  trim_array: ([list, count], block) =>
    isArray(list, block) && count
      ? call('array_slice', list, literal(1, scalars.int), call('sub', call('length', list), count))
      : undefined,
  array_sort: ([list], block) => (isArray(list, block) ? call('list_sort', list) : undefined),
  array_reverse: ([list], block) => (isArray(list, block) ? call('reverse', list) : undefined),
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
    if (left && right) return both(a, b)
    if (isUnknown(block, left ? b : a)) {
      const [list, other] = left ? [a, b] : [b, a]
      const made =
        other.kind === 'literal' && typeof other.value === 'string'
          ? arrayFromText(other.value, typeIn(block, list).type as ListType, block, byte)
          : list
      return left ? both(a, made) : both(made, b)
    }
    return left ? both(a, single(b, block, a)) : both(single(a, block, b), b)
  }
  const [x, y] = [a, b].map((each, i) => {
    if (!isUnknown(block, each) || each.kind !== 'literal' || typeof each.value !== 'string') return each
    return arrayFromText(each.value, typeIn(block, i === 0 ? b : a).type as ListType, block, byte)
  }) as [Expr, Expr]
  if (sign === '<@') return call('array_includes', y, x)
  const fn = OPERATORS[sign]
  if (fn !== undefined) return call(fn, x, y)
  return binary(sign, x, y, () => true)
}
