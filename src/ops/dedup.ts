// dedup(a + b): the rows of a, and those of b that repeat none that was kept: append-only, over an input that is. A row
// repeats an earlier one of its key, whose time, if times are compared, is at most `within` before or after its own.
// So what is kept does not depend on the watermark; a key is forgotten when the watermark has passed the time of its
// kept row by more than `within`, because then every row near to it is late. Late rows (time < watermark, known before
// the epoch) and rows without a time leave by port 1.
import { assert, fail } from '../base/index.ts'
import { BATCH_ROWS, type Batch, type Column, columnBytes, Kind, type Ptr, withSelection } from '../data/index.ts'
import { scalars } from '../types/index.ts'
import { putKeys } from './aggregates/keys.ts'
import { closedBy } from './aggregates/late.ts'
import { loadTable, saveTable } from './aggregates/save.ts'
import { layoutKeys, makeTable } from './aggregates/table.ts'
import { closeSources, columnFrom } from './column-source.ts'
import { type EventColumn, inTime } from './in-time.ts'
import {
  type Emit,
  flushing,
  type Operator,
  type OperatorContext,
  saving,
  stateless,
  WATERMARK_MAX,
  WATERMARK_MIN,
} from './operator.ts'
import type { GroupColumn } from './ordered-groups.ts'
import { shifted } from './window.ts'

export interface DedupSpec {
  readonly by: readonly GroupColumn[]
  /** Undefined: keys are kept for ever. */
  readonly time?: DedupTime | undefined
}

export interface DedupTime extends EventColumn {
  /** Microseconds. */
  readonly within: bigint
}

const STORE = 'seen'

/** Port 0: the rows that are kept. Port 1: late rows, as those of a windowed aggregate. */
export function dedup(spec: DedupSpec, context: OperatorContext): Operator {
  const { memory } = context
  const { time } = spec
  const end = { type: scalars.timestamp, nullable: false }
  const keys = [...spec.by, ...(time === undefined ? [] : [end])]
  const layout = layoutKeys(keys, time !== undefined)
  const durable = context.durable !== false
  const plan = { parts: [], end: layout.stateAt + 8 }
  const windowKey = time === undefined ? undefined : keys.length - 1
  const table = makeTable(memory, keys, layout, plan, windowKey, durable)
  const closing = memory.alloc(BATCH_ROWS * 4)
  let watermark = WATERMARK_MIN
  return {
    ...stateless,
    name: 'dedup',
    outputs: time === undefined ? 1 : 2,
    late: [1],
    stores: durable ? [STORE] : [],
    step(_port, delta, emit) {
      const rows = time === undefined ? delta : inTime(time, delta, watermark, context, emit)
      if (rows.count > 0) keep(spec, table, keys, rows, context, emit)
    },
    advance(_port, to) {
      watermark = to
    },
    ...flushing(function* () {
      const isOver = watermark === WATERMARK_MAX && !durable
      if (time === undefined || watermark === WATERMARK_MIN || isOver) return
      const limit = closedBy(watermark, time.within)
      const { kernels } = memory
      for (;;) {
        const n = kernels.groupClosing(table, limit, closing, BATCH_ROWS) >>> 0
        if (n === 0) return
        kernels.groupDrop(table, n, closing)
        yield
      }
    }),
    ...saving((writer, full) => saveTable(memory, table, STORE, writer, full)),
    load: (_store, block) => void loadTable(memory, table, block),
    size() {
      const { kernels } = memory
      return { rows: kernels.groupCount(table) >>> 0, bytes: kernels.groupBytes(table) >>> 0, unmatchedDeletes: 0 }
    },
    close() {
      memory.kernels.groupFree(table)
      memory.free(closing)
      closeSources(spec.by.map(each => each.by))
    },
  }
}

function keep(
  spec: DedupSpec,
  table: Ptr,
  keys: readonly Pick<GroupColumn, 'type' | 'nullable'>[],
  delta: Batch,
  context: OperatorContext,
  emit: Emit,
): void {
  const { arena, memory } = context
  refuseDeletes(delta, context)
  const { time } = spec
  const times = time === undefined ? 0 : shifted(delta.columns[time.column] as Column, time.shift, delta, arena)
  const stretches = time === undefined ? [] : [ends(times, time.within + 1n, delta, context)]
  const columns = [...spec.by.map(each => columnFrom(each.by, delta, context)), ...stretches]
  const numbered = keys.map(({ type, nullable }, column) => ({ column, type, nullable }))
  const descriptors = putKeys(memory, numbered, { ...delta, columns }, arena)
  const sel = arena.alloc(delta.count * 4)
  const within = time?.within ?? 0n
  const count = memory.kernels.dedupRows(table, delta.count, delta.sel, descriptors, times, within, sel) >>> 0
  if (count > 0) emit(0, { ...withSelection(delta, sel, count), weights: 0 })
}

/** The ends of the stretches of time that rows are in. */
function ends(times: Ptr, size: bigint, delta: Batch, { arena, memory }: OperatorContext): Column {
  const [start, end] = [0, 1].map(() => arena.alloc(columnBytes(Kind.I64, delta.rows))) as [Ptr, Ptr]
  const bad = memory.kernels.windowTumbling(delta.count, delta.sel, times, size, 0n, start, end)
  if (bad < 0) return { kind: Kind.I64, values: end, validity: 0 }
  const value = `${memory.i64[(times >>> 3) + bad]} µs`
  return fail('BAD_VALUE', { value, column: 'of event time', type: 'timestamp', reason: 'beyond 64 bits' })
}

function refuseDeletes(delta: Batch, { arena, memory }: OperatorContext): void {
  if (delta.weights === 0) return
  const rows = arena.alloc(delta.count * 4)
  const deletes = memory.kernels.selectSign(delta.count, delta.sel, delta.weights, 1, rows)
  assert(deletes === 0, 'a row was deleted from a table that was proved to be append-only')
}
