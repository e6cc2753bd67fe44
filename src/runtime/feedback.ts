// A feedback loop over a stream: the step makes of rows what leaves the loop and what goes through it once more. The step is
// linear (a row's results depend on that row alone), so rounds need no bookkeeping: whenever a row is worked off, it gives
// the same, and the sum of what leaves is Σ output(againⁱ(input)) however the input is cut.
// Rows that go back wait: they are the loop's state, and are saved. At most `inFlight` of them: input that would make more
// is taken when some have left; rows that become more of themselves are FEEDBACK_OVERFLOW.
// A flush works off so many rounds; what waits then asks for another epoch. When the input has ended, all is worked off.
import { fail } from '../base/index.ts'
import { type Arena, type Batch, EXACT, encodeKeys, type Kind, Tree } from '../data/index.ts'
import {
  decodeExact,
  type Emit,
  flushing,
  least,
  type Operator,
  type OperatorContext,
  piecesOf,
  saving,
  sizeOf,
  stateless,
  toEnd,
  WATERMARK_MAX,
  WATERMARK_MIN,
} from '../ops/index.ts'
import { addVertex, closeAll, type Graph, graphOf, type Outlet, outletOf, send, workOff } from './graph.ts'

/** What leaves the loop, and what goes back. */
export interface LoopEnds {
  readonly output: Outlet
  readonly again: Outlet
}

export interface FeedbackSpec {
  /** Kinds of the input's columns. */
  readonly kinds: readonly Kind[]
  /** Tables from outside that the step uses: their ports follow the input's. */
  readonly entered: number
  /** Rows that may wait at most. */
  readonly inFlight: number
  /** Rounds of an epoch; 100 by default. */
  readonly rounds?: number
  readonly body: (graph: Graph, input: Outlet, entered: readonly Outlet[]) => LoopEnds
}

/** Rounds after which a loop whose input has ended is taken to go on for ever. */
const LAST_ROUND = 1_000_000

interface Loop {
  readonly spec: FeedbackSpec
  readonly graph: Graph
  readonly input: Outlet
  readonly entered: readonly Outlet[]
  /** Rows that wait. */
  readonly flight: Tree
  /** Those that are being worked off. */
  readonly turn: Tree
  readonly arena: Arena
  emit: Emit
  ended: boolean
}

export function feedback(spec: FeedbackSpec, context: OperatorContext): Operator {
  const loop = newLoop(spec, context)
  return {
    ...stateless,
    name: 'feedback',
    stores: ['flight'],
    step(port, delta, emit) {
      loop.emit = emit
      if (port === 0) makeRoom(loop, delta.count)
      send((port === 0 ? loop.input : (loop.entered[port - 1] as Outlet)).listeners, delta)
      toEnd(workOff(loop.graph))
      expectRoom(loop)
    },
    advance(port, watermark) {
      if (port === 0) loop.ended = watermark === WATERMARK_MAX
    },
    ...flushing(emit => workRounds(loop, emit)),
    wakeAt: () => (loop.flight.count > 0 ? 0 : Number.POSITIVE_INFINITY),
    /** What waits may be of any time. */
    watermark: inputs => (loop.flight.count > 0 && !loop.ended ? WATERMARK_MIN : least(inputs)),
    ...saving((writer, full) => loop.flight.saving(block => writer.put('flight', block), full)),
    load: (_store, block) => loop.flight.load(block),
    size: () => sizeOf(loop.flight),
    close() {
      closeAll(loop.graph)
      for (const each of [loop.flight, loop.turn, loop.arena]) each.free()
    },
  }
}

function newLoop(spec: FeedbackSpec, context: OperatorContext): Loop {
  const { memory } = context
  const loop: Loop = {
    spec,
    graph: graphOf(memory, { ...context, prefix: `${context.operator}.` }),
    input: outletOf(),
    entered: Array.from({ length: spec.entered }, () => outletOf()),
    flight: new Tree(memory, context.durable !== false),
    turn: new Tree(memory, false),
    arena: memory.arena(),
    emit: () => {},
    ended: false,
  }
  const { output, again } = spec.body(loop.graph, loop.input, loop.entered)
  addEnd(loop, 'output', output, delta => loop.emit(0, delta))
  addEnd(loop, 'again', again, (delta, arena) => {
    const orders = spec.kinds.map(() => EXACT)
    loop.flight.addAll(encodeKeys(delta, delta.columns, orders, arena), undefined, delta, delta.weights)
  })
  return loop
}

function addEnd({ graph }: Loop, name: string, outlet: Outlet, take: (delta: Batch, arena: Arena) => void): void {
  addVertex(graph, name, [outlet], ({ arena }) => ({
    ...stateless,
    name,
    outputs: 0,
    step: (_port, delta) => take(delta, arena),
  }))
}

/** Work off what waits until so many rows more may wait. */
function makeRoom(loop: Loop, rows: number): void {
  const room = Math.max(0, loop.spec.inFlight - rows)
  for (let round = 0; loop.flight.count > room && round < LAST_ROUND; round++) for (const _ of oneRound(loop));
}

function expectRoom({ flight, spec }: Loop): void {
  if (flight.count > spec.inFlight) fail('FEEDBACK_OVERFLOW', { rows: flight.count, limit: spec.inFlight })
}

function* workRounds(loop: Loop, emit: Emit): Generator<void> {
  loop.emit = emit
  const most = loop.ended ? LAST_ROUND : (loop.spec.rounds ?? 100)
  for (let round = 0; loop.flight.count > 0 && round < most; round++) yield* oneRound(loop)
  if (loop.ended && loop.flight.count > 0)
    fail('ITERATION_NOT_CONVERGED', { rounds: LAST_ROUND, rows: loop.flight.count })
}

/** Give the step everything that waits. */
function* oneRound(loop: Loop): Generator<void> {
  const { flight, turn, arena, spec, input } = loop
  for (const { entries, weights, count } of piecesOf(flight, arena)) turn.addEntries(entries, weights, count)
  arena.reset()
  flight.clear()
  for (const { entries, weights, count } of piecesOf(turn, arena)) {
    const columns = decodeExact(entries, count, spec.kinds, arena)
    send(input.listeners, { columns, rows: count, sel: 0, count, weights })
    yield* workOff(loop.graph)
    expectRoom(loop)
    yield
  }
  arena.reset()
  turn.clear()
}
