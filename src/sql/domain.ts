// Outer values in a join. In a correlated block a side of a join may be a table for each value of the domain: a condition of
// the join, or a query in it, uses columns of a block around. Then the side whose rows the join keeps has the domain's columns
// (of a full join both sides), rows of two sides that have them meet within one value only, and the join has them for the whole FROM.
import { call, column, columnsOf, type Expr } from '../expr/index.ts'
import { type Named, selectOf } from '../plan/index.ts'
import { type Block, Input } from './block.ts'
import { distinctNames } from './names.ts'
import { type JoinKind, joined, type Relation, settled, takeApart } from './relation.ts'

type Sides = readonly [left: Relation, right: Relation]

/** Equality for which NULL is a value. */
export const same = (a: Expr, b: Expr): Expr => call('not', call('is_distinct_from', a, b))

/**
 * Two sides joined, for each value of the block's domain if they use it.
 * @param on the condition of the join
 * @param ties conditions that the sides brought along: what they are for which outer values
 */
export function joinedByValue(
  block: Block,
  sides: Sides,
  kind: JoinKind,
  on: readonly Expr[],
  ties: readonly Expr[],
): Relation {
  const domain = block.domain?.relation
  const all = [...on, ...ties]
  if (domain === undefined || !(sides.some(each => carries(each, domain)) || all.some(each => reads(each, domain))))
    return meeting(sides, kind, all)
  const [left, right] = carriersOf(domain, sides, kind)
  // What holds of a side alone is decided before its rows are kept; of an inner join that is any condition.
  const known = kind === 'inner' ? all : ties
  const ofLeft = left.isMade ? known.filter(each => isOver(each, domain, left.side)) : []
  const ofRight = right.isMade ? known.filter(each => isOver(each, domain, right.side)) : []
  const made: Sides = [
    left.isMade ? withDomain(domain, left.side, ofLeft) : left.side,
    right.isMade ? withDomain(domain, right.side, ofRight) : right.side,
  ]
  const rest = all.filter(each => !ofLeft.includes(each) && !ofRight.includes(each))
  return metByValue(block, domain, made, kind, rest)
}

/** Which sides have to get the domain: those whose rows are kept, and one of an inner join. */
function carriersOf(domain: Relation, [left, right]: Sides, kind: JoinKind) {
  const isThere = [carries(left, domain), carries(right, domain)]
  const keepsLeft = kind === 'left' || kind === 'full' || (kind === 'inner' && isThere[1] !== true)
  const keepsRight = kind === 'right' || kind === 'full'
  return [
    { side: left, isMade: keepsLeft && isThere[0] !== true },
    { side: right, isMade: keepsRight && isThere[1] !== true },
  ] as const
}

function withDomain(domain: Relation, side: Relation, conditions: readonly Expr[]): Relation {
  const { pairs, rest } = takeApart(conditions, domain, side)
  return joined(domain, side, 'inner', pairs, rest)
}

/** Where both sides have the domain, one's columns of it get other names, equal the other's, and go again. */
function metByValue(
  block: Block,
  domain: Relation,
  sides: Sides,
  kind: JoinKind,
  conditions: readonly Expr[],
): Relation {
  if (!sides.every(each => carries(each, domain))) return meeting(sides, kind, conditions)
  const at = kind === 'right' ? 0 : 1
  const other = apart(sides[at], domain, [...block.relations, ...sides])
  const met = meeting(sides.with(at, other.relation) as unknown as Sides, kind, [...conditions, ...other.pairs])
  return kind === 'full' ? ofEither(met, other.names) : without(met, other.names)
}

function meeting([left, right]: Sides, kind: JoinKind, conditions: readonly Expr[]): Relation {
  const { pairs, rest } = takeApart(conditions, left, right)
  return joined(left, right, kind, pairs, rest)
}

interface Apart {
  readonly relation: Relation
  /** The new names of the domain's columns. */
  readonly names: ReadonlyMap<string, string>
  readonly pairs: readonly Expr[]
}

function apart(relation: Relation, domain: Relation, beside: readonly Relation[]): Apart {
  const own = [...domain.names.keys()]
  const fresh = distinctNames(
    own,
    beside.flatMap(each => [...each.names.keys()]),
  )
  const names = new Map(own.map((name, i) => [name, fresh[i] as string]))
  const renamed = new Map([...relation.names].map(([name, of]) => [names.get(name) ?? name, of]))
  const pairs = [...names].map(([name, other]) => same(column(name), column(other)))
  return { relation: { ...relation, names: renamed }, names, pairs }
}

const without = (relation: Relation, names: Apart['names']): Relation => {
  const gone = new Set(names.values())
  return { ...relation, names: new Map([...relation.names].filter(([name]) => !gone.has(name))) }
}

/** Of a full join either side may be missing. */
function ofEither(relation: Relation, names: Apart['names']): Relation {
  const kept = [...without(relation, names).names.keys()]
  const columns = kept.map((name): Named => {
    const other = names.get(name)
    return { name, expr: other === undefined ? column(name) : call('coalesce', column(name), column(other)) }
  })
  return { ...relation, node: selectOf(settled(relation), columns), names: new Map(kept.map(name => [name, name])) }
}

/** Put an item of FROM into its block. Of several that have the domain, each has it under names of its own. */
export function addItem(block: Block, item: Relation): Relation {
  const { relations, conditions } = block
  const domain = block.domain?.relation
  const isSecond = domain !== undefined && carries(item, domain) && carriers(relations, domain).length > 0
  const made = isSecond ? apart(item, domain, [...relations, item]) : undefined
  const added = made?.relation ?? item
  conditions.push(...(made?.pairs ?? []))
  relations.push(added)
  return added
}

/** A domain that a join has read is no relation by itself any more. */
export function dropDomain({ domain, relations }: Block): void {
  const own = domain?.relation
  const at = own === undefined ? -1 : relations.indexOf(own)
  if (own !== undefined && at >= 0 && carriers(relations, own).length > 0) relations.splice(at, 1)
}

/** The relations that have these columns between them: the domain itself for those that are of no other. */
export function ownersOf(names: Iterable<string>, relations: readonly Relation[], domain: Relation | undefined) {
  const used = [...names]
  const owners = relations.filter(
    each => each !== domain && used.some(name => each.names.has(name) && domain?.names.has(name) !== true),
  )
  const isRest = used.some(name => !owners.some(each => each.names.has(name)))
  return domain !== undefined && isRest ? [domain, ...owners] : owners
}

const namesIn = (condition: Expr): readonly string[] => columnsOf(condition).map(({ path }) => path[0] as string)

const carriers = (relations: readonly Relation[], domain: Relation): readonly Relation[] =>
  relations.filter(each => each !== domain && carries(each, domain))

const carries = (relation: Relation, domain: Relation): boolean =>
  [...domain.names.keys()].some(name => relation.names.has(name))

const reads = (condition: Expr, domain: Relation): boolean =>
  columnsOf(condition).some(({ input, path }) => input === Input.from && domain.names.has(path[0] as string))

/** The condition has columns of the relation, and no others but the domain's. */
function isOver(condition: Expr, domain: Relation, relation: Relation): boolean {
  const names = namesIn(condition)
  return (
    names.some(name => relation.names.has(name)) &&
    names.every(name => relation.names.has(name) || domain.names.has(name))
  )
}
