// What is kept of a session. Two ways, and the planner takes the first that is right:
//   merged   rows only come, and every part of the state can be added to another: sessions that touch are merged, and no
//            row is kept;
//   rows     rows may go (a session may fall apart), or a part can't be merged: the rows of open sessions are kept, and
//            move, one by one, from the smaller session to the larger one, or to a new one.
import { scalars } from '../../types/index.ts'
import type { AggregateColumn, AggregateKey, AggregateSpec, AggregateWindow } from '../aggregate-spec.ts'
import { type Part, type Plan, planParts, type Result } from '../aggregates/parts.ts'
import { type KeyLayout, layoutKeys } from '../aggregates/table.ts'

const PART_BYTES = 48
const SHOWN_START = 16
const SHOWN_END = 24

export interface SessionPlan {
  /** What makes a key: all keys but the window. */
  readonly keys: readonly AggregateKey[]
  /** What makes a session: those, and a number; its column is behind all columns of the input. */
  readonly sessionKeys: readonly AggregateKey[]
  readonly layout: KeyLayout
  /** The first two results are the session's start and end. */
  readonly plan: Plan
  /** Where a session's bounds are in its record. */
  readonly at: number
  readonly keepsRows: boolean
}

export function planSessions(spec: AggregateSpec, width: number): SessionPlan {
  const { start, end } = spec.window as AggregateWindow
  const keys = spec.keys.filter((_, i) => i !== start && i !== end)
  const sessionKeys = [...keys, { name: 'session', column: width, type: scalars.bigint, nullable: false }]
  const layout = layoutKeys(sessionKeys, true)
  const merged = spec.appendOnlyInput ? planParts(spec, layout.stateAt) : undefined
  const keepsRows = merged === undefined || !canMerge(merged)
  const plan = keepsRows ? planParts({ ...spec, appendOnlyInput: false }, layout.stateAt) : merged
  const at = plan.end
  const part: Part = { what: 'session', mask: 0, set: undefined, args: [], greatest: false, at, bytes: PART_BYTES }
  const results = [bound('start', at + SHOWN_START), bound('end', at + SHOWN_END), ...plan.results]
  return {
    keys,
    sessionKeys,
    layout,
    plan: { ...plan, parts: [...plan.parts, part], results, end: at + PART_BYTES },
    at,
    keepsRows,
  }
}

/** Sets of values are keyed by their group, and the states of users are theirs. */
function canMerge({ parts, sets }: Plan): boolean {
  return sets.length === 0 && parts.every(part => part.what !== 'user')
}

function bound(name: string, at: number): Result {
  const call: AggregateColumn = { name, fn: 'bound', args: [], type: scalars.timestamp }
  return { call, count: 0, at, at2: 0, appendOnly: false }
}
