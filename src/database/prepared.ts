// Prepared statements, by their names, for as long as the database is open.
import type { Node } from '../plan/index.ts'
import { argumentsOf, invalid, type Preparing } from '../sql/index.ts'
import { NO_TABLES } from './catalog.ts'
import type { Given, Place, Prepared } from './place.ts'

type Perform = (prepared: Prepared, params: Given['params']) => Promise<Node | string>

export async function prepared(
  what: Preparing,
  { script }: Given,
  place: Place,
  perform: Perform,
): Promise<Node | string> {
  const { prepared: all } = place
  if (what.kind === 'prepare') {
    if (all.has(what.name))
      return invalid(
        script.text,
        undefined,
        `there is a prepared statement ${what.name}`,
        'DEALLOCATE it, or take another name',
      )
    all.set(what.name, { statement: what.of, script, types: what.types })
    return 'PREPARE'
  }
  if (what.kind === 'deallocate' && what.name === undefined) {
    all.clear()
    return 'DEALLOCATE ALL'
  }
  const found = all.get(what.name ?? '')
  if (found === undefined)
    return invalid(
      script.text,
      undefined,
      `there is no prepared statement ${what.name}`,
      'write PREPARE name AS … before',
    )
  if (what.kind === 'execute')
    return perform(found, argumentsOf(what.args, found.types, found.statement, script, NO_TABLES))
  all.delete(what.name ?? '')
  return 'DEALLOCATE'
}
