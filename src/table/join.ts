// Joins: equalities of both sides (`on: (a, b) => a.id.eq(b.id)`), other conditions joined by `.and`, and a bound in time.
import { badArgument, describeValue, excerpt, optionsFor, type SignedDuration, signedMicros } from '../base/index.ts'
import { call, column, columnsOf, conjuncts, type Expr, sameExpr, show } from '../expr/index.ts'
import {
  badVerb,
  isHalfJoin,
  type JoinPair,
  joinOf,
  type joinSides,
  type Named,
  type Node,
  schema,
} from '../plan/index.ts'
import type { BoolExpr, Columns, NullableBoolExpr, Schema } from '../types/index.ts'
import { expressionFrom } from './expressions.ts'
import { rowOf } from './row.ts'
import type { JoinType, LeftRow, RightRow, Selection } from './rows.ts'
import { namedFrom } from './verbs.ts'

export interface Within {
  /** How long before the left row's event time the right one's may be; default: not at all. Negative: it must be after. */
  readonly before?: SignedDuration
  /** How long after the left row's event time the right one's may be; default: not at all. Negative: it must be before. */
  readonly after?: SignedDuration
}

export interface JoinOptions<Left, Right, Type extends JoinType, S extends Selection> {
  /**
   * inner (default): the pairs. left, right, full: also the rows of that side (of both) that are in no pair, with nulls. semi:
   * the rows of this table that have a partner; anti: those that have none. cross: every row with every row.
   */
  readonly type?: Type
  /** Equalities between both sides, and what else must hold of a pair. NULL equals nothing. Not in a cross join. */
  readonly on?: (left: Columns<Left>, right: Columns<Right>) => BoolExpr | NullableBoolExpr
  /** How far apart in event time the rows of a pair may be: what is kept of both sides is bounded by it. */
  readonly within?: Within
  /**
   * The columns of the result; default: all of the left, and those of the right whose names the left doesn't have. In semi
   * and anti joins there is no right row.
   */
  readonly select?: (left: Columns<LeftRow<Left, Type>>, right: Columns<RightRow<Right, Type>>) => S
}

interface UntypedOptions {
  readonly type?: JoinType
  readonly on?: (left: never, right: never) => unknown
  readonly within?: Within
  readonly select?: (left: never, right: never) => unknown
}

const TYPES: readonly string[] = ['inner', 'left', 'right', 'full', 'semi', 'anti', 'cross'] satisfies JoinType[]

export function joinNodes(left: Node, right: Node, given: UntypedOptions): Node {
  const options = optionsFor('join', given, 'pass { on: (a, b) => a.id.eq(b.id) }')
  const type = typeFrom(options.type ?? 'inner')
  const rows = [rowOf(schema(left), 0), rowOf(schema(right), 1)] as [never, never]
  const within = withinFrom(options.within)
  const conditions = conditionsFrom(type, options, rows)
  const on = conditions.flatMap(each => equality(each) ?? [])
  const residual = conditions.filter(each => equality(each) === undefined)
  const node = type === 'cross' ? 'inner' : type
  const sides = isHalfJoin({ type: node }) ? rows.slice(0, 1) : rows
  const columns =
    options.select === undefined
      ? sideBySide(node, schema(left), schema(right), on)
      : namedFrom('join', options.select as (...rows: readonly never[]) => unknown, ...(sides as never[]))
  return joinOf(left, right, { type: node, on, residual, within, columns })
}

function typeFrom(type: unknown): JoinType {
  if (typeof type === 'string' && TYPES.includes(type)) return type as JoinType
  const given = typeof type === 'string' ? excerpt(type, 20) : describeValue(type)
  return badVerb('join', `there is no ${given} join`, `use one of ${TYPES.map(each => `'${each}'`).join(', ')}`)
}

function conditionsFrom(type: JoinType, options: UntypedOptions, rows: [never, never]): readonly Expr[] {
  const { on, within } = options
  if (type === 'cross' && on !== undefined)
    badVerb('join', 'a cross join has no condition', "leave `on` out, or use { type: 'inner' }")
  if (on === undefined && (type === 'cross' || within !== undefined)) return []
  const found = conjuncts(expressionFrom('join', on as (...rows: [never, never]) => unknown, ...rows))
  if (found.some(each => new Set(columnsOf(each).map(column => column.input)).size === 2)) return found
  return badVerb(
    'join',
    `${show(found[0] as Expr)} is not a condition on both sides`,
    "compare them: { on: (a, b) => a.id.eq(b.id) }; for every row with every row: { type: 'cross' }",
  )
}

function withinFrom(within: Within | undefined): { before: bigint; after: bigint } | undefined {
  if (within === undefined) return undefined
  const fix = "pass { within: { before: '1 hour', after: '5 minutes' } }"
  const { before, after } = optionsFor('join', within, fix)
  if (before === undefined && after === undefined) badArgument('join', 'within', within, fix)
  const span = (duration: SignedDuration | undefined): bigint => (duration === undefined ? 0n : signedMicros(duration))
  return { before: span(before), after: span(after) }
}

/** `a.x = b.y` either way round; undefined: it is another condition. */
export function equality(expr: Expr): JoinPair | undefined {
  if (expr.kind !== 'call' || expr.fn !== 'eq') return undefined
  const [a, b] = expr.args as readonly [Expr, Expr]
  if (side(a) === 0 && side(b) === 1) return { left: a, right: b }
  return side(a) === 1 && side(b) === 0 ? { left: b, right: a } : undefined
}

/** Which input an expression is of: 0, 1, or -1 when it is of both or none. */
function side(expr: Expr): number {
  const inputs = new Set(columnsOf(expr).map(each => each.input))
  return inputs.size === 1 ? ([...inputs][0] as number) : -1
}

const ofRight = (name: string): Expr => Object.freeze({ ...column(name), input: 1 })

/** All columns of the left, and those of the right whose names the left doesn't have. */
export function sideBySide(
  type: Parameters<typeof joinSides>[0]['type'],
  left: Schema,
  right: Schema,
  on: readonly JoinPair[],
): readonly Named[] {
  const ofLeft = left.fields.map(({ name }) => ({ name, expr: column(name) as Expr }))
  if (isHalfJoin({ type })) return ofLeft
  const names = new Set(left.fields.map(each => each.name))
  const clash = right.fields.find(
    each =>
      names.has(each.name) && (!isJoined(each.name, on, left) || (type === 'full' && each.type.kind === 'struct')),
  )
  if (clash !== undefined)
    badVerb(
      'join',
      `both sides have a column ${excerpt(clash.name)}`,
      'rename one, or choose columns: { select: (left, right) => ({ … }) }',
    )
  const shared = new Set(right.fields.flatMap(each => (names.has(each.name) ? [each.name] : [])))
  return [
    ...ofLeft.map(each => (shared.has(each.name) ? { ...each, expr: either(type, each.name) } : each)),
    ...right.fields.filter(each => !names.has(each.name)).map(({ name }) => ({ name, expr: ofRight(name) })),
  ]
}

/** A column that both sides have, and that is equal in a pair: of the side that has a row. */
function either(type: string, name: string): Expr {
  if (type === 'right') return ofRight(name)
  return type === 'full' ? call('coalesce', column(name), ofRight(name)) : column(name)
}

/** The equality is `left.name = right.name` (of a struct: of its fields): one column stands for both. */
function isJoined(name: string, on: readonly JoinPair[], { fields }: Schema): boolean {
  const type = fields.find(each => each.name === name)?.type
  const paths = type?.kind === 'struct' ? type.fields.map(each => [name, each.name]) : [[name]]
  const is = (expr: Expr, path: readonly string[], input: number): boolean =>
    sameExpr(expr, { kind: 'column', path, input })
  return paths.every(path => on.some(each => is(each.left, path, 0) && is(each.right, path, 1)))
}
