// The untyped half of explode: names and options to a plan node.
import { badArgument, optionsFor } from '../base/index.ts'
import { explodeOf, type Node, schema, unknownColumn } from '../plan/index.ts'
import type { ExplodeOptions } from '../types/index.ts'

/** A row per element; the names default to the column's, of a map to key and value. */
export function explodedNode(input: Node, name: string, options: ExplodeOptions<unknown, string, boolean>): Node {
  const fix = "explode('tags', { as: 'tag' })"
  if (typeof name !== 'string') badArgument('explode', 'column', name, fix)
  const { as, ordinal, outer = false } = optionsFor('explode', options, fix)
  const found = schema(input).fields.find(each => each.name === name) ?? unknownColumn(name, schema(input))
  const usual = found.type.kind === 'map' ? ['key', 'value'] : [name]
  const names: unknown[] = as === undefined ? usual : Array.isArray(as) ? as : [as]
  if (!names.every(each => typeof each === 'string')) badArgument('explode', 'as', as, fix)
  if (ordinal !== undefined && typeof ordinal !== 'string') badArgument('explode', 'ordinal', ordinal, fix)
  if (typeof outer !== 'boolean') badArgument('explode', 'outer', outer, fix)
  return explodeOf(input, name, names as string[], ordinal, outer)
}
