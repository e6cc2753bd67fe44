// UPDATE, DELETE and TRUNCATE as queries: the rows that go, and for UPDATE the rows that come in their place.
import type { DeleteStmt, Node, ResTarget, Script, SelectStmt, Statement, UpdateStmt } from '../parser.ts'
import { invalid, unsupported } from '../refuse.ts'
import { nameOf } from './names.ts'

export interface Change {
  readonly kind: 'update' | 'delete'
  readonly table: string
  readonly byte: number | undefined
  /** The rows that go. */
  readonly query: Statement
  /** UPDATE: the columns that get other values. */
  readonly sets: readonly string[]
  /** UPDATE: what comes in the place of these rows, given the names of the table's columns. */
  renewed(columns: readonly string[]): Statement
}

export function changeOf(tree: Node, script: Script): Change | undefined {
  if ('UpdateStmt' in tree) return updateOf(tree.UpdateStmt, script)
  if ('DeleteStmt' in tree) return deleteOf(tree.DeleteStmt, script)
  if (!('TruncateStmt' in tree)) return undefined
  const [only, second] = tree.TruncateStmt.relations ?? []
  if (only === undefined || second !== undefined || !('RangeVar' in only))
    return unsupported(script.text, undefined, 'TRUNCATE of several tables', 'write a statement for each')
  return deleteOf({ relation: only.RangeVar }, script)
}

function deleteOf(
  { relation, usingClause = [], whereClause, returningClause, withClause }: DeleteStmt,
  script: Script,
): Change {
  if (returningClause !== undefined || usingClause.length > 0)
    unsupported(script.text, relation?.location, 'RETURNING and USING', 'write a subquery: WHERE EXISTS (SELECT …)')
  const rest = { whereClause, withClause }
  return {
    kind: 'delete',
    table: nameOf(relation, script),
    byte: relation?.location,
    query: matching(relation, [star(relation)], rest, script),
    sets: [],
    renewed: () => unsupported(script.text, undefined, 'DELETE', 'it makes no rows'),
  }
}

function updateOf(statement: UpdateStmt, script: Script): Change {
  const { relation, targetList = [], fromClause = [], whereClause, returningClause, withClause } = statement
  const { text } = script
  if (returningClause !== undefined || fromClause.length > 0)
    unsupported(text, relation?.location, 'RETURNING and FROM of UPDATE', 'write a subquery: SET a = (SELECT …)')
  const sets = new Map<string, ResTarget>()
  for (const each of targetList) {
    if (!('ResTarget' in each)) continue
    const { name = '', val, indirection = [], location } = each.ResTarget
    if (val === undefined || 'MultiAssignRef' in val || 'SetToDefault' in val || indirection.length > 0)
      return unsupported(text, location, 'this form of SET', 'write SET column = value')
    if (sets.has(name)) return invalid(text, location, `the column ${name} is set twice`, 'set it once')
    sets.set(name, each.ResTarget)
  }
  const rest = { whereClause, withClause }
  const targetFor = (name: string): Node => ({ ResTarget: sets.get(name) ?? { val: ownColumn(relation, name) } })
  return {
    kind: 'update',
    table: nameOf(relation, script),
    byte: relation?.location,
    query: matching(relation, [star(relation)], rest, script),
    sets: [...sets.keys()],
    renewed: columns => matching(relation, columns.map(targetFor), rest, script),
  }
}

type Relation = UpdateStmt['relation']
type Rest = { readonly [K in 'whereClause' | 'withClause']: SelectStmt[K] | undefined }

/** SELECT targets FROM t WHERE … */
function matching(relation: Relation, targetList: Node[], rest: Rest, { text }: Script): Statement {
  const { whereClause, withClause } = rest
  const select: SelectStmt = {
    targetList,
    fromClause: relation === undefined ? [] : [{ RangeVar: relation }],
    ...(whereClause === undefined ? {} : { whereClause }),
    ...(withClause === undefined ? {} : { withClause }),
  }
  return { tree: { SelectStmt: select }, text }
}

const nameIn = (relation: Relation): Node => ({
  String: { sval: relation?.alias?.aliasname ?? relation?.relname ?? '' },
})

const ownColumn = (relation: Relation, name: string): Node => ({
  ColumnRef: { fields: [nameIn(relation), { String: { sval: name } }] },
})

const star = (relation: Relation): Node => ({
  ResTarget: { val: { ColumnRef: { fields: [nameIn(relation), { A_Star: {} }] } } },
})
