// Timers of many keys, by time; ties by key, then by number. A timer that moves to a later time leaves its place in the queue
// and is moved when it comes up, so that pushing "quiet for 10 minutes" ahead with every row costs a comparison.
import { compareKeys, type Entry } from './entry.ts'

const NEVER = Number.POSITIVE_INFINITY

interface Waiting {
  readonly time: number
  readonly entry: Entry
  readonly timer: number
}

/** A timer that fires. */
export type Fired = Waiting

export class TimerQueue {
  /** A binary heap: the parent of i, at (i - 1) / 2, is not after i. */
  readonly #heap: Waiting[] = []

  /** Set a timer to a time, or move it. @param timers how many a key has. */
  set(entry: Entry, timer: number, time: number, timers: number): void {
    if (entry.due === undefined || entry.queued === undefined) {
      entry.due = new Array<number>(timers).fill(NEVER)
      entry.queued = new Array<number>(timers).fill(NEVER)
    }
    entry.due[timer] = time
    this.#wait(entry, entry.queued, timer, time)
  }

  #wait(entry: Entry, queued: number[], timer: number, time: number): void {
    if (time >= (queued[timer] as number)) return
    queued[timer] = time
    this.#push({ time, entry, timer })
  }

  /** When the first timer may be due. */
  get first(): number {
    return this.#heap[0]?.time ?? NEVER
  }

  /** The first timer that is due at `until` or before: it is not set any more. */
  next(until: number): Fired | undefined {
    while (this.#heap.length > 0 && this.first <= until) {
      const top = this.#pop()
      const { entry, timer, time } = top
      const { due, queued } = entry
      if (due === undefined || queued === undefined || queued[timer] !== time) continue
      queued[timer] = NEVER
      const now = due[timer] as number
      if (now === time) {
        due[timer] = NEVER
        return top
      }
      if (now !== NEVER) this.#wait(entry, queued, timer, now)
    }
    return undefined
  }

  #push(item: Waiting): void {
    const heap = this.#heap
    let at = heap.push(item) - 1
    while (at > 0) {
      const up = (at - 1) >> 1
      if (!isBefore(item, heap[up] as Waiting)) break
      heap[at] = heap[up] as Waiting
      at = up
    }
    heap[at] = item
  }

  #pop(): Waiting {
    const heap = this.#heap
    const top = heap[0] as Waiting
    const last = heap.pop() as Waiting
    const end = heap.length
    if (end === 0) return top
    let at = 0
    for (;;) {
      let down = 2 * at + 1
      if (down >= end) break
      if (down + 1 < end && isBefore(heap[down + 1] as Waiting, heap[down] as Waiting)) down++
      if (!isBefore(heap[down] as Waiting, last)) break
      heap[at] = heap[down] as Waiting
      at = down
    }
    heap[at] = last
    return top
  }
}

function isBefore(a: Waiting, b: Waiting): boolean {
  if (a.time !== b.time) return a.time < b.time
  if (a.entry !== b.entry) {
    const order = compareKeys(a.entry.key, b.entry.key)
    if (order !== 0) return order < 0
  }
  return a.timer < b.timer
}
