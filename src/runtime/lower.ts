// From the plan to the graph of operators: one entry per kind of node, so a kind without one does not compile. A node
// that is used twice is lowered once; what it computes is handed to all that listen.
import { fail } from '../base/index.ts'
import { type Batch, type Memory, type Mode, withColumns } from '../data/index.ts'
import { childrenOf, compilePredicate, type Expr } from '../expr/index.ts'
import {
  apply,
  type Emit,
  filter,
  type OperatorContext,
  type SortColumn,
  select,
  selectLong,
  stateless,
  top,
  union,
  upsert,
  view,
  type WindowForm,
  type WindowSpec,
  window,
} from '../ops/index.ts'
import {
  type Distinct,
  errorsSchema,
  type Final,
  type Node,
  nodesOf,
  type Output,
  properties,
  type Source,
  schema,
  sourceHash,
  staticSources,
  type Top,
  type Window,
} from '../plan/index.ts'
import { leaves, type Schema } from '../types/index.ts'
import { badRows } from './errors-operator.ts'
import { flatten } from './flat.ts'
import { addVertex, at, type Graph, graphOf, type Outlet, outletOf, type Vertex } from './graph.ts'
import type { InputPlan } from './input.ts'
import { lowerAggregate, lowerFinal, lowerFullWindows, lowerPanes } from './lower-aggregate.ts'
import { lowerAsOf } from './lower-as-of.ts'
import { lowerFill } from './lower-fill.ts'
import { lowerFeedback, lowerIterate } from './lower-iterate.ts'
import { lowerJoin } from './lower-join.ts'
import { lowerLate } from './lower-late.ts'
import { lowerOver } from './lower-over.ts'
import { lowerEnrich, lowerProcess, lowerSide } from './lower-process.ts'
import { lowerRank } from './lower-rank.ts'
import { lowerCountWindow, lowerDedup, lowerExplode, lowerNow, lowerSetOp } from './lower-rows.ts'
import { columnNumber, inRounds, kindsOf, type Lowering, only, sourceOf } from './lowering.ts'
import { orderedAnew } from './order.ts'
import { type OutputPlan, sinkOperator } from './output.ts'

/** A query as operators, its sources and sinks still closed. */
export interface Lowered {
  readonly graph: Graph
  /** The operators that were added, in topological order. */
  readonly vertices: readonly Vertex[]
  /** Static sides of joins first. */
  readonly inputs: readonly InputPlan[]
  readonly outputs: readonly OutputPlan[]
}

export interface LowerOptions {
  /** State is saved at checkpoints. */
  readonly durable: boolean
  /** Add to this graph: a further branch of the run (docs/notes/evolution.md). */
  readonly into?: Graph
  /** Inputs and outputs that are there already: they are numbered on. */
  readonly before?: { readonly inputs: number; readonly outputs: number }
  /** Nothing is shown before the end of what there is. */
  readonly isBatch?: boolean | undefined
}

/** Functions of which a short row makes a long one. */
const LONG: ReadonlySet<string> = new Set(['series', 'repeat'])

const mayBeLong = (expr: Expr): boolean =>
  (expr.kind === 'call' && LONG.has(expr.fn)) || childrenOf(expr).some(mayBeLong)

type Lowerings = { readonly [K in Node['kind']]: (node: Extract<Node, { kind: K }>, on: Lowering) => Outlet }

const lowerings: Lowerings = {
  source: lowerSource,
  errors: (node, on) => {
    on.outlet(node.source)
    const bad = on.bad.get(node.source) as NonNullable<ReturnType<Lowering['bad']['get']>>
    return only(addVertex(on.graph, 'errors', [], bad.operator))
  },
  select: (node, on) => {
    const input = schema(node.input)
    const made = node.columns.some(each => mayBeLong(each.expr)) ? selectLong : select
    const build = (context: OperatorContext) =>
      made(
        flatten(node.columns, [input]).map(each => sourceOf(each.expr, input, context)),
        context,
      )
    return only(addVertex(on.graph, 'select', [on.outlet(node.input)], build))
  },
  where: (node, on) => addFilter(on.outlet(node.input), node.predicate, schema(node.input), on),
  window: lowerWindow,
  aggregate: (node, on) => lowerAggregate(node, on),
  final: ({ input }, on) => finalOf(input, on),
  late: lowerLate,
  panes: lowerPanes,
  distinct: lowerDistinct,
  dedup: lowerDedup,
  setop: lowerSetOp,
  union: (node, on) => only(addVertex(on.graph, 'union', node.inputs.map(on.outlet), () => union())),
  top: lowerTop,
  rank: (node, on) => lowerRank(node, 'changes', on),
  over: (node, on) => lowerOver(node, 'changes', on),
  countWindow: lowerCountWindow,
  fullWindows: lowerFullWindows,
  fill: lowerFill,
  join: lowerJoin,
  asOf: lowerAsOf,
  variable: () => fail('ITERATION_VARIABLE'),
  upsert: (node, on) => {
    const input = schema(node)
    const kinds = kindsOf(input)
    const key = leaves(input).flatMap(({ path }, i) => (node.key.includes(path[0] as string) ? [i] : []))
    const ports = [
      { key, kinds },
      { key, kinds },
    ]
    const build = (context: OperatorContext) => upsert({ key, kinds }, context)
    const inputs = [on.outlet(node.input), on.outlet(node.changes)]
    return only(addVertex(on.graph, 'upsert', inputs, inRounds({ name: 'upsert', ports, output: kinds, build }, on)))
  },
  feedback: (node, on) => lowerFeedback(node, on, lowerNode),
  iterate: (node, on) => lowerIterate(node, on, lowerNode),
  apply: (node, on) => {
    const { verb, fn, onError } = node
    const errors = onError === 'skip' ? errorsSchema : undefined
    const spec = { verb, fn, onError, errors, input: schema(node.input), output: schema(node) }
    return only(addVertex(on.graph, node.verb, [on.outlet(node.input)], context => apply(spec, context)))
  },
  explode: lowerExplode,
  now: lowerNow,
  process: lowerProcess,
  side: lowerSide,
  enrich: lowerEnrich,
}

function finalOf(input: Final['input'], on: Lowering): Outlet {
  if (input.kind === 'rank') return lowerRank(input, 'final', on)
  return input.kind === 'over' ? lowerOver(input, 'final', on) : lowerFinal(input, on)
}

export function lower(outputs: readonly Output[], memory: Memory, options: LowerOptions): Lowered {
  const roots = outputs.map(each => each.node)
  const nodes = nodesOf(...roots)
  const on: Lowering = {
    graph: options.into ?? graphOf(memory, { durable: options.durable }),
    memory,
    inputs: [],
    firstInput: (options.before?.inputs ?? 0) + 1,
    bad: new Map(),
    known: new Map(),
    statics: staticSources(roots, options.isBatch),
    isBatch: options.isBatch === true,
    finals: new Map(nodes.flatMap(each => (each.kind === 'final' ? [[each.input, each] as const] : []))),
    leftOut: new Map(),
    rounds: undefined,
    late: new Set(nodes.flatMap(each => (each.kind === 'late' && each.of.kind === 'aggregate' ? [each.of] : []))),
    outlet: node => {
      const known = on.known.get(node) ?? at(on.graph, { node, role: '' }, () => lowerNode(node, on))
      on.known.set(node, known)
      return known
    },
  }
  const first = on.graph.vertices.length
  const plans = outputs.map((output, i) => {
    const site = { node: output.node, role: output.mode }
    return at(on.graph, site, () => lowerOutput(output, (options.before?.outputs ?? 0) + i + 1, on))
  })
  const inputs = on.inputs.toSorted((a, b) => Number(b.isStatic) - Number(a.isStatic))
  return { graph: on.graph, vertices: on.graph.vertices.slice(first), inputs, outputs: plans }
}

const lowerNode = (node: Node, on: Lowering): Outlet =>
  (lowerings[node.kind] as (node: Node, on: Lowering) => Outlet)(node, on)

function addFilter(input: Outlet, predicate: Expr, of: Schema, on: Lowering): Outlet {
  const build = (context: OperatorContext) => filter(compilePredicate(predicate, [of], on.memory), context)
  return only(addVertex(on.graph, 'filter', [input], build))
}

function lowerSource(node: Source, on: Lowering): Outlet {
  const isStatic = on.statics.has(node)
  const outlet = outletOf(undefined, isStatic)
  const physical = leaves(schema(node))
  const { time } = node
  const timeColumn = physical.findIndex(({ path }) => path.length === 1 && path[0] === time?.column)
  const bad = badRows()
  on.bad.set(node, bad)
  on.inputs.push({
    id: `source-${on.firstInput + on.inputs.length}`,
    key: sourceHash(node),
    spec: node.spec,
    columns: schema(node).fields.map(each => each.name),
    timeColumn: timeColumn < 0 ? undefined : timeColumn,
    watermark: time === undefined || timeColumn < 0 ? undefined : { lateBy: time.lateBy, idleAfter: time.idleAfter },
    isStatic,
    outlet,
    badRows: bad.note,
  })
  return node.predicate === undefined ? outlet : addFilter(outlet, node.predicate, schema(node), on)
}

function lowerWindow(node: Window, on: Lowering): Outlet {
  const { time, shape } = node
  const input = schema(node.input)
  const names = new Set(schema(node).fields.map(each => each.name))
  const isReplaced = time.path[0] === 'window'
  const kept = leaves(input).flatMap(({ path }, i) =>
    names.has(path[0] as string) && !(isReplaced && path[0] === 'window') ? [i] : [],
  )
  const form = (context: OperatorContext): WindowForm => {
    const source = (expr: Expr) => sourceOf(expr, input, context)
    if (shape.kind === 'own') return { kind: 'own', start: source(shape.start), end: source(shape.end) }
    return shape.kind === 'session' && typeof shape.until !== 'bigint'
      ? { kind: 'session', until: source(shape.until) }
      : (shape as WindowForm)
  }
  const spec: Omit<WindowSpec, 'form'> = {
    time: time.path.length === 0 ? -1 : (columnNumber({ kind: 'column', path: time.path, input: 0 }, input) as number),
    shift: time.shift,
    kept: isReplaced ? kept : undefined,
  }
  return only(
    addVertex(on.graph, 'window', [on.outlet(node.input)], context =>
      window({ ...spec, form: form(context) }, context),
    ),
  )
}

/** The different rows: groups of all columns, without aggregates. */
function lowerDistinct(node: Distinct, on: Lowering): Outlet {
  const keys =
    node.input === undefined ? [] : schema(node.input).fields.map(({ name }) => ({ name, expr: columnOf(name) }))
  return lowerAggregate({ kind: 'aggregate', input: node.input, keys, aggregates: [] }, on, node)
}

const columnOf = (name: string): Expr => ({ kind: 'column', path: [name], input: 0 })

function lowerTop(node: Top, on: Lowering): Outlet {
  const input = schema(node.input)
  const build = (context: OperatorContext) =>
    top(
      {
        keys: node.keys.map(({ expr, descending, nulls }) => ({
          by: sourceOf(expr, input, context),
          order: { descending, nulls },
        })),
        kinds: kindsOf(input),
        limit: node.limit,
        offset: node.offset,
        appendOnlyInput: properties(node.input).appendOnly,
      },
      context,
    )
  const name = topName(node)
  const kinds = kindsOf(input)
  const ports = [{ key: [], kinds }]
  return only(addVertex(on.graph, name, [on.outlet(node.input)], inRounds({ name, ports, output: kinds, build }, on)))
}

function topName(node: Top): string {
  if (node.keys.length === 0) return 'limit'
  return node.limit === undefined ? 'sort' : 'top'
}

function lowerOutput(output: Output, number: number, on: Lowering): OutputPlan {
  const { node, sink, mode } = output
  const of = schema(node)
  const key = sink.key ?? properties(node).keys ?? []
  const numbers = leaves(of).flatMap(({ path }, i) => (key.includes(path[0] as string) ? [i] : []))
  // A full sort emits in order, and the view would sort by columns: what it emits is a view already.
  const isView = mode === 'retract' && isSorted(node)
  const seen = isView
    ? on.outlet(node)
    : mode === 'complete'
      ? wholeTable(node, on)
      : changesAs(mode, numbers, node, on)
  const hole = { sink: undefined, rows: 0 }
  const vertex = addVertex(on.graph, 'sink', [seen], () => sinkOperator(hole))
  return { id: `sink-${number}`, spec: sink, schema: of, mode, key, hole, vertex, since: 0 }
}

function changesAs(mode: Mode, key: readonly number[], node: Node, on: Lowering): Outlet {
  const build = (context: OperatorContext) => view({ mode, kinds: kindsOf(schema(node)), key }, context)
  return only(addVertex(on.graph, 'view', [on.outlet(node)], build))
}

/** A table that is written whole comes in the order of its orderBy; sort keys it does not have travel along so far. */
function wholeTable(node: Node, on: Lowering): Outlet {
  const { node: keyed, hidden } = orderedAnew(node)
  const of = schema(keyed)
  const order = (context: OperatorContext): readonly SortColumn[] =>
    hidden.map(({ expr, descending, nulls }) => ({ by: sourceOf(expr, of, context), order: { descending, nulls } }))
  const build = (context: OperatorContext) =>
    view({ mode: 'complete', kinds: kindsOf(of), key: [], order: order(context) }, context)
  const table = only(addVertex(on.graph, 'view', [on.outlet(keyed)], build))
  if (hidden.length === 0) return table
  const width = leaves(schema(node)).length
  const cut = () => ({
    ...stateless,
    name: 'cut',
    step: (_port: number, delta: Batch, emit: Emit) => emit(0, withColumns(delta, delta.columns.slice(0, width))),
  })
  return only(addVertex(on.graph, 'cut', [table], cut))
}

function isSorted(node: Node): boolean {
  if (node.kind === 'select') return isSorted(node.input)
  return node.kind === 'top' && node.keys.length > 0 && node.limit === undefined
}
