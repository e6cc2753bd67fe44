// A statement that changes rows as one query: a row of it tells a row that goes, the row that comes in its place, which CHECKs
// that one keeps, and what RETURNING tells of it. So nothing has to be asked twice, and what is told is what was done.
import { column, type Expr, substitute, suggestion } from '../../expr/index.ts'
import { type Named, type Node as PlanNode, schema, selectOf } from '../../plan/index.ts'
import { type Field, field, type Schema, schemaOf } from '../../types/index.ts'
import { blockOf } from '../block.ts'
import { plain } from '../expressions/record.ts'
import { frameOf } from '../frame-of.ts'
import { starNode, targetNode } from '../made-tree.ts'
import { distinctNames } from '../names.ts'
import type { Node, Script, SelectStmt } from '../parser.ts'
import type { Catalog, Frame, Query } from '../query.ts'
import { invalid } from '../refuse.ts'
import { settled } from '../relation.ts'
import { bindQuery } from '../select.ts'
import { over, stageOf } from '../stage.ts'
import { targetsOf } from '../targets.ts'
import { assigned, assignedValue, wantedBy } from './assign.ts'
import { defaultOf, type Insert, withDefaults } from './insert.ts'
import type { Change } from './modify.ts'
import type { Rules } from './rules.ts'

/** The table that a statement changes. */
export interface Changeable {
  readonly schema: Schema
  readonly rules: Rules
}

export interface Planned {
  readonly node: PlanNode
  /** Its columns that are the row that goes, one for each of the table's. */
  readonly going: readonly string[]
  readonly coming: readonly string[]
  /** Of each CHECK whether it holds; null is no violation. */
  readonly checks: readonly string[]
  /** What RETURNING gives, and the columns of it; undefined: nothing is told. */
  readonly told: { readonly schema: Schema; readonly columns: readonly string[] } | undefined
}

export function plannedInsert(
  insert: Insert,
  { schema: target, rules }: Changeable,
  script: Script,
  catalog: Catalog,
  params: readonly Expr[],
): Planned {
  const { table, alias, byte, columns, returning } = insert
  const known = target.fields.map(each => each.name)
  const { tree } = withDefaults(insert.query, columns.length === 0 ? known : columns, rules.defaults)
  const frame = frameOf(script, catalog, params)
  const bound = bindQuery((tree as { SelectStmt: SelectStmt }).SelectStmt, frame, wantedBy({ target, columns }))
  const rows = assigned(bound, { table, target, columns, byte }, script, rules.defaults)
  const planned = plannedRows(rows, { schema: target, rules })
  const parts = [{ alias, names: known, columns: planned.coming }]
  return { ...planned, ...withTold(planned, parts, returning, frame.query) }
}

/** Rows of the table's own columns that come. */
export function plannedRows(rows: PlanNode, { schema: target, rules }: Changeable): Planned {
  const known = target.fields.map(each => each.name)
  const coming = numbered('coming', known)
  const node = selectOf(
    rows,
    known.map((name, i): Named => ({ name: coming[i] as string, expr: column(name) })),
  )
  return { going: [], coming, ...withChecks(node, known, coming, rules), told: undefined }
}

/** @param tellsFrom RETURNING may name what FROM and USING gave */
export function plannedChange(
  change: Change,
  target: Changeable,
  script: Script,
  catalog: Catalog,
  params: readonly Expr[],
  tellsFrom = true,
): Planned {
  const frame = frameOf(script, catalog, params)
  const known = target.schema.fields.map(each => each.name)
  checkSets(change, known, script)
  const others = change.returning === undefined || !tellsFrom ? [] : otherParts(change, frame)
  const { node, going, coming, rest } = pairsOf(change, others, target, frame)
  const isDelete = change.kind === 'delete'
  const checked = isDelete ? { node, checks: [] } : withChecks(node, known, coming, target.rules)
  const parts: Part[] = [{ alias: change.alias, names: known, columns: isDelete ? going : coming }]
  let at = 0
  for (const { alias, names } of others) {
    parts.push({ alias, names, columns: rest.slice(at, at + names.length) })
    at += names.length
  }
  return { going, coming, ...withTold(checked, parts, change.returning, frame.query) }
}

interface Pairs extends Pick<Planned, 'node' | 'going' | 'coming'> {
  /** The columns of the tables of FROM and USING. */
  readonly rest: readonly string[]
}

/** The rows that go, with those that come in their place, and what they met. */
function pairsOf(change: Change, others: readonly Omit<Part, 'columns'>[], target: Changeable, frame: Frame): Pairs {
  const { kind, alias, table, byte } = change
  const own = target.schema.fields
  const sets = [...change.sets]
  const values = sets.map(([name, value]) => ('SetToDefault' in value ? defaultOf(name, target.rules.defaults) : value))
  const targets = [star(alias), ...values.map(each => targetNode(each)), ...others.map(each => star(each.alias))]
  const wanted = [...own.map(() => undefined), ...sets.map(([name]) => own.find(each => each.name === name)?.type)]
  const bound = bindQuery(pairs(change, targets), frame, wanted)
  const { fields } = schema(bound.node)
  const at = (i: number): Expr => column((fields[i] as Field).name)
  const renewed = (to: Field, i: number): Expr => {
    const set = own.length + sets.findIndex(([name]) => name === to.name)
    if (set < own.length) return at(i)
    return assignedValue(at(set), fields[set] as Field, bound.unknown.has(set), to, table, frame.query.text, byte)
  }
  const going = numbered('going', own)
  const coming = kind === 'delete' ? [] : numbered('coming', own)
  const rest = numbered('other', fields.slice(own.length + sets.length))
  const node = selectOf(bound.node, [
    ...going.map((name, i): Named => ({ name, expr: at(i) })),
    ...coming.map((name, i): Named => ({ name, expr: renewed(own[i] as Field, i) })),
    ...rest.map((name, i): Named => ({ name, expr: at(own.length + sets.length + i) })),
  ])
  return { node, going, coming, rest }
}

function checkSets({ table, sets, byte }: Change, known: readonly string[], { text }: Script): void {
  const unknown = [...sets.keys()].find(each => !known.includes(each))
  if (unknown !== undefined) invalid(text, byte, `${table} has no column ${unknown}`, suggestion(unknown, known))
}

const numbered = (prefix: string, of: readonly unknown[]): readonly string[] => of.map((_, i) => `${prefix}_${i}`)
const star = (alias: string): Node => targetNode(starNode(alias))

/** SELECT targets FROM t, others WHERE … */
function pairs({ table, alias, from, where, withClause }: Change, targetList: Node[]): SelectStmt {
  return {
    targetList,
    fromClause: [{ RangeVar: { relname: table, alias: { aliasname: alias } } }, ...from],
    ...(where === undefined ? {} : { whereClause: where }),
    ...(withClause === undefined ? {} : { withClause }),
  }
}

/** Columns of a row of pairs, under the name by which RETURNING finds them. */
interface Part {
  readonly alias: string
  readonly names: readonly string[]
  readonly columns: readonly string[]
}

/** The tables of FROM and USING, and their columns. */
function otherParts(change: Change, frame: Frame): readonly Omit<Part, 'columns'>[] {
  return change.from.flatMap(aliasesIn).map(alias => {
    const { names } = bindQuery(pairs(change, [star(alias)]), { ...frame, probing: true })
    return { alias, names }
  })
}

function aliasesIn(item: Node): readonly string[] {
  if ('JoinExpr' in item) {
    const { alias, larg, rarg } = item.JoinExpr
    if (alias?.aliasname !== undefined) return [alias.aliasname]
    return [larg, rarg].flatMap(each => (each === undefined ? [] : aliasesIn(each)))
  }
  if ('RangeVar' in item) return [item.RangeVar.alias?.aliasname ?? item.RangeVar.relname ?? '']
  const alias =
    'RangeSubselect' in item
      ? item.RangeSubselect.alias
      : 'RangeFunction' in item
        ? item.RangeFunction.alias
        : undefined
  return alias?.aliasname === undefined ? [] : [alias.aliasname]
}

type Checked = Pick<Planned, 'node' | 'checks'>

/** The node, and of each CHECK whether the row that comes keeps it. */
function withChecks(node: PlanNode, known: readonly string[], coming: readonly string[], { checks }: Rules): Checked {
  if (checks.length === 0) return { node, checks: [] }
  const names = numbered('check', checks)
  const renamed = ({ expr }: { readonly expr: Expr }): Expr =>
    substitute(expr, each => column(coming[known.indexOf(each.path[0] as string)] as string, ...each.path.slice(1)))
  const kept = schema(node).fields.map((each): Named => ({ name: each.name, expr: column(each.name) }))
  const made = checks.map((each, i): Named => ({ name: names[i] as string, expr: renamed(each) }))
  return { node: selectOf(node, [...kept, ...made]), checks: names }
}

/** The node, and what RETURNING says of a row of it. */
function withTold(
  { node, checks }: Checked,
  parts: readonly Part[],
  returning: readonly Node[] | undefined,
  query: Query,
): Pick<Planned, 'node' | 'checks' | 'told'> {
  if (returning === undefined) return { node, checks, told: undefined }
  const block = blockOf(query)
  const own = schema(node).fields.map(each => each.name)
  const columns = parts.flatMap(({ alias, names, columns }) =>
    names.map((name, i) => ({ relation: alias, name, column: columns[i] as string })),
  )
  const relation = { node, scope: { columns }, names: new Map(own.map(name => [name, name])) }
  block.relations.push(relation)
  block.noAggregates = 'RETURNING'
  block.noWindows = 'RETURNING'
  const targets = targetsOf(returning, block)
  const stage = stageOf(block, settled(relation), () => undefined)
  const names = numbered('told', targets)
  const made = targets.map(
    (each, i): Named => ({ name: names[i] as string, expr: over(stage, plain(each.expr, block)) }),
  )
  const kept = own.map((name): Named => ({ name, expr: column(name) }))
  const told = selectOf(stage.node, [...kept, ...made])
  const shown = distinctNames(targets.map(each => each.name))
  const fields = schema(told).fields.slice(own.length)
  return {
    node: told,
    checks,
    told: {
      schema: schemaOf(fields.map((each, i) => field(shown[i] as string, each.type, each.nullable))),
      columns: names,
    },
  }
}
