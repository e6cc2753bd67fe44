// now() in select and where: the time becomes a column below, which is read instead; no rule looks through that node.
import { call, canonical, column, type Expr, transform } from '../../expr/index.ts'
import { NOW_COLUMN } from '../kinds/now.ts'
import type { Node, Now } from '../node.ts'
import { checked } from './checked.ts'

const NOW = canonical(call('now'))

const isNow = (expr: Expr): boolean => expr.kind === 'call' && canonical(expr) === NOW

export const callsNow = (expr: Expr): boolean => canonical(expr).includes(NOW)

export const nowOf = (input: Node): Now => checked({ kind: 'now', input })

/** The expression over the rows with their time. */
export const withNow = (expr: Expr): Expr => transform(expr, each => (isNow(each) ? column(NOW_COLUMN) : each))
