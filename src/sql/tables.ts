// Tables by name, and relations made of them.
import { column, suggestion } from '../expr/index.ts'
import { type Named, type Node as PlanNode, schema, selectOf } from '../plan/index.ts'
import { field, type Schema, scalars, schemaOf } from '../types/index.ts'
import type { Block } from './block.ts'
import type { Alias } from './parser.ts'
import type { Query } from './query.ts'
import { invalid } from './refuse.ts'
import { hiddenRelation, type Relation, relationOf } from './relation.ts'
import { textsOf } from './tree.ts'

/** One row without a value: what SELECT reads without FROM. */
const ONE_ROW: Schema = schemaOf([field('?row?', scalars.boolean)])

export function oneRow(query: Query): Relation {
  return hiddenRelation(query.catalog.rows(ONE_ROW, [{ '?row?': true }]))
}

/** The table of a name: of WITH, else of the catalog. */
export function tableOf(name: string, query: Query, byte: number | undefined): PlanNode {
  const common = query.common.get(name)
  if (common?.isSilent === true)
    return invalid(query.text, byte, `${name} has no RETURNING, and no rows`, 'write RETURNING *')
  if (common !== undefined) return underNames(common.node, common.names)
  const found = query.catalog.table(name)
  if (found !== undefined) return found
  const names = [...query.common.keys(), ...query.catalog.names()]
  return invalid(query.text, byte, `there is no table ${name}`, suggestion(name, names))
}

/** A node whose columns go by other names. */
function underNames(node: PlanNode, names: readonly string[]): PlanNode {
  const { fields } = schema(node)
  if (fields.every((each, i) => each.name === (names[i] ?? each.name))) return node
  return selectOf(
    node,
    fields.map((each, i): Named => ({ name: names[i] ?? each.name, expr: column(each.name) })),
  )
}

/** A node as a relation of the block, under its alias. */
export function aliased(
  node: PlanNode,
  name: string | undefined,
  alias: Alias | undefined,
  block: Block,
  byte?: number,
): Relation {
  const { fields } = schema(node)
  const names = textsOf(alias?.colnames)
  checkNames(names, fields.length, name, block, byte)
  return relationOf(
    node,
    name,
    fields.map((each, i) => names[i] ?? each.name),
    block.relations,
  )
}

/** No more names than columns. */
export function checkNames(
  names: readonly string[],
  columns: number,
  table: string | undefined,
  block: Block,
  byte: number | undefined,
): void {
  if (names.length <= columns) return
  const reason = `${table} has ${columns} columns, and ${names.length} names are given`
  invalid(block.query.text, byte, reason, 'give a name for each column, or for fewer')
}
