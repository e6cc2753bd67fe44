// Window functions whose answer the query determines: the order is of all columns, so that rows which tie are the same.
import type { Piece } from './piece.ts'
import { sql } from './piece.ts'
import type { Named, Scope } from './scope.ts'
import type { Type } from './types.ts'

const RANKS = ['row_number()', 'rank()', 'dense_rank()', 'count(*)']
const OF_COLUMN = ['min', 'max', 'lag', 'lead', 'first_value', 'last_value']
const FRAMES = [
  '',
  '',
  ' ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING',
  ' ROWS UNBOUNDED PRECEDING',
  ' ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING',
  ' GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW',
]

export function windowed({ rng }: Scope, all: readonly Named[], type: Type): Piece | undefined {
  const by = rng.oneIn(2) ? `PARTITION BY ${rng.pick(all).text} ` : ''
  const order = `ORDER BY ${rng
    .shuffled(all)
    .map(each => `${each.text}${rng.oneIn(3) ? ' DESC' : ''}`)
    .join(', ')}`
  const window = `OVER (${by}${order}${rng.pick(FRAMES)})`
  if (type === 'int' && rng.oneIn(2)) return sql`${rng.pick(RANKS)} ${window}`
  const known = all.filter(each => each.type === type)
  if (known.length === 0) return undefined
  const column = rng.pick(known).text
  if (type === 'int' && rng.oneIn(3)) return sql`sum(${column}) ${window}::bigint`
  if (type === 'numeric' && rng.oneIn(3)) return sql`sum(${column}) ${window}`
  const functions = type === 'bool' ? OF_COLUMN.slice(2) : OF_COLUMN
  return sql`${rng.pick(functions)}(${column}) ${window}`
}
