// SQL: PostgreSQL's grammar → the plan nodes that the typed API makes. Importing this room loads the parser.
import type { Expr } from '../expr/index.ts'
import type { Node } from '../plan/index.ts'
import type { Script, Statement } from './parser.ts'
import type { Catalog } from './query.ts'
import { invalid } from './refuse.ts'
import { bindQuery } from './select.ts'
import { kindName } from './tree.ts'

export { tablesIn } from './names-in.ts'
export { parse, type Script, type Statement } from './parser.ts'
export type { Catalog } from './query.ts'

/** The table that a SELECT (or VALUES) statement is. */
export function tableOf({ tree }: Statement, script: Script, catalog: Catalog, params: readonly Expr[] = []): Node {
  if (!('SelectStmt' in tree))
    return invalid(script.text, 0, `${kindName(tree)} is not a query`, 'write SELECT or VALUES')
  const query = {
    text: script.text,
    catalog,
    paths: script.paths,
    params,
    common: new Map(),
    unknowns: new WeakSet<Expr>(),
    depth: 0,
    select: bindQuery,
  }
  return bindQuery(tree.SelectStmt, { query, outer: undefined, domain: undefined, probing: false }).node
}
