// What operators over ordered groups share: rows go to their groups; a flush tells how the touched groups changed, then
// settles them; groups of a window go when the watermark has passed its end + accept (told then, if only final rows are
// wanted). Late rows leave by port 1.
import { assert } from '../base/index.ts'
import type { Arena, Batch } from '../data/index.ts'
import { closedBy, splitLate } from './aggregates/late.ts'
import { columnFrom } from './column-source.ts'
import {
  type Emit,
  flushing,
  least,
  type Operator,
  type OperatorContext,
  saving,
  stateless,
  WATERMARK_MAX,
  WATERMARK_MIN,
} from './operator.ts'
import type { GroupColumn, OrderedGroups } from './ordered-groups.ts'

/** When results are told, and which of `per` is the end of a window that takes rows `accept` microseconds longer. */
export interface Telling {
  readonly per: readonly GroupColumn[]
  readonly window?: { readonly end: number; readonly accept: bigint } | undefined
  readonly emit: 'changes' | 'final'
}

const LATE = 1

/**
 * Its caller declares the store `rows`, and has a twin.
 * @param tell emits how the touched groups differ from the last flush (`fresh`: nothing of them was told); `chunk` is its to reset.
 */
export function orderedOperator(
  name: string,
  spec: Telling,
  groups: OrderedGroups,
  context: OperatorContext,
  tell: (fresh: boolean, chunk: Arena, emit: Emit) => Generator<void>,
): Operator {
  const { window, emit: when } = spec
  assert(when === 'changes' || window !== undefined, 'final results need a window')
  const chunk = context.memory.arena()
  let watermark = WATERMARK_MIN
  // Nothing was ever told.
  let isNew = true
  // The last flush is not settled: it should be the last of all, and nobody will save.
  let owed = false
  const settle = (): void => {
    owed = when === 'changes' && watermark === WATERMARK_MAX && context.durable === false
    if (!owed) groups.settle()
  }
  const settleOwed = (): void => {
    if (owed) groups.settle()
    owed = false
  }
  return {
    ...stateless,
    name,
    outputs: window === undefined ? 1 : 2,
    late: [LATE],
    step(_port, delta, emit) {
      settleOwed()
      const rows = inTime(spec, delta, watermark, context, emit)
      if (rows.count > 0) groups.add(rows, context)
    },
    advance(_port, to) {
      assert(to >= watermark, `the watermark goes back from ${watermark} to ${to}`)
      watermark = to
    },
    ...flushing(function* (emit) {
      settleOwed()
      if (when === 'changes') yield* tell(isNew, chunk, emit)
      isNew = false
      settle()
      if (owed || window === undefined || watermark === WATERMARK_MIN) return
      const limit = closedBy(watermark, window.accept)
      for (let closing = -1; closing !== 0; ) {
        closing = groups.touchClosing(limit)
        if (closing > 0 && when === 'final') yield* tell(true, chunk, emit)
        groups.drop(closing)
        yield
      }
    }),
    watermark: inputs => (window === undefined ? least(inputs) : closedBy(least(inputs), window.accept)),
    ...saving((writer, full) => groups.saving(block => writer.put('rows', block), full)),
    load(_store, block) {
      isNew = false
      groups.load(block, context)
    },
    size: () => groups.size(),
    close() {
      groups.free()
      chunk.free()
    },
  }
}

function inTime(spec: Telling, delta: Batch, watermark: bigint, context: OperatorContext, emit: Emit): Batch {
  const { window, per } = spec
  if (window === undefined || watermark === WATERMARK_MIN) return delta
  const column = columnFrom((per[window.end] as GroupColumn).by, delta, context)
  return splitLate(delta, column, window.accept, watermark, context.arena, late => emit(LATE, late))
}
