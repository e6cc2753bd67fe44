// The aggregate collect: the values of a group as a list, in their own order, so that it does not matter how rows came; at
// most `max` of them, the least. Nulls are passed over, as by all aggregates.
import { badArgument, optionsFor } from '../base/index.ts'
import { CellWriter, compareBytes, putValueOf } from '../data/index.ts'
import type { UserAggregate } from '../expr/index.ts'
import { badVerb } from '../plan/index.ts'
import { type CollectOptions, type ColumnType, listOf } from '../types/index.ts'

const EXAMPLE = 'g.page.collect({ max: 50 })'

/** An aggregate without `remove`: where rows go, it is made anew from the group's values. */
export function collecting(type: ColumnType, options: CollectOptions): UserAggregate<unknown[], unknown, unknown[]> {
  const { max, distinct = false } = optionsFor('collect', options, EXAMPLE)
  if (!Number.isInteger(max) || max < 1) badArgument('collect', 'max', max, EXAMPLE)
  if (typeof distinct !== 'boolean') badArgument('collect', 'distinct', distinct, EXAMPLE)
  return Object.freeze({
    name: `collect_${distinct ? 'distinct_' : ''}${max}`,
    type: listOf(type),
    init: () => [],
    add: (values: unknown[], value: unknown) => inserted(values, value, type, max, distinct),
    result: (values: unknown[]) => values,
  })
}

function bytesOf(type: ColumnType, value: unknown): Uint8Array {
  const out = new CellWriter()
  putValueOf(out, type, value, reason => badVerb('collect', reason, EXAMPLE))
  return out.slice()
}

/** The values with one more, in order. */
function inserted(values: unknown[], value: unknown, type: ColumnType, max: number, distinct: boolean): unknown[] {
  const bytes = bytesOf(type, value)
  const order = (at: number): number => compareBytes(bytesOf(type, values[at]), bytes)
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (order(middle) < 0) low = middle + 1
    else high = middle
  }
  if (low === max || (distinct && low < values.length && order(low) === 0)) return values
  return [...values.slice(0, low), value, ...values.slice(low, max - 1)]
}
