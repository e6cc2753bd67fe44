// UPDATE, DELETE and TRUNCATE: which rows, and what becomes of them.
import type { DeleteStmt, Node, Script, SelectStmt, TruncateStmt, UpdateStmt } from '../parser.ts'
import { unsupported } from '../refuse.ts'
import { nameOf } from './names.ts'
import { type Sets, setsOf } from './sets.ts'

export interface Change {
  readonly kind: 'update' | 'delete'
  readonly table: string
  /** What the table is called in the statement. */
  readonly alias: string
  readonly byte: number | undefined
  /** UPDATE: the columns that get other values. */
  readonly sets: Sets
  /** FROM of UPDATE, USING of DELETE. */
  readonly from: readonly Node[]
  readonly where: Node | undefined
  readonly withClause: SelectStmt['withClause'] | undefined
  /** RETURNING. */
  readonly returning: readonly Node[] | undefined
}

export interface Truncate {
  readonly kind: 'truncate'
  readonly tables: readonly { readonly table: string; readonly byte: number | undefined }[]
}

export function changeOf(tree: Node, script: Script): Change | Truncate | undefined {
  if ('UpdateStmt' in tree) return updateOf(tree.UpdateStmt, script)
  if ('DeleteStmt' in tree) return deleteOf(tree.DeleteStmt, script)
  return 'TruncateStmt' in tree ? truncateOf(tree.TruncateStmt, script) : undefined
}

function truncateOf({ relations = [], behavior }: TruncateStmt, script: Script): Truncate {
  if (behavior === 'DROP_CASCADE')
    return unsupported(script.text, undefined, 'TRUNCATE … CASCADE', 'leave it out: no table refers to another')
  const tables = relations.flatMap(each =>
    'RangeVar' in each ? [{ table: nameOf(each.RangeVar, script), byte: each.RangeVar.location }] : [],
  )
  return { kind: 'truncate', tables }
}

function deleteOf(statement: DeleteStmt, script: Script): Change {
  return { kind: 'delete', ...partsOf(statement, script), sets: new Map(), from: statement.usingClause ?? [] }
}

function updateOf(statement: UpdateStmt, script: Script): Change {
  const sets = setsOf(statement.targetList ?? [], script.text)
  return { kind: 'update', ...partsOf(statement, script), sets, from: statement.fromClause ?? [] }
}

function partsOf({ relation, whereClause, withClause, returningClause }: UpdateStmt | DeleteStmt, script: Script) {
  const table = nameOf(relation, script)
  return {
    table,
    alias: relation?.alias?.aliasname ?? table,
    byte: relation?.location,
    where: whereClause,
    withClause,
    returning: returningClause?.exprs,
  }
}
