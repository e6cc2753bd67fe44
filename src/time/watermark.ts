// Law: a watermark never goes back. Per partition it is the greatest event time seen minus `lateBy`; of a source
// it is the least over the partitions that still hold it: not finished, and not idle (silent for `idleAfter` of
// wall clock). When none holds it, it is the greatest watermark any of them had. Bounded input that has ended
// has the watermark +infinity. See docs/notes/watermark.md.

/** Microseconds of event time. */
export const TIME_MIN = -(2n ** 63n)
export const TIME_MAX = 2n ** 63n - 1n

interface Partition {
  /** Greatest event time; TIME_MIN before the first row. */
  max: bigint
  /** Wall clock, milliseconds, of its last row or of its announcement. */
  seen: number
}

export interface WatermarkOptions {
  /** Microseconds. */
  readonly lateBy: bigint
  /** Microseconds of wall clock; undefined: a silent partition holds the watermark for ever. */
  readonly idleAfter: bigint | undefined
}

/** What a tracker needs to go on after a restart; JSON. Event times are decimal text: they are 64-bit. */
export interface WatermarkState {
  readonly watermark: string
  readonly passed: string
  readonly partitions: readonly (readonly [name: string, max: string, seen: number])[]
}

/** The partition that holds a source's watermark now. */
export interface Holder {
  readonly partition: string
  /** Its own watermark; TIME_MIN while it has not delivered a row. */
  readonly watermark: bigint
  /** Wall clock, milliseconds, at which it becomes idle if it stays silent; undefined: never. */
  readonly idleAt: number | undefined
}

/** Keeps the watermark of one source. */
export class WatermarkTracker {
  readonly #lateBy: bigint
  readonly #idleMs: number
  readonly #partitions = new Map<string, Partition>()
  /** Greatest event time of partitions that have finished. */
  #passed = TIME_MIN
  #watermark = TIME_MIN
  #ended = false

  constructor(options: WatermarkOptions) {
    this.#lateBy = options.lateBy
    this.#idleMs = options.idleAfter === undefined ? Number.POSITIVE_INFINITY : Number(options.idleAfter) / 1000
  }

  /** Rows of a partition with this greatest event time (TIME_MIN: none had one). `now` is the epoch's time. */
  observe(partition: string, max: bigint, now: number): void {
    const known = this.#partitions.get(partition)
    if (known === undefined) this.#partitions.set(partition, { max, seen: now })
    else {
      if (max > known.max) known.max = max
      known.seen = now
    }
  }

  /** The partition has no more rows, for ever. */
  finish(partition: string): void {
    const known = this.#partitions.get(partition)
    if (known === undefined) return
    if (known.max > this.#passed) this.#passed = known.max
    this.#partitions.delete(partition)
  }

  /** All partitions whose names begin with `prefix` have no more rows, for ever. */
  finishAll(prefix: string): void {
    for (const name of [...this.#partitions.keys()]) if (name.startsWith(prefix)) this.finish(name)
  }

  /** The source has ended, for ever. */
  end(): void {
    this.#ended = true
  }

  get watermark(): bigint {
    return this.#watermark
  }

  /** Where the watermark would be at `now`. */
  peek(now: number): bigint {
    if (this.#ended) return TIME_MAX
    let least = TIME_MAX
    let greatest = this.#passed
    let holders = 0
    for (const each of this.#partitions.values()) {
      if (each.max > greatest) greatest = each.max
      if (now - each.seen >= this.#idleMs) continue
      holders++
      if (each.max < least) least = each.max
    }
    const reached = this.#minusDelay(holders > 0 ? least : greatest)
    return reached > this.#watermark ? reached : this.#watermark
  }

  /** Move the watermark to where it is at `now`. */
  advance(now: number): bigint {
    this.#watermark = this.peek(now)
    return this.#watermark
  }

  /** Wall clock at which a silent partition will next stop holding the watermark; undefined: none will. */
  nextIdle(now: number): number | undefined {
    if (this.#idleMs === Number.POSITIVE_INFINITY || this.#ended) return undefined
    let next: number | undefined
    for (const each of this.#partitions.values()) {
      const at = each.seen + this.#idleMs
      if (at > now && (next === undefined || at < next)) next = at
    }
    return next
  }

  /** Which partition holds the watermark; undefined when none does (all idle or finished, or the source ended). */
  holder(now: number): Holder | undefined {
    if (this.#ended) return undefined
    let held: [string, Partition] | undefined
    for (const entry of this.#partitions) {
      if (now - entry[1].seen >= this.#idleMs) continue
      if (held === undefined || entry[1].max < held[1].max) held = entry
    }
    if (held === undefined) return undefined
    const idleAt = this.#idleMs === Number.POSITIVE_INFINITY ? undefined : held[1].seen + this.#idleMs
    return { partition: held[0], watermark: this.#minusDelay(held[1].max), idleAt }
  }

  save(): WatermarkState {
    return {
      watermark: String(this.#watermark),
      passed: String(this.#passed),
      partitions: [...this.#partitions].map(([name, { max, seen }]) => [name, String(max), seen]),
    }
  }

  load(state: WatermarkState): void {
    this.#watermark = BigInt(state.watermark)
    this.#passed = BigInt(state.passed)
    this.#partitions.clear()
    for (const [name, max, seen] of state.partitions) this.#partitions.set(name, { max: BigInt(max), seen })
  }

  /** The time during which nobody looked was not silence: count idleness from `now`. */
  resume(now: number): void {
    for (const each of this.#partitions.values()) if (each.seen < now) each.seen = now
  }

  #minusDelay(time: bigint): bigint {
    return time < TIME_MIN + this.#lateBy ? TIME_MIN : time - this.#lateBy
  }
}
