// Random expressions of a type. An operation is a pattern over types: `{int} + {int}`; what is simpler than it is each
// argument of its own type, and a constant.
import { aggregate } from './aggregates.ts'
import { orSimpler, type Piece, sql } from './piece.ts'
import type { Scope } from './scope.ts'
import { scalarSubquery, truthSubquery } from './subqueries.ts'
import { constant, TYPES, type Type } from './types.ts'

const SAME: readonly string[] = [
  'coalesce({T}, {T})',
  'nullif({T}, {T})',
  'greatest({T}, {T})',
  'least({T}, {T})',
  'CASE WHEN {bool} THEN {T} ELSE {T} END',
  'CASE WHEN {bool} THEN {T} WHEN {bool} THEN {T} END',
  'CASE {int} WHEN {int} THEN {T} WHEN 1 THEN {T} ELSE {T} END',
  '(ARRAY[{T}, {T}])[{int}]',
]

const PATTERNS: Readonly<Record<Type, readonly string[]>> = {
  int: [
    '({int} + {int})',
    '({int} - {int})',
    '({int} * {int})',
    '({int} / nullif({int}, 0))',
    '({int} % nullif({int}, 0))',
    '({int} / {int})',
    '(- {int})',
    'abs({int})',
    'length({text})::bigint',
    'strpos({text}, {text})::bigint',
    '{bool}::int::bigint',
    'round({numeric})::bigint',
    'extract(minute from {time})::bigint',
    'extract(year from {time})::bigint',
    'extract(day from ({time} - {time}))::bigint',
    '({time}::date - {time}::date)::bigint',
    'cardinality(ARRAY[{int}, {int}]::bigint[] || {int})::bigint',
    'array_position(ARRAY[{int}, {int}]::bigint[], {int})::bigint',
  ],
  text: [
    '({text} || {text})',
    'upper({text})',
    'lower({text})',
    'substr({text}, 2, 3)',
    'left({text}, 1)',
    'right({text}, -1)',
    'btrim({text})',
    "replace({text}, 'a', {text})",
    "lpad({text}, 4, '.')",
    '{int}::text',
    '{bool}::text',
    'concat({text}, {int})',
    "split_part({text}, 'a', 1)",
    "array_to_string(ARRAY[{text}, {text}, 'x'], ',', '-')",
    "to_char({time}, 'YYYY-MM-DD HH24:MI')",
    '{time}::date::text',
    '({time} - {time})::text',
  ],
  bool: [
    '({T} = {T})',
    '({T} <> {T})',
    '({T} < {T})',
    '({T} >= {T})',
    '({T} IS NULL)',
    '({T} IS NOT NULL)',
    '({T} IS DISTINCT FROM {T})',
    '({T} BETWEEN {T} AND {T})',
    '({T} IN ({T}, {T}))',
    '({T} NOT IN ({T}, {T}))',
    '({bool} AND {bool})',
    '({bool} OR {bool})',
    '(NOT {bool})',
    '({bool} IS TRUE)',
    '({bool} IS NOT FALSE)',
    '({bool} IS UNKNOWN)',
    "({text} LIKE '%a%')",
    "({text} LIKE {text} || '%')",
    "({text} ILIKE 'B_')",
    '({int} = ANY (ARRAY[{int}, {int}]))',
    '({text} <> ALL (ARRAY[{text}, {text}]))',
    '(ARRAY[{int}, {int}]::bigint[] @> ARRAY[{int}]::bigint[])',
    '(({int}, {text}) = ({int}, {text}))',
    '(({int}, {text}) < ({int}, {text}))',
    '(({int}, {bool}) IN (({int}, {bool}), ({int}, {bool})))',
    "({time} - {time} > interval '1 day')",
    '({time}::date >= {time}::date)',
  ],
  time: [
    "({time} + interval '90 minutes')",
    "({time} - interval '1 month')",
    "date_trunc('hour', {time})",
    '({time}::date)::timestamptz',
    "({time} + ({int} % 50) * interval '1 day')",
  ],
  numeric: [
    '({numeric} + {numeric})',
    '({numeric} - {numeric})',
    '({numeric} * {numeric})',
    '({numeric} / nullif({numeric}, 0))',
    'round({numeric}, 1)',
    'abs({numeric})',
    '{int}::numeric',
    'trunc({numeric})',
  ],
  double: [
    '({double} + {double})',
    '({double} * {double})',
    '({double} / nullif({double}, 0))',
    '{int}::double precision',
    'sqrt(abs({double}))',
    'floor({double})',
    '{numeric}::double precision',
  ],
}

/** @param depth operations within operations that may still come */
export function expression(scope: Scope, type: Type, depth: number): Piece {
  const { rng } = scope
  if (depth <= 0 || rng.oneIn(3)) return leaf(scope, type)
  if (scope.depth > 0 && rng.oneIn(9)) return type === 'bool' ? truthSubquery(scope) : scalarSubquery(scope, type)
  const own = PATTERNS[type]
  return applied(scope, rng.oneIn(4) ? rng.pick(SAME) : rng.pick(own), type, depth)
}

/** `{T}` is the type itself; in a truth, any one type. */
function applied(scope: Scope, pattern: string, type: Type, depth: number): Piece {
  const { rng } = scope
  const any = type === 'bool' && !SAME.includes(pattern) ? rng.pick(TYPES) : type
  const inner: Piece[] = []
  const parts = pattern.split(/\{(\w+)\}/).map((part, i): string | Piece => {
    if (i % 2 === 0) return part
    const of = part === 'T' ? any : (part as Type)
    const made = expression(scope, of, depth - 1)
    if (of === type) inner.push(made)
    return made
  })
  return orSimpler({ parts, simpler: [] }, constant(rng, type), ...inner)
}

function leaf(scope: Scope, type: Type): Piece {
  const { rng, columns, outer, grouped } = scope
  if (grouped !== undefined && rng.oneIn(2)) {
    const made = aggregate(scope, grouped, type)
    if (made !== undefined) return made
  }
  const known = [...columns, ...columns, ...outer].filter(each => each.type === type)
  if (known.length === 0 || rng.oneIn(5)) return constant(rng, type)
  return orSimpler(sql`${rng.pick(known).text}`, constant(rng, type))
}
