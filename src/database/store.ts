// Rows that are kept in this process and change: memory tables, and what materialized views hold. Law: what is read of a
// store is the sum of its changes; old changes are summed up when they outweigh the rows.
import { blockInput } from '../connectors/index.ts'
import type { RowBlock } from '../data/index.ts'
import { type Node, sourceOf } from '../plan/index.ts'
import { NO_RULES, type Rules } from '../sql/index.ts'
import type { Schema } from '../types/index.ts'
import { RowIndex } from './row-index.ts'

export interface Store {
  readonly node: Node
  readonly schema: Schema
  readonly rules: Rules
  /** What is there. */
  readonly index: RowIndex
  /** Make changes: blocks of rows that come or go. Throws DUPLICATE_KEY, BAD_VALUE; then nothing is changed. */
  change(changes: readonly RowBlock[]): Promise<void>
  /** Resolves when every query that follows the store has seen all of it. */
  settled(): Promise<void>
}

/** Changes that may be kept beyond twice the rows. */
const SLACK = 10_000

export function storeOf(name: string, schema: Schema, rules: Rules = NO_RULES): Store {
  const input = blockInput(name, schema)
  const index = new RowIndex(name, schema, rules.uniques)
  let changes = 0
  return {
    node: sourceOf(input.spec, undefined),
    schema,
    rules,
    index,
    async change(blocks) {
      const some = blocks.filter(each => each.count > 0)
      if (some.length === 0) return
      index.change(some)
      for (const { count } of some) changes += count
      input.push(some)
      if (changes < SLACK + 2 * index.count) return
      await input.settled()
      input.compact(index.rows())
      changes = index.count
    },
    settled: () => input.settled(),
  }
}
