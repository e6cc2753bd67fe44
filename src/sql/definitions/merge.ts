// MERGE: for each WHEN the INSERT, UPDATE or DELETE that it is, of the rows for which no WHEN before it was true. All see the
// table as it was.
import { targetNode } from '../made-tree.ts'
import type { MergeStmt, MergeWhenClause, Node, Script, SelectStmt } from '../parser.ts'
import { invalid, unsupported } from '../refuse.ts'
import type { Insert } from './insert.ts'
import type { Change } from './modify.ts'
import { nameOf } from './names.ts'
import { setsOf } from './sets.ts'

export interface Merge {
  readonly kind: 'merge'
  readonly table: string
  readonly byte: number | undefined
  readonly parts: readonly (Insert | Change)[]
}

export function mergeOf(statement: MergeStmt, script: Script): Merge {
  const { relation, mergeWhenClauses = [], returningClause } = statement
  const table = nameOf(relation, script)
  const byte = relation?.location
  if (returningClause !== undefined)
    return unsupported(script.text, byte, 'RETURNING of MERGE', 'look at the table behind it')
  const clauses = mergeWhenClauses.flatMap(each => ('MergeWhenClause' in each ? [each.MergeWhenClause] : []))
  const parts = clauses.flatMap((clause, i) => {
    const before = clauses.slice(0, i).filter(each => each.matchKind === clause.matchKind)
    if (before.some(each => each.condition === undefined))
      return invalid(
        script.text,
        byte,
        'a WHEN behind one without a condition is never reached',
        'give that one a condition',
      )
    const tests = before.map(each => isNotTrue(each.condition as Node))
    return partOf(clause, clause.condition === undefined ? tests : [...tests, clause.condition], statement, script)
  })
  return { kind: 'merge', table, byte, parts }
}

function partOf(
  clause: MergeWhenClause,
  tests: readonly Node[],
  of: MergeStmt,
  script: Script,
): readonly (Insert | Change)[] {
  const { relation, sourceRelation, joinCondition, withClause } = of
  if (sourceRelation === undefined || joinCondition === undefined || clause.commandType === 'CMD_NOTHING') return []
  const table = nameOf(relation, script)
  const alias = relation?.alias?.aliasname ?? table
  const common = { table, alias, byte: relation?.location, returning: undefined }
  if (clause.commandType === 'CMD_INSERT') {
    const target: Node = { RangeVar: { relname: table, alias: { aliasname: alias } } }
    const where = all([noneOf(target, joinCondition), ...tests])
    return [{ ...common, ...inserted(clause, sourceRelation, where, withClause, script), conflict: undefined }]
  }
  const isMatched = clause.matchKind === 'MERGE_WHEN_MATCHED'
  const where = all([isMatched ? joinCondition : noneOf(sourceRelation, joinCondition), ...tests])
  const from = isMatched ? [sourceRelation] : []
  const isUpdate = clause.commandType === 'CMD_UPDATE'
  const sets = isUpdate ? setsOf(clause.targetList ?? [], script.text) : new Map()
  return [{ ...common, kind: isUpdate ? 'update' : 'delete', sets, from, where, withClause }]
}

/** The columns that are given, and their query. */
function inserted(
  { targetList = [], values = [] }: MergeWhenClause,
  source: Node,
  whereClause: Node,
  withClause: SelectStmt['withClause'],
  { text }: Script,
): Pick<Insert, 'kind' | 'columns' | 'query'> {
  if (values.length === 0) return unsupported(text, undefined, 'DEFAULT VALUES in MERGE', 'write VALUES (DEFAULT, …)')
  const select: SelectStmt = {
    op: 'SETOP_NONE',
    limitOption: 'LIMIT_OPTION_DEFAULT',
    targetList: values.map(each => targetNode(each)),
    fromClause: [source],
    whereClause,
    ...(withClause && { withClause }),
  }
  const columns = targetList.flatMap(each => ('ResTarget' in each ? [each.ResTarget.name ?? ''] : []))
  return { kind: 'insert', columns, query: { tree: { SelectStmt: select }, text } }
}

const all = (args: Node[]): Node => ({ BoolExpr: { boolop: 'AND_EXPR', args, location: -1 } })

const isNotTrue = (arg: Node): Node => ({ BooleanTest: { arg, booltesttype: 'IS_NOT_TRUE', location: -1 } })

/** NOT EXISTS (SELECT … FROM item WHERE condition). */
function noneOf(item: Node, whereClause: Node): Node {
  const one: Node = { A_Const: { ival: { ival: 1 }, location: -1 } }
  const select: SelectStmt = {
    op: 'SETOP_NONE',
    limitOption: 'LIMIT_OPTION_DEFAULT',
    targetList: [targetNode(one)],
    fromClause: [item],
    whereClause,
  }
  const exists: Node = { SubLink: { subLinkType: 'EXISTS_SUBLINK', subselect: { SelectStmt: select }, location: -1 } }
  return { BoolExpr: { boolop: 'NOT_EXPR', args: [exists], location: -1 } }
}
