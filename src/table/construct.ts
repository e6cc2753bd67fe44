// Structs and lists as expressions: `struct({ … })` and `list(…)`, in each other as deep as one likes.
import { call, type Expr, structExpr } from '../expr/index.ts'
import { badVerb } from '../plan/index.ts'
import {
  checkedName,
  type ExprOf,
  type Flat,
  type IsStruct,
  type List,
  type Struct,
  type ValueOf,
} from '../types/index.ts'
import { Built, BuiltStruct, nodeOf, notAValue } from './expression.ts'
import type { Selectable } from './helpers.ts'
import { make } from './methods.ts'

/**
 * Values under names as one column; its fields are properties: `struct({ a: row.x }).a`. A field may be null, the struct is not.
 *
 * @example
 * const [first] = await rides.select(r => ({ paid: struct({ fare: r.fare, tip: coalesce(r.tip, 0) }) })).collect()
 * assert.deepEqual(Object.keys(first?.paid ?? {}), ['fare', 'tip'])
 */
export function struct<T extends { readonly [name: string]: Selectable }>(
  fields: T,
): ExprOf<Struct<Flat<{ -readonly [K in keyof T]: ValueOf<T[K]> }>>> {
  if (fields === null || typeof fields !== 'object' || Array.isArray(fields) || Object.keys(fields).length === 0)
    return badVerb('struct', 'it needs an object of fields', 'struct({ low: row.low, high: row.high })')
  const made = Object.entries(fields).map(([name, value]) => {
    const expr = nodeOf(value) ?? notAValue(value, `struct, field ${checkedName(name)}`)
    return { name: checkedName(name), expr, value: isBuilt(value) ? value : new Built(expr) }
  })
  return new BuiltStruct(
    structExpr(made.map(({ name, expr }) => [name, expr])),
    made.map(({ name, value }) => [name, value]),
  ) as never
}

/** Of structs whose fields differ by null only: one struct. */
type Element<V> =
  IsStruct<V> extends true
    ? Struct<{ [K in keyof Exclude<V, null> & string]: Exclude<V, null>[K] }> | Extract<V, null>
    : V

const isBuilt = (value: unknown): boolean => value instanceof Built || value instanceof BuiltStruct

/**
 * A list of these values (structs too), of one type; a value that is null is a null among them.
 *
 * @example
 * const [first] = await rides.select(r => ({ parts: list(r.fare, coalesce(r.tip, 0)) })).collect()
 * assert.equal(first?.parts.length, 2)
 */
export function list<T extends readonly [Selectable, ...Selectable[]]>(
  ...values: T
): ExprOf<List<Element<ValueOf<T[number]>>>> {
  if (values.length === 0) return badVerb('list', 'a list of nothing has no type', 'list(row.low, row.high)')
  const args: readonly Expr[] = values.map(each => nodeOf(each) ?? notAValue(each, 'list'))
  return make(call('list_value', ...args)) as never
}
