// Rows that are kept in this process and change: memory tables, and what materialized views hold. Law: what is read of a
// store is the sum of its changes; old changes are summed up when they outweigh the rows.
import { excerpt, fail } from '../base/index.ts'
import { identity, memoryInput } from '../connectors/index.ts'
import { type Node, sourceOf } from '../plan/index.ts'
import { type Schema, showType } from '../types/index.ts'
import type { Row, Weighted } from './rows.ts'

export interface Store {
  readonly node: Node
  readonly schema: Schema
  /** Rows, each as often as its weight says. */
  readonly size: number
  /** The rows of `rows` whose key is not there yet. */
  fresh(rows: readonly Weighted[]): readonly Weighted[]
  /** Make changes. Throws DUPLICATE_KEY, BAD_VALUE; then nothing is changed. */
  change(changes: readonly Weighted[]): Promise<void>
  /** Resolves when every query that follows the store has seen all of it. */
  settled(): Promise<void>
}

/** Changes that may be kept beyond twice the rows. */
const SLACK = 10_000

/** @param key columns whose values no two rows share; none: any rows */
export function storeOf(name: string, schema: Schema, key: readonly string[]): Store {
  const input = memoryInput<Row>(schema, { name, weights: true, highWater: Number.POSITIVE_INFINITY })
  const node = sourceOf(input.spec, undefined)
  const columns = schema.fields.map(each => each.name)
  const sums = new Map<string, { row: Row; weight: number }>()
  const keys = new Map<string, number>()
  let size = 0
  let changes = 0
  const keyOf = (row: Row): string => identity(row, key)
  const add = (each: Weighted): void => {
    sum(sums, identity(each.row, columns), each)
    size += each.weight
    if (key.length === 0) return
    const id = keyOf(each.row)
    const left = (keys.get(id) ?? 0) + each.weight
    if (left === 0) keys.delete(id)
    else keys.set(id, left)
  }
  const check = (all: readonly Weighted[]): void => {
    for (const { row, weight } of all) if (weight > 0) checkNulls(schema, row)
    if (key.length === 0) return
    const left = new Map<string, number>()
    for (const { row, weight } of all) left.set(keyOf(row), (left.get(keyOf(row)) ?? 0) + weight)
    for (const { row } of all)
      if ((keys.get(keyOf(row)) ?? 0) + (left.get(keyOf(row)) ?? 0) > 1) duplicate(name, key, row)
  }
  return {
    node,
    schema,
    get size() {
      return size
    },
    fresh(rows) {
      const seen = new Set<string>()
      return rows.flatMap(({ row }) => {
        const id = keyOf(row)
        if (keys.has(id) || seen.has(id)) return []
        seen.add(id)
        return [{ row, weight: 1 }]
      })
    },
    async change(all) {
      check(all)
      for (const each of all) add(each)
      changes += all.length
      await input.pushWeighted(all)
      if (changes < SLACK + 2 * sums.size) return
      await input.settled()
      input.compact([...sums.values()])
      changes = sums.size
    },
    settled: () => input.settled(),
  }
}

function sum(sums: Map<string, { row: Row; weight: number }>, id: string, { row, weight }: Weighted): void {
  const known = sums.get(id)
  const left = (known?.weight ?? 0) + weight
  if (left === 0) sums.delete(id)
  else if (known === undefined) sums.set(id, { row, weight })
  else known.weight = left
}

function checkNulls(schema: Schema, row: Row): void {
  for (const { name, type, nullable } of schema.fields)
    if (!nullable && row[name] === null)
      fail('BAD_VALUE', { value: 'null', column: name, type: showType(type), reason: 'the column is not nullable' })
}

function duplicate(table: string, key: readonly string[], row: Row): never {
  const values = key.map(name => `${name} = ${excerpt(String(row[name]), 40)}`)
  return fail('DUPLICATE_KEY', { table, key: values.join(', ') })
}
