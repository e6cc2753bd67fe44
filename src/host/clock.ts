// Real time. `breathe` is a turn of the event loop through setImmediate, so that timers and I/O get their share.
import type { Clock } from '../base/index.ts'

export const realClock: Clock = {
  now: () => Date.now(),
  ticks: () => performance.now(),
  sleep,
  breathe: () => new Promise(resolve => void setImmediate(resolve)),
}

const LONGEST_TIMER = 2 ** 31 - 1

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve()
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, Math.min(Math.max(ms, 0), LONGEST_TIMER))
    signal?.addEventListener('abort', done, { once: true })
  })
}
