// The rows of a batch by the values of some columns: one narrowed batch per partition folder, in the order in
// which partitions first appear.
import { fail } from '../../base/index.ts'
import {
  type Arena,
  type Batch,
  type Memory,
  rowNumbers,
  rowsOf,
  withColumns,
  withSelection,
} from '../../data/index.ts'
import { leaves, type Schema, schemaOf } from '../../types/index.ts'
import { partitionFolder } from './names.ts'

export interface Part {
  readonly partition: string
  readonly batch: Batch
}

export type Splitter = (batch: Batch) => readonly Part[]

/** @param arena holds the selections until the caller resets it. */
export function splitter(schema: Schema, columns: readonly string[], memory: Memory, arena: Arena): Splitter {
  if (columns.length === 0) return batch => [{ partition: '', batch }]
  const picked = columns.map(name => schema.fields.find(each => each.name === name) ?? unknown(name, schema))
  const subschema = schemaOf(picked)
  const all = leaves(schema)
  const indices = leaves(subschema).map(leaf => all.findIndex(each => each.path.join('\0') === leaf.path.join('\0')))
  const folderOf = rememberedFolders()
  return batch => {
    const keyed = withColumns(
      batch,
      indices.map(index => batch.columns[index] as Batch['columns'][number]),
    )
    const groups = groupRows(rowsOf(keyed, subschema, memory), rowNumbers(batch, memory), columns, folderOf)
    return [...groups].map(([partition, rows]) => ({ partition, batch: select(batch, rows, arena) }))
  }
}

type FolderOf = (column: string, value: unknown) => string

const REMEMBERED = 10_000

/** Escaping costs more than looking up what was escaped before; objects (dates, bytes) have no identity to look up. */
function rememberedFolders(): FolderOf {
  const known = new Map<string, Map<unknown, string>>()
  return (column, value) => {
    if (typeof value === 'object' && value !== null) return partitionFolder(column, value)
    const names = known.get(column)
    const name = names?.get(value) ?? partitionFolder(column, value)
    if (names === undefined || names.size > REMEMBERED) known.set(column, new Map([[value, name]]))
    else names.set(value, name)
    return name
  }
}

function groupRows(
  keys: readonly object[],
  numbers: readonly number[],
  columns: readonly string[],
  folderOf: FolderOf,
): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  for (const [i, key] of keys.entries()) {
    const partition = columns.map(name => folderOf(name, (key as Record<string, unknown>)[name])).join('/')
    const rows = groups.get(partition)
    if (rows === undefined) groups.set(partition, [numbers[i] as number])
    else rows.push(numbers[i] as number)
  }
  return groups
}

function select(batch: Batch, rows: readonly number[], arena: Arena): Batch {
  const sel = arena.alloc(rows.length * 4)
  arena.memory.u32.set(rows, sel >>> 2)
  return withSelection(batch, sel, rows.length)
}

function unknown(name: string, schema: Schema): never {
  const names = schema.fields.map(each => each.name).join(', ')
  return fail('BAD_OPTION', {
    option: 'partitionBy',
    of: 'the sink',
    reason: `there is no column '${name}'`,
    fix: `name one of ${names}`,
  })
}
