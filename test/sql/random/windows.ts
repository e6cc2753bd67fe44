// Window functions whose answer the query determines: the order is of all columns, so that rows which tie are the same. Which of
// those gets which value is free, so no query has two functions that tell them apart.
import type { Piece } from './piece.ts'
import { sql } from './piece.ts'
import type { Named, Scope } from './scope.ts'
import type { Type } from './types.ts'

const RANKS = ['rank()', 'dense_rank()', 'count(*)']
const OF_COLUMN = ['min', 'max', 'first_value', 'last_value']
const FRAMES = [
  '',
  '',
  ' GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW',
  ' GROUPS BETWEEN 1 PRECEDING AND 2 FOLLOWING EXCLUDE GROUP',
  ' RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE TIES',
]

/** What tells rows apart that tie. */
const ROW_RANKS = ['row_number()', ...RANKS]
const OF_ROW = ['lag', 'lead', ...OF_COLUMN]
const ROW_FRAMES = [
  ' ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING',
  ' ROWS UNBOUNDED PRECEDING',
  ' ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING',
  ...FRAMES,
]

/** @param ofRows whether it may tell rows apart that tie */
export function windowed({ rng }: Scope, all: readonly Named[], type: Type, ofRows: boolean): Piece | undefined {
  const by = rng.oneIn(2) ? `PARTITION BY ${rng.pick(all).text} ` : ''
  const order = `ORDER BY ${rng
    .shuffled(all)
    .map(each => `${each.text}${rng.oneIn(3) ? ' DESC' : ''}`)
    .join(', ')}`
  const window = `OVER (${by}${order}${rng.pick(ofRows ? ROW_FRAMES : FRAMES)})`
  if (type === 'int' && rng.oneIn(2)) return sql`${rng.pick(ofRows ? ROW_RANKS : RANKS)} ${window}`
  const known = all.filter(each => each.type === type)
  if (known.length === 0) return undefined
  const column = rng.pick(known).text
  if (type === 'int' && rng.oneIn(3)) return sql`sum(${column}) ${window}::bigint`
  if (type === 'numeric' && rng.oneIn(3)) return sql`sum(${column}) ${window}`
  const functions = ofRows ? OF_ROW : OF_COLUMN
  return sql`${rng.pick(type === 'bool' ? functions.filter(each => !['min', 'max'].includes(each)) : functions)}(${column}) ${window}`
}
