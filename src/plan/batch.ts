// A batch without a checkpoint need not read a source once, nor keep a join's sides as they were written: nothing is shown
// before the end and nothing is restored. Law: the answer is that of the plan as written (law 7); what changes is what is kept.
//
// An awaited join keeps its right side and lets the left pass (statics.ts). So the smaller side goes to the right; and a source
// that both sides read is opened twice, once for each, because rows of the left that wait for the right cost more than reading
// them again. docs/notes/join.md has the figures.
import type { SourceSpec } from '../data/index.ts'
import { substitute } from '../expr/index.ts'
import type { Join, Node, Source } from './node.ts'
import { comesFrom } from './origin.ts'
import { properties } from './properties.ts'
import { awaitsRight, streamingNodes } from './statics.ts'
import { inputsOf, nodesOf, rebuild } from './walk.ts'

/** About how many bytes a source has, of those that can be read again at any time. */
export type Sizes = ReadonlyMap<SourceSpec, number>

/** @returns plans of the same tables, for one epoch that is read to its end before anything is shown. */
export function planBatch(roots: readonly Node[], sizes: Sizes): readonly Node[] {
  return readTwice(smallRight(roots, sizes), sizes)
}

/** How much smaller the left must be: a guess may err, and then the plan as written is as good. */
const MARGIN = 2
/** What is left of an input, as a guess. */
const SHARES: { readonly [K in Node['kind']]?: number } = {
  where: 1 / 3,
  aggregate: 1 / 10,
  distinct: 1 / 2,
  rank: 1 / 2,
}

function smallRight(roots: readonly Node[], sizes: Sizes): readonly Node[] {
  const done = new Map<Node, Node>()
  const change = (node: Node): Node => (node.kind === 'join' && isBetterMirrored(node, sizes) ? mirrored(node) : node)
  return roots.map(root => rebuild(root, change, done))
}

/** What would pass must only come: rows that go again would be pairs that go again. */
function isBetterMirrored({ type, left, right }: Join, sizes: Sizes): boolean {
  if (type !== 'inner' || !properties(left).bounded || !properties(right).appendOnly) return false
  const [small, large] = [guess(left, sizes), guess(right, sizes)]
  return small !== undefined && large !== undefined && small * MARGIN <= large
}

/** Bytes of a node's rows, from those of its sources; undefined: of one of them nothing is known. */
function guess(node: Node, sizes: Sizes): number | undefined {
  if (node.kind === 'source') return sizes.get(node.spec)
  const inputs = inputsOf(node).map(each => guess(each, sizes))
  if (inputs.length === 0 || inputs.includes(undefined)) return undefined
  const sum = inputs.reduce<number>((total, each) => total + (each as number), 0)
  return sum * (SHARES[node.kind] ?? 1)
}

/** The same pairs from the other side. */
function mirrored(node: Join): Join {
  const swap = (expr: Join['on'][number]['left']) =>
    substitute(expr, each => Object.freeze({ ...each, input: 1 - each.input }))
  const { time, residual } = node
  return Object.freeze({
    ...node,
    left: node.right,
    right: node.left,
    on: node.on.map(pair => ({ left: swap(pair.right), right: swap(pair.left) })),
    residual: residual && swap(residual),
    time: time && { ...time, left: time.right, right: time.left, before: time.after, after: time.before },
    columns: node.columns.map(each => ({ ...each, expr: swap(each.expr) })),
  })
}

function readTwice(roots: readonly Node[], sizes: Sizes): readonly Node[] {
  const streaming = streamingNodes(roots, true)
  const again = new Map<Node, Node>()
  for (const node of streaming) if (node.kind === 'source' && sizes.has(node.spec)) again.set(node, copyOf(node))
  const done = new Map<Node, Node>()
  const change = (node: Node, was: Node): Node => {
    if (node.kind !== 'join' || !streaming.has(was) || !awaitsRight(node, true) || !isPlain(node.right)) return node
    const right = rebuild(node.right, each => each, again)
    return right === node.right ? node : Object.freeze({ ...node, right })
  }
  return roots.map(root => rebuild(root, change, done))
}

/** Functions of the user's run once a row, as they may expect. */
const isPlain = (node: Node): boolean => nodesOf(node).every(each => properties(each).opaque.length === 0)

function copyOf(source: Source): Source {
  const copy = Object.freeze({ ...source })
  comesFrom(copy, source)
  return copy
}
