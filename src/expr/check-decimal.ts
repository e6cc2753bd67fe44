// What checking needs to know of decimals: when a value is fitted to the digits of its type, and what stands for a decimal
// beside one.
import { decimalOfText, decimalText } from '../data/index.ts'
import { type PlainType, type ScalarType, sameType, scalars } from '../types/index.ts'
import type { Typed } from './check.ts'
import type { Expr } from './node.ts'
import { fitting, sameDecimal, typeOfDecimal } from './registry/decimal.ts'
import type { Overload } from './registry/entry.ts'
import type { Value } from './value.ts'

/** A number or a text that a program wrote without a type. */
export const isPlain = (arg: Typed): boolean =>
  arg.kind === 'constant' &&
  (arg.type.kind === 'string' || (arg.source.kind === 'literal' && arg.source.plain === true))

/** What a program wrote as a decimal constant: a number's own digits, which a double and back would cut to 15. */
export function asConstant(arg: Typed): Typed {
  const read = arg.kind === 'constant' && isPlain(arg) ? decimalOfText(String(arg.value).trim()) : undefined
  if (arg.kind !== 'constant' || read === undefined || read === 'long') return arg
  const value = decimalText(read)
  return { ...arg, value, type: typeOfDecimal(value) }
}

const constantOf = (arg: Typed): Value | undefined => (arg.kind === 'constant' ? arg.value : undefined)

/** What an overload knows of its result's type beyond the kind. */
export function typedResult(overload: Overload, args: readonly Typed[]): ScalarType | undefined {
  return overload.typed?.(
    args.map(each => each.type),
    args.map(constantOf),
  )
}

/** A decimal as one of another type: of any digits it is what it is; to some digits it is rounded, unless it has them. */
export function fittedTo(input: Typed, to: PlainType, source: Expr, lenient: boolean): Typed {
  const { precision, scale = 0 } = to
  if (precision === undefined || sameType(input.type, to)) return input
  const known = input.type as PlainType
  const isKnown = known.precision !== undefined && known.precision <= precision && known.scale === scale
  const nullable = input.nullable || lenient
  const call = { kind: 'call', lenient, type: to, nullable, source } as const
  if (isKnown) return { ...call, overload: sameDecimal, args: [input] }
  return { ...call, overload: fitting, args: [input, digits(precision, source), digits(scale, source)] }
}

/** What a program casts to a decimal of any digits is one: its type says nothing of them. */
export function anyDecimal(made: Typed, to: ScalarType, source: Expr): Typed {
  if (to.kind !== 'decimal' || to.precision !== undefined || sameType(made.type, to)) return made
  return {
    kind: 'call',
    overload: sameDecimal,
    args: [made],
    lenient: false,
    type: to,
    nullable: made.nullable,
    source,
  }
}

const digits = (value: number, source: Expr): Typed => ({
  kind: 'constant',
  value: BigInt(value),
  type: scalars.int,
  nullable: false,
  source,
})
