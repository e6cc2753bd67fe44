// Durations in SQL: `'10 seconds'`, `INTERVAL '10 seconds'`, `INTERVAL '10' SECOND`, always constants of fixed length.
import { MillraceError, micros } from '../base/index.ts'
import type { Block } from './block.ts'
import { intervalText } from './expressions/interval.ts'
import type { Node } from './parser.ts'
import { invalid } from './refuse.ts'
import { locationOf, textOf } from './tree.ts'

/** Microseconds. */
export function duration(node: Node, block: Block): bigint {
  const text = constantText(node, block.query.text)
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

function constantText(node: Node, text: string): string | undefined {
  if ('A_Const' in node) return node.A_Const.sval?.sval
  if (!('TypeCast' in node) || node.TypeCast.arg === undefined || node.TypeCast.typeName === undefined) return undefined
  const { arg, typeName } = node.TypeCast
  if (textOf(typeName.names?.at(-1)) !== 'interval') return undefined
  const own = constantText(arg, text)
  return own === undefined ? undefined : `${own}${intervalText(typeName, text) ?? ''}`
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
