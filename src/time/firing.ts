// When a window's result is told: triggers in the sense of the Dataflow Model (Akidau et al., VLDB 2015) and Beam, as plain
// data and a state that is plain data too. A trigger sees how many rows came and when, the clock of the epoch, and whether
// the watermark has passed the window. It fires, and is done or goes on.

/** Milliseconds of wall clock. */
export type Firing =
  /** The watermark has passed the window's end; before and after that, what `early` and `late` say, again and again. */
  | { readonly kind: 'watermark'; readonly early: Firing | undefined; readonly late: Firing | undefined }
  /** At least so many rows came. */
  | { readonly kind: 'rows'; readonly count: number }
  /** So long after the first row. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** At the next tick of a clock after the first row. */
  | { readonly kind: 'ticks'; readonly ms: number; readonly offset: number }
  | { readonly kind: 'all' | 'any' | 'each'; readonly of: readonly Firing[] }
  /** Again and again, until `until` fires (or for ever). */
  | { readonly kind: 'repeatedly'; readonly of: Firing; readonly until: Firing | undefined }

/** What a trigger remembers: JSON. */
export interface FiringState {
  done: boolean
  rows: number
  /** When the first row came; undefined: none did since it began. */
  since: number | null
  /** The watermark has had its firing. */
  past: boolean
  readonly of: FiringState[]
}

/** What a trigger is told of its window and of the time. */
export interface Moment {
  readonly now: number
  /** The watermark has passed the window's end. */
  readonly passed: boolean
}

const partsOf = (firing: Firing): readonly Firing[] => {
  switch (firing.kind) {
    case 'all':
    case 'any':
    case 'each':
      return firing.of
    case 'repeatedly':
      return firing.until === undefined ? [firing.of] : [firing.of, firing.until]
    case 'watermark':
      return [firing.early, firing.late].flatMap(each => (each === undefined ? [] : [each]))
    default:
      return []
  }
}

export function begin(firing: Firing): FiringState {
  return { done: false, rows: 0, since: null, past: false, of: partsOf(firing).map(begin) }
}

/** Rows came. */
export function rowsCame(firing: Firing, state: FiringState, rows: number, now: number): void {
  state.rows += rows
  state.since ??= now
  const parts = partsOf(firing)
  const active = firing.kind === 'each' ? [state.of.findIndex(each => !each.done)] : parts.map((_, i) => i)
  for (const i of active) {
    const [part, its] = [parts[i], state.of[i]]
    if (part !== undefined && its !== undefined && !its.done) rowsCame(part, its, rows, now)
  }
}

/** Whether it fires now. What is done fires no more. */
export function fires(firing: Firing, state: FiringState, at: Moment): boolean {
  if (state.done) return false
  const part = (i: number): boolean => fires(partsOf(firing)[i] as Firing, state.of[i] as FiringState, at)
  switch (firing.kind) {
    case 'rows':
      return state.rows >= firing.count
    case 'delay':
    case 'ticks':
      return dueAt(firing, state) <= at.now
    case 'all':
      return state.of.every((each, i) => each.done || part(i))
    case 'any':
      return state.of.some((_, i) => part(i))
    case 'each': {
      const next = state.of.findIndex(each => !each.done)
      return next >= 0 && part(next)
    }
    case 'repeatedly':
      return state.of.some((_, i) => part(i))
    case 'watermark':
      return firesAround(firing, state, at)
  }
}

type AroundWatermark = Extract<Firing, { readonly kind: 'watermark' }>

function firesAround(firing: AroundWatermark, state: FiringState, at: Moment): boolean {
  if (at.passed && !state.past) return true
  const [part, i] = at.passed ? [firing.late, firing.early === undefined ? 0 : 1] : [firing.early, 0]
  return part !== undefined && fires(part, state.of[i] as FiringState, at)
}

/** A window that begins behind the watermark has no firing on time: what comes is late. */
export function beginLate(firing: Firing, state: FiringState): void {
  if (firing.kind === 'watermark') state.past = true
}

/** It has fired: what is over is over, what repeats begins anew. */
export function fired(firing: Firing, state: FiringState, at: Moment): void {
  const parts = partsOf(firing)
  const sub = (i: number): void => {
    const [part, its] = [parts[i] as Firing, state.of[i] as FiringState]
    if (fires(part, its, at)) fired(part, its, at)
  }
  switch (firing.kind) {
    case 'each': {
      sub(state.of.findIndex(each => !each.done))
      state.done = state.of.every(each => each.done)
      return
    }
    case 'repeatedly': {
      const isOver = firing.until !== undefined && fires(firing.until, state.of[1] as FiringState, at)
      if (!isOver) again(firing.of, state, 0, at)
      state.done = isOver
      return
    }
    case 'watermark':
      firedAround(firing, state, at)
      return
    default:
      state.done = true
  }
}

function firedAround(firing: AroundWatermark, state: FiringState, at: Moment): void {
  if (at.passed && !state.past) {
    state.past = true
    const late = firing.early === undefined ? 0 : 1
    if (firing.late !== undefined) state.of[late] = begin(firing.late)
    return
  }
  const early = firing.early
  if (!at.passed && early !== undefined) again(early, state, 0, at)
  if (at.passed && firing.late !== undefined) again(firing.late, state, early === undefined ? 0 : 1, at)
}

/** A part that repeats: when it is done it begins anew. */
function again(part: Firing, state: FiringState, i: number, at: Moment): void {
  const its = state.of[i] as FiringState
  if (fires(part, its, at)) fired(part, its, at)
  if (its.done) state.of[i] = begin(part)
}

/**
 * The earliest wall clock after `now` at which it may fire by itself; Infinity: only rows or the watermark can do that. A
 * time that has come and fired nothing waits for another part's time, for rows or for the watermark.
 */
export function wakesAt(firing: Firing, state: FiringState, now: number): number {
  if (state.done) return Number.POSITIVE_INFINITY
  if (firing.kind === 'delay' || firing.kind === 'ticks') {
    const at = dueAt(firing, state)
    return at > now ? at : Number.POSITIVE_INFINITY
  }
  const times = partsOf(firing).map((part, i) => wakesAt(part, state.of[i] as FiringState, now))
  return Math.min(Number.POSITIVE_INFINITY, ...times)
}

/** Infinity: no row came yet. */
function dueAt(firing: Extract<Firing, { readonly kind: 'delay' | 'ticks' }>, { since }: FiringState): number {
  if (since === null) return Number.POSITIVE_INFINITY
  if (firing.kind === 'delay') return since + firing.ms
  return Math.ceil((since - firing.offset) / firing.ms) * firing.ms + firing.offset
}

/** Two windows became one: the rows of both, from the first of them on; only what both are done with is done. */
export function merged(firing: Firing, a: FiringState, b: FiringState): FiringState {
  const since = a.since === null ? b.since : b.since === null ? a.since : Math.min(a.since, b.since)
  const of = partsOf(firing).map((part, i) => merged(part, a.of[i] as FiringState, b.of[i] as FiringState))
  // Where one comes after the other, those behind the first that is not done have not begun.
  if (firing.kind === 'each')
    for (let i = of.findIndex(each => !each.done) + 1; i > 0 && i < of.length; i++)
      of[i] = begin(firing.of[i] as Firing)
  return { done: a.done && b.done, rows: a.rows + b.rows, since, past: false, of }
}
