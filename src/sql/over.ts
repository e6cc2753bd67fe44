// Window functions of a block: computed after its groups, before its select list. Functions of the same window are columns
// that one node adds.
import { type AggregateCall, column, type Expr, sameExpr } from '../expr/index.ts'
import {
  aggregateOf,
  type Named,
  overOf,
  type Node as PlanNode,
  properties,
  type RankKind,
  rankOf,
  schema,
  selectOf,
} from '../plan/index.ts'
import { Input, type WindowSlot } from './block.ts'
import { defaultFrame } from './frame.ts'
import { distinctNames } from './names.ts'
import { hiddenRelation, joined, relationOf } from './relation.ts'
import { over, type Stage, stageOf } from './stage.ts'
import { textOfFrame, textOfOrder } from './window-call.ts'

/** Add the columns of all window functions to a stage. `domain` keeps the values of outer columns apart. */
export function windowed(stage: Stage, domain: readonly string[]): Stage {
  const { block } = stage
  if (block.windows.length === 0) return stage
  const names = new Map<string, string>()
  for (const slots of together(block.windows)) {
    const computed = windowOver(slots, stage, domain)
    const own = schema(stage.node).fields.map(each => each.name)
    const as = distinctNames(
      slots.map(each => each.name),
      own,
    )
    stage.node = computed(stage.node, as)
    for (const [i, { name }] of slots.entries()) names.set(name, as[i] as string)
  }
  return stageOf(block, stage.node, expr => {
    if (expr.kind !== 'column' || expr.input !== Input.over) return stage.replace(expr)
    return column(names.get(expr.path[0] as string) as string)
  })
}

/** The functions by their windows; one that looks at no frame goes with any of its order. */
function together(slots: readonly WindowSlot[]): readonly (readonly WindowSlot[])[] {
  const groups: WindowSlot[][] = []
  const framed = slots.filter(each => each.call.frame !== undefined)
  const frameless = slots.filter(each => each.call.frame === undefined)
  for (const slot of [...framed, ...frameless]) {
    const { call } = slot
    const group = groups.find(([first]) => {
      const other = (first as WindowSlot).call
      if ((call.whole === undefined) !== (other.whole === undefined)) return false
      const fits = call.frame === undefined || textOfFrame(call.frame) === textOfFrame(other.frame)
      return fits && textOfOrder(call) === textOfOrder(other)
    })
    if (group === undefined) groups.push([slot])
    else group.push(slot)
  }
  return groups
}

const RANKS: readonly string[] = ['row_number', 'rank', 'dense_rank'] satisfies RankKind[]

/** What adds the columns to a node, in the names they are given. Subqueries in them are attached now. */
function windowOver(
  slots: readonly WindowSlot[],
  stage: Stage,
  domain: readonly string[],
): (node: PlanNode, as: readonly string[]) => PlanNode {
  const [{ call: first }] = slots as readonly [WindowSlot]
  const groups = [...domain.map(each => column(each)), ...first.partition.map(each => over(stage, each))]
  const per = wholeWindow(groups, stage.node).map((expr, i): Named => ({ name: `per_${i}`, expr }))
  if (first.whole !== undefined) return ofWholePartitions(slots, per, stage)
  const keys = first.order.map(each => ({ ...each, expr: over(stage, each.expr) }))
  const calls = slots.map(({ call: { fn, n, args } }) => ({ fn, n, args: args.map(each => over(stage, each)) }))
  return (node, as) => {
    if (slots.length === 1 && RANKS.includes(first.fn))
      return rankOf(node, { per, keys, rank: first.fn as RankKind, limit: undefined, as: as[0] as string }, 'over')
    const named = calls.map((each, i) => ({ ...each, name: as[i] as string }))
    return overOf(node, { per, keys, frame: first.frame ?? defaultFrame(keys), calls: named })
  }
}

/** Aggregates of whole partitions: groups, each joined to the rows that it is of. */
function ofWholePartitions(
  slots: readonly WindowSlot[],
  per: readonly Named[],
  stage: Stage,
): (node: PlanNode, as: readonly string[]) => PlanNode {
  const calls = slots.map(({ call }) => {
    const { args, filter, ...rest } = call.whole as AggregateCall
    return { ...rest, args: args.map(each => over(stage, each)), filter: filter && over(stage, filter) }
  })
  return (node, as) => {
    const groups = aggregateOf(
      node,
      per,
      calls.map((each, i) => ({ ...each, name: as[i] as string })),
    )
    const left = hiddenRelation(node)
    const right = relationOf(groups, undefined, undefined, [left])
    const nameOn = (own: string): string => [...right.names].find(([, of]) => of === own)?.[0] as string
    const pairs = per.map(each => ({ left: each.expr, right: column(nameOn(each.name)), same: true }))
    const both = joined(left, right, pairs.length === 0 ? 'inner' : 'left', pairs)
    const own = schema(node).fields.map(({ name }): Named => ({ name, expr: column(name) }))
    return selectOf(both.node, [...own, ...as.map((name): Named => ({ name, expr: column(nameOn(name)) }))])
  }
}

/** Groups by the bounds of a window of time are groups by it: they go with it. */
function wholeWindow(groups: readonly Expr[], node: PlanNode): readonly Expr[] {
  const { window } = properties(node)
  if (window === undefined) return groups
  const bounds = ['start', 'end'].map(part => groups.findIndex(each => sameExpr(each, column(window.column, part))))
  if (bounds.includes(-1)) return groups
  return [...groups.filter((_, i) => !bounds.includes(i)), column(window.column)]
}
