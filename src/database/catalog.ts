// What the names in a statement are. Law: everything that a statement reads is looked at before it is bound, once, and a
// name means the same table wherever it stands in the statement.
import { memoryInput } from '../connectors/index.ts'
import { type Node, sourceOf } from '../plan/index.ts'
import { type Catalog, type Script, type Statement, tablesIn } from '../sql/index.ts'
import { openPath } from './paths.ts'

/** Something in a database that has a name and can be read. */
export interface Relation {
  readonly kind: 'table' | 'view' | 'materialized view'
  /** The table it is; its columns may have to be looked for. */
  node(): Node | Promise<Node>
}

export type Relations = ReadonlyMap<string, Relation>

/** @param follow files between quotes are read on as they grow */
export async function catalogFor(
  statement: Statement,
  script: Script,
  relations: Relations,
  follow: boolean,
): Promise<Catalog> {
  const tables = new Map<string, Node>()
  const files = new Map<string, Node>()
  for (const name of tablesIn(statement.tree)) {
    const path = script.paths.get(name)
    if (path !== undefined) files.set(path, await openPath(path, follow))
    const node = await relations.get(name)?.node()
    if (node !== undefined) tables.set(name, node)
  }
  return {
    table: name => tables.get(name),
    names: () => [...relations.keys()],
    path: path => files.get(path) as Node,
    rows: (schema, rows) => sourceOf(memoryInput(schema, {}, rows).spec, undefined),
  }
}
