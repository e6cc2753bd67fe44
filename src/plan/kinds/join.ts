// A join on equalities of a stream (left) with a static table (right).
import { excerpt } from '../../base/index.ts'
import { canonical, show } from '../../expr/index.ts'
import type { Join, Node } from '../node.ts'
import { named, orNull } from './fields.ts'
import { bound, exprsOf, kept, type NodeKind, namesIn, narrowColumns } from './kind.ts'
import { passKeys, passMoment, passWindow } from './passing.ts'
import { list, namedText } from './texts.ts'

export const join: NodeKind<Join> = {
  inputs: node => [node.left, node.right],
  over: (node, [left, right]) => Object.freeze({ ...node, left: left as Node, right: right as Node }),
  schema(node, of) {
    const [left, right] = [of(node.left), of(node.right)]
    return named(node.columns, [left, node.type === 'inner' ? right : orNull(right)])
  },
  properties({ on, columns, ...node }, _inherited, of) {
    const [left, right] = [of(node.left), of(node.right)]
    const joined = on.map(each => (each.right.kind === 'column' ? each.right.path[0] : undefined))
    const single = right.keys?.every(key => joined.includes(key)) === true
    return {
      // Whole before the first row; a right side that never ends is refused, whatever it does.
      appendOnly: left.appendOnly,
      keys: single ? passKeys(columns, left.keys) : undefined,
      eventTime: passMoment(columns, left.eventTime),
      window: passWindow(columns, left.window),
      size: left.size.class === 'unbounded' || right.size.class !== 'unbounded' ? left.size : right.size,
      state: bound(right.bounded ? 'keys' : 'unbounded', right.bounded ? '≤ rows of the right side' : 'UNBOUNDED'),
    }
  },
  parts: node => [
    node.type,
    ...node.on.map(each => list(canonical(each.left), canonical(each.right))),
    '|',
    ...node.columns.map(namedText),
  ],
  words: node =>
    `${node.type} join on ${node.on.map(each => `${show(each.left)} = ${show(each.right)}`).join(' AND ')}`,
  needs(node, wanted) {
    const exprs = exprsOf(kept(node.columns, wanted))
    return [
      [node.left, namesIn([...exprs, ...node.on.map(each => each.left)])],
      [node.right, namesIn([...exprs, ...node.on.map(each => each.right)], 1)],
    ]
  },
  narrow: narrowColumns,
  refuse({ right }, { endless }, plan) {
    if (!endless || plan.of(right).bounded) return undefined
    const source = plan.nodesOf(right).find(each => each.kind === 'source' && !each.spec.bounded)
    return {
      code: 'JOIN_RIGHT_UNBOUNDED',
      params: { right: source?.kind === 'source' ? excerpt(source.spec.name) : right.kind },
    }
  },
}
