// The life of a run: wait for the trigger, plan an epoch, run it, again. Pure but for its ports.
import type { EpochLimit, EpochRange, Json } from '../data/index.ts'
import { type Schedule, scheduleOf, started, type Trigger } from '../time/index.ts'
import type { Alarm } from './alarm.ts'
import {
  beginEpoch,
  closeEpoch,
  type EpochPlan,
  type Flowed,
  flowRange,
  isTimeDue,
  type Machine,
  noPhases,
  type Phases,
  readRanges,
  readStatic,
  sinksOf,
  timed,
  untilIdle,
} from './epoch.ts'
import type { Input } from './input.ts'

/** Where epochs are made durable; no journal: nowhere (a query in memory). */
export interface Journal {
  /** The last committed epoch; 0 before the first. */
  readonly committed: number
  /** An epoch that was planned and not committed: it is run again, over the very same ranges. */
  readonly pending: EpochPlan | undefined
  /** Some input has never been read. */
  readonly begins?: boolean
  writePlan(plan: EpochPlan): Promise<void>
  /** Save what changed in the operators since the last epoch. */
  saveState(epoch: number): Promise<void>
  writeCommit(plan: EpochPlan): Promise<void>
}

export interface LoopOptions {
  readonly trigger: Trigger
  /** Rows per source and epoch at most. */
  readonly epochRows: number
  readonly journal: Journal | undefined
  readonly alarm: Alarm
  /** Asked between epochs: finish now? */
  readonly stopping: () => boolean
  readonly onStatus: (status: 'running' | 'waiting') => void
  readonly onEpoch: (plan: EpochPlan, phases: Phases) => void
}

/** Milliseconds between two looks at sources that have nothing, when they do not wake us. */
const POLL_MIN_MS = 10
const POLL_MAX_MS = 1000

/** Rows of a source that flow before the others have their turn (the continuous trigger). */
const FLOW_ROWS = 65_536

export async function runLoop(machine: Machine, options: LoopOptions): Promise<'done' | 'stopped'> {
  const { journal, trigger } = options
  const clock = machine.world.clock
  if (machine.hold) return runBatch(machine, options)
  let epoch = journal?.committed ?? 0
  let begins = journal?.begins ?? epoch === 0
  if (journal?.pending !== undefined) {
    epoch = journal.pending.epoch
    await runAgain(machine, options, journal.pending)
    begins = false
  }
  const since = clock.now()
  for (const input of machine.inputs) input.tracker.resume(since)
  const begun = { ...options, since, begins }
  if (trigger.kind === 'continuous') return runContinuous(machine, begun, epoch, trigger.intervalMs)
  return runEpochs(machine, begun, epoch)
}

/** Options of a loop that has begun. */
interface Begun extends LoopOptions {
  /** When it began. */
  readonly since: number
  /** There is a result to be told, even if there is nothing to read. */
  readonly begins: boolean
}

/** An epoch that was cut short, by what its plan says: ranges, times and ends are those of the first attempt. */
async function runAgain(machine: Machine, options: LoopOptions, plan: EpochPlan): Promise<void> {
  for (const input of machine.inputs) {
    input.tracker.resume(plan.since)
    // A static side is read whole: that it has ended is known when it has been read again.
    if (plan.ended.includes(input.plan.key) && !input.plan.isStatic) input.end()
  }
  await runEpoch(machine, options, plan, noPhases())
}

async function runEpochs(machine: Machine, options: Begun, last: number): Promise<'done' | 'stopped'> {
  const { trigger, alarm } = options
  const clock = machine.world.clock
  const ends = trigger.kind === 'once' || trigger.kind === 'availableNow'
  const targets = trigger.kind === 'availableNow' ? await endOfNow(machine) : undefined
  let schedule = scheduleOf(trigger, clock.now())
  let epoch = last
  let { begins } = options
  let poll = POLL_MIN_MS
  while (!options.stopping()) {
    if (schedule.due > clock.now()) {
      await rest(machine, options, schedule.due - clock.now())
      continue
    }
    const phases = noPhases()
    const now = clock.now()
    const ranges = await timed(clock, phases, 'plan', () => planRanges(machine, options, targets))
    // What ends by itself has a result even when there was nothing to read: the first epoch is always run.
    if (ranges !== undefined || isTimeDue(machine, now) || (ends && begins)) {
      schedule = started(schedule, now)
      begins = false
      poll = POLL_MIN_MS
      await runEpoch(machine, options, planOf(machine, options, ++epoch, now, ranges ?? {}), phases)
      if (trigger.kind === 'once') return 'done'
    } else if (trigger.kind === 'once' || (ends && isExhausted(machine)) || machine.inputs.every(each => each.ended)) {
      return 'done'
    } else {
      schedule = started(schedule, now)
      if (schedule.due <= now) await rest(machine, options, Math.min(poll, untilIdle(machine, now)))
      poll = alarm.rang ? POLL_MIN_MS : Math.min(poll * 2, POLL_MAX_MS)
    }
  }
  return 'stopped'
}

async function pause(options: LoopOptions, ms: number): Promise<void> {
  options.onStatus('waiting')
  await options.alarm.wait(ms)
  options.onStatus('running')
}

/** A pause between epochs: sinks may use it, and may want to be asked again before it is over. */
async function rest(machine: Machine, options: LoopOptions, ms: number): Promise<void> {
  await pause(options, Math.min(ms, await idleSinks(machine)))
}

async function idleSinks(machine: Machine): Promise<number> {
  let again = Number.POSITIVE_INFINITY
  for (const sink of sinksOf(machine)) if (sink.idle !== undefined) again = Math.min(again, await sink.idle())
  return again
}

type Ranges = Record<string, readonly EpochRange[]>

function planOf(
  machine: Machine,
  { since }: Pick<Begun, 'since'>,
  epoch: number,
  now: number,
  ranges: Ranges,
): EpochPlan {
  const ended = machine.inputs.filter(each => each.ended).map(each => each.plan.key)
  return { epoch, now, since, ranges, ended }
}

/** The next range of every source; undefined when none has anything. Static sides are taken whole, and first. */
async function planRanges(
  machine: Machine,
  options: LoopOptions,
  targets: ReadonlyMap<Input, Json> | undefined,
): Promise<Ranges | undefined> {
  const ranges: Ranges = {}
  let some = false
  for (const input of machine.inputs) {
    const limit = limitOf(input, options, targets)
    if (limit === undefined) continue
    const range = await input.next(limit)
    if (range === undefined) continue
    ranges[input.plan.key] = [range]
    some = true
  }
  return some ? ranges : undefined
}

function limitOf(
  input: Input,
  options: LoopOptions,
  targets: ReadonlyMap<Input, Json> | undefined,
): EpochLimit | undefined {
  if (options.trigger.kind === 'once') return { rows: Number.POSITIVE_INFINITY, all: true }
  const rows = input.plan.isStatic ? Number.POSITIVE_INFINITY : options.epochRows
  if (targets === undefined || input.plan.spec.bounded) return { rows }
  const until = targets.get(input)
  if (until === undefined || same(until, input.offset)) return undefined
  return { rows, until }
}

/** How far every source that goes on for ever reaches at this moment. */
async function endOfNow(machine: Machine): Promise<ReadonlyMap<Input, Json>> {
  const ends = new Map<Input, Json>()
  for (const input of machine.inputs) {
    if (input.plan.spec.bounded) continue
    const range = await input.next({ rows: Number.POSITIVE_INFINITY, all: true })
    if (range !== undefined) ends.set(input, range.to)
  }
  return ends
}

const same = (a: Json, b: Json): boolean => JSON.stringify(a) === JSON.stringify(b)

async function runEpoch(machine: Machine, options: LoopOptions, plan: EpochPlan, phases: Phases): Promise<void> {
  const { journal } = options
  const clock = machine.world.clock
  options.onStatus('running')
  if (journal !== undefined && journal.pending?.epoch !== plan.epoch) {
    await timed(clock, phases, 'log', () => journal.writePlan(plan))
  }
  await timed(clock, phases, 'read', async () => {
    await beginEpoch(machine, plan.epoch)
    await readRanges(machine, plan)
  })
  await finishEpoch(machine, options, plan, phases)
}

/** From the end of reading to the commit record. */
async function finishEpoch(machine: Machine, options: LoopOptions, plan: EpochPlan, phases: Phases): Promise<void> {
  const { journal } = options
  const clock = machine.world.clock
  const sinks = sinksOf(machine)
  await timed(clock, phases, 'close', () => closeEpoch(machine, plan))
  await timed(clock, phases, 'prepare', async () => {
    for (const sink of sinks) await sink.prepare(plan.epoch)
  })
  if (journal !== undefined) await timed(clock, phases, 'state', () => journal.saveState(plan.epoch))
  await timed(clock, phases, 'commit', async () => {
    for (const sink of sinks) await sink.commit(plan.epoch)
    await journal?.writeCommit(plan)
    for (const input of machine.inputs) await input.source.committed(input.offset)
  })
  options.onEpoch(plan, phases)
}

/**
 * A batch is one epoch, however its input arrives: what there is now of sources that go on, all of those that end.
 * Operators flush once, at the end.
 */
async function runBatch(machine: Machine, options: LoopOptions): Promise<'done' | 'stopped'> {
  const clock = machine.world.clock
  const targets = await endOfNow(machine)
  const phases = noPhases()
  const plan = planOf(machine, { since: clock.now() }, 1, clock.now(), {})
  let poll = POLL_MIN_MS
  await beginEpoch(machine, plan.epoch)
  for (;;) {
    const ranges = await timed(clock, phases, 'plan', () => planRanges(machine, options, targets))
    if (ranges === undefined && isExhausted(machine)) break
    if (ranges !== undefined) {
      poll = POLL_MIN_MS
      await timed(clock, phases, 'read', () => readRanges(machine, { ...plan, ranges }))
      continue
    }
    await pause(options, poll)
    if (options.stopping()) return 'stopped'
    poll = Math.min(poll * 2, POLL_MAX_MS)
  }
  await finishEpoch(machine, options, plan, phases)
  return 'done'
}

/** Nothing more to come from sources that end: it may be on its way (an iterable), so having nothing now is not enough. */
function isExhausted(machine: Machine): boolean {
  return machine.inputs.every(input => input.ended || !input.plan.spec.bounded)
}

/** Rows flow as they come; a barrier each interval closes the epoch. Its ranges are known, and logged, only then. */
async function runContinuous(
  machine: Machine,
  options: Begun,
  last: number,
  intervalMs: number,
): Promise<'done' | 'stopped'> {
  const clock = machine.world.clock
  let schedule: Schedule = started(scheduleOf({ kind: 'continuous', intervalMs }, clock.now()), clock.now())
  let epoch = last
  while (!options.stopping()) {
    const phases = noPhases()
    const flowed = await timed(clock, phases, 'read', () => flow(machine, options, epoch + 1, schedule))
    const now = clock.now()
    schedule = started(schedule, now)
    if (flowed.flow.length > 0 || isTimeDue(machine, now)) {
      const plan = { ...planOf(machine, options, ++epoch, now, flowed.ranges), flow: flowed.flow }
      if (flowed.flow.length === 0) await beginEpoch(machine, epoch)
      await timed(clock, phases, 'log', () => options.journal?.writePlan(plan))
      await finishEpoch(machine, options, plan, phases)
    } else if (streamsOf(machine).every(input => input.ended)) return 'done'
    else await idleSinks(machine)
  }
  return 'stopped'
}

const streamsOf = (machine: Machine) => machine.inputs.filter(input => !input.plan.isStatic)

interface Flow {
  readonly ranges: Ranges
  readonly flow: readonly Flowed[]
}

/** Let rows flow until the interval is over, everything has ended, or the run is stopped. */
async function flow(machine: Machine, options: LoopOptions, epoch: number, schedule: Schedule): Promise<Flow> {
  const clock = machine.world.clock
  const ranges: Record<string, EpochRange[]> = {}
  const flow: Flowed[] = []
  const streams = streamsOf(machine)
  let poll = POLL_MIN_MS
  while (!options.stopping() && clock.now() < schedule.due) {
    let some = false
    for (const input of streams) {
      const range = await input.next({ rows: FLOW_ROWS })
      if (range === undefined) continue
      if (flow.length === 0) await beginFlow(machine, epoch)
      const now = clock.now()
      const { key } = input.plan
      ranges[key] = [...(ranges[key] ?? []), range]
      flow.push({ input: key, now })
      await flowRange(machine, input, range, now)
      some = true
    }
    if (streams.every(input => input.ended)) break
    poll = some ? POLL_MIN_MS : Math.min(poll * 2, POLL_MAX_MS)
    if (!some) await pause(options, Math.min(poll, schedule.due - clock.now()))
  }
  return { ranges, flow }
}

/** Before the first row of an epoch. */
async function beginFlow(machine: Machine, epoch: number): Promise<void> {
  await beginEpoch(machine, epoch)
  if (machine.inputs.some(input => input.plan.isStatic)) await readStatic(machine, epoch, machine.world.clock.now())
}
