// Canonical texts: what hashes are made of. Every part is quoted, so no name can end one part and begin another.

import { excerpt } from '../../base/index.ts'
import type { Json } from '../../data/index.ts'
import { type AggregateCall, canonical as canonicalExpr, show } from '../../expr/index.ts'
import { type Schema, showType } from '../../types/index.ts'
import type { Named } from '../node.ts'

export const list = (...parts: readonly string[]): string => JSON.stringify(parts)
export const namedText = (each: Named): string => list(each.name, canonicalExpr(each.expr))

export const schemaText = (schema: Schema): string =>
  list(...schema.fields.map(each => list(each.name, showType(each.type), each.nullable ? 'null' : '')))

export function aggregateText({ fn, args, distinct, filter, params, user }: AggregateCall): string {
  const own =
    user === undefined
      ? ''
      : list(user.name, showType(user.type), ...[user.init, user.add, user.remove, user.result].map(String))
  return list(
    fn,
    String(distinct),
    ...args.map(canonicalExpr),
    '|',
    filter === undefined ? '' : canonicalExpr(filter),
    JSON.stringify(params),
    own,
  )
}

/** JSON with keys in order, so that equal values are equal texts. */
export function json(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(json).join()}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value as { readonly [key: string]: Json })
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([key, each]) => `${JSON.stringify(key)}:${json(each)}`).join()}}`
}

/** A name as explain prints it. */
export const name = (text: string): string => excerpt(text, 40)

/** Named expressions as explain prints them. */
export const names = (columns: readonly Named[]): string =>
  columns
    .map(({ name: to, expr }) => {
      const text = show(expr)
      return text === to ? name(to) : `${name(to)} = ${text}`
    })
    .join(', ')

const CLOCKS = /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bMath\.random\b|\bcrypto\.random\w+/

/** Code that reads the world, and so may do something else when it is done again; as explain tells it. */
export function clocksIn(functions: readonly unknown[]): readonly string[] {
  const found = functions.flatMap(each => (typeof each === 'function' ? (CLOCKS.exec(String(each))?.[0] ?? []) : []))
  return [...new Set(found)].map(each => `${each} is not replayed`)
}
