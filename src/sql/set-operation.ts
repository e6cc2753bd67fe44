// UNION, INTERSECT, EXCEPT: columns by position, names of the first; types that differ meet in one that holds both.
import { type ColumnExpr, cast, column, type SortKey, sameExpr } from '../expr/index.ts'
import { distinctOf, type Named, type Node, schema, selectOf, setOpOf, unionOf } from '../plan/index.ts'
import { type ColumnType, type Field, type ScalarType, sameType } from '../types/index.ts'
import { type Block, blockOf, type OuterSlot } from './block.ts'
import { limited, limitsOf } from './limit.ts'
import type { SelectStmt } from './parser.ts'
import type { Bound, Frame } from './query.ts'
import { invalid } from './refuse.ts'
import { sortKey } from './sort-key.ts'
import { targetFor } from './targets.ts'
import { locationOf } from './tree.ts'
import { meeting } from './types.ts'

export function setOperation(statement: SelectStmt, frame: Frame): Bound {
  const { query } = frame
  const left = query.select(statement.larg as SelectStmt, frame)
  const right = query.select(statement.rarg as SelectStmt, frame)
  const [a, b, unknown] = aligned(left, right, frame)
  const node = combined(statement, a, b)
  const outers = bothOuters(left.outers, right.outers)
  const bound: Bound = { node, names: left.names, outers, unknown }
  return frame.probing ? bound : { ...bound, node: orderedAndLimited(statement, bound, frame) }
}

/** The outer columns of two queries, each once. */
export function bothOuters(left: readonly OuterSlot[], right: readonly OuterSlot[]): readonly OuterSlot[] {
  return [...left, ...right.filter(each => !left.some(other => sameExpr(other.expr, each.expr)))]
}

function combined({ op, all }: SelectStmt, a: Node, b: Node): Node {
  if (op === 'SETOP_UNION') return all === true ? unionOf([a, b]) : distinctOf(unionOf([a, b]))
  const kind = op === 'SETOP_EXCEPT' ? 'except' : 'intersect'
  return setOpOf(a, b, all === true ? `${kind} all` : kind)
}

/** Both sides with the same names and types. */
function aligned(left: Bound, right: Bound, { query }: Frame): readonly [Node, Node, ReadonlySet<number>] {
  if (left.names.length !== right.names.length) {
    const reason = `each query of a set operation must have the same number of columns: ${left.names.length} and ${right.names.length}`
    return invalid(query.text, undefined, reason, 'select as many columns in both')
  }
  const [mine, theirs] = [schema(left.node).fields, schema(right.node).fields]
  const types = mine.map((each, i) => {
    const other = theirs[i] as Field
    if (left.unknown.has(i) && !right.unknown.has(i)) return other.type
    if (right.unknown.has(i)) return each.type
    const type = meeting(each.type, other.type)
    if (type !== undefined) return type
    return invalid(
      query.text,
      undefined,
      `column ${each.name} is ${each.type.kind} here and ${other.type.kind} there`,
      'cast one of them',
    )
  })
  const unknown = new Set([...left.unknown].filter(each => right.unknown.has(each)))
  return [as(left.node, mine, types), as(right.node, mine, types), unknown]
}

function as(node: Node, names: readonly Field[], types: readonly ColumnType[]): Node {
  const { fields } = schema(node)
  if (fields.every((each, i) => each.name === names[i]?.name && sameType(each.type, types[i] as ColumnType)))
    return node
  return selectOf(
    node,
    fields.map((each, i): Named => {
      const type = types[i] as ColumnType
      const own = column(each.name)
      const expr = sameType(each.type, type) || type.kind === 'struct' ? own : cast(own, type as ScalarType)
      return { name: names[i]?.name ?? each.name, expr }
    }),
  )
}

/** A column, or the fields of one that is a row. */
function partsOfField(node: Node, of: ColumnExpr): readonly ColumnExpr[] {
  const type = schema(node).fields.find(each => each.name === of.path[0])?.type
  return type?.kind === 'struct' ? type.fields.map(each => column(...of.path, each.name)) : [of]
}

/** ORDER BY over a set operation names its columns, or counts to them. */
export function orderedAndLimited(
  statement: SelectStmt,
  { node, names }: Pick<Bound, 'node' | 'names'>,
  frame: Frame,
): Node {
  const block: Block = blockOf(frame.query, frame.outer, frame.domain, frame.probing)
  const targets = names.map(name => ({ name, expr: column(name), byte: undefined }))
  const keys = (statement.sortClause ?? []).flatMap((each): readonly SortKey[] => {
    if (!('SortBy' in each) || each.SortBy.node === undefined) return []
    const found = targetFor(each.SortBy.node, targets, block, 'ORDER BY')?.expr as ColumnExpr | undefined
    if (found !== undefined) {
      const parts = partsOfField(node, found)
      return parts.map(part => sortKey(part, each.SortBy, frame.query.text))
    }
    return invalid(
      frame.query.text,
      locationOf(each.SortBy.node),
      'ORDER BY here takes columns of the result',
      'name one, or put the query into FROM (…)',
    )
  })
  const domain = [...(frame.domain?.relation.names.keys() ?? [])].map(name => column(name))
  return limited(node, keys, limitsOf(statement, block), domain, block)
}
