// Random queries: SELECT plain, grouped or over windows; set operations; WITH.
import { expression } from './expressions.ts'
import { type From, from, numbered } from './from.ts'
import { listOf, NOTHING, optional, orSimpler, type Piece, sql, textOf } from './piece.ts'
import type { Named, Scope } from './scope.ts'
import { TYPES, type Type } from './types.ts'
import { windowed } from './windows.ts'

/** A query whose columns c1, c2 … have these types; without an order. */
export function query(scope: Scope, types: readonly Type[]): Piece {
  const { rng } = scope
  if (scope.depth > 0 && rng.oneIn(6)) return setOperation(scope, types)
  if (scope.depth > 0 && rng.oneIn(8)) return rng.oneIn(4) ? recursive(scope, types) : withTable(scope, types)
  if (scope.depth > 0 && rng.oneIn(12)) return first(scope, types)
  return select(scope, types)
}

/** Some rows of a query, in an order of all columns. */
function first(scope: Scope, types: readonly Type[]): Piece {
  const { rng } = scope
  const of = query({ ...scope, depth: scope.depth - 1 }, types)
  const name = scope.fresh('f')
  const keys = types.map((_, i) => `${name}.c${i + 1}${rng.oneIn(3) ? ' DESC' : ''}`).join(', ')
  const limit = `${rng.oneIn(4) ? ` OFFSET ${rng.int(0, 2)}` : ''} LIMIT ${rng.int(0, 3)}`
  return orSimpler(sql`SELECT ${name}.* FROM (${of}) ${name} ORDER BY ${keys}${limit}`, of)
}

/** Numbers that go on from those of a query up to a bound, with what they came by. */
function recursive(scope: Scope, types: readonly Type[]): Piece {
  const { rng } = scope
  const name = scope.fresh('w')
  const columns = numbered(['int', 'text'])
  const below = { ...scope, outer: [], depth: scope.depth - 1 }
  const start = select({ ...below, depth: 0 }, ['int', 'text'])
  const all = rng.oneIn(2) ? ' ALL' : ''
  const step = rng.oneIn(2)
    ? `SELECT c1 + 1, c2 FROM ${name} WHERE c1 BETWEEN 0 AND ${rng.int(2, 6)}`
    : `SELECT c1 / 2, c2 || 'r' FROM ${name} WHERE c1 > 0 AND length(c2) < 9`
  const common = [...scope.common, { name, columns }, { name, columns }]
  const rest = select({ ...scope, common, depth: scope.depth - 1 }, types)
  return orSimpler(sql`WITH RECURSIVE ${name}(c1, c2) AS ((${start}) UNION${all} ${step}) ${rest}`, rest)
}

const OPERATIONS = ['UNION', 'UNION ALL', 'INTERSECT', 'INTERSECT ALL', 'EXCEPT', 'EXCEPT ALL']

function setOperation(scope: Scope, types: readonly Type[]): Piece {
  const below = { ...scope, depth: scope.depth - 1 }
  const [left, right] = [query(below, types), query(below, types)]
  return orSimpler(sql`(${left}) ${scope.rng.pick(OPERATIONS)} (${right})`, left, right)
}

function withTable(scope: Scope, types: readonly Type[]): Piece {
  const name = scope.fresh('w')
  const columns = numbered(
    Array.from({ length: scope.rng.int(1, 3) }, () => scope.rng.pick(['int', 'text', 'numeric', 'bool'] as const)),
  )
  const below = { ...scope, depth: scope.depth - 1 }
  const table = query(
    scope.rng.oneIn(2) ? below : { ...below, outer: [] },
    columns.map(each => each.type),
  )
  const common = [...scope.common, { name, columns }, { name, columns }]
  const rest = select({ ...below, common }, types)
  return orSimpler(sql`WITH ${name} AS (${table}) ${rest}`, rest)
}

function select(scope: Scope, types: readonly Type[]): Piece {
  const { rng } = scope
  const source = from(scope)
  const rows: Scope = { ...scope, columns: source.columns, grouped: undefined }
  const where = rng.oneIn(2) ? optional(sql` WHERE ${expression(rows, 'bool', 2)}`) : NOTHING
  const shape = rng.int(0, 9)
  if (shape < 3) return grouped(rows, source, where, types)
  if (shape < 5) return overWindows(rows, source, where, types)
  if (shape === 5 && types.every(each => each !== 'double')) return distinctOn(rows, source, where, types)
  const distinct = rng.oneIn(5) ? optional(sql`DISTINCT `) : NOTHING
  return sql`SELECT ${distinct}${columns(rows, types)} FROM ${source.text}${where}`
}

const columns = (scope: Scope, types: readonly Type[]): Piece =>
  listOf(types.map((type, i) => sql`${expression(scope, type, 2)} AS c${String(i + 1)}`))

function grouped(rows: Scope, { text, columns: all }: From, where: Piece, types: readonly Type[]): Piece {
  const { rng } = rows
  const keys = Array.from({ length: rng.int(0, 2) }, () => (rng.oneIn(5) ? keyOf(rows, all) : rng.pick(all)))
  const scope: Scope = { ...rows, columns: keys, grouped: all, depth: Math.min(rows.depth, 1) }
  const list = keys.map(each => each.text).join(', ')
  const sets = rng.oneIn(4) ? rng.pick(['ROLLUP', 'CUBE', 'GROUPING SETS']) : ''
  const last = keys.at(-1)?.text
  const grouping = sets === 'GROUPING SETS' ? `(${list}), ${rng.pick(['()', `(${last})`, `ROLLUP (${last})`])}` : list
  const by = keys.length === 0 ? '' : ` GROUP BY ${sets === '' ? list : `${sets} (${grouping})`}`
  const having = rng.oneIn(4) ? optional(sql` HAVING ${expression(scope, 'bool', 2)}`) : NOTHING
  // Without a key and without an aggregate it would be no group.
  const group = by === '' && having === NOTHING ? ' HAVING count(*) >= 0' : by
  return sql`SELECT ${columns(scope, types)} FROM ${text}${where}${group}${having}`
}

/** A column, or something that is made of one. */
function keyOf(rows: Scope, all: readonly Named[]): Named {
  const { rng } = rows
  const type = rng.pick(TYPES)
  const text = textOf(expression({ ...rows, outer: [], depth: 0 }, type, 1))
  return text.includes('(') && all.some(each => text.includes(each.text)) ? { text, type } : rng.pick(all)
}

function overWindows(rows: Scope, { text, columns: all }: From, where: Piece, types: readonly Type[]): Piece {
  let ofRows = true
  const items = types.map((type, i) => {
    const plain = expression(rows, type, 2)
    const window = rows.rng.oneIn(3) ? undefined : windowed(rows, all, type, ofRows)
    if (window !== undefined) ofRows = false
    const made = window ?? plain
    return sql`${orSimpler(made, plain)} AS c${String(i + 1)}`
  })
  return sql`SELECT ${listOf(items)} FROM ${text}${where}`
}

/** The first row of each value, in an order of everything that is shown. */
function distinctOn(rows: Scope, { text }: From, where: Piece, types: readonly Type[]): Piece {
  const inner = sql`SELECT ${columns(rows, types)} FROM ${text}${where}`
  const order = types.map(
    (_, i) => `q.c${i + 1}${rows.rng.oneIn(3) ? ' DESC' : ''} NULLS ${rows.rng.oneIn(2) ? 'FIRST' : 'LAST'}`,
  )
  return orSimpler(sql`SELECT DISTINCT ON (q.c1) q.* FROM (${inner}) q ORDER BY ${order.join(', ')}`, inner)
}

/** The outermost query: its rows in a complete order, some of them, or as they come. */
export function outermost(scope: Scope, types: readonly Type[]): Piece {
  const { rng } = scope
  const made = query(scope, types)
  if (rng.oneIn(2)) return made
  const keys = types.map((_, i) => {
    const nulls = rng.oneIn(2) ? ` NULLS ${rng.pick(['FIRST', 'LAST'])}` : ''
    return `c${i + 1}${rng.oneIn(3) ? ' DESC' : ''}${nulls}`
  })
  const limit = rng.oneIn(2) ? optional(sql` LIMIT ${String(rng.int(0, 5))}`) : NOTHING
  const offset = limit !== NOTHING && rng.oneIn(3) ? optional(sql` OFFSET ${String(rng.int(0, 3))}`) : NOTHING
  return orSimpler(sql`SELECT * FROM (${made}) o ORDER BY ${keys.join(', ')}${limit}${offset}`, made)
}
