// A trigger only decides where epochs are cut: it changes when results appear, never what they add up to (law 1).
import { type Duration, fail, millis } from '../base/index.ts'

export type Trigger =
  | { readonly kind: 'default' }
  | { readonly kind: 'every'; readonly intervalMs: number }
  | { readonly kind: 'once' }
  | { readonly kind: 'availableNow' }
  | { readonly kind: 'continuous'; readonly intervalMs: number }

/** The next epoch starts as soon as the last is done and there is something to read. */
export const asap: Trigger = Object.freeze({ kind: 'default' })

/**
 * An epoch every `interval`, from start to start. One that takes longer is followed by the next at once, and the
 * ticks it missed are skipped. A tick at which nothing is new makes no epoch.
 *
 * @example
 * import { every } from 'millrace'
 * if (every('5 seconds').kind !== 'every') throw new Error('trigger')
 */
export function every(interval: Duration): Trigger {
  return Object.freeze({ kind: 'every', intervalMs: positive(interval) })
}

/**
 * One epoch of everything that is there, then the run ends.
 *
 * @example
 * await using m = await millrace()
 * const run = await m.run('once', rides.to(write.memory()), { trigger: once() })
 * await run.done
 */
export function once(): Trigger {
  return Object.freeze({ kind: 'once' })
}

/**
 * Everything that is there when the run starts, in as many epochs as it takes, then the run ends.
 *
 * @example
 * await using m = await millrace()
 * const run = await m.run('now', rides.to(write.memory()), { trigger: availableNow(), epochRows: 2 })
 * await run.done
 */
export function availableNow(): Trigger {
  return Object.freeze({ kind: 'availableNow' })
}

/**
 * Rows flow through every operator the moment they arrive; a checkpoint closes an epoch each `interval`.
 * Sinks that are transactional show rows when their epoch closes, the others at once.
 */
export function continuous(interval: Duration): Trigger {
  return Object.freeze({ kind: 'continuous', intervalMs: positive(interval) })
}

function positive(interval: Duration): number {
  const ms = millis(interval)
  if (ms < 1) fail('BAD_TRIGGER', { reason: 'the interval is shorter than a millisecond' })
  return ms
}
