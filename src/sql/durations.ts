// Durations in SQL: `'10 seconds'`, `INTERVAL '10 seconds'`, `INTERVAL '10' SECOND`, always constants of fixed length.
import { MillraceError, micros } from '../base/index.ts'
import { intervalParts } from '../data/index.ts'
import { literal } from '../expr/index.ts'
import { scalars } from '../types/index.ts'
import type { Block } from './block.ts'
import { declaredBy } from './declared.ts'
import { intervalConstant } from './expressions/interval.ts'
import type { Node } from './parser.ts'
import { invalid } from './refuse.ts'
import { locationOf, textOf } from './tree.ts'

/** Microseconds. */
export function duration(node: Node, block: Block): bigint {
  const fixed = ofFields(node, block.query.text)
  if (fixed !== undefined) return fixed
  const text = constantText(node)
  try {
    if (text !== undefined) return micros(clock(text) ?? (text as never))
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
  }
  return invalid(
    block.query.text,
    locationOf(node),
    'this is not a duration',
    "write INTERVAL '10 seconds'; months and years have no fixed length",
  )
}

/** `INTERVAL '10' SECOND`: its fields say what the number is. */
function ofFields(node: Node, text: string): bigint | undefined {
  if (!('TypeCast' in node) || node.TypeCast.arg === undefined || node.TypeCast.typeName === undefined) return undefined
  const declared = declaredBy(node.TypeCast.typeName, text)
  const value = constantText(node)
  if (declared?.fields === undefined || value === undefined) return undefined
  const read = intervalConstant(literal(value, scalars.string), { kind: 'interval', declared })
  const { months, days, micros: clock } = read === undefined ? NONE : intervalParts(read.value as Uint8Array)
  return months === 0 ? BigInt(days) * DAY + clock : undefined
}

const NONE = { months: 1, days: 0, micros: 0n }
const DAY = 86_400_000_000n

function constantText(node: Node): string | undefined {
  if ('A_Const' in node) return node.A_Const.sval?.sval
  if (!('TypeCast' in node) || node.TypeCast.arg === undefined || node.TypeCast.typeName === undefined) return undefined
  const { arg, typeName } = node.TypeCast
  return textOf(typeName.names?.at(-1)) === 'interval' ? constantText(arg) : undefined
}

/** PostgreSQL's form of hours, minutes and seconds: 01:30:00. */
function clock(text: string): { readonly milliseconds: number } | undefined {
  const found = /^(\d+):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?$/.exec(text.trim())
  if (found === null) return undefined
  const [hours, minutes, seconds, fraction] = found.slice(1).map(each => each ?? '0') as [
    string,
    string,
    string,
    string,
  ]
  return {
    milliseconds:
      ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, '0')),
  }
}
