// Makers of window functions.
import { describeValue, excerpt } from '../../base/index.ts'
import { type SortKey, show, typeOf } from '../../expr/index.ts'
import { type Schema, showType } from '../../types/index.ts'
import type { Named, Node, Over, OverCall, OverFrame } from '../node.ts'
import { schema } from '../schema.ts'
import { badVerb, checked, expectOrder, frozen } from './checked.ts'
import { expectMerged } from './sessions.ts'

export interface Overing {
  readonly per: readonly Named[]
  readonly keys: readonly SortKey[]
  readonly frame: OverFrame
  readonly calls: readonly OverCall[]
}

const FIRST: Readonly<Record<string, number>> = { lag: 0, lead: 0, ntile: 1, nth_value: 1 }

export function overOf(input: Node, { per, keys, frame, calls }: Overing): Over {
  const of = schema(input)
  if (calls.length === 0) badVerb('over', 'there are no functions', 'w => ({ n: w.rowNumber() })')
  for (const each of per) expectOrder(each.expr, [of], 'groupBy')
  for (const each of keys) expectOrder(each.expr, [of], 'orderBy')
  for (const each of calls) checkCall(each, of)
  checkFrame(frame, keys, of)
  const by = [...per, ...keys].map(each => each.expr)
  expectMerged(input, by, 'over')
  return checked({
    kind: 'over',
    input,
    per: frozen(per),
    keys: frozen(keys),
    frame: Object.freeze({ ...frame }),
    calls: frozen(calls),
  })
}

function checkCall({ name, fn, args, n }: OverCall, of: Schema): void {
  const least = FIRST[fn]
  if (least !== undefined && (!Number.isSafeInteger(n) || (n as number) < least))
    badVerb(
      'over',
      `${excerpt(name)}: ${describeValue(n)} is not a number of rows`,
      `give a whole number from ${least} on`,
    )
  for (const each of args) {
    const { type } = typeOf(each, [of])
    if (type.kind === 'struct')
      badVerb(
        'over',
        `${show(each)} has type ${showType(type)}`,
        `name a field of it, such as ${show(each)}.${type.fields[0]?.name}`,
      )
  }
}

/** A range with offsets is of one order key, whose type can be added to. */
function checkFrame({ mode, from, to }: OverFrame, keys: readonly SortKey[], of: Schema): void {
  const offsets = [from, to].filter(each => each !== undefined)
  if (mode !== 'range') {
    for (const each of offsets)
      if (!Number.isSafeInteger(each))
        badVerb('over', `${describeValue(each)} is not a number of ${mode}`, 'give a whole number')
    return
  }
  if (offsets.every(each => Number(each) === 0)) return
  const [key, more] = keys
  if (key === undefined || more !== undefined)
    badVerb('over', 'a range goes by one order key', "by: r => r.at, range: { preceding: '1 hour' }")
  const { kind } = typeOf(key.expr, [of]).type
  const wanted =
    kind === 'timestamp' ? 'bigint' : ['int', 'bigint', 'float', 'double'].includes(kind) ? 'number' : undefined
  for (const each of offsets)
    if (typeof each !== wanted && Number(each) !== 0)
      badVerb(
        'over',
        `a range over ${show(key.expr)}, of type ${kind}, has an offset that does not fit`,
        kind === 'timestamp' ? "give a duration: '1 hour'" : 'give a number, and order by a number',
      )
  if (kind === 'int' || kind === 'bigint')
    for (const each of offsets)
      if (typeof each === 'number' && !Number.isSafeInteger(each))
        badVerb('over', `${each} is not a whole number`, 'give a whole number')
}
