// Json: PostgreSQL's operators and functions for it, which are those of the registry with other names and shapes. json and
// jsonb are one type.
import { call, cast, type Expr, literal } from '../../expr/index.ts'
import { scalars } from '../../types/index.ts'
import { type Block, typeIn } from '../block.ts'
import type { Node } from '../parser.ts'
import { invalid, unsupported } from '../refuse.ts'
import type { Bind } from './bind.ts'
import { coerce, isUnknown } from './coerce.ts'

const word = (text: string): Expr => literal(text, scalars.string)
const isJson = (expr: Expr, block: Block): boolean =>
  !isUnknown(block, expr) && typeIn(block, expr).type.kind === 'json'

/** Operators of json; undefined: it is none of them. */
export function jsonOperator(
  sign: string,
  [left, right]: readonly [Expr, Expr],
  rightNode: Node,
  block: Block,
  bind: Bind,
): Expr | undefined {
  if (!isJson(left, block) && !(isJson(right, block) && ['@>', '<@', '||'].includes(sign))) return undefined
  const json = (expr: Expr): Expr => coerce(block, expr, scalars.json)
  const text = (expr: Expr): Expr => coerce(block, expr, scalars.string)
  switch (sign) {
    case '@>':
      return call('json_contains', json(left), json(right))
    case '<@':
      return call('json_contains', json(right), json(left))
    case '||':
      return isJson(right, block) || isUnknown(block, right) ? call('json_concat', json(left), json(right)) : undefined
    case '-':
      return call('json_delete', left, text(right))
    case '?':
      return call('json_has', left, text(right))
    case '?|':
    case '?&':
      return call(
        sign === '?|' ? 'or' : 'and',
        ...keysIn(rightNode, block, bind).map(each => call('json_has', left, each)),
      )
    default:
      return undefined
  }
}

/** The keys of `?|` and `?&`: those that stand in ARRAY[…]. */
function keysIn(node: Node, block: Block, bind: Bind): readonly Expr[] {
  const keys = 'A_ArrayExpr' in node ? (node.A_ArrayExpr.elements ?? []) : []
  if (keys.length === 0)
    return unsupported(block.query.text, undefined, 'keys that are no ARRAY[…]', "write ?| ARRAY['a', 'b']")
  return keys.map(each => coerce(block, bind(each, block), scalars.string))
}

type Made = (args: readonly Expr[], block: Block) => Expr | undefined

/** Functions by their names behind json_ and jsonb_. */
const FUNCTIONS: Readonly<Record<string, Made>> = {
  typeof: ([of, more], block) => (of && !more ? call('json_type', document(of, block)) : undefined),
  array_length: ([of, more], block) => (of && !more ? call('json_array_length', document(of, block)) : undefined),
  extract_path: ([of, ...path], block) => of && atPath(document(of, block), path, 'json_path', block),
  extract_path_text: ([of, ...path], block) => of && atPath(document(of, block), path, 'json_path_text', block),
  build_array: (args, block) => glued(['[', ...separated(args.map(each => textOf(each, block))), ']']),
  build_object(args, block) {
    if (args.length % 2 === 1) return undefined
    const parts = args.map((each, i) => (i % 2 === 0 ? keyOf(each, block) : textOf(each, block)))
    const members = parts.flatMap((each, i) => (i % 2 === 1 ? [glue([parts[i - 1] as Expr, word(': '), each])] : []))
    return glued(['{', ...separated(members), '}'])
  },
  set: ([of, path, piece, add, more], block) =>
    of && path && piece && !more
      ? call(
          'json_set',
          document(of, block),
          coerce(block, path, scalars.string),
          document(piece, block),
          ...(add === undefined ? [] : [add]),
        )
      : undefined,
}

const document = (expr: Expr, block: Block): Expr => coerce(block, expr, scalars.json)

function atPath(of: Expr, path: readonly Expr[], last: string, block: Block): Expr | undefined {
  if (path.length === 0) return undefined
  return path.reduce<Expr>((from, each, i) => {
    const step = glue([word('{'), coerce(block, each, scalars.string), word('}')])
    const key = each.kind === 'literal' && typeof each.value === 'string' ? word(`{"${each.value}"}`) : step
    return call(i === path.length - 1 ? last : 'json_path', from, key)
  }, of)
}

/** A value as json text; a null is json's null. */
export function textOf(expr: Expr, block: Block): Expr {
  if (expr.kind === 'literal' && expr.value === null) return word('null')
  const value = coerce(block, expr, scalars.string)
  return call('coalesce', cast(call('to_json', jsonable(value, block)), scalars.string), word('null'))
}

/** Times and the like are texts in json. */
function jsonable(expr: Expr, block: Block): Expr {
  const { kind } = typeIn(block, expr).type
  return ['date', 'time', 'uuid', 'interval'].includes(kind) ? cast(expr, scalars.string) : expr
}

export const keyOf = (expr: Expr, block: Block): Expr => {
  const key = coerce(block, expr, scalars.string)
  const text = typeIn(block, key).type.kind === 'string' ? key : cast(key, scalars.string)
  return cast(call('to_json', text), scalars.string)
}

const separated = (parts: readonly Expr[]): readonly Expr[] =>
  parts.flatMap((each, i) => (i === 0 ? [each] : [word(', '), each]))

const glue = (parts: readonly Expr[]): Expr => parts.reduce((a, b) => call('join_text', a, b))
const glued = (parts: readonly (Expr | string)[]): Expr =>
  cast(glue(parts.map(each => (typeof each === 'string' ? word(each) : each))), scalars.json)

const own = (name: string): string => name.replace(/^jsonb?_/, '')

export const isJsonFunction = (name: string): boolean => /^jsonb?_/.test(name) && Object.hasOwn(FUNCTIONS, own(name))

export function jsonFunction(name: string, args: readonly Expr[], block: Block, byte: number | undefined): Expr {
  const made = FUNCTIONS[own(name)]?.(args, block)
  return made ?? invalid(block.query.text, byte, `${name} does not take these arguments`, 'docs/functions.md has json')
}

/** Functions in FROM: a row for each part of a document; their column is called so (undefined: as the function). */
const PARTS: Readonly<Record<string, readonly [fn: string, column: string | undefined]>> = {
  array_elements: ['json_elements', 'value'],
  array_elements_text: ['json_elements_text', 'value'],
  object_keys: ['json_keys', undefined],
}

export const isJsonRows = (name: string): boolean => /^jsonb?_/.test(name) && Object.hasOwn(PARTS, own(name))

/** The list whose elements are the rows. */
export function jsonRows(name: string, args: readonly Expr[], block: Block, byte: number | undefined): Expr {
  const [of, more] = args
  const fn = PARTS[own(name)]?.[0]
  if (of === undefined || more !== undefined || fn === undefined)
    return invalid(block.query.text, byte, `${name} takes one document`, `write ${name}(column)`)
  return call(fn, document(of, block))
}

export const jsonColumn = (name: string): string | undefined => (isJsonRows(name) ? PARTS[own(name)]?.[1] : undefined)
