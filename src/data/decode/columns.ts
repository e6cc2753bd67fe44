// The columns of one decoder: allocated once, written again for every batch.
import { fail } from '../../base/index.ts'
import { type Field, type Leaf, leaves, type Schema } from '../../types/index.ts'
import { BATCH_ROWS, type Column } from '../batch.ts'
import { bitmapBytes, columnBytes, kindOf } from '../kind.ts'
import type { Arena } from '../memory.ts'

export interface DecodedColumn {
  readonly leaf: Leaf
  readonly full: Column
  readonly nullable: Column
}

/** The asked fields of a schema, in the order asked. */
export function askedFields(schema: Schema, columns: readonly string[] | undefined): readonly Field[] {
  if (columns === undefined) return schema.fields
  return columns.map(name => {
    const found = schema.fields.find(each => each.name === name)
    return found ?? fail('BAD_SCHEMA', { reason: `there is no column ${name}`, fix: 'name a column of the schema' })
  })
}

/** Their columns: a struct is its fields. */
export function askedLeaves(schema: Schema, columns: readonly string[] | undefined): readonly Leaf[] {
  return leaves({ fields: askedFields(schema, columns) })
}

/** A struct of the input, numbered behind the leaves: where its fields are, by number. */
export interface StructColumn {
  readonly path: readonly string[]
  readonly nullable: boolean
  readonly members: readonly { readonly column: number; readonly field: Field }[]
}

/** All structs of the fields, inner ones too. */
export function structsOf(fields: readonly Field[]): readonly StructColumn[] {
  const structs: StructColumn[] = []
  const total = leaves({ fields }).length
  let leaf = 0
  const visit = (each: Field, above: readonly string[], nullable: boolean): number => {
    if (each.type.kind !== 'struct') return leaf++
    const path = [...above, each.name]
    const inner = nullable || each.nullable
    const members = each.type.fields.map(field => ({ column: visit(field, path, inner), field }))
    structs.push({ path, nullable: inner, members })
    return total + structs.length - 1
  }
  for (const each of fields) visit(each, [], false)
  return structs
}

export function allocateColumn(arena: Arena, leaf: Leaf): DecodedColumn {
  const kind = kindOf(leaf.type)
  const values = arena.zeroed(columnBytes(kind, BATCH_ROWS))
  const validity = leaf.nullable ? arena.zeroed(bitmapBytes(BATCH_ROWS)) : 0
  return { leaf, full: { kind, values, validity: 0 }, nullable: { kind, values, validity } }
}
