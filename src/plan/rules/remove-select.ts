// A select of all columns under their own names in their own order → nothing.

import { schema } from '../schema.ts'
import { local } from './rule.ts'

export const removeSelect = local('remove-select', node => {
  if (node.kind !== 'select') return undefined
  const { fields } = schema(node.input)
  if (fields.length !== node.columns.length) return undefined
  const same = node.columns.every(({ name, expr }, i) => {
    const own = expr.kind === 'column' && expr.path.length === 1 && expr.path[0] === name
    return own && fields[i]?.name === name
  })
  return same ? node.input : undefined
})
