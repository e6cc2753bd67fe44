// Tiny worlds for the runtime's tests: a log that outlives crashes, a sink that remembers, hand-made operators.
import {
  type Batch,
  batchFromRows,
  type Change,
  changesOf,
  Memory,
  type Mode,
  type Piece,
  type Sink,
  type SinkSpec,
  type Source,
  type SourceSpec,
  type World,
} from '../../src/data/index.ts'
import { type Operator, stateless } from '../../src/ops/index.ts'
import { field, type Schema, scalars, schemaOf } from '../../src/types/index.ts'

export const Event: Schema = schemaOf([
  field('at', scalars.timestamp),
  field('key', scalars.string),
  field('n', scalars.int),
])

export interface EventRow {
  readonly at: Date
  readonly key: string
  readonly n: number
}

export const event = (minutes: number, key = 'a', n = 1): EventRow => ({ at: new Date(minutes * 60_000), key, n })

/** What producers wrote: it stays when the engine crashes, as a topic would. Offsets are numbers of pushes. */
export interface Log {
  readonly pushes: { readonly partition: string; readonly rows: readonly object[] }[]
  closed: boolean
  readonly wakers: Set<() => void>
  push(rows: readonly object[], partition?: string): void
  close(): void
}

export function newLog(): Log {
  const log: Log = {
    pushes: [],
    closed: false,
    wakers: new Set(),
    push(rows, partition = 'p0') {
      log.pushes.push({ partition, rows })
      for (const wake of log.wakers) wake()
    },
    close() {
      log.closed = true
      for (const wake of log.wakers) wake()
    },
  }
  return log
}

export function logSpec(log: Log, schema: Schema = Event, name = 'log'): SourceSpec {
  return {
    kind: 'test log',
    name,
    fingerprint: { log: name },
    schema,
    bounded: false,
    replayable: true,
    appendOnly: true,
    open: async context => {
      log.wakers.add(context.wake)
      const asked = schemaOf(schema.fields.filter(each => context.columns.includes(each.name)))
      const arena = context.memory.arena()
      const source: Source = {
        async plan(from, limit) {
          const start = (from as number | null) ?? 0
          let end = start
          let rows = 0
          const stop = limit.until === undefined ? log.pushes.length : (limit.until as number)
          while (end < stop && rows < limit.rows) rows += log.pushes[end++]?.rows.length ?? 0
          return end === start ? undefined : { from: start, to: end }
        },
        async *read(range) {
          for (let i = range.from as number; i < (range.to as number); i++) {
            const { partition, rows } = log.pushes[i] as Log['pushes'][number]
            arena.reset()
            yield { partition, batch: batchFromRows(rows, asked, arena) } satisfies Piece
          }
        },
        async committed() {},
        ended: from => log.closed && ((from as number | null) ?? 0) >= log.pushes.length,
        async close() {
          log.wakers.delete(context.wake)
        },
      }
      return source
    },
  }
}

/** What reached the outside: committed epochs only, as a transactional table would show them. */
export interface Shelf {
  readonly epochs: Map<number, Change[]>
  /** Every call, in order. */
  readonly calls: string[]
  closed: string
}

export const newShelf = (): Shelf => ({ epochs: new Map(), calls: [], closed: '' })

export function shelfSpec(
  shelf: Shelf,
  modes: readonly Mode[] = ['retract', 'append', 'update', 'complete'],
): SinkSpec {
  return {
    kind: 'test shelf',
    name: 'shelf',
    fingerprint: null,
    modes,
    guarantee: 'exactly once',
    open: async context => {
      let open: Change[] = []
      const prepared = new Map<number, Change[]>()
      const sink: Sink = {
        pending: 0,
        async recover(committed) {
          shelf.calls.push(`recover ${committed}`)
          for (const epoch of [...shelf.epochs.keys()]) if (epoch > committed) shelf.epochs.delete(epoch)
        },
        async begin(epoch) {
          shelf.calls.push(`begin ${epoch}`)
          open = []
        },
        write(batch: Batch) {
          open.push(...changesOf(batch, context.schema, context.memory))
        },
        async drain() {},
        async prepare(epoch) {
          shelf.calls.push(`prepare ${epoch}`)
          prepared.set(epoch, open)
        },
        async commit(epoch) {
          shelf.calls.push(`commit ${epoch}`)
          const rows = prepared.get(epoch)
          if (rows !== undefined) shelf.epochs.set(epoch, rows)
        },
        async close(reason) {
          shelf.closed = reason
        },
      }
      return sink
    },
  }
}

/** All changes of all epochs, in order. */
export const allOf = (shelf: Shelf): Change[] =>
  [...shelf.epochs].sort(([a], [b]) => a - b).flatMap(([, changes]) => changes)

/** Rows and how many there are of each in the end, as sorted text: what a table holds. */
export function integrate(changes: readonly { readonly row: object; readonly weight: number }[]): string[] {
  const sums = new Map<string, number>()
  for (const { row, weight } of changes) {
    const text = JSON.stringify(row)
    sums.set(text, (sums.get(text) ?? 0) + weight)
  }
  return [...sums]
    .filter(([, weight]) => weight !== 0)
    .map(([text, weight]) => `${weight} x ${text}`)
    .sort()
}

/** Passes everything on and notes what it is told. */
export function spyOperator(name: string, told: string[]): Operator {
  return {
    ...stateless,
    name,
    step(port, delta, emit) {
      told.push(`${name} step ${delta.count}`)
      emit(port, delta)
    },
    advance(port, watermark) {
      told.push(`${name} advance ${port} ${watermark}`)
    },
    flush() {
      told.push(`${name} flush`)
    },
    seal(epoch) {
      told.push(`${name} seal ${epoch}`)
    },
  }
}

export function memoryOf(): Memory {
  return new Memory(1 << 28)
}

export type { World }
