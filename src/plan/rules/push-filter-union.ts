// where over union → union of wheres: each side is asked by the names it has at the same places.
import { column, type Expr, substitute } from '../../expr/index.ts'
import type { Schema } from '../../types/index.ts'
import { unionOf, whereOf } from '../build/index.ts'
import { schema } from '../schema.ts'
import { local } from './rule.ts'

export const pushFilterUnion = local('push-filter-union', (node, { isShared }) => {
  if (node.kind !== 'where' || node.input.kind !== 'union' || isShared(node.input)) return undefined
  const names = schema(node.input)
  return unionOf(node.input.inputs.map(input => whereOf(input, renamed(node.predicate, names, schema(input)))))
})

function renamed(predicate: Expr, names: Schema, theirs: Schema): Expr {
  return substitute(predicate, ({ path: [name, ...rest] }) => {
    const at = names.fields.findIndex(each => each.name === name)
    return column(theirs.fields[at]?.name as string, ...rest)
  })
}
