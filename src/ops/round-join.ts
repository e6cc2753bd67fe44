// The inner join inside an iteration. It is linear in each side, so differences are joined with differences:
// Δ(a ⋈ b) = Δa ⋈ b + a ⋈ Δb + Δa ⋈ Δb, where a row of round i and a row of round j meet in round max(i, j).
// Both sides are arranged by key, each row with its round; a side from outside the iteration lies in round 0 whole, and
// costs no more than it would outside. Nothing waits for a flush, and a change costs the pairs it makes.
import {
  type Arena,
  BATCH_ROWS,
  type Batch,
  type Column,
  compact,
  gatherColumn,
  Kind,
  type Ptr,
  withColumns,
} from '../data/index.ts'
import type { Predicate } from '../expr/index.ts'
import { withoutNulls } from './arrangement.ts'
import { type ColumnSource, closeSources, columnFrom } from './column-source.ts'
import { sizeOf } from './entries.ts'
import { ALONE, hashedKeys, type JoinTable, joinTable } from './join-table.ts'
import { type Emit, type OperatorContext, saving, stateless } from './operator.ts'
import { inRound, type RoundOperator, type Rounds, roundColumn } from './rounds.ts'

export interface RoundJoinSpec {
  /** Per side, equal pairwise and of the same kinds. */
  readonly keys: readonly [readonly ColumnSource[], readonly ColumnSource[]]
  /** Kinds of all columns, per side. */
  readonly kinds: readonly [readonly Kind[], readonly Kind[]]
  /** What else must hold of a pair: over the left columns, then the right ones. */
  readonly residual?: Predicate | undefined
}

const STORES = ['left', 'right'] as const
const LEFT = 0

/** Ports: 0 left, 1 right. Output: the left columns, then the right ones. */
export function roundJoin(spec: RoundJoinSpec, rounds: Rounds, context: OperatorContext): RoundOperator {
  const { memory } = context
  const sides = spec.kinds.map(kinds => joinTable([...kinds, Kind.I32], memory, context.durable !== false))
  const chunk = memory.arena()
  const side = (store: string): JoinTable => sides[STORES.indexOf(store as 'left')] as JoinTable
  return {
    ...stateless,
    name: 'join',
    stores: STORES,
    step(port, delta, emit) {
      const keys = (spec.keys[port as 0 | 1] as readonly ColumnSource[]).map(key => columnFrom(key, delta, context))
      const rows = withoutNulls(delta, keys, context.arena)
      if (rows.count === 0) return
      const other = sides[1 - port] as JoinTable
      const hashed = hashedKeys(rows, keys, context.arena)
      emitPairs({ port, rows, keys: hashed, other, rounds, residual: spec.residual, chunk, emit }, context)
      const timed = [...rows.columns, roundColumn(rounds.now, rows.rows, context.arena)]
      side(STORES[port as 0 | 1]).add(withColumns(rows, timed), hashed, ALONE, context.arena)
    },
    due: () => undefined,
    settle() {},
    ...saving(function* (writer, full) {
      for (const store of STORES) yield* side(store).index.saving(block => writer.put(store, block), full)
    }),
    load: (store, block) => side(store).index.load(block),
    // Differences are negative by nature: a row that is replaced in a later round. None is a delete without a row.
    size: () => ({ ...sizeOf(...sides.map(each => each.index)), unmatchedDeletes: 0 }),
    close() {
      for (const { index } of sides) index.free()
      chunk.free()
      closeSources(spec.keys.flat())
      spec.residual?.close()
    },
  }
}

interface Probe {
  readonly port: number
  readonly rows: Batch
  readonly keys: ReturnType<typeof hashedKeys>
  readonly other: JoinTable
  readonly rounds: Rounds
  readonly residual: Predicate | undefined
  readonly chunk: Arena
  readonly emit: Emit
}

function emitPairs(probe: Probe, { arena, memory }: OperatorContext): void {
  const { keys, rows, other, chunk } = probe
  const { count, sel } = rows
  const [numbers, entries] = [arena.alloc(BATCH_ROWS * 4), arena.alloc(BATCH_ROWS * 4)]
  const cursor = arena.zeroed(16)
  const groups = other.index.find(keys, arena)
  const next = (): number =>
    memory.kernels.indexProbe(cursor, count, sel, groups, 0, 0n, 0n, 0n, BATCH_ROWS, numbers, entries) >>> 0
  for (let pairs = next(); pairs > 0; pairs = next()) {
    emitBatch(probe, numbers, entries, pairs)
    chunk.reset()
  }
}

function emitBatch(
  { port, rows, other, rounds, residual, chunk, emit }: Probe,
  numbers: Ptr,
  entries: Ptr,
  pairs: number,
): void {
  const mine = rows.columns.map(column => gatherColumn(column, numbers, pairs, chunk))
  const found = other.rows(entries, pairs, chunk)
  const theirs = found.slice(0, -1)
  const weights = chunk.alloc(pairs * 8)
  chunk.memory.kernels.indexPairWeights(pairs, numbers, rows.weights, entries, weights)
  const round = found[found.length - 1] as Column
  const columns = [...(port === LEFT ? [...mine, ...theirs] : [...theirs, ...mine]), round]
  const all: Batch = { columns, rows: pairs, sel: 0, count: pairs, weights }
  chunk.use()
  const met = compact(residual?.run(all, { memory: chunk.memory, arena: chunk }) ?? all, chunk)
  if (met.count === 0) return
  const rounded = met.columns[columns.length - 1] as Column
  emitByRound(withColumns(met, met.columns.slice(0, -1)), rounded.values, rounds, chunk, emit)
}

/** Emit rows in the round of each (i32, one a row) or the clock's, whichever is later. */
function emitByRound(batch: Batch, values: Ptr, rounds: Rounds, arena: Arena, emit: Emit): void {
  const { now } = rounds
  const of = arena.memory.i32.subarray(values >>> 2, (values >>> 2) + batch.rows)
  if (of.every(round => round <= now)) {
    emit(0, batch)
    return
  }
  const parts = new Map<number, number[]>()
  of.forEach((round, row) => {
    const at = Math.max(round, now)
    const part = parts.get(at)
    if (part === undefined) parts.set(at, [row])
    else part.push(row)
  })
  for (const [round, selected] of parts) {
    const sel = arena.alloc(selected.length * 4)
    arena.memory.u32.set(selected, sel >>> 2)
    inRound(rounds, round, () => emit(0, { ...batch, sel, count: selected.length }))
  }
}
