// User-defined aggregates. Nulls are passed over, as by all aggregates. Two ways:
// - the user's own state, kept here and numbered from the record, when rows are only added or the aggregate can remove;
//   it is saved as text in the record, so it must be plain data;
// - else from scratch, from the group's values in order, for every group that an epoch touches.
import { assert, fail, MillraceError } from '../../base/index.ts'
import {
  type Arena,
  type Batch,
  batchFromRows,
  type Column,
  Kind,
  kindOf,
  type Memory,
  type Ptr,
  rowsOf,
  show,
  utf8,
  valueBytes,
} from '../../data/index.ts'
import type { UserAggregate } from '../../expr/index.ts'
import { field, type Schema, schemaOf } from '../../types/index.ts'
import type { AggregateColumn } from '../aggregate-spec.ts'
import type { Part } from './parts.ts'
import { fromText, toText } from './plain-data.ts'
import type { Groups, Rows } from './update.ts'
import type { SetTable } from './values.ts'

const VALUES = 8
const TEXT = 16
const NO_TEXT = 0xffffffff

/** The states of an operator's user-defined aggregates; a record names its state by number. */
export interface UserStates {
  readonly states: unknown[]
  readonly free: number[]
  /** Record part of each state that changed since it was last saved. */
  readonly changed: Map<number, { part: Ptr; name: string }>
}

export const makeUserStates = (): UserStates => ({ states: [undefined], free: [], changed: new Map() })

const argumentSchema = (call: AggregateColumn): Schema =>
  schemaOf(call.args.map(({ type }, i) => field(`${i}`, type, true)))

/** What the aggregate is handed: the argument, an array of several, nothing for none. */
const valueFrom = (row: object): unknown => {
  const values = Object.values(row)
  return values.length < 2 ? values[0] : values
}

/** Call the user's code; what it throws is told with the aggregate's name. */
function guarded<T>(name: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof MillraceError) throw error
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : show(error)
    return fail('FUNCTION_FAILED', { verb: `the aggregate ${name}`, reason }, {}, error)
  }
}

/** Add rows that are in the part's mask; `rows.weights` by row number. */
export function addUser(memory: Memory, user: UserStates, part: Part, batch: Batch, rows: Rows): void {
  const call = part.call as AggregateColumn
  const columns = call.args.map(arg => batch.columns[arg.column] as Column)
  const values = rowsOf({ ...batch, columns, sel: rows.sel, count: rows.n }, argumentSchema(call), memory)
  for (let i = 0; i < rows.n; i++) {
    const at = (memory.u32[(rows.records >>> 2) + i] as number) + part.at
    const row = rows.sel === 0 ? i : (memory.u32[(rows.sel >>> 2) + i] as number)
    const weight = rows.weights === 0 ? 1n : (memory.i64[(rows.weights >>> 3) + row] as bigint)
    const slot = slotOf(memory, user, at, call)
    user.states[slot] = moved(call, user.states[slot], valueFrom(values[i] as object), Number(weight))
    const count = (at + VALUES) >>> 3
    memory.i64[count] = (memory.i64[count] as bigint) + weight
    user.changed.set(slot, { part: at, name: call.name })
  }
}

function moved(call: AggregateColumn, state: unknown, value: unknown, weight: number): unknown {
  const { add, remove } = call.user as UserAggregate
  return guarded(call.name, () => {
    let now = state
    for (let i = 0; i < weight; i++) now = add(now, value)
    for (let i = 0; i > weight; i--) {
      assert(remove !== undefined, 'a row is taken back from an aggregate that can not remove')
      now = remove(now, value)
    }
    return now
  })
}

/** The number of a record's state; the state is made, or read from its saved text, when it has none yet. */
function slotOf(memory: Memory, user: UserStates, at: Ptr, call: AggregateColumn): number {
  const known = memory.u32[at >>> 2] as number
  if (known !== 0) return known
  const slot = user.free.pop() ?? user.states.length
  const text = savedText(memory, at + TEXT)
  user.states[slot] = text === undefined ? guarded(call.name, () => call.user?.init()) : fromText(text)
  memory.u32[at >>> 2] = slot
  return slot
}

function savedText(memory: Memory, view: Ptr): string | undefined {
  const length = memory.u32[view >>> 2] as number
  if (length === NO_TEXT) return undefined
  return memory.text(length <= 12 ? view + 4 : (memory.u32[(view >>> 2) + 3] as number), length)
}

/** Results of groups whose state is here. */
export function userResults(memory: Memory, user: UserStates, call: AggregateColumn, at: number, groups: Groups) {
  const { init, result } = call.user as UserAggregate
  return Array.from({ length: groups.n }, (_, i) => {
    const part = (memory.u32[(groups.records >>> 2) + i] as number) + at
    const empty = (memory.i64[(part + VALUES) >>> 3] as bigint) <= 0n
    const state = empty ? undefined : user.states[slotOf(memory, user, part, call)]
    return guarded(call.name, () => result(empty ? init() : state))
  })
}

/** Results of groups from their values in order. */
export function recomputed(
  memory: Memory,
  set: SetTable,
  call: AggregateColumn,
  at: number,
  groups: Groups,
  arena: Arena,
): unknown[] {
  const { init, result } = call.user as UserAggregate
  return Array.from({ length: groups.n }, (_, i) => {
    const root = (memory.u32[(groups.records >>> 2) + i] as number) + at
    let state = guarded(call.name, init)
    for (const { value, weight } of valuesOf(memory, set, root, call, arena)) state = moved(call, state, value, weight)
    return guarded(call.name, () => result(state))
  })
}

function valuesOf(memory: Memory, set: SetTable, root: Ptr, call: AggregateColumn, arena: Arena) {
  const k = memory.kernels
  const n = k.valuesCount(set.table, root)
  if (n === 0) return []
  const records = arena.alloc(n * 4)
  k.valuesList(set.table, root, records)
  const columns = call.args.map(({ type }, i): Column => {
    const kind = kindOf(type)
    const values = arena.zeroed(n * 16)
    k.groupKeyColumn(set.table, set.from + i, n, records, values, 0)
    return { kind, values, validity: 0 }
  })
  const rows = rowsOf({ columns, rows: n, sel: 0, count: n, weights: 0 }, argumentSchema(call), memory)
  return rows.map((row, i) => {
    const record = memory.u32[(records >>> 2) + i] as number
    return { value: valueFrom(row), weight: Number(memory.i64[record >>> 3]) }
  })
}

/** Write results into a column from row `first` on; BAD_VALUE when one does not fit the aggregate's type. */
export function putResults(
  memory: Memory,
  call: AggregateColumn,
  results: unknown[],
  column: Column,
  first: number,
  arena: Arena,
): void {
  const schema = schemaOf([field(call.name, call.type, true)])
  const source = `the results of the aggregate ${call.name}`
  const rows = results.map(result => ({ [call.name]: result }))
  const [made] = batchFromRows(rows, schema, arena, undefined, { source }).columns as [Column]
  const bytes = valueBytes(column.kind)
  if (column.kind !== Kind.BOOL)
    memory.u8.copyWithin(column.values + first * bytes, made.values, made.values + results.length * bytes)
  for (let i = 0; i < results.length; i++) {
    if (column.kind === Kind.BOOL && bit(memory, made.values, i)) setBit(memory, column.values, first + i)
    if (made.validity === 0 || bit(memory, made.validity, i)) setBit(memory, column.validity, first + i)
  }
}

const bit = (memory: Memory, bits: Ptr, i: number): boolean =>
  (((memory.u8[bits + (i >>> 3)] as number) >>> (i & 7)) & 1) === 1

function setBit(memory: Memory, bits: Ptr, i: number): void {
  memory.u8[bits + (i >>> 3)] = (memory.u8[bits + (i >>> 3)] as number) | (1 << (i & 7))
}

/** Give back the states of touched groups that are as if nothing was ever added, so that the groups may go. */
export function settleUser(
  memory: Memory,
  table: Ptr,
  user: UserStates,
  part: Part,
  records: Ptr,
  n: number,
  arena: Arena,
): void {
  const call = part.call as AggregateColumn
  const initial = toText(guarded(call.name, () => call.user?.init()))
  for (let i = 0; i < n; i++) {
    const at = (memory.u32[(records >>> 2) + i] as number) + part.at
    if (memory.i64[(at + VALUES) >>> 3] !== 0n) continue
    const slot = slotOf(memory, user, at, call)
    if (toText(user.states[slot]) !== initial) continue
    memory.kernels.keepText(table, at + TEXT, arena.zeroed(16))
    memory.u32[(at + TEXT) >>> 2] = NO_TEXT
    memory.u32[at >>> 2] = 0
    forget(user, slot)
  }
}

function forget(user: UserStates, slot: number): void {
  user.states[slot] = undefined
  user.changed.delete(slot)
  user.free.push(slot)
}

/** Groups are gone: so are their states. */
export function releaseStates(memory: Memory, table: Ptr, user: UserStates): void {
  for (let slot = memory.kernels.groupReleased(table); slot !== 0; slot = memory.kernels.groupReleased(table))
    forget(user, slot)
}

/** Write the states that changed into their records, as text. */
export function saveStates(memory: Memory, table: Ptr, user: UserStates, arena: Arena): void {
  for (const [slot, { part, name }] of user.changed) {
    const text = toText(user.states[slot])
    if (text === undefined)
      fail('FUNCTION_RESULT', {
        verb: `the aggregate ${name}`,
        given: 'a state with something in it that can not be saved',
        wanted: 'plain data: numbers, strings, dates, arrays, maps, sets, objects without a class',
      })
    const bytes = utf8(text)
    const at = arena.put(bytes)
    const view = arena.zeroed(16)
    memory.u32[view >>> 2] = bytes.length
    if (bytes.length <= 12) memory.u8.copyWithin(view + 4, at, at + bytes.length)
    else memory.u32[(view >>> 2) + 3] = at
    memory.kernels.keepText(table, part + TEXT, view)
  }
  user.changed.clear()
}
