// The engine: starts runs and keeps track of them. Runs share nothing but the process: each has its own memory, and
// the failure of one does not touch the others.
import { badArgument, describeValue, fail, optionsFor, signalFor, textFor } from '../base/index.ts'
import { DEFAULT_CEILING, type World } from '../data/index.ts'
import { checkRun, type Output } from '../plan/index.ts'
import { asap, availableNow, type Trigger } from '../time/index.ts'
import { ON_CHANGE, type OnChange } from './change.ts'
import { placed, type Run, startRun } from './run.ts'

export interface EngineOptions {
  /** Folder of checkpoints; '.millrace' by default. false: nothing is kept, every start begins anew. */
  readonly dir?: string | false
  /** Ceiling of the memory of one run, as '1 GB' or in bytes. */
  readonly memory?: string | number
}

export interface RunOptions {
  /** When epochs start; as soon as there is something to read by default. */
  readonly trigger?: Trigger
  /** 'now': what is there, then end. 'forever' (default): as long as the sources go on. */
  readonly until?: 'now' | 'forever'
  /** Rows per source and epoch at most. */
  readonly epochRows?: number
  /** Stops the run at once; its epoch is done again at the next start. */
  readonly signal?: AbortSignal
  /** State may grow without bound: somebody looks after it. */
  readonly unbounded?: boolean
  /** What people call it; its id by default. */
  readonly name?: string
  /**
   * When the query is another one than its checkpoint is of: 'ask' (default) goes on if nothing has to be computed from the
   * beginning and nothing is dropped, else it refuses with the difference (QUERY_CHANGED); 'backfill' goes on; 'reject'
   * refuses any other query.
   */
  readonly onChange?: OnChange
  /** With 'ask': the number of the difference (`millrace plan` prints it) that may be. */
  readonly confirm?: string
}

export interface Engine {
  /** The folder of its checkpoints; undefined: it keeps none. */
  readonly dir: string | undefined
  /** What is going on now. */
  readonly runs: readonly Run[]
  /**
   * Keep a table, or several, up to date in their sinks. Resolves when the run has begun.
   * Throws RUN_EXISTS, LOCKED, QUERY_CHANGED, BACKFILL_REFUSED, CHECKPOINT_* and what its sources and sinks refuse.
   *
   * @param id names the checkpoint: the same id goes on where it was
   */
  run(id: string, outputs: Output | readonly Output[], options?: RunOptions): Promise<Run>
  /** Stop every run: each finishes its epoch. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Rows per source and epoch when nothing else is said: about a tenth of a second of work. */
const EPOCH_ROWS = 1 << 20

export function engineOf(of: World, given: EngineOptions = {}): Engine {
  // A copy: relative paths start where the engine was made.
  const world = { ...of }
  const options = optionsFor('millrace', given, "pass { dir: '.millrace', memory: '1 GB' }")
  if (options.dir !== undefined && options.dir !== false)
    textFor('millrace', 'dir', options.dir, "pass a folder: { dir: '.millrace' }, or false to keep nothing")
  const dir = options.dir === false ? undefined : (options.dir ?? '.millrace')
  const memoryBytes = bytesOf(options.memory ?? DEFAULT_CEILING)
  const runs = new Map<string, Run | undefined>()
  /** Being opened. */
  const begun = new Set<Promise<Run>>()
  let closed = false

  const run = async (id: string, outputs: Output | readonly Output[], how: RunOptions = {}): Promise<Run> => {
    if (closed) fail('ENGINE_CLOSED')
    if (runs.has(id)) fail('RUN_EXISTS', { id })
    const all = Array.isArray(outputs) ? (outputs as readonly Output[]) : [outputs as Output]
    checkOptions(id, all, how)
    refuse(id, all, how)
    runs.set(id, undefined)
    const starting = startRun({
      id,
      name: how.name ?? id,
      outputs: all,
      onChange: how.onChange ?? 'ask',
      confirm: how.confirm,
      trigger: triggerOf(how),
      epochRows: how.epochRows ?? defaultRows(triggerOf(how)),
      memoryBytes,
      world,
      dir,
      hold: false,
      signal: how.signal,
      onEnd: () => runs.delete(id),
    })
    begun.add(starting)
    const started = await starting
      .finally(() => begun.delete(starting))
      .catch(error => {
        runs.delete(id)
        throw error
      })
    if (started.status !== 'done' && started.status !== 'stopped' && started.status !== 'failed') runs.set(id, started)
    if (!closed) return started
    await started.stop({ now: true })
    return fail('ENGINE_CLOSED')
  }

  const close = async (): Promise<void> => {
    closed = true
    await Promise.allSettled(begun)
    await Promise.all([...runs.values()].map(each => each?.stop()))
  }

  return {
    dir,
    get runs() {
      return [...runs.values()].filter(each => each !== undefined)
    },
    run,
    close,
    [Symbol.asyncDispose]: close,
  }
}

function checkOptions(id: string, outputs: readonly Output[], how: RunOptions): void {
  textFor('run', 'id', id, "name the run: m.run('delays', table.to(…))")
  const at = { query: id }
  optionsFor('run', how, 'pass { trigger, until }', {})
  signalFor('run', how.signal)
  if (outputs.length === 0) {
    fail('BAD_RUN', { reason: 'it has no output', fix: 'give it one: table.to(write.console())' }, at)
  }
  const stray = outputs.findIndex(each => each?.node === undefined || each.sink === undefined)
  if (stray >= 0) {
    fail(
      'BAD_RUN',
      { reason: `${describeValue(outputs[stray])} is not an output`, fix: 'bind a sink: table.to(write.console())' },
      at,
    )
  }
  if (how.trigger !== undefined && typeof how.trigger?.kind !== 'string') {
    fail('BAD_TRIGGER', { reason: `it is ${describeValue(how.trigger)}` }, at)
  }
  if (how.until !== undefined && how.until !== 'now' && how.until !== 'forever')
    badArgument('run', 'until', how.until, "use 'now' or 'forever'")
  if (how.onChange !== undefined && !ON_CHANGE.includes(how.onChange))
    badArgument('run', 'onChange', how.onChange, "use 'ask', 'backfill' or 'reject'")
  if (how.confirm !== undefined)
    textFor('run', 'confirm', how.confirm, 'pass the number that millrace plan printed, as text')
  const rows = how.epochRows
  if (rows !== undefined && !(typeof rows === 'number' && rows >= 1)) {
    fail('BAD_RUN', { reason: `epochRows is ${describeValue(rows)}`, fix: 'use a number of rows from 1' }, at)
  }
  if (how.until === 'now' && how.trigger !== undefined && how.trigger.kind !== 'availableNow') {
    const reason = `until: 'now' and the trigger ${how.trigger.kind} contradict each other`
    fail('BAD_RUN', { reason, fix: 'leave one of them out' }, at)
  }
}

/** What the plans can not do is refused before anything runs. */
function refuse(id: string, outputs: readonly Output[], how: RunOptions): void {
  const { kind } = triggerOf(how)
  const endless = kind !== 'once' && kind !== 'availableNow'
  try {
    checkRun(outputs, { endless, unbounded: how.unbounded === true })
  } catch (error) {
    throw placed(error, { query: id })
  }
}

function triggerOf(how: RunOptions): Trigger {
  return how.trigger ?? (how.until === 'now' ? availableNow() : asap)
}

/** A tick takes everything that has come since the last one; the other triggers cut long backlogs. */
function defaultRows(trigger: Trigger): number {
  return trigger.kind === 'every' ? Number.POSITIVE_INFINITY : EPOCH_ROWS
}

const UNITS = { B: 1, KB: 1 << 10, MB: 1 << 20, GB: 1 << 30 } as const

const MEMORY_MIN = 1 << 24
const MEMORY_MAX = 4 * (1 << 30) - 65_536

/** '512 MB' in bytes (KB = 1024 B). */
export function bytesOf(size: string | number): number {
  if (typeof size !== 'string' && typeof size !== 'number')
    badArgument('millrace', 'memory', size, "write '1 GB'; from 16 MB to 4 GB")
  const match = /^(\d+(?:\.\d+)?) ?(B|KB|MB|GB)$/.exec(String(size))
  const bytes =
    typeof size === 'number' ? size : match === null ? Number.NaN : Number(match[1]) * UNITS[match[2] as 'B']
  if (!(bytes >= MEMORY_MIN && bytes <= MEMORY_MAX)) {
    fail('BAD_RUN', {
      reason: `the memory '${size}' is not a size it can have`,
      fix: "write '1 GB'; from 16 MB to 4 GB",
    })
  }
  return Math.floor(bytes)
}
