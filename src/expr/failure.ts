// Law 10 for rows: which expression failed, for which arguments, at which position of the input.
import { excerpt, MillraceError, type Position } from '../base/index.ts'
import { clockText, intervalParts, intervalText, uuidText } from '../data/index.ts'
import { type ScalarKind, showType } from '../types/index.ts'
import { dateText, timestampText } from './calendar.ts'
import type { TypedCall } from './check.ts'
import { rowErrors } from './registry/entry.ts'
import { show } from './show.ts'
import type { Value } from './value.ts'

/** A value as a message shows it. */
function showValue(value: Value, kind: ScalarKind): string {
  if (value === null) return 'null'
  if (kind === 'timestamp') return timestampText(value as bigint)
  if (kind === 'time') return clockText(value as bigint)
  if (kind === 'uuid') return uuidText(value as Uint8Array)
  if (kind === 'interval') return intervalText(intervalParts(value as Uint8Array))
  if (kind === 'decimal') return value as string
  if (kind === 'date') return dateText(value as number)
  if (typeof value === 'string') return `'${excerpt(value)}'`
  if (value instanceof Uint8Array) return `${value.length} bytes`
  return Object.is(value, -0) ? '-0' : String(value)
}

/** Is this one of the errors a row can cause? */
export function isRowError(error: unknown): error is MillraceError {
  return error instanceof MillraceError && (rowErrors as readonly (string | undefined)[]).includes(error.code)
}

/** The error `code` (a name, or a kernel's number) of one row of a call. */
export function rowFailure(
  code: MillraceError['code'] | number,
  node: TypedCall,
  args: readonly Value[],
  position?: Position,
): MillraceError {
  const name = typeof code === 'number' ? (rowErrors[code] ?? 'ASSERTION') : code
  // A cast to a decimal has its type's digits as arguments too.
  const given = node.source.kind === 'cast' ? args.slice(0, 1) : args
  const shown = given.map((each, i) => showValue(each, (node.args[i] as TypedCall).type.kind)).join(', ')
  const width = 'declared' in node.type ? node.type.declared?.name : undefined
  const params = {
    expression: show(node.source),
    bits: width === 'int2' ? '16' : width === 'int4' ? '32' : '64',
    arguments: shown,
    type: showType(node.type),
    reason: `a kernel raised ${code}`,
  }
  return new MillraceError(name, params, position === undefined ? {} : { position })
}
