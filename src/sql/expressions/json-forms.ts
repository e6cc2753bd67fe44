// What SQL:2016 says of json in words of its own: JSON_OBJECT(k: v), JSON_ARRAY(a, b), their aggregates, IS JSON, JSON(text),
// JSON_SCALAR and JSON_SERIALIZE. Each is one of PostgreSQL's functions with other ways of saying what becomes of nulls.
import { call, cast, type Expr } from '../../expr/index.ts'
import { scalars } from '../../types/index.ts'
import { type Block, typeIn } from '../block.ts'
import { textNode } from '../made-tree.ts'
import type {
  JsonAggConstructor,
  JsonArrayAgg,
  JsonArrayConstructor,
  JsonIsPredicate,
  JsonKeyValue,
  JsonObjectAgg,
  JsonObjectConstructor,
  JsonOutput,
  JsonValueExpr,
  Node,
} from '../parser.ts'
import { invalid, unsupported } from '../refuse.ts'
import { typeNamed } from '../types.ts'
import type { Bind } from './bind.ts'
import { coerce } from './coerce.ts'
import { member, OF_PAIRS, separated, textOf, word } from './json-made.ts'

/** The form that a node is, or undefined. */
export function jsonForm(node: Node, block: Block, bind: Bind): Expr | undefined {
  if ('JsonObjectConstructor' in node) return objectOf(node.JsonObjectConstructor, block, bind)
  if ('JsonArrayConstructor' in node) return arrayOf(node.JsonArrayConstructor, block, bind)
  if ('JsonObjectAgg' in node) return objectAgg(node.JsonObjectAgg, block, bind)
  if ('JsonArrayAgg' in node) return arrayAgg(node.JsonArrayAgg, block, bind)
  if ('JsonIsPredicate' in node) return isJson(node.JsonIsPredicate, block, bind)
  if ('JsonScalarExpr' in node) {
    const { expr, output } = node.JsonScalarExpr
    return as(call('nullif', textOf(bind(expr as Node, block), block), word('null')), output, block)
  }
  if ('JsonSerializeExpr' in node)
    return as(
      cast(jsonValue(node.JsonSerializeExpr.expr, block, bind), scalars.string),
      node.JsonSerializeExpr.output ?? TEXT,
      block,
    )
  if (!('JsonParseExpr' in node)) return undefined
  const { expr, unique_keys, location } = node.JsonParseExpr
  refuseUnique(unique_keys, block, location)
  const value = coerce(block, jsonValue(expr, block, bind), scalars.json)
  return typeIn(block, value).type.kind === 'json' ? value : cast(value, scalars.json)
}

const TEXT: JsonOutput = { typeName: { names: [textNode('text')] } }

function refuseUnique(unique: boolean | undefined, block: Block, byte: number | undefined): void {
  if (unique === true)
    unsupported(block.query.text, byte, 'WITH UNIQUE KEYS', 'leave it out: of equal keys the last counts')
}

/** RETURNING json or text; a text stays one. */
function as(text: Expr, output: JsonOutput | undefined, block: Block): Expr {
  const name = output?.typeName
  if (name === undefined) return cast(text, scalars.json)
  const { kind } = typeNamed(name, block.query.text)
  if (kind === 'string') return cast(cast(text, scalars.json), scalars.string)
  if (kind === 'json') return cast(text, scalars.json)
  return unsupported(block.query.text, name.location, `RETURNING ${kind}`, 'write RETURNING json, or text')
}

/** A value; with FORMAT JSON it is the text of one. */
function jsonValue(node: JsonValueExpr | undefined, block: Block, bind: Bind): Expr {
  const value = bind(node?.raw_expr as Node, block)
  if (node?.format?.format_type !== 'JS_FORMAT_JSON') return value
  const made = coerce(block, value, scalars.json)
  return typeIn(block, made).type.kind === 'json' ? made : cast(made, scalars.json)
}

const keysAndValues = (nodes: readonly Node[]): readonly JsonKeyValue[] =>
  nodes.flatMap(each => ('JsonKeyValue' in each ? [each.JsonKeyValue] : []))

/** A piece of text, or null where the value is and nulls are left out. */
const unless = (isLeftOut: boolean | undefined, value: Expr, text: Expr): Expr =>
  isLeftOut !== true
    ? text
    : Object.freeze({
        kind: 'case',
        branches: Object.freeze([Object.freeze({ when: call('is_not_null', value), then: text })]),
        otherwise: undefined,
      })

function objectOf(
  { exprs = [], output, absent_on_null, unique, location }: JsonObjectConstructor,
  block: Block,
  bind: Bind,
): Expr {
  refuseUnique(unique, block, location)
  const members = keysAndValues(exprs).map(({ key, value }) => {
    const own = jsonValue(value, block, bind)
    return unless(absent_on_null, own, member(bind(key as Node, block), own, block, OF_PAIRS))
  })
  return as(between('{', members, '}', absent_on_null), output, block)
}

function arrayOf({ exprs = [], output, absent_on_null }: JsonArrayConstructor, block: Block, bind: Bind): Expr {
  const elements = exprs.flatMap(each => ('JsonValueExpr' in each ? [jsonValue(each.JsonValueExpr, block, bind)] : []))
  const texts = elements.map(each => unless(absent_on_null, each, textOf(each, block)))
  return as(between('[', texts, ']', absent_on_null), output, block)
}

/** Texts with commas between them; those that are null are none. */
function between(open: string, texts: readonly Expr[], close: string, mayBeNone: boolean | undefined): Expr {
  const inner = mayBeNone === true && texts.length > 0 ? [call('concat_ws', word(', '), ...texts)] : separated(texts)
  return [word(open), ...inner, word(close)].reduce((a, b) => call('join_text', a, b))
}

function objectAgg({ arg, absent_on_null, unique, constructor: of }: JsonObjectAgg, block: Block, bind: Bind): Expr {
  refuseUnique(unique, block, of?.location)
  const args = [arg?.key, nodeOf(arg?.value)].flatMap(each => (each === undefined ? [] : [each]))
  return aggregate('json_object_agg', args, absent_on_null, of, block, bind)
}

function arrayAgg({ arg, absent_on_null, constructor: of }: JsonArrayAgg, block: Block, bind: Bind): Expr {
  const value = nodeOf(arg)
  const args = value === undefined ? [] : [value]
  return aggregate('json_agg', args, absent_on_null, of, block, bind)
}

/** A value as a tree; with FORMAT JSON it is the text of one. */
function nodeOf(of: JsonValueExpr | undefined): Node | undefined {
  const { raw_expr: arg, format } = of ?? {}
  if (arg === undefined || format?.format_type !== 'JS_FORMAT_JSON') return arg
  return { TypeCast: { arg, typeName: { names: [textNode('json')], typemod: -1, location: -1 }, location: -1 } }
}

/** Nulls are left out by the name of an aggregate that no one else can write. */
function aggregate(
  name: string,
  args: Node[],
  isLeftOut: boolean | undefined,
  of: JsonAggConstructor | undefined,
  block: Block,
  bind: Bind,
): Expr {
  const { agg_filter, agg_order, over, location, output } = of ?? {}
  const made = bind(
    {
      FuncCall: {
        funcname: [textNode(isLeftOut === true ? `?${name}` : name)],
        args,
        ...(agg_order && { agg_order }),
        ...(agg_filter && { agg_filter }),
        ...(over && { over }),
        location: location ?? -1,
      },
    },
    block,
  )
  const { typeName } = output ?? {}
  return typeName === undefined ? made : as(cast(made, scalars.string), output, block)
}

const ITEMS: Readonly<Record<string, readonly string[]>> = {
  JS_TYPE_OBJECT: ['object'],
  JS_TYPE_ARRAY: ['array'],
  JS_TYPE_SCALAR: ['string', 'number', 'boolean', 'null'],
}

function isJson({ expr, item_type, unique_keys, location }: JsonIsPredicate, block: Block, bind: Bind): Expr {
  refuseUnique(unique_keys, block, location)
  const value = coerce(block, bind(expr as Node, block), scalars.string)
  const { kind } = typeIn(block, value).type
  if (kind !== 'string' && kind !== 'json')
    return invalid(block.query.text, location, `IS JSON is not for ${kind}`, 'ask it of a text')
  const read = kind === 'json' ? value : cast(value, scalars.json, true)
  const kinds = ITEMS[item_type ?? '']
  const isOne =
    kinds === undefined
      ? call('is_not_null', read)
      : call('coalesce', call('in', call('json_type', read), ...kinds.map(word)), FALSE)
  return unless(true, value, isOne)
}

const FALSE: Expr = Object.freeze({ kind: 'literal', value: false, type: scalars.boolean })
