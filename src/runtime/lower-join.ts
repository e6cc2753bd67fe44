// A join of a stream with a static table. Keys of different types are compared in the type that holds both, as SQL's
// equality does; the output's columns are computed over both sides.
import { cast, compileExpr, type Expr, substitute, typeOf } from '../expr/index.ts'
import { join, type OperatorContext, roundJoin, select } from '../ops/index.ts'
import { type Join, orNull, schema } from '../plan/index.ts'
import { type ColumnType, type ScalarKind, type Schema, scalars } from '../types/index.ts'
import { flatten } from './flat.ts'
import { addVertex, type Outlet } from './graph.ts'
import { kindsOf, type Lowering, only, sourceOf } from './lowering.ts'

export function lowerJoin(node: Join, on: Lowering): Outlet {
  const [left, right] = [schema(node.left), schema(node.right)]
  const pairs = node.on.map(pair => aligned(pair.left, pair.right, [left, right]))
  const inputs = [on.outlet(node.left), on.outlet(node.right)]
  const joined = addVertex(on.graph, 'join', inputs, context => {
    const leftKeys = pairs.map(each => sourceOf(each.left, left, context))
    const rightKeys = pairs.map(each => sourceOf(alone(each.right), right, context))
    const [leftKinds, rightKinds] = [kindsOf(left), kindsOf(right)]
    if (on.rounds === undefined) return join({ type: node.type, leftKeys, rightKeys, rightKinds }, context)
    return roundJoin({ keys: [leftKeys, rightKeys], kinds: [leftKinds, rightKinds] }, on.rounds, context)
  })
  const sides = [left, node.type === 'left' ? orNull(right) : right]
  const build = (context: OperatorContext) =>
    select(
      flatten(node.columns, sides).map(each => compileExpr(each.expr, sides, context.memory)),
      context,
    )
  return only(addVertex(on.graph, 'select', [only(joined)], build))
}

/** An expression over the right side, as one over its only input. */
function alone(expr: Expr): Expr {
  return substitute(expr, each => Object.freeze({ ...each, input: 0 }))
}

function aligned(left: Expr, right: Expr, inputs: readonly Schema[]): { readonly left: Expr; readonly right: Expr } {
  const [a, b] = [typeOf(left, inputs).type, typeOf(right, inputs).type]
  const shared = sharedKind(a, b)
  if (shared === undefined) return { left, right }
  const to = (expr: Expr, type: ColumnType): Expr => (type.kind === shared ? expr : cast(expr, scalars[shared]))
  return { left: to(left, a), right: to(right, b) }
}

const WIDENING: readonly (readonly ScalarKind[])[] = [
  ['int', 'bigint', 'float', 'double'],
  ['date', 'timestamp'],
]

/** The type that holds the values of both; integers and floats meet in double. Undefined: they are the same. */
function sharedKind(a: ColumnType, b: ColumnType): ScalarKind | undefined {
  if (a.kind === b.kind) return undefined
  for (const order of WIDENING) {
    const wider = Math.max(order.indexOf(a.kind as ScalarKind), order.indexOf(b.kind as ScalarKind))
    if (!order.includes(a.kind as ScalarKind) || !order.includes(b.kind as ScalarKind)) continue
    return order[wider] === 'float' ? 'double' : order[wider]
  }
  return undefined
}
