// What a function of the user did wrong, told with its verb, the row it was given, and the line it stands on.
// The line is read off the stack: the last frame before the first one of ours. Functions are called inside a try of
// the operator (no closure a row), which hands what it caught to `failed`.
import { MillraceError, type Where } from '../base/index.ts'
import { type Batch, show } from '../data/index.ts'

/** Where row `row` of the delta came from. */
export function whereOf(delta: Batch, row: number, operator: string): Where {
  return delta.origin === undefined ? { operator } : { operator, position: delta.origin.position(row) }
}

/** What a function threw, as an error of ours. */
export function failed(error: unknown, verb: string, where: Where): MillraceError {
  if (error instanceof MillraceError) return error.at(where)
  return new MillraceError('FUNCTION_FAILED', { verb, reason: reasonOf(error) }, where, error)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return show(error)
  const line = lineOf(error.stack)
  return `${error.name}: ${error.message}${line === undefined ? '' : ` at ${line}`}`
}

const HERE = import.meta.url.slice(0, import.meta.url.lastIndexOf('/') + 1)
const PLACE = /(?:file:\/\/)?([^\s()]+:\d+:\d+)\)?$/

/** `file:line:column` of the user's function: who called it is ours. */
function lineOf(stack: string | undefined): string | undefined {
  let found: string | undefined
  for (const line of stack?.split('\n') ?? []) {
    if (!/^\s+at /.test(line)) continue
    if (line.includes(HERE)) break
    const place = PLACE.exec(line)?.[1]
    if (place !== undefined && !line.includes('node:')) found = place
  }
  return found
}

/** A row as text for `.errors`. */
function rowText(row: object): string {
  return JSON.stringify(row, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}

/** A row of `.errors`: columns of the plan's errorsSchema. */
export function errorRow(error: MillraceError, row: object): object {
  const at = error.where.position
  return {
    source: at?.source ?? error.where.operator ?? '',
    line: at?.line ?? at?.row ?? null,
    byte: at?.byte ?? null,
    column: at?.column ?? null,
    code: error.code,
    reason: error.message,
    raw: rowText(row),
  }
}
