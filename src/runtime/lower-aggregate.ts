// Aggregates: what they need is projected to columns first, once for each different expression; their changes, their
// final results and their late rows are outputs of one operator (or two, when changes and finals are both asked for).
import { type Batch, type Kind, kindOf } from '../data/index.ts'
import { canonical, cast, type Expr, typeOf, typeOfAggregate } from '../expr/index.ts'
import {
  type AggregateColumn,
  type AggregateKey,
  type AggregateSpec,
  type AggregateWindow,
  aggregate,
  fullWindows,
  LATE_PORT,
  layoutText,
  type OperatorContext,
  panes,
  RESULT_PORT,
  select,
} from '../ops/index.ts'
import {
  type Aggregate,
  type FullWindows,
  type Named,
  type NamedAggregate,
  type Node,
  type Panes,
  properties,
  schema,
  type WindowProperty,
} from '../plan/index.ts'
import { leaves, type ScalarType, type Schema, scalars } from '../types/index.ts'
import { type FlatExpr, flatten } from './flat.ts'
import { addVertex, at, type Outlet, type Site, type Vertex } from './graph.ts'
import { columnNumber, inRounds, kindsOf, type Lowering, only, sourceOf } from './lowering.ts'

/** Sessions that end within the same second wait for the watermark together. */
const SESSION_BUCKET = 1_000_000n

/** Columns that are computed for an operator: each different expression once. */
class Projection {
  readonly input: Schema
  readonly exprs: Expr[] = []
  readonly #numbers = new Map<string, number>()

  constructor(input: Schema) {
    this.input = input
  }

  get kinds(): readonly Kind[] {
    return this.exprs.map(each => kindOf(typeOf(each, [this.input]).type as ScalarType))
  }

  column(expr: Expr): number {
    const text = canonical(expr)
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    this.#numbers.set(text, this.exprs.length)
    return this.exprs.push(expr) - 1
  }
}

const vertices = new WeakMap<Lowering, Map<string, Map<Aggregate, Vertex>>>()

/** The operator of an aggregate; one for its changes, one for its finals. Its state is that of `owner`. */
function aggregateVertex(node: Aggregate, emit: AggregateSpec['emit'], on: Lowering, owner: Node = node): Vertex {
  const all = vertices.get(on) ?? new Map<string, Map<Aggregate, Vertex>>()
  vertices.set(on, all)
  const made = all.get(emit) ?? new Map<Aggregate, Vertex>()
  all.set(emit, made)
  const known = made.get(node)
  if (known !== undefined) return known
  const vertex = at(on.graph, { node: owner, role: emit }, () => build(node, emit, on))
  made.set(node, vertex)
  return vertex
}

function build(node: Aggregate, emit: AggregateSpec['emit'], on: Lowering, forgets = false): Vertex {
  const input = schema(node.input)
  const projection = new Projection(input)
  if (on.late.has(node)) for (const each of allColumns(input)) projection.column(each.expr)
  const flatKeys = flatten(node.keys, [input])
  const keys = flatKeys.map(
    (each): AggregateKey => ({
      name: each.path.join('.'),
      column: projection.column(each.expr),
      type: each.type,
      nullable: each.nullable,
    }),
  )
  const calls = node.aggregates.map(each => callOf(each, node, projection))
  const spec: AggregateSpec = {
    keys,
    calls,
    appendOnlyInput: properties(node.input).appendOnly,
    window: windowOf(node, flatKeys, projection),
    emit,
    forgets,
  }
  const from = project(projection, on.outlet(node.input), on)
  const replayed = {
    name: 'aggregate',
    ports: [{ key: keys.map(each => each.column), kinds: projection.exprs.map(each => kindOf(scalarOf(each, input))) }],
    output: kindsOf(schema(node)),
    always: keys.length === 0,
    build: (context: OperatorContext) => aggregate(context, spec),
  }
  const site = { ...(on.graph.site as Site), ...keptBy(spec, projection, on) }
  return at(on.graph, site, () => addVertex(on.graph, 'aggregate', [from], inRounds(replayed, on)))
}

/** What the groups look like when they are saved; sessions keep the rows, with all columns that were projected. */
function keptBy(spec: AggregateSpec, { exprs }: Projection, on: Lowering): Pick<Site, 'layout' | 'rows'> {
  const textOf = (column: number): string => canonical(exprs[column] as Expr)
  if (spec.window?.merging !== undefined) return { rows: JSON.stringify(exprs.map((_, i) => textOf(i))) }
  return { layout: on.rounds === undefined ? layoutText(spec, textOf) : undefined }
}

const allColumns = (input: Schema): readonly FlatExpr[] =>
  flatten(
    input.fields.map(({ name }): Named => ({ name, expr: { kind: 'column', path: [name], input: 0 } })),
    [input],
  )

const scalarOf = (expr: Expr, input: Schema): ScalarType => typeOf(expr, [input]).type as ScalarType

/** Nothing to compute and nothing to reorder: the input's own columns are taken. */
function project(projection: Projection, from: Outlet, on: Lowering): Outlet {
  const { exprs, input } = projection
  const own = exprs.map(each => columnNumber(each, input))
  const asTheyAre = own.every((number, i) => number === i) && own.length === leaves(input).length
  if (asTheyAre) return from
  const build = (context: OperatorContext) =>
    select(
      exprs.map(each => sourceOf(each, input, context)),
      context,
    )
  return addVertex(on.graph, 'project', [from], build).outlets[0] as Outlet
}

function callOf(call: NamedAggregate, node: Aggregate, projection: Projection): AggregateColumn {
  const inputs = [projection.input]
  const meaning = typeOfAggregate(call, inputs, node.keys.length > 0)
  const args = call.args.map((arg, i) => {
    const wanted = scalars[meaning.args[i] as keyof typeof scalars] as ScalarType | undefined
    const { type, nullable } = typeOf(arg, inputs)
    const needed = wanted === undefined || type.kind === wanted.kind ? arg : cast(arg, wanted)
    const own = wanted === undefined || type.kind === wanted.kind ? (type as ScalarType) : wanted
    return { column: projection.column(needed), type: own, nullable }
  })
  return {
    name: call.name,
    fn: meaning.name,
    args,
    type: meaning.type as ScalarType,
    filter: call.filter === undefined ? undefined : projection.column(call.filter),
    distinct: call.distinct,
    params: call.params,
    user: call.user,
  }
}

function windowOf(node: Aggregate, keys: readonly FlatExpr[], projection: Projection): AggregateWindow | undefined {
  const { window } = properties(node)
  if (window === undefined) return undefined
  const at = (part: string): number => keys.findIndex(({ path }) => path[0] === window.column && path[1] === part)
  const { merges, accept } = window
  const merging = merges ? { kinds: projection.kinds, bucket: SESSION_BUCKET } : undefined
  return { start: at('start'), end: at('end'), accept, merging }
}

export function lowerAggregate(node: Aggregate, on: Lowering, owner?: Node): Outlet {
  return aggregateVertex(node, 'changes', on, owner).outlets[RESULT_PORT] as Outlet
}

export function lowerFinal(node: Aggregate, on: Lowering): Outlet {
  return aggregateVertex(node, 'final', on).outlets[RESULT_PORT] as Outlet
}

/** Panes: over the changes of an operator of their own where they make it forget. */
export function lowerPanes(node: Panes, on: Lowering): Outlet {
  const { input, firing, accumulation } = node
  const isForgetful = accumulation === 'discarding'
  const vertex = isForgetful ? build(input, 'changes', on, true) : aggregateVertex(input, 'changes', on)
  const columns = leaves(schema(input))
  const { column, accept, merges } = properties(input).window as WindowProperty
  const bound = (name: string): number => columns.findIndex(({ path }) => path[0] === column && path[1] === name)
  const [start, end, rows] = [bound('start'), bound('end'), columns.length - 1]
  const names = new Set(input.keys.map(each => each.name))
  const keys = columns.flatMap(({ path }, i) => (names.has(path[0] as string) && i !== start && i !== end ? [i] : []))
  const forget = isForgetful ? (groups: Batch): void => vertex.operator.forget?.(groups) : undefined
  const spec = { kinds: kindsOf(schema(input)), keys, start, end, rows, merges, accept, firing, accumulation, forget }
  const from = vertex.outlets[RESULT_PORT] as Outlet
  return only(addVertex(on.graph, 'panes', [from], context => panes(spec, context)))
}

/** Windows by count, over an operator of their own, which forgets what is full. */
export function lowerFullWindows({ input }: FullWindows, on: Lowering): Outlet {
  const vertex = build(input, 'changes', on, true)
  const columns = leaves(schema(input))
  const bound = (name: string): number =>
    columns.findIndex(({ path: [first, second] }) => first === 'window' && second === name)
  const forget = (groups: Batch): void => vertex.operator.forget?.(groups)
  const spec = {
    kinds: kindsOf(schema(input)),
    start: bound('start'),
    end: bound('end'),
    rows: columns.length - 1,
    forget,
  }
  const from = vertex.outlets[RESULT_PORT] as Outlet
  return only(addVertex(on.graph, 'fullWindows', [from], context => fullWindows(spec, context)))
}

/** Where its late rows leave, behind all columns of its input: of the operator that is there anyway. */
export function lateAggregate(of: Aggregate, on: Lowering): Outlet {
  return aggregateVertex(of, on.finals.has(of) ? 'final' : 'changes', on).outlets[LATE_PORT] as Outlet
}
