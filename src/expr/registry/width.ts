// Integers that SQL declared with fewer bits than 64: what type the result of arithmetic has, and the check that a number fits.
// Who writes a query in SQL gets the check around each result (src/sql/expressions/widths.ts).
import {
  declaredMeeting,
  integer,
  type PlainKind,
  type PlainType,
  type ScalarType,
  scalars,
  smallint,
  wholeNumeric,
} from '../../types/index.ts'
import { type Entry, type KernelName, raise } from './entry.ts'

const narrowest = (types: readonly ScalarType[], name: string): boolean =>
  types.every(each => (each as PlainType).declared?.name === name)
const some = (types: readonly ScalarType[], name: string): boolean =>
  types.some(each => (each as PlainType).declared?.name === name)

/** What arithmetic of integers that SQL declared gives: the widest of them. */
function widest(types: readonly ScalarType[]): ScalarType {
  if (some(types, 'numeric')) return wholeNumeric
  if (types.some(each => (each as PlainType).declared === undefined)) return scalars.int
  return narrowest(types, 'int2') ? smallint : integer
}

/** What holds all of these integers; of none: one of 64 bits. */
export function widestOf(types: readonly (ScalarType | undefined)[]): PlainType {
  const [first = scalars.int, ...rest] = types.filter(each => each?.kind === 'int') as readonly PlainType[]
  return rest.reduce(declaredMeeting, first)
}

/** Of the kind that may be declared: a bigint is wide by itself. */
export const width = (kind: PlainKind) => (kind === 'int' ? { typed: widest } : {})

/** SQL's narrow integers: the number itself, or that it does not fit. */
function narrow(name: 'int2' | 'int4', kernel: KernelName, type: ScalarType, of: string): Entry {
  const bits = name === 'int2' ? 16 : 32
  const fits = (a: bigint): bigint => (BigInt.asIntN(bits, a) === a ? a : raise('INTEGER_OVERFLOW'))
  return {
    name,
    family: 'arithmetic',
    nulls: 'strict',
    overloads: [{ args: ['int'], result: 'int', kernel, typed: () => type, twin: fits }],
    doc: `The integer, where it fits the ${bits} bits of SQL’s ${of}: an INTEGER_OVERFLOW where it does not.`,
    example: `${name}(5) → 5`,
  }
}

export const narrowIntegers: readonly Entry[] = [
  narrow('int2', 'narrowI16', smallint, 'smallint'),
  narrow('int4', 'narrowI32', integer, 'integer'),
]
