// WITH … AS (INSERT, UPDATE or DELETE … RETURNING): every part of such a statement sees the tables as they were before it, and
// of the others only what their RETURNING tells. So all is found out first, and then changed at once.
import type { Node } from '../plan/index.ts'
import { schema } from '../plan/index.ts'
import { type Changing, definitionOf, invalid, type Statement, unsupported } from '../sql/index.ts'
import { bound } from './catalog.ts'
import { pendingChange, storeNamed } from './change.ts'
import { pendingInsert } from './insert.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { makeChanges, type Pending } from './pending.ts'
import type { Given, Place } from './place.ts'
import { relationNamed } from './relation.ts'
import { blocksNow, tableOfBlocks } from './rows.ts'

export const changeTogether = (
  statement: Statement,
  parts: readonly Changing[],
  given: Given,
  place: Place,
): Promise<Node | string> =>
  oneAtATime(place, async () => {
    const told = new Map<string, Node | undefined>()
    const seeing: Place = { ...place, told }
    const pending: Part[] = []
    for (const { name, statement: part } of parts) {
      const made = await pendingOf(part, given, seeing)
      told.set(name, typeof made.outcome === 'string' ? undefined : made.outcome)
      pending.push(made)
    }
    const isQuery = definitionOf(statement, given.script).kind === 'query'
    const last = isQuery ? undefined : await pendingOf(statement, given, seeing)
    const outcome = last?.outcome ?? (await rowsOf(await bound(statement, given, seeing), given, place))
    const all = last === undefined ? pending : [...pending, last]
    expectOnce(all, given)
    await makeChanges(all, place)
    return outcome
  })

interface Part extends Pending {
  readonly kind: 'insert' | 'update' | 'delete'
  readonly byte: number | undefined
}

async function pendingOf(statement: Statement, given: Given, place: Place): Promise<Part> {
  const definition = definitionOf(statement, given.script)
  switch (definition.kind) {
    case 'insert': {
      const { store } = relationNamed(definition, given, place)
      if (store === undefined)
        return unsupported(
          given.script.text,
          definition.byte,
          'WITH of an INSERT into a sink',
          'insert into a memory table',
        )
      return { ...(await pendingInsert(store, definition, given, place)), kind: 'insert', byte: definition.byte }
    }
    case 'update':
    case 'delete': {
      const store = storeNamed(definition, given, place)
      return { ...(await pendingChange(store, definition, given, place)), kind: definition.kind, byte: definition.byte }
    }
    default:
      return unsupported(
        given.script.text,
        undefined,
        `${definition.kind} in WITH`,
        'write SELECT, INSERT, UPDATE or DELETE',
      )
  }
}

/** The rows of a table that has been changed would go twice. */
function expectOnce(parts: readonly Part[], { script }: Given): void {
  const changed = parts.filter(each => each.kind !== 'insert')
  const again = changed.find((each, i) => changed.slice(0, i).some(other => other.store === each.store))
  if (again === undefined) return
  invalid(script.text, again.byte, 'a table is updated or deleted from twice in one statement', 'write two statements')
}

/** The rows of a query as they are now. */
async function rowsOf(node: Node, given: Given, place: Place): Promise<Node> {
  const columns = schema(node)
  const names = columns.fields.map(each => each.name)
  const [blocks = []] = await blocksNow(place.world, node, [names], given.signal)
  return tableOfBlocks(columns, blocks)
}
