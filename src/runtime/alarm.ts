// Waiting that anything new can cut short: a source that wakes, a stop.
import type { Clock } from '../base/index.ts'

export class Alarm {
  readonly #clock: Clock
  #ringing = false
  #waiting: AbortController | undefined
  /** Whether the last wait was cut short. */
  rang = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Ends the wait that is going on, or else the next one at once. */
  ring(): void {
    this.#ringing = true
    this.#waiting?.abort('rang')
  }

  /** Wait for `ms`, or until it rings. */
  async wait(ms: number): Promise<void> {
    if (!this.#ringing && ms > 0) {
      this.#waiting = new AbortController()
      await this.#clock.sleep(ms, this.#waiting.signal)
      this.#waiting = undefined
    }
    this.rang = this.#ringing
    this.#ringing = false
  }
}
