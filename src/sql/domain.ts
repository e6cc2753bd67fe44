// Outer values in a join. A condition of a join, or a query in it, may use columns of a block around this one: then the join reads
// the domain, which is joined to the side whose rows the join keeps, and stands there for the whole FROM.
import { columnsOf, type Expr } from '../expr/index.ts'
import type { Block } from './block.ts'
import { Input } from './block.ts'
import { unsupported } from './refuse.ts'
import { type JoinKind, joined, type Relation } from './relation.ts'

type Sides = readonly [left: Relation, right: Relation]

/** The sides of a join, with the domain on one of them if its conditions need that. */
export function withDomain(
  block: Block,
  sides: Sides,
  kind: JoinKind,
  conditions: readonly Expr[],
  byte?: number,
): Sides {
  const domain = block.domain?.relation
  if (domain === undefined) return sides
  const [left, right] = sides
  const isThere = [hasDomain(domain, left), hasDomain(domain, right)]
  if (isThere[kind === 'left' ? 1 : 0] === true && kind !== 'inner') refuse(block, byte)
  if (isThere.includes(true)) return kind === 'full' ? refuse(block, byte) : sides
  if (!conditions.some(each => reads(domain, each))) return sides
  if (kind === 'full' || block.relations.some(each => each !== domain && hasDomain(domain, each))) refuse(block, byte)
  return kind === 'right' ? [left, joined(domain, right, 'inner', [])] : [joined(domain, left, 'inner', []), right]
}

/** A domain that a join has read is no relation by itself any more. */
export function dropDomain({ domain, relations }: Block): void {
  const own = domain?.relation
  const at = own === undefined ? -1 : relations.indexOf(own)
  if (own !== undefined && at >= 0 && relations.some(each => each !== own && hasDomain(own, each)))
    relations.splice(at, 1)
}

const hasDomain = (domain: Relation, relation: Relation): boolean =>
  [...domain.names.keys()].some(name => relation.names.has(name))

const reads = (domain: Relation, condition: Expr): boolean =>
  columnsOf(condition).some(({ input, path }) => input === Input.from && domain.names.has(path[0] as string))

function refuse({ query }: Block, byte: number | undefined): never {
  const what = 'a column of a query around this one, within a side of an outer join that may have no partner'
  return unsupported(query.text, byte, what, 'put the condition into WHERE, or join in a query of its own in FROM')
}
