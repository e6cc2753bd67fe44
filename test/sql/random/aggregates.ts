// Aggregates of a type over the rows of a group. Sums of integers are cast: PostgreSQL's are numeric, ours are integers.
import { expression } from './expressions.ts'
import { optional, orSimpler, type Piece, sql, textOf } from './piece.ts'
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
    ["string_agg(@, ',' ORDER BY #)", 'text', ''],
    ["array_to_string(array_agg(@ ORDER BY # DESC), ',', '-')", 'int', ''],
    ["string_agg(DISTINCT @, '')", 'text', ''],
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
  const rows: Scope = { ...scope, columns: over, outer: [], grouped: undefined, depth: 0 }
  const argument = of === undefined ? sql`` : argumentOf(rows, over, of)
  if (argument === undefined) return undefined
  // Once more as its order: a piece that is made simpler in one place only would be another order, and a free one.
  const isOrdered = call.includes('#')
  const used = isOrdered ? sql`${textOf(argument)}` : argument
  const parts = call.split(/([@#])/).map(part => (part === '@' || part === '#' ? used : part))
  const made: Piece = { parts, simpler: [] }
  const filtered = rng.oneIn(4) && !call.startsWith('array_to_string')
  const filter = filtered
    ? optional(sql` FILTER (WHERE ${expression({ ...rows, depth: scope.depth }, 'bool', 1)})`)
    : sql``
  return sql`${made}${filter}${cast}`
}

/** A column, or something that is made of one. */
function argumentOf(rows: Scope, over: readonly Named[], type: Type): Piece | undefined {
  const known = over.filter(each => each.type === type)
  if (known.length === 0) return undefined
  const column = sql`${rows.rng.pick(known).text}`
  return rows.rng.oneIn(3) ? orSimpler(expression(rows, type, 1), column) : column
}
