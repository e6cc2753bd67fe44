// What a group keeps: aggregates are made of parts, and equal parts are kept once. avg(x) is the sum and the count of
// x; the count of a column that is never null is the group's own weight, which costs nothing.
import { unreachable } from '../../base/index.ts'
import { Kind, kindOf } from '../../data/index.ts'
import type { AggregateColumn, AggregateSpec, InputColumn } from '../aggregate-spec.ts'

/** Rows that count: where no column of `present` is null, and all of `trues` are true. */
export interface Mask {
  readonly present: readonly number[]
  readonly trues: readonly number[]
}

export type What =
  | 'count'
  | 'sumInteger'
  | 'squareInteger'
  | 'sumDouble'
  | 'squareDouble'
  | 'extreme'
  | 'extremeText'
  | 'pick'
  | 'sketch'

export interface Part {
  readonly what: What
  /** Index into the plan's masks. */
  readonly mask: number
  readonly args: readonly InputColumn[]
  /** extreme: the greatest; pick: the latest. */
  readonly greatest: boolean
  /** Offset in a record. */
  readonly at: number
  readonly bytes: number
}

/** How a call's result is read from the parts; offsets are in a record, `count` 0 is the group's weight. */
export interface Result {
  readonly call: AggregateColumn
  readonly count: number
  readonly at: number
  readonly at2: number
}

export interface Plan {
  readonly masks: readonly Mask[]
  readonly parts: readonly Part[]
  readonly results: readonly Result[]
  /** Where the state ends: a record's bytes. */
  readonly end: number
}

const TEXT_BYTES = 16
const EXACT_BYTES = 40

/** Lay out the state of a group behind its keys. */
export function planParts(spec: AggregateSpec, stateAt: number): Plan {
  const plan = new Layout(stateAt)
  const results = spec.calls.map(call => resultOf(call, plan))
  return { masks: plan.masks, parts: plan.parts, results, end: plan.end }
}

class Layout {
  readonly masks: Mask[] = []
  readonly parts: Part[] = []
  end: number

  constructor(stateAt: number) {
    this.end = stateAt
  }

  mask(call: AggregateColumn, trues: readonly number[] = []): number {
    const present = call.args.filter(arg => arg.nullable).map(arg => arg.column)
    const all = call.filter === undefined ? [...trues] : [call.filter, ...trues]
    const wanted = JSON.stringify([present, all])
    const found = this.masks.findIndex(each => JSON.stringify([each.present, each.trues]) === wanted)
    return found >= 0 ? found : this.masks.push({ present, trues: all }) - 1
  }

  /** The offset of a part, shared with an equal one. */
  part(what: What, mask: number, args: readonly InputColumn[], bytes: number, greatest = false): number {
    const same = this.parts.find(
      each =>
        each.what === what &&
        each.mask === mask &&
        each.greatest === greatest &&
        each.args.every((arg, i) => arg.column === args[i]?.column),
    )
    if (same !== undefined) return same.at
    const at = this.end
    this.parts.push({ what, mask, args, greatest, at, bytes })
    this.end += bytes
    return at
  }

  /** The offset of the number of rows in a mask: the group's weight when every row is. */
  count(mask: number): number {
    const { present, trues } = this.masks[mask] as Mask
    return present.length + trues.length === 0 ? 0 : this.part('count', mask, [], 8)
  }
}

function resultOf(call: AggregateColumn, plan: Layout): Result {
  const mask = plan.mask(call)
  const count = plan.count(mask)
  const [at, at2] = statesOf(call, mask, plan)
  return { call, count, at, at2 }
}

function statesOf(call: AggregateColumn, mask: number, plan: Layout): readonly [number, number] {
  const [arg, second] = call.args
  switch (call.fn) {
    case 'count':
      return [0, 0]
    case 'sum':
    case 'avg':
      return [sumOf(arg as InputColumn, mask, plan), 0]
    case 'var_samp':
    case 'var_pop':
    case 'stddev_samp':
    case 'stddev_pop':
      return [sumOf(arg as InputColumn, mask, plan), squaresOf(arg as InputColumn, mask, plan)]
    case 'bool_and':
    case 'bool_or':
      return [plan.count(plan.mask(call, [(arg as InputColumn).column])), 0]
    case 'min':
    case 'max':
      return [extremeOf(arg as InputColumn, mask, plan, call.fn === 'max'), 0]
    case 'first':
    case 'last': {
      const args = [arg as InputColumn, second as InputColumn]
      const bytes = 16 + (isText(arg as InputColumn) ? TEXT_BYTES : 8)
      return [plan.part('pick', mask, args, bytes, call.fn === 'last') + 16, 0]
    }
    case 'approx_quantile':
      return [plan.part('sketch', mask, call.args, 8), 0]
    default:
      return unreachable(call.fn as never)
  }
}

export const isText = (arg: InputColumn): boolean => kindOf(arg.type) === Kind.VIEW
export const isInteger = (arg: InputColumn): boolean => kindOf(arg.type) === Kind.I64

function sumOf(arg: InputColumn, mask: number, plan: Layout): number {
  return isInteger(arg) ? plan.part('sumInteger', mask, [arg], 16) : plan.part('sumDouble', mask, [arg], EXACT_BYTES)
}

function squaresOf(arg: InputColumn, mask: number, plan: Layout): number {
  return isInteger(arg)
    ? plan.part('squareInteger', mask, [arg], 24)
    : plan.part('squareDouble', mask, [arg], EXACT_BYTES)
}

function extremeOf(arg: InputColumn, mask: number, plan: Layout, greatest: boolean): number {
  return isText(arg)
    ? plan.part('extremeText', mask, [arg], TEXT_BYTES, greatest)
    : plan.part('extreme', mask, [arg], 8, greatest)
}
