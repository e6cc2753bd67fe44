// Entries by key: a kernel finds the record of each row's key, the record tells the entry's number. Saved are keys whose
// entry was touched, as text: version, numbers drawn, timers by name (one that is not declared any more is left out), state.
import { fail } from '../../base/index.ts'
import {
  type Arena,
  BATCH_ROWS,
  type Batch,
  type Column,
  type Memory,
  type Ptr,
  rowsOf,
  utf8,
} from '../../data/index.ts'
import type { StateWriter } from '../../state/index.ts'
import { type Field, leaves, type Schema, schemaOf } from '../../types/index.ts'
import { keyColumns, putKeys } from '../aggregates/keys.ts'
import type { Part } from '../aggregates/parts.ts'
import { fromText, toText } from '../aggregates/plain-data.ts'
import { loadTable, saveTable } from '../aggregates/save.ts'
import { type KeyLayout, layoutKeys, makeTable } from '../aggregates/table.ts'
import type { OperatorContext } from '../operator.ts'
import { Entry, isEmpty, type Key } from './entry.ts'

/** How states of earlier versions become one of this version. */
export interface Versions {
  readonly version: number
  /** `n`: makes a state of version n of one of version n - 1. */
  readonly migrate: Readonly<Record<number, (old: never) => unknown>>
}

export interface KeyedSpec {
  readonly input: Schema
  /** Names of columns of the input. */
  readonly keys: readonly string[]
  readonly versions: Versions
  /** Told in errors. */
  readonly verb: string
  /** What each timer of a key is called where it is saved. */
  readonly timers: readonly string[]
}

const TEXT = 16
const PART_BYTES = 32
const NO_TEXT = 0xffffffff
const NEVER = Number.POSITIVE_INFINITY
export const STORE = 'keys'

interface KeyColumn {
  readonly column: number
  readonly type: ReturnType<typeof leaves>[number]['type']
  readonly nullable: boolean
}

export class Keyed {
  readonly #memory: Memory
  readonly #context: OperatorContext
  readonly #fields: readonly Field[]
  readonly #keys: readonly KeyColumn[]
  readonly #layout: KeyLayout
  readonly #table: Ptr
  readonly #records: Ptr
  readonly #versions: Versions
  readonly #verb: string
  readonly #timers: readonly string[]
  readonly #entries: (Entry | undefined)[] = [undefined]
  readonly #free: number[] = []
  #touched: Entry[] = []
  #changed: Entry[] = []
  #loaded = false

  constructor({ input, keys, versions, verb, timers }: KeyedSpec, context: OperatorContext) {
    const { memory } = context
    this.#timers = timers
    this.#memory = memory
    this.#context = context
    this.#versions = versions
    this.#verb = verb
    this.#fields = keys.map(name => input.fields.find(each => each.name === name) as Field)
    this.#keys = keyLeaves(input, keys)
    this.#layout = layoutKeys(this.#keys, false)
    const at = this.#layout.stateAt
    const part: Part = { what: 'user', mask: 0, args: [], greatest: false, set: undefined, at, bytes: PART_BYTES }
    const plan = { parts: [part], end: at + PART_BYTES }
    this.#table = makeTable(memory, this.#keys, this.#layout, plan, undefined, context.durable !== false)
    this.#records = memory.alloc(BATCH_ROWS * 4)
  }

  /** Find the records of the batch's rows; `entry` gives those of a row then. */
  find(batch: Batch): void {
    const descriptors = putKeys(this.#memory, this.#keys, batch, this.#context.arena)
    this.#memory.kernels.groupFind(this.#table, batch.count, batch.sel, descriptors, this.#records, 0)
  }

  /** The same for a batch whose key columns have these numbers. */
  findBy(batch: Batch, columns: readonly number[]): void {
    const keys = this.#keys.map((key, i) => ({ ...key, column: columns[i] as number }))
    const descriptors = putKeys(this.#memory, keys, batch, this.#context.arena)
    this.#memory.kernels.groupFind(this.#table, batch.count, batch.sel, descriptors, this.#records, 0)
  }

  /** The entry of the i-th selected row; `row` gives its key if it has none yet. Allocates no linear memory. */
  entry(i: number, row: object): Entry {
    const { u32 } = this.#memory
    const record = u32[(this.#records >>> 2) + i] as number
    const slot = u32[(record + this.#layout.stateAt) >>> 2] as number
    const entry = slot === 0 ? this.#make(record, this.#keyOf(row)) : (this.#entries[slot] as Entry)
    if (!entry.touched) this.touch(entry)
    return entry
  }

  /** Its state or timers change in this epoch. */
  touch(entry: Entry): void {
    if (entry.touched) return
    entry.touched = true
    this.#touched.push(entry)
  }

  /** Entries that were touched in this epoch, in the order in which they were. */
  get touched(): readonly Entry[] {
    return this.#touched
  }

  #keyOf(row: object): Key {
    const values = row as Record<string, unknown>
    if (this.#fields.length === 1) return values[(this.#fields[0] as Field).name]
    return Object.freeze(Object.fromEntries(this.#fields.map(({ name }) => [name, values[name]])))
  }

  #make(record: Ptr, key: Key): Entry {
    const slot = this.#free.pop() ?? this.#entries.length
    const entry = new Entry(record, slot, key)
    this.#entries[slot] = entry
    this.#memory.u32[(record + this.#layout.stateAt) >>> 2] = slot
    return entry
  }

  /** The epoch is over: keys of which nothing is kept are forgotten. */
  settle(): void {
    const gone = this.#touched.filter(isEmpty)
    for (const entry of this.#touched) {
      entry.touched = false
      if (this.#context.durable === false || entry.changed) continue
      entry.changed = true
      this.#changed.push(entry)
    }
    this.#touched = []
    if (gone.length > 0) this.#forget(gone)
  }

  #forget(gone: readonly Entry[]): void {
    const { kernels } = this.#memory
    const records = this.#memory.alloc(gone.length * 4)
    this.#memory.u32.set(
      gone.map(each => each.record),
      records >>> 2,
    )
    for (const entry of gone) {
      entry.gone = true
      this.#entries[entry.slot] = undefined
    }
    kernels.groupDrop(this.#table, gone.length, records)
    this.#memory.free(records)
    for (let slot = kernels.groupReleased(this.#table); slot !== 0; slot = kernels.groupReleased(this.#table))
      this.#free.push(slot)
  }

  *saving(writer: StateWriter, full: boolean): Generator<void> {
    const { arena } = this.#context
    for (const [i, entry] of this.#changed.entries()) {
      entry.changed = false
      if (!entry.gone) this.#write(entry, arena)
      if (i % BATCH_ROWS === BATCH_ROWS - 1) yield
    }
    this.#changed = []
    yield* saveTable(this.#memory, this.#table, STORE, writer, full)
  }

  #write(entry: Entry, arena: Arena): void {
    const bytes = utf8(this.#textOf(entry))
    const at = arena.put(bytes)
    const view = arena.zeroed(16)
    const { kernels } = this.#memory
    this.#memory.u32[view >>> 2] = bytes.length
    if (bytes.length <= 12) this.#memory.u8.copyWithin(view + 4, at, at + bytes.length)
    else this.#memory.u32[(view >>> 2) + 3] = at
    kernels.keepText(this.#table, entry.record + this.#layout.stateAt + TEXT, view)
    kernels.groupMark(this.#table, entry.record)
  }

  #textOf(entry: Entry): string {
    const due = entry.due?.flatMap((time, i) => (time === NEVER ? [] : [[this.#timers[i], time]])) ?? []
    const head = JSON.stringify([this.#versions.version, [entry.drawn, entry.drawnAt], due, entry.has ? 1 : 0])
    if (!entry.has && entry.shown.length === 0) return head
    const [state, shown] = [entry.has ? toText(entry.state) : '', toText(entry.shown)]
    if (state !== undefined) return `${head}\n${state}\n${shown}`
    return fail('FUNCTION_RESULT', {
      verb: this.#verb,
      given: 'a state with something in it that can not be saved',
      wanted: 'plain data: numbers, strings, dates, arrays, maps, sets, objects without a class',
    })
  }

  load(block: Uint8Array): void {
    this.#loaded = true
    loadTable(this.#memory, this.#table, block)
  }

  /** After the last block: the entries as they were, each handed to `take`. */
  recall(take: (entry: Entry) => void): void {
    if (!this.#loaded) return
    this.#loaded = false
    const { kernels } = this.#memory
    const count = kernels.groupCount(this.#table) >>> 0
    const records = this.#memory.alloc(Math.max(16, count * 4))
    kernels.groupRecords(this.#table, records)
    const arena = this.#memory.arena()
    for (let first = 0; first < count; first += BATCH_ROWS) {
      this.#recallSome(records + first * 4, Math.min(BATCH_ROWS, count - first), arena, take)
      arena.reset()
    }
    arena.free()
    this.#memory.free(records)
  }

  #recallSome(records: Ptr, n: number, arena: Arena, take: (entry: Entry) => void): void {
    const columns: Column[] = keyColumns(this.#memory, this.#table, this.#keys, records, n, arena)
    const rows = rowsOf({ columns, rows: n, sel: 0, count: n, weights: 0 }, schemaOf(this.#fields), this.#memory)
    for (const [i, row] of rows.entries()) {
      const record = this.#memory.u32[(records >>> 2) + i] as number
      const entry = this.#make(record, this.#keyOf(row))
      this.#read(entry)
      take(entry)
    }
  }

  #read(entry: Entry): void {
    const text = this.#savedText(entry.record + this.#layout.stateAt + TEXT)
    const [head = '', state = '', shown] = text.split('\n')
    const [version, [drawn, drawnAt], due, has] = JSON.parse(head) as [
      number,
      [number, number | null],
      [string, number][],
      number,
    ]
    entry.drawn = drawn
    entry.drawnAt = drawnAt ?? Number.NaN
    entry.has = has === 1
    if (due.length > 0) {
      const saved = new Map(due)
      entry.due = this.#timers.map(name => saved.get(name) ?? NEVER)
      entry.queued = this.#timers.map(() => NEVER)
    }
    if (shown !== undefined) entry.shown = fromText(shown) as readonly object[]
    if (entry.has) entry.state = this.#migrated(fromText(state), version)
    if (version === this.#versions.version || this.#context.durable === false) return
    entry.changed = true
    this.#changed.push(entry)
  }

  #migrated(saved: unknown, from: number): unknown {
    const { version, migrate } = this.#versions
    let state = saved
    if (from > version)
      fail('STATE_VERSION', { from, to: version, verb: this.#verb, missing: `version ${from} is newer` })
    for (let next = from + 1; next <= version; next++) {
      const step = migrate[next]
      if (typeof step !== 'function')
        fail('STATE_VERSION', { from, to: version, verb: this.#verb, missing: `there is no migrate[${next}]` })
      state = step(state as never)
    }
    return state
  }

  #savedText(view: Ptr): string {
    const length = this.#memory.u32[view >>> 2] as number
    if (length === NO_TEXT) return fail('ASSERTION', { reason: 'a key was saved without its entry' })
    return this.#memory.text(length <= 12 ? view + 4 : (this.#memory.u32[(view >>> 2) + 3] as number), length)
  }

  get count(): number {
    return this.#memory.kernels.groupCount(this.#table) >>> 0
  }

  get bytes(): number {
    return this.#memory.kernels.groupBytes(this.#table) >>> 0
  }

  close(): void {
    this.#memory.kernels.groupFree(this.#table)
    this.#memory.free(this.#records)
  }
}

/** The physical columns of the keys. */
export function keyLeaves(input: Schema, keys: readonly string[]): readonly KeyColumn[] {
  const all = leaves(input)
  return keys.flatMap(name =>
    all.flatMap(({ path, type, nullable }, column) => (path[0] === name ? [{ column, type, nullable }] : [])),
  )
}
