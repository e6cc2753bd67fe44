// When the next epoch may start, as a state machine without a clock: told when epochs start, it says when the
// next is due. Ticks lie on the grid `anchor + k * interval`; the next tick is the first one after the last start,
// so an epoch that overran is followed at once and the ticks it missed are gone.
import type { Trigger } from './trigger.ts'

export interface Schedule {
  readonly trigger: Trigger
  /** Wall clock, milliseconds, of the first tick. */
  readonly anchor: number
  /** The earliest time at which the next epoch may start. */
  readonly due: number
}

export function scheduleOf(trigger: Trigger, now: number): Schedule {
  return { trigger, anchor: now, due: now }
}

/** The schedule after an epoch started (or a tick found nothing) at `now`. */
export function started(schedule: Schedule, now: number): Schedule {
  const { trigger, anchor } = schedule
  if (trigger.kind !== 'every' && trigger.kind !== 'continuous') return { ...schedule, due: now }
  const ticks = Math.floor((now - anchor) / trigger.intervalMs) + 1
  return { ...schedule, due: anchor + ticks * trigger.intervalMs }
}
