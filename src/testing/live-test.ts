// A table under test: the real engine (planner, operators, epochs, checkpoints) in a virtual world, fed by hand. Nothing
// happens but what the test asks for: rows are staged by push and read by the next epoch; time stands still.
import { type Duration, fail, micros, millis } from '../base/index.ts'
import { microsOf, type SourceSpec } from '../data/index.ts'
import { latesOf, type Node, nodesOf, type Output, outputOf, schema, staticSources } from '../plan/index.ts'
import { type Engine, engineOf, type Ordering, ordered, type Run, type Why } from '../runtime/index.ts'
import type { Table } from '../table/index.ts'
import type { ChangeKind } from '../types/index.ts'
import { Crashed } from './disk.ts'
import { type PushOptions, VirtualLog } from './log.ts'
import { inputNamed, replaceSources, sourcesOf } from './replace.ts'
import { type EpochChanges, Shelf } from './shelf.ts'
import type { CrashOptions, TestInput, TestingOptions, TestRun } from './test-run.ts'
import { consolidate, inOrder, type WeightedRow } from './values.ts'
import { type VirtualWorld, virtualWorld } from './world.ts'

/**
 * A table under test, in a virtual world.
 *
 * @example
 * import { read, t } from 'millrace'
 * import { assertTable, testing } from 'millrace/testing'
 * const clicks = read.memory(t.row({ page: t.string() })).table
 * await using run = await testing(clicks.groupBy('page').agg(g => ({ n: g.count() })))
 * run.push([{ page: '/' }, { page: '/' }])
 * await run.epoch()
 * assertTable(run, '| page | n |\n| / | 2 |')
 */
export async function testing<Row extends object>(
  table: Table<Row, ChangeKind>,
  options: TestingOptions = {},
): Promise<TestRun<Row>> {
  return testingPlan<Row>(table.node, options)
}

export async function testingPlan<Row extends object>(root: Node, options: TestingOptions): Promise<LiveTest<Row>> {
  const run = new LiveTest<Row>(root, options)
  await run.open()
  return run
}

/** Turns of the event loop in which an epoch may wait for a clock that stands still. */
const MOST_TURNS = 1000

const START = '2026-01-01T00:00:00Z'

class LiveTest<Row extends object> implements TestRun<Row> {
  readonly world: VirtualWorld
  readonly #options: TestingOptions
  readonly #logs: readonly VirtualLog[]
  readonly #statics: ReadonlySet<VirtualLog>
  readonly #order: Ordering
  readonly #columns: readonly string[]
  readonly #shelf: Shelf
  readonly #lateShelves: readonly Shelf[]
  readonly #outputs: readonly Output[]
  readonly #engine: Engine
  #run: Run | undefined
  #why: Why | undefined
  #asked = 0

  constructor(root: Node, options: TestingOptions) {
    this.#options = options
    this.world = virtualWorld({ start: Number(instantOf(options.start ?? START) / 1000n), seed: options.seed ?? 1 })
    this.#engine = engineOf(this.world, { dir: 'millrace', memory: options.memory ?? '256 MB' })
    this.#columns = schema(root).fields.map(each => each.name)
    const { node, logs } = withLogs(root, options)
    this.#logs = logs
    const statics = [...staticSources([root])].map(each => each.spec)
    this.#statics = new Set(logs.filter(each => statics.includes(each.original)))
    this.#order = ordered(node)
    this.#shelf = new Shelf('table', this.#order.schema)
    const late = nodesOf(this.#order.node).flatMap(latesOf)
    this.#lateShelves = late.map((_, i) => new Shelf(`late ${i + 1}`))
    const how = { mode: 'retract', unbounded: options.unbounded === true } as const
    this.#outputs = [
      outputOf(this.#order.node, this.#shelf.spec(), how),
      ...late.map((each, i) => outputOf(each, (this.#lateShelves[i] as Shelf).spec(), how)),
    ]
  }

  async open(): Promise<void> {
    if (!this.#endsByTrigger) await this.#start()
  }

  input<R extends object>(which: string | Table<R, ChangeKind>): TestInput<R> {
    return this.#inputOf(typeof which === 'string' ? inputNamed(which, this.#logs) : this.#logOf(which.node))
  }

  /** By what the input was before it was replaced. */
  inputFor(original: SourceSpec): TestInput {
    return this.#inputOf(this.#logs.find(each => each.original === original) as VirtualLog)
  }

  #inputOf<R extends object>(log: VirtualLog): TestInput<R> {
    return {
      name: log.name,
      push: (rows, options) => log.push(listOf(rows), options),
      end: () => log.end(),
    }
  }

  push(rows: object | readonly object[], options?: PushOptions): void {
    const [log, ...others] = this.#logs
    if (log === undefined || others.length > 0) {
      const fix = `say which: input('${log?.name ?? ''}').push(…)`
      fail('BAD_TEST', { reason: `it has ${this.#logs.length} inputs, and push() needs exactly one`, fix })
    }
    log.push(listOf(rows), options)
  }

  async epoch(): Promise<void> {
    await this.#turn()
    this.#throwFailure()
  }

  async advanceTo(time: string | Date): Promise<void> {
    await this.reach(instantOf(time))
  }

  /** The same in microseconds. */
  async reach(time: bigint): Promise<void> {
    for (const log of this.#logs) if (!log.ended) log.reach(time)
    await this.epoch()
  }

  async idle(duration: Duration): Promise<void> {
    this.#release()
    await this.world.clock.advance(millis(duration))
    await this.#settle()
    this.#throwFailure()
  }

  async end(): Promise<void> {
    for (const log of this.#logs) log.end()
    await this.epoch()
  }

  changes(): WeightedRow<Row>[] {
    const fresh = this.epochs().slice(this.#asked)
    this.#asked += fresh.length
    return fresh.flatMap(each => each.changes)
  }

  epochs(): readonly EpochChanges<Row>[] {
    return this.#shelf.epochs.map(({ epoch, changes }) => ({
      epoch,
      changes: inOrder(consolidate(changes.map(([row, weight]) => [this.#visible(row), weight] as const))),
    }))
  }

  rows(): Row[] {
    const { arrives, sort, node } = this.#order
    const all = consolidate(this.#shelf.epochs.flatMap(each => each.changes))
    const inTurn = arrives || node.kind === 'top' ? all : inOrder(all)
    const rows = inTurn.flatMap(([row, weight]) => Array.from({ length: Math.max(0, weight) }, () => ({ ...row })))
    return sort(rows) as Row[]
  }

  late(): object[] {
    const changes = this.#lateShelves.flatMap(shelf => shelf.epochs.flatMap(each => each.changes))
    return changes.flatMap(([row, weight]) => Array.from({ length: weight }, () => ({ ...row })))
  }

  why(): Why {
    return this.#why ?? { sources: [], operators: [], text: 'it has not started yet' }
  }

  watermark(): Date | undefined {
    const known = this.why().sources.map(each => each.watermark)
    return known.reduce((a, b) => (a === undefined || b === undefined ? undefined : a < b ? a : b), known[0])
  }

  stateSize(): number {
    return this.why().operators.reduce((sum, each) => sum + each.stateRows, 0)
  }

  async crash({ step, tail = 'lost' }: CrashOptions = {}): Promise<void> {
    const { disk } = this.world
    if (step !== undefined) {
      disk.crashAt(step)
      await this.#turn().catch(unlessCrash)
    }
    disk.die()
    await this.#run?.stop({ now: true })
    const failure = this.#run?.error
    this.#run = undefined
    disk.restart(tail)
    if (failure !== undefined) unlessCrash(failure)
  }

  async restore(): Promise<void> {
    if (this.#run === undefined) await this.#start()
    this.#throwFailure()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#run?.stop({ now: true })
  }

  get #endsByTrigger(): boolean {
    const kind = this.#options.trigger?.kind
    return kind === 'once' || kind === 'availableNow'
  }

  #logOf(node: Node): VirtualLog {
    const specs = sourcesOf(node).map(each => each.spec)
    const found = this.#logs.filter(log => specs.includes(log.original))
    if (found.length === 1) return found[0] as VirtualLog
    const reason = `the table given to input() reads ${found.length} of the inputs of the table under test`
    return fail('BAD_TEST', { reason, fix: 'give it a table as read.… made it' })
  }

  #visible(row: object): Row {
    const all = row as Record<string, unknown>
    if (Object.keys(all).length === this.#columns.length) return row as Row
    return Object.fromEntries(this.#columns.map(name => [name, all[name]])) as Row
  }

  async #start(): Promise<void> {
    const { trigger } = this.#options
    this.#run = await this.#engine.run('test', this.#outputs, trigger === undefined ? {} : { trigger })
    await this.#settle()
  }

  /** The static side of a join is what was pushed before the first epoch: then it has ended. */
  #release(): void {
    for (const log of this.#logs) if (this.#statics.has(log)) log.end()
    for (const log of this.#logs) log.release()
  }

  /** Everything that was pushed is read, in one epoch where the trigger allows it. */
  async #turn(): Promise<void> {
    this.#release()
    if (this.#endsByTrigger) return this.#start()
    if (this.#run === undefined) fail('BAD_TEST', { reason: 'the power is off', fix: 'call restore() after crash()' })
    const { trigger } = this.#options
    if (trigger !== undefined && 'intervalMs' in trigger) await this.world.clock.advance(trigger.intervalMs)
    await this.#settle()
  }

  /** Until the engine waits for time to pass or for rows, or has ended. */
  async #settle(): Promise<void> {
    const run = this.#run as Run
    const { clock } = this.world
    let turns = 0
    do {
      await clock.settle()
      if (clock.sleeping > 0 && turns++ > MOST_TURNS) {
        fail('BAD_TEST', {
          reason: 'the epoch waits for time to pass',
          fix: 'end() the inputs that a kept input needs',
        })
      }
    } while (run.status === 'running' || run.status === 'starting')
    this.#why = await run.why()
  }

  #throwFailure(): void {
    const error = this.#run?.error
    if (error !== undefined) throw error
  }
}

/** The plan over logs, one for each input that is not kept. */
function withLogs(root: Node, options: TestingOptions): { node: Node; logs: readonly VirtualLog[] } {
  const { partitions = 1, lateBy, idleAfter, keep = [] } = options
  if (!Number.isInteger(partitions) || partitions < 1) {
    fail('BAD_TEST', { reason: `an input can not have ${partitions} partitions`, fix: 'use a whole number from 1' })
  }
  const logs: VirtualLog[] = []
  const node = replaceSources(root, {
    spec: original => {
      if (keep.includes(original.name)) return original
      const log = new VirtualLog(original, partitions)
      logs.push(log)
      return log.spec()
    },
    time: time => ({
      ...time,
      lateBy: lateBy === undefined ? time.lateBy : micros(lateBy),
      idleAfter: idleAfter === undefined ? time.idleAfter : idleAfter === 'never' ? undefined : micros(idleAfter),
    }),
  })
  return { node, logs }
}

function instantOf(time: string | Date): bigint {
  const found = microsOf(time)
  return typeof found === 'bigint'
    ? found
    : fail('BAD_TEST', { reason: `${String(time)} is not an instant: ${found}`, fix: "write '2026-01-01T12:00:00Z'" })
}

const listOf = (rows: object | readonly object[]): readonly object[] =>
  Array.isArray(rows) ? (rows as readonly object[]) : [rows]

/** What the crash itself made fail is no failure of the test. */
function unlessCrash(error: unknown): void {
  for (let each = error; each instanceof Error; each = each.cause) if (each instanceof Crashed) return
  throw error
}
