// Bytes on their way to a file: copied once, into a buffer that grows by doubling and is used again after it was written.

const SMALLEST = 1 << 10
const SPARE_LEAST = 1 << 16
/** Larger ones are let go: thousands of files must not keep a buffer each. */
const SPARE_MOST = 1 << 22
const SPARES = 4

/** Buffers that were written and may be used again. */
export class Spares {
  #free: Uint8Array[] = []

  /** @param bytes what was taken, the front of its buffer. */
  give(bytes: Uint8Array): void {
    const { byteLength } = bytes.buffer
    if (byteLength >= SPARE_LEAST && byteLength <= SPARE_MOST && this.#free.length < SPARES)
      this.#free.push(new Uint8Array(bytes.buffer))
  }

  /** A buffer of at least so many bytes. */
  take(bytes: number): Uint8Array {
    const found = bytes < SPARE_LEAST ? -1 : this.#free.findIndex(each => each.length >= bytes)
    return found === -1 ? new Uint8Array(bytes) : (this.#free.splice(found, 1)[0] as Uint8Array)
  }
}

export class ByteQueue {
  readonly #spares: Spares
  #buffer: Uint8Array = new Uint8Array(0)
  /** Bytes that wait. */
  length = 0

  constructor(spares: Spares) {
    this.#spares = spares
  }

  push(bytes: Uint8Array): void {
    const length = this.length + bytes.length
    if (length > this.#buffer.length) this.#grow(length)
    this.#buffer.set(bytes, this.length)
    this.length = length
  }

  /** What waits, handed over: give its buffer back to the spares when it is written. */
  take(): Uint8Array {
    const taken = this.#buffer.subarray(0, this.length)
    this.#buffer = new Uint8Array(0)
    this.length = 0
    return taken
  }

  #grow(wanted: number): void {
    let room = Math.max(SMALLEST, this.#buffer.length)
    while (room < wanted) room *= 2
    const larger = this.#spares.take(room)
    larger.set(this.#buffer.subarray(0, this.length))
    this.#spares.give(this.#buffer)
    this.#buffer = larger
  }
}
