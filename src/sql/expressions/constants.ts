// Constants of the text: numbers, 'texts', booleans, NULL, $1, and intervals with their fields.
import { excerpt } from '../../base/index.ts'
import { decimalOfText, decimalText } from '../../data/index.ts'
import { type Expr, literal, typeOfDecimal } from '../../expr/index.ts'
import { integer, scalars } from '../../types/index.ts'
import type { Block } from '../block.ts'
import type { A_Const, ParamRef } from '../parser.ts'
import { invalid, unsupported } from '../refuse.ts'

export function constant(node: A_Const, block: Block): Expr {
  if (node.isnull === true) return unknown(block, null)
  if (node.boolval !== undefined) return literal(node.boolval.boolval ?? false, scalars.boolean)
  if (node.ival !== undefined) return literal(node.ival.ival ?? 0, integer)
  if (node.fval !== undefined) return numeric(node.fval.fval ?? '0', node, block)
  if (node.sval !== undefined) return unknown(block, node.sval.sval ?? '')
  return unsupported(block.query.text, node.location, 'a bit string', "write a number, or decode('…', 'hex')")
}

/** A constant whose type is decided by what it stands beside. */
function unknown(block: Block, value: string | null): Expr {
  const made = literal(value, scalars.string)
  block.query.unknowns.add(made)
  return made
}

const MOST = 2n ** 63n

/** Digits without a point are an integer while they fit, of JavaScript's bigint beyond 2^53; all else is a decimal, or beyond its digits, with an exponent, a double. */
function numeric(text: string, node: A_Const, block: Block): Expr {
  if (/^-?\d+$/.test(text)) {
    const value = BigInt(text)
    if (BigInt.asIntN(32, value) === value) return literal(Number(value), integer)
    if (value < MOST && value >= -MOST)
      return Number.isSafeInteger(Number(value)) ? literal(Number(value), scalars.int) : literal(value, scalars.bigint)
  }
  const read = decimalOfText(text)
  if (read !== undefined && read !== 'long') {
    const digits = decimalText(read)
    return literal(digits, typeOfDecimal(digits))
  }
  const value = Number(text)
  if (!Number.isFinite(value) || !/e/i.test(text))
    return invalid(
      block.query.text,
      node.location,
      `the number ${excerpt(text)} has more digits than a decimal`,
      'write at most 36 digits',
    )
  return literal(value, scalars.double)
}

export function parameter({ number = 0, location }: ParamRef, block: Block): Expr {
  const value = block.query.params[number - 1]
  if (value !== undefined) return value
  return invalid(
    block.query.text,
    location,
    `there is no parameter $${number}`,
    `the query was given ${block.query.params.length} parameters`,
  )
}
