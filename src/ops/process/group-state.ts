// The state of a group as Spark documents it: what GroupState promises, sentence by sentence (test/ops/group-state.test.ts).
import { type Duration, fail, micros } from '../../base/index.ts'
import { show } from '../../data/index.ts'
import type { GroupState, GroupStateTimeout } from '../../types/index.ts'
import type { Entry } from './entry.ts'
import type { TimerQueue } from './timers.ts'

/** The call that is going on. */
export interface GroupCall {
  entry: Entry | undefined
  timedOut: boolean
  /** Milliseconds. */
  now: number
  /** Microseconds, as known before the epoch. */
  watermark: number
}

/** The one timer of a group. */
export const TIMEOUT = 0

export function groupStateOf(call: GroupCall, timeout: GroupStateTimeout, timers: TimerQueue): GroupState<unknown> {
  const entry = (): Entry =>
    call.entry ?? refuse('it was used after the function had returned', 'use it inside the function')
  const expect = (wanted: GroupStateTimeout, method: string): void => {
    if (timeout === wanted) return
    refuse(`${method} needs another timeout than ${show(timeout)}`, `ask for it: { timeout: '${wanted}' }`)
  }
  return Object.freeze({
    get exists() {
      return entry().has
    },
    get() {
      const of = entry()
      return of.has ? of.state : refuse('get: there is none', 'ask .exists before, or use .getOption()')
    },
    getOption() {
      const of = entry()
      return of.has ? of.state : undefined
    },
    update(state: unknown) {
      if (state === null || state === undefined) refuse('a state can not be null', 'use .remove()')
      entry().state = state
      entry().has = true
    },
    remove() {
      entry().state = undefined
      entry().has = false
    },
    get hasTimedOut() {
      return entry() !== undefined && call.timedOut
    },
    setTimeoutDuration(duration: Duration) {
      expect('processing time', 'setTimeoutDuration')
      const span = Number(micros(duration)) / 1000
      if (span <= 0) refuse('a timeout of no time', 'give a duration above zero')
      timers.set(entry(), TIMEOUT, call.now + span, 1)
    },
    setTimeoutTimestamp(at: Date, additional?: Duration) {
      expect('event time', 'setTimeoutTimestamp')
      const more = additional === undefined ? 0 : Number(micros(additional))
      const time = (at instanceof Date ? at.getTime() : Number.NaN) * 1000 + more
      if (!(time > 0)) refuse(`${show(at)} is no time after 1970`, 'give a Date')
      if (time < call.watermark)
        refuse(
          `the timeout ${new Date(time / 1000).toISOString()} is before the watermark ${new Date(call.watermark / 1000).toISOString()}`,
          'set it to a time that is still to come',
        )
      timers.set(entry(), TIMEOUT, time, 1)
    },
    getCurrentWatermarkMs: () => (Number.isFinite(call.watermark) ? Math.floor(call.watermark / 1000) : -1),
    getCurrentProcessingTimeMs: () => call.now,
  })
}

function refuse(reason: string, fix: string): never {
  return fail('BAD_GROUP_STATE', { reason, fix })
}
