// One entry per function serves every surface: the typed API, SQL, explain, other engines, the documentation. Its
// twin is its meaning; its kernel is the same thing for thousands of rows (law 7 compares the two).
import { type ErrorCode, fail } from '../../base/index.ts'
import type { Kernels } from '../../kernels/index.ts'
import type { PlainKind, ScalarType } from '../../types/index.ts'
import type { Expr } from '../node.ts'
import type { Value } from '../value.ts'

export type Family =
  | 'arithmetic'
  | 'comparison'
  | 'boolean'
  | 'conditional'
  | 'string'
  | 'math'
  | 'date and time'
  | 'json'
  | 'list and map'

export type KernelName = keyof Kernels

/** Plain TypeScript on values; never sees null in a strict entry; raises what its kernel raises. */
export type Twin = (...args: never[]) => Value

export interface Overload {
  readonly args: readonly PlainKind[]
  /** The last argument may be repeated. */
  readonly variadic?: boolean
  readonly result: PlainKind
  /** Undefined: rows go through the twin one by one. */
  readonly kernel?: KernelName
  /** The same kernel for a constant last argument, given as one value instead of a column. */
  readonly constant?: KernelName
  /** The overload that gives the same with its two arguments exchanged. */
  readonly mirror?: () => Overload
  /** The kernel takes its two arguments the other way round. */
  readonly swapped?: boolean
  /** The kernel's bitmap is the complement of the result. */
  readonly inverted?: boolean
  /** The kernel raises nothing and reads any garbage in unused rows: it may run over all rows instead of the selected. */
  readonly total?: boolean
  /** May give null though no argument is null; a kernel then marks the view of such a row (see fn-json.ts). */
  readonly nullable?: boolean
  /** A null is an argument like others. */
  readonly seesNulls?: boolean
  /** The column itself is the result: only its type changes. */
  readonly relabel?: boolean
  /** More than `result` says of the type, by the types of the arguments and the values of those that are constants. */
  readonly typed?: (types: readonly ScalarType[], values: readonly (Value | undefined)[]) => ScalarType
  readonly twin: Twin
}

/** An overload over types with parts (lists, maps), made for these types: `args` and `result` of the overload say nothing. */
export interface Signature {
  readonly overload: Overload
  readonly args: readonly ScalarType[]
  readonly result: ScalarType
}

/** How a function that is not strict is evaluated; the evaluator and the interpreter know each by name. */
export type Form = 'and' | 'or' | 'coalesce' | 'greatest' | 'least' | 'isNull' | 'isNotNull' | 'isDistinct'

export interface Entry {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly family: Family
  readonly overloads: readonly Overload[]
  /** Overloads over lists and maps, by the types given (undefined: a null without a type), tried before the others. */
  readonly generic?: (types: readonly (ScalarType | undefined)[]) => Signature | undefined
  /** strict: null if any argument is null. */
  readonly nulls: 'strict' | 'custom'
  readonly form?: Form
  /** Defined by other entries: replaced before anything else looks at it. Undefined: wrong number of arguments. */
  readonly rewrite?: (args: readonly Expr[]) => Expr | undefined
  /** For forms and rewrites: the signature as people read it. */
  readonly signature?: string
  /** The overloads of `generic`, as people read them, beside others. */
  readonly generics?: readonly string[]
  /** An operator sign of SQL, when it is written between (or before) its arguments. */
  readonly infix?: string
  /** Names elsewhere, where they differ from `name`. */
  readonly dialects?: { readonly sql?: string; readonly spark?: string; readonly postgres?: string }
  readonly doc: string
  /** SQL text and its result. */
  readonly example: string
}

/** Makes strict entries of a family. */
export const entryIn =
  (family: Family) =>
  (name: string, doc: string, example: string, overloads: readonly Overload[], more: Partial<Entry> = {}): Entry => ({
    name,
    family,
    nulls: 'strict',
    overloads,
    doc,
    example,
    ...more,
  })

/** An overload that goes through its twin; `args` are kinds with a blank between. */
export function overload(args: string, result: PlainKind, twin: Twin, nullable = false): Overload {
  return { args: args.split(' ') as PlainKind[], result, twin, ...(nullable ? { nullable } : {}) }
}

/** The same for types with parts. */
export function signature(args: readonly ScalarType[], result: ScalarType, twin: Twin, nullable = false): Signature {
  return { overload: overload('binary', 'binary', twin, nullable), args, result }
}

/** The errors a row may meet, by the kernels' numbers (src/kernels/assembly/raise.ts). */
export const rowErrors = [
  undefined,
  'INTEGER_OVERFLOW',
  'DIVISION_BY_ZERO',
  'INVALID_ARGUMENT',
  'OUT_OF_RANGE',
  'INVALID_TEXT',
  undefined, // a row for the twin
  'NUMERIC_OVERFLOW',
] as const satisfies readonly (ErrorCode | undefined)[]

export type RowError = Exclude<(typeof rowErrors)[number], undefined>

/** A twin's error; whoever calls the twin adds the expression, the arguments and the position. */
export function raise(code: RowError): never {
  fail(code)
}

export const MIN_INT = -(2n ** 63n)
export const MAX_INT = 2n ** 63n - 1n

/** The 64-bit integer, or an overflow. */
export function int64(value: bigint): bigint {
  if (value < MIN_INT || value > MAX_INT) raise('INTEGER_OVERFLOW')
  return value
}
