// Law: whoever allocates frees. State lives on the heap until its operator frees it; a batch lives in an
// arena until the arena is reset. Views of the memory are asked for anew after anything that may allocate,
// because growing detaches the old ones.
import { fail } from '../base/index.ts'
import { type Instance, instantiate, type Kernels, type LinearMemory } from '../kernels/index.ts'

/** An address in linear memory; 0 is "none". */
export type Ptr = number

const UTF8 = new TextDecoder('utf-8', { fatal: true })
/** Node's makes a string of bytes in half the time; browsers have none. */
const { Buffer: Bytes } = globalThis as { readonly Buffer?: typeof Buffer }
/** Shorter texts are made letter by letter. */
const SHORT = 6
const ENCODER = new TextEncoder()

export const DEFAULT_CEILING = 1 << 30
const LARGEST_BLOCK = 0x3fffff00
const WORD_MAX = 2 ** 32 - 1

/**
 * Instances of runs that have ended, for those to come: making one takes longer than a small query. Only small ones, for the
 * memory of an instance never shrinks.
 */
const spare: Instance[] = []
const SPARES = 4
const SPARE_BYTES = 1 << 23

/** What a memory has that was released. */
const NO_MEMORY: LinearMemory = { buffer: new ArrayBuffer(0) }
const RELEASED = new Proxy({} as Kernels, {
  get: (_, kernel) => fail('ASSERTION', { reason: `${String(kernel)} was called for a memory that was released` }),
})

/** The linear memory of one worker, with its kernels. */
export class Memory {
  readonly kernels: Kernels
  #instance: Instance | undefined
  #memory: LinearMemory
  #u8 = new Uint8Array(0)
  #bytes: Buffer | undefined
  #i32 = new Int32Array(0)
  #u32 = new Uint32Array(0)
  #i64 = new BigInt64Array(0)
  #f32 = new Float32Array(0)
  #f64 = new Float64Array(0)

  readonly #ceiling: number

  /**
   * @param ceiling bytes the engine may hold; reaching it is MEMORY_LIMIT.
   * @param seed 64 bits for the hash of group keys: unknown to whoever chooses the keys. It changes no result.
   */
  constructor(ceiling: number = DEFAULT_CEILING, seed?: bigint) {
    const instance = spare.pop() ?? instantiate()
    instance.oom = (wanted, used) => this.#refuse(wanted, used)
    const { kernels, memory } = instance
    this.#instance = instance
    this.kernels = kernels
    this.#memory = memory
    this.#ceiling = ceiling
    kernels.setCeiling(ceiling)
    if (seed !== undefined) kernels.hashSeed(seed)
  }

  get #isSmall(): boolean {
    return this.#memory.buffer.byteLength <= SPARE_BYTES
  }

  /** Before all that it holds is given back: if it is too large to be used again, all of it goes at once. */
  abandon(): void {
    if (!this.#isSmall) this.kernels.abandon()
  }

  /**
   * Nobody will use it any more: its instance may serve the next one, if everything was given back. Whoever uses this one
   * all the same gets nothing but errors.
   */
  release(): void {
    const instance = this.#instance
    if (instance === undefined) return
    instance.kernels.cellsRelease()
    const isAsNew = this.used === 0 && this.#isSmall
    instance.oom = undefined
    this.#instance = undefined
    this.#memory = NO_MEMORY
    this.#refresh()
    Object.assign(this, { kernels: RELEASED })
    if (isAsNew && spare.length < SPARES) spare.push(instance)
  }

  #refuse(wanted: number, used = this.used): never {
    const most = wanted > LARGEST_BLOCK ? ', 1 GB of it in one piece' : ''
    return fail('MEMORY_LIMIT', { wanted, used, ceiling: `${this.#ceiling}${most}` })
  }

  get u8(): Uint8Array {
    if (this.#u8.length === 0) this.#refresh()
    return this.#u8
  }
  /** Indexed by `ptr >>> 2`. */
  get i32(): Int32Array {
    if (this.#u8.length === 0) this.#refresh()
    return this.#i32
  }
  get u32(): Uint32Array {
    if (this.#u8.length === 0) this.#refresh()
    return this.#u32
  }
  /** Indexed by `ptr >>> 3`. */
  get i64(): BigInt64Array {
    if (this.#u8.length === 0) this.#refresh()
    return this.#i64
  }
  get f32(): Float32Array {
    if (this.#u8.length === 0) this.#refresh()
    return this.#f32
  }
  get f64(): Float64Array {
    if (this.#u8.length === 0) this.#refresh()
    return this.#f64
  }

  /** Bytes given out by the heap now. */
  get used(): number {
    return this.kernels.memoryUsed() >>> 0
  }

  alloc(bytes: number): Ptr {
    return this.kernels.alloc(this.word(bytes)) >>> 0
  }
  /** A size as a kernel takes it: 32 bits, so that one that has more does not become a small one. */
  word(bytes: number): number {
    return bytes > WORD_MAX ? this.#refuse(bytes) : bytes
  }
  free(ptr: Ptr): void {
    this.kernels.free(ptr)
  }
  arena(chunkBytes = 1 << 18): Arena {
    return new Arena(this, chunkBytes)
  }

  /** A view of `length` bytes at `ptr`: valid until the next allocation. */
  bytes(ptr: Ptr, length: number): Uint8Array {
    return this.u8.subarray(ptr, ptr + length)
  }

  /** A string from valid UTF-8 bytes. */
  text(ptr: Ptr, length: number): string {
    const u8 = this.u8
    if (length > SHORT) return this.#longText(ptr, length)
    let out = ''
    for (let i = ptr; i < ptr + length; i++) {
      const byte = u8[i] as number
      if (byte > 127) return this.#longText(ptr, length)
      out += String.fromCharCode(byte)
    }
    return out
  }

  #longText(ptr: Ptr, length: number): string {
    if (this.#bytes !== undefined) return this.#bytes.toString('utf8', ptr, ptr + length)
    return UTF8.decode(this.u8.subarray(ptr, ptr + length))
  }

  /** Views of the memory as it is now: growing it leaves the old ones with no bytes at all. */
  #refresh(): void {
    const { buffer } = this.#memory
    this.#u8 = new Uint8Array(buffer)
    this.#bytes = Bytes?.from(buffer)
    this.#i32 = new Int32Array(buffer)
    this.#u32 = new Uint32Array(buffer)
    this.#i64 = new BigInt64Array(buffer)
    this.#f32 = new Float32Array(buffer)
    this.#f64 = new Float64Array(buffer)
  }
}

/** Memory that is released together: of a batch, of an epoch, of an operator's constants. */
export class Arena {
  readonly memory: Memory
  readonly ptr: Ptr

  constructor(memory: Memory, chunkBytes: number) {
    this.memory = memory
    this.ptr = memory.kernels.arenaNew(chunkBytes) >>> 0
  }

  /** 16-aligned, not zeroed. */
  alloc(bytes: number): Ptr {
    return this.memory.kernels.arenaAlloc(this.ptr, this.memory.word(bytes)) >>> 0
  }

  zeroed(bytes: number): Ptr {
    const ptr = this.alloc(bytes)
    this.memory.u8.fill(0, ptr, ptr + bytes)
    return ptr
  }

  /** Copy bytes in. */
  put(bytes: Uint8Array): Ptr {
    const ptr = this.alloc(bytes.length)
    this.memory.u8.set(bytes, ptr)
    return ptr
  }

  /** Kernels with results of unknown size write here from now on. */
  use(): void {
    this.memory.kernels.useArena(this.ptr)
  }
  reset(): void {
    this.memory.kernels.arenaReset(this.ptr)
  }
  free(): void {
    this.memory.kernels.arenaFree(this.ptr)
  }
}

export function utf8(text: string): Uint8Array {
  return ENCODER.encode(text)
}
