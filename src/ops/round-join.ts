// The inner join inside an iteration. It is linear in each side, so differences are joined with differences:
// Δ(a ⋈ b) = Δa ⋈ b + a ⋈ Δb + Δa ⋈ Δb, where a row of round i and a row of round j meet in round max(i, j).
// Both sides are arranged by key, each row with its round; a side from outside the iteration lies in round 0 whole, and
// costs no more than it would outside. Nothing waits for a flush, and a change costs the pairs it makes.
import {
  type Arena,
  type Batch,
  type Column,
  compact,
  gatherColumn,
  type HashedKeys,
  Kind,
  type Ptr,
  type Workspace,
  withColumns,
} from '../data/index.ts'
import type { Predicate } from '../expr/index.ts'
import { withoutNulls } from './arrangement.ts'
import { Backlog, puttingOff } from './backlog.ts'
import { type ColumnSource, closeSources, columnFrom } from './column-source.ts'
import { sizeOf } from './entries.ts'
import { type Pairs, pairsOf } from './join-pairs.ts'
import { ALONE, hashedKeys, type JoinTable, joinTable } from './join-table.ts'
import { type Emit, type OperatorContext, saving, stateless, toEnd } from './operator.ts'
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
type Port = 0 | 1

interface RoundJoining {
  readonly spec: RoundJoinSpec
  readonly rounds: Rounds
  readonly sides: readonly [JoinTable, JoinTable]
  /** For what is emitted in pieces. */
  readonly chunk: Arena
}

/** Ports: 0 left, 1 right. Output: the left columns, then the right ones. */
export function roundJoin(spec: RoundJoinSpec, rounds: Rounds, context: OperatorContext): RoundOperator {
  const { memory } = context
  const [left, right] = spec.kinds
  const table = (kinds: readonly Kind[]) => joinTable([...kinds, Kind.I32], memory, context.durable !== false)
  const on: RoundJoining = { spec, rounds, sides: [table(left), table(right)], chunk: memory.arena() }
  const { sides, chunk } = on
  const side = (store: string): JoinTable => sides[STORES.indexOf(store as 'left')] as JoinTable
  const backlog = new Backlog(context, (port, delta, work, emit) =>
    meet(on, comingOf(on, port as Port, delta, work), work.arena, emit),
  )
  return {
    ...stateless,
    name: 'join',
    stores: STORES,
    step(port, delta, emit) {
      const coming = backlog.isBusy ? undefined : comingOf(on, port as Port, delta, context)
      if (coming === undefined || backlog.isLarge(pairsIn(coming, context))) backlog.put(port, delta)
      else toEnd(meet(on, coming, context.arena, emit))
    },
    ...puttingOff(backlog),
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
      for (const each of [chunk, backlog]) each.free()
      closeSources(spec.keys.flat())
      spec.residual?.close()
    },
  }
}

/** Rows of a delta that can meet somebody, and where they will. */
interface Coming {
  readonly port: Port
  readonly rows: Batch
  readonly keys: HashedKeys
  /** The groups of the other side that have their keys. */
  readonly groups: Ptr
}

function comingOf({ spec, sides }: RoundJoining, port: Port, delta: Batch, work: Workspace): Coming {
  const columns = spec.keys[port].map(key => columnFrom(key, delta, work))
  const rows = withoutNulls(delta, columns, work.arena)
  const keys = hashedKeys(rows, columns, work.arena)
  return { port, rows, keys, groups: otherOf(sides, port).index.find(keys, work.arena) }
}

const pairsIn = ({ rows, groups }: Coming, { memory }: OperatorContext): number =>
  memory.kernels.indexPairs(rows.count, groups)

const otherOf = (sides: RoundJoining['sides'], port: Port): JoinTable => sides[port === LEFT ? 1 : 0]

function* meet(on: RoundJoining, coming: Coming, arena: Arena, emit: Emit): Generator<void> {
  const { rounds, sides, chunk } = on
  const { port, rows, keys, groups } = coming
  if (rows.count === 0) return
  for (const pairs of pairsOf(rows, groups, arena)) {
    if (pairs.count > 0) emitSome(on, coming, pairs, emit)
    chunk.reset()
    yield
  }
  const timed = [...rows.columns, roundColumn(rounds.now, rows.rows, arena)]
  sides[port].add(withColumns(rows, timed), keys, ALONE, arena)
}

function emitSome(
  { spec, rounds, sides, chunk }: RoundJoining,
  { port, rows }: Coming,
  pairs: Pairs,
  emit: Emit,
): void {
  const { numbers, entries, count } = pairs
  const mine = rows.columns.map(column => gatherColumn(column, numbers, count, chunk))
  const found = otherOf(sides, port).rows(entries, count, chunk)
  const theirs = found.slice(0, -1)
  const weights = chunk.alloc(count * 8)
  chunk.memory.kernels.indexPairWeights(count, numbers, rows.weights, entries, weights)
  const round = found[found.length - 1] as Column
  const columns = [...(port === LEFT ? [...mine, ...theirs] : [...theirs, ...mine]), round]
  const all: Batch = { columns, rows: count, sel: 0, count, weights }
  chunk.use()
  const met = compact(spec.residual?.run(all, { memory: chunk.memory, arena: chunk }) ?? all, chunk)
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
