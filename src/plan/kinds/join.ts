// A join of two tables. Both may change; state is bounded by time, by windows, by a side that ends, or by the size of both.
import { excerpt, showDuration } from '../../base/index.ts'
import { canonical, show } from '../../expr/index.ts'
import type { Join, Moment, Node } from '../node.ts'
import { named } from './fields.ts'
import { joinFacts, joinKeys, joinSides, joinState } from './join-facts.ts'
import { type Below, exprsOf, kept, type NodeKind, namesIn, narrowColumns, type Refusal } from './kind.ts'
import { list, namedText } from './texts.ts'

export const join: NodeKind<Join> = {
  inputs: node => [node.left, node.right],
  over: (node, [left, right]) => Object.freeze({ ...node, left: left as Node, right: right as Node }),
  schema: (node, of) => named(node.columns, joinSides(node, of(node.left), of(node.right))),
  properties(node, _inherited, of) {
    const [left, right] = [of(node.left), of(node.right)]
    const { appendOnly, eventTime, window } = joinFacts(node, left, right)
    const grows = left.size.class === 'unbounded' || right.size.class !== 'unbounded'
    return {
      appendOnly,
      keys: joinKeys(node, left, right),
      eventTime,
      window,
      size: grows || node.type === 'semi' || node.type === 'anti' ? left.size : right.size,
      state: joinState(node, left, right),
    }
  },
  parts: node => [
    node.type,
    ...node.on.map(each => list(canonical(each.left), canonical(each.right))),
    '|',
    node.residual === undefined ? '' : canonical(node.residual),
    timeText(node),
    '|',
    ...node.columns.map(namedText),
  ],
  words(node) {
    const conditions = [...node.on.map(each => `${show(each.left)} = ${show(each.right)}`), ...residualText(node)]
    if (conditions.length === 0 && node.type === 'inner') return `cross join${withinText(node)}`
    return `${node.type} join on ${conditions.join(' AND ') || 'true'}${withinText(node)}`
  },
  needs(node, wanted) {
    const exprs = exprsOf(kept(node.columns, wanted))
    if (node.residual !== undefined) exprs.push(node.residual)
    return [
      [node.left, [...namesIn([...exprs, ...node.on.map(each => each.left)]), ...pathOf(node.time?.left)]],
      [node.right, [...namesIn([...exprs, ...node.on.map(each => each.right)], 1), ...pathOf(node.time?.right)]],
    ]
  },
  narrow: narrowColumns,
  refuse(node, { endless, unbounded }, plan) {
    const state = joinState(node, plan.of(node.left), plan.of(node.right))
    return endless && unbounded !== true && state.class === 'unbounded' ? withoutBound(node, plan) : undefined
  },
}

const pathOf = (moment: Moment | undefined): readonly string[] =>
  moment === undefined ? [] : [moment.path[0] as string]

const residualText = ({ residual }: Join): readonly string[] => (residual === undefined ? [] : [show(residual)])

function timeText({ time }: Join): string {
  if (time === undefined) return ''
  const { left, right, before, after } = time
  return list(...left.path, String(left.shift), '|', ...right.path, String(right.shift), String(before), String(after))
}

function withinText({ time }: Join): string {
  if (time === undefined) return ''
  if (time.window !== undefined) return ', within their windows'
  return `, within ${showDuration(time.before)} before and ${showDuration(time.after)} after`
}

/** Both sides grow for ever, or one does that the other's rows wait for. */
function withoutBound({ type, left, right }: Join, plan: Below): Refusal {
  const sides = [left, right].map(each => ({ node: each, known: plan.of(each) }))
  const growing = sides.flatMap(({ known }, i) =>
    known.size.class === 'unbounded' ? [i === 0 ? 'left' : 'right'] : [],
  )
  const timeless = sides.flatMap(({ known }, i) => (known.eventTime === undefined ? [i === 0 ? 'left' : 'right'] : []))
  const bounds =
    "{ within: { before: '10 minutes' } } or { within: { before: '10 minutes', after: '10 minutes' } }, or cut both into windows that are equal: a.window.eq(b.window)"
  const fix =
    timeless.length > 0
      ? `give the ${timeless.join(' and the ')} side an event time (read.json(…, { time: 'at', lateBy: '5 minutes' })), then bound the join by it: ${bounds}`
      : `bound it by time: ${bounds}; ${sides.map(({ node }, i) => `the ${i === 0 ? 'left' : 'right'} side is ${lateness(node, plan)}`).join(', ')}`
  return { code: 'JOIN_UNBOUNDED', params: { type, side: growing.join(' and the '), fix } }
}

/** By how much rows of a side may come late: what its watermark is behind. */
function lateness(node: Node, plan: Below): string {
  const sources = plan.nodesOf(node).flatMap(each => (each.kind === 'source' && each.time !== undefined ? [each] : []))
  const texts = sources.map(each => `late by ${showDuration(each.time?.lateBy ?? 0n)} (${excerpt(each.spec.name, 40)})`)
  return texts.join(' and ') || 'without a source that has event time'
}
