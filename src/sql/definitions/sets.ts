// SET of UPDATE and of ON CONFLICT DO UPDATE: the columns that get other values, and what these are. DEFAULT stays a word here:
// what it means the table knows.
import type { Node, ResTarget } from '../parser.ts'
import { invalid, unsupported } from '../refuse.ts'

export type Sets = ReadonlyMap<string, Node>

export function setsOf(targetList: readonly Node[], text: string): Sets {
  const sets = new Map<string, Node>()
  for (const each of targetList) {
    if (!('ResTarget' in each)) continue
    const { name = '', indirection = [], location } = each.ResTarget
    if (indirection.length > 0)
      return unsupported(text, location, 'SET of a part of a column', 'write SET column = value')
    if (sets.has(name)) return invalid(text, location, `the column ${name} is set twice`, 'set it once')
    sets.set(name, renewed(each.ResTarget, text))
  }
  return sets
}

/** `a = 1`, and of `(a, b) = (1, 2)` or `(a, b) = (SELECT 1, 2)` the value that belongs to it. */
function renewed({ val, location }: ResTarget, text: string): Node {
  if (val === undefined) return invalid(text, location, 'SET without a value', 'write SET column = value')
  if (!('MultiAssignRef' in val)) return val
  const { source, colno = 1, ncolumns = 1 } = val.MultiAssignRef
  const list = source === undefined ? undefined : listIn(source)
  if (list === undefined) return unsupported(text, location, 'this form of SET', 'write SET column = value')
  if (list.length !== ncolumns) {
    const reason = `${ncolumns} columns are set, and there are ${list.length} values`
    return invalid(text, location, reason, 'give a value for each')
  }
  return list[colno - 1] as Node
}

/** The values of a row, each as an expression. */
function listIn(source: Node): readonly Node[] | undefined {
  if ('RowExpr' in source) return source.RowExpr.args ?? []
  if (!('SubLink' in source)) return undefined
  const { SubLink: link } = source
  const { subselect } = link
  if (subselect === undefined || !('SelectStmt' in subselect)) return undefined
  const { SelectStmt: select } = subselect
  const isPlain = (select.op ?? 'SETOP_NONE') === 'SETOP_NONE' && select.distinctClause === undefined
  if (!isPlain || select.targetList === undefined) return undefined
  return select.targetList.map(
    (each): Node => ({ SubLink: { ...link, subselect: { SelectStmt: { ...select, targetList: [each] } } } }),
  )
}
