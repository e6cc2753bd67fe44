// Set-returning functions in the select list: a row for each element. Those of one level go side by side, as many rows as the
// longest has, with nulls behind the ends of the others; one whose arguments have another is over the rows of that.
import { call, canonical, column, columnsOf, type Expr, literal } from '../expr/index.ts'
import { explodeOf, type Named, type Node as PlanNode, schema, selectOf } from '../plan/index.ts'
import { type ListType, scalars } from '../types/index.ts'
import { type Block, Input, type SetSlot, slotColumn, typeIn } from './block.ts'
import type { Bind } from './expressions/bind.ts'
import { distinctNames } from './names.ts'
import type { FuncCall } from './parser.ts'
import { invalid } from './refuse.ts'
import { listIn } from './set-functions.ts'
import { over, type Stage, stageOf } from './stage.ts'

/** The column of the elements of such a call. */
export function setSlot(name: string, node: FuncCall, block: Block, bind: Bind): Expr {
  if (block.noSets !== undefined) {
    const reason = `set-returning functions are not allowed in ${block.noSets}`
    return invalid(block.query.text, node.location, reason, 'call it in FROM, and use its column')
  }
  const list = listIn(name, node, block, bind)
  const key = canonical(list)
  const known = block.sets.find(each => canonical(each.list) === key)
  if (known !== undefined) return slotColumn(Input.set, known.name)
  const { element } = typeIn(block, list).type as ListType
  const slot: SetSlot = { name: `set_${block.sets.length}`, type: element.type, nullable: true, list }
  block.sets.push(slot)
  return slotColumn(Input.set, slot.name)
}

const setsIn = (expr: Expr): readonly string[] =>
  columnsOf(expr).flatMap(({ input, path }) => (input === Input.set ? [path[0] as string] : []))

/** The sets that expressions are made of, those within others too. */
export function setsOf(exprs: readonly Expr[], block: Block): readonly SetSlot[] {
  const found = new Set<string>()
  const add = (expr: Expr): void => {
    for (const name of setsIn(expr)) {
      if (found.has(name)) continue
      found.add(name)
      add((block.sets.find(each => each.name === name) as SetSlot).list)
    }
  }
  exprs.forEach(add)
  return block.sets.filter(each => found.has(each.name))
}

/** The rows of a stage for each element of these sets. */
export function withSets(stage: Stage, slots: readonly SetSlot[]): Stage {
  const ready = slots.filter(each => setsIn(each.list).every(name => !slots.some(other => other.name === name)))
  if (ready.length === 0) return stage
  const own = schema(stage.node).fields.map(each => each.name)
  const names = distinctNames(
    ready.map(each => each.name),
    own,
  )
  const lists = ready.map((each, i): Named => ({ name: names[i] as string, expr: over(stage, each.list) }))
  const columns = new Map(ready.map((each, i) => [each.name, names[i] as string]))
  const next = stageOf(stage.block, sideBySide(stage.node, lists), expr => {
    const name = expr.kind === 'column' && expr.input === Input.set ? columns.get(expr.path[0] as string) : undefined
    return name === undefined ? stage.replace(expr) : column(name)
  })
  for (const [name, value] of stage.attached) next.attached.set(name, value)
  return withSets(
    next,
    slots.filter(each => !ready.includes(each)),
  )
}

/** A row for each element of the lists, under their names. */
export function sideBySide(node: PlanNode, lists: readonly Named[], ordinal?: string, outer = false): PlanNode {
  const own = schema(node).fields.map(({ name }): Named => ({ name, expr: column(name) }))
  const [only, more] = lists as readonly [Named, Named?]
  if (more === undefined) return explodeOf(selectOf(node, [...own, only]), only.name, [only.name], ordinal, outer)
  const [at] = distinctNames(
    ['at'],
    [...own, ...lists].map(each => each.name),
  ) as [string]
  const none = literal(0, scalars.int)
  const lengths = lists.map(each => call('coalesce', call('length', column(each.name)), none))
  const listed = selectOf(node, [...own, ...lists])
  const numbers = call('series', literal(1, scalars.int), call('greatest', ...lengths))
  const kept = [...own, ...lists].map(({ name }): Named => ({ name, expr: column(name) }))
  const rows = explodeOf(selectOf(listed, [...kept, { name: at, expr: numbers }]), at, [at], ordinal, outer)
  const last: readonly Named[] = ordinal === undefined ? [] : [{ name: ordinal, expr: column(ordinal) }]
  const values = lists.map(({ name }): Named => ({ name, expr: call('array_get', column(name), column(at)) }))
  return selectOf(rows, [...own, ...values, ...last])
}
