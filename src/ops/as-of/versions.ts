// Versions of an as-of join by key and time, and which of them is valid at a row's time. Entries of a tree: key, time, the whole
// row; the payload is the length of the key.
import {
  type Arena,
  ASCENDING,
  BATCH_ROWS,
  type Batch,
  bitmapBytes,
  type Column,
  columnBytes,
  encodeKeys,
  gatherColumn,
  nullColumn,
  type Packed,
  type Ptr,
  Tree,
} from '../../data/index.ts'
import { withoutNulls } from '../arrangement.ts'
import { columnFrom } from '../column-source.ts'
import { type OperatorContext, WATERMARK_MAX } from '../operator.ts'
import { type OrderedRows, orderedRows } from '../ordered-rows.ts'
import type { AsOfSpec } from './spec.ts'

/** Versions that may be outdated before they are looked for. */
const SLACK = 4096

/** The columns of the versions of some rows, null where there is none; and the rows that have one. */
export interface Valid {
  readonly columns: readonly Column[]
  readonly sel: Ptr
  readonly count: number
}

export class Versions {
  readonly tree: Tree
  readonly #spec: AsOfSpec
  readonly #context: OperatorContext
  readonly #rows: OrderedRows
  /** How many were left by the last look for outdated ones. */
  #kept = 0

  constructor(spec: AsOfSpec, context: OperatorContext) {
    const { right } = spec
    this.#spec = spec
    this.#context = context
    this.tree = new Tree(context.memory, context.durable !== false)
    this.#rows = orderedRows(
      [...right.keys, right.time].map(by => ({ by, order: ASCENDING })),
      right.kinds,
    )
  }

  add(delta: Batch): void {
    const context = this.#context
    const { arena } = context
    const { keys: by, time } = this.#spec.right
    const keys = by.map(key => columnFrom(key, delta, context))
    const rows = withoutNulls(delta, [...keys, delta.columns[time] as Column], arena)
    if (rows.count === 0) return
    const packed = this.#rows.encode(rows, context)
    const { offsets } = packKeys(rows, keys, arena)
    const lengths = arena.alloc((rows.count + 1) * 4)
    arena.use()
    const blob = arena.memory.kernels.packLengths(rows.count, offsets, lengths) >>> 0
    this.tree.addAll(packed, { blob, offsets: lengths, count: rows.count }, rows, rows.weights)
  }

  /** What is valid for selected rows of the left; columns of all rows of the batch, in `arena`. */
  of(rows: Batch, arena: Arena): Valid {
    const found = arena.zeroed(rows.rows * 4)
    const work = { memory: arena.memory, arena }
    const keys = this.#spec.left.keys.map(key => columnFrom(key, rows, work))
    const known = withoutNulls(rows, keys, arena)
    if (known.count > 0) spread(known, this.#nearest(known, keys, arena), found, arena)
    return this.#columns(found, rows.rows, arena)
  }

  /** The version of each row, as addresses of entries. */
  #nearest(rows: Batch, keys: readonly Column[], arena: Arena): Ptr {
    const { left, direction } = this.#spec
    const time = rows.columns[left.time] as Column
    const prefixes = packKeys(rows, keys, arena)
    const probes = packKeys(rows, [...keys, time], arena)
    const look = (isAfter: boolean): Ptr => this.#near(rows, keys, probes, prefixes, isAfter, arena)
    if (direction !== 'nearest') return look(direction === 'forward')
    const [before, after, out] = [look(false), look(true), arena.alloc(rows.count * 4)]
    const { blob, offsets } = probes
    arena.memory.kernels.treeNearest(rows.count, blob, offsets, prefixes.offsets, before, after, out)
    return out
  }

  #near(
    rows: Batch,
    keys: readonly Column[],
    { blob, offsets }: Packed,
    { offsets: prefixes }: Packed,
    isAfter: boolean,
    arena: Arena,
  ): Ptr {
    const { tolerance, left } = this.#spec
    const out = arena.alloc(rows.count * 4)
    const time = rows.columns[left.time] as Column
    const by = isAfter ? tolerance : tolerance === undefined ? undefined : -tolerance
    const limit = by === undefined ? undefined : packKeys(rows, [...keys, moved(time, rows.rows, by, arena)], arena)
    const [limits, ends] = [limit?.blob ?? 0, limit?.offsets ?? 0]
    const { kernels } = arena.memory
    kernels.treeNear(this.tree.ptr, rows.count, blob, offsets, prefixes, limits, ends, isAfter ? 1 : 0, out)
    return out
  }

  #columns(found: Ptr, count: number, arena: Arena): Valid {
    const { memory } = arena
    const { kinds } = this.#spec.right
    const [some, at] = [arena.alloc(count * 4), arena.zeroed(count * 4)]
    const [sel, bits] = [arena.alloc(count * 4), arena.zeroed(bitmapBytes(count))]
    const { u8, u32 } = memory
    let n = 0
    for (let i = 0; i < count; i++) {
      const entry = u32[(found >>> 2) + i] as number
      if (entry === 0) continue
      u32[(some >>> 2) + n] = entry
      u32[(at >>> 2) + i] = n
      u32[(sel >>> 2) + n] = i
      u8[bits + (i >> 3)] = (u8[bits + (i >> 3)] as number) | (1 << (i & 7))
      n++
    }
    if (n === 0) return { columns: kinds.map(kind => nullColumn(kind, count, arena)), sel, count: 0 }
    const own = this.#rows.decode(some, n, arena)
    const columns = own.map(each => masked(gatherColumn(each, at, count, arena), bits, count, arena))
    return { columns, sel, count: n }
  }

  /** Drop versions that no row will ask for, given the earliest time that may be asked for; looked for when as many have come as there were. */
  forget(oldest: bigint, arena: Arena): void {
    const { tree } = this
    if (tree.count <= 2 * this.#kept + SLACK) return
    const { tolerance, direction } = this.#spec
    const isBounded = tolerance !== undefined && direction === 'nearest'
    const horizon = oldest === WATERMARK_MAX || !isBounded ? oldest : oldest - tolerance
    const all = direction === 'forward' || isBounded || oldest === WATERMARK_MAX
    const encoded = BigInt.asIntN(64, BigInt.asUintN(64, horizon) ^ (1n << 63n))
    for (let count = BATCH_ROWS; count === BATCH_ROWS; ) {
      const entries = arena.alloc(BATCH_ROWS * 4)
      count = arena.memory.kernels.treeOutdated(tree.ptr, encoded, all ? 1 : 0, BATCH_ROWS, entries) >>> 0
      tree.remove(entries, count)
      arena.reset()
    }
    this.#kept = tree.count
  }

  free(): void {
    this.tree.free()
    this.#rows.close()
  }
}

const packKeys = (rows: Batch, keys: readonly Column[], arena: Arena): Packed =>
  encodeKeys(
    rows,
    keys,
    keys.map(() => ASCENDING),
    arena,
  )

/** Put what was found for selected rows at the places of all. */
function spread({ sel, count }: Batch, entries: Ptr, out: Ptr, { memory: { u32 } }: Arena): void {
  for (let i = 0; i < count; i++) {
    const row = sel === 0 ? i : (u32[(sel >>> 2) + i] as number)
    u32[(out >>> 2) + row] = u32[(entries >>> 2) + i] as number
  }
}

const [FIRST, LAST] = [-(2n ** 63n), 2n ** 63n - 1n]

/** Times moved by microseconds, not beyond 64 bits. */
function moved({ kind, values }: Column, rows: number, by: bigint, arena: Arena): Column {
  const out = arena.alloc(columnBytes(kind, rows))
  const { i64 } = arena.memory
  for (let i = 0; i < rows; i++) {
    const at = (i64[(values >>> 3) + i] as bigint) + by
    i64[(out >>> 3) + i] = at < FIRST ? FIRST : at > LAST ? LAST : at
  }
  return { kind, values: out, validity: 0 }
}

/** Null where the bits say that there is nothing. */
function masked(column: Column, bits: Ptr, rows: number, arena: Arena): Column {
  if (column.validity === 0) return { ...column, validity: bits }
  const validity = arena.alloc(bitmapBytes(rows))
  const { u8 } = arena.memory
  for (let i = 0; i < bitmapBytes(rows); i++)
    u8[validity + i] = (u8[bits + i] as number) & (u8[column.validity + i] as number)
  return { ...column, validity }
}
