// Rows as values: (a, b) = (c, d), (a, b) < (c, d), (a, b) IN ((1, 2), …), ROW(a, b) IS NULL, and OVERLAPS. There is no row
// type: each is what it says of its fields.
import { call, type Expr, literal } from '../../expr/index.ts'
import { scalars } from '../../types/index.ts'
import type { Block } from '../block.ts'
import type { A_Expr, Node, NullTest } from '../parser.ts'
import { invalid, unsupported } from '../refuse.ts'
import { columnsOfRow } from '../rewritten.ts'
import { itemsOf, textOf } from '../tree.ts'
import type { Bind } from './bind.ts'
import { adapt } from './coerce.ts'
import { checkWidth } from './sublink.ts'

/** The fields of a row; undefined: it is none. */
const fieldsIn = (node: Node | undefined): readonly Node[] | undefined =>
  node !== undefined && 'RowExpr' in node ? (node.RowExpr.args ?? []) : undefined

/** The fields of the only row of a query. */
function rowOfQuery(node: Node | undefined, width: number, block: Block): readonly Node[] | undefined {
  if (node === undefined || !('SubLink' in node) || node.SubLink.subLinkType !== 'EXPR_SUBLINK') return undefined
  const { subselect, location } = node.SubLink
  if (subselect === undefined || !('SelectStmt' in subselect)) return undefined
  checkWidth(subselect.SelectStmt, width, block, location)
  return columnsOfRow(subselect.SelectStmt, width)
}

/** A comparison of two rows; undefined: these are none. */
export function rowComparison(node: A_Expr, block: Block, bind: Bind): Expr | undefined {
  const { kind, name, lexpr, rexpr, location } = node
  const left = fieldsIn(lexpr)
  if (left === undefined) return undefined
  const sign = textOf(name?.at(-1)) ?? ''
  if (kind === 'AEXPR_IN') {
    const tests = itemsOf(rexpr).map(each => compared('=', left, fieldsIn(each), block, bind, location))
    const any = call('or', ...tests)
    return sign === '<>' ? call('not', any) : any
  }
  const right = fieldsIn(rexpr) ?? (kind === 'AEXPR_OP' ? rowOfQuery(rexpr, left.length, block) : undefined)
  if (kind === 'AEXPR_DISTINCT' || kind === 'AEXPR_NOT_DISTINCT') {
    const differs = pairsOf(left, right, block, bind, location).map(([a, b]) => call('is_distinct_from', a, b))
    const any = call('or', ...differs)
    return kind === 'AEXPR_DISTINCT' ? any : call('not', any)
  }
  return kind === 'AEXPR_OP' ? compared(sign, left, right, block, bind, location) : undefined
}

function pairsOf(
  left: readonly Node[],
  right: readonly Node[] | undefined,
  block: Block,
  bind: Bind,
  byte: number | undefined,
): readonly (readonly [Expr, Expr])[] {
  if (right === undefined || right.length !== left.length || left.length === 0)
    return invalid(block.query.text, byte, 'unequal number of entries in row expressions', 'write (a, b) = (c, d)')
  return left.map((each, i) => adapt(block, [bind(each, block), bind(right[i] as Node, block)], byte) as [Expr, Expr])
}

function compared(
  sign: string,
  left: readonly Node[],
  right: readonly Node[] | undefined,
  block: Block,
  bind: Bind,
  byte: number | undefined,
): Expr {
  const pairs = pairsOf(left, right, block, bind, byte)
  if (sign === '=') return call('and', ...pairs.map(([a, b]) => call('eq', a, b)))
  if (sign === '<>') return call('or', ...pairs.map(([a, b]) => call('ne', a, b)))
  const strict = { '<': 'lt', '<=': 'lt', '>': 'gt', '>=': 'gt' }[sign]
  if (strict === undefined)
    return unsupported(block.query.text, byte, `the operator ${sign} of rows`, 'compare their fields')
  return inOrder(pairs, strict, sign.endsWith('=') ? (sign === '<=' ? 'le' : 'ge') : strict)
}

/** By the first fields that differ: a < c OR a = c AND (b < d …). */
function inOrder([first, ...rest]: readonly (readonly [Expr, Expr])[], strict: string, last: string): Expr {
  const [a, b] = first as readonly [Expr, Expr]
  if (rest.length === 0) return call(last, a, b)
  return call('or', call(strict, a, b), call('and', call('eq', a, b), inOrder(rest, strict, last)))
}

/** A row is null when all its fields are, and not null when none is. */
export function rowNullTest({ arg, nulltesttype }: NullTest, block: Block, bind: Bind): Expr | undefined {
  const fields = fieldsIn(arg)
  if (fields === undefined) return undefined
  const test = nulltesttype === 'IS_NOT_NULL' ? 'is_not_null' : 'is_null'
  const tests = fields.map(each => call(test, bind(each, block)))
  return tests.length === 0 ? literal(true, scalars.boolean) : call('and', ...tests)
}

/** (from, to) OVERLAPS (from, to), each end a time or a length: half-open, and either way round. */
export function overlaps(args: readonly Expr[], isLength: (expr: Expr) => boolean): Expr | undefined {
  const [a, b, c, d] = args as readonly [Expr, Expr, Expr, Expr]
  if (args.length !== 4) return undefined
  const end = (from: Expr, to: Expr): Expr => (isLength(to) ? call('add', from, to) : to)
  const [b2, d2] = [end(a, b), end(c, d)]
  const [from, until] = [call('least', a, b2), call('greatest', a, b2)]
  const [start, stop] = [call('least', c, d2), call('greatest', c, d2)]
  const meets = call('and', call('lt', from, stop), call('lt', start, until))
  return call('or', call('eq', from, start), meets)
}
