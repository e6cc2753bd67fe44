// Rankings: groups and orders as columns or compiled expressions; a window among the groups by its end.
import { type OperatorContext, type RankSpec, rank } from '../ops/index.ts'
import { type Over, properties, type Rank, schema } from '../plan/index.ts'
import { flatten } from './flat.ts'
import { addVertex, type Outlet } from './graph.ts'
import { columnNumber, inRounds, kindsOf, type Lowering, leaving, sourceOf } from './lowering.ts'

export function lowerRank(node: Rank, emit: RankSpec['emit'], on: Lowering): Outlet {
  const input = schema(node.input)
  const groups = flatten(node.per, [input])
  const build = (context: OperatorContext) =>
    rank(
      {
        per: groups.map(({ expr, type, nullable }) => ({ by: sourceOf(expr, input, context), type, nullable })),
        order: node.keys.map(({ expr, descending, nulls }) => ({
          by: sourceOf(expr, input, context),
          order: { descending, nulls },
        })),
        kinds: kindsOf(input),
        rank: node.rank,
        limit: node.limit,
        shown: node.as !== undefined,
        appendOnlyInput: properties(node.input).appendOnly,
        window: windowEnd(node),
        emit,
      },
      context,
    )
  // Groups that are computed are not in the rows: then the whole table is one group for the rounds.
  const keys = groups.map(({ expr }) => columnNumber(expr, input))
  const key = keys.every(each => each !== undefined) ? keys : []
  const ports = [{ key, kinds: kindsOf(input) }]
  const replayed = inRounds({ name: 'rank', ports, output: kindsOf(schema(node)), build }, on)
  return leaving(node, addVertex(on.graph, 'rank', [on.outlet(node.input)], replayed), on)
}

/** Which group is the end of a window, as an operator takes it. */
export function windowEnd(node: Rank | Over): RankSpec['window'] {
  const { window } = properties(node)
  if (window === undefined) return undefined
  const ends = flatten(node.per, [schema(node.input)]).findIndex(
    ({ expr }) => expr.kind === 'column' && expr.path[0] === window.column && expr.path[1] === 'end',
  )
  return { end: ends, accept: window.accept }
}
