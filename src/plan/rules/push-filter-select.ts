// where over select → select over where, if the condition is on columns that the select only passes on.
import { selectOf, whereOf } from '../build/index.ts'
import { local } from './rule.ts'
import { isPlain, through } from './substitute.ts'

export const pushFilterSelect = local('push-filter-select', (node, { isShared }) => {
  if (node.kind !== 'where' || node.input.kind !== 'select' || isShared(node.input)) return undefined
  const { input, columns } = node.input
  if (!isPlain(columns, node.predicate)) return undefined
  const predicate = through(columns, node.predicate)
  return predicate === undefined ? undefined : selectOf(whereOf(input, predicate), columns)
})
