// Errors for people: what happened, where, and what to do; the stack only when it was asked for, or when nobody but we
// can act on it.
import type { MillraceError } from '../base/index.ts'

/** A MillraceError, of whichever copy of millrace: a job may have its own. */
export function isKnown(error: unknown): error is MillraceError {
  return error instanceof Error && error.name === 'MillraceError' && 'actor' in error && 'hint' in error
}

export function report(error: unknown, verbose: boolean): string {
  if (!isKnown(error)) return `millrace: ${error instanceof Error ? error.stack : String(error)}\n`
  const told = error.message.replace(`. To fix: ${error.hint}.`, '').replace(/^USAGE: /, '')
  const cause = error.cause instanceof Error && error.code !== 'SQL_SYNTAX' ? [`  cause: ${describe(error.cause)}`] : []
  const lines = [`millrace: ${told}`, `  to fix: ${error.hint}`, ...cause]
  const stack = verbose || error.actor === 'millrace' ? [stackOf(error)] : []
  return `${[...lines, ...stack].join('\n')}\n`
}

/** The cause with the place of the user's code that threw it. */
function describe(cause: Error): string {
  const place = /\((?:file:\/\/)?(\/[^()]+:\d+:\d+)\)|at (?:async )?(?:file:\/\/)?(\/\S+:\d+:\d+)/.exec(
    cause.stack ?? '',
  )
  const at = place?.[1] ?? place?.[2]
  return `${cause.name}: ${cause.message}${at === undefined ? '' : ` (${at})`}`
}

function stackOf(error: Error): string {
  const own = error.stack ?? ''
  return error.cause instanceof Error ? `${own}\ncaused by ${error.cause.stack ?? error.cause.message}` : own
}
