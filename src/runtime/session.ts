// A table asked for its rows directly: the same engine, without a checkpoint, the result in this process.
import { MillraceError, optionsFor, signalFor } from '../base/index.ts'
import {
  changesOf,
  type Mode,
  type Change as RowChange,
  rowsOf,
  type Sink,
  type SinkContext,
  type SinkSpec,
  type World,
  weightsOf,
} from '../data/index.ts'
import {
  awaitsRight,
  type Change,
  type ChangesOptions,
  checkPlan,
  explainText,
  type Node,
  optimise,
  outputOf,
  properties,
  type Session,
  type Snapshot,
  schema,
} from '../plan/index.ts'
import { asap, availableNow } from '../time/index.ts'
import { bytesOf } from './engine.ts'
import { type Ordering, ordered } from './order.ts'
import { startRun } from './run.ts'
import { stagesOf } from './stages.ts'

export interface SessionOptions {
  readonly memory?: string | number
}

/** Rows per source and epoch for changes(): results come early, and little waits for the reader. */
const CHANGES_ROWS = 1 << 16
const ALL_MODES: readonly Mode[] = ['append', 'retract', 'update', 'complete']

export function sessionOf(world: World, options: SessionOptions = {}): Session {
  const start = starter(world, options)
  return {
    async collect(node, how = {}): Promise<Snapshot> {
      const { signal, limit } = optionsFor('collect', how, 'pass { signal }')
      signalFor('collect', signal)
      checkPlan(node, { endless: false })
      const order = ordered(node)
      const enough = new AbortController()
      const kept = keeper(order, limit, () => enough.abort())
      const signals = signal === undefined ? enough.signal : AbortSignal.any([signal, enough.signal])
      const rows = Number.POSITIVE_INFINITY
      const run = await start(order.node, kept.spec, kept.mode, { hold: true, rows, signal: signals })
      await run.done
      if (run.status === 'stopped' && !enough.signal.aborted) throw cancelled(signal)
      const sorted = order.sort(kept.rows())
      return { rows: limit === undefined ? sorted : sorted.slice(0, limit), schema: schema(node), epoch: kept.epoch() }
    },
    changes: (node, how) => changes(node, how, start),
    explain(node) {
      const optimised = optimise(node)
      const output = {
        node: optimised.node,
        sink: inProcess(() => ({ begin() {}, write() {} })),
        mode: 'retract' as const,
      }
      return explainText({ node, optimised, stages: stagesOf([output]) })
    },
  }
}

type Start = (
  node: Node,
  sink: SinkSpec,
  mode: Mode,
  how: { hold: boolean; rows: number; signal?: AbortSignal | undefined; name?: string | undefined },
) => ReturnType<typeof startRun>

function starter(world: World, options: SessionOptions): Start {
  const memoryBytes = bytesOf(options.memory ?? '1 GB')
  return (node, sink, mode, how) =>
    startRun({
      id: how.name ?? 'collect',
      name: how.name ?? 'collect',
      outputs: [{ node, sink, mode }],
      trigger: how.hold ? availableNow() : asap,
      epochRows: how.rows,
      memoryBytes,
      world,
      dir: undefined,
      hold: how.hold,
      signal: how.signal,
    })
}

/**
 * What is in a table now, as a batch of one epoch into a sink, without a checkpoint: rows in order for an ordered table;
 * a row may have a weight above 1. `name`: what the sink is told that it belongs to.
 */
export async function deliver(
  world: World,
  node: Node,
  sink: SinkSpec,
  options: SessionOptions & { readonly signal?: AbortSignal | undefined; readonly name?: string } = {},
): Promise<void> {
  checkPlan(node, { endless: false })
  const order = ordered(node)
  const mode = order.hidden.length > 0 ? 'complete' : modeOf(order)
  const rows = Number.POSITIVE_INFINITY
  const run = await starter(world, options)(node, sink, mode, {
    hold: true,
    rows,
    signal: options.signal,
    name: options.name,
  })
  await run.done
  if (run.status === 'stopped') throw cancelled(options.signal)
}

const modeOf = ({ node, arrives }: Ordering): Mode => (onlyInserts(node) && !arrives ? 'append' : 'retract')

const cancelled = (signal: AbortSignal | undefined): MillraceError =>
  new MillraceError('CANCELLED', {}, {}, signal?.reason)

interface Keeper {
  readonly spec: SinkSpec
  readonly mode: Mode
  rows(): object[]
  epoch(): number
}

/** Keeps the whole table: a batch is one epoch, whose change in sum is the table. */
function keeper(order: Ordering, limit: number | undefined, onEnough: () => void): Keeper {
  const mode = modeOf(order)
  const rows: object[] = []
  let epoch = 0
  const spec = inProcess(({ memory }) => ({
    begin: number => {
      epoch = number
    },
    write: batch => {
      const decoded = rowsOf(batch, order.schema, memory)
      if (batch.weights === 0) for (const row of decoded) rows.push(row)
      else repeat(decoded, weightsOf(batch, memory), rows)
      // Rows that only come and have no order: any so many will do.
      if (mode === 'append' && limit !== undefined && order.hidden.length === 0 && rows.length >= limit) onEnough()
    },
  }))
  return { spec, mode, rows: () => rows, epoch: () => epoch }
}

/** Rows as often as their weights say; each is an object of its own, as it is the caller's to change. */
function repeat(decoded: readonly object[], weights: readonly number[], to: object[]): void {
  for (const [i, row] of decoded.entries()) {
    const weight = weights[i] as number
    for (let times = 0; times < weight; times++) to.push(times === 0 ? row : structuredClone(row))
  }
}

/** What tells its rows once, at the end of an epoch. */
const toldOnce: ReadonlySet<Node['kind']> = new Set(['aggregate', 'rank', 'over', 'setop'])

/**
 * Proved: in a single epoch that begins with nothing, no row goes. An aggregate tells its groups (a ranking its rows) once, at the
 * epoch's end, however often they changed in it; so its rows need not be summed up again.
 */
function onlyInserts(node: Node): boolean {
  if (properties(node).appendOnly || toldOnce.has(node.kind)) return true
  switch (node.kind) {
    case 'select':
    case 'where':
    case 'window':
    case 'distinct':
    case 'apply':
    case 'countWindow':
    case 'explode':
    case 'now':
      return onlyInserts(node.input)
    case 'union':
      return node.inputs.every(onlyInserts)
    case 'join':
      return onlyInserts(node.left) && (awaitsRight(node, true) || onlyInserts(node.right))
    default:
      return false
  }
}

async function* changes(node: Node, how: ChangesOptions = {}, start: Start): AsyncGenerator<Change, undefined> {
  const mode = how.mode ?? 'retract'
  const queue = new Queue()
  const spec = queueSink(queue)
  outputOf(node, spec, { mode })
  checkPlan(node, { endless: true })
  const run = await start(node, spec, mode, { hold: false, rows: how.epochRows ?? CHANGES_ROWS, signal: how.signal })
  const ended = run.done.then(
    () => queue.end(),
    () => queue.end(),
  )
  try {
    for (;;) {
      const next = await queue.take()
      if (next === undefined) break
      yield* next
    }
    await run.done
  } finally {
    queue.end()
    await run.stop({ now: true })
    await ended
  }
}

/** Between the run and the reader: the run waits while there is something the reader has not taken. */
class Queue {
  #items: Change[] = []
  #ended = false
  #filled = Promise.withResolvers<void>()
  #emptied = Promise.withResolvers<void>()

  get size(): number {
    return this.#items.length
  }

  put(changes: readonly RowChange[], epoch: number): void {
    for (const { row, weight } of changes) this.#items.push({ row, weight, epoch })
    this.#filled.resolve()
  }

  /** Everything that waits; undefined at the end. */
  async take(): Promise<Change[] | undefined> {
    while (this.#items.length === 0) {
      if (this.#ended) return undefined
      this.#filled = Promise.withResolvers<void>()
      this.#emptied.resolve()
      await this.#filled.promise
    }
    const items = this.#items
    this.#items = []
    return items
  }

  /** Resolves when the reader has come back for more. */
  async taken(): Promise<void> {
    if (this.#ended) return
    this.#emptied = Promise.withResolvers<void>()
    await this.#emptied.promise
  }

  end(): void {
    this.#ended = true
    this.#filled.resolve()
    this.#emptied.resolve()
  }
}

function queueSink(queue: Queue): SinkSpec {
  return inProcess(context => {
    let epoch = 0
    return {
      begin: number => {
        epoch = number
      },
      write: batch => queue.put(changesOf(batch, context.schema, context.memory), epoch),
      pending: () => queue.size,
      drain: () => (queue.size === 0 ? Promise.resolve() : queue.taken()),
    }
  })
}

interface InProcess {
  begin(epoch: number): void
  write: Sink['write']
  pending?: () => number
  drain?: () => Promise<void>
}

function inProcess(open: (context: SinkContext) => InProcess): SinkSpec {
  return {
    kind: 'session',
    name: 'result',
    fingerprint: null,
    modes: ALL_MODES,
    guarantee: 'exactly once',
    async open(context) {
      const inner = open(context)
      const drain = inner.drain ?? (async () => {})
      return {
        async recover() {},
        async begin(epoch) {
          inner.begin(epoch)
        },
        write: batch => inner.write(batch),
        get pending() {
          return inner.pending?.() ?? 0
        },
        drain,
        prepare: drain,
        async commit() {},
        async close() {},
      }
    },
  }
}
