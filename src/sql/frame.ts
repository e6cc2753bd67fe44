// The frame of a window: which rows around each a function sees. PostgreSQL's parser tells it as bits (parsenodes.h).
import { cast, evaluateConstant, isConstant, type SortKey } from '../expr/index.ts'
import type { OverFrame } from '../plan/index.ts'
import { scalars } from '../types/index.ts'
import { type Block, typeIn } from './block.ts'
import { duration } from './durations.ts'
import type { Bind } from './expressions/bind.ts'
import { coerce } from './expressions/coerce.ts'
import type { Node, WindowDef } from './parser.ts'
import { invalid, unsupported } from './refuse.ts'
import { locationOf } from './tree.ts'

const Bit = {
  given: 0x1,
  range: 0x2,
  rows: 0x4,
  groups: 0x8,
  fromUnbounded: 0x20,
  toUnbounded: 0x100,
  fromPreceding: 0x800,
  toPreceding: 0x1000,
  fromFollowing: 0x2000,
  toFollowing: 0x4000,
  withoutRow: 0x8000,
  withoutGroup: 0x10000,
  withoutTies: 0x20000,
} as const

export const hasFrame = ({ frameOptions = 0 }: WindowDef): boolean => (frameOptions & Bit.given) !== 0

/** What a window without a frame has: all up to the row and its peers; without an order the whole partition. */
export const defaultFrame = (order: readonly SortKey[]): OverFrame =>
  Object.freeze({ mode: 'range', from: undefined, to: order.length > 0 ? 0 : undefined })

export function frameOf(node: WindowDef, order: readonly SortKey[], block: Block, bind: Bind): OverFrame {
  if (!hasFrame(node)) return defaultFrame(order)
  const { frameOptions: bits = 0, startOffset, endOffset } = node
  const { text } = block.query
  const has = (bit: number): boolean => (bits & bit) !== 0
  const mode = has(Bit.rows) ? 'rows' : has(Bit.groups) ? 'groups' : 'range'
  if (mode === 'groups' && order.length === 0)
    return invalid(text, node.location, 'GROUPS mode requires an ORDER BY clause', 'say the order, or write ROWS')
  const offset = (of: Node | undefined, before: boolean): number | bigint => {
    const value = mode === 'range' ? distance(of as Node, order, block, bind) : rowsIn(of as Node, block, bind)
    return before ? (typeof value === 'bigint' ? -value : 0 - value) : value
  }
  const whole = mode === 'range' && order.length === 0
  const edge = (of: Node | undefined, isUnbounded: boolean, bit: { before: number; behind: number }) => {
    if (isUnbounded) return undefined
    if (has(bit.before) || has(bit.behind)) return offset(of, has(bit.before))
    // Without an order all rows are peers of the current one.
    return whole ? undefined : 0
  }
  return Object.freeze({
    mode,
    from: edge(startOffset, has(Bit.fromUnbounded), { before: Bit.fromPreceding, behind: Bit.fromFollowing }),
    to: edge(endOffset, has(Bit.toUnbounded), { before: Bit.toPreceding, behind: Bit.toFollowing }),
    ...exclusion(has),
  })
}

function exclusion(has: (bit: number) => boolean): Pick<OverFrame, 'exclude'> {
  if (has(Bit.withoutRow)) return { exclude: 'row' }
  if (has(Bit.withoutGroup)) return { exclude: 'group' }
  return has(Bit.withoutTies) ? { exclude: 'ties' } : {}
}

/** A number of rows, or of groups. */
function rowsIn(node: Node, block: Block, bind: Bind): number {
  const { text } = block.query
  const expr = coerce(block, bind(node, block), scalars.int, locationOf(node))
  if (!isConstant(expr))
    return unsupported(text, locationOf(node), 'an offset of a frame that is no constant', 'write a number')
  const { value } = evaluateConstant(expr)
  const rows = Number(value)
  if (value === null || typeIn(block, expr).type.kind !== 'int' || rows < 0)
    return invalid(
      text,
      locationOf(node),
      'the offset of a frame is not a number of rows',
      'write a whole number from 0',
    )
  return rows
}

/** A distance of the order key: a number, or for times microseconds. */
function distance(node: Node, order: readonly SortKey[], block: Block, bind: Bind): number | bigint {
  const { text } = block.query
  const byte = locationOf(node)
  const [key, more] = order
  if (key === undefined || more !== undefined)
    return invalid(
      text,
      byte,
      'RANGE with an offset requires exactly one ORDER BY column',
      'order by one, or write ROWS',
    )
  const { kind } = typeIn(block, key.expr).type
  if (kind === 'timestamp' || kind === 'date') return duration(node, block)
  const { type } = typeIn(block, key.expr)
  const expr = coerce(block, bind(node, block), type, byte)
  const isWhole = kind === 'int' || kind === 'bigint'
  if (!isWhole && kind !== 'float' && kind !== 'double')
    return invalid(text, byte, `RANGE with an offset is not for ${kind}`, 'order by a number or a time, or write ROWS')
  if (!isConstant(expr)) return unsupported(text, byte, 'an offset of a frame that is no constant', 'write a number')
  if (isWhole && typeIn(block, expr).type.kind !== 'int')
    return invalid(text, byte, 'the offset of a range over whole numbers is not whole', 'write a whole number')
  const { value } = evaluateConstant(cast(expr, scalars.double))
  if (value === null || !(Number(value) >= 0))
    return invalid(text, byte, 'the offset of a frame must not be null or negative', 'write a number from 0')
  return Number(value)
}
