// The world of a test: time that stands still until it is moved, a disk that forgets what was not synced, and
// randomness from a seed. The engine is the real one; only its ports are these.
import type { Random } from '../base/index.ts'
import type { World } from '../data/index.ts'
import { VirtualClock } from './clock.ts'
import { VirtualDisk } from './disk.ts'

export interface VirtualWorld extends World {
  readonly clock: VirtualClock
  readonly disk: VirtualDisk
}

/** Randomness that a seed determines (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const u32 = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
  const hex = (): string => u32().toString(16).padStart(8, '0')
  return { u32, id: () => `${hex()}${hex()}` }
}

export interface VirtualWorldOptions {
  /** Milliseconds since 1970. */
  readonly start?: number
  readonly seed?: number
}

/**
 * A world of its own.
 *
 * @example
 * import { virtualWorld } from 'millrace/testing'
 * const world = virtualWorld()
 * await world.clock.advance(1000)
 * if (world.clock.now() !== 1000) throw new Error('time')
 */
export function virtualWorld(options: VirtualWorldOptions = {}): VirtualWorld {
  const clock = new VirtualClock(options.start ?? 0)
  return { clock, disk: new VirtualDisk({ now: () => clock.now() }), random: seededRandom(options.seed ?? 1) }
}
