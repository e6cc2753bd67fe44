// Joins of a stream with a static table on equalities: `on: (a, b) => a.id.eq(b.id)`, several joined by `.and`.
import { describeValue, excerpt } from '../base/index.ts'
import { column, columnsOf, conjuncts, type Expr, show } from '../expr/index.ts'
import { badVerb, joinOf, type Named, type Node, schema } from '../plan/index.ts'
import type { BoolExpr, Columns, NullableBoolExpr, Schema } from '../types/index.ts'
import { expressionFrom } from './expressions.ts'
import { rowOf } from './row.ts'
import type { JoinType, RightRow, Selection } from './rows.ts'
import { namedFrom } from './verbs.ts'

export interface JoinOptions<Left, Right, Type extends JoinType, S extends Selection> {
  /** inner (default): only rows with a match. left: all rows of this table, null where there is no match. */
  readonly type?: Type
  /** One or more equalities between both sides. */
  readonly on: (left: Columns<Left>, right: Columns<Right>) => BoolExpr | NullableBoolExpr
  /** The columns of the result; default: all of the left, and those of the right whose names the left doesn't have. */
  readonly select?: (left: Columns<Left>, right: Columns<RightRow<Right, Type>>) => S
}

interface UntypedOptions {
  readonly type?: JoinType
  readonly on: (left: never, right: never) => unknown
  readonly select?: (left: never, right: never) => unknown
}

export function joinNodes(left: Node, right: Node, options: UntypedOptions): Node {
  const type = options?.type ?? 'inner'
  if (type !== 'inner' && type !== 'left')
    badVerb(
      'join',
      `there is no ${typeof type === 'string' ? excerpt(type, 20) : describeValue(type)} join`,
      "use { type: 'inner' } or { type: 'left' }",
    )
  const rows = [rowOf(schema(left), 0), rowOf(schema(right), 1)] as [never, never]
  const on = conjuncts(expressionFrom('join', options?.on, ...rows)).map(equality)
  const { select } = options
  const columns =
    select === undefined ? sideBySide(schema(left), schema(right), on) : namedFrom('join', select, ...rows)
  return joinOf(left, right, type, on, columns)
}

interface Equality {
  readonly left: Expr
  readonly right: Expr
}

/** `a.x = b.y` either way round; anything else is refused. */
function equality(expr: Expr): Equality {
  if (expr.kind === 'call' && expr.fn === 'eq') {
    const [a, b] = expr.args as readonly [Expr, Expr]
    if (side(a) === 0 && side(b) === 1) return { left: a, right: b }
    if (side(a) === 1 && side(b) === 0) return { left: b, right: a }
  }
  return badVerb(
    'join',
    `${show(expr)} is not an equality between both sides`,
    'join on equalities, and put the rest into .where(…)',
  )
}

/** Which input an expression is of: 0, 1, or -1 when it is of both or none. */
function side(expr: Expr): number {
  const inputs = new Set(columnsOf(expr).map(each => each.input))
  return inputs.size === 1 ? ([...inputs][0] as number) : -1
}

/** All columns of the left, and those of the right whose names the left doesn't have. */
function sideBySide(left: Schema, right: Schema, on: readonly Equality[]): readonly Named[] {
  const names = new Set(left.fields.map(each => each.name))
  const clash = right.fields.find(each => names.has(each.name) && !isJoined(each.name, on))
  if (clash !== undefined)
    badVerb(
      'join',
      `both sides have a column ${excerpt(clash.name)}`,
      'rename one, or choose columns: { select: (left, right) => ({ … }) }',
    )
  return [
    ...left.fields.map(({ name }) => ({ name, expr: column(name) })),
    ...right.fields
      .filter(each => !names.has(each.name))
      .map(({ name }) => ({ name, expr: Object.freeze({ ...column(name), input: 1 }) })),
  ]
}

/** The equality is `left.name = right.name`: one column stands for both. */
function isJoined(name: string, on: readonly Equality[]): boolean {
  const is = (expr: Expr): boolean => expr.kind === 'column' && expr.path.length === 1 && expr.path[0] === name
  return on.some(each => is(each.left) && is(each.right))
}
