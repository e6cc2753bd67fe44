// Columns from JavaScript values, and back, for tests of expressions.
import {
  type Arena,
  type Batch,
  bitmapBytes,
  type Column,
  columnBytes,
  kindOf,
  type Memory,
  type Origin,
} from '../../src/data/index.ts'
import { readValue, type Value, writeValue } from '../../src/expr/index.ts'
import type { ScalarKind } from '../../src/types/index.ts'

/** A seeded generator (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** A column of values; rows that are null hold garbage, as real ones may. */
export function columnOf(arena: Arena, kind: ScalarKind, values: readonly Value[]): Column {
  const { memory } = arena
  const physical = kindOf({ kind })
  const bytes = columnBytes(physical, values.length)
  const at = arena.alloc(bytes)
  memory.u8.fill(0xa5, at, at + bytes)
  const nulls = values.includes(null)
  const validity = nulls ? arena.zeroed(bitmapBytes(values.length)) : 0
  for (const [row, value] of values.entries()) {
    if (value === null) continue
    if (nulls) memory.u8[validity + (row >>> 3)] = (memory.u8[validity + (row >>> 3)] as number) | (1 << (row & 7))
    writeValue(memory, at, kind, row, value, arena)
  }
  return { kind: physical, values: at, validity }
}

export function selectionOf(arena: Arena, rows: readonly number[]): number {
  const at = arena.alloc(4 * rows.length + 4)
  arena.memory.u32.set(rows, at >>> 2)
  return at
}

export const origin: Origin = { position: row => ({ source: 'test', row: row + 1 }) }

export function batchFrom(
  arena: Arena,
  kinds: readonly ScalarKind[],
  columns: readonly (readonly Value[])[],
  rows: number,
  selected?: readonly number[],
): Batch {
  const sel = selected === undefined ? 0 : selectionOf(arena, selected)
  return {
    columns: columns.map((values, i) => columnOf(arena, kinds[i] as ScalarKind, values)),
    rows,
    sel,
    count: selected === undefined ? rows : selected.length,
    weights: 0,
    origin,
  }
}

export function valuesOf(memory: Memory, column: Column, kind: ScalarKind, rows: readonly number[]): Value[] {
  return rows.map(row => readValue(memory, column, kind, row))
}
