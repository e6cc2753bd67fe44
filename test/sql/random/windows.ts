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

/** By the values of one column: rows that tie are in the frame together. */
function byValue({ rng }: Scope, by: string, all: readonly Named[], type: Type): Piece | undefined {
  const known = all.filter(each => each.type === type)
  const numbers = all.filter(each => each.type === 'int')
  if (known.length === 0 || numbers.length === 0 || type === 'bool') return undefined
  const frame = rng.pick([
    'RANGE BETWEEN 2 PRECEDING AND CURRENT ROW',
    'RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING',
    'GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING',
    'RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE GROUP',
  ])
  const of = rng.pick(known).text
  const filter = rng.oneIn(4) ? ` FILTER (WHERE ${of} IS NOT NULL)` : ''
  const nulls = rng.oneIn(3) ? ` NULLS ${rng.pick(['FIRST', 'LAST'])}` : ''
  const window = `OVER (${by}ORDER BY ${rng.pick(numbers).text}${rng.oneIn(3) ? ' DESC' : ''}${nulls} ${frame})`
  return sql`${type === 'int' ? `count(${of})` : `${rng.pick(['min', 'max'])}(${of})`}${filter} ${window}`
}

/** @param ofRows whether it may tell rows apart that tie */
export function windowed(scope: Scope, all: readonly Named[], type: Type, ofRows: boolean): Piece | undefined {
  const { rng } = scope
  const by = rng.oneIn(2) ? `PARTITION BY ${rng.pick(all).text} ` : ''
  if (rng.oneIn(4)) return byValue(scope, by, all, type)
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
