// The values of a key (PRIMARY KEY, UNIQUE) that rows have. Law: no two rows share one; a null is like nothing, unless the key
// says that it is.
import { excerpt, fail } from '../base/index.ts'
import { identity } from '../connectors/index.ts'
import type { Unique } from '../sql/index.ts'
import type { Row, Weighted } from './rows.ts'

export interface KeySet {
  readonly unique: Unique
  /** The key's values as a text; undefined: it is like no other. */
  idOf(row: Row): string | undefined
  has(id: string): boolean
  /** Fails with DUPLICATE_KEY where rows would share a key after the changes. */
  check(changes: readonly Weighted[]): void
  add(change: Weighted): void
}

export function keySetOf(table: string, unique: Unique): KeySet {
  const { columns, nullsEqual } = unique
  const counts = new Map<string, number>()
  const idOf = (row: Row): string | undefined =>
    !nullsEqual && columns.some(name => row[name] === null) ? undefined : identity(row, columns)
  return {
    unique,
    idOf,
    has: id => counts.has(id),
    check(changes) {
      const left = new Map<string, number>()
      for (const { row, weight } of changes) {
        const id = idOf(row)
        if (id !== undefined) left.set(id, (left.get(id) ?? counts.get(id) ?? 0) + weight)
      }
      for (const [id, count] of left) {
        const twice = count > 1 ? changes.find(({ row }) => idOf(row) === id) : undefined
        if (twice !== undefined) duplicate(table, columns, twice.row)
      }
    },
    add({ row, weight }) {
      const id = idOf(row)
      if (id === undefined) return
      const sum = (counts.get(id) ?? 0) + weight
      if (sum === 0) counts.delete(id)
      else counts.set(id, sum)
    },
  }
}

function duplicate(table: string, key: readonly string[], row: Row): never {
  const values = key.map(name => `${name} = ${excerpt(String(row[name]), 40)}`)
  return fail('DUPLICATE_KEY', { table, key: values.join(', ') })
}
