// Set operations of tables.
import { badVerb, type Node, type SetOp, setOpOf, unionOf } from '../plan/index.ts'
import { aligned } from './verbs.ts'

const VERBS: Readonly<Record<SetOp['op'], string>> = {
  intersect: 'intersect',
  'intersect all': 'intersectAll',
  except: 'except',
  'except all': 'exceptAll',
}

export function setNode(left: Node, right: { readonly node: Node }, op: SetOp['op']): Node {
  return setOpOf(left, otherSide(VERBS[op], left, right), op)
}

export function unionNode(left: Node, right: { readonly node: Node }): Node {
  return unionOf([left, otherSide('union', left, right)])
}

function otherSide(verb: string, left: Node, right: { readonly node: Node }): Node {
  if (right?.node === undefined) badVerb(verb, 'the other side is not a table', `${verb}(moreRows)`)
  return aligned(verb, left, right.node)
}
