// What a statement changes in a memory table, found out before anything is changed: RETURNING, CHECK and keys see the table as it
// was, and a statement that fails changes nothing.
import { excerpt, fail } from '../base/index.ts'
import {
  type Batch,
  type Column,
  type Memory,
  type RowBlock,
  rowNumbers,
  rowsInBlocks,
  takenBack,
} from '../data/index.ts'
import { type Node, schema } from '../plan/index.ts'
import type { Planned } from '../sql/index.ts'
import { leaves } from '../types/index.ts'
import type { Given, Place } from './place.ts'
import { blocksNow, exactReader, type Row, rowsNow, tableOfBlocks, tableOfRows, type Weighted } from './rows.ts'
import type { Store } from './store.ts'

/** What a statement changes. */
export interface Changed {
  readonly changes: readonly RowBlock[]
  /** What RETURNING tells. */
  readonly told: readonly RowBlock[]
  readonly rows: number
}

/**
 * What a planned statement changes, if each row of the table is in at most one of its turns. Fails where a row that comes
 * breaks a CHECK.
 */
export async function changedBy(
  planned: Planned,
  store: Store,
  table: string,
  given: Given,
  place: Place,
): Promise<Changed> {
  const { node, going, coming, told } = planned
  const look = checker(planned, store, table)
  const parts = [going, coming, told?.columns ?? []]
  const [old, young, tellings] = (await blocksNow(place.world, node, parts, given.signal, look)) as [
    RowBlock[],
    RowBlock[],
    RowBlock[],
  ]
  const rows = rowsInBlocks(coming.length > 0 ? young : old)
  return { changes: [...old.map(takenBack), ...young], told: tellings, rows }
}

/** Looks at the rows that come for one that breaks a CHECK. */
function checker({ node, checks, coming }: Planned, store: Store, table: string) {
  if (checks.length === 0) return undefined
  const all = schema(node)
  const numbers = checks.map(name => leaves(all).findIndex(({ path }) => path[0] === name))
  const names = store.schema.fields.map(each => each.name)
  return (batch: Batch, memory: Memory): void => {
    if (!numbers.some(i => isFalseSomewhere(batch.columns[i] as Column, batch, memory))) return
    for (const { row } of exactReader(all, memory)(batch))
      expectKept(row, checks, picked(row, coming, names), store, table)
  }
}

function isFalseSomewhere({ values, validity }: Column, batch: Batch, memory: Memory): boolean {
  const { u8 } = memory
  const bit = (at: number, row: number): boolean => (((u8[at + (row >>> 3)] as number) >>> (row & 7)) & 1) === 1
  return rowNumbers(batch, memory).some(row => !bit(values, row) && (validity === 0 || bit(validity, row)))
}

/** A row that comes keeps every CHECK; unknown is kept. */
function expectKept(row: Row, checks: readonly string[], coming: Row, store: Store, table: string): void {
  const broken = checks.findIndex(name => row[name] === false)
  if (broken >= 0 && !hasMissing(coming, store)) breaks(store.rules.checks[broken]?.name ?? '', coming, table)
}

/** One row that goes (none of INSERT), comes (none of DELETE), and is told (RETURNING). */
export interface Turn {
  readonly going: Row
  readonly coming: Row
  readonly told: Row
  readonly weight: number
}

/** The turns of a planned statement one by one. Fails where a row that comes breaks a CHECK. */
export async function turnsOf(
  planned: Planned,
  store: Store,
  table: string,
  given: Given,
  place: Place,
): Promise<Turn[]> {
  const { node, going, coming, checks, told } = planned
  const names = store.schema.fields.map(each => each.name)
  const toldNames = (told?.schema.fields ?? []).map(each => each.name)
  const found = await rowsNow(place.world, node, given.signal)
  return found.map(({ row, weight }) => {
    const turn = {
      going: picked(row, going, names),
      coming: picked(row, coming, names),
      told: picked(row, told?.columns ?? [], toldNames),
      weight,
    }
    expectKept(row, checks, turn.coming, store, table)
    return turn
  })
}

const NONE: Row = Object.freeze({})

function picked(row: Row, columns: readonly string[], names: readonly string[]): Row {
  if (columns.length === 0) return NONE
  const made: Record<string, unknown> = {}
  for (let i = 0; i < columns.length; i++) made[names[i] as string] = row[columns[i] as string]
  return made
}

/** A null where none may be: that is told first. */
const hasMissing = (row: Row, { schema }: Store): boolean =>
  schema.fields.some(each => !each.nullable && row[each.name] === null)

function breaks(check: string, row: Row, table: string): never {
  const values = Object.entries(row).map(([name, value]) => `${name} = ${excerpt(String(value), 40)}`)
  return fail('CHECK_VIOLATED', { table, check, row: values.join(', ') })
}

/** Each row that comes, as often as it does. */
export const repeated = (turns: readonly Turn[]): Turn[] =>
  turns.flatMap(turn =>
    turn.weight === 1 ? turn : Array.from({ length: turn.weight }, () => ({ ...turn, weight: 1 })),
  )

/** What the changes of a table are. */
export const changesOf = (turns: readonly Turn[], kind: 'insert' | 'update' | 'delete'): Weighted[] =>
  turns.flatMap(({ going, coming, weight }) => [
    ...(kind === 'insert' ? [] : [{ row: going, weight: -weight }]),
    ...(kind === 'delete' ? [] : [{ row: coming, weight }]),
  ])

/** What the statement comes to: the rows of RETURNING, or its tag. */
export const outcomeOf = ({ told }: Planned, done: Changed, tag: string): Node | string =>
  told === undefined ? `${tag} ${done.rows}` : tableOfBlocks(told.schema, done.told)

/** The same of turns. */
export function outcomeOfTurns({ told }: Planned, turns: readonly Turn[], tag: string): Node | string {
  if (told === undefined) return `${tag} ${turns.reduce((sum, each) => sum + each.weight, 0)}`
  const rows = repeated(turns).map(each => each.told)
  return tableOfRows(told.schema, rows)
}
