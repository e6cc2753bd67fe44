// INSERT, UPDATE and DELETE in the WITH of a statement: each as a statement of its own, which sees the tables of WITH before it.
import type { Node, Statement, WithClause } from '../parser.ts'

/** A part of WITH that changes rows. */
export interface Changing {
  readonly name: string
  readonly statement: Statement
}

type Changer = { readonly withClause?: WithClause }

/** What of the WITH of a statement changes rows, in order. */
export function changingParts({ tree, text }: Statement): readonly Changing[] {
  const clause = withOf(tree)
  const { ctes = [] } = clause ?? {}
  return ctes.flatMap((each, i): readonly Changing[] => {
    const query = 'CommonTableExpr' in each ? each.CommonTableExpr.ctequery : undefined
    if (query === undefined || 'SelectStmt' in query || !('CommonTableExpr' in each)) return []
    const [kind, own] = Object.entries(query)[0] as [string, Changer]
    const before = [...ctes.slice(0, i), ...(own.withClause?.ctes ?? [])]
    const withClause = { ...clause, ...own.withClause, ctes: before }
    const whole = { [kind]: before.length === 0 ? own : { ...own, withClause } } as unknown as Node
    return [{ name: each.CommonTableExpr.ctename ?? '', statement: { tree: whole, text } }]
  })
}

function withOf(tree: Node): WithClause | undefined {
  const [own] = Object.values(tree) as [Changer]
  const isOne = ['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt'].some(kind => kind in tree)
  return isOne ? own.withClause : undefined
}
