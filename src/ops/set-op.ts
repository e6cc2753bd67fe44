// SQL's INTERSECT and EXCEPT, of tables that change. A row that is l times on the left and r times on the right is in the
// result: intersect once if both are positive, intersect all min(l, r) times, except once if l is positive and r is
// 0, except all l - r times (never less than 0). Nulls are equal here, -0 is 0, and every NaN is one.
import { type Arena, BATCH_ROWS, type Batch, type Ptr } from '../data/index.ts'
import type { ScalarType } from '../types/index.ts'
import { keyColumns, putKeys } from './aggregates/keys.ts'
import { loadTable, saveTable } from './aggregates/save.ts'
import { layoutKeys, makeTable } from './aggregates/table.ts'
import { type Emit, flushing, type Operator, type OperatorContext, saving, stateless } from './operator.ts'

export type SetOpKind = 'intersect' | 'intersect all' | 'except' | 'except all'

export interface SetOpSpec {
  readonly op: SetOpKind
  /** All columns, of both sides; nullable if one side's is. */
  readonly columns: readonly { readonly type: ScalarType; readonly nullable: boolean }[]
}

const KINDS: readonly SetOpKind[] = ['intersect', 'intersect all', 'except', 'except all']
const STORE = 'rows'
const STATE_BYTES = 24
const SIDE_BYTES = 8

/** Rows that an epoch touched first in one step. */
interface Page {
  readonly records: Ptr
  readonly count: number
  readonly weights: Ptr
}

/** Ports: 0 the left side, 1 the right one. */
export function setOp(spec: SetOpSpec, context: OperatorContext): Operator {
  const { memory } = context
  const durable = context.durable !== false
  const keys = spec.columns.map((each, column) => ({ ...each, column }))
  const layout = layoutKeys(keys, false)
  const plan = { parts: [], end: layout.stateAt + STATE_BYTES }
  const table = makeTable(memory, keys, layout, plan, undefined, durable)
  const epoch = memory.arena()
  const pages: Page[] = []
  const { kernels } = memory
  return {
    ...stateless,
    name: spec.op,
    stores: durable ? [STORE] : [],
    step(port, delta) {
      const { count, sel, weights } = delta
      const records = context.arena.alloc(BATCH_ROWS * 4)
      const touched = epoch.alloc(count * 4)
      const descriptors = putKeys(memory, keys, delta, context.arena)
      const n = kernels.groupFind(table, count, sel, descriptors, records, touched) >>> 0
      kernels.setAdd(table, count, sel, records, weights, port * SIDE_BYTES)
      if (n > 0) pages.push({ records: touched, count: n, weights: epoch.alloc(n * 8) })
    },
    ...flushing(function* (emit) {
      for (const { records, count, weights } of pages)
        kernels.setDiff(table, count, records, KINDS.indexOf(spec.op), weights)
      for (const negative of [true, false])
        for (const page of pages) {
          tell(page, negative, emit)
          yield
        }
      for (const { records, count } of pages) kernels.groupSettle(table, count, records)
      pages.length = 0
      epoch.reset()
    }),
    ...saving((writer, full) => saveTable(memory, table, STORE, writer, full)),
    load: (_store, block) => void loadTable(memory, table, block),
    size: () => ({
      rows: kernels.groupCount(table) >>> 0,
      bytes: kernels.groupBytes(table) >>> 0,
      unmatchedDeletes: Number(kernels.groupMissing(table)),
    }),
    close() {
      kernels.groupFree(table)
      epoch.free()
    },
  }

  function tell(page: Page, negative: boolean, emit: Emit): void {
    const [records, weights] = [epoch.alloc(page.count * 4), epoch.alloc(page.count * 8)]
    const count = kernels.setPick(page.count, page.records, page.weights, negative ? 1 : 0, records, weights) >>> 0
    if (count > 0) emit(0, rowsAt(records, weights, count, epoch))
  }

  function rowsAt(records: Ptr, weights: Ptr, count: number, arena: Arena): Batch {
    const columns = keyColumns(memory, table, keys, records, count, arena)
    return { columns, rows: count, sel: 0, count, weights }
  }
}
