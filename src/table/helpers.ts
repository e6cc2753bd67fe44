// Expressions that do not start with a column: when(…).otherwise(…), coalesce, concat, lit, and, or, not.
import { describeValue, fail } from '../base/index.ts'
import { type CaseExpr, call, type Expr, literal } from '../expr/index.ts'
import { badVerb } from '../plan/index.ts'
import {
  type AnyBool,
  type BoolArg,
  type CastTargets,
  type Expression,
  type ExprOf,
  type List,
  type PlainKind,
  type StrArg,
  scalars,
  type ValueOf,
} from '../types/index.ts'
import { nodeOf, notAValue } from './expression.ts'
import { literalFrom } from './literal.ts'
import { make } from './methods.ts'

/** What an expression can be made of. */
export type Selectable = Expression<unknown> | string | number | bigint | boolean | Date | Uint8Array

/** A case expression that still lacks its last part. */
export interface When<V> {
  /** Another condition, tried when those before are not true. */
  when<T extends Selectable>(condition: AnyBool, then: T): When<V | ValueOf<T>>
  /** The value where no condition is true. */
  otherwise<T extends Selectable | null>(value: T): ExprOf<V | ValueOf<T>>
}

/**
 * A value by conditions: the first that is true decides.
 *
 * @example
 * import { when, type NumExpr, type StrExpr } from 'millrace'
 * const grade = (delay: NumExpr): StrExpr => when(delay.gt(60), 'awful').when(delay.gt(15), 'late').otherwise('fine')
 */
export function when<T extends Selectable>(condition: AnyBool, then: T): When<ValueOf<T>> {
  return branchesOf([branch(condition, then)])
}

type Branch = CaseExpr['branches'][number]

function branch(condition: unknown, then: unknown): Branch {
  return Object.freeze({ when: valueNode(condition, 'when'), then: valueNode(then, 'when') })
}

function branchesOf<V>(branches: readonly Branch[]): When<V> {
  return {
    when: (condition, then) => branchesOf([...branches, branch(condition, then)]),
    otherwise(value) {
      const otherwise = value === null ? undefined : valueNode(value, 'otherwise')
      return made({ kind: 'case', branches: Object.freeze(branches), otherwise })
    },
  }
}

/**
 * The first of the values that is not null.
 *
 * @example
 * const tips = await rides.select(r => ({ tip: coalesce(r.tip, 0) })).collect()
 * assert.ok(tips.every(row => row.tip >= 0))
 */
export function coalesce<T extends Selectable, Rest extends readonly Selectable[]>(
  first: T,
  ...rest: Rest
): ExprOf<NonNullable<ValueOf<T> | ValueOf<Rest[number]>> | NullIfAll<[T, ...Rest]>> {
  return made(call('coalesce', ...[first, ...rest].map(each => valueNode(each, 'coalesce'))))
}
type NullIn<T extends readonly unknown[]> = Extract<ValueOf<T[number]>, null>
type NullIfAll<T extends readonly unknown[]> = T extends readonly [infer First, ...infer Rest]
  ? null extends ValueOf<First>
    ? NullIfAll<Rest>
    : never
  : null

/**
 * Texts one after another; null if one is null.
 *
 * @example
 * const [first] = await rides.select(r => ({ label: concat(r.zone.upper(), '!') })).collect()
 * assert.equal(first?.label, 'NORTH!')
 */
export function concat<T extends readonly [StrArg, ...StrArg[]]>(...parts: T): ExprOf<string | NullIn<T>> {
  if (parts.length === 0) badVerb('concat', 'there is nothing to join', "concat(row.first, ' ', row.last)")
  return made(parts.map(each => valueNode(each, 'concat')).reduce((all, each) => call('join_text', all, each)))
}

/**
 * The pieces of a text between separators, as a list; an empty separator leaves it whole.
 *
 * @example
 * const [first] = await rides.select(r => ({ letters: split(r.zone, 'o') })).collect()
 * assert.deepEqual(first?.letters, ['n', 'rth'])
 */
export function split<T extends StrArg, S extends StrArg>(
  text: T,
  separator: S,
): ExprOf<List<string> | NullIn<[T, S]>> {
  return made(call('split', valueNode(text, 'split'), valueNode(separator, 'split')))
}

/**
 * True where all are true (three-valued: false AND null is false).
 *
 * @example
 * assert.equal(await rides.where(r => and(r.zone.eq('north'), r.fare.gt(12.5))).count() > 0, true)
 */
export function and<T extends readonly BoolArg[]>(...conditions: T): ExprOf<boolean | NullIn<T>> {
  return made(call('and', ...conditions.map(each => valueNode(each, 'and'))))
}

/**
 * True where one is true (three-valued: true OR null is true).
 *
 * @example
 * const all = rides.where(r => or(r.tip.isNull(), r.tip.isNotNull()))
 * assert.equal(await all.count(), await rides.count())
 */
export function or<T extends readonly BoolArg[]>(...conditions: T): ExprOf<boolean | NullIn<T>> {
  return made(call('or', ...conditions.map(each => valueNode(each, 'or'))))
}

/**
 * The other truth value; null stays null.
 *
 * @example
 * const south = await rides.where(r => not(r.zone.eq('north'))).collect()
 * assert.ok(south.every(row => row.zone !== 'north'))
 */
export function not<T extends BoolArg>(condition: T): ExprOf<boolean | Extract<ValueOf<T>, null>> {
  return made(call('not', valueNode(condition, 'not')))
}

/**
 * The time at which rows are taken in: one for all rows of an epoch (of a table that ends, for all its rows), the same when an
 * epoch is done again. In `select`, `withColumn` and `where`.
 *
 * @example
 * const [first] = await rides.select(() => ({ seen: now() })).collect()
 * assert.ok(Date.now() - Number(first?.seen) < 60_000)
 */
export function now(): ExprOf<Date> {
  return made(call('now'))
}

/** What a constant of each type is: what `cast` makes, and binary. */
interface KindValues extends CastTargets {
  binary: Uint8Array
}

/**
 * A constant; `lit(null, 'int')` is a null of a type, `lit(5, 'double')` a number of one.
 *
 * @example
 * const [row] = await rides.select(() => ({ source: lit('meter'), rank: lit(null, 'int') })).collect()
 * assert.deepEqual(row, { source: 'meter', rank: null })
 */
export function lit<T extends string | number | bigint | boolean | Date | Uint8Array>(value: T): ExprOf<ValueOf<T>>
export function lit<K extends keyof KindValues, T extends KindValues[K] | null>(
  value: T,
  kind: K,
): ExprOf<KindValues[K] | Extract<T, null>>
export function lit(value: unknown, kind?: PlainKind): unknown {
  if (kind !== undefined && !(typeof kind === 'string' && Object.hasOwn(scalars, kind)))
    fail('BAD_VERB', {
      verb: 'lit',
      reason: `there is no type ${describeValue(kind)}`,
      fix: `use one of ${Object.keys(scalars).join(', ')}`,
    })
  if (value === null)
    return kind === undefined
      ? fail('BAD_VERB', { verb: 'lit', reason: 'null has no type of its own', fix: "name it: lit(null, 'int')" })
      : made(literal(null, scalars[kind]))
  const node = literalFrom(value, kind && scalars[kind]) ?? notAValue(value, 'lit')
  if (kind === undefined || node.kind !== 'literal' || node.type.kind === kind) return made(node)
  return made(Object.freeze({ kind: 'cast', input: node, type: scalars[kind], lenient: false }))
}

function made<V>(expr: Expr): ExprOf<V> {
  return make(Object.freeze(expr)) as unknown as ExprOf<V>
}

/** The node of a value given to `verb`. */
function valueNode(value: unknown, verb: string): Expr {
  return nodeOf(value) ?? notAValue(value, verb)
}
