// A join. Keys of different types are compared in the type that holds both, as SQL's
// equality does; the output's columns are computed over both sides.
import {
  call,
  cast,
  columnsOf,
  compileExpr,
  compilePredicate,
  conjoin,
  conjuncts,
  type Expr,
  type Predicate,
  substitute,
  typeOf,
  unify,
} from '../expr/index.ts'
import {
  type JoinSpec,
  join,
  type Operator,
  type OperatorContext,
  type Rounds,
  replay,
  roundJoin,
  select,
} from '../ops/index.ts'
import {
  awaitsRight,
  canFail,
  isHalfJoin,
  type Join,
  joinFacts,
  joinSides,
  type Moment,
  properties,
  schema,
} from '../plan/index.ts'
import { type ColumnType, leaves, type PlainKind, type Schema, scalars } from '../types/index.ts'
import { flatten } from './flat.ts'
import { addVertex, type Outlet } from './graph.ts'
import { columnNumber, kindsOf, type Lowering, leaving, only, sourceOf } from './lowering.ts'

export function lowerJoin(node: Join, on: Lowering): Outlet {
  const [left, right] = [schema(node.left), schema(node.right)]
  const inputs = [on.outlet(node.left), on.outlet(node.right)]
  const { rounds } = on
  const joined = addVertex(on.graph, 'join', inputs, context => {
    if (rounds !== undefined) return joinInRounds(node, [left, right], rounds, on, context)
    return join(specOf(node, left, right, on, context), context)
  })
  const sides = joinSides(node, left, right)
  const build = (context: OperatorContext) =>
    select(
      flatten(node.columns, sides).map(each => compileExpr(each.expr, sides, context.memory)),
      context,
    )
  return only(addVertex(on.graph, 'select', [leaving(node, joined, on)], build))
}

/** Inner joins are linear in each side; which rows are by themselves is decided key by key, from all rows of the key. */
function joinInRounds(
  node: Join,
  [left, right]: readonly [Schema, Schema],
  rounds: Rounds,
  on: Lowering,
  context: OperatorContext,
): Operator {
  const build = (inner: OperatorContext): JoinSpec => specOf(node, left, right, on, inner)
  if (node.type === 'inner') {
    const { left: l, right: r, residual } = build(context)
    return roundJoin({ keys: [l.keys, r.keys], kinds: [l.kinds, r.kinds], residual }, rounds, context)
  }
  const kinds = [kindsOf(left), kindsOf(right)] as const
  const keys = node.on.map(pair => [columnNumber(pair.left, left), columnNumber(alone(pair.right), right)] as const)
  // Keys that are computed, or compared in another type, are in no column: then all rows are of one key.
  const own = keys.every(
    ([l, r]) => l !== undefined && r !== undefined && kinds[0][l] === kinds[1][r] && sameKey(left, l, right, r),
  )
  const key = (side: 0 | 1): readonly number[] => (own ? keys.map(each => each[side] as number) : [])
  const ports = [
    { key: key(0), kinds: kinds[0] },
    { key: key(1), kinds: kinds[1] },
  ]
  const output = isHalfJoin(node) ? kinds[0] : [...kinds[0], ...kinds[1]]
  const one = (inner: OperatorContext): Operator =>
    join({ ...build(inner), awaits: false, leftEnds: false, hold: false, time: undefined }, inner)
  return replay({ name: 'join', ports, output, always: false, build: one }, rounds, context)
}

/** Columns whose bytes are equal where their values are. */
function sameKey(left: Schema, l: number, right: Schema, r: number): boolean {
  const [a, b] = [leaves(left)[l]?.type, leaves(right)[r]?.type]
  return a !== undefined && b !== undefined && a.kind === b.kind && a.kind !== 'interval'
}

function specOf(node: Join, left: Schema, right: Schema, on: Lowering, context: OperatorContext): JoinSpec {
  const { time } = node
  const conditions = conditionsOf(node)
  const predicate = (parts: readonly Expr[], of: readonly Schema[]): Predicate | undefined =>
    parts.length === 0 ? undefined : compilePredicate(conjoin(parts), of, context.memory)
  const pairs = node.on.map(pair => aligned(pair.left, pair.right, [left, right]))
  const [leftKnown, rightKnown] = [properties(node.left), properties(node.right)]
  const facts = joinFacts(node, leftKnown, rightKnown)
  return {
    type: node.type,
    left: {
      keys: pairs.map(each => sourceOf(each.left, left, context)),
      kinds: kindsOf(left),
      able: predicate(conditions.left, [left]),
      time: time && timeOf(time.left, left),
    },
    right: {
      keys: pairs.map(each => sourceOf(alone(each.right), right, context)),
      kinds: kindsOf(right),
      able: predicate(conditions.right.map(alone), [right]),
      time: time && timeOf(time.right, right),
    },
    residual: predicate(conditions.both, [left, right]),
    bounds: time && { before: time.before, after: time.after },
    awaits: awaitsRight(node, on.isBatch),
    leftEnds: leftKnown.bounded && !rightKnown.bounded,
    hold: facts.hold,
    time: facts.time,
  }
}

interface Conditions {
  readonly left: readonly Expr[]
  readonly right: readonly Expr[]
  readonly both: readonly Expr[]
}

/**
 * Conditions that are on one side alone stay above that side when its rows are asked for by themselves; they say at once
 * which of its rows meet nobody. They are evaluated for rows without partners too: those that could fail wait for a pair.
 */
function conditionsOf({ type, residual }: Join): Conditions {
  const asked = [type === 'left' || type === 'full' || type === 'anti', type === 'right' || type === 'full']
  const parts: [Expr[], Expr[], Expr[]] = [[], [], []]
  for (const part of residual === undefined ? [] : conjuncts(residual)) {
    const inputs = [...new Set(columnsOf(part).map(each => each.input))]
    const [side] = inputs
    parts[inputs.length === 1 && side !== undefined && asked[side] === true && !canFail(part) ? side : 2]?.push(part)
  }
  const [left, right, both] = parts
  return { left, right, both }
}

const timeOf = ({ path, shift }: Moment, of: Schema) => ({
  column: columnNumber({ kind: 'column', path, input: 0 }, of) as number,
  shift,
})

/** An expression over the right side, as one over its only input. */
export function alone(expr: Expr): Expr {
  return substitute(expr, each => Object.freeze({ ...each, input: 0 }))
}

export function aligned(
  left: Expr,
  right: Expr,
  inputs: readonly Schema[],
): { readonly left: Expr; readonly right: Expr } {
  const [a, b] = [typeOf(left, inputs).type, typeOf(right, inputs).type]
  const shared = sharedKind(a, b)
  if (shared === undefined) return { left: canonicalKey(left, a), right: canonicalKey(right, b) }
  const to = (expr: Expr, type: ColumnType): Expr => (type.kind === shared ? expr : cast(expr, scalars[shared]))
  return { left: to(left, a), right: to(right, b) }
}

/** Keys are compared as bytes: intervals of one length (30 days, a month) are equal, and get the same. */
const canonicalKey = (key: Expr, { kind }: ColumnType): Expr =>
  kind === 'interval' ? call('justify_interval', key) : key

/** The type that holds the values of both; integers and floats meet in double. Undefined: they are the same. */
const sharedKind = (a: ColumnType, b: ColumnType): PlainKind | undefined =>
  a.kind === b.kind ? undefined : unify(a.kind as PlainKind, b.kind as PlainKind)
