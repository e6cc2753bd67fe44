// The result in this process: rows() is the table as of the last commit, changes() the log of what was committed.
// What an epoch wrote is shown when it is committed, never before.
import { type Change, changesOf, type Mode, type Sink, type SinkContext, type SinkSpec } from '../../data/index.ts'

/** One committed change. */
export interface MemoryChange<Row = object> {
  readonly row: Row
  readonly weight: number
  readonly epoch: number
}

export interface MemorySink<Row = object> extends SinkSpec {
  /** The table as of the last commit: appended rows in order, or what the changes sum up to. */
  rows(): Row[]
  /** All committed changes in order. */
  changes(): MemoryChange<Row>[]
}

/** A sink that keeps the result in this process, for tests and small results. */
export function memorySink<Row = object>(name = 'memory'): MemorySink<Row> {
  const state = newState()
  return {
    kind: 'memory',
    name,
    fingerprint: { name },
    modes: ['append', 'update', 'retract', 'complete'],
    guarantee: 'exactly once',
    rows: () => currentRows(state) as Row[],
    changes: () => allChanges(state) as MemoryChange<Row>[],
    open: async context => openSink(state, context),
  }
}

interface State {
  mode: Mode
  key: readonly string[]
  /** Committed epochs, in order. */
  log: { readonly epoch: number; readonly changes: readonly MemoryChange[] }[]
}

function newState(): State {
  return { mode: 'append', key: [], log: [] }
}

function openSink(state: State, context: SinkContext): Sink {
  state.mode = context.mode
  state.key = context.key
  let current: Change[] = []
  return {
    pending: 0,
    async recover(committed) {
      state.log = state.log.filter(each => each.epoch <= committed)
      current = []
    },
    async begin() {
      current = []
    },
    write(batch) {
      for (const change of changesOf(batch, context.schema, context.memory)) current.push(change)
    },
    async drain() {},
    async prepare() {},
    async commit(epoch) {
      if (state.log.at(-1)?.epoch === epoch) return
      state.log.push({ epoch, changes: current.map(({ row, weight }) => ({ row, weight, epoch })) })
      current = []
    },
    async close() {},
  }
}

function allChanges(state: State): MemoryChange[] {
  return state.log.flatMap(each => each.changes)
}

function currentRows(state: State): object[] {
  switch (state.mode) {
    case 'append':
      return allChanges(state).map(change => change.row)
    case 'complete':
      return (state.log.at(-1)?.changes ?? []).map(change => change.row)
    case 'update':
      return latest(allChanges(state), row => identity(row, state.key))
    case 'retract':
      return summed(allChanges(state))
  }
}

function latest(changes: readonly MemoryChange[], keyOf: (row: object) => string): object[] {
  const rows = new Map<string, object>()
  for (const { row, weight } of changes) {
    const key = keyOf(row)
    if (weight < 0) rows.delete(key)
    else rows.set(key, row)
  }
  return [...rows.values()]
}

function summed(changes: readonly MemoryChange[]): object[] {
  const counts = new Map<string, { row: object; weight: number }>()
  for (const { row, weight } of changes) {
    const key = identity(row, Object.keys(row))
    const seen = counts.get(key)
    const total = (seen?.weight ?? 0) + weight
    if (total === 0) counts.delete(key)
    else counts.set(key, { row: seen?.row ?? row, weight: total })
  }
  return [...counts.values()].flatMap(({ row, weight }) => Array<object>(Math.max(0, weight)).fill(row))
}

// Values that JSON can't tell apart get a letter in front: 1 and 1n, a date and its text.
function identity(row: object, columns: readonly string[]): string {
  const values = columns.map(name => (row as Record<string, unknown>)[name])
  return JSON.stringify(values, function (this: Record<string, unknown>, key, shown: unknown) {
    const value = this[key]
    if (typeof value === 'bigint') return `n${value}`
    if (typeof value === 'string') return `s${value}`
    if (value instanceof Date) return `d${value.getTime()}`
    if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('hex')}`
    if (typeof value === 'number' && !Number.isFinite(value)) return `f${value}`
    return shown
  })
}
