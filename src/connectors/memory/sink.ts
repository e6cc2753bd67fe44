// The result in this process: rows() is the table as of the last commit, changes() the log of what was committed.
// What an epoch wrote is shown when it is committed, never before. Law: memory is bounded by the result and by the
// number of changes kept; changes that are too old are summed up into the table before they are forgotten.
import { optionsFor } from '../../base/index.ts'
import { type Change, changesOf, type Mode, type Sink, type SinkContext, type SinkSpec } from '../../data/index.ts'
import { badOption } from '../sink-parts.ts'
import { identity } from './identity.ts'

/** One committed change. */
export interface MemoryChange<Row = object> {
  readonly row: Row
  readonly weight: number
  readonly epoch: number
}

export interface MemorySinkOptions {
  readonly name?: string
  /** Changes kept at least, in whole epochs; 1,000,000 by default. In append mode they are the rows. */
  readonly changes?: number
}

export interface MemorySink<Row = object> extends SinkSpec {
  /** The table as of the last commit: appended rows in order (the last ones), or what the changes sum up to. */
  rows(): Row[]
  /** The last committed changes in order. */
  changes(): MemoryChange<Row>[]
  /** How many changes were too old to keep. */
  readonly forgotten: number
}

const CHANGES_KEPT = 1_000_000
/** Epochs that are kept whatever their size: after a failed commit the last one may have to be taken back. */
const EPOCHS_KEPT = 2

/**
 * A sink that keeps the result in this process, for tests and small results.
 *
 * @example
 * import { write } from 'millrace'
 * const last = write.memory({ changes: 10_000 })
 * if (last.rows().length !== 0 || last.forgotten !== 0) throw new Error('nothing ran yet')
 */
export function memorySink<Row = object>(options: string | MemorySinkOptions = {}): MemorySink<Row> {
  const { name = 'memory', changes = CHANGES_KEPT } =
    typeof options === 'string' ? { name: options } : optionsFor('write.memory', options, 'pass { name, changes }')
  if (!(changes >= 0)) badOption('changes', 'write.memory', `it is ${changes}`, 'pass a number of changes from 0')
  const state = newState(changes)
  return {
    kind: 'memory',
    name,
    fingerprint: { name },
    modes: ['append', 'update', 'retract', 'complete'],
    guarantee: 'exactly once',
    renews: true,
    rows: () => currentRows(state) as Row[],
    changes: () => keptChanges(state) as MemoryChange<Row>[],
    get forgotten() {
      return state.forgotten
    },
    open: async context => openSink(state, context),
  }
}

/** Rows by what makes them one: their key (update), or all of their values (retract). */
type Sums = Map<string, { readonly row: object; readonly weight: number }>

interface State {
  readonly most: number
  mode: Mode
  key: readonly string[]
  /** Committed epochs, in order. */
  log: { readonly epoch: number; readonly changes: readonly MemoryChange[] }[]
  kept: number
  /** What the epochs before the log summed up to. */
  base: Sums
  /** The last of these epochs. */
  baseEpoch: number
  forgotten: number
}

function newState(most: number): State {
  return { most, mode: 'append', key: [], log: [], kept: 0, base: new Map(), baseEpoch: 0, forgotten: 0 }
}

function openSink(state: State, context: SinkContext): Sink {
  state.mode = context.mode
  state.key = context.key
  let current: Change[] = []
  return {
    pending: 0,
    async recover(committed) {
      goBack(state, committed)
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
      if (epoch > context.since) beginAnew(state, context.since)
      state.log.push({ epoch, changes: current.map(({ row, weight }) => ({ row, weight, epoch })) })
      state.kept += current.length
      current = []
      forget(state)
    },
    async close() {},
  }
}

function goBack(state: State, committed: number): void {
  state.log = state.log.filter(each => each.epoch <= committed)
  state.kept = state.log.reduce((sum, each) => sum + each.changes.length, 0)
  if (committed > 0) return
  state.base = new Map()
  state.baseEpoch = 0
  state.forgotten = 0
}

/** What epochs up to `since` told was of the query as it was. */
function beginAnew(state: State, since: number): void {
  state.log = state.log.filter(each => each.epoch > since)
  state.kept = state.log.reduce((sum, each) => sum + each.changes.length, 0)
  if (state.baseEpoch > since) return
  state.base = new Map()
  state.forgotten = 0
}

function forget(state: State): void {
  while (state.log.length > EPOCHS_KEPT && state.kept - (state.log[0]?.changes.length ?? 0) >= state.most) {
    const { changes, epoch } = state.log.shift() as State['log'][number]
    state.baseEpoch = epoch
    state.kept -= changes.length
    state.forgotten += changes.length
    if (state.mode === 'update' || state.mode === 'retract') sum(state, state.base, changes)
  }
}

function keptChanges(state: State): MemoryChange[] {
  return state.log.flatMap(each => each.changes)
}

function currentRows(state: State): object[] {
  if (state.mode === 'append') return keptChanges(state).map(change => change.row)
  if (state.mode === 'complete') return (state.log.at(-1)?.changes ?? []).map(change => change.row)
  const sums: Sums = new Map(state.base)
  for (const { changes } of state.log) sum(state, sums, changes)
  return [...sums.values()].flatMap(({ row, weight }) => Array<object>(Math.max(0, weight)).fill(row))
}

/** Add changes to what was before. */
function sum({ mode, key }: State, sums: Sums, changes: readonly MemoryChange[]): void {
  for (const { row, weight } of changes) {
    const id = identity(row, mode === 'update' ? key : Object.keys(row))
    const seen = mode === 'update' ? undefined : sums.get(id)
    const total = (seen?.weight ?? 0) + weight
    if (mode === 'update' ? weight < 0 : total === 0) sums.delete(id)
    else sums.set(id, { row: seen?.row ?? row, weight: mode === 'update' ? 1 : total })
  }
}
