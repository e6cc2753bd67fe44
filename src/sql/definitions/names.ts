// The name of a table that a statement defines or changes.
import type { RangeVar, Script } from '../parser.ts'
import { invalid, unsupported } from '../refuse.ts'

export function nameOf(relation: RangeVar | undefined, { text, paths }: Script): string {
  const { relname = '', schemaname, location } = relation ?? {}
  if (schemaname !== undefined)
    return unsupported(text, location, `the schema ${schemaname}`, 'leave it out: all tables are in one place')
  if (!paths.has(relname.trimEnd())) return relname
  const fix = "write COPY (SELECT …) TO 'file', or CREATE TABLE name () WITH (connector = 'files', path = …)"
  return invalid(text, location, 'a path is no name of a table', fix)
}
