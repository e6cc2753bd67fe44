// `millrace run`: every export is a run; the command ends when all have ended, or when it is told to.
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { consoleSink, layout, memorySink } from '../connectors/index.ts'
import { onSignals } from '../host/index.ts'
import { type Node, type Output, outputOf, schema } from '../plan/index.ts'
import { engineOf, ON_CHANGE, ordered, type Run, type RunOptions } from '../runtime/index.ts'
import { triggerOf } from '../time/index.ts'
import { type Parsed, usage } from './arguments.ts'
import type { Io } from './io.ts'
import { type Export, loadJob } from './job.ts'
import { ProgressLines } from './progress.ts'
import { report } from './report.ts'

type Flags = Extract<Parsed, { kind: 'command' }>['flags']

/** What a run is, and what is shown when it has ended. */
interface Task {
  readonly name: string
  readonly outputs: readonly Output[]
  /** Tables that are shown keep nothing: they begin anew each time. */
  readonly kept: boolean
  finish(): Promise<void>
}

const SECOND_MS = 1000
const ROWS = 20
const TRUNCATE = 40

/** The exit code. */
export async function runCommand(file: string, flags: Flags, io: Io): Promise<0 | 1> {
  const how = runOptions(flags)
  const rows = rowsOf(flags)
  const exports = await loadJob(file, flags.get('only'))
  const tasks = exports.map(each => taskOf(each, flags.has('once'), rows, io.stdout))
  const memory = flags.get('memory')?.[0]
  const engine = engineOf(io.world, { dir: flags.get('dir')?.[0] ?? '.millrace', ...(memory && { memory }) })
  const forgetful = engineOf(io.world, { dir: io.scratch, ...(memory && { memory }) })
  const progress = new ProgressLines(io.stderr, isLive(tasks, io), () => io.world.clock.ticks())
  const tell = (text: string): void => {
    progress.clear()
    io.stderr.write(text)
  }
  const running: Run[] = []
  const ending = new AbortController()
  const graceful = (signal: string): void => {
    tell(`millrace: ${signal}: finishing the epoch; once more to end at once\n`)
    ending.abort()
    for (const run of running) void run.stop()
  }
  const release = onSignals({ graceful, immediate: code => io.exit(code) }, io.signals)
  const ticking = new AbortController()
  try {
    for (const task of tasks) {
      if (ending.signal.aborted) break
      const run = task.kept
        ? await engine.run(task.name, task.outputs, how)
        : await forgetful.run(task.name, task.outputs, { ...how, onChange: 'backfill' })
      run.on('progress', each => progress.update(task.name, each))
      running.push(run)
    }
    const ticks = flags.has('quiet') ? undefined : tick(progress, io, ticking.signal)
    const wells = await Promise.all(
      running.map(run => endedWell(run, error => tell(report(error, flags.has('verbose'))))),
    )
    ticking.abort()
    await ticks
    for (const [i, well] of wells.entries()) if (well) await (tasks[i] as Task).finish()
    return wells.every(Boolean) ? 0 : 1
  } finally {
    ticking.abort()
    release()
    await Promise.all([engine.close(), forgetful.close()])
  }
}

const endedWell = (run: Run, failed: (error: unknown) => void): Promise<boolean> =>
  run.done.then(
    () => true,
    error => {
      failed(error)
      return false
    },
  )

function runOptions(flags: Flags): RunOptions {
  return { ...triggerOptions(flags), ...changeOptions(flags) }
}

function changeOptions(flags: Flags): RunOptions {
  const text = flags.get('on-change')?.[0]
  const confirm = flags.get('confirm')?.[0]
  const onChange = ON_CHANGE.find(each => each === text)
  if (text !== undefined && onChange === undefined)
    usage(`--on-change ${text} is not known`, `write one of: ${ON_CHANGE.join(', ')}`)
  return { ...(onChange && { onChange }), ...(confirm !== undefined && { confirm }) }
}

function triggerOptions(flags: Flags): RunOptions {
  const text = flags.get('trigger')?.[0]
  const trigger = text === undefined ? undefined : triggerOf(text)
  if (!flags.has('once')) return trigger === undefined ? {} : { trigger }
  if (trigger !== undefined && trigger.kind !== 'availableNow' && trigger.kind !== 'once') {
    usage(`--once and --trigger ${text} contradict each other`, 'leave one of them out')
  }
  return trigger === undefined ? { until: 'now' } : { trigger }
}

function rowsOf(flags: Flags): number {
  const text = flags.get('rows')?.[0]
  if (text === undefined) return ROWS
  return /^[1-9]\d{0,8}$/.test(text)
    ? Number(text)
    : usage(`--rows ${text} is not a number of rows`, 'write --rows 100')
}

function taskOf(each: Export, isOnce: boolean, rows: number, stdout: Writable): Task {
  if (each.kind === 'outputs') return { ...each, kept: true, finish: async () => {} }
  if (isOnce) return shownAtTheEnd(each.name, each.node, rows, stdout)
  return {
    name: each.name,
    outputs: [outputOf(each.node, consoleSink({ rows, to: stdout }))],
    kept: false,
    finish: async () => {},
  }
}

/** A table that is asked for once is shown once, as a whole and in its order. */
function shownAtTheEnd(name: string, node: Node, most: number, stdout: Writable): Task {
  const order = ordered(node)
  const result = memorySink()
  return {
    name,
    outputs: [outputOf(order.node, result, { mode: 'retract' })],
    kept: false,
    finish: async () => {
      const rows = order.sort(result.rows()) as Readonly<Record<string, unknown>>[]
      const names = schema(node).fields.map(each => each.name)
      const shown = rows.slice(0, most).map(row => names.map(column => row[column]))
      const rest = rows.length - shown.length
      const lines = layout(names, shown, { truncate: TRUNCATE })
      if (rest > 0) lines.push(`… and ${rest} more row${rest === 1 ? '' : 's'}`)
      const text = `${name}: ${rows.length} row${rows.length === 1 ? '' : 's'}\n${lines.join('\n')}\n\n`
      if (!stdout.write(text)) await once(stdout, 'drain')
    },
  }
}

/** Lines that move would be torn by tables on the same terminal. */
function isLive(tasks: readonly Task[], io: Io): boolean {
  const prints = tasks.some(task => task.outputs.some(each => each.sink.kind === 'console'))
  return io.stderr.isTTY === true && !(prints && io.stdout.isTTY === true)
}

async function tick(progress: ProgressLines, io: Io, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await io.world.clock.sleep(SECOND_MS, signal)
    progress.draw()
  }
}
