// As-of joins: `trades.asOf(quotes, { on: (t, q) => t.symbol.eq(q.symbol) })`.
import { type Duration, micros, optionsFor } from '../base/index.ts'
import { conjuncts, show } from '../expr/index.ts'
import { type AsOfDirection, asOfJoin, badVerb, type JoinPair, type Node, schema } from '../plan/index.ts'
import type { BoolExpr, Columns, NullableBoolExpr } from '../types/index.ts'
import { expressionFrom } from './expressions.ts'
import { equality, sideBySide } from './join.ts'
import { rowOf } from './row.ts'
import type { RightRow, Selection } from './rows.ts'
import { namedFrom } from './verbs.ts'

export interface AsOfOptions<Left, Right, Type extends 'inner' | 'left', S extends Selection> {
  /** One or more equalities between both sides: which versions are of a row. Without them all are. */
  readonly on?: (left: Columns<Left>, right: Columns<Right>) => BoolExpr | NullableBoolExpr
  /** inner (default): rows that have a version. left: all rows of this table, with nulls where there is none. */
  readonly type?: Type
  /** backward (default): the last version up to the row's time. forward: the first from it on. nearest: the nearer one. */
  readonly direction?: AsOfDirection
  /** How far away in event time the version may be; default: any distance. */
  readonly tolerance?: Duration
  /** The columns of the result; default: all of the left, and those of the right whose names the left doesn't have. */
  readonly select?: (left: Columns<Left>, right: Columns<RightRow<Right, Type>>) => S
}

interface Untyped {
  readonly on?: (left: never, right: never) => unknown
  readonly type?: 'inner' | 'left'
  readonly direction?: AsOfDirection
  readonly tolerance?: Duration
  readonly select?: (left: never, right: never) => unknown
}

export function asOfNode(left: Node, right: Node, given: Untyped): Node {
  const options = optionsFor('asOf', given, 'pass { on: (a, b) => a.id.eq(b.id) }')
  const { type = 'inner', direction = 'backward', tolerance } = options
  const rows = [rowOf(schema(left), 0), rowOf(schema(right), 1)] as [never, never]
  const on = pairsFrom(options.on, rows)
  const columns =
    options.select === undefined
      ? sideBySide(type, schema(left), schema(right), on)
      : namedFrom('asOf', options.select as (...rows: readonly never[]) => unknown, ...rows)
  return asOfJoin(left, right, {
    type,
    direction,
    on,
    tolerance: tolerance === undefined ? undefined : micros(tolerance),
    columns,
  })
}

function pairsFrom(on: Untyped['on'], rows: [never, never]): readonly JoinPair[] {
  if (on === undefined) return []
  return conjuncts(expressionFrom('asOf', on as (...rows: [never, never]) => unknown, ...rows)).map(
    each =>
      equality(each) ??
      badVerb(
        'asOf',
        `${show(each)} is not an equality between both sides`,
        'put other conditions into .where(…) behind it',
      ),
  )
}
