// A stable name for what a sub-plan computes: state is named by it, so that a changed query finds the state of the
// parts that did not change. The text is canonical JSON-like; what does not change results (which columns a source
// decodes) is left out. Hash the plan as written, before rules: rules may improve from release to release.
import { unreachable } from '../base/index.ts'
import type { Json } from '../data/index.ts'
import { type AggregateCall, canonical as canonicalExpr } from '../expr/index.ts'
import { type Schema, showType } from '../types/index.ts'
import type { Named, Node } from './node.ts'

const known = new WeakMap<Node, string>()

/** 128 bits as 32 hexadecimal digits. */
export function planHash(node: Node): string {
  const found = known.get(node)
  if (found !== undefined) return found
  const made = fnv1a128(canonicalPlan(node))
  known.set(node, made)
  return made
}

/** The text that is hashed: equal exactly when two sub-plans compute the same in the same way. Inputs are their hashes. */
export function canonicalPlan(node: Node): string {
  switch (node.kind) {
    case 'source':
      return list(
        'source',
        node.spec.kind,
        json(node.spec.fingerprint),
        schemaText(node.spec.schema),
        timeText(node),
        node.predicate === undefined ? '' : canonicalExpr(node.predicate),
      )
    case 'errors':
      return list('errors', planHash(node.source))
    case 'select':
      return list('select', planHash(node.input), ...node.columns.map(namedText))
    case 'where':
      return list('where', planHash(node.input), canonicalExpr(node.predicate))
    case 'window':
      return list('window', planHash(node.input), node.time, json(shapeJson(node.shape)), String(node.accept))
    case 'aggregate':
      return list(
        'aggregate',
        planHash(node.input),
        ...node.keys.map(namedText),
        '|',
        ...node.aggregates.map(each => list(each.name, aggregateText(each))),
      )
    case 'final':
      return list('final', planHash(node.input))
    case 'late':
      return list('late', planHash(node.of))
    case 'distinct':
      return list('distinct', planHash(node.input))
    case 'union':
      return list('union', ...node.inputs.map(planHash))
    case 'top':
      return list(
        'top',
        planHash(node.input),
        ...node.keys.map(each => list(canonicalExpr(each.expr), String(each.descending), each.nulls)),
        String(node.limit),
        String(node.offset),
      )
    case 'join':
      return list(
        'join',
        planHash(node.left),
        planHash(node.right),
        node.type,
        ...node.on.map(each => list(canonicalExpr(each.left), canonicalExpr(each.right))),
        '|',
        ...node.columns.map(namedText),
      )
    case 'apply':
      return list('apply', planHash(node.input), node.verb, node.fn.toString(), schemaText(node.schema))
    default:
      return unreachable(node)
  }
}

/** Every part is quoted: no name can end one part and begin another. */
const list = (...parts: readonly string[]): string => JSON.stringify(parts)
const namedText = (each: Named): string => list(each.name, canonicalExpr(each.expr))

const schemaText = (schema: Schema): string =>
  list(...schema.fields.map(each => list(each.name, showType(each.type), each.nullable ? 'null' : '')))

function timeText({ time }: Node & { kind: 'source' }): string {
  return time === undefined ? '' : list(time.column, String(time.lateBy))
}

function shapeJson(shape: (Node & { kind: 'window' })['shape']): Json {
  return Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, String(value)]))
}

function aggregateText({ fn, args, distinct, filter, params, user }: AggregateCall): string {
  const own =
    user === undefined
      ? ''
      : list(user.name, showType(user.type), ...[user.init, user.add, user.remove, user.result].map(String))
  return list(
    fn,
    String(distinct),
    ...args.map(canonicalExpr),
    '|',
    filter === undefined ? '' : canonicalExpr(filter),
    JSON.stringify(params),
    own,
  )
}

/** JSON with keys in order, so that equal values are equal texts. */
function json(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(json).join()}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value as { readonly [key: string]: Json })
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([key, each]) => `${JSON.stringify(key)}:${json(each)}`).join()}}`
}

const ENCODER = new TextEncoder()
const BASIS = 0x6c62272e07bb014262b821756295c58dn
const PRIME = 0x0000000001000000000000000000013bn
const MASK = (1n << 128n) - 1n

/** FNV-1a, 128 bits (RFC 9923), of the text's UTF-8 bytes. */
export function fnv1a128(text: string): string {
  let hash = BASIS
  for (const byte of ENCODER.encode(text)) hash = ((hash ^ BigInt(byte)) * PRIME) & MASK
  return hash.toString(16).padStart(32, '0')
}
