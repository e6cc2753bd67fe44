// A relation of FROM: a plan node, and the names under which its columns are known in the block. Relations of a block
// have no name in common, so conditions can be bound before it is decided in which order they are joined.
import { call, column, columnsOf, conjuncts, type Expr, literal, substitute, typeOf } from '../expr/index.ts'
import { isHalfJoin, joinOf, type Named, type Node, schema, selectOf } from '../plan/index.ts'
import { type ColumnType, type Field, field, type ScalarType, type Schema } from '../types/index.ts'
import { distinctNames } from './names.ts'
import { nearness } from './near.ts'
import { emptyScope, type Scope, type ScopeColumn } from './scope.ts'

export interface Relation {
  readonly node: Node
  readonly scope: Scope
  /** The node's columns by the names they have in the block. */
  readonly names: ReadonlyMap<string, string>
}

/** The columns of a relation under their names in the block. */
export function fieldsOf({ node, names }: Relation): readonly Field[] {
  const own = new Map(schema(node).fields.map(each => [each.name, each]))
  return [...names].map(([name, of]) => {
    const { type, nullable } = own.get(of) as Field
    return field(name, type, nullable)
  })
}

/** A node as a relation: its columns go by `columns` (its own names, if there are none) of `alias`. */
export function relationOf(
  node: Node,
  alias: string | undefined,
  columns: readonly string[] | undefined,
  beside: readonly Relation[],
): Relation {
  const { fields } = schema(node)
  const own = fields.map(each => each.name)
  const taken = new Set(beside.flatMap(each => [...each.names.keys()]))
  const wanted = own.map(name => (taken.has(name) && alias !== undefined ? `${alias}.${name}` : name))
  const unique = distinctNames(wanted, taken)
  const scope = fields.map(
    ({ name, type }, i): ScopeColumn => ({
      relation: alias,
      name: columns?.[i] ?? name,
      column: unique[i] as string,
      isStruct: type.kind === 'struct',
    }),
  )
  return { node, scope: { columns: scope }, names: new Map(unique.map((name, i) => [name, own[i] as string])) }
}

/** A relation that no name finds: the values of outer columns. */
export function hiddenRelation(node: Node): Relation {
  return { node, scope: emptyScope, names: new Map(schema(node).fields.map(({ name }) => [name, name])) }
}

/** The relation with its columns under their names in the block. */
export function settled(relation: Relation): Node {
  const { node, names } = relation
  const fields = schema(node).fields
  if (fields.length === names.size && fields.every(each => names.get(each.name) === each.name)) return node
  return selectOf(
    node,
    [...names].map(([name, of]): Named => ({ name, expr: column(of) })),
  )
}

export type JoinKind = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'

/** An equality between two sides, each over its own columns in the block; `same`: NULL equals NULL. */
export interface Pair {
  readonly left: Expr
  readonly right: Expr
  readonly same: boolean
}

/**
 * Two relations as one: all columns of both (of a semi or anti join, of the left), under their names in the block.
 * @param near conditions from which it may follow how far in time the rows of a pair are apart.
 */
export function joined(
  left: Relation,
  right: Relation,
  kind: JoinKind,
  pairs: readonly Pair[],
  rest: readonly Expr[] = [],
  near: readonly Expr[] = [...rest, ...pairs.map(each => call('eq', each.left, each.right))],
): Relation {
  const columns = isHalfJoin({ type: kind }) ? columnsOn(left, 0) : [...columnsOn(left, 0), ...columnsOn(right, 1)]
  const schemas = [schema(left.node), schema(right.node)] as const
  const sided = pairs.flatMap(each =>
    keysOf({ ...each, left: inside(left, each.left, 0), right: inside(right, each.right, 1) }, schemas),
  )
  const residual = rest.map(each => across(left, right, each))
  const node = joinOf(left.node, right.node, {
    type: kind,
    on: sided,
    residual,
    within: nearness(near, left, right, kind),
    columns,
  })
  const names = new Map(columns.map(({ name }) => [name, name]))
  const scopeOf = (side: Relation, isOuter: boolean): readonly ScopeColumn[] =>
    isOuter ? side.scope.columns.map(each => ({ ...each, isOuter })) : side.scope.columns
  const isFull = kind === 'full'
  const found = [...scopeOf(left, isFull || kind === 'right'), ...scopeOf(right, isFull || kind === 'left')]
  return { node, scope: { columns: found }, names }
}

const columnsOn = ({ names }: Relation, input: number): readonly Named[] =>
  [...names].map(([name, of]) => ({ name, expr: Object.freeze({ ...column(of), input }) }))

/** An expression over the block's names, as one over the relation's node. */
export function inside({ names }: Relation, expr: Expr, input: number): Expr {
  return substitute(expr, each => {
    const [name, ...path] = each.path as readonly [string, ...string[]]
    return Object.freeze({ ...each, path: Object.freeze([names.get(name) ?? name, ...path]), input })
  })
}

/** An expression over the names of two relations, as one over both nodes. */
function across(left: Relation, right: Relation, expr: Expr): Expr {
  return substitute(expr, each => {
    const [name, ...path] = each.path as readonly [string, ...string[]]
    const input = left.names.has(name) ? 0 : 1
    const own = (input === 0 ? left : right).names.get(name) ?? name
    return Object.freeze({ ...each, path: Object.freeze([own, ...path]), input })
  })
}

/** Keys of an equality; where NULL equals NULL and both may be null, whether they are is a key too. */
function keysOf(
  { left, right, same }: Pair,
  schemas: readonly [Schema, Schema],
): readonly { left: Expr; right: Expr }[] {
  if (!same) return [{ left, right }]
  const [a, b] = [typeOf(left, schemas), typeOf(right, schemas)]
  if (!a.nullable || !b.nullable) return [{ left, right }]
  const some = someValue(a.type)
  return [
    { left: call('is_null', left), right: call('is_null', right) },
    { left: call('coalesce', left, some), right: call('coalesce', right, some) },
  ]
}

/** Any value of a type: it stands for NULL beside a key that says so. */
function someValue(type: ColumnType): Expr {
  const value = { boolean: false, int: 0, bigint: 0n, float: 0, double: 0, timestamp: 0n, date: 0 } as const
  const found = value[type.kind as keyof typeof value]
  return literal(found ?? (type.kind === 'binary' ? new Uint8Array(0) : ''), type as ScalarType)
}

/** What of a condition ties two relations together, and what is left of it. */
export function takeApart(
  parts: readonly Expr[],
  left: Relation,
  right: Relation,
): { pairs: readonly Pair[]; rest: readonly Expr[] } {
  const pairs: Pair[] = []
  const rest: Expr[] = []
  for (const part of parts.flatMap(conjuncts)) {
    const pair = pairOf(part, left, right)
    if (pair === undefined) rest.push(part)
    else pairs.push(pair)
  }
  return { pairs, rest }
}

function pairOf(expr: Expr, left: Relation, right: Relation): Pair | undefined {
  const equality = equalityIn(expr)
  if (equality === undefined) return undefined
  const [a, b] = equality.sides
  if (isOf(left, a) && isOf(right, b)) return { left: a, right: b, same: equality.same }
  if (isOf(left, b) && isOf(right, a)) return { left: b, right: a, same: equality.same }
  return undefined
}

function equalityIn(expr: Expr): { readonly sides: readonly [Expr, Expr]; readonly same: boolean } | undefined {
  if (expr.kind !== 'call') return undefined
  const [first] = expr.args as readonly [Expr]
  if (expr.fn === 'eq') return { sides: expr.args as readonly [Expr, Expr], same: false }
  if (expr.fn !== 'not' || first.kind !== 'call' || first.fn !== 'is_distinct_from') return undefined
  return { sides: first.args as readonly [Expr, Expr], same: true }
}

/** True when the expression uses columns of the relation, and no other. */
function isOf({ names }: Relation, expr: Expr): boolean {
  const used = columnsOf(expr)
  return used.length > 0 && used.every(each => each.input === 0 && names.has(each.path[0] as string))
}

/** All relations as one: in their order as far as equalities connect them. What the joins did not use of the parts comes back. */
export function joinedAll(
  relations: readonly Relation[],
  parts: readonly Expr[],
): { relation: Relation; rest: readonly Expr[] } {
  let [all, ...waiting] = relations as readonly [Relation, ...Relation[]]
  let rest: readonly Expr[] = parts.flatMap(conjuncts)
  while (waiting.length > 0) {
    const next = waiting.find(each => takeApart(rest, all, each).pairs.length > 0) ?? (waiting[0] as Relation)
    const taken = takeApart(rest, all, next)
    all = joined(all, next, 'inner', taken.pairs, [], rest)
    rest = taken.rest
    waiting = waiting.filter(each => each !== next)
  }
  return { relation: all, rest }
}
