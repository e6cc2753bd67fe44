// The rows offset .. offset + limit in the order in which they came, over an input that never retracts: a row's place
// is known when it comes, so all that is kept is how many have come. Append-only.
import { fail } from '../base/index.ts'
import type { Batch } from '../data/index.ts'
import { type Emit, type Operator, type OperatorContext, stateless } from './operator.ts'

export interface ArrivalSpec {
  readonly limit: number | undefined
  readonly offset: number
}

const STORE = 'arrived'
const ENTRY_BYTES = 16

export function arrival(spec: ArrivalSpec, context: OperatorContext): Operator {
  const end = spec.limit === undefined ? Number.POSITIVE_INFINITY : spec.offset + spec.limit
  let arrived = 0
  let saved = 0
  return {
    ...stateless,
    name: 'limit',
    stores: [STORE],
    step(_port, delta, emit) {
      if (arrived >= end) return
      arrived +=
        delta.weights === 0
          ? whole(spec, end, arrived, delta, context, emit)
          : weighted(spec, end, arrived, delta, context, emit)
    },
    save(writer, full) {
      if (full || saved !== arrived) writer.put(STORE, entryOf(arrived))
      saved = arrived
    },
    load(_store, block) {
      arrived = arrivedIn(block)
      saved = arrived
    },
    size: () => ({ rows: 0, bytes: 8, unmatchedDeletes: 0 }),
  }
}

/** Rows of weight 1: a stretch of the selection. Returns how many rows came. */
function whole(
  spec: ArrivalSpec,
  end: number,
  arrived: number,
  delta: Batch,
  context: OperatorContext,
  emit: Emit,
): number {
  const from = Math.max(0, spec.offset - arrived)
  const to = Math.min(delta.count, end - arrived)
  if (from < to) emit(0, { ...delta, sel: stretch(delta, from, to, context), count: to - from })
  return delta.count
}

function stretch(delta: Batch, from: number, to: number, { arena, memory }: OperatorContext): number {
  if (delta.sel !== 0) return delta.sel + from * 4
  if (from === 0 && to === delta.rows) return 0
  const sel = arena.alloc((to - from) * 4)
  for (let i = from; i < to; i++) memory.u32[(sel >>> 2) + i - from] = i
  return sel
}

/** Rows of other weights: each counts as often as it came. */
function weighted(
  spec: ArrivalSpec,
  end: number,
  arrived: number,
  delta: Batch,
  context: OperatorContext,
  emit: Emit,
): number {
  const { arena, memory } = context
  const sel = arena.alloc(delta.count * 4)
  const weights = arena.alloc(delta.rows * 8)
  let count = 0
  let seen = arrived
  for (let i = 0; i < delta.count; i++) {
    const row = delta.sel === 0 ? i : (memory.u32[(delta.sel >>> 2) + i] as number)
    const weight = Number(memory.i64[(delta.weights >>> 3) + row])
    if (weight < 0) fail('ASSERTION', { reason: 'a limit by arrival was given a deleted row' })
    const inside = Math.min(end, seen + weight) - Math.max(spec.offset, seen)
    seen += weight
    if (inside <= 0) continue
    memory.u32[(sel >>> 2) + count++] = row
    memory.i64[(weights >>> 3) + row] = BigInt(inside)
  }
  if (count > 0) emit(0, { ...delta, sel, count, weights })
  return seen - arrived
}

/** One state entry without a key; its value is the count. */
function entryOf(arrived: number): Uint8Array {
  const entry = new DataView(new ArrayBuffer(ENTRY_BYTES))
  entry.setUint32(4, 8, true)
  entry.setFloat64(8, arrived, true)
  return new Uint8Array(entry.buffer)
}

function arrivedIn(block: Uint8Array): number {
  if (block.length !== ENTRY_BYTES) return fail('ASSERTION', { reason: 'a block of state entries is torn' })
  return new DataView(block.buffer, block.byteOffset).getFloat64(8, true)
}
