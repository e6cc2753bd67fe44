// Integers of fewer bits than 64, as PostgreSQL computes with them: the result of an operator has the bits of the wider side, and
// is refused where it does not fit. Integers of 64 bits stay as they are, and cost nothing. A sum of bigints is numeric in
// PostgreSQL: it is a whole number here until something divides it.
import { call, cast, type Expr, entryOf, literal } from '../../expr/index.ts'
import { DECIMAL_DIGITS, type Declared, decimalOf, scalars, wholeNumeric } from '../../types/index.ts'
import { type Block, typeIn } from '../block.ts'

/** Functions whose result may have more bits than their arguments. */
const GROWING: ReadonlySet<string> = new Set(['add', 'sub', 'mul', 'div', 'neg', 'abs', 'lcm', 'gcd'])

/** Functions of bits: they see an integer of its own bits. */
const SHIFTS: ReadonlySet<string> = new Set(['shift_left', 'shift_right'])
const PRINTED: ReadonlySet<string> = new Set(['to_hex', 'to_bin', 'to_oct'])

/** The call, held to the bits that its result has. */
export function inWidth(made: Expr, block: Block): Expr {
  if (made.kind !== 'call') return made
  const [first] = made.args
  if (SHIFTS.has(made.fn) && first !== undefined) return shifted(made.fn, made.args, block)
  if (PRINTED.has(made.fn) && first !== undefined && bitsOf(first, block) !== undefined)
    return call(made.fn, call('bitwise_and', first, literal(0xffffffff, scalars.int)))
  if (!GROWING.has(made.fn)) return made
  const width = widthOf(made, block)
  return width === 'int2' || width === 'int4' ? call(width, made) : made
}

function widthOf(expr: Expr, block: Block): Declared['name'] | undefined {
  const { type } = typeIn(block, expr)
  return type.kind === 'int' ? type.declared?.name : undefined
}

function bitsOf(expr: Expr, block: Block): 16 | 32 | undefined {
  const width = widthOf(expr, block)
  return width === 'int2' ? 16 : width === 'int4' ? 32 : undefined
}

/** A shift goes by the number modulo the bits (of integers below 32 as of 32), and what leaves them is lost. */
function shifted(fn: string, [value, by]: readonly Expr[], block: Block): Expr {
  const bits = value === undefined ? undefined : bitsOf(value, block)
  if (bits === undefined || value === undefined || by === undefined) return call(fn, value as Expr, by as Expr)
  const whole = (of: number): Expr => literal(of, scalars.int)
  const moved = call(fn, value, call('bitwise_and', by, whole(31)))
  const kept = call('bitwise_and', moved, whole(2 ** bits - 1))
  const signed = call('sub', call('bitwise_xor', kept, whole(2 ** (bits - 1))), whole(2 ** (bits - 1)))
  return call(bits === 16 ? 'int2' : 'int4', signed)
}

/** Sides of an operator: a sum of bigints is divided as the numeric that it is. */
export function exactSums(sign: string, a: Expr, b: Expr, block: Block): [Expr, Expr] {
  const isSum = [a, b].some(each => widthOf(each, block) === 'numeric')
  if (!isSum || (sign !== '/' && sign !== '^')) return [a, b]
  return [exact(a, block), exact(b, block)]
}

const exact = (expr: Expr, block: Block): Expr => {
  const { kind } = typeIn(block, expr).type
  return kind === 'int' || kind === 'bigint' ? cast(expr, decimalOf(DECIMAL_DIGITS, 0)) : expr
}

/** Arguments of a function: a sum of bigints is a numeric where the function takes numerics, and gives no integer. */
export function exactArguments(name: string, args: readonly Expr[], block: Block): readonly Expr[] {
  if (!args.some(each => widthOf(each, block) === 'numeric')) return args
  const overloads = (entryOf(name)?.overloads ?? []).filter(each => each.args.length === args.length)
  const takes = overloads.some(each => each.args[0] === 'decimal')
  const isWhole = overloads.some(each => each.args[0] === 'int' && each.result === 'int')
  return takes && !isWhole ? args.map(each => (widthOf(each, block) === 'numeric' ? exact(each, block) : each)) : args
}

/** A column that is a sum of bigints, for whoever reads the query. */
export const asSum = (made: Expr, bound: Expr, block: Block): Expr =>
  widthOf(bound, block) === 'numeric' ? cast(made, wholeNumeric) : made
