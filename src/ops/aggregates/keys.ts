// Key columns on their way into the group table and out of it.
import {
  type Arena,
  type Batch,
  bitmapBytes,
  type Column,
  columnBytes,
  Kind,
  kindOf,
  type Memory,
  type Ptr,
  rowsOf,
} from '../../data/index.ts'
import { field, schemaOf } from '../../types/index.ts'
import type { AggregateKey } from '../aggregate-spec.ts'

type Key = Pick<AggregateKey, 'column' | 'type' | 'nullable'>

/** Column descriptors, as groupFind takes them. */
export function putKeys(memory: Memory, keys: readonly Key[], batch: Batch, arena: Arena): Ptr {
  const out = arena.alloc(Math.max(keys.length, 1) * 16)
  const u32 = memory.u32
  for (let i = 0, at = out >>> 2; i < keys.length; i++, at += 4) {
    const { kind, values, validity } = batch.columns[(keys[i] as Key).column] as Column
    u32[at] = kind
    u32[at + 1] = values
    u32[at + 2] = validity
  }
  return out
}

/** The keys of `n` groups. Texts are those of the groups: valid until a group goes. */
export function keyColumns(
  memory: Memory,
  table: Ptr,
  keys: readonly Key[],
  records: Ptr,
  n: number,
  arena: Arena,
): Column[] {
  return keys.map((key, i) => {
    const kind = kindOf(key.type)
    const bytes = columnBytes(kind, n)
    const values = kind === Kind.BOOL ? arena.zeroed(bytes) : arena.alloc(bytes)
    const validity = key.nullable ? arena.zeroed(bitmapBytes(n)) : 0
    const nulls = memory.kernels.groupKeyColumn(table, i, n, records, values, validity)
    return { kind, values, validity: nulls ? validity : 0 }
  })
}

/** A group as words, for messages: `carrier = "AA", day = 3`. */
export function makeDescribe(
  memory: Memory,
  table: Ptr,
  keys: readonly AggregateKey[],
  arena: Arena,
): (record: Ptr) => string {
  const schema = schemaOf(keys.map(({ name, type }) => field(name, type, true)))
  return record => {
    if (keys.length === 0) return 'of all rows'
    const records = arena.alloc(4)
    memory.u32[records >>> 2] = record
    const columns = keyColumns(memory, table, keys, records, 1, arena)
    const [row] = rowsOf({ columns, rows: 1, sel: 0, count: 1, weights: 0 }, schema, memory)
    return Object.entries(row as object)
      .map(([name, value]) => `${name} = ${typeof value === 'bigint' ? value : JSON.stringify(value)}`)
      .join(', ')
  }
}
