// The sets of values of groups (src/kernels/assembly/agg-values.ts), next to the group table: one table per set, keyed by
// the group's keys and the value, saved as a store of its own.
import { type Arena, BATCH_ROWS, type Batch, type Memory, type Ptr } from '../../data/index.ts'
import type { AggregateSpec } from '../aggregate-spec.ts'
import { putKeys } from './keys.ts'
import type { Plan, ValueSet } from './parts.ts'
import { layoutKeys, makeTable } from './table.ts'
import type { Rows } from './update.ts'

const LINKS = 8

export interface SetTable {
  readonly store: string
  readonly plan: ValueSet
  readonly table: Ptr
  /** The group's keys, then the value's. */
  readonly keys: readonly {
    readonly column: number
    readonly type: AggregateSpec['keys'][0]['type']
    nullable: boolean
  }[]
  /** Which key the value begins with. */
  readonly from: number
}

/** Buffers for one batch of rows, shared by the sets of an operator. */
export interface Scratch {
  readonly rows: Ptr
  readonly groups: Ptr
  readonly values: Ptr
  readonly touched: Ptr
  readonly changes: Ptr
}

export function makeSet(
  memory: Memory,
  spec: Pick<AggregateSpec, 'keys' | 'window'>,
  plan: Plan,
  index: number,
  durable: boolean,
): SetTable {
  const set = plan.sets[index] as ValueSet
  // Rows with a null in the value are not in the set's mask.
  const keys = [...spec.keys, ...set.values.map(value => ({ ...value, nullable: false }))]
  const layout = layoutKeys(keys, spec.window !== undefined)
  const ordered = set.rootAt !== 0
  const at = layout.stateAt
  const links = { what: 'root', mask: 0, set: undefined, args: [], greatest: false, at, bytes: LINKS } as const
  const parts = { parts: ordered ? [links] : [], end: at + (ordered ? LINKS : 0) }
  const table = makeTable(memory, keys, layout, parts, spec.window?.end, durable)
  return { store: `values ${index}`, plan: set, table, keys, from: spec.keys.length }
}

export function makeScratch(memory: Memory): Scratch {
  const words = (): Ptr => memory.alloc(BATCH_ROWS * 4)
  return { rows: words(), groups: words(), values: words(), touched: words(), changes: memory.alloc(BATCH_ROWS * 8) }
}

export function freeScratch(memory: Memory, scratch: Scratch): void {
  for (const block of Object.values(scratch)) memory.free(block as Ptr)
}

/** Add rows to a set; the rows of its mask, weighted by what that changed: +1 a value came, -1 it went. */
export function addValues(
  memory: Memory,
  set: SetTable,
  batch: Batch,
  rows: Rows,
  mask: Ptr,
  scratch: Scratch,
  arena: Arena,
): Rows {
  const k = memory.kernels
  const n = k.maskRows(rows.n, rows.sel, rows.records, mask, scratch.rows, scratch.groups)
  const changes = { n, sel: scratch.rows, records: scratch.groups, weights: scratch.changes }
  if (n === 0) return changes
  const descriptors = putKeys(memory, set.keys, batch, arena)
  const touched = k.groupFind(set.table, n, scratch.rows, descriptors, scratch.values, scratch.touched)
  const { rootAt } = set.plan
  k.valuesAdd(
    set.table,
    n,
    scratch.rows,
    scratch.values,
    scratch.groups,
    rows.weights,
    rootAt,
    set.from,
    scratch.changes,
  )
  k.groupSettle(set.table, touched, scratch.touched)
  return changes
}
