// A run: a query being kept up to date. It owns what it opened, in this order: memory, graph, checkpoint, sources,
// sinks; and gives it all back in the other, however it ends.
import { fail, MillraceError, type Where } from '../base/index.ts'
import { Memory, type Sink, type World } from '../data/index.ts'
import type { Output, Rule } from '../plan/index.ts'
import type { Trigger } from '../time/index.ts'
import { Alarm } from './alarm.ts'
import { type Assembled, assemble } from './branches.ts'
import { changeOf, checkHistory, type OnChange } from './change.ts'
import type { Machine } from './epoch.ts'
import type { Evolution, Meta } from './evolution.ts'
import { closeAll, named } from './graph.ts'
import { type Input, openInput } from './input.ts'
import { type OpenJournal, openJournal } from './journal.ts'
import { runLoop } from './loop.ts'
import { sinkName } from './naming.ts'
import { openOutput } from './output.ts'
import { Meter, type Progress } from './progress.ts'
import { sizesOf } from './sizes.ts'
import { type Why, why } from './why.ts'

export type RunStatus = 'starting' | 'running' | 'waiting' | 'stopping' | 'done' | 'stopped' | 'failed'

export interface RunEvents {
  readonly progress: (progress: Progress) => void
  readonly state: (status: RunStatus) => void
  readonly error: (error: MillraceError) => void
}

/**
 * A query that runs. `await using` stops it, and throws what it failed of when nobody has heard of it: neither looked
 * at `done` nor listened to 'error'. A run that fails never ends the process by itself.
 */
export interface Run {
  /** The id it was started with: its checkpoint's. */
  readonly id: string
  /** Fresh for every start. */
  readonly runId: string
  readonly name: string
  readonly status: RunStatus
  /** The last epoch, and the ones before it. */
  readonly progress: { readonly last: Progress | undefined; readonly recent: readonly Progress[] }
  /** Why it failed. */
  readonly error: MillraceError | undefined
  /** Resolves when the run has ended by itself or was stopped; rejects with what it failed of. */
  readonly done: Promise<void>
  /**
   * Hear of it; call what is returned to hear no more. A listener that throws does not harm the run: those that listen
   * to 'error' are told (FUNCTION_FAILED).
   */
  on<E extends keyof RunEvents>(event: E, listener: RunEvents[E]): () => void
  /** Which source and partition holds the watermark, until when. */
  why(): Promise<Why>
  /** Finish the epoch and end. `now`: give the epoch up; the next start does it again. */
  stop(options?: { readonly now?: boolean }): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface RunSpec {
  readonly id: string
  readonly name: string
  /** As written. */
  readonly outputs: readonly Output[]
  /** Of the optimiser; all when missing. */
  readonly rules?: readonly Rule[]
  /** From how many rows on steps are put off; some ten thousand when missing. */
  readonly large?: number
  readonly onChange?: OnChange
  /** The number of the difference that was seen and may be. */
  readonly confirm?: string | undefined
  readonly trigger: Trigger
  readonly epochRows: number
  readonly memoryBytes: number
  readonly world: World
  /** Where its checkpoint lives; undefined: it has none. */
  readonly dir: string | undefined
  /** Nothing is late: a batch. */
  readonly hold: boolean
  readonly signal: AbortSignal | undefined
  /** Called when it has ended, however. */
  readonly onEnd?: () => void
}

const RECENT = 100

/** What a run has opened. */
interface Opened {
  readonly run: Assembled
  readonly journal: OpenJournal | undefined
  readonly inputs: Input[]
  readonly machine: Machine
}

/** Open everything and begin; resolves when the first epoch may start. */
export async function startRun(spec: RunSpec): Promise<Run> {
  const run = new LiveRun(spec)
  await run.open()
  return run
}

class LiveRun implements Run {
  readonly id: string
  readonly runId: string
  readonly name: string
  status: RunStatus = 'starting'
  error: MillraceError | undefined
  readonly #spec: RunSpec
  readonly #alarm: Alarm
  readonly #abort = new AbortController()
  readonly #recent: Progress[] = []
  readonly #listeners = new Map<keyof RunEvents, Set<(value: never) => void>>()
  readonly #settled = Promise.withResolvers<void>()
  #opened: Opened | undefined
  #stopping = false
  /** Somebody will learn of a failure. */
  #heard = false

  constructor(spec: RunSpec) {
    // A copy: it stays in the place where it was started.
    this.#spec = { ...spec, world: { ...spec.world } }
    this.id = spec.id
    this.name = spec.name
    this.runId = spec.world.random.id()
    this.#alarm = new Alarm(spec.world.clock)
    // A run nobody looks at must not end the process.
    this.#settled.promise.catch(() => {})
  }

  get done(): Promise<void> {
    this.#heard = true
    return this.#settled.promise
  }

  get progress() {
    return { last: this.#recent.at(-1), recent: this.#recent.slice() }
  }

  async open(): Promise<void> {
    const { signal } = this.#spec
    if (signal?.aborted === true) fail('CANCELLED', {}, { query: this.id }, signal.reason)
    signal?.addEventListener('abort', this.#cancel)
    try {
      this.#opened = await open(this.#spec, this.#abort.signal, () => this.#alarm.ring())
    } catch (error) {
      const failure = placed(error, { query: this.id })
      this.#end('failed', failure)
      throw failure
    }
    this.#work(this.#opened)
  }

  on<E extends keyof RunEvents>(event: E, listener: RunEvents[E]): () => void {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners)
    listeners.add(listener as (value: never) => void)
    if (event === 'error') this.#heard = true
    return () => void listeners.delete(listener as (value: never) => void)
  }

  async why(): Promise<Why> {
    return why((this.#opened as Opened).machine)
  }

  async stop(options: { readonly now?: boolean } = {}): Promise<void> {
    if (!this.#ended) {
      this.#stopping = true
      this.#setStatus('stopping')
      if (options.now === true) this.#abort.abort()
      this.#alarm.ring()
    }
    await this.#settled.promise.catch(() => {})
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    if (this.error !== undefined && !this.#heard) throw this.error
  }

  readonly #cancel = (): void => void this.stop({ now: true })

  get #ended(): boolean {
    return this.status === 'done' || this.status === 'stopped' || this.status === 'failed'
  }

  async #work(opened: Opened): Promise<void> {
    let status: 'done' | 'stopped' | 'failed' = 'failed'
    let failure: MillraceError | undefined
    // Then nothing is under way that could still use the memory.
    let isBetweenEpochs = false
    try {
      status = await this.#loop(opened)
      isBetweenEpochs = true
    } catch (error) {
      if (this.#stopping && this.#abort.signal.aborted) status = 'stopped'
      else failure = placed(error, { query: this.id })
    }
    const closing = await close(opened, status).then(
      () => undefined,
      error => placed(error, { query: this.id }),
    )
    if (isBetweenEpochs && closing === undefined) opened.run.graph.memory.release()
    this.#end(closing === undefined ? status : 'failed', failure ?? closing)
  }

  #loop({ machine, journal }: Opened): Promise<'done' | 'stopped'> {
    const meter = new Meter(machine)
    return runLoop(machine, {
      trigger: this.#spec.trigger,
      epochRows: this.#spec.epochRows,
      journal,
      alarm: this.#alarm,
      stopping: () => this.#stopping,
      onStatus: status => {
        if (!this.#stopping) this.#setStatus(status)
      },
      onEpoch: (plan, phases) => {
        const progress = meter.measure(plan.epoch, plan.now, phases)
        this.#recent.push(progress)
        if (this.#recent.length > RECENT) this.#recent.shift()
        this.#tell('progress', progress)
      },
    })
  }

  #end(status: 'done' | 'stopped' | 'failed', failure: MillraceError | undefined): void {
    this.#spec.signal?.removeEventListener('abort', this.#cancel)
    this.error = failure
    this.#setStatus(status)
    this.#spec.onEnd?.()
    if (failure === undefined) {
      this.#settled.resolve()
      return
    }
    this.#tell('error', failure)
    this.#settled.reject(failure)
  }

  #setStatus(status: RunStatus): void {
    if (this.status === status) return
    this.status = status
    this.#tell('state', status)
  }

  #tell<E extends keyof RunEvents>(event: E, value: Parameters<RunEvents[E]>[0]): void {
    for (const listener of this.#listeners.get(event) ?? []) {
      try {
        listener(value as never)
      } catch (cause) {
        const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
        const where = { query: this.id }
        // What throws while it is told of an error has nobody left to tell.
        if (event !== 'error')
          this.#tell(
            'error',
            new MillraceError('FUNCTION_FAILED', { verb: `run.on('${event}')`, reason }, where, cause),
          )
      }
    }
  }
}

async function open(spec: RunSpec, signal: AbortSignal, wake: () => void): Promise<Opened> {
  const { world, dir } = spec
  const seed = (BigInt(world.random.u32()) << 32n) | BigInt(world.random.u32())
  const journal = dir && (await openJournal({ disk: world.disk, clock: world.clock, dir, id: spec.id }))
  const opened = await assembled(spec, journal || undefined, new Memory(spec.memoryBytes, seed), signal)
  const { run, machine, inputs } = opened
  try {
    const context = { graph: run.graph, world, wake, signal, folder: opened.journal?.folder }
    for (const plan of run.inputs) inputs.push(await openInput(plan, context).catch(withName(plan.id)))
    for (const plan of run.outputs) {
      await openOutput(plan, { ...context, query: spec.id }).catch(withName(`${plan.spec.kind} ${plan.spec.name}`))
    }
    await checkHistory(opened.journal, inputs)
    await opened.journal?.begin(opened.meta, run, inputs)
    await recoverSinks(machine, opened.journal)
  } catch (error) {
    await close(opened, 'failed').catch(() => {})
    throw error
  }
  return opened
}

/** The operators of a run, as what was saved and what is asked for now say. */
async function assembled(
  spec: RunSpec,
  journal: OpenJournal | undefined,
  memory: Memory,
  signal: AbortSignal,
): Promise<Opened & { readonly meta: Meta }> {
  try {
    const change = changeOf(spec, journal)
    const roots = spec.outputs.map(each => each.node)
    const sizes = spec.hold && journal === undefined ? await sizesOf(roots, spec.world) : undefined
    const how = { durable: journal !== undefined, isBatch: spec.hold, rules: spec.rules, sizes, large: spec.large }
    const run = assemble(change.branches, spec.outputs, memory, how)
    const { graph, outputs, grafts } = run
    const inputs: Input[] = []
    const machine: Machine = { world: spec.world, graph, inputs, outputs, grafts: [...grafts], hold: spec.hold, signal }
    return { run, journal, inputs, machine, meta: metaFrom(change, spec, run, journal?.saved) }
  } catch (error) {
    await journal?.close()
    throw error
  }
}

function metaFrom({ next }: Evolution, { id, outputs }: RunSpec, run: Assembled, saved: Meta | undefined): Meta {
  const sinks = new Set([...(saved?.sinks ?? []), ...outputs.map(sinkName)])
  return { version: 2, id, next, branches: run.branches, sinks: [...sinks] }
}

/** What came after the last commit vanishes; the last commit itself may have been cut short between two sinks. */
async function recoverSinks({ outputs }: Machine, journal: OpenJournal | undefined): Promise<void> {
  const committed = journal?.committed ?? 0
  const positions = new Map(Object.entries(journal?.sinks ?? {}).map(([name, each]) => [name, each.values()]))
  for (const { spec, hole } of outputs) {
    const sink = hole.sink as Sink
    await sink.recover(committed, positions.get(sinkName({ sink: spec }))?.next().value)
    if (committed > 0) await sink.commit(committed)
  }
}

const withName =
  (operator: string) =>
  (error: unknown): never => {
    throw named(error, operator)
  }

async function close(opened: Opened, reason: 'done' | 'stopped' | 'failed'): Promise<void> {
  const failures: unknown[] = []
  const attempt = async (task: (() => Promise<void>) | undefined): Promise<void> => {
    if (task !== undefined) await task().catch(error => failures.push(error))
  }
  for (const { hole } of opened.run.outputs) await attempt(hole.sink && (async () => hole.sink?.close(reason)))
  for (const input of opened.inputs) await attempt(() => input.source.close())
  await attempt(opened.journal && (async () => opened.journal?.close()))
  opened.run.graph.memory.abandon()
  closeAll(opened.run.graph)
  if (failures.length > 0) throw failures[0]
}

/** Any failure as one of the catalogue, told with its query. */
export function placed(error: unknown, where: Where): MillraceError {
  if (error instanceof MillraceError) return error.at(where)
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new MillraceError('OPERATOR_FAILED', { reason }, where, error)
}
