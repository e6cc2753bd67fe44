// An as-of join: event times that are moved (the last instant of a window) become columns of their own first.
import { call, compileExpr, type Expr, literal } from '../expr/index.ts'
import { asOf, type OperatorContext, select } from '../ops/index.ts'
import { type AsOf, joinSides, type Moment, type Node, schema } from '../plan/index.ts'
import { field, leaves, type Schema, scalars, schemaOf } from '../types/index.ts'
import { flatten } from './flat.ts'
import { addVertex, type Outlet } from './graph.ts'
import { aligned, alone } from './lower-join.ts'
import { columnNumber, kindsOf, type Lowering, leaving, only, sourceOf } from './lowering.ts'

interface Timed {
  readonly outlet: Outlet
  readonly of: Schema
  /** Number of the column of event time. */
  readonly time: number
}

export function lowerAsOf(node: AsOf, on: Lowering): Outlet {
  const left = timed(node.left, node.leftTime, on)
  const right = timed(node.right, node.rightTime, on)
  const pairs = node.on.map(pair => aligned(pair.left, pair.right, [left.of, right.of]))
  const joined = addVertex(on.graph, 'as-of', [left.outlet, right.outlet], context =>
    asOf(
      {
        type: node.type,
        direction: node.direction,
        left: {
          keys: pairs.map(each => sourceOf(each.left, left.of, context)),
          time: left.time,
          kinds: kindsOf(left.of),
        },
        right: {
          keys: pairs.map(each => sourceOf(alone(each.right), right.of, context)),
          time: right.time,
          kinds: kindsOf(right.of),
        },
        tolerance: node.tolerance,
      },
      context,
    ),
  )
  const sides = joinSides(node, left.of, right.of)
  const build = (context: OperatorContext) =>
    select(
      flatten(node.columns, sides).map(each => compileExpr(each.expr, sides, context.memory)),
      context,
    )
  return only(addVertex(on.graph, 'select', [leaving(node, joined, on)], build))
}

/** The rows with their event time as a column. */
function timed(input: Node, { path, shift }: Moment, on: Lowering): Timed {
  const of = schema(input)
  const own: Expr = { kind: 'column', path, input: 0 }
  if (shift === 0n) return { outlet: on.outlet(input), of, time: columnNumber(own, of) as number }
  const moved = call('timestamp_add', own, literal(Number(shift), scalars.int))
  const build = (context: OperatorContext) =>
    select([...leaves(of).keys(), compileExpr(moved, [of], context.memory)], context)
  const outlet = only(addVertex(on.graph, 'select', [on.outlet(input)], build))
  return {
    outlet,
    of: schemaOf([...of.fields, field('(event time)', scalars.timestamp, true)]),
    time: leaves(of).length,
  }
}
