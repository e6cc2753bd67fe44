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
  eachElement,
  entriesOf,
  fieldsOf,
  gatherColumn,
  Kind,
  kindOf,
  rowNumbers,
} from '../data/index.ts'
import { bitOf, jsonElements, readValue, writeValue } from '../expr/index.ts'
import { type ColumnType, type ListType, type MapType, type PlainType, scalars } from '../types/index.ts'
import { Backlog, puttingOff } from './backlog.ts'
import { type Emit, type Operator, type OperatorContext, stateless, toEnd } from './operator.ts'

export interface ExplodeSpec {
  /** The physical column that is taken apart; its elements take its place. */
  readonly column: number
  readonly type: ListType | MapType | PlainType
  /** The element's number, from 0, as a last column. */
  readonly ordinal: boolean
  /** Rows without elements stay, with nulls. */
  readonly outer: boolean
}

/** Some elements: the row each comes from, its values (of a map: key and value), its number. */
interface Page {
  readonly rows: number[]
  readonly values: readonly Cell[][]
  readonly numbers: (bigint | null)[]
}

/** Bytes of lists that are taken apart in one slice, at most, if they do not fill a batch before. */
const SLICE_BYTES = 1 << 18
/** No element is shorter. */
const LEAST_BYTES = 2

/** The columns of elements of a type: of a map its key and its value. */
function partsOf(type: ExplodeSpec['type']): readonly ColumnType[] {
  if (type.kind === 'list') return [type.element.type]
  return type.kind === 'map' ? [type.key, type.value.type] : [type]
}

/** The elements of one value, part by part. */
function* takenApart(type: ExplodeSpec['type'], value: Cell): Generator<readonly Cell[]> {
  if (value === null) return
  if (type.kind === 'list') {
    for (const each of eachElement(type, value as Uint8Array)) yield [cellOf(type.element.type, each)]
  } else if (type.kind === 'map') {
    for (const [key, each] of entriesOf(type, value as Uint8Array))
      yield [cellOf(type.key, key), cellOf(type.value.type, each)]
  } else for (const each of jsonElements(value as string) ?? []) yield [each]
}

export function explode(spec: ExplodeSpec, context: OperatorContext): Operator {
  const chunk = context.memory.arena()
  const slices = (delta: Batch, emit: Emit) => takeApart(spec, delta, chunk, emit)
  const backlog = new Backlog(context, (_port, delta, _work, emit) => slices(delta, emit))
  return {
    ...stateless,
    name: 'explode',
    step(port, delta, emit) {
      const most = (): number => bytesIn(delta, spec, context) / LEAST_BYTES
      if (backlog.isBusy || backlog.isLarge(most())) backlog.put(port, delta)
      else toEnd(slices(delta, emit))
    },
    ...puttingOff(backlog),
    close() {
      for (const each of [chunk, backlog]) each.free()
    },
  }
}

/** Bytes of the lists of a delta. */
function bytesIn(delta: Batch, { column }: ExplodeSpec, { memory }: OperatorContext): number {
  const { values, validity } = delta.columns[column] as Column
  const { u32 } = memory
  // Where a list is null there is no length.
  const isThere = (row: number): boolean => validity === 0 || bitOf(memory, validity, row)
  return rowNumbers(delta, memory).reduce(
    (bytes, row) => (isThere(row) ? bytes + (u32[(values + row * 16) >>> 2] as number) : bytes),
    0,
  )
}

function* takeApart(spec: ExplodeSpec, delta: Batch, chunk: Arena, emit: Emit): Generator<void> {
  const { memory } = chunk
  const { type, outer } = spec
  const column = delta.columns[spec.column] as Column
  const kind = type.kind === 'json' ? 'json' : 'binary'
  const parts = partsOf(type)
  const page: Page = { rows: [], values: parts.map(() => []), numbers: [] }
  const nothing = parts.map(() => null)
  let bytes = 0
  for (const row of rowNumbers(delta, memory)) {
    const value = readValue(memory, column, kind, row)
    let number = 0
    for (const values of takenApart(type, value as Cell)) {
      add(page, row, values, BigInt(number++))
      if (page.rows.length < BATCH_ROWS) continue
      emitPage(delta, page, spec, parts, chunk, emit)
      yield
    }
    if (number === 0 && outer) add(page, row, nothing, null)
    bytes += value === null ? 0 : (value as Uint8Array | string).length
    if (page.rows.length < BATCH_ROWS && bytes < SLICE_BYTES) continue
    bytes = 0
    emitPage(delta, page, spec, parts, chunk, emit)
    yield
  }
  emitPage(delta, page, spec, parts, chunk, emit)
}

function add({ rows, numbers, values: all }: Page, row: number, values: readonly Cell[], number: bigint | null): void {
  rows.push(row)
  numbers.push(number)
  for (const [part, value] of values.entries()) all[part]?.push(value)
}

/** Emit the elements of a page, and begin it anew. */
function emitPage(
  delta: Batch,
  page: Page,
  spec: ExplodeSpec,
  parts: readonly ColumnType[],
  chunk: Arena,
  emit: Emit,
): void {
  if (page.rows.length === 0) return
  emit(0, batchOfElements(delta, page, spec, parts, chunk))
  chunk.reset()
  for (const list of [page.rows, page.numbers, ...page.values]) list.length = 0
}

function batchOfElements(
  delta: Batch,
  { rows: from, values, numbers }: Page,
  { column, ordinal }: ExplodeSpec,
  parts: readonly ColumnType[],
  arena: Arena,
): Batch {
  // A copy: origins may be asked for later.
  const rows = [...from]
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
  const known = origin && { position: (row: number) => origin.position(rows[row] as number) }
  return { columns, rows: rows.length, sel: 0, count: rows.length, weights, origin: known }
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
