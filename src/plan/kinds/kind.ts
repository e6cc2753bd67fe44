// What the plan knows of one kind of node, in one place: a record a kind, in a file of its own, and a table of them
// (index.ts) that does not compile while a kind lacks one. Everything derived of nodes (schemas, properties, hashes,
// the text of explain, needs, refusals) is a walk that asks these records.
import { type ErrorCode, type Params, showDuration } from '../../base/index.ts'
import { columnsOf, type Expr } from '../../expr/index.ts'
import type { Schema } from '../../types/index.ts'
import type { Named, Node } from '../node.ts'
import type { Bound, BoundClass, Properties, WindowProperty } from '../properties.ts'

/** Why something can't run: the catalogue's code and what to fill in. */
export interface Refusal {
  readonly code: ErrorCode
  readonly params: Params
}

export interface PlanOptions {
  /** The run has no end: false for a batch over what is there now. */
  readonly endless: boolean
  /** The author allowed state that grows without bound. */
  readonly unbounded?: boolean
}

/** What a refusal may ask of the plan below. */
export interface Below {
  of(node: Node): Properties
  /** Every node of it once, inputs first. */
  nodesOf(node: Node): readonly Node[]
}

/** What a node needs of a node below it: the names of columns. */
export type Need = readonly [Node, readonly string[]]

export interface NodeKind<N extends Node> {
  /** The nodes directly below, left to right. */
  inputs(node: N): readonly Node[]
  /** The same node over other inputs. */
  over(node: N, inputs: readonly Node[]): N
  /** Its columns, given those of any node below. Throws the catalogue's error when the node does not fit its input. */
  schema(node: N, of: (below: Node) => Schema): Schema
  /** What differs from the first input's properties (`inherited`). */
  properties(node: N, inherited: Properties, of: (below: Node) => Properties): Partial<Properties>
  /**
   * What it computes, as texts: equal exactly when two nodes of the kind compute the same of the same inputs. `hash` is
   * for plans within the node.
   */
  parts(node: N, hash: (within: Node) => string): readonly string[]
  /** In words, without its inputs. */
  words(node: N): string
  /** The columns it needs of the nodes below, to give `wanted`; `all` names the columns of a node. */
  needs(node: N, wanted: ReadonlySet<string>, all: (node: Node) => readonly string[]): readonly Need[]
  /** The node with only the `wanted` columns, where it decides which there are; `was`: before its inputs were narrowed. */
  narrow?(node: N, wanted: ReadonlySet<string>, was: N, all: (node: Node) => readonly string[]): N
  /** Why it can't run this way, beyond state without bound. */
  refuse?(node: N, options: PlanOptions, plan: Below): Refusal | undefined
  /** Plans within the node, for explain, and what they are called. */
  within?(node: N): readonly (readonly [name: string, plan: Node])[]
  /** What to do when its state has no bound. */
  readonly stateFix?: string
}

export const bound = (kind: BoundClass, text: string): Bound => Object.freeze({ class: kind, text })
export const NONE: Bound = bound('none', 'none')
export const UNBOUNDED: Bound = bound('unbounded', 'UNBOUNDED')
export const FINITE: Bound = bound('keys', '≤ rows of the input')

/** What a node keeps of the windows that still take rows. */
export function boundOfOpen({ size, merges, isEndless, accept }: WindowProperty): Bound {
  if (isEndless) return bound('unbounded', 'UNBOUNDED (the global window stays open)')
  if (size !== undefined) return bound('watermark', `≤ watermark + ${showDuration(size + accept)}`)
  const what = merges ? 'sessions' : 'windows'
  return bound('watermark', `≤ ${what} open at watermark${accept === 0n ? '' : ` - ${showDuration(accept)}`}`)
}

/** inputs and over of a kind with one input of any kind. */
export const oneInput = {
  inputs: <N extends { readonly input: Node }>(node: N): readonly Node[] => [node.input],
  over: <N extends { readonly input: Node }>(node: N, [input]: readonly Node[]): N =>
    Object.freeze({ ...node, input: input as Node }),
}

/** The names of the columns that expressions read of an input. */
export const namesIn = (exprs: readonly Expr[], input = 0): readonly string[] =>
  exprs.flatMap(columnsOf).flatMap(each => (each.input === input ? [each.path[0] as string] : []))

export const exprsOf = (columns: readonly Named[]): Expr[] => columns.map(each => each.expr)

/** The wanted columns; at least one: a row needs a column to be a row. */
export function kept(columns: readonly Named[], wanted: ReadonlySet<string>): readonly Named[] {
  const found = columns.filter(each => wanted.has(each.name))
  return found.length > 0 ? found : columns.slice(0, 1)
}

/** narrow of a kind that lists its columns. */
export function narrowColumns<N extends { readonly columns: readonly Named[] }>(
  node: N,
  wanted: ReadonlySet<string>,
): N {
  const columns = kept(node.columns, wanted)
  return columns.length === node.columns.length ? node : Object.freeze({ ...node, columns: Object.freeze(columns) })
}
