// One epoch: a range of every source in, one consolidated delta per sink out. The order of effects is the law of
// recovery (docs/notes/checkpoint.md): plan → write offsets → read and push → per operator advance, flush, seal →
// sinks prepare → state delta → sinks commit → commit record.
import { type Clock, fail } from '../base/index.ts'
import type { EpochRange, Sink, World } from '../data/index.ts'
import { Slices } from '../time/index.ts'
import { type Graft, tellGraft } from './graft.ts'
import {
  closeGraph,
  flushGraph,
  flushStatic,
  type Graph,
  settleGraph,
  type Turns,
  tickGraph,
  wakeOf,
  workOff,
} from './graph.ts'
import type { Input } from './input.ts'
import type { OutputPlan } from './output.ts'

/** What an epoch will read; written before it is read, and enough to do it again. JSON. */
export interface EpochPlan {
  readonly epoch: number
  /** The epoch's time, milliseconds since 1970: `now()` in expressions, and what idleness is judged by. */
  readonly now: number
  /** When the process that planned it took the query up: silence is counted from then at the earliest. */
  readonly since: number
  /** By the inputs' keys. */
  readonly ranges: Readonly<Record<string, readonly EpochRange[]>>
  /** Keys of inputs that were known to have ended: the end is part of what an epoch does. */
  readonly ended: readonly string[]
  /** Continuous: the ranges in the order in which they flowed, each the next one of its input. Else input by input. */
  readonly flow?: readonly Flowed[]
}

/** A range that flowed: of which input, and when (idleness is counted from then). */
export interface Flowed {
  readonly input: string
  readonly now: number
}

/** Milliseconds spent in each phase of an epoch. */
export interface Phases {
  plan: number
  log: number
  read: number
  close: number
  prepare: number
  state: number
  commit: number
}

export const noPhases = (): Phases => ({ plan: 0, log: 0, read: 0, close: 0, prepare: 0, state: 0, commit: 0 })

/** A lowered query with its sources and sinks open. */
export interface Machine {
  readonly world: World
  readonly graph: Graph
  /** Static sides first. */
  readonly inputs: readonly Input[]
  readonly outputs: readonly OutputPlan[]
  /** What the first epoch tells new parts, before anything else. */
  readonly grafts: Graft[]
  /** A batch: nothing is late, windows close when the input has ended. */
  readonly hold: boolean
  /** Aborted: stop at the next batch, the epoch is given up. */
  readonly signal: AbortSignal
}

/** Bytes that may wait in sinks before the epoch waits for them. */
const PENDING_BYTES = 1 << 20

/** Milliseconds between two looks at a static side that is still arriving. */
const STATIC_POLL_MS = 10

export const sinksOf = (machine: Machine): readonly Sink[] => machine.outputs.map(each => each.hole.sink as Sink)

/** An epoch begins: sinks are told, and new parts what they are put over. */
export async function beginEpoch(machine: Machine, epoch: number): Promise<void> {
  for (const sink of sinksOf(machine)) await sink.begin(epoch)
  const { graph, grafts, world } = machine
  const slices = new Slices(world.clock)
  for (const each of grafts) await inTurns(machine, tellGraft(graph, each), slices, PENDING_BYTES)
  grafts.length = 0
}

/** Read the epoch's ranges and push the rows through the graph. */
export async function readRanges(machine: Machine, plan: EpochPlan): Promise<void> {
  const slices = new Slices(machine.world.clock)
  tickGraph(machine.graph, plan.now)
  const of = (wanted: boolean): readonly Input[] => machine.inputs.filter(each => each.plan.isStatic === wanted)
  for (const input of of(true)) {
    for (const range of plan.ranges[input.plan.key] ?? []) await readRange(machine, input, range, plan.now, slices)
    await readToEnd(machine, input, plan.now, slices)
    input.advance(plan.now, machine.hold)
  }
  if (of(true).length > 0)
    await inTurns(machine, flushStatic(machine.graph, machine.world.clock), slices, PENDING_BYTES)
  if (plan.flow !== undefined) return flowAgain(machine, plan, plan.flow)
  for (const input of of(false)) {
    for (const range of plan.ranges[input.plan.key] ?? []) await readRange(machine, input, range, plan.now, slices)
  }
}

/** A static side is there as a whole or not at all, whatever was planned: it never changes. */
async function readToEnd(machine: Machine, input: Input, now: number, slices: Slices): Promise<void> {
  while (!input.ended) {
    const range = await input.next({ rows: Number.POSITIVE_INFINITY })
    if (range !== undefined) await readRange(machine, input, range, now, slices)
    else if (!input.plan.spec.bounded) return
    else await machine.world.clock.sleep(STATIC_POLL_MS, machine.signal)
    if (machine.signal.aborted) fail('CANCELLED', {}, {}, machine.signal.reason)
  }
}

async function readRange(
  machine: Machine,
  input: Input,
  range: EpochRange,
  now: number,
  slices: Slices,
): Promise<void> {
  for await (const _ of input.read(range, now, machine.graph.memory)) {
    await inTurns(machine, settleGraph(machine.graph, machine.world.clock), slices, PENDING_BYTES)
    await breathe(machine, slices, PENDING_BYTES)
  }
}

/** Static sides come before the first row that flows, in whatever epoch that is. */
export async function readStatic(machine: Machine, epoch: number, now: number): Promise<void> {
  await readRanges(machine, { epoch, now, since: now, ranges: {}, ended: [], flow: [] })
}

/** Ranges flow as they flowed before: in that order, seen at those times. */
async function flowAgain(machine: Machine, plan: EpochPlan, flow: readonly Flowed[]): Promise<void> {
  const next = new Map<string, number>()
  for (const { input: key, now } of flow) {
    const i = next.get(key) ?? 0
    next.set(key, i + 1)
    const input = machine.inputs.find(each => each.plan.key === key)
    const range = plan.ranges[key]?.[i]
    if (input !== undefined && range !== undefined) await flowRange(machine, input, range, now)
  }
}

/** Read one range and let its rows flow through every operator now (the continuous trigger). */
export async function flowRange(machine: Machine, input: Input, range: EpochRange, now: number): Promise<void> {
  const slices = new Slices(machine.world.clock)
  tickGraph(machine.graph, now)
  for await (const _ of input.read(range, now, machine.graph.memory)) {
    await inTurns(machine, workOff(machine.graph), slices, PENDING_BYTES)
    await inTurns(machine, flushGraph(machine.graph, machine.world.clock), slices, 0)
    await breathe(machine, slices, 0)
  }
}

/** Between two batches: a turn for the sinks and for the host, and the moment to give up. */
async function breathe(machine: Machine, slices: Slices, pending: number): Promise<void> {
  if (machine.signal.aborted) fail('CANCELLED', {}, {}, machine.signal.reason)
  await drain(machine, pending)
  if (slices.due) await slices.rest()
}

async function drain(machine: Machine, above: number): Promise<void> {
  for (const sink of sinksOf(machine)) if (sink.pending > above) await sink.drain()
}

/** Raise the watermarks and end the epoch in every operator. */
export async function closeEpoch(machine: Machine, plan: EpochPlan): Promise<void> {
  const slices = new Slices(machine.world.clock)
  tickGraph(machine.graph, plan.now)
  for (const input of machine.inputs) input.advance(plan.now, machine.hold)
  await inTurns(machine, closeGraph(machine.graph, plan.epoch, machine.world.clock), slices, PENDING_BYTES)
}

/** Do work that comes in slices, the host having its turns between them. */
async function inTurns(machine: Machine, work: Turns, slices: Slices, pending: number): Promise<void> {
  for (const wait of work) {
    await until(wait, machine.signal)
    await breathe(machine, slices, pending)
  }
}

/** Wait for the world outside, or for the end of patience. */
async function until(wait: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
  if (wait === undefined || signal.aborted) return
  const given = new AbortController()
  const stopped = new Promise<void>(resolve => {
    signal.addEventListener('abort', () => resolve(), { once: true, signal: given.signal })
  })
  await Promise.race([wait, stopped])
  given.abort()
}

/** True when an epoch without rows would move a watermark or tell a new part something, or an operator waits for it. */
export function isTimeDue(machine: Machine, now: number): boolean {
  return (
    machine.grafts.length > 0 || wakeOf(machine.graph) <= now || machine.inputs.some(input => input.wouldAdvance(now))
  )
}

/** Milliseconds until silence may move a watermark, or an operator waits for the clock; Infinity: neither. */
export function untilIdle(machine: Machine, now: number): number {
  const times = machine.inputs.map(input => input.tracker.nextIdle(now) ?? Number.POSITIVE_INFINITY)
  return Math.min(wakeOf(machine.graph), ...times) - now
}

/** Run `task`, adding the time it takes to a phase. */
export async function timed<T>(
  clock: Clock,
  phases: Phases,
  phase: keyof Phases,
  task: () => Promise<T> | T,
): Promise<T> {
  const began = clock.ticks()
  const result = await task()
  phases[phase] += clock.ticks() - began
  return result
}
