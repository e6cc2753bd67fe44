// What is due when: a binary heap. Nothing is ever taken out before its time; who asks finds out whether it still matters.

interface Entry<At> {
  readonly at: At
  readonly key: string
}

export class Due<At extends bigint | number> {
  readonly #entries: Entry<At>[] = []

  get first(): At | undefined {
    return this.#entries[0]?.at
  }

  add(at: At, key: string): void {
    const entries = this.#entries
    let i = entries.push({ at, key }) - 1
    for (let up = (i - 1) >> 1; i > 0 && at < (entries[up] as Entry<At>).at; up = (i - 1) >> 1) {
      entries[i] = entries[up] as Entry<At>
      i = up
    }
    entries[i] = { at, key }
  }

  /** The keys that are due at or before `limit`, the earliest first. */
  *take(limit: At): Generator<string> {
    for (let first = this.#entries[0]; first !== undefined && first.at <= limit; first = this.#entries[0]) {
      this.#drop()
      yield first.key
    }
  }

  #drop(): void {
    const entries = this.#entries
    const last = entries.pop() as Entry<At>
    if (entries.length === 0) return
    let i = 0
    for (;;) {
      const left = 2 * i + 1
      if (left >= entries.length) break
      const right = left + 1
      const isRight = right < entries.length && (entries[right] as Entry<At>).at < (entries[left] as Entry<At>).at
      const down = isRight ? right : left
      if ((entries[down] as Entry<At>).at >= last.at) break
      entries[i] = entries[down] as Entry<At>
      i = down
    }
    entries[i] = last
  }
}
