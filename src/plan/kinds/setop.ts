// INTERSECT and EXCEPT, of multisets where all are kept.
import { field, schemaOf } from '../../types/index.ts'
import type { Node, SetOp } from '../node.ts'
import { stateOf } from './distinct.ts'
import { bound, FINITE, type NodeKind } from './kind.ts'
import { place } from './union.ts'

export const setop: NodeKind<SetOp> = {
  inputs: node => [node.left, node.right],
  over: (node, [left, right]) => Object.freeze({ ...node, left: left as Node, right: right as Node }),
  schema({ left, right, op }, of) {
    const theirs = of(right).fields
    const both = op.startsWith('intersect')
    return schemaOf(
      of(left).fields.map((each, i) =>
        field(each.name, each.type, each.nullable && (!both || theirs[i]?.nullable === true)),
      ),
    )
  },
  properties({ left: leftNode, right: rightNode, op }, inherited, of) {
    const [left, right] = [of(leftNode), of(rightNode)]
    const all = inherited.schema.fields.map(each => each.name)
    const states = [stateOf(left), stateOf(right)]
    const state = inherited.bounded
      ? FINITE
      : (states.find(each => each.class === 'unbounded') ?? bound('keys', '≤ different rows'))
    return {
      appendOnly: op.startsWith('intersect') && left.appendOnly && right.appendOnly,
      keys: left.keys ?? (op.endsWith('all') ? undefined : all),
      eventTime: place(left) !== undefined && place(left) === place(right) ? left.eventTime : undefined,
      window: undefined,
      state,
      size: left.size,
    }
  },
  parts: node => [node.op],
  words: node => node.op,
  needs: ({ left, right }, _wanted, all) => [
    [left, all(left)],
    [right, all(right)],
  ],
  stateFix: 'select the columns that tell rows apart, without the time',
}
