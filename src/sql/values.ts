// VALUES: rows that stand in the text. Constants are rows of a source; anything else is computed, a row at a time.
import { fail } from '../base/index.ts'
import { JsonText, javaScriptOf } from '../data/index.ts'
import { type Expr, evaluateConstant, isConstant, type LiteralExpr } from '../expr/index.ts'
import { type Named, type Node, selectOf, unionOf } from '../plan/index.ts'
import { type ColumnType, field, type Schema, schemaOf } from '../types/index.ts'
import { type Block, blockOf, typeIn } from './block.ts'
import { constantAs } from './expressions/arrays.ts'
import { bind } from './expressions/bind.ts'
import { coerce, isUnknown } from './expressions/coerce.ts'
import { plain as rowAsText } from './expressions/record.ts'
import type { SelectStmt } from './parser.ts'
import type { Bound, Frame, Wanted } from './query.ts'
import { invalid, within } from './refuse.ts'
import { joinedAll, settled } from './relation.ts'
import { orderedAndLimited } from './set-operation.ts'
import { over, stageOf } from './stage.ts'
import { oneRow } from './tables.ts'
import { itemsOf, locationOf } from './tree.ts'
import { as, meeting } from './types.ts'

export function values(statement: SelectStmt, frame: Frame, wanted: Wanted = []): Bound {
  const { query, outer, domain, probing } = frame
  const block = blockOf(query, outer, domain, probing)
  block.noAggregates = 'VALUES'
  block.noWindows = 'VALUES'
  if (domain === undefined) block.relations.push(oneRow(query))
  const lists = (statement.valuesLists ?? []).map(itemsOf)
  const width = lists[0]?.length ?? 0
  const uneven = lists.find(each => each.length !== width)
  if (uneven !== undefined)
    return invalid(
      query.text,
      locationOf(uneven[0]),
      'VALUES lists must all be the same length',
      `give ${width} values`,
    )
  const rows = lists.map(list =>
    list.map((each, i) => {
      const [made, type] = [rowAsText(bind(each, block), block), wanted[i]]
      return type === undefined || !isUnknown(block, made) ? made : constantAs(block, made, type, locationOf(each))
    }),
  )
  const names = Array.from({ length: width }, (_, i) => `column${i + 1}`)
  const unknown = new Set(names.flatMap((_, i) => (rows.every(row => isUnknown(block, row[i] as Expr)) ? [i] : [])))
  const types = names.map((_, i) =>
    commonType(
      rows.map(row => row[i] as Expr),
      block,
      locationOf(lists[0]?.[i]),
    ),
  )
  // Only the types count.
  if (probing) {
    const fields = names.map((name, i) => field(name, types[i] as ColumnType, true))
    return { node: query.catalog.rows(schemaOf(fields), []), names, outers: block.outers, unknown }
  }
  const typed = rows.map(row =>
    row.map((each, i) =>
      as(coerce(block, each, types[i] as ColumnType), typeIn(block, each).type, types[i] as ColumnType),
    ),
  )
  const node =
    typed.flat().every(isConstant) && domain === undefined
      ? asSource(typed, names, types, frame)
      : asUnion(typed, names, block)
  const bound: Bound = { node, names, outers: block.outers, unknown }
  return { ...bound, node: orderedAndLimited(statement, bound, frame) }
}

function commonType(exprs: readonly Expr[], block: Block, byte: number | undefined): ColumnType {
  const known = exprs.filter(each => !isUnknown(block, each))
  const types = (known.length > 0 ? known : exprs).map(each => typeIn(block, each).type)
  return types.reduce(
    (a, b) =>
      meeting(a, b) ??
      invalid(block.query.text, byte, `VALUES types ${a.kind} and ${b.kind} cannot be matched`, 'cast one of them'),
  )
}

function asSource(
  rows: readonly (readonly Expr[])[],
  names: readonly string[],
  types: readonly ColumnType[],
  { query }: Frame,
): Node {
  const constants = rows.map(row => row.map(each => within(query.text, undefined, () => evaluateConstant(each))))
  const schema: Schema = schemaOf(
    names.map((name, i) =>
      field(
        name,
        types[i] as ColumnType,
        constants.some(row => row[i]?.value === null),
      ),
    ),
  )
  return query.catalog.rows(
    schema,
    constants.map(row => Object.fromEntries(row.map((each, i) => [names[i], plain(each)]))),
  )
}

const beyond = (value: string | bigint): never => fail('BAD_VERB', { verb: 'VALUES', reason: `${value} is beyond what an element of a list can be`, fix: 'use a smaller value' }) // biome-ignore format: a line

/** A constant as rows from outside have it; whole numbers and instants as exact as they are, json too. */
function plain({ value, type }: LiteralExpr): unknown {
  if (type.kind === 'json' && value !== null) return new JsonText(String(value))
  if (type.kind === 'int' || type.kind === 'timestamp') return value
  return javaScriptOf(type, value, { unsafe: beyond, beyond })
}

function asUnion(rows: readonly (readonly Expr[])[], names: readonly string[], block: Block): Node {
  const { relation } = joinedAll(block.relations, [])
  const domain = block.domain === undefined ? [] : [...block.domain.relation.names.keys()]
  const parts = rows.map(row => {
    const stage = stageOf(block, settled(relation), () => undefined)
    const columns = row.map((each, i): Named => ({ name: names[i] as string, expr: over(stage, each) }))
    return selectOf(stage.node, [
      ...columns,
      ...domain.map((name): Named => ({ name, expr: { kind: 'column', path: [name], input: 0 } })),
    ])
  })
  return parts.length === 1 ? (parts[0] as Node) : unionOf(parts)
}
