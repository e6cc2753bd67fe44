// The frame in which a statement's queries are bound: its text, its tables, its parameters.
import type { Expr } from '../expr/index.ts'
import type { Script } from './parser.ts'
import type { Catalog, Frame } from './query.ts'
import { bindQuery } from './select.ts'

export function frameOf(script: Script, catalog: Catalog, params: readonly Expr[]): Frame {
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
  return { query, outer: undefined, domain: undefined, probing: false }
}
