// The run-time net: every expression built in a callback must be reachable from what the callback returns.
// `row.a.gt(5) && row.b` builds a.gt(5), drops it and returns row.b: JavaScript's operators can't be overloaded,
// so types can't see this, but the dropped expression can be found, and the message shows it.
import { fail } from '../base/index.ts'
import { childrenOf, type Expr, show } from '../expr/index.ts'

/** What the callback that runs now has built. Callbacks nest (a filter inside agg), so this is a stack. */
const stack: Set<Expr>[] = []

/** Remember an expression that a method made. Outside of a callback nothing is remembered. */
export function noteBuilt<E extends Expr>(expr: E): E {
  stack.at(-1)?.add(expr)
  return expr
}

/** An expression was taken up by something that is not an expression (an aggregate). */
export function noteUsed(expr: Expr): void {
  for (const built of stack) drop(built, expr)
}

/** Run `callback`; then everything it built must be within the expressions that `roots` finds in its result. */
export function within<R>(verb: string, callback: () => R, roots: (result: R) => readonly Expr[]): R {
  const built = new Set<Expr>()
  stack.push(built)
  try {
    const result = callback()
    for (const root of roots(result)) drop(built, root)
    const unused = [...built].at(-1)
    if (unused !== undefined) fail('UNUSED_EXPRESSION', { verb, expression: show(unused) })
    return result
  } finally {
    stack.pop()
  }
}

function drop(built: Set<Expr>, used: Expr): void {
  built.delete(used)
  for (const child of childrenOf(used)) drop(built, child)
}
