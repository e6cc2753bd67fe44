// Rows that are kept in this process and change: memory tables, and what materialized views hold. Law: what is read of a
// store is the sum of its changes; old changes are summed up when they outweigh the rows.
import { fail } from '../base/index.ts'
import { identity, memoryInput } from '../connectors/index.ts'
import { type Node, sourceOf } from '../plan/index.ts'
import { NO_RULES, type Rules } from '../sql/index.ts'
import { type Schema, showType } from '../types/index.ts'
import { type KeySet, keySetOf } from './key-set.ts'
import type { Row, Weighted } from './rows.ts'

export interface Store {
  readonly node: Node
  readonly schema: Schema
  readonly rules: Rules
  /** The values of each key of `rules.uniques`, in their order. */
  readonly keys: readonly KeySet[]
  /** Each row that is there, and how often. */
  rows(): readonly Weighted[]
  /** How often a row is there. */
  weightOf(row: Row): number
  /** Make changes. Throws DUPLICATE_KEY, BAD_VALUE; then nothing is changed. */
  change(changes: readonly Weighted[]): Promise<void>
  /** Resolves when every query that follows the store has seen all of it. */
  settled(): Promise<void>
}

/** Changes that may be kept beyond twice the rows. */
const SLACK = 10_000

export function storeOf(name: string, schema: Schema, rules: Rules = NO_RULES): Store {
  const input = memoryInput<Row>(schema, { name, weights: true, highWater: Number.POSITIVE_INFINITY })
  const node = sourceOf(input.spec, undefined)
  const columns = schema.fields.map(each => each.name)
  const sums = new Map<string, { row: Row; weight: number }>()
  const keys = rules.uniques.map(each => keySetOf(name, each))
  let changes = 0
  return {
    node,
    schema,
    rules,
    keys,
    rows: () => [...sums.values()],
    weightOf: row => sums.get(identity(row, columns))?.weight ?? 0,
    async change(all) {
      for (const { row, weight } of all) if (weight > 0) checkNulls(schema, row)
      for (const each of keys) each.check(all)
      for (const each of all) {
        sum(sums, identity(each.row, columns), each)
        for (const key of keys) key.add(each)
      }
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
