// Casts are overloads too: one for each pair of types that PostgreSQL converts. Implicit casts never lose a value's
// magnitude (an int may lose digits as a double, as in PostgreSQL) and never parse text.
import type { ScalarKind } from '../../types/index.ts'
import type { Overload } from './entry.ts'

/** What an implicit cast costs when overloads are compared; Infinity: there is none. */
export function implicitCost(from: ScalarKind, to: ScalarKind): number {
  if (from === to) return 0
  return implicit[from]?.[to] ?? Number.POSITIVE_INFINITY
}

const implicit: Partial<Record<ScalarKind, Partial<Record<ScalarKind, number>>>> = {
  int: { bigint: 1, double: 2, float: 3 },
  bigint: { double: 3, float: 4 },
  float: { double: 1 },
  date: { timestamp: 1 },
}

/** The type that both can have without an explicit cast. */
export function unify(a: ScalarKind, b: ScalarKind): ScalarKind | undefined {
  if (implicitCost(a, b) < Number.POSITIVE_INFINITY) return b
  if (implicitCost(b, a) < Number.POSITIVE_INFINITY) return a
  return undefined
}

const relabel: Overload['twin'] = (a: bigint) => a

const overloads: readonly Overload[] = [
  { args: ['int'], result: 'bigint', relabel: true, twin: relabel },
  { args: ['bigint'], result: 'int', relabel: true, twin: relabel },
]

const byPair = new Map(overloads.map(each => [`${each.args[0]} ${each.result}`, each]))

/** The cast from one type to another, or undefined. */
export function castOverload(from: ScalarKind, to: ScalarKind): Overload | undefined {
  return byPair.get(`${from} ${to}`)
}
