// Expressions are frozen plain data over a small closed union; behaviour lives in functions over it.
// Names are resolved and types checked by check.ts; the meaning of a call is its entry in the registry.
import type { ColumnType, ScalarType } from '../types/index.ts'

/** A column of the input, by name; `path` goes into structs (`window`, `start`). */
export interface ColumnExpr {
  readonly kind: 'column'
  readonly path: readonly string[]
  /** Which input of a join; 0 elsewhere. */
  readonly input: number
}

/**
 * Values as JavaScript has them: int and float as number, timestamp and time as bigint microseconds, date as number of days,
 * uuid and interval as their bytes, decimal as text.
 */
export interface LiteralExpr {
  readonly kind: 'literal'
  readonly value: null | boolean | number | bigint | string | Uint8Array
  readonly type: ScalarType
  /** A number that a program wrote without a type: a double that is a decimal beside one. */
  readonly plain?: true
}

/** A function or operator of the registry: add, lt, and, substring, coalesce … */
export interface CallExpr {
  readonly kind: 'call'
  readonly fn: string
  readonly args: readonly Expr[]
}

export interface CaseExpr {
  readonly kind: 'case'
  readonly branches: readonly { readonly when: Expr; readonly then: Expr }[]
  readonly otherwise: Expr | undefined
}

export interface CastExpr {
  readonly kind: 'cast'
  readonly input: Expr
  readonly type: ScalarType
  /** null instead of an error */
  readonly lenient: boolean
}

export type Expr = ColumnExpr | LiteralExpr | CallExpr | CaseExpr | CastExpr

/** One aggregate of a group: `sum(price) filter (where ok)`. */
export interface AggregateCall {
  readonly fn: string
  readonly args: readonly Expr[]
  readonly distinct: boolean
  readonly filter: Expr | undefined
  /** Constant parameters: the quantile, the maximum. */
  readonly params: readonly (number | string)[]
  /** A user-defined aggregate, when fn is 'user'. */
  readonly user: UserAggregate | undefined
}

/** A user-defined aggregate in TypeScript; without `remove` it is recomputed from the group's rows under retraction. */
export interface UserAggregate<State = unknown, Value = unknown, Result = unknown> {
  readonly name: string
  readonly type: ColumnType
  init(): State
  add(state: State, value: Value): State
  remove?(state: State, value: Value): State
  result(state: State): Result
}

export interface SortKey {
  readonly expr: Expr
  readonly descending: boolean
  /** SQL's default: nulls last ascending, first descending. */
  readonly nulls: 'first' | 'last'
}

export const column = (...path: string[]): ColumnExpr =>
  Object.freeze({ kind: 'column', path: Object.freeze(path), input: 0 })
export const literal = (value: LiteralExpr['value'], type: ScalarType): LiteralExpr =>
  Object.freeze({ kind: 'literal', value, type })
export const call = (fn: string, ...args: Expr[]): CallExpr =>
  Object.freeze({ kind: 'call', fn, args: Object.freeze(args) })
export const cast = (input: Expr, type: ScalarType, lenient = false): CastExpr =>
  Object.freeze({ kind: 'cast', input, type, lenient })

/** What makes structs: of SQL's rows a `record` is null where all its fields are (a row of an outer join). */
export const makesStruct = ({ fn }: CallExpr): boolean => fn === 'struct' || fn === 'row' || fn === 'record'
