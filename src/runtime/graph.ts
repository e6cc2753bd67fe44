// The operator graph of a run. Deltas move by plain calls: emit hands a batch to every listener, each of which
// works it off before the call returns, so nothing is queued and nothing is copied between operators.
// Law: what an operator allocates in its arena lives until its own step (or slice of a flush) returns; by then everything
// downstream has taken what it keeps.
// What may be long comes in slices: generators that yield where the host may have a turn.
import { type Clock, MillraceError } from '../base/index.ts'
import type { Arena, Batch, Memory } from '../data/index.ts'
import { type Emit, type Operator, type OperatorContext, type Rounds, WATERMARK_MIN } from '../ops/index.ts'
import type { Node } from '../plan/index.ts'
import type { StateWriter } from '../state/index.ts'

/** An output of a vertex, or (vertex undefined) of a source. */
export interface Outlet {
  readonly vertex: Vertex | undefined
  readonly listeners: Target[]
  /** All of it comes from static sides of joins. */
  readonly isStatic: boolean
  /** The watermark of what comes out here, as of the last epoch's end. */
  watermark: bigint
}

export interface Target {
  readonly vertex: Vertex
  readonly port: number
}

/** Whose work is done: an operator's state is named by the node, and by its role where a node has several. */
export interface Site {
  readonly node: Node
  readonly role: string
  /** What is saved looks like this; undefined: only state of the very same plan is read. */
  readonly layout?: string | undefined
  /** The columns of the rows that are kept, where the plan does not tell them. */
  readonly rows?: string | undefined
}

export interface Vertex {
  /** Its name and its number among those of the name, for people; its state has names of its own (naming.ts). */
  readonly id: string
  readonly site: Site | undefined
  readonly name: string
  /** It works for the static side of a join only. */
  readonly isStatic: boolean
  readonly operator: Operator
  readonly arena: Arena
  readonly inputs: readonly Outlet[]
  readonly outlets: readonly Outlet[]
  /** The last watermark each port was advanced to. */
  readonly advanced: bigint[]
  readonly emit: Emit
  /** Rows that left because they were late, since the run began. */
  lateRows: number
}

export interface Graph {
  readonly memory: Memory
  /** Operators save their state. */
  readonly durable: boolean
  /** Goes before the names of operators: of which iteration this is the step. */
  readonly prefix: string
  /** Of that iteration. */
  readonly rounds: Rounds | undefined
  /** From how many rows on steps are put off; undefined: as operators have it. */
  readonly large: number | undefined
  /** In topological order: an operator comes after all it listens to. */
  readonly vertices: Vertex[]
  /** What is being lowered now. */
  site: Site | undefined
}

export function graphOf(
  memory: Memory,
  parts: Partial<Pick<Graph, 'durable' | 'prefix' | 'rounds' | 'large'>> = {},
): Graph {
  const { durable = true, prefix = '', rounds, large } = parts
  return { memory, durable, prefix, rounds, large, vertices: [], site: undefined }
}

/** Do the work of a node: the operators that are added on the way are its own. */
export function at<T>(graph: Graph, site: Site, task: () => T): T {
  const outer = graph.site
  graph.site = site
  try {
    return task()
  } finally {
    graph.site = outer
  }
}

export function outletOf(vertex?: Vertex, isStatic = false): Outlet {
  return { vertex, listeners: [], isStatic, watermark: WATERMARK_MIN }
}

/** Add an operator that listens to `inputs`, one a port. */
export function addVertex(
  graph: Graph,
  name: string,
  inputs: readonly Outlet[],
  build: (context: OperatorContext) => Operator,
): Vertex {
  const number = graph.vertices.filter(each => each.name === name).length + 1
  const id = `${graph.prefix}${name}-${number}`
  const arena = graph.memory.arena()
  const { memory, durable, rounds, large } = graph
  const operator = build({ memory, arena, operator: id, durable, rounds, large })
  const isStatic = inputs.length > 0 && inputs.every(each => each.isStatic)
  const outlets: Outlet[] = []
  const vertex: Vertex = {
    id,
    site: graph.site,
    name,
    isStatic,
    operator,
    arena,
    inputs,
    outlets,
    advanced: inputs.map(() => WATERMARK_MIN),
    emit: (port, delta) => {
      if (delta.count === 0) return
      if (operator.late?.includes(port) === true) vertex.lateRows += delta.count
      send((outlets[port] as Outlet).listeners, delta)
      arena.use()
    },
    lateRows: 0,
  }
  for (let port = 0; port < operator.outputs; port++) outlets.push(outletOf(vertex, isStatic))
  for (const [port, input] of inputs.entries()) input.listeners.push({ vertex, port })
  graph.vertices.push(vertex)
  return vertex
}

/** Hand a delta to every listener. */
export function send(listeners: readonly Target[], delta: Batch): void {
  for (const { vertex, port } of listeners) {
    work(vertex, () => vertex.operator.step(port, delta, vertex.emit))
  }
}

/** Let an operator work in its arena; what it throws is told with its name. */
export function work(vertex: Vertex, task: () => void): void {
  vertex.arena.use()
  try {
    task()
  } catch (error) {
    throw named(error, vertex.id)
  }
  vertex.arena.reset()
}

/** Tell the operators that ask for it what the time is. */
export function tickGraph(graph: Graph, now: number): void {
  for (const vertex of graph.vertices)
    if (vertex.operator.tick !== undefined) work(vertex, () => vertex.operator.tick?.(now))
}

/** When an operator wants an epoch, rows or not; Infinity: never. */
export function wakeOf(graph: Graph): number {
  let first = Number.POSITIVE_INFINITY
  for (const { operator } of graph.vertices) first = Math.min(first, operator.wakeAt?.() ?? first)
  return first
}

/** Emit what the steps held back, without ending the epoch (the continuous trigger). */
export function* flushGraph(graph: Graph, clock?: Clock): Turns {
  for (const vertex of graph.vertices) {
    // Without a clock nobody asks the world outside: the step of an iteration.
    if (clock !== undefined) yield* settle(graph, vertex, clock, true)
    yield* flush(graph, vertex, false)
  }
}

/** Work in slices: the host has its turn between them, and what is yielded is waited for. */
export type Turns = Generator<Promise<void> | undefined>

/** What steps have put off, in slices. What lies further down comes first: little waits before it. */
export function* workOff(graph: Graph): Generator<undefined> {
  while (workOffSlice(graph)) yield
}

/** One slice of it; false: there is nothing. */
export function workOffSlice({ vertices }: Graph): boolean {
  const busy = vertices.findLast(each => isBusy(each))
  if (busy === undefined) return false
  work(busy, () => busy.operator.workOff?.(busy.emit))
  return true
}

export const isBusy = ({ operator }: Vertex): boolean => operator.busy?.() === true

/** Between two batches: work off what they put off, and wait until operators that ask the world outside have room. */
export function* settleGraph(graph: Graph, clock: Clock): Turns {
  yield* workOff(graph)
  for (const vertex of graph.vertices) yield* settle(graph, vertex, clock, false)
}

function* settle(graph: Graph, vertex: Vertex, clock: Clock, all: boolean): Turns {
  const { operator, emit } = vertex
  if (operator.pending === undefined) return
  for (;;) {
    const wait = operator.pending(clock, all)
    work(vertex, () => operator.collect?.(emit))
    yield* workOff(graph)
    if (wait === undefined) return
    yield wait
  }
}

/** Let an operator flush, and those that listen work off what they put off; yields while more is to come. */
function* flush(graph: Graph, vertex: Vertex, isEnd: boolean): Generator<undefined> {
  const { operator, emit } = vertex
  if (operator.flushSlices !== undefined) return yield* emitting(graph, vertex, operator.flushSlices(emit, isEnd))
  work(vertex, () => operator.flush(emit, isEnd))
  yield* workOff(graph)
}

/** Slices that emit: what they emit is worked off before the next. */
export function* emitting(graph: Graph, vertex: Vertex, slices: Generator<void>): Generator<undefined> {
  for (const _ of inSlices(vertex, slices)) {
    yield* workOff(graph)
    yield
  }
  yield* workOff(graph)
}

function* inSlices(vertex: Vertex, slices: Generator<void>): Generator<undefined> {
  let done = false
  const next = (): void => {
    done = slices.next().done === true
  }
  for (;;) {
    work(vertex, next)
    if (done) return
    yield
  }
}

/**
 * What changed in operators with state since it was last saved (all of it when `full`), as blocks under their names;
 * yields while more is to come.
 */
export function* saveGraph(
  named: ReadonlyMap<Vertex, string>,
  put: (store: string, block: Uint8Array) => void,
  full = false,
): Generator<void> {
  for (const [vertex, name] of named) {
    const { operator } = vertex
    const writer: StateWriter = { put: (store, block) => put(`${name}/${store}`, block) }
    if (operator.saveSlices === undefined) work(vertex, () => operator.save(writer, full))
    else yield* inSlices(vertex, operator.saveSlices(writer, full))
    yield
  }
}

/** Static sides have been read to their end: what they amount to, and that it is all, is told before the streams begin. */
export function* flushStatic(graph: Graph, clock: Clock): Turns {
  for (const vertex of graph.vertices) {
    if (vertex.isStatic) yield* settle(graph, vertex, clock, true)
    work(vertex, () => advance(vertex, vertex.emit, each => each.isStatic))
    if (vertex.isStatic) yield* flush(graph, vertex, true)
    else yield* workOff(graph)
  }
}

/** The end of an epoch for every operator, inputs before listeners: advance, flush, seal. */
export function* closeGraph(graph: Graph, epoch: number, clock: Clock): Turns {
  for (const vertex of graph.vertices) {
    yield* settle(graph, vertex, clock, true)
    work(vertex, () => advance(vertex, vertex.emit))
    yield* flush(graph, vertex, true)
    work(vertex, () => vertex.operator.seal(epoch))
    yield
  }
}

/** Tell every operator the watermarks that were reached before a restart. Nothing can be due: it was emitted then. */
export function resumeGraph(graph: Graph): void {
  const silent: Emit = () => {}
  for (const vertex of graph.vertices) work(vertex, () => advance(vertex, silent))
}

function advance(vertex: Vertex, emit: Emit, which = (_: Outlet): boolean => true): void {
  const { operator, inputs, advanced, outlets } = vertex
  for (let port = 0; port < inputs.length; port++) {
    const input = inputs[port] as Outlet
    const reached = input.watermark
    if (!which(input) || reached <= (advanced[port] as bigint)) continue
    advanced[port] = reached
    operator.advance(port, reached, emit)
  }
  const out = operator.watermark(advanced)
  for (const outlet of outlets) if (out > outlet.watermark) outlet.watermark = out
}

export function closeAll(graph: Graph): void {
  for (const vertex of graph.vertices) {
    vertex.operator.close()
    vertex.arena.free()
  }
  graph.vertices.length = 0
}

/** The error with the operator's name; a foreign one (a user's function threw) becomes OPERATOR_FAILED. */
export function named(error: unknown, operator: string): unknown {
  if (error instanceof MillraceError) return error.where.operator === undefined ? error.at({ operator }) : error
  if (!(error instanceof Error)) return error
  return new MillraceError('OPERATOR_FAILED', { reason: `${error.name}: ${error.message}` }, { operator }, error)
}
