// What the lowerings of all kinds of nodes share.
import { type Kind, kindOf, type Memory } from '../data/index.ts'
import { compileExpr, type Expr } from '../expr/index.ts'
import {
  type ColumnSource,
  type Operator,
  type OperatorContext,
  type ReplaySpec,
  type Rounds,
  replay,
} from '../ops/index.ts'
import type { Aggregate, Final, Node } from '../plan/index.ts'
import { leaves, type Schema } from '../types/index.ts'
import type { BadRows } from './errors-operator.ts'
import type { Graph, Outlet, Vertex } from './graph.ts'
import type { InputPlan } from './input.ts'

/** What lowering knows while it works. */
export interface Lowering {
  readonly graph: Graph
  readonly memory: Memory
  readonly inputs: InputPlan[]
  /** The number of the first of them. */
  readonly firstInput: number
  readonly bad: Map<Node, BadRows>
  readonly known: Map<Node, Outlet>
  /** Sources that only static sides of joins read. */
  readonly statics: ReadonlySet<Node>
  readonly isBatch: boolean
  /** Final results that are asked for, by what they are of: their late rows come from there. */
  readonly finals: ReadonlyMap<Node, Final>
  /** Where late rows leave what was lowered: its input's, or those of the left and of the right. */
  readonly leftOut: Map<Node, readonly Outlet[]>
  /** Aggregates whose late rows somebody reads. */
  readonly late: ReadonlySet<Aggregate>
  /** Within the step of an iteration: its clock. */
  readonly rounds: Rounds | undefined
  /** The outlet where a node's delta comes out. */
  outlet(node: Node): Outlet
}

export const only = (vertex: Vertex): Outlet => vertex.outlets[0] as Outlet

/** The first output of an operator that leaves rows out; its other outputs are these rows. */
export function leaving(node: Node, vertex: Vertex, on: Lowering): Outlet {
  on.leftOut.set(node, vertex.outlets.slice(1))
  return only(vertex)
}

export const kindsOf = (schema: Schema): readonly Kind[] => leaves(schema).map(leaf => kindOf(leaf.type))

/** The physical column an expression just names, or undefined. */
export function columnNumber(expr: Expr, schema: Schema): number | undefined {
  if (expr.kind !== 'column' || expr.input !== 0) return undefined
  const path = JSON.stringify(expr.path)
  const number = leaves(schema).findIndex(leaf => JSON.stringify(leaf.path) === path)
  return number < 0 ? undefined : number
}

/** A scalar expression as an operator takes it: a column's number, or compiled. */
export function sourceOf(expr: Expr, schema: Schema, context: OperatorContext): ColumnSource {
  return columnNumber(expr, schema) ?? compileExpr(expr, [schema], context.memory)
}

/** An operator that works key by key: as it is, or replayed within the step of an iteration. */
export function inRounds(
  { always = false, ...spec }: Omit<ReplaySpec, 'always'> & { readonly always?: boolean },
  { rounds }: Lowering,
): (context: OperatorContext) => Operator {
  return rounds === undefined ? spec.build : context => replay({ always, ...spec }, rounds, context)
}
