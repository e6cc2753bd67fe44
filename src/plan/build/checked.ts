// What the makers of nodes share: a node that exists is frozen and fits its input.
import { excerpt, fail } from '../../base/index.ts'
import { type Expr, show, suggestion, typeOf } from '../../expr/index.ts'
import { type Schema, showType } from '../../types/index.ts'
import type { Node } from '../node.ts'
import { schema } from '../schema.ts'

/** Freeze a new node and derive its schema: throws what is wrong with it. */
export function checked<N extends Node>(node: N): N {
  Object.freeze(node)
  schema(node)
  return node
}

export const frozen = <T>(items: readonly T[]): readonly T[] => Object.freeze([...items])

export function unknownColumn(name: string, within: Schema): never {
  const names = within.fields.map(each => excerpt(each.name, 40))
  return fail('UNKNOWN_COLUMN', { column: excerpt(name), suggestion: suggestion(name, names) })
}

export function badVerb(verb: string, reason: string, fix: string): never {
  return fail('BAD_VERB', { verb, reason, fix })
}

export function expectBoolean(expr: Expr, inputs: readonly Schema[], verb: string): void {
  const { type } = typeOf(expr, inputs)
  if (type.kind !== 'boolean')
    badVerb(
      verb,
      `${show(expr)} has type ${showType(type)}, and a condition is boolean`,
      'compare it: .gt(…), .eq(…), .isNotNull()',
    )
}

/** Keys need an order and equality: json has neither, a struct has its fields. */
export function expectOrder(expr: Expr, inputs: readonly Schema[], verb: string): void {
  const { type } = typeOf(expr, inputs)
  if (type.kind === 'struct' && (verb === 'orderBy' || verb === 'join'))
    badVerb(
      verb,
      `${show(expr)} has type ${showType(type)}`,
      `name a field of it, such as ${show(expr)}.${type.fields[0]?.name}`,
    )
  if (type.kind === 'json')
    badVerb(
      verb,
      `${show(expr)} is json, which has no order and no equality`,
      "cast it: .cast('string'), or take a member: .text('id')",
    )
}
