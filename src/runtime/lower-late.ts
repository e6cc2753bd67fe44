// Late rows: of the operators that leave them out, which are there anyway. Their projections' columns are cut back to the
// input's; behind them are the reason, by how much, and the watermark.
import { Kind, nullColumn, withColumns } from '../data/index.ts'
import { type OperatorContext, stateless, union } from '../ops/index.ts'
import { type Late, lateInput, type Node, schema } from '../plan/index.ts'
import { leaves } from '../types/index.ts'
import { addVertex, type Outlet, type Vertex } from './graph.ts'
import { lateAggregate } from './lower-aggregate.ts'
import { type Lowering, only } from './lowering.ts'

export function lowerLate(node: Late, on: Lowering): Outlet {
  const kept = leaves(schema(lateInput(node))).length
  const cut = addVertex(on.graph, 'late', [lateOutlet(node, on)], () => ({
    ...stateless,
    name: 'late',
    step(_port, delta, emit) {
      emit(0, withColumns(delta, [...delta.columns.slice(0, kept), ...delta.columns.slice(-3)]))
    },
  }))
  const untimed = untimedOf(lateInput(node), on)
  return untimed === undefined ? only(cut) : only(addVertex(on.graph, 'union', [only(cut), untimed], () => union()))
}

function lateOutlet({ of, side }: Late, on: Lowering): Outlet {
  if (of.kind === 'aggregate') return lateAggregate(of, on)
  on.outlet(on.finals.get(of) ?? of)
  const outlets = on.leftOut.get(of.kind === 'final' ? of.input : of)
  return outlets?.[side === 'left' ? 0 : 1] as Outlet
}

/** Rows without event time lie in no window: they leave where the windows are made, and get empty ones. */
function untimedOf(input: Node, on: Lowering): Outlet | undefined {
  if (input.kind !== 'window') return undefined
  const window = on.outlet(input).vertex as Vertex
  const before = leaves(schema(input)).length - 2
  const build = (context: OperatorContext) => ({
    ...stateless,
    name: 'untimed',
    step(_port: number, delta: Parameters<typeof withColumns>[0], emit: Vertex['emit']) {
      const empty = nullColumn(Kind.I64, delta.rows, context.arena)
      const { columns } = delta
      emit(0, withColumns(delta, [...columns.slice(0, before), empty, empty, ...columns.slice(before)]))
    },
  })
  return only(addVertex(on.graph, 'untimed', [window.outlets[1] as Outlet], build))
}
