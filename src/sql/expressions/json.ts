// Json: PostgreSQL's operators and functions for it, which are those of the registry with other names and shapes. json and
// jsonb are one type.
import { call, cast, type Expr, literal } from '../../expr/index.ts'
import { listOf, type ScalarType, scalars } from '../../types/index.ts'
import { type Block, typeIn } from '../block.ts'
import { invalid, unsupported } from '../refuse.ts'
import { constantAs } from './arrays.ts'
import { coerce, isUnknown } from './coerce.ts'
import { asJson, document, type Marks, member, OF_JSONB, OF_PAIRS, separated, textOf, word } from './json-made.ts'
import { atPath } from './json-path.ts'
import { fieldsOf } from './record.ts'

const isJson = (expr: Expr, block: Block): boolean =>
  !isUnknown(block, expr) && typeIn(block, expr).type.kind === 'json'

const isList = (expr: Expr, block: Block): boolean => typeIn(block, expr).type.kind === 'list'

const json = (expr: Expr, block: Block): Expr => coerce(block, expr, scalars.json)
const text = (expr: Expr, block: Block): Expr => coerce(block, expr, scalars.string)

/** A path, given as a text or as an array. */
const path = (expr: Expr, block: Block): Expr => (isList(expr, block) ? call('array_out', expr) : text(expr, block))

/** An array of texts. */
const texts = (expr: Expr, block: Block): Expr => constantAs(block, expr, listOf(scalars.string, true), undefined)

type Operator = (left: Expr, right: Expr, block: Block) => Expr | undefined

/** A path of which it is not told that it can not be followed. */
const silently = (fn: string, of: Expr, at: Expr, block: Block): Expr =>
  call(fn, of, text(at, block), literal('{}', scalars.json), literal(true, scalars.boolean))

/** Operators of a document and something else. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  '-': (left, right, block) =>
    call(isList(right, block) ? 'json_delete_keys' : 'json_delete', left, text(right, block)),
  '#-': (left, right, block) => call('json_delete_path', left, path(right, block)),
  '#>': (left, right, block) => call('json_path', left, path(right, block)),
  '#>>': (left, right, block) => call('json_path_text', left, path(right, block)),
  '?': (left, right, block) => call('json_has', left, text(right, block)),
  '@?': (left, right, block) => silently('json_path_exists', left, right, block),
  '@@': (left, right, block) => silently('json_path_match', left, right, block),
  '?|': (left, right, block) => call('json_has_any', left, texts(right, block)),
  '?&': (left, right, block) => call('json_has_all', left, texts(right, block)),
}

/** Operators of two documents. */
const OF_TWO: Readonly<Record<string, Operator>> = {
  '@>': (left, right) => call('json_contains', left, right),
  '<@': (left, right) => call('json_contains', right, left),
  '||': (left, right) => call('json_concat', left, right),
  '=': (left, right) => call('json_same', left, right),
  '<>': (left, right) => call('not', call('json_same', left, right)),
}

/** Operators of json; undefined: it is none of them. */
export function jsonOperator(sign: string, left: Expr, right: Expr, block: Block): Expr | undefined {
  const [mine, theirs] = [isJson(left, block), isJson(right, block)]
  if (!mine && !theirs) return undefined
  const both = (mine || isUnknown(block, left)) && (theirs || isUnknown(block, right))
  const ofTwo = Object.hasOwn(OF_TWO, sign) && both ? OF_TWO[sign] : undefined
  if (ofTwo !== undefined) return ofTwo(json(left, block), json(right, block), block)
  return mine && Object.hasOwn(OPERATORS, sign) ? OPERATORS[sign]?.(left, right, block) : undefined
}

/** A number or a truth value out of a document, as another type. */
export function fromJson(value: Expr, to: ScalarType): Expr | undefined {
  if (to.kind === 'boolean') return call('json_boolean', value)
  const isNumber = ['int', 'bigint', 'float', 'double', 'decimal'].includes(to.kind)
  return isNumber ? cast(call('json_number', value), to) : undefined
}

type Made = (args: readonly Expr[], block: Block, marks: Marks) => Expr | undefined

/** Functions by their names behind json_ and jsonb_. */
const FUNCTIONS: Readonly<Record<string, Made>> = {
  typeof: ([of, more], block) => (of && !more ? call('json_type', json(of, block)) : undefined),
  array_length: ([of, more], block) => (of && !more ? call('json_array_length', json(of, block)) : undefined),
  extract_path: ([of, ...steps], block) => extracted(of, steps, 'json_path', block),
  extract_path_text: ([of, ...steps], block) => extracted(of, steps, 'json_path_text', block),
  build_array: (args, block, marks) =>
    document([word('['), ...separated(args.map(each => textOf(each, block, marks))), word(']')]),
  build_object(args, block, marks) {
    if (args.length % 2 === 1) return undefined
    const members = args.flatMap((each, i) => (i % 2 === 0 ? [member(each, args[i + 1] as Expr, block, marks)] : []))
    return document([word('{'), ...separated(members), word('}')])
  },
  path_exists: (args, block) => pathCall('json_path_exists', args, block),
  path_match: (args, block) => pathCall('json_path_match', args, block),
  path_query_array: (args, block) => {
    const items = pathCall('json_path_items', args, block)
    return items && call('to_json', items)
  },
  path_query_first: (args, block) => {
    const items = pathCall('json_path_items', args, block)
    return items && call('array_get', items, literal(1, scalars.int))
  },
  set: (args, block) => changed('json_set', args, block),
  insert: (args, block) => changed('json_insert', args, block),
  object: ([keys, values, more], block) => {
    if (keys === undefined || more !== undefined) return undefined
    return call('json_pairs', ...[keys, ...(values === undefined ? [] : [values])].map(each => texts(each, block)))
  },
  exists: ([of, key, more], block) =>
    of && key && !more ? call('json_has', json(of, block), text(key, block)) : undefined,
  exists_any: ([of, keys, more], block) =>
    of && keys && !more ? call('json_has_any', json(of, block), texts(keys, block)) : undefined,
  exists_all: ([of, keys, more], block) =>
    of && keys && !more ? call('json_has_all', json(of, block), texts(keys, block)) : undefined,
  strip_nulls: ([of, more], block) => (of && !more ? call('json_strip_nulls', json(of, block)) : undefined),
  pretty: ([of, more], block) => (of && !more ? call('json_pretty', json(of, block)) : undefined),
  contained: ([a, b, more], block) =>
    a && b && !more ? call('json_contains', json(b, block), json(a, block)) : undefined,
  delete_path: ([of, at, more], block) =>
    of && at && !more ? call('json_delete_path', json(of, block), path(at, block)) : undefined,
}

/** A path in a document; with the values of its variables, and whether it is told that it can not be followed. */
export function pathCall(fn: string, args: readonly Expr[], block: Block): Expr | undefined {
  const [of, at, variables, silent, more] = args
  if (of === undefined || at === undefined || more !== undefined) return undefined
  const rest = [...(variables === undefined ? [] : [json(variables, block)]), ...(silent === undefined ? [] : [silent])]
  return call(fn, json(of, block), text(at, block), ...rest)
}

/** A document with another part at a path. */
function changed(fn: string, [of, at, piece, flag, more]: readonly Expr[], block: Block): Expr | undefined {
  if (of === undefined || at === undefined || piece === undefined || more !== undefined) return undefined
  return call(fn, json(of, block), path(at, block), json(piece, block), ...(flag === undefined ? [] : [flag]))
}

/** Several steps, or one array of them (VARIADIC). */
function extracted(of: Expr | undefined, steps: readonly Expr[], last: string, block: Block): Expr | undefined {
  const [first, second] = steps
  if (of === undefined || first === undefined) return undefined
  if (second === undefined && isList(first, block)) return call(last, json(of, block), path(first, block))
  return atPath(json(of, block), steps, last, block)
}

const own = (name: string): string => name.replace(/^\??jsonb?_/, '')

export const isJsonFunction = (name: string): boolean => /^jsonb?_/.test(name) && Object.hasOwn(FUNCTIONS, own(name))

export function jsonFunction(name: string, args: readonly Expr[], block: Block, byte: number | undefined): Expr {
  const made = FUNCTIONS[own(name)]?.(args, block, name.startsWith('jsonb') ? OF_JSONB : OF_PAIRS)
  return made ?? invalid(block.query.text, byte, `${name} does not take these arguments`, 'docs/functions.md has json')
}

/** Functions of values that json is made by, under all their names. */
const MAKING: ReadonlySet<string> = new Set(['to_json', 'to_jsonb', 'row_to_json', 'array_to_json'])

export const makesJson = (name: string): boolean => MAKING.has(name)

export function jsonMade(name: string, args: readonly Expr[], block: Block, byte: number | undefined): Expr {
  const [of, pretty, more] = args
  const isPlain = pretty === undefined || (pretty.kind === 'literal' && pretty.value === false)
  if (of === undefined || more !== undefined || (pretty !== undefined && name.startsWith('to_')))
    return invalid(block.query.text, byte, `${name} does not take these arguments`, `write ${name}(value)`)
  if (!isPlain) return unsupported(block.query.text, byte, `${name} in several lines`, 'leave true out')
  if (name === 'row_to_json' && fieldsOf(of, block) === undefined)
    return invalid(block.query.text, byte, 'row_to_json takes a row', 'name a table, or write ROW(…)')
  if (name === 'array_to_json' && !isList(of, block))
    return invalid(block.query.text, byte, 'array_to_json takes an array', 'use to_json')
  return name === 'to_jsonb' ? asJson(of, block, OF_JSONB) : asJson(of, block)
}

/** Functions in FROM: a row for each part of a document; their columns are called so (undefined: as the function). */
const PARTS: Readonly<Record<string, readonly [fn: string, column: string | undefined]>> = {
  array_elements: ['json_elements', 'value'],
  array_elements_text: ['json_elements_text', 'value'],
  object_keys: ['json_keys', undefined],
  each_key: ['json_keys', 'key'],
  each_value: ['json_values', 'value'],
  each_value_text: ['json_values_text', 'value'],
}

/** json_each(_text) is a list of keys beside one of values, under names that no one else gives. */
export function eachParts(name: string): readonly string[] | undefined {
  const found = /^jsonb?_each(_text)?$/.exec(name)
  return found === null ? undefined : ['?json_each_key', `?json_each_value${found[1] ?? ''}`]
}

export const isJsonRows = (name: string): boolean =>
  (/^jsonb?_/.test(name) && Object.hasOwn(PARTS, own(name)) && !name.includes('_each_')) || name.startsWith('?json_')

/** The list whose elements are the rows. */
export function jsonRows(name: string, args: readonly Expr[], block: Block, byte: number | undefined): Expr {
  const [of, more] = args
  const fn = PARTS[own(name)]?.[0]
  if (of === undefined || more !== undefined || fn === undefined)
    return invalid(block.query.text, byte, `${name} takes one document`, `write ${name}(column)`)
  return call(fn, json(of, block))
}

export const jsonColumn = (name: string): string | undefined => (isJsonRows(name) ? PARTS[own(name)]?.[1] : undefined)
