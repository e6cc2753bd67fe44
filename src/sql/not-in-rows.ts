// (a, b) NOT IN (SELECT x, y …) where nulls may be: a row is kept if for each row of the subquery some value differs for certain.
// It is not kept for a row that is equal, and for one that may be: where all that is known on both sides is equal. Rows without a
// null meet each other by their keys; only those that have one are compared one by one. So it is three anti joins: by keys,
// with the rows of the subquery that have a null, and of the rows that have one with all.
import { call, type Expr } from '../expr/index.ts'
import { whereOf } from '../plan/index.ts'
import { hiddenRelation, inside, joined, type Pair, type Relation } from './relation.ts'

/** @param ties what must be the same of both sides besides: columns of the block around */
export function notInRows(left: Relation, right: Relation, ties: readonly Pair[], equals: readonly Pair[]): Relation {
  const mayBeEqual = equals.map(({ left: a, right: b }) =>
    call('or', call('eq', a, b), call('is_null', a), call('is_null', b)),
  )
  const without = (rows: Relation, others: Relation, rest: readonly Expr[]): Relation =>
    joined(hiddenRelation(rows.node), others, 'anti', ties, rest)
  const holed = whereOf(right.node, anyNull(equals.map(each => inside(right, each.right, 0))))
  const known = joined(left, right, 'anti', [...ties, ...equals])
  const some = without(known, { ...right, node: holed }, mayBeEqual)
  return without(some, right, [anyNull(equals.map(each => each.left)), ...mayBeEqual])
}

const anyNull = (values: readonly Expr[]): Expr => call('or', ...values.map(each => call('is_null', each)))
