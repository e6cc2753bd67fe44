// Adding a batch to the parts of its groups: one kernel call per part.
import { type Arena, type Batch, bitmapBytes, type Column, kindOf, type Memory, type Ptr } from '../../data/index.ts'
import { DECIMAL_SCALE } from '../../types/index.ts'
import type { InputColumn } from '../aggregate-spec.ts'
import { knownScale, type Mask, type Part, type Plan } from './parts.ts'

/** Some rows of a batch and the groups they belong to. */
export interface Rows {
  readonly n: number
  readonly sel: Ptr
  /** u32 record addresses, one per selected row. */
  readonly records: Ptr
  /** i64 per physical row; 0 = all 1 */
  readonly weights: Ptr
}

/** Record addresses of some groups: `n` of them from `records` on, for rows `first` and on of the columns. */
export interface Groups {
  readonly n: number
  readonly records: Ptr
  readonly first: number
}

/** The rows of a mask as a bitmap; 0 = all rows. */
function maskOf(mask: Mask, batch: Batch, arena: Arena): Ptr {
  const bitmaps: Ptr[] = []
  for (const column of mask.present) {
    const { validity } = batch.columns[column] as Column
    if (validity !== 0) bitmaps.push(validity)
  }
  for (const column of mask.trues) {
    const { values, validity } = batch.columns[column] as Column
    bitmaps.push(values)
    if (validity !== 0) bitmaps.push(validity)
  }
  return bitmaps.length === 0 ? 0 : bitmaps.reduce((a, b) => and(a, b, batch.rows, arena))
}

function and(a: Ptr, b: Ptr, rows: number, arena: Arena): Ptr {
  const out = arena.alloc(bitmapBytes(rows))
  arena.memory.kernels.maskAnd(rows, a, b, out)
  return out
}

/** The batch's masks as bitmaps, in the order of the plan's. */
export function masksOf(plan: Plan, batch: Batch, arena: Arena): readonly Ptr[] {
  return plan.masks.map(mask => maskOf(mask, batch, arena))
}

/** Add rows to the parts that take all rows of their mask. */
export function addRows(memory: Memory, table: Ptr, plan: Plan, batch: Batch, rows: Rows, masks: readonly Ptr[]): void {
  for (const part of plan.parts)
    if (part.set === undefined) addTo(memory, table, part, batch, rows, masks[part.mask] as Ptr)
}

/** Add what came into a set, or left it, to the parts that take each value once. */
export function addChanges(memory: Memory, table: Ptr, plan: Plan, set: number, batch: Batch, rows: Rows): void {
  for (const part of plan.parts) if (part.set === set) addTo(memory, table, part, batch, rows, 0)
}

function addTo(memory: Memory, table: Ptr, part: Part, batch: Batch, rows: Rows, mask: Ptr) {
  const k = memory.kernels
  const { n, sel, records, weights } = rows
  const { at } = part
  const first = part.args[0]
  const values = first === undefined ? 0 : (batch.columns[first.column] as Column).values
  const kind = first === undefined ? 0 : kindOf(first.type)
  const greatest = part.greatest ? 1 : 0
  switch (part.what) {
    case 'root':
    case 'user':
    case 'session':
      return
    case 'count':
      return k.aggCount(n, sel, records, at, mask, weights)
    case 'sumInteger':
      return k.aggSumInteger(n, sel, records, at, mask, weights, values)
    case 'squareInteger':
      return k.aggSquareInteger(n, sel, records, at, mask, weights, values)
    case 'sumDouble':
      return k.aggSumDouble(table, n, sel, records, at, mask, weights, values, kind)
    case 'squareDouble':
      return k.aggSquareDouble(table, n, sel, records, at, mask, weights, values, kind)
    case 'extreme':
      return k.aggExtreme(n, sel, records, at, mask, values, kind, greatest)
    case 'sumDecimal': {
      const bare = part.set === undefined ? 0 : 1
      const unit = knownScale(first as InputColumn) ?? DECIMAL_SCALE
      return k.aggSumDecimal(n, sel, records, at, mask, weights, values, unit, part.bytes, bare)
    }
    case 'squareDecimal': {
      const unit = knownScale(first as InputColumn) ?? DECIMAL_SCALE
      return k.aggSquareDecimal(n, sel, records, at, mask, weights, values, unit, part.bytes)
    }
    case 'extremePlace':
      return k.aggExtremeDecimal(n, sel, records, at, mask, values, greatest)
    case 'extremeText':
      return k.aggExtremeText(table, n, sel, records, at, mask, values, greatest)
    case 'sketch':
      return k.aggSketch(table, n, sel, records, at, mask, weights, values, kind)
    case 'pick': {
      const second = part.args[1] as InputColumn
      const times = (batch.columns[second.column] as Column).values
      return k.aggPick(table, n, sel, records, at, mask, values, kind, times, kindOf(second.type), greatest)
    }
  }
}
