// Choosing between values. Arguments are computed only in the rows that need them, except in greatest and least.
import { call, type Expr, literal } from '../node.ts'
import type { Entry } from './entry.ts'

const first = (args: readonly Expr[]): Expr => args[0] as Expr

function nullif(args: readonly Expr[]): Expr | undefined {
  if (args.length !== 2) return undefined
  const branch = { when: call('eq', ...args), then: literal(null, { kind: 'string' }) }
  return Object.freeze({ kind: 'case', branches: Object.freeze([branch]), otherwise: first(args) })
}

function isIn(args: readonly Expr[]): Expr | undefined {
  if (args.length < 2) return undefined
  const tests = args.slice(1).map(each => call('eq', first(args), each))
  return tests.length === 1 ? tests[0] : call('or', ...tests)
}

function between(args: readonly Expr[]): Expr | undefined {
  const [value, low, high] = args
  if (value === undefined || low === undefined || high === undefined || args.length > 3) return undefined
  return call('and', call('ge', value, low), call('le', value, high))
}

export const conditionals: readonly Entry[] = [
  {
    name: 'coalesce',
    family: 'conditional',
    nulls: 'custom',
    form: 'coalesce',
    signature: 'coalesce(T, …) → T',
    overloads: [],
    doc: 'The first argument that is not null.',
    example: 'coalesce(null, 2, 3) → 2',
  },
  {
    name: 'nullif',
    family: 'conditional',
    nulls: 'custom',
    rewrite: nullif,
    signature: 'nullif(T, T) → T',
    overloads: [],
    doc: 'Null where both are equal, else the first.',
    example: 'nullif(0, 0) → null',
  },
  {
    name: 'greatest',
    family: 'conditional',
    nulls: 'custom',
    form: 'greatest',
    signature: 'greatest(T, …) → T',
    overloads: [],
    doc: 'The greatest argument; nulls are passed over.',
    example: 'greatest(1, null, 3) → 3',
  },
  {
    name: 'least',
    family: 'conditional',
    nulls: 'custom',
    form: 'least',
    signature: 'least(T, …) → T',
    overloads: [],
    doc: 'The least argument; nulls are passed over.',
    example: 'least(1, null, 3) → 1',
  },
  {
    name: 'in',
    family: 'conditional',
    nulls: 'custom',
    rewrite: isIn,
    signature: 'in(T, T, …) → boolean',
    overloads: [],
    doc: 'True where the first equals one of the others; null where it equals none and one is null.',
    example: 'in(2, 1, 2) → true',
  },
  {
    name: 'between',
    family: 'conditional',
    nulls: 'custom',
    rewrite: between,
    signature: 'between(T, T, T) → boolean',
    overloads: [],
    doc: 'True where the first lies between the others, both included.',
    example: 'between(2, 1, 3) → true',
  },
]
