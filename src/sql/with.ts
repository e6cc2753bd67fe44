// WITH: tables of one query. Each is bound once, however often it is named: what it computes is computed once.

import type { CommonTableExpr, WithClause } from './parser.ts'
import type { Common, Frame } from './query.ts'
import { invalid, unsupported } from './refuse.ts'
import { textsOf } from './tree.ts'

export function withTables({ ctes = [], recursive }: WithClause, frame: Frame): Frame {
  const common = new Map(frame.query.common)
  const own = new Set<string>()
  for (const each of ctes) {
    if (!('CommonTableExpr' in each)) continue
    const { ctename = '', location } = each.CommonTableExpr
    if (own.has(ctename))
      invalid(frame.query.text, location, `the WITH name ${ctename} stands twice`, 'give them different names')
    own.add(ctename)
    common.set(
      ctename,
      bound(each.CommonTableExpr, { ...frame, query: { ...frame.query, common: new Map(common) } }, recursive === true),
    )
  }
  return { ...frame, query: { ...frame.query, common } }
}

function bound({ ctequery, aliascolnames, location }: CommonTableExpr, frame: Frame, recursive: boolean): Common {
  const { query } = frame
  if (ctequery === undefined || !('SelectStmt' in ctequery))
    return unsupported(query.text, location, 'a WITH table that changes data', 'write SELECT or VALUES')
  if (recursive) return unsupported(query.text, location, 'WITH RECURSIVE', 'docs/sql.md lists what there is')
  const made = query.select(ctequery.SelectStmt, { query, outer: undefined, domain: undefined, probing: false })
  const names = textsOf(aliascolnames)
  return { node: made.node, names: made.names.map((name, i) => names[i] ?? name) }
}
