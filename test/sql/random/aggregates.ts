// Aggregates of a type over the rows of a group. Sums of integers are cast: PostgreSQL's are numeric, ours are integers.
import { expression } from './expressions.ts'
import { optional, orSimpler, type Piece, sql } from './piece.ts'
import type { Named, Scope } from './scope.ts'
import type { Type } from './types.ts'

const AGGREGATES: Readonly<Record<Type, readonly (readonly [call: string, of: Type | undefined, cast: string])[]>> = {
  int: [
    ['count(*)', undefined, ''],
    ['count(@)', 'text', ''],
    ['count(DISTINCT @)', 'int', ''],
    ['count(DISTINCT @)', 'text', ''],
    ['sum(@)', 'int', '::bigint'],
    ['sum(DISTINCT @)', 'int', '::bigint'],
    ['min(@)', 'int', ''],
    ['max(@)', 'int', ''],
  ],
  text: [
    ['min(@)', 'text', ''],
    ['max(@)', 'text', ''],
  ],
  bool: [
    ['bool_and(@)', 'bool', ''],
    ['bool_or(@)', 'bool', ''],
  ],
  time: [
    ['min(@)', 'time', ''],
    ['max(@)', 'time', ''],
  ],
  numeric: [
    ['sum(@)', 'numeric', ''],
    ['avg(@)', 'int', ''],
    ['avg(@)', 'numeric', ''],
  ],
  double: [
    ['max(@)', 'double', ''],
    ['min(@)', 'double', ''],
  ],
}

export function aggregate(scope: Scope, over: readonly Named[], type: Type): Piece | undefined {
  const { rng } = scope
  const [call, of, cast] = rng.pick(AGGREGATES[type])
  const [before = '', after = ''] = call.split('@')
  const rows: Scope = { ...scope, columns: over, outer: [], grouped: undefined, depth: 0 }
  const argument = of === undefined ? sql`` : argumentOf(rows, over, of)
  if (argument === undefined) return undefined
  const filter = rng.oneIn(4) ? optional(sql` FILTER (WHERE ${expression(rows, 'bool', 1)})`) : sql``
  return sql`${before}${argument}${after}${filter}${cast}`
}

/** A column, or something that is made of one. */
function argumentOf(rows: Scope, over: readonly Named[], type: Type): Piece | undefined {
  const known = over.filter(each => each.type === type)
  if (known.length === 0) return undefined
  const column = sql`${rows.rng.pick(known).text}`
  return rows.rng.oneIn(3) ? orSimpler(expression(rows, type, 1), column) : column
}
