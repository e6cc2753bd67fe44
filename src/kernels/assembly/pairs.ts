// Pieces of views: keys made of two parts, the rows behind entries.
import { HEAD } from './btree-node';
import { take, takeSum } from './memory';

/** Item i of the result is item i of a, then item i of b. Written to the arena in use; returns the blob. */
export function packBoth(n: u32, a: usize, aOffsets: usize, b: usize, bOffsets: usize, offsets: usize): usize {
  const total = <u64>load<u32>(aOffsets + ((<usize>n) << 2)) + <u64>load<u32>(bOffsets + ((<usize>n) << 2));
  const blob = takeSum(total);
  let to: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const at = (<usize>i) << 2;
    store<u32>(offsets + at, to);
    to += copyItem(blob + to, a, aOffsets + at);
    to += copyItem(blob + to, b, bOffsets + at);
  }
  store<u32>(offsets + ((<usize>n) << 2), to);
  return blob;
}

function copyItem(to: usize, blob: usize, offset: usize): u32 {
  const from = load<u32>(offset), bytes = load<u32>(offset, 4) - from;
  memory.copy(to, blob + from, bytes);
  return bytes;
}

/** Lengths (u32 each) of n items: as a packed payload with the given offsets. Returns the blob. */
export function packLengths(n: u32, itemOffsets: usize, offsets: usize): usize {
  const blob = take(max(n << 2, 16));
  for (let i: u32 = 0; i < n; i++) {
    const at = (<usize>i) << 2;
    store<u32>(blob + at, load<u32>(itemOffsets + at, 4) - load<u32>(itemOffsets + at));
    store<u32>(offsets + at, <u32>at);
  }
  store<u32>(offsets + ((<usize>n) << 2), n << 2);
  return blob;
}

/** Where the second part of each entry's key begins, the payload being the length of the first. */
export function secondParts(n: u32, entries: usize, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const entry: usize = load<u32>(entries + ((<usize>i) << 2));
    const first = load<u32>(entry + HEAD + load<u32>(entry));
    store<u32>(out + ((<usize>i) << 2), <u32>(entry + HEAD) + first);
  }
}

/** Where each entry's key begins. */
export function entryKeys(n: u32, entries: usize, out: usize): void {
  for (let i: u32 = 0; i < n; i++) store<u32>(out + ((<usize>i) << 2), load<u32>(entries + ((<usize>i) << 2)) + <u32>HEAD);
}

export function entryWeights(n: u32, entries: usize, out: usize): void {
  for (let i: u32 = 0; i < n; i++) store<i64>(out + ((<usize>i) << 3), load<i64>(<usize>load<u32>(entries + ((<usize>i) << 2)), 8));
}

/**
 * Of n entries in order, the payload being the length of the key's first part: what became of each first part. The
 * greatest entry with a positive weight (then 1), else the greatest (then -1). `out` may be `entries`. Returns how many.
 */
export function latestOfKeys(n: u32, entries: usize, out: usize, weights: usize): u32 {
  let decided: u32 = 0;
  let best: usize = 0;
  for (let i: u32 = 0; i < n; i++) {
    const entry: usize = load<u32>(entries + ((<usize>i) << 2));
    if (best != 0 && !samePart(best, entry)) decided = decide(best, decided, out, weights);
    else if (best != 0 && load<i64>(best, 8) > 0 && load<i64>(entry, 8) < 0) continue;
    best = entry;
  }
  return best == 0 ? 0 : decide(best, decided, out, weights);
}

function decide(entry: usize, i: u32, out: usize, weights: usize): u32 {
  store<u32>(out + ((<usize>i) << 2), <u32>entry);
  store<i64>(weights + ((<usize>i) << 3), load<i64>(entry, 8) > 0 ? 1 : -1);
  return i + 1;
}

function samePart(a: usize, b: usize): bool {
  const bytes = load<u32>(a + HEAD + load<u32>(a));
  if (bytes != load<u32>(b + HEAD + load<u32>(b))) return false;
  return memory.compare(a + HEAD, b + HEAD, bytes) == 0;
}
