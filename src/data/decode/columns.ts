// The columns of one decoder: allocated once, written again for every batch.
import { fail } from '../../base/index.ts'
import { type Leaf, leaves, type Schema } from '../../types/index.ts'
import { BATCH_ROWS, type Column } from '../batch.ts'
import { bitmapBytes, columnBytes, kindOf } from '../kind.ts'
import type { Arena } from '../memory.ts'

export interface DecodedColumn {
  readonly leaf: Leaf
  readonly full: Column
  readonly nullable: Column
}

/** The asked leaves of a schema; text formats have no structs yet. */
export function askedLeaves(schema: Schema, columns: readonly string[] | undefined): readonly Leaf[] {
  const all = leaves(schema)
  const nested = all.find(leaf => leaf.path.length > 1)
  if (nested !== undefined) {
    const reason = `column ${nested.path[0]} is a struct, which can't be read from text yet`
    fail('BAD_SCHEMA', { reason, fix: 'declare it as json: t.json()' })
  }
  if (columns === undefined) return all
  return columns.map(name => {
    const leaf = all.find(each => each.path[0] === name)
    if (leaf === undefined)
      fail('BAD_SCHEMA', { reason: `there is no column ${name}`, fix: 'name a column of the schema' })
    return leaf
  })
}

export function allocateColumn(arena: Arena, leaf: Leaf): DecodedColumn {
  const kind = kindOf(leaf.type)
  const values = arena.zeroed(columnBytes(kind, BATCH_ROWS))
  const validity = leaf.nullable ? arena.zeroed(bitmapBytes(BATCH_ROWS)) : 0
  return { leaf, full: { kind, values, validity: 0 }, nullable: { kind, values, validity } }
}
