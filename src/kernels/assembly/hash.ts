// Hashing of key words: multiply, fold, multiply (the finisher of a multiplicative hash in the manner of Steele & Vigna's
// mixers). Only the high 32 bits are used, so that the low zeros of times and ids do no harm.
import { INLINE } from './layout';

const FIRST: u64 = 0x9e3779b97f4a7c15;
const SECOND: u64 = 0xd6e8feb86659fd93;

@inline
export function mix(hash: u64, word: u64): u64 {
  const x = (hash ^ word) * FIRST;
  return x ^ (x >> 32);
}

@inline
export function finish(hash: u64): u32 { return <u32>((hash * SECOND) >> 32); }

/** Bytes that did not fit a view (more than 12): whole words, the last one overlapping. */
export function mixBytes(hash: u64, bytes: usize, length: u32): u64 {
  const last = bytes + length - 8;
  let h = mix(hash, length);
  for (let at = bytes; at < last; at += 8) h = mix(h, load<u64>(at));
  return mix(h, load<u64>(last));
}

/** The two words of a view: inline bytes are hashed as they lie, longer ones where they are. */
@inline
export function mixView(hash: u64, low: u64, high: u64): u64 {
  const length = <u32>low;
  return length <= INLINE ? mix(mix(hash, low), high) : mixBytes(hash, <usize>(high >> 32), length);
}
