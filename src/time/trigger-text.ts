// A trigger as text, as the command line and SET have it.
import type { Duration } from '../base/index.ts'
import { asap, availableNow, continuous, every, once, type Trigger } from './trigger.ts'

/** 'default', '5 seconds', 'once', 'available-now' or 'continuous:1 second'. Throws BAD_DURATION, BAD_TRIGGER. */
export function triggerOf(text: string): Trigger {
  if (text === 'default') return asap
  if (text === 'once') return once()
  if (text === 'available-now') return availableNow()
  if (text.startsWith('continuous:')) return continuous(text.slice('continuous:'.length) as Duration)
  return every(text as Duration)
}
