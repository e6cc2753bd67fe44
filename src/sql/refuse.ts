// Refusals tell what, where (line, column, a caret), and what to use instead.
import { fail, MillraceError } from '../base/index.ts'
import { place } from './place.ts'

/** Something that PostgreSQL's grammar takes and millrace does not (yet mean the same by). */
export function unsupported(text: string, byte: number | undefined, what: string, fix: string): never {
  const at = place(text, byte ?? 0)
  return fail('SQL_UNSUPPORTED', { what, shown: at.shown, fix }, { position: at.position })
}

/** Something that has no meaning: what PostgreSQL refuses too. */
export function invalid(text: string, byte: number | undefined, reason: string, fix: string): never {
  const at = place(text, byte ?? 0)
  return fail('SQL_INVALID', { reason, shown: at.shown, fix }, { position: at.position })
}

/** Do `task`; what it fails with is told with the place, unless it has one. */
export function within<T>(text: string, byte: number | undefined, task: () => T): T {
  try {
    return task()
  } catch (error) {
    if (!(error instanceof MillraceError) || byte === undefined || error.where.position !== undefined) throw error
    throw error.at({ position: place(text, byte).position })
  }
}
