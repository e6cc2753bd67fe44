// Makers of joins.
import { type Expr, typeOf } from '../../expr/index.ts'
import type { Join, Named, Node } from '../node.ts'
import { schema } from '../schema.ts'
import { badVerb, checked, expectOrder, frozen } from './checked.ts'

export function joinOf(
  left: Node,
  right: Node,
  type: 'inner' | 'left',
  on: readonly { readonly left: Expr; readonly right: Expr }[],
  columns: readonly Named[],
): Join {
  if (on.length === 0) badVerb('join', 'there is no equality', 'write { on: (a, b) => a.id.eq(b.id) }')
  const schemas = [schema(left), schema(right)]
  for (const pair of on) {
    expectOrder(pair.left, schemas, 'join')
    expectOrder(pair.right, schemas, 'join')
    typeOf(Object.freeze({ kind: 'call', fn: 'eq', args: Object.freeze([pair.left, pair.right]) }), schemas)
  }
  return checked({
    kind: 'join',
    left,
    right,
    type,
    on: frozen(on.map(each => Object.freeze({ ...each }))),
    columns: frozen(columns),
  })
}
