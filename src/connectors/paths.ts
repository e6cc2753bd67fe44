// Where files are: a path, or a URL of one.
import { fileURLToPath } from 'node:url'
import { excerpt, fail } from '../base/index.ts'

/** A path, or a file: URL such as `new URL('flights.jsonl', import.meta.url)`. */
export function pathOf(path: string | URL): string {
  if (!(path instanceof URL)) return path
  if (path.protocol === 'file:') return fileURLToPath(path)
  return fail('BAD_OPTION', {
    option: 'path',
    of: 'read',
    reason: `${excerpt(path.href)} is not a file: URL`,
    fix: "pass a path, or new URL('flights.jsonl', import.meta.url)",
  })
}
