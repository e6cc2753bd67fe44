// One total order per type, PostgreSQL's: NaN equals NaN and is greater than every number, -0 equals 0, strings
// binary and uuid compare by their bytes (collation C: UTF-8 keeps the order of code points), false is less than true, and
// intervals compare by their length: 1 month is 30 days, 1 day 24 hours. Decimals compare by value: 1.10 = 1.1.
import { compareBytes } from '../../data/index.ts'
import { type PlainKind, type ScalarType, sameType, scalars } from '../../types/index.ts'
import type { Value } from '../value.ts'
import { compareTexts } from './decimal.ts'
import type { Entry, Overload, Signature } from './entry.ts'

const ENCODER = new TextEncoder()

function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1
  if (Number.isNaN(b)) return -1
  return a < b ? -1 : a > b ? 1 : 0
}

/** Negative, zero or positive, for two values of the same type; nulls are the caller's. */
function compareValues(a: Value, b: Value): number {
  if (typeof a === 'number') return compareNumbers(a, b as number)
  if (typeof a === 'string') return a === b ? 0 : compareBytes(ENCODER.encode(a), ENCODER.encode(b as string))
  if (a instanceof Uint8Array) return compareBytes(a, b as Uint8Array)
  return a === b ? 0 : (a as bigint) < (b as bigint) ? -1 : 1
}

const letters = {
  int: 'I64',
  bigint: 'I64',
  timestamp: 'I64',
  double: 'F64',
  float: 'F32',
  date: 'I32',
  boolean: 'Bits',
  string: 'View',
  binary: 'View',
  time: 'I64',
  uuid: 'View',
  interval: 'Interval',
  decimal: 'Decimal',
} as const satisfies Partial<Record<PlainKind, string>>

/** The types that have an order, and so equality, grouping, min and max. Json has none, as in PostgreSQL. */
export const ordered = Object.keys(letters) as readonly (keyof typeof letters)[]

interface Plan {
  readonly base: 'eq' | 'lt'
  /** The same with exchanged arguments. */
  readonly mirror: string
  readonly swapped: boolean
  readonly inverted: boolean
  readonly holds: (order: number) => boolean
}

const plans: Readonly<Record<string, Plan>> = {
  eq: { base: 'eq', mirror: 'eq', swapped: false, inverted: false, holds: o => o === 0 },
  ne: { base: 'eq', mirror: 'ne', swapped: false, inverted: true, holds: o => o !== 0 },
  lt: { base: 'lt', mirror: 'gt', swapped: false, inverted: false, holds: o => o < 0 },
  le: { base: 'lt', mirror: 'ge', swapped: true, inverted: true, holds: o => o <= 0 },
  gt: { base: 'lt', mirror: 'lt', swapped: true, inverted: false, holds: o => o > 0 },
  ge: { base: 'lt', mirror: 'le', swapped: false, inverted: true, holds: o => o >= 0 },
}

/** Of an interval's bytes the first 16 are its length. */
const lengthOf = (interval: Value): Value => (interval as Uint8Array).subarray(0, 16)

function comparison(plan: Plan, kind: keyof typeof letters): Overload {
  const letter = letters[kind]
  const fixed = letter !== 'View' && letter !== 'Interval' && letter !== 'Decimal'
  const compared = kind === 'interval' ? lengthOf : (value: Value): Value => value
  // With the constant on the right, `a > c` has a kernel of its own, because its arguments can't be swapped.
  const constantBase = plan.base === 'eq' ? 'eq' : plan.swapped ? 'gt' : 'lt'
  return {
    args: [kind, kind],
    result: 'boolean',
    kernel: `${plan.base}${letter}` as NonNullable<Overload['kernel']>,
    ...(letter === 'Bits' || letter === 'Interval' || letter === 'Decimal'
      ? {}
      : { constant: `${constantBase}${letter}Constant` as NonNullable<Overload['kernel']> }),
    swapped: plan.swapped,
    inverted: plan.inverted,
    total: fixed,
    mirror: () => comparison(plans[plan.mirror] as Plan, kind),
    twin:
      kind === 'decimal'
        ? (a: string, b: string) => plan.holds(compareTexts(a, b))
        : (a: Value, b: Value) => plan.holds(compareValues(compared(a), compared(b))),
  }
}

/** Lists and maps of one type compare by their bytes: element by element, null after every value, the shorter first. */
function sameNested(plan: Plan, types: readonly (ScalarType | undefined)[]): Signature | undefined {
  const type = types.find(each => each?.kind === 'list' || each?.kind === 'map')
  if (type === undefined || types.length !== 2) return undefined
  if (types.some(each => each !== undefined && !sameType(each, type))) return undefined
  return { overload: comparison(plan, 'binary'), args: [type, type], result: scalars.boolean }
}

/** The comparison of two values of a type. */
export function comparisonOf(name: 'eq' | 'gt', type: ScalarType): Overload | undefined {
  const plan = plans[name] as Plan
  if (type.kind === 'list' || type.kind === 'map') return sameNested(plan, [type, type])?.overload
  return type.kind === 'json' ? undefined : comparison(plan, type.kind)
}

function compare(name: string, infix: string, word: string, example: string): Entry {
  const plan = plans[name] as Plan
  return {
    name,
    family: 'comparison',
    nulls: 'strict',
    infix,
    overloads: ordered.map(kind => comparison(plan, kind)),
    generic: types => sameNested(plan, types),
    generics: [`${name}(list<T>, list<T>) → boolean`, `${name}(map<K, V>, map<K, V>) → boolean`],
    doc: `True where the first ${word} the second.`,
    example,
  }
}

export const comparisons: readonly Entry[] = [
  compare('eq', '=', 'equals', '1 = 1 → true'),
  compare('ne', '<>', 'differs from', '1 <> 1 → false'),
  compare('lt', '<', 'is less than', '1 < 2 → true'),
  compare('le', '<=', 'is at most', '2 <= 2 → true'),
  compare('gt', '>', 'is greater than', "'b' > 'a' → true"),
  compare('ge', '>=', 'is at least', '1 >= 2 → false'),
  {
    name: 'is_distinct_from',
    family: 'comparison',
    nulls: 'custom',
    form: 'isDistinct',
    signature: 'is_distinct_from(T, T) → boolean',
    infix: 'IS DISTINCT FROM',
    overloads: [],
    doc: 'Like <>, but null is a value equal to itself: never null.',
    example: '1 IS DISTINCT FROM null → true',
  },
  {
    name: 'is_null',
    family: 'comparison',
    nulls: 'custom',
    form: 'isNull',
    signature: 'is_null(T) → boolean',
    overloads: [],
    doc: 'True where the argument is null.',
    example: 'is_null(1) → false',
  },
  {
    name: 'is_not_null',
    family: 'comparison',
    nulls: 'custom',
    form: 'isNotNull',
    signature: 'is_not_null(T) → boolean',
    overloads: [],
    doc: 'True where the argument is not null.',
    example: 'is_not_null(1) → true',
  },
]
