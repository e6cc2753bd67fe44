// One expression from a callback: where, withColumn, the conditions of joins, what first and last order by.
import type { Expr } from '../expr/index.ts'
import { badVerb } from '../plan/index.ts'
import { nodeOf, notAValue } from './expression.ts'
import { within } from './scope.ts'

/** One expression from a callback over rows. */
export function expressionFrom<Rows extends readonly unknown[]>(
  verb: string,
  callback: (...rows: Rows) => unknown,
  ...rows: Rows
): Expr {
  callable(verb, callback)
  const take = (value: unknown): Expr => {
    if (typeof value === 'boolean' && conditions.has(verb)) plainCondition(verb, value)
    return nodeOf(value) ?? notAValue(value, verb)
  }
  return take(
    within(
      verb,
      () => callback(...rows),
      value => [take(value)],
    ),
  )
}

const conditions: ReadonlySet<string> = new Set(['where', 'filter', 'join'])

/** `row.a === 5` and `!row.a` are false while the query is built, whatever the rows hold. */
function plainCondition(verb: string, value: boolean): never {
  return badVerb(
    verb,
    `the callback returned ${value}, a plain value: did you compare with === or negate with !`,
    'use .eq(…), .ne(…), .not(); for a constant lit(true)',
  )
}

/** Callers without types may give anything. */
export function callable(verb: string, callback: unknown): void {
  if (typeof callback !== 'function') badVerb(verb, 'it needs a callback', `${verb}(row => …)`)
}
