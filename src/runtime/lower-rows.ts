// Dedup, set operations, explode, the time of the epoch, windows by count.
import {
  countWindow,
  type DedupSpec,
  dedup,
  type ExplodeSpec,
  explode,
  now,
  type OperatorContext,
  setOp,
} from '../ops/index.ts'
import { type CountWindow, type Dedup, type Explode, type Now, properties, type SetOp, schema } from '../plan/index.ts'
import { type Leaf, leaves, type ScalarType } from '../types/index.ts'
import { flatten } from './flat.ts'
import { addVertex, type Outlet } from './graph.ts'
import { columnNumber, type Lowering, leaving, only, sourceOf } from './lowering.ts'

export function lowerDedup(node: Dedup, on: Lowering): Outlet {
  const input = schema(node.input)
  const by = flatten(node.by, [input])
  const build = (context: OperatorContext) =>
    dedup(
      {
        by: by.map(({ expr, type, nullable }) => ({ by: sourceOf(expr, input, context), type, nullable })),
        time: timeOf(node),
      },
      context,
    )
  return leaving(node, addVertex(on.graph, 'dedup', [on.outlet(node.input)], build), on)
}

function timeOf({ input, time }: Dedup): DedupSpec['time'] {
  if (time === undefined) return undefined
  const { of, within } = time
  const column = columnNumber({ kind: 'column', path: of.path, input: 0 }, schema(input)) as number
  return { column, shift: of.shift, within }
}

export function lowerSetOp(node: SetOp, on: Lowering): Outlet {
  const [left, right] = [leaves(schema(node.left)), leaves(schema(node.right))]
  const columns = left.map(({ type, nullable }, i) => ({
    type: type as ScalarType,
    nullable: nullable || right[i]?.nullable === true,
  }))
  const inputs = [on.outlet(node.left), on.outlet(node.right)]
  return only(addVertex(on.graph, node.op, inputs, context => setOp({ op: node.op, columns }, context)))
}

export function lowerExplode(node: Explode, on: Lowering): Outlet {
  const input = schema(node.input)
  const all = leaves(input)
  const column = all.findIndex(each => each.path.length === 1 && each.path[0] === node.column)
  const { type } = all[column] as Leaf
  const spec: ExplodeSpec = {
    column,
    type: type as ExplodeSpec['type'],
    ordinal: node.ordinal !== undefined,
    outer: node.outer,
  }
  return only(addVertex(on.graph, 'explode', [on.outlet(node.input)], context => explode(spec, context)))
}

/** What ends has one time, and so have rows that may go again. */
export function lowerNow({ input }: Now, on: Lowering): Outlet {
  const { appendOnly, bounded } = properties(input)
  const spec = { once: on.isBatch || bounded || !appendOnly }
  return only(addVertex(on.graph, 'now', [on.outlet(input)], context => now(spec, context)))
}

export function lowerCountWindow(node: CountWindow, on: Lowering): Outlet {
  const { size, every, partial, number } = node
  const hasShort = partial === 'first' || partial === 'both'
  const spec = { number: leaves(schema(node.input)).findIndex(each => each.path[0] === number), size, every, hasShort }
  return only(addVertex(on.graph, 'countWindow', [on.outlet(node.input)], context => countWindow(spec, context)))
}
