// Virtual time: it stands still while the engine works and moves only when the test says so. Because every
// other port of the virtual world answers in microtasks, one turn of the event loop is enough for everything
// that can happen at an instant to have happened (`settle`).
import type { Clock } from '../base/index.ts'

interface Sleeper {
  readonly at: number
  readonly order: number
  wake(): void
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** A clock that a test moves by hand. Times are milliseconds since 1970 (UTC). */
export class VirtualClock implements Clock {
  #now: number
  #order = 0
  readonly #sleepers = new Set<Sleeper>()

  constructor(start = 0) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  ticks(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    const sleeper: Sleeper = {
      at: this.#now + Math.max(0, ms),
      order: this.#order++,
      wake: () => {
        signal?.removeEventListener('abort', sleeper.wake)
        this.#sleepers.delete(sleeper)
        resolve()
      },
    }
    this.#sleepers.add(sleeper)
    signal?.addEventListener('abort', sleeper.wake)
    return promise
  }

  breathe(): Promise<void> {
    return Promise.resolve()
  }

  /** Let everything happen that can happen without time passing. */
  async settle(): Promise<void> {
    await turn()
    await turn()
  }

  /** Move time by `ms`, stopping at every sleeper on the way. */
  async advance(ms: number): Promise<void> {
    await this.advanceTo(this.#now + ms)
  }

  async advanceTo(at: number): Promise<void> {
    await this.settle()
    for (let next = this.#next(at); next !== undefined; next = this.#next(at)) {
      this.#now = Math.max(this.#now, next.at)
      next.wake()
      await this.settle()
    }
    this.#now = Math.max(this.#now, at)
    await this.settle()
  }

  /** Take time that the work itself costs: the clock moves, sleepers wake at the next advance. */
  spend(ms: number): void {
    this.#now += ms
  }

  /** Sleepers now: 0 means that nothing waits for time to pass. */
  get sleeping(): number {
    return this.#sleepers.size
  }

  #next(until: number): Sleeper | undefined {
    let first: Sleeper | undefined
    for (const each of this.#sleepers) {
      if (each.at > until) continue
      if (first === undefined || each.at < first.at || (each.at === first.at && each.order < first.order)) first = each
    }
    return first
  }
}
