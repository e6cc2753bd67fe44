// The rows of a store, and the values that its keys (PRIMARY KEY, UNIQUE) have, in a linear memory of its own: found by their bytes, a
// batch at a time. Law: what is there is the sum of the changes; no two rows share a key, and a null is like nothing, unless
// the key says that it is. A change that fails changes nothing.
import { excerpt, fail } from '../base/index.ts'
import {
  type Arena,
  ASCENDING,
  BATCH_ROWS,
  type Batch,
  batchFromRows,
  type Column,
  decodeRows,
  encodeKeys,
  encodeRows,
  type HashedKeys,
  HashIndex,
  hashed,
  kindOf,
  Memory,
  type Packed,
  packed,
  placed,
  type RowBlock,
  rowNumbers,
  takenBack,
  withSelection,
} from '../data/index.ts'
import type { Unique } from '../sql/index.ts'
import { type Leaf, leaves, type Schema, showType } from '../types/index.ts'
import { exactReader, type Row, type Weighted } from './rows.ts'

/** Bytes that the rows of one table may take in all. */
const CEILING = 4 * (1 << 30) - 65_536

/** Any bytes as a text, each as a letter of its own. */
const BYTES = new TextDecoder('latin1')

/** Rows, or the values of a key alone, by that key. */
interface Held {
  /** undefined: all rows lie under one key. */
  readonly unique: Unique | undefined
  /** Numbers of the key's physical columns. */
  readonly columns: readonly number[]
  readonly withRows: boolean
  readonly index: HashIndex
  /** The weights in sum. */
  total: bigint
}

interface Parted {
  readonly fresh: readonly RowBlock[]
  readonly held: readonly RowBlock[]
  readonly isTwice: boolean
}

/** Rows in the memory. */
interface Page {
  readonly batch: Batch
  readonly rows: Packed
}

export class RowIndex {
  readonly #table: string
  readonly #schema: Schema
  readonly #leaves: readonly Leaf[]
  readonly #uniques: readonly Unique[]
  #opened: { readonly arena: Arena; readonly held: readonly Held[] } | undefined

  constructor(table: string, schema: Schema, uniques: readonly Unique[]) {
    this.#table = table
    this.#schema = schema
    this.#leaves = leaves(schema)
    this.#uniques = uniques
  }

  /** Rows, each counted once however often it is there. */
  get count(): number {
    return this.#opened === undefined ? 0 : rowsOf(this.#opened.held).index.count
  }

  /** Throws DUPLICATE_KEY, BAD_VALUE; then nothing is changed. */
  change(blocks: readonly RowBlock[]): void {
    let done = 0
    try {
      this.#eachPage(blocks, page => {
        this.#checkNulls(page)
        this.#add(page)
        done++
      })
      this.#checkKeys(blocks)
    } catch (error) {
      this.#eachPage(blocks.map(takenBack), page => this.#add(page), done)
      throw error
    }
  }

  /** All rows that are there. */
  rows(): RowBlock[] {
    const { arena, held } = this.#open()
    const { index } = rowsOf(held)
    const { kernels } = arena.memory
    const blocks: RowBlock[] = []
    const walked = arena.memory.arena()
    for (const { entries, count } of index.walk(BATCH_ROWS, walked)) {
      const [addresses, weights, numbers] = [arena.alloc(count * 4), arena.alloc(count * 8), arena.zeroed(count * 4)]
      kernels.indexRows(count, entries, addresses)
      kernels.indexPairWeights(count, numbers, 0, entries, weights)
      const columns = decodeRows(addresses, count, this.#kinds(), arena)
      blocks.push(packed({ columns, rows: count, sel: 0, count, weights }, columns, arena))
      arena.reset()
    }
    walked.free()
    return blocks
  }

  /** How often each of some rows is there. */
  weightsOf(rows: readonly Row[]): number[] {
    const { held } = this.#open()
    const of = rowsOf(held)
    return this.#eachBatch(rows, ({ batch, rows: bytes }, arena) => {
      const groups = of.index.find(keysOf(of, batch, arena), arena)
      const out = arena.alloc(batch.count * 8)
      const { kernels, i64 } = arena.memory
      kernels.indexWeights(of.index.ptr, batch.count, groups, bytes.blob, bytes.offsets, out)
      return Array.from(i64.subarray(out >>> 3, (out >>> 3) + batch.count), Number)
    })
  }

  /** Of which rows the key is there. */
  has(unique: Unique, rows: readonly Row[]): boolean[] {
    const of = this.#open().held.find(each => each.unique === unique) as Held
    return this.#eachBatch(rows, ({ batch }, arena) => {
      const there: boolean[] = new Array(batch.count).fill(false)
      const keyed = comparable(of, batch, arena)
      const sums = sumsOf(of, keyed, arena)
      for (const row of rowNumbers(keyed, arena.memory))
        there[row] = (arena.memory.i64[(sums >>> 3) + row] as bigint) > 0n
      return there
    })
  }

  /**
   * Of rows that would come: those whose keys are free, and those of which a key is there. Of rows that share a key the
   * first counts; `isTwice`: there were others.
   */
  parted(blocks: readonly RowBlock[], uniques: readonly Unique[]): Parted {
    const { held, arena } = this.#open()
    const by = uniques.map(each => ({
      of: held.find(({ unique }) => unique === each) as Held,
      taken: new Set<string>(),
    }))
    const parts = { fresh: [] as RowBlock[], held: [] as RowBlock[], isTwice: false }
    this.#eachPage(blocks, ({ batch }) => {
      const [there, twice] = [new Uint8Array(batch.count), new Uint8Array(batch.count)]
      for (const { of, taken } of by) markTaken(of, batch, taken, there, twice, arena)
      const { i64 } = arena.memory
      const isMore = (row: number): boolean => batch.weights !== 0 && (i64[(batch.weights >>> 3) + row] as bigint) > 1n
      const rows = Array.from(there.keys())
      parts.isTwice ||= twice.includes(1) || rows.some(isMore)
      for (const part of ['fresh', 'held'] as const) {
        const chosen = rows.filter(row => twice[row] === 0 && there[row] === (part === 'held' ? 1 : 0))
        if (chosen.length === 0) continue
        const sel = arena.put(new Uint8Array(Uint32Array.from(chosen).buffer))
        parts[part].push(packed({ ...withSelection(batch, sel, chosen.length), weights: 0 }, batch.columns, arena))
      }
    })
    return parts
  }

  /** Rows as they are kept. */
  pack(rows: readonly Weighted[]): RowBlock[] {
    const { arena } = this.#open()
    const some = rows.filter(each => each.weight !== 0)
    return cut(some).map(each => {
      const batch = this.#batchOf(
        each.map(({ row }) => row),
        arena,
        each.map(({ weight }) => weight),
      )
      const block = packed(batch, batch.columns, arena)
      arena.reset()
      return block
    })
  }

  /** The other way. */
  unpack(blocks: readonly RowBlock[]): Weighted[] {
    const all: Weighted[] = []
    const read = exactReader(this.#schema, this.#open().arena.memory)
    this.#eachPage(blocks, ({ batch }) => {
      for (const each of read(batch)) all.push(each)
    })
    return all
  }

  /** A memory is made for the first row. */
  #open() {
    if (this.#opened !== undefined) return this.#opened
    const memory = new Memory(CEILING)
    const held = this.#uniques.map(unique => heldOf(unique, this.#numbersOf(unique), false, memory))
    const by = this.#uniques.findIndex(each => each.columns.every(name => !this.#isNullable(name)))
    const unique = this.#uniques[by]
    const rows = heldOf(unique, unique === undefined ? [] : this.#numbersOf(unique), true, memory)
    if (by >= 0) held[by]?.index.free()
    this.#opened = { arena: memory.arena(), held: by >= 0 ? held.with(by, rows) : [...held, rows] }
    return this.#opened
  }

  #isNullable(name: string): boolean {
    return this.#schema.fields.find(each => each.name === name)?.nullable !== false
  }

  #numbersOf({ columns }: Unique): number[] {
    return columns.flatMap(name => this.#leaves.flatMap(({ path }, i) => (path[0] === name ? [i] : [])))
  }

  #kinds() {
    return this.#leaves.map(each => kindOf(each.type))
  }

  /** @param most pages; all if missing */
  #eachPage(blocks: readonly RowBlock[], take: (page: Page) => void, most = Number.POSITIVE_INFINITY): void {
    const { arena } = this.#open()
    let page = 0
    for (const block of blocks)
      for (let from = 0; from < block.count && page < most; from += BATCH_ROWS, page++) {
        const to = Math.min(block.count, from + BATCH_ROWS)
        try {
          take(placed(block, from, to, this.#kinds(), arena))
        } finally {
          arena.reset()
        }
      }
  }

  #eachBatch<Each>(rows: readonly Row[], take: (page: Page, arena: Arena) => Each[]): Each[] {
    const { arena } = this.#open()
    return cut(rows).flatMap(each => {
      const batch = this.#batchOf(each, arena)
      const found = take({ batch, rows: encodeRows(batch, batch.columns, arena) }, arena)
      arena.reset()
      return found
    })
  }

  #batchOf(rows: readonly Row[], arena: Arena, weights?: readonly number[]): Batch {
    return batchFromRows(rows, this.#schema, arena, weights)
  }

  #checkNulls({ batch }: Page): void {
    const { memory } = this.#open().arena
    for (const [i, { path, type, nullable }] of this.#leaves.entries()) {
      const { validity } = batch.columns[i] as Column
      if (nullable || path.length > 1 || validity === 0) continue
      const isNull = (row: number): boolean => (((memory.u8[validity + (row >>> 3)] as number) >>> (row & 7)) & 1) === 0
      const comes = (row: number): boolean =>
        batch.weights === 0 || (memory.i64[(batch.weights >>> 3) + row] as bigint) > 0n
      if (rowNumbers(batch, memory).some(row => isNull(row) && comes(row)))
        fail('BAD_VALUE', {
          value: 'null',
          column: path[0] as string,
          type: showType(type),
          reason: 'the column is not nullable',
        })
    }
  }

  #add({ batch, rows }: Page): void {
    const { arena, held } = this.#open()
    for (const each of held) {
      const keyed = comparable(each, batch, arena)
      const own = each.withRows ? rows : encodeRows(keyed, [], arena)
      const keys = keysOf(each, keyed, arena)
      const { count, sel, weights } = keyed
      const groups = each.index.find(keys, arena)
      const { ptr, memory } = each.index
      memory.kernels.indexAdd(
        ptr,
        count,
        sel,
        keys.blob,
        keys.offsets,
        keys.hashes,
        groups,
        own.blob,
        own.offsets,
        weights,
        0,
        0n,
        0,
        0,
      )
      each.total += totalOf(keyed, memory)
    }
  }

  /** There are as many keys as rows. If not, the first that rows share is told. */
  #checkKeys(blocks: readonly RowBlock[]): void {
    const { held, arena } = this.#open()
    for (const each of held) {
      const { unique, index, total } = each
      if (unique === undefined || total === BigInt(index.groups)) continue
      this.#eachPage(blocks, ({ batch }) => {
        const keyed = comparable(each, batch, arena)
        const sums = sumsOf(each, keyed, arena)
        const { i64 } = arena.memory
        const row = rowNumbers(keyed, arena.memory).find(number => (i64[(sums >>> 3) + number] as bigint) > 1n)
        if (row !== undefined) this.#duplicate(unique, { ...batch, sel: arena.put(wordOf(row)), count: 1 })
      })
    }
  }

  #duplicate({ columns }: Unique, one: Batch): never {
    const [{ row }] = exactReader(this.#schema, this.#open().arena.memory)(one) as [Weighted]
    const values = columns.map(name => `${name} = ${excerpt(String(row[name]), 40)}`)
    return fail('DUPLICATE_KEY', { table: this.#table, key: values.join(', ') })
  }
}

const heldOf = (unique: Unique | undefined, columns: readonly number[], withRows: boolean, memory: Memory): Held => ({
  unique,
  columns,
  withRows,
  index: new HashIndex(memory, false),
  total: 0n,
})

const rowsOf = (held: readonly Held[]): Held => held.find(each => each.withRows) as Held

const wordOf = (number: number): Uint8Array => new Uint8Array(Uint32Array.of(number).buffer)

/** Lists of at most a batch. */
function cut<Each>(all: readonly Each[]): Each[][] {
  return Array.from({ length: Math.ceil(all.length / BATCH_ROWS) }, (_, i) =>
    all.slice(i * BATCH_ROWS, (i + 1) * BATCH_ROWS),
  )
}

/** Rows whose key may be like another's. */
function comparable({ unique, columns, withRows }: Held, batch: Batch, arena: Arena): Batch {
  if (withRows || unique === undefined || unique.nullsEqual) return batch
  return columns.reduce((rest, i) => {
    const { validity } = batch.columns[i] as Column
    if (validity === 0) return rest
    const sel = arena.alloc(rest.count * 4)
    const count = arena.memory.kernels.selectEqual(rest.count, rest.sel, validity, 1, sel) >>> 0
    return withSelection(rest, sel, count)
  }, batch)
}

function keysOf({ columns }: Held, batch: Batch, arena: Arena): HashedKeys {
  const own = columns.map(i => batch.columns[i] as Column)
  const orders = own.map(() => ASCENDING)
  return hashed(encodeKeys(batch, own, orders, arena), arena)
}

/** Mark the rows whose key is there, and those whose key a row before them has: of it, or of the ones that were `taken` before. */
function markTaken(
  of: Held,
  batch: Batch,
  taken: Set<string>,
  there: Uint8Array,
  twice: Uint8Array,
  arena: Arena,
): void {
  const { memory } = arena
  const keyed = comparable(of, batch, arena)
  const sums = sumsOf(of, keyed, arena)
  const { blob, offsets } = keysOf(of, keyed, arena)
  const { u8, u32, i64 } = memory
  for (const [i, row] of rowNumbers(keyed, memory).entries()) {
    const [from, to] = [u32[(offsets >>> 2) + i] as number, u32[(offsets >>> 2) + i + 1] as number]
    const key = BYTES.decode(u8.subarray(blob + from, blob + to))
    if ((i64[(sums >>> 3) + row] as bigint) > 0n) there[row] = 1
    if (taken.has(key)) twice[row] = 1
    taken.add(key)
  }
}

/** The weights of the rows that share a row's key (i64), at the rows' numbers. */
function sumsOf(of: Held, batch: Batch, arena: Arena): number {
  const sums = arena.zeroed(batch.rows * 8)
  const groups = of.index.find(keysOf(of, batch, arena), arena)
  arena.memory.kernels.indexSums(batch.count, batch.sel, groups, sums)
  return sums
}

function totalOf(batch: Batch, memory: Memory): bigint {
  if (batch.weights === 0) return BigInt(batch.count)
  const { i64 } = memory
  return rowNumbers(batch, memory).reduce((sum, row) => sum + (i64[(batch.weights >>> 3) + row] as bigint), 0n)
}
