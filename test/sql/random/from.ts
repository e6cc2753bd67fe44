// What a random query reads: tables, queries, values, functions, and joins of them of every kind.
import { expression } from './expressions.ts'
import { orSimpler, type Piece, sql } from './piece.ts'
import type { Named, Relation, Scope } from './scope.ts'
import { constant, TYPES, type Type } from './types.ts'

export interface From {
  readonly text: Piece
  readonly columns: readonly Named[]
}

interface Item extends From {
  readonly relation: Relation
}

const JOINS = ['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN', 'JOIN', 'LEFT JOIN'] as const

export function from(scope: Scope): From {
  const { rng } = scope
  const first = tree(scope, [], rng.pick([0, 0, 1, 1, 2]))
  if (!rng.oneIn(8)) return first
  const second = tree(scope, first.columns, rng.int(0, 1))
  return {
    text: orSimpler(sql`${first.text}, ${second.text}`, first.text, second.text),
    columns: [...first.columns, ...second.columns],
  }
}

/** Joins; queries and functions in them see `before`. */
function tree(scope: Scope, before: readonly Named[], joins: number): From {
  let made: From & { readonly relation?: Relation } = item(scope, before)
  for (let more = joins; more > 0; more--) made = joined(scope, made, before)
  return made
}

function item(scope: Scope, beside: readonly Named[]): Item {
  const { rng } = scope
  const name = scope.fresh('t')
  if (scope.depth > 0 && rng.oneIn(5)) return derived(scope, name, beside)
  if (rng.oneIn(12)) return values(scope, name)
  if (rng.oneIn(16)) return elements(scope, name, beside)
  const relation = rng.oneIn(3) && scope.common.length > 0 ? rng.pick(scope.common) : tableOf(scope)
  return asItem(sql`${relation.name} ${name}`, { ...relation, name })
}

function tableOf({ rng, tables }: Scope): Relation {
  return rng.pick(tables)
}

/** A query in FROM; one that sees the tables beside it is LATERAL. */
function derived(scope: Scope, name: string, beside: readonly Named[]): Item {
  const types = typesFor(scope)
  const sees = scope.rng.oneIn(3) ? beside : []
  const outer = [...scope.outer, ...sees]
  const query = scope.query({ ...scope, columns: [], grouped: undefined, outer, depth: scope.depth - 1 }, types)
  const lateral = sees.length > 0 ? 'LATERAL ' : ''
  return asItem(sql`${lateral}(${query}) ${name}`, { name, columns: numbered(types) })
}

function values(scope: Scope, name: string): Item {
  const types = typesFor(scope)
  const rows = Array.from({ length: scope.rng.int(1, 3) }, () => types.map(type => constant(scope.rng, type)))
  const columns = numbered(types)
  const row = (of: readonly Piece[]): Piece => ({
    parts: ['(', ...of.flatMap((each, i) => (i === 0 ? [each] : [', ', each])), ')'],
    simpler: [],
  })
  const all: Piece = { parts: rows.map(row), simpler: [], separator: ', ' }
  return asItem(sql`(VALUES ${all}) ${name}(${columns.map(each => each.name).join(', ')})`, { name, columns })
}

/** A function's rows. */
function elements(scope: Scope, name: string, beside: readonly Named[]): Item {
  const rows: Scope = { ...scope, columns: beside, grouped: undefined, depth: 0 }
  const number = (): Piece => orSimpler(expression(rows, 'int', 1), constant(scope.rng, 'int'))
  const call = scope.rng.oneIn(2)
    ? sql`generate_series(1, least(${number()}, 3))`
    : sql`unnest(ARRAY[${number()}, ${number()}])`
  return asItem(sql`${call} ${name}(c1)`, { name, columns: numbered(['int']) })
}

const typesFor = ({ rng }: Scope): readonly Type[] => Array.from({ length: rng.int(1, 3) }, () => rng.pick(TYPES))

export const numbered = (types: readonly Type[]): Relation['columns'] =>
  types.map((type, i) => ({ name: `c${i + 1}`, type }))

const asItem = (text: Piece, relation: Relation): Item => ({
  text,
  relation,
  columns: relation.columns.map(({ name, type }) => ({ text: `${relation.name}.${name}`, type })),
})

function joined(scope: Scope, left: From & { readonly relation?: Relation }, before: readonly Named[]): From {
  const { rng } = scope
  const kind = rng.pick(JOINS)
  // What a right or a full join keeps of the left can not be seen on the right.
  const right = item(scope, kind === 'RIGHT JOIN' || kind === 'FULL JOIN' ? before : [...before, ...left.columns])
  const columns = [...left.columns, ...right.columns]
  const simple = left.text
  if (rng.oneIn(8)) return { text: orSimpler(sql`${left.text} CROSS JOIN ${right.text}`, simple), columns }
  const shared = sharedNames(left.relation, right.relation)
  if (shared.length > 0 && rng.oneIn(3)) {
    if (rng.oneIn(4)) return { text: orSimpler(sql`${left.text} NATURAL ${kind} ${right.text}`, simple), columns }
    const name = rng.pick(shared)
    return { text: orSimpler(sql`${left.text} ${kind} ${right.text} USING (${name})`, simple), columns }
  }
  // Queries in ON of the other joins are refused here (docs/sql.md).
  const depth = kind === 'JOIN' || kind === 'LEFT JOIN' ? Math.min(scope.depth, 1) : 0
  const on = condition({ ...scope, columns, depth }, left.columns, right.columns, kind === 'FULL JOIN')
  return { text: orSimpler(sql`${left.text} ${kind} ${right.text} ON ${on}`, simple), columns }
}

const sharedNames = (left: Relation | undefined, right: Relation): readonly string[] =>
  right.columns.flatMap(({ name, type }) =>
    left?.columns.some(each => each.name === name && each.type === type) ? [name] : [],
  )

/** Mostly an equality of columns; of a full join PostgreSQL takes nothing else. */
function condition(scope: Scope, left: readonly Named[], right: readonly Named[], isFull: boolean): Piece {
  const { rng } = scope
  const pairs = left.flatMap(a => right.flatMap(b => (a.type === b.type ? [sql`${a.text} = ${b.text}`] : [])))
  const equality = pairs.length > 0 ? rng.pick(pairs) : sql`true`
  if (isFull || rng.oneIn(2)) return equality
  const more = expression(scope, 'bool', 2)
  return rng.oneIn(3) ? orSimpler(more, sql`true`) : orSimpler(sql`${equality} AND ${more}`, equality)
}
