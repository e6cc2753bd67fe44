// What a group keeps: aggregates are made of parts, and equal parts are kept once. avg(x) is the sum and the count of
// x; the count of a column that is never null is the group's own weight, which costs nothing.
import { unreachable } from '../../base/index.ts'
import { Kind, kindOf } from '../../data/index.ts'
import { DECIMAL_SCALE } from '../../types/index.ts'
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
  /** Of decimals, by their places in their order. */
  | 'extremePlace'
  | 'sumDecimal'
  | 'squareDecimal'
  | 'pick'
  | 'sketch'
  | 'root'
  | 'user'
  | 'session'

export interface Part {
  readonly what: What
  /** Index into the plan's masks. */
  readonly mask: number
  readonly args: readonly InputColumn[]
  /** extreme: the greatest; pick: the latest. */
  readonly greatest: boolean
  /** Index into the plan's sets: only what comes into it or leaves it is added (DISTINCT). */
  readonly set: number | undefined
  /** Offset in a record. */
  readonly at: number
  readonly bytes: number
  /** A user-defined aggregate with its own state. */
  readonly call?: AggregateColumn | undefined
}

/** The values of each group, with how often they occur: for DISTINCT, and for extremes of what can be retracted. */
export interface ValueSet {
  readonly mask: number
  /** What makes a value, in order of comparison. */
  readonly values: readonly InputColumn[]
  /** Where a group's values hang in order; 0 = they need no order. */
  rootAt: number
}

/** How a call's result is read from the parts; offsets are in a record, `count` 0 is the group's weight. */
export interface Result {
  readonly call: AggregateColumn
  readonly count: number
  readonly at: number
  readonly at2: number
  /** No row ever goes: what the state of a decimal sum looks like depends on it. */
  readonly appendOnly: boolean
  /** Taken from the end of an ordered set: which set, and which of its values. */
  readonly end?: { readonly set: number; readonly value: number } | undefined
}

export interface Plan {
  readonly masks: readonly Mask[]
  readonly parts: readonly Part[]
  readonly sets: readonly ValueSet[]
  readonly results: readonly Result[]
  /** Where the state ends: a record's bytes. */
  readonly end: number
}

const TEXT_BYTES = 16
const PLACE_BYTES = 16
const EXACT_BYTES = 40

/** Lay out the state of a group behind its keys. */
export function planParts(spec: AggregateSpec, stateAt: number): Plan {
  const plan = new Layout(stateAt, spec.appendOnlyInput)
  const results = spec.calls.map(call => {
    if (call.fn === 'user') return userOf(call, spec.appendOnlyInput, plan)
    return isEnd(call) && !spec.appendOnlyInput ? endOf(call, plan) : resultOf(call, plan)
  })
  // What is to be forgotten group by group must be found that way.
  if (spec.forgets === true) for (const set of plan.sets.keys()) plan.ordered(set)
  return { masks: plan.masks, parts: plan.parts, sets: plan.sets, results, end: plan.end }
}

class Layout {
  readonly masks: Mask[] = []
  readonly parts: Part[] = []
  readonly sets: ValueSet[] = []
  readonly appendOnly: boolean
  end: number

  constructor(stateAt: number, appendOnly: boolean) {
    this.end = stateAt
    this.appendOnly = appendOnly
  }

  mask(call: AggregateColumn, trues: readonly number[] = []): number {
    const present = call.args.filter(arg => arg.nullable).map(arg => arg.column)
    const all = call.filter === undefined ? [...trues] : [call.filter, ...trues]
    const wanted = JSON.stringify([present, all])
    const found = this.masks.findIndex(each => JSON.stringify([each.present, each.trues]) === wanted)
    return found >= 0 ? found : this.masks.push({ present, trues: all }) - 1
  }

  /** The offset of a part, shared with an equal one. */
  part(what: What, rows: Taken, args: readonly InputColumn[], bytes: number, greatest = false): number {
    const same = this.parts.find(
      each =>
        each.what === what &&
        each.mask === rows.mask &&
        each.set === rows.set &&
        each.greatest === greatest &&
        each.args.every((arg, i) => arg.column === args[i]?.column),
    )
    if (same !== undefined) return same.at
    const at = this.end
    this.parts.push({ what, ...rows, args, greatest, at, bytes })
    this.end += bytes
    return at
  }

  /** The offset of a part that is shared with none. */
  own(call: AggregateColumn, mask: number, bytes: number): number {
    const at = this.end
    this.parts.push({ what: 'user', mask, set: undefined, args: call.args, greatest: false, at, bytes, call })
    this.end += bytes
    return at
  }

  /** The offset of the number of rows taken: the group's weight when every row is. */
  count(rows: Taken): number {
    const { present, trues } = this.masks[rows.mask] as Mask
    const all = rows.set === undefined && present.length + trues.length === 0
    return all ? 0 : this.part('count', rows, [], 8)
  }

  set(mask: number, values: readonly InputColumn[]): number {
    const found = this.sets.findIndex(
      each =>
        each.mask === mask &&
        each.values.length === values.length &&
        each.values.every((value, i) => value.column === values[i]?.column),
    )
    return found >= 0 ? found : this.sets.push({ mask, values, rootAt: 0 }) - 1
  }

  ordered(set: number): number {
    const found = this.sets[set] as ValueSet
    if (found.rootAt === 0) found.rootAt = this.part('root', { mask: found.mask, set }, [], 8)
    return found.rootAt
  }
}

/** Which rows a part takes: those of a mask; of these, with a set, only each value's first. */
interface Taken {
  readonly mask: number
  readonly set: number | undefined
}

const isEnd = ({ fn }: AggregateColumn): boolean => ['min', 'max', 'first', 'last'].includes(fn)

/** An extreme of an input that can take values back: the end of the group's ordered values. */
function endOf(call: AggregateColumn, plan: Layout): Result {
  const [value, time] = call.args as [InputColumn, InputColumn | undefined]
  const set = plan.set(plan.mask(call), time === undefined ? [value] : [time, value])
  const end = { set, value: time === undefined ? 0 : 1 }
  return { call, count: 0, at: plan.ordered(set), at2: 0, appendOnly: plan.appendOnly, end }
}

const USER_BYTES = 32

/** The user's own state where rows are only added or can be removed, else the group's values. */
function userOf(call: AggregateColumn, appendOnly: boolean, plan: Layout): Result {
  const mask = plan.mask(call)
  if (appendOnly || call.user?.remove !== undefined)
    return { call, count: 0, at: plan.own(call, mask, USER_BYTES), at2: 0, appendOnly }
  const set = plan.set(mask, call.args)
  return { call, count: 0, at: plan.ordered(set), at2: 0, appendOnly, end: { set, value: 0 } }
}

/** Aggregates to which a value that occurs twice says no more than once. */
const idempotent = ['min', 'max', 'bool_and', 'bool_or']

function resultOf(call: AggregateColumn, plan: Layout): Result {
  const mask = plan.mask(call)
  const distinct = call.distinct === true && !idempotent.includes(call.fn)
  const rows: Taken = { mask, set: distinct ? plan.set(mask, call.args) : undefined }
  const count = plan.count(rows)
  const [at, at2] = statesOf(call, rows, plan)
  return { call, count, at, at2, appendOnly: plan.appendOnly }
}

function statesOf(call: AggregateColumn, rows: Taken, plan: Layout): readonly [number, number] {
  const [arg, second] = call.args as [InputColumn, InputColumn]
  switch (call.fn) {
    case 'count':
      return [0, 0]
    case 'sum':
    case 'avg':
      return [sumOf(arg, rows, plan), 0]
    case 'var_samp':
    case 'var_pop':
    case 'stddev_samp':
    case 'stddev_pop':
      return [sumOf(arg, rows, plan), squaresOf(arg, rows, plan)]
    case 'bool_and':
    case 'bool_or':
      return [plan.count({ mask: plan.mask(call, [arg.column]), set: undefined }), 0]
    case 'min':
    case 'max':
      return [extremeOf(arg, rows, plan, call.fn === 'max'), 0]
    case 'first':
    case 'last': {
      const bytes = 16 + (isText(arg) || isDecimal(arg) ? TEXT_BYTES : 8)
      return [plan.part('pick', rows, [arg, second], bytes, call.fn === 'last') + 16, 0]
    }
    case 'approx_quantile':
      return [plan.part('sketch', rows, call.args, 8), 0]
    default:
      return unreachable(call.fn as never)
  }
}

export const isText = (arg: Pick<InputColumn, 'type'>): boolean => kindOf(arg.type) === Kind.VIEW
export const isDecimal = (arg: Pick<InputColumn, 'type'>): boolean => arg.type.kind === 'decimal'
export const isInteger = (arg: InputColumn): boolean => kindOf(arg.type) === Kind.I64

function sumOf(arg: InputColumn, rows: Taken, plan: Layout): number {
  if (isDecimal(arg)) return plan.part('sumDecimal', rows, [arg], sumBytes(arg, plan.appendOnly))
  return isInteger(arg) ? plan.part('sumInteger', rows, [arg], 16) : plan.part('sumDouble', rows, [arg], EXACT_BYTES)
}

function squaresOf(arg: InputColumn, rows: Taken, plan: Layout): number {
  if (isDecimal(arg)) return plan.part('squareDecimal', rows, [arg], knownScale(arg) === undefined ? 112 : 40)
  return isInteger(arg)
    ? plan.part('squareInteger', rows, [arg], 24)
    : plan.part('squareDouble', rows, [arg], EXACT_BYTES)
}

/** The digits behind the point that every value of a decimal column shows. */
export function knownScale({ type }: Pick<InputColumn, 'type'>): number | undefined {
  return type.kind === 'decimal' ? type.scale : undefined
}

const SUM_KNOWN = 48
const SUM_COMING = 96
/** With how often each scale occurs, as rows may go. */
const SUM_ANY = 88 + (DECIMAL_SCALE + 1) * 8

/** See src/kernels/assembly/agg-decimal.ts. */
function sumBytes(arg: InputColumn, appendOnly: boolean): number {
  if (knownScale(arg) !== undefined) return SUM_KNOWN
  return appendOnly ? SUM_COMING : SUM_ANY
}

function extremeOf(arg: InputColumn, rows: Taken, plan: Layout, greatest: boolean): number {
  if (isDecimal(arg)) return plan.part('extremePlace', rows, [arg], PLACE_BYTES, greatest)
  return isText(arg)
    ? plan.part('extremeText', rows, [arg], TEXT_BYTES, greatest)
    : plan.part('extreme', rows, [arg], 8, greatest)
}
