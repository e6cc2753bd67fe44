// Hashing of key words: multilinear (Lemire & Kaser, "Strongly universal string hashing is fast", The Computer Journal
// 2014). Every half word has a multiplier of its own, made from a seed that whoever chooses the keys does not know, so
// keys that collide in one run do not in the next: two given keys share a hash with a chance of about 2^-31. The seed
// reaches no output: groups are emitted in the order of their rows, and saved entries are sorted by key.
import { INLINE } from './layout';

/** Words that have multipliers of their own; longer sequences are folded and go on. */
const PLACES: usize = 64;
const LAST: usize = PLACES << 4;
const MULTIPLIERS = memory.data(1040, 16);

/** Choose the multipliers (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014). */
export function hashSeed(seed: u64): void {
  let state = seed;
  for (let at: usize = 0; at <= LAST; at += 8) {
    state += 0x9e3779b97f4a7c15;
    let z = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    store<u64>(MULTIPLIERS + at, (z ^ (z >> 31)) | 1);
  }
}

/** The multiplier of a half word: of the low halves of words 0, 1 … at 0, 2 …, of the high halves at 1, 3 … */
@inline
export function multiplier(half: usize): u64 { return load<u64>(MULTIPLIERS + (half << 3)); }

@inline
export function lastMultiplier(): u64 { return load<u64>(MULTIPLIERS + LAST); }

@inline
export function product(word: u64, low: u64, high: u64): u64 { return (word & 0xffffffff) * low + (word >> 32) * high; }

/** Add a word at its place (below PLACES). */
@inline
export function mix(hash: u64, place: usize, word: u64): u64 {
  return hash + product(word, multiplier(place << 1), multiplier((place << 1) + 1));
}

@inline
export function fold(hash: u64, last: u64): u64 { return (hash ^ (hash >> 32)) * last; }

@inline
export function finish(hash: u64): u32 { return <u32>(fold(hash, lastMultiplier()) >> 32); }

/** Add word number `word` of a long sequence. */
@inline
export function mixAt(hash: u64, number: usize, word: u64): u64 {
  const place = number & (PLACES - 1);
  return mix(place == 0 && number != 0 ? fold(hash, lastMultiplier()) : hash, place, word);
}

/** A word for bytes that did not fit a view (more than 12): whole words, the last one overlapping. */
@inline
function wordOf(bytes: usize, length: u32): u64 {
  const last = bytes + length - 8;
  let h: u64 = 0, number: usize = 0;
  for (let at = bytes; at < last; at += 8) h = mixAt(h, number++, load<u64>(at));
  h = mixAt(h, number, load<u64>(last));
  return h ^ (h >> 32);
}

/** The hash of any bytes. */
export function hashBytes(bytes: usize, length: u32): u32 {
  if (length >= 8) return finish(mix(wordOf(bytes, length), 0, length));
  let word: u64 = length;
  for (let i: u32 = 0; i < length; i++) word = (word << 8) | load<u8>(bytes + i);
  return finish(mix(0, 0, word));
}

/** Add the two words of a view: inline bytes as they lie, longer ones by what lies where they are. */
@inline
export function mixView(hash: u64, number: usize, low: u64, high: u64): u64 {
  const length = <u32>low;
  return mixAt(mixAt(hash, number, low), number + 1, length <= INLINE ? high : wordOf(<usize>(high >> 32), length));
}

hashSeed(0x6d696c6c72616365);
