// Window functions of a block: computed after its groups, before its select list. Each is a column that a node adds.
import { canonical, column, type Expr, type SortKey } from '../expr/index.ts'
import { type Named, type Node as PlanNode, type RankKind, rankOf, schema } from '../plan/index.ts'
import { scalars } from '../types/index.ts'
import { type Block, Input, slotColumn, type WindowSlot } from './block.ts'
import type { Bind } from './expressions/bind.ts'
import { distinctNames } from './names.ts'
import type { FuncCall, Node, WindowDef } from './parser.ts'
import { invalid, unsupported } from './refuse.ts'
import { sortKey } from './sort-key.ts'
import { over, type Stage, stageOf } from './stage.ts'

/** `fn(args) OVER (PARTITION BY … ORDER BY …)`. */
export interface WindowCall {
  readonly fn: RankKind
  readonly partition: readonly Expr[]
  readonly order: readonly SortKey[]
}

const RANKS: readonly string[] = ['row_number', 'rank', 'dense_rank'] satisfies RankKind[]

export function windowSlot(name: string, node: FuncCall, block: Block, bind: Bind): Expr {
  const { text } = block.query
  const { location } = node
  if (block.noWindows !== undefined) {
    const reason = `window functions are not allowed in ${block.noWindows}`
    return invalid(text, location, reason, 'compute it in a subquery, and use its column')
  }
  if (!RANKS.includes(name)) return unsupported(text, location, `${name} OVER`, `there are: ${RANKS.join(', ')}`)
  const call = callOf(name as RankKind, windowOf(node.over as WindowDef, block), block, bind)
  const key = textOfCall(call)
  const known = block.windows.find(each => textOfCall(each.call) === key)
  if (known !== undefined) return slotColumn(Input.over, known.name)
  const slot: WindowSlot = { name: `over_${block.windows.length}`, type: scalars.int, nullable: false, call }
  block.windows.push(slot)
  return slotColumn(Input.over, slot.name)
}

function callOf(
  fn: RankKind,
  { partitionClause = [], orderClause = [] }: WindowDef,
  block: Block,
  bind: Bind,
): WindowCall {
  const outside = block.noWindows
  block.noWindows = 'the definition of a window'
  const partition = partitionClause.map(each => bind(each, block))
  const order = orderClause.flatMap(each =>
    'SortBy' in each ? [sortKey(bind(each.SortBy.node as Node, block), each.SortBy, block.query.text)] : [],
  )
  block.noWindows = outside
  return { fn, partition, order }
}

/** The window with what it takes from one of the WINDOW clause. */
function windowOf(node: WindowDef, block: Block): WindowDef {
  const base = node.name ?? node.refname
  if (base === undefined) return node
  const known = block.named.get(base)
  if (known === undefined)
    return invalid(block.query.text, node.location, `there is no window ${base}`, 'define it: WINDOW w AS (…)')
  const { name: _own, ...definition } = known
  const whole = windowOf(definition, block)
  const orderClause = node.orderClause ?? whole.orderClause
  return {
    ...node,
    ...(whole.partitionClause && { partitionClause: whole.partitionClause }),
    ...(orderClause && { orderClause }),
  }
}

const textOfCall = ({ fn, partition, order }: WindowCall): string =>
  JSON.stringify([fn, partition.map(canonical), order.map(each => [canonical(each.expr), each.descending, each.nulls])])

/** Add the columns of all window functions to a stage. `domain` keeps the values of outer columns apart. */
export function windowed(stage: Stage, domain: readonly string[]): Stage {
  const { block } = stage
  if (block.windows.length === 0) return stage
  const names = new Map<string, string>()
  let { node } = stage
  for (const { name, call } of block.windows) {
    const [as] = distinctNames(
      [name],
      schema(node).fields.map(each => each.name),
    ) as [string]
    node = ranked(node, call, as, stage, domain)
    names.set(name, as)
  }
  return stageOf(block, node, expr => {
    if (expr.kind !== 'column' || expr.input !== Input.over) return stage.replace(expr)
    return column(names.get(expr.path[0] as string) as string)
  })
}

function ranked(
  node: PlanNode,
  { fn, partition, order }: WindowCall,
  as: string,
  stage: Stage,
  domain: readonly string[],
): PlanNode {
  const groups = [...domain.map(each => column(each)), ...partition.map(each => over(stage, each))]
  const per = groups.map((expr, i): Named => ({ name: `per_${i}`, expr }))
  const keys = order.map(each => ({ ...each, expr: over(stage, each.expr) }))
  return rankOf(node, { per, keys, rank: fn, limit: undefined, as }, 'over')
}
