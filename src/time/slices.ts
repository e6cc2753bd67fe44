// Compute shares the thread with the host: after a slice of time the event loop gets a turn.
import type { Clock } from '../base/index.ts'

/** Milliseconds of work between two turns of the host's event loop. */
const SLICE_MS = 5

export class Slices {
  readonly #clock: Clock
  #began: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#began = clock.ticks()
  }

  /** True when a slice is used up: then await `rest`. */
  get due(): boolean {
    return this.#clock.ticks() - this.#began >= SLICE_MS
  }

  async rest(): Promise<void> {
    await this.#clock.breathe()
    this.#began = this.#clock.ticks()
  }
}
