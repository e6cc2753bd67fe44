// What the saved groups of an aggregation look like, as a text. Law: where two texts are equal, groups that one aggregation saved
// are groups of the other: the same keys, and the same parts at the same places, made of the same values. Names are not in
// it, nor which results are read from the parts, nor whether a column may be null if nothing was kept about it.
import { kindOf } from '../../data/index.ts'
import type { AggregateSpec, InputColumn } from '../aggregate-spec.ts'
import { type Plan, planParts } from './parts.ts'
import { layoutKeys } from './table.ts'

/** @param textOf what a column of the input is, for both aggregations; undefined: functions decide, so nothing is equal */
export function layoutText(spec: AggregateSpec, textOf: (column: number) => string): string | undefined {
  if (spec.calls.some(each => each.user !== undefined)) return undefined
  const { nullWords, stateAt } = layoutKeys(spec.keys, spec.window !== undefined)
  const plan = planParts(spec, stateAt)
  const value = ({ column, type }: InputColumn) => [textOf(column), kindOf(type)]
  const filters = (mask: number) => (plan.masks[mask] as Plan['masks'][number]).trues.map(textOf)
  return JSON.stringify({
    nullWords,
    keys: spec.keys.map(value),
    parts: plan.parts.map(each => [
      each.what,
      each.at,
      each.bytes,
      each.greatest,
      each.set ?? -1,
      filters(each.mask),
      ...each.args.map(value),
    ]),
    sets: plan.sets.map(each => [each.rootAt, filters(each.mask), ...each.values.map(value)]),
  })
}
