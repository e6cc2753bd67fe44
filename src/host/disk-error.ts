// What the operating system says, as an error of the catalogue: who must act depends on the errno.
import { MillraceError } from '../base/index.ts'

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const DENIED = new Set(['EACCES', 'EPERM', 'EROFS'])
const MISSING = new Set(['ENOENT', 'ENOTDIR'])

/** A failed disk operation as DISK_FULL, DISK_DENIED, DISK_MISSING or DISK_FAILED. */
export function diskError(doing: string, path: string, cause: unknown): MillraceError {
  if (cause instanceof MillraceError) return cause
  const code = codeOf(cause)
  if (FULL.has(code)) return new MillraceError('DISK_FULL', { path, reason: doing }, {}, cause)
  if (DENIED.has(code))
    return new MillraceError('DISK_DENIED', { path, reason: `${doing} it is not allowed (${code})` }, {}, cause)
  if (MISSING.has(code)) return new MillraceError('DISK_MISSING', { path }, {}, cause)
  return new MillraceError('DISK_FAILED', { path, reason: `${doing} it: ${reasonOf(code, cause)}` }, {}, cause)
}

export function isMissing(error: unknown): boolean {
  return MISSING.has(codeOf(error))
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

function reasonOf(code: string, cause: unknown): string {
  if (code === 'EMFILE' || code === 'ENFILE') return 'too many open files'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'ENAMETOOLONG') return 'the name is too long'
  return cause instanceof Error ? cause.message : String(cause)
}
