// What a statement changes in a memory table, found out before anything is changed: RETURNING, CHECK and keys see the table as it
// was, and a statement that fails changes nothing.
import { excerpt, fail } from '../base/index.ts'
import type { Node } from '../plan/index.ts'
import type { Planned } from '../sql/index.ts'
import type { Given, Place } from './place.ts'
import { type Row, rowsNow, tableOfRows, type Weighted } from './rows.ts'
import type { Store } from './store.ts'

/** One row that goes (none of INSERT), comes (none of DELETE), and is told (RETURNING). */
export interface Turn {
  readonly going: Row
  readonly coming: Row
  readonly told: Row
  readonly weight: number
}

/** The turns of a planned statement. Fails where a row that comes breaks a CHECK or is null where it may not be. */
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
    const broken = checks.findIndex(name => row[name] === false)
    if (broken >= 0 && !hasMissing(turn.coming, store))
      breaks(store.rules.checks[broken]?.name ?? '', turn.coming, table)
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
export function outcomeOf({ told }: Planned, turns: readonly Turn[], tag: string): Node | string {
  if (told !== undefined)
    return tableOfRows(
      told.schema,
      repeated(turns).map(each => each.told),
    )
  return `${tag} ${turns.reduce((sum, each) => sum + each.weight, 0)}`
}
