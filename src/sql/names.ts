// The names of output columns, as PostgreSQL finds them: the alias, else the column, the function, the type, the form;
// and a number behind a name that is there already, since a table's columns have different names.
import type { Node } from './parser.ts'
import { textOf } from './tree.ts'

export function nameOf(node: Node): string {
  return figured(node) ?? '?column?'
}

function figured(node: Node): string | undefined {
  if ('ColumnRef' in node) return lastOf(node.ColumnRef.fields)
  if ('FuncCall' in node) return lastOf(node.FuncCall.funcname)
  if ('GroupingFunc' in node) return 'grouping'
  if ('TypeCast' in node) return figuredCast(node)
  if ('CaseExpr' in node) return figured(node.CaseExpr.defresult ?? { String: {} }) ?? 'case'
  if ('CoalesceExpr' in node) return 'coalesce'
  if ('MinMaxExpr' in node) return node.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest'
  if ('A_Expr' in node) return node.A_Expr.kind === 'AEXPR_NULLIF' ? 'nullif' : undefined
  if ('SubLink' in node) return figuredSublink(node)
  if ('A_ArrayExpr' in node) return 'array'
  if ('RowExpr' in node) return 'row'
  if ('CollateClause' in node) return node.CollateClause.arg && figured(node.CollateClause.arg)
  if ('A_Indirection' in node)
    return lastOf(node.A_Indirection.indirection) ?? (node.A_Indirection.arg && figured(node.A_Indirection.arg))
  if ('SQLValueFunction' in node)
    return node.SQLValueFunction.op?.replace('SVFOP_', '').replace(/_N$/, '').toLowerCase()
  return undefined
}

const lastOf = (names: readonly Node[] | undefined): string | undefined => textOf(names?.at(-1))

function figuredCast({ TypeCast: node }: Extract<Node, { TypeCast: unknown }>): string | undefined {
  const inner = node.arg && figured(node.arg)
  return inner === undefined || inner === 'case' ? (lastOf(node.typeName?.names) ?? inner) : inner
}

function figuredSublink({ SubLink: node }: Extract<Node, { SubLink: unknown }>): string | undefined {
  if (node.subLinkType === 'EXISTS_SUBLINK') return 'exists'
  if (node.subLinkType === 'ARRAY_SUBLINK') return 'array'
  const inner = node.subselect
  if (node.subLinkType !== 'EXPR_SUBLINK' || inner === undefined || !('SelectStmt' in inner)) return undefined
  const [first] = inner.SelectStmt.targetList ?? []
  if (first === undefined || !('ResTarget' in first)) return undefined
  return first.ResTarget.name ?? (first.ResTarget.val && figured(first.ResTarget.val))
}

/** The same names, each once: `count`, `count_1` … */
export function distinctNames(names: readonly string[], taken: Iterable<string> = []): readonly string[] {
  const used = new Set<string>(taken)
  return names.map(name => {
    let own = name
    for (let number = 1; used.has(own); number++) own = `${name}_${number}`
    used.add(own)
    return own
  })
}
