// select(a + b) = select(a) + select(b): a row's values are computed from that row alone; weights stay as they are.
// Values that may be long (a list of ten million) are computed for as few rows at a time as their bytes allow.
import { type Arena, type Batch, type Ptr, type Workspace, withColumns, withSelection } from '../data/index.ts'
import { Backlog, puttingOff } from './backlog.ts'
import { type ColumnSource, closeSources, columnFrom } from './column-source.ts'
import { type Emit, type Operator, type OperatorContext, stateless } from './operator.ts'

/** The columns of the result, in order: picked or computed. */
export function select(columns: readonly ColumnSource[], context: OperatorContext): Operator {
  return {
    ...stateless,
    name: 'select',
    step(_port, delta, emit) {
      if (delta.count > 0) emit(0, selected(columns, delta, context))
    },
    close: () => closeSources(columns),
  }
}

const selected = (columns: readonly ColumnSource[], delta: Batch, work: Workspace): Batch =>
  withColumns(
    delta,
    columns.map(each => columnFrom(each, delta, work)),
  )

/** The same where values may be long. */
export function selectLong(columns: readonly ColumnSource[], context: OperatorContext): Operator {
  const chunk = context.memory.arena()
  const backlog = new Backlog(context, (_port, delta, { arena }, emit) => pieces(columns, delta, arena, chunk, emit))
  return {
    ...stateless,
    name: 'select',
    step: (port, delta, emit) => backlog.take(port, delta, () => pieces(columns, delta, context.arena, chunk, emit)),
    ...puttingOff(backlog),
    close() {
      closeSources(columns)
      for (const each of [chunk, backlog]) each.free()
    },
  }
}

/** Rows to begin with, and the bytes that those of one piece are to have. */
const FIRST_ROWS = 16
const PIECE_BYTES = 1 << 20

/** Some rows after the other; when they were long, what is left is told. */
function* pieces(
  columns: readonly ColumnSource[],
  delta: Batch,
  arena: Arena,
  chunk: Arena,
  emit: Emit,
): Generator<Batch> {
  const { memory } = arena
  const { count } = delta
  const sel = delta.sel === 0 ? numbers(count, arena) : delta.sel
  let most = FIRST_ROWS
  for (let from = 0; from < count; ) {
    const piece = withSelection(delta, sel + from * 4, Math.min(most, count - from))
    const before = memory.used
    const made = selected(columns, piece, { memory, arena: chunk })
    const bytes = memory.used - before
    emit(0, made)
    chunk.reset()
    from += piece.count
    const isLong = bytes > PIECE_BYTES
    most = isLong ? Math.max(1, Math.floor((most * PIECE_BYTES) / bytes)) : most * 2
    if (isLong && from < count) yield withSelection(delta, sel + from * 4, count - from)
  }
}

function numbers(count: number, arena: Arena): Ptr {
  const at = arena.alloc(count * 4)
  const { u32 } = arena.memory
  for (let i = 0; i < count; i++) u32[(at >>> 2) + i] = i
  return at
}
