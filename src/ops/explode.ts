// A row per element of a list, a map or a json array: linear, row by row, and an element's row takes its row's weight. Rows
// without elements leave nothing, or, with `outer`, one row whose element is null.
import {
  type Arena,
  BATCH_ROWS,
  type Batch,
  bitmapBytes,
  type Cell,
  type Column,
  cellOf,
  columnBytes,
  elementsOf,
  entriesOf,
  fieldsOf,
  gatherColumn,
  Kind,
  kindOf,
  rowNumbers,
} from '../data/index.ts'
import { jsonElements, readValue, writeValue } from '../expr/index.ts'
import { type ColumnType, type ListType, type MapType, type PlainType, scalars } from '../types/index.ts'
import { type Operator, type OperatorContext, stateless } from './operator.ts'

export interface ExplodeSpec {
  /** The physical column that is taken apart; its elements take its place. */
  readonly column: number
  readonly type: ListType | MapType | PlainType
  /** The element's number, from 0, as a last column. */
  readonly ordinal: boolean
  /** Rows without elements stay, with nulls. */
  readonly outer: boolean
}

/** Elements of one batch: the row each comes from, its values (of a map: key and value), its number. */
interface Elements {
  readonly rows: number[]
  readonly values: readonly Cell[][]
  readonly numbers: (bigint | null)[]
}

/** The columns of elements of a type: of a map its key and its value. */
function partsOf(type: ExplodeSpec['type']): readonly ColumnType[] {
  if (type.kind === 'list') return [type.element.type]
  return type.kind === 'map' ? [type.key, type.value.type] : [type]
}

/** The elements of one value, part by part. */
function takenApart(type: ExplodeSpec['type'], value: Cell): readonly (readonly Cell[])[] {
  if (value === null) return []
  if (type.kind === 'list') return elementsOf(type, value as Uint8Array).map(each => [cellOf(type.element.type, each)])
  if (type.kind === 'map')
    return entriesOf(type, value as Uint8Array).map(([key, each]) => [
      cellOf(type.key, key),
      cellOf(type.value.type, each),
    ])
  return (jsonElements(value as string) ?? []).map(each => [each])
}

export function explode(spec: ExplodeSpec, context: OperatorContext): Operator {
  const parts = partsOf(spec.type)
  return {
    ...stateless,
    name: 'explode',
    step(_port, delta, emit) {
      const all = elementsIn(delta, spec, parts.length, context)
      for (let first = 0; first < all.rows.length; first += BATCH_ROWS)
        emit(0, batchOfElements(delta, slice(all, first, first + BATCH_ROWS), spec, parts, context.arena))
    },
  }
}

function elementsIn(delta: Batch, spec: ExplodeSpec, parts: number, { memory }: OperatorContext): Elements {
  const column = delta.columns[spec.column] as Column
  const kind = spec.type.kind === 'json' ? 'json' : 'binary'
  const all: Elements = { rows: [], values: Array.from({ length: parts }, () => []), numbers: [] }
  for (const row of rowNumbers(delta, memory)) {
    const elements = takenApart(spec.type, readValue(memory, column, kind, row))
    for (const [number, values] of elements.entries()) add(all, row, values, BigInt(number))
    if (elements.length === 0 && spec.outer)
      add(
        all,
        row,
        all.values.map(() => null),
        null,
      )
  }
  return all
}

function add(all: Elements, row: number, values: readonly Cell[], number: bigint | null): void {
  all.rows.push(row)
  all.numbers.push(number)
  for (const [part, value] of values.entries()) all.values[part]?.push(value)
}

const slice = ({ rows, values, numbers }: Elements, from: number, to: number): Elements => ({
  rows: rows.slice(from, to),
  values: values.map(each => each.slice(from, to)),
  numbers: numbers.slice(from, to),
})

function batchOfElements(
  delta: Batch,
  { rows, values, numbers }: Elements,
  { column, ordinal }: ExplodeSpec,
  parts: readonly ColumnType[],
  arena: Arena,
): Batch {
  const sel = arena.put(new Uint8Array(Uint32Array.from(rows).buffer))
  const columns = delta.columns.flatMap((each, i) =>
    i === column
      ? parts.flatMap((type, part) => columnsOf(type, values[part] as Cell[], arena))
      : [gatherColumn(each, sel, rows.length, arena)],
  )
  if (ordinal) columns.push(...columnsOf(scalars.int, numbers, arena))
  const weights =
    delta.weights === 0
      ? 0
      : gatherColumn({ kind: Kind.I64, values: delta.weights, validity: 0 }, sel, rows.length, arena).values
  const { origin } = delta
  const from = origin && { position: (row: number) => origin.position(rows[row] as number) }
  return { columns, rows: rows.length, sel: 0, count: rows.length, weights, origin: from }
}

/** Cells as columns: of structs a column for each of their fields. */
function columnsOf(type: ColumnType, cells: readonly Cell[], arena: Arena): Column[] {
  if (type.kind === 'struct') {
    const structs = cells.map(each => (each === null ? undefined : fieldsOf(type, each as Uint8Array)))
    return type.fields.flatMap((field, i) =>
      columnsOf(
        field.type,
        structs.map(each => each?.[i]?.[1] ?? null),
        arena,
      ),
    )
  }
  const kind = kindOf(type)
  const values = arena.zeroed(columnBytes(kind, cells.length))
  const holed = cells.includes(null)
  const validity = holed ? arena.zeroed(bitmapBytes(cells.length)) : 0
  for (const [row, cell] of cells.entries()) {
    if (cell === null) continue
    writeValue(arena.memory, values, type.kind, row, cell, arena)
    const { u8 } = arena.memory
    if (holed) u8[validity + (row >>> 3)] = (u8[validity + (row >>> 3)] as number) | (1 << (row & 7))
  }
  return [{ kind, values, validity }]
}
