// panes, from scratch: the whole history again, every window looked at when each epoch ends.
import { type Firing, type FiringState, firing as triggers } from '../../time/index.ts'
import { identity, type Row, type Weighted } from './zset.ts'

export interface PanesMeaning {
  /** Columns of the results: keys without the window, its bounds (microseconds), the number of rows. */
  readonly keys: readonly string[]
  readonly start: string
  readonly end: string
  readonly rows: string
  readonly merges: boolean
  readonly accept: bigint
  readonly firing: Firing
  readonly accumulation: 'accumulating' | 'discarding' | 'retracting'
}

/** An epoch: its time, how the results change, and the watermark at its end (without the allowed lateness). */
export interface PanesEpoch {
  readonly now: number
  readonly changes: readonly Weighted[]
  readonly watermark: bigint
}

interface Window {
  readonly group: string
  readonly start: bigint
  readonly end: bigint
  row: Row | undefined
  rows: number
  seen: number
  firing: FiringState
  isPending: boolean
  index: number
  isLate: boolean
  told: Row[]
}

const FOREVER = 2n ** 63n - 1n

/** What is told in each epoch. */
export function panesTwin(meaning: PanesMeaning, epochs: readonly PanesEpoch[]): Weighted[][] {
  let windows: Window[] = []
  let before = -(2n ** 63n)
  return epochs.map(({ now, changes, watermark }) => {
    const out: Weighted[] = []
    const touched = touch(meaning, windows, changes, before)
    windows = leave(meaning, [...new Set([...windows, ...touched])], touched, before, out)
    for (const each of touched) if (each.row !== undefined) come(meaning, each, now)
    windows = windows.filter(each => judge(meaning, each, { now, watermark }, out))
    before = watermark
    return out
  })
}

/** The windows that change, with their new results. */
function touch(meaning: PanesMeaning, known: readonly Window[], changes: readonly Weighted[], before: bigint) {
  const touched = new Set<Window>()
  const bySign = [...changes].sort((a, b) => a.weight - b.weight)
  for (const { row, weight } of bySign) {
    const group = identity(meaning.keys.map(key => row[key]))
    const [start, end] = [row[meaning.start] as bigint, row[meaning.end] as bigint]
    const isIt = (each: Window): boolean => each.group === group && each.start === start && each.end === end
    const window = [...touched, ...known].find(isIt) ?? begin(meaning, group, start, end, before)
    touched.add(window)
    window.row = weight < 0 ? undefined : row
    if (weight > 0) window.rows = row[meaning.rows] as number
  }
  return [...touched]
}

function begin({ firing }: PanesMeaning, group: string, start: bigint, end: bigint, before: bigint): Window {
  const state = triggers.begin(firing)
  const isLate = end <= before
  if (isLate) triggers.beginLate(firing, state)
  const fresh = { row: undefined, rows: 0, seen: 0, isPending: false, index: 0, told: [] }
  return { group, start, end, firing: state, isLate, ...fresh }
}

/** Windows without a result go; those that merged leave what they waited for to the one they became. */
function leave(
  { firing, merges }: PanesMeaning,
  windows: readonly Window[],
  touched: readonly Window[],
  before: bigint,
  out: Weighted[],
): Window[] {
  const gone = touched.filter(each => each.row === undefined)
  for (const each of gone) {
    const holds = (one: Window): boolean =>
      one.row !== undefined && one.group === each.group && one.start <= each.start && one.end >= each.end
    const heir = merges ? touched.find(holds) : undefined
    if (heir === undefined) out.push(...each.told.map(row => ({ row, weight: -1 })))
    else {
      heir.firing = triggers.merged(firing, heir.firing, each.firing)
      if (before >= heir.end) triggers.beginLate(firing, heir.firing)
      heir.seen += each.seen
      heir.told.push(...each.told)
    }
  }
  return windows.filter(each => !gone.includes(each))
}

function come({ firing }: PanesMeaning, window: Window, now: number): void {
  triggers.rowsCame(firing, window.firing, Math.max(1, Math.abs(window.rows - window.seen)), now)
  window.seen = window.rows
  window.isPending = true
}

/** Whether the window stays. */
function judge(
  { firing, accept, accumulation, rows }: PanesMeaning,
  window: Window,
  { now, watermark }: Pick<PanesEpoch, 'now' | 'watermark'>,
  out: Weighted[],
): boolean {
  const at = { now, passed: window.end <= watermark }
  const isLast = at.passed && (watermark === FOREVER || window.end + accept <= watermark)
  const isFired = triggers.fires(firing, window.firing, at)
  if (isFired) triggers.fired(firing, window.firing, at)
  const isOnTime = isFired && at.passed && !window.isLate
  if (!isOnTime && !((isFired || isLast) && window.isPending)) return !isLast
  const paneTiming = !at.passed ? 'early' : window.isLate ? 'late' : 'on time'
  window.isLate ||= at.passed
  if (window.row === undefined) return !isLast
  const { [rows]: _, ...result } = window.row
  const told = { ...result, paneIndex: window.index, paneTiming, isFirstPane: window.index === 0, isLastPane: isLast }
  out.push(...window.told.map(row => ({ row, weight: -1 })), { row: told, weight: 1 })
  window.told = accumulation === 'retracting' ? [told] : []
  window.index++
  window.isPending = false
  if (accumulation === 'discarding') Object.assign(window, { row: undefined, rows: 0, seen: 0 })
  return !isLast
}
