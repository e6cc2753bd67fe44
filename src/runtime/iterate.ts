// The operator of an iteration: it holds the graph of the step and drives it round by round (src/ops/rounds.ts).
// A variable's difference of round i + 1 is what the step makes of its difference of round i; those of round 0 come from
// its seed. So the rounds are a system of equations in which each round depends on earlier ones alone: it has one
// solution, and changes worked off in any order lead to it; ascending rounds are merely the shortest way.
// Law: after every flush the output is what the step, applied round after round to the sums of the inputs, gives.
// A flush leaves nothing in flight but what lies beyond the round at which `until` stops: that is state (until.ts).
import { assert, fail } from '../base/index.ts'
import { type Arena, type Batch, EXACT, encodeKeys, type Kind } from '../data/index.ts'
import {
  decodeExact,
  type Emit,
  flushing,
  isRoundOperator,
  type Operator,
  type OperatorContext,
  piecesOf,
  type RoundOperator,
  type Rounds,
  RoundTrees,
  type StateSize,
  saving,
  sizeOf,
  stateless,
} from '../ops/index.ts'
import {
  addVertex,
  closeAll,
  flushGraph,
  type Graph,
  graphOf,
  isBusy,
  type Outlet,
  outletOf,
  saveGraph,
  send,
  type Vertex,
  work,
  workOff,
  workOffSlice,
} from './graph.ts'
import { lastRound, type Outcome, stoppedRound } from './iterate-outcome.ts'

/** What the step is built over. */
export interface Body {
  readonly graph: Graph
  readonly rounds: Rounds
  /** Where the variables come out. */
  readonly variables: readonly Outlet[]
  /** Where the tables from outside come out, all of them in round 0. */
  readonly entered: readonly Outlet[]
}

export interface BodyEnds {
  /** What each variable is in the next round. */
  readonly next: readonly Outlet[]
  /** The iteration stops after the first round in which this is empty. */
  readonly until: Outlet | undefined
}

export interface IterateSpec {
  /** Kinds of each variable's columns. Ports: the variables' seeds, then the tables from outside. */
  readonly variables: readonly (readonly Kind[])[]
  readonly entered: number
  /** Which variable is the result. */
  readonly result: number
  readonly maxRounds: number
  /** Something that still changes in the last round is an error; else the last round's table is the result. */
  readonly converges: boolean
  readonly body: (on: Body) => BodyEnds
}

interface Variable {
  readonly kinds: readonly Kind[]
  readonly outlet: Outlet
  /** Differences that the step has not been given. */
  readonly pending: RoundTrees
}

interface Iteration {
  readonly spec: IterateSpec
  readonly rounds: Rounds
  readonly inner: Graph
  readonly variables: readonly Variable[]
  readonly entered: readonly Outlet[]
  readonly operators: readonly RoundOperator[]
  readonly outcome: Outcome
  readonly arena: Arena
}

export function iterate(spec: IterateSpec, context: OperatorContext): Operator {
  const state = newIteration(spec, context)
  const { inner, rounds, variables, entered, outcome } = state
  const names = namesIn(inner)
  const within = [...names].flatMap(([{ operator }, name]) => operator.stores.map(store => `${name}/${store}`))
  return {
    ...stateless,
    name: 'iterate',
    stores: [...outcome.stores.keys(), ...within],
    step(port, delta) {
      rounds.now = 0
      if (port < variables.length) begin(state, port, delta, context.arena)
      else send((entered[port - variables.length] as Outlet).listeners, delta)
    },
    busy: () => inner.vertices.some(isBusy),
    workOff: () => void workOffSlice(inner),
    ...flushing(emit => flushRounds(state, emit)),
    ...saving(function* (writer, full) {
      for (const [store, tree] of outcome.stores) yield* tree.saving(block => writer.put(store, block), full)
      yield* saveGraph(names, (store, block) => writer.put(store, block), full)
    }),
    load(store, block) {
      const tree = outcome.stores.get(store)
      if (tree !== undefined) tree.load(block)
      else load(names, store, block)
    },
    size: () => total([sizeOf(...outcome.stores.values()), ...inner.vertices.map(each => each.operator.size())]),
    close() {
      closeAll(inner)
      for (const { pending } of variables) pending.clear()
      outcome.close()
      state.arena.free()
    },
  }
}

/** The operators of the step that keep something, by names that do not depend on where the iteration stands. */
function namesIn({ vertices, prefix }: Graph): ReadonlyMap<Vertex, string> {
  const kept = vertices.filter(each => each.operator.stores.length > 0)
  return new Map(kept.map(each => [each, each.id.slice(prefix.length)]))
}

function load(names: ReadonlyMap<Vertex, string>, store: string, block: Uint8Array): void {
  const slash = store.indexOf('/')
  const vertex = [...names].find(([, name]) => name === store.slice(0, slash))?.[0]
  assert(vertex !== undefined, `no store ${store}`)
  work(vertex, () => vertex.operator.load(store.slice(slash + 1), block))
}

function newIteration(spec: IterateSpec, context: OperatorContext): Iteration {
  const { memory } = context
  const rounds: Rounds = { now: 0 }
  const inner = graphOf(memory, { ...context, prefix: `${context.operator}.`, rounds })
  const arena = memory.arena()
  const variables = spec.variables.map(kinds => ({ kinds, outlet: outletOf(), pending: new RoundTrees(arena) }))
  const entered = Array.from({ length: spec.entered }, () => outletOf())
  const { next, until } = spec.body({ graph: inner, rounds, variables: variables.map(each => each.outlet), entered })
  const kinds = spec.variables[spec.result] as readonly Kind[]
  const outcome = until === undefined ? lastRound(kinds, context) : stoppedRound(kinds, variables, context)
  const operators = inner.vertices.map(each => each.operator).filter(isRoundOperator)
  const state = { spec, rounds, inner, variables, entered, operators, outcome, arena }
  for (const [number, outlet] of next.entries())
    addEnd(inner, 'next', outlet, (delta, own) => arrive(state, number, rounds.now + 1, delta, own))
  if (until !== undefined) addEnd(inner, 'until', until, (delta, own) => outcome.note(rounds.now, delta, own))
  return state
}

function addEnd(inner: Graph, name: string, outlet: Outlet, take: (delta: Batch, arena: Arena) => void): void {
  addVertex(inner, name, [outlet], ({ arena }) => ({
    ...stateless,
    name,
    outputs: 0,
    step: (_port, delta) => take(delta, arena),
  }))
}

/** The seed is the table of round 0. That of round 1 is what the step makes of it alone, so the seed is taken back there. */
function begin(state: Iteration, number: number, delta: Batch, arena: Arena): void {
  arrive(state, number, 0, delta, arena)
  arrive(state, number, 1, delta, arena, -1n)
}

/** A change of a variable's difference of a round: it waits for its turn. */
function arrive(
  state: Iteration,
  number: number,
  round: number,
  delta: Batch,
  arena: Arena,
  sign: 1n | -1n = 1n,
): void {
  if (delta.count === 0) return
  const { spec, variables, outcome } = state
  if (number === spec.result) outcome.add(round, delta, arena, sign)
  // Nobody asks what becomes of the last round, unless nothing may.
  if (round === spec.maxRounds && !spec.converges) return
  const orders = delta.columns.map(() => EXACT)
  const keys = encodeKeys(delta, delta.columns, orders, arena)
  ;(variables[number] as Variable).pending.at(round).addAll(keys, undefined, delta, delta.weights, sign)
}

/** Round by round, until nothing waits, or nothing may go on. */
function* flushRounds(state: Iteration, emit: Emit): Generator<void> {
  const { rounds, inner, operators, outcome, spec } = state
  outcome.resume()
  for (let round = nextRound(state); round !== undefined; round = nextRound(state)) {
    rounds.now = round
    for (const variable of state.variables) if (mayGoOn(state, round)) yield* feed(state, variable, round)
    for (const _ of flushGraph(inner)) yield
  }
  if (spec.converges) expectConverged(state)
  for (const operator of operators) operator.settle()
  outcome.pause()
  yield* outcome.emit(emit)
}

/** The least round in which something is to be done. */
function nextRound(state: Iteration): number | undefined {
  const due = least(state.operators.map(each => each.due()))
  const waiting = least(state.variables.map(each => each.pending.least()))
  const next = least([due, waiting])
  if (next === undefined || next === due || mayGoOn(state, next)) return next
  return due
}

/** Whether the variables of a round are given to the step: all earlier rounds are done. */
function mayGoOn({ outcome, spec }: Iteration, round: number): boolean {
  return round < spec.maxRounds && outcome.stop(round) === undefined
}

function least(rounds: readonly (number | undefined)[]): number | undefined {
  return rounds.reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a), undefined)
}

/** Hand a variable's waiting difference of a round to the step. */
function* feed({ arena, inner }: Iteration, { pending, kinds, outlet }: Variable, round: number): Generator<void> {
  const tree = pending.take(round)
  if (tree === undefined) return
  for (const { entries, weights, count } of piecesOf(tree, arena)) {
    const columns = decodeExact(entries, count, kinds, arena)
    send(outlet.listeners, { columns, rows: count, sel: 0, count, weights })
    yield* workOff(inner)
    yield
  }
  arena.reset()
  tree.free()
}

/** Nothing waits for the last round; or the termination set was empty before. */
function expectConverged({ variables, spec, outcome }: Iteration): void {
  if (outcome.stop(spec.maxRounds) !== undefined) return
  const rows = variables.reduce((sum, { pending }) => sum + pending.rows(spec.maxRounds), 0)
  if (rows > 0 || outcome.isStopped) fail('ITERATION_NOT_CONVERGED', { rounds: spec.maxRounds, rows })
}

function total(sizes: readonly StateSize[]): StateSize {
  const sum = (of: (size: StateSize) => number): number => sizes.reduce((all, each) => all + of(each), 0)
  return { rows: sum(each => each.rows), bytes: sum(each => each.bytes), unmatchedDeletes: 0 }
}
