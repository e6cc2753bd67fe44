// Makers of windows by count: rows are numbered in their group, put into windows by their numbers, and aggregated.
import { describeValue, fail } from '../../base/index.ts'
import { call, column, type SortKey } from '../../expr/index.ts'
import type { Aggregate, CountWindow, Named, NamedAggregate, Node, Over, PartialWindows } from '../node.ts'
import { properties } from '../properties.ts'
import { badVerb, checked } from './checked.ts'
import { aggregateOf, COUNT, finalOf } from './group.ts'
import { overOf } from './over.ts'
import { whereOf } from './rows.ts'

const NUMBER = '#number'
/** The number of a window's rows: the last aggregate. */
const WINDOW_ROWS = '#rows'

export interface Counting {
  readonly keys: readonly Named[]
  readonly size: number
  readonly every: number
  /** Undefined: by event time. */
  readonly order: readonly SortKey[] | undefined
  readonly partial: PartialWindows
}

const SHAPE = "groupBy('user').countWindow(100, { every: 10 })"
const PARTIAL: readonly unknown[] = ['none', 'first', 'last', 'both'] satisfies PartialWindows[]

/** The rows in their windows; to be grouped by the keys and `window`. */
export function countWindowOf(input: Node, { keys, size, every, order, partial }: Counting): CountWindow {
  for (const rows of [size, every])
    if (!Number.isSafeInteger(rows) || rows < 1)
      badVerb('countWindow', `${describeValue(rows)} is not a number of rows`, `write ${SHAPE}`)
  if (!PARTIAL.includes(partial))
    badVerb('countWindow', `partial is ${describeValue(partial)}`, "use 'none', 'first', 'last' or 'both'")
  const numbered = overOf(input, {
    per: keys,
    keys: order ?? byEventTime(input),
    frame: { mode: 'rows', from: undefined, to: 0 },
    calls: [{ name: NUMBER, fn: 'row_number', args: [], n: undefined }],
  })
  return checked({ kind: 'countWindow', input: numbered, number: NUMBER, size, every, partial })
}

function byEventTime(input: Node): readonly SortKey[] {
  const time = properties(input).eventTime
  if (time === undefined)
    return fail('WINDOW_WITHOUT_TIME', {
      reason: 'the table has none, by which its rows would be counted',
      fix: "say in which order: countWindow(100, { by: r => r.at }), or name the column when reading: { time: 'at' }",
    })
  return [{ expr: column(...(time.path as [string, ...string[]])), descending: false, nulls: 'last' }]
}

/** The groups of windows, the number of their rows as the last column; only full ones, unless those are wanted that are not yet. */
export function countedOf(input: CountWindow, keys: readonly Named[], aggregates: readonly NamedAggregate[]): Node {
  const node = aggregateOf(input, keys, [...aggregates, { ...COUNT, name: WINDOW_ROWS }])
  if (input.partial === 'last' || input.partial === 'both') return node
  const rows = call('sub', column('window', 'end'), column('window', 'start'))
  return whereOf(node, call('eq', column(WINDOW_ROWS), rows))
}

/** Each window once: over row numbers that stay, because the watermark has passed their rows. */
export function fullWindowsOf(node: Aggregate): Node {
  const windows = node.input as CountWindow
  const input = checked<CountWindow>({ ...windows, input: finalOf(windows.input as Over) })
  return checked({ kind: 'fullWindows', input: aggregateOf(input, node.keys, node.aggregates) })
}
