// All kinds of nodes: a kind without its record does not compile.
import type { Node } from '../node.ts'
import { aggregate } from './aggregate.ts'
import { apply } from './apply.ts'
import { asOf } from './as-of.ts'
import { errors, late } from './by-products.ts'
import { countWindow, fullWindows } from './count-window.ts'
import { dedup } from './dedup.ts'
import { distinct } from './distinct.ts'
import { enrich } from './enrich.ts'
import { explode } from './explode.ts'
import { feedback } from './feedback.ts'
import { fill } from './fill.ts'
import { final } from './final.ts'
import { iterate, variable } from './iterate.ts'
import { join } from './join.ts'
import type { NodeKind } from './kind.ts'
import { now } from './now.ts'
import { over } from './over.ts'
import { panes } from './panes.ts'
import { process, side } from './process.ts'
import { rank } from './rank.ts'
import { select } from './select.ts'
import { setop } from './setop.ts'
import { source } from './source.ts'
import { top } from './top.ts'
import { union } from './union.ts'
import { upsert } from './upsert.ts'
import { where } from './where.ts'
import { window } from './window.ts'

const kinds: { readonly [K in Node['kind']]: NodeKind<Extract<Node, { readonly kind: K }>> } = {
  source,
  errors,
  select,
  where,
  window,
  aggregate,
  final,
  panes,
  late,
  distinct,
  dedup,
  setop,
  union,
  top,
  rank,
  over,
  countWindow,
  fullWindows,
  fill,
  join,
  asOf,
  apply,
  explode,
  now,
  variable,
  iterate,
  feedback,
  upsert,
  process,
  side,
  enrich,
}

/** The record of a node's kind. */
export function kindOfNode(node: Node): NodeKind<Node> {
  return kinds[node.kind] as unknown as NodeKind<Node>
}
