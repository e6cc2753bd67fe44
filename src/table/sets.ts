// Set operations of tables.
import { badVerb, type Node, type SetOp, setOpOf } from '../plan/index.ts'
import { aligned } from './verbs.ts'

const VERBS: Readonly<Record<SetOp['op'], string>> = {
  intersect: 'intersect',
  'intersect all': 'intersectAll',
  except: 'except',
  'except all': 'exceptAll',
}

export function setNode(left: Node, right: { readonly node: Node }, op: SetOp['op']): Node {
  const verb = VERBS[op]
  if (right?.node === undefined) badVerb(verb, 'the other side is not a table', `${verb}(otherRows)`)
  return setOpOf(left, aligned(verb, left, right.node), op)
}
