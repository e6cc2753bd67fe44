// What is due when: keys of windows by a time, in accounted memory. An entry is the time, then the key. Nothing is
// taken out before its time; who asks finds out whether it still matters.
import { type Bytes, keyOf, type Memory, NOTHING, Tree } from '../../data/index.ts'
import { Room } from './room.ts'

const TIME_BYTES = 8
/** Flips the sign, so that bytes have the order of the times. */
const SIGN = -(2n ** 63n)

export class Due {
  readonly #memory: Memory
  readonly #tree: Tree
  readonly #room: Room
  readonly #time = new DataView(new ArrayBuffer(TIME_BYTES))

  constructor(memory: Memory) {
    this.#memory = memory
    this.#tree = new Tree(memory, false)
    this.#room = new Room(memory)
  }

  get bytes(): number {
    return this.#tree.bytes
  }

  /** The earliest time; undefined: nothing waits. */
  get first(): bigint | undefined {
    const entry = this.#tree.first()
    return entry === 0 ? undefined : this.#timeOf(keyOf(entry, this.#memory))
  }

  add(at: bigint, key: Bytes): void {
    this.#time.setBigInt64(0, at ^ SIGN)
    const ptr = this.#room.fit(TIME_BYTES + key.length)
    const { u8 } = this.#memory
    for (let i = 0; i < TIME_BYTES; i++) u8[ptr + i] = this.#time.getUint8(i)
    u8.copyWithin(ptr + TIME_BYTES, key.ptr, key.ptr + key.length)
    this.#tree.put({ ptr, length: TIME_BYTES + key.length }, NOTHING)
  }

  #timeOf({ ptr }: Bytes): bigint {
    const { u8 } = this.#memory
    for (let i = 0; i < TIME_BYTES; i++) this.#time.setUint8(i, u8[ptr + i] as number)
    return this.#time.getBigInt64(0) ^ SIGN
  }

  /** Take out the keys that are due at or before `limit`, the earliest first. */
  take(limit: bigint, give: (key: Bytes) => void): void {
    for (let entry = this.#tree.first(); entry !== 0; entry = this.#tree.first()) {
      const key = keyOf(entry, this.#memory)
      if (this.#timeOf(key) > limit) return
      give({ ptr: key.ptr + TIME_BYTES, length: key.length - TIME_BYTES })
      this.#tree.put(key, NOTHING, 0n)
    }
  }

  free(): void {
    this.#tree.free()
    this.#room.free()
  }
}
