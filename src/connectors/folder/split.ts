// The rows of a batch by the values of some columns: one narrowed batch per partition folder, in the order in
// which partitions first appear. Rows are told apart by a kernel; a value becomes an object once per batch and partition.
import { fail } from '../../base/index.ts'
import {
  type Arena,
  type Batch,
  encodeRows,
  type Memory,
  type Ptr,
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
  const folderOfRow = (row: object): string =>
    columns.map(name => folderOf(name, (row as Record<string, unknown>)[name])).join('/')
  return batch => {
    if (batch.count === 0) return []
    const keyed = withColumns(
      batch,
      indices.map(index => batch.columns[index] as Batch['columns'][number]),
    )
    const { rows, ends } = groupRows(keyed, arena)
    const starts = [0, ...ends.slice(0, -1)]
    const firsts = Uint32Array.from(starts, at => memory.u32[(rows >>> 2) + at] as number)
    const keys = rowsOf(
      withSelection(keyed, arena.put(new Uint8Array(firsts.buffer)), firsts.length),
      subschema,
      memory,
    )
    return keys.map((key, i) => {
      const start = starts[i] as number
      const batchOfKey = withSelection(batch, rows + 4 * start, (ends[i] as number) - start)
      return { partition: folderOfRow(key), batch: batchOfKey }
    })
  }
}

/** Row numbers, group after group of equal rows, and where in them each group ends. */
function groupRows(batch: Batch, arena: Arena): { rows: Ptr; ends: number[] } {
  const { count, sel } = batch
  const packed = encodeRows(batch, batch.columns, arena)
  const [rows, ends] = [arena.alloc(4 * count), arena.alloc(4 * count)]
  arena.use()
  const { kernels } = arena.memory
  const groups = kernels.splitRows(count, sel, packed.blob, packed.offsets, rows, ends)
  return { rows, ends: [...arena.memory.u32.subarray(ends >>> 2, (ends >>> 2) + groups)] }
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

function unknown(name: string, schema: Schema): never {
  const names = schema.fields.map(each => each.name).join(', ')
  return fail('BAD_OPTION', {
    option: 'partitionBy',
    of: 'the sink',
    reason: `there is no column '${name}'`,
    fix: `name one of ${names}`,
  })
}
