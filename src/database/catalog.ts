// What the names in a statement are. Law: everything that a statement reads is looked at before it is bound, once, and a
// name means the same table wherever it stands in the statement.
import { fail } from '../base/index.ts'
import type { Node } from '../plan/index.ts'
import { type Assignment, type Catalog, rowsFor, type Statement, tableOf, tablesIn } from '../sql/index.ts'
import { openPath } from './paths.ts'
import type { Given, Place, Relation } from './place.ts'
import { tableOfRows } from './rows.ts'

/** What names are looked up in. */
type Names = Pick<Place, 'relations' | 'follow' | 'told'>

/** The table that a query is. */
export async function bound(query: Statement, { script, params }: Given, place: Names): Promise<Node> {
  return tableOf(query, script, await catalogOf([query.tree], { script }, place), params)
}

/** The rows of a query as rows of another table. */
export async function boundFor(
  query: Statement,
  to: Assignment,
  { script, params }: Given,
  place: Names,
): Promise<Node> {
  return rowsFor(query, to, script, await catalogOf([query.tree], { script }, place), params)
}

/** What the names in trees are. */
export async function catalogOf(
  trees: readonly unknown[],
  { script }: Pick<Given, 'script'>,
  { relations, follow, told }: Names,
): Promise<Catalog> {
  const tables = new Map<string, Node>()
  const files = new Map<string, Node>()
  for (const name of tablesIn(trees)) {
    const path = script.paths.get(name)
    if (path !== undefined && !files.has(path)) files.set(path, await openPath(path, follow))
    const found = relations.get(name)
    if (found !== undefined) tables.set(name, await nodeOf(name, found))
  }
  return {
    ...NO_TABLES,
    table: name => tables.get(name),
    names: () => [...relations.keys()],
    path: path => files.get(path) as Node,
    told: name => (told?.has(name) === true ? (told.get(name) ?? null) : undefined),
  }
}

/** Where no table is in sight. */
export const NO_TABLES: Catalog = {
  table: () => undefined,
  names: () => [],
  path: path => fail('NO_TABLE', { name: path, suggestion: 'name no tables here' }),
  told: () => undefined,
  rows: tableOfRows,
}

async function nodeOf(name: string, { node }: Relation): Promise<Node> {
  return node === undefined ? fail('NOT_READABLE', { name }) : node()
}
