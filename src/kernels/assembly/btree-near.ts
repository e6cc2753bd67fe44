// As-of probes of an ordered tree whose keys are (key, time, row): for each probe (key, time), the entry of its key that is
// the last up to the time, or the first from it on. `prefixes` are the offsets of the keys alone: as many bytes of a probe as
// the key has are its beginning. `limits` (their bytes and offsets; 0: none) are (key, time) beyond which nothing is near.
import { backward, begins, enter, forward } from './btree-read';
import { compare, HEAD } from './btree-node';

@inline function startOf(offsets: usize, i: u32): u32 { return load<u32>(offsets + ((<usize>i) << 2)); }
@inline function bytesOf(offsets: usize, i: u32): u32 { return load<u32>(offsets + ((<usize>i) << 2), 4) - startOf(offsets, i); }

/** Writes an entry, or 0, for each of the n probes. `after`: the first from the time on; else the last up to it. */
export function treeNear(tree: usize, n: u32, blob: usize, offsets: usize, prefixes: usize, limits: usize, limitOffsets: usize, after: bool, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const key = blob + startOf(offsets, i), bytes = bytesOf(offsets, i);
    enter(tree, key, bytes, !after);
    let entry = after ? forward() : backward();
    if (entry != 0 && !begins(entry, key, bytesOf(prefixes, i))) entry = 0;
    if (entry != 0 && limits != 0) {
      const limit = limits + startOf(limitOffsets, i), length = bytesOf(limitOffsets, i);
      const order = compare(entry + HEAD, min(load<u32>(entry), length), limit, length);
      if (after ? order > 0 : order < 0) entry = 0;
    }
    store<u32>(out + ((<usize>i) << 2), <u32>entry);
  }
}

/** The time behind a key's bytes: a marker, then 8 bytes, big endian, the sign flipped. Only differences are looked at. */
@inline function timeAt(key: usize, prefix: u32): u64 { return bswap<u64>(load<u64>(key + prefix + 1)); }

/** Of two entries for each probe the nearer one in time, the earlier one if both are as near. */
export function treeNearest(n: u32, blob: usize, offsets: usize, prefixes: usize, before: usize, after: usize, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const at = (<usize>i) << 2;
    const a: usize = load<u32>(before + at), b: usize = load<u32>(after + at);
    let nearest = a == 0 ? b : a;
    if (a != 0 && b != 0) {
      const prefix = bytesOf(prefixes, i);
      const time = timeAt(blob + startOf(offsets, i), prefix);
      if (timeAt(b + HEAD, prefix) - time < time - timeAt(a + HEAD, prefix)) nearest = b;
    }
    store<u32>(out + at, <u32>nearest);
  }
}

/**
 * Remove versions that no probe will ask for: entries older than `horizon` (an encoded time, 8 bytes as in keys) of which
 * a later one of the same key is not newer than it; `all`: every entry older than it. `prefix` bytes of each entry's key are told by
 * its payload (u32).
 */
export function treeOutdated(tree: usize, horizon: u64, all: bool, most: u32, out: usize): u32 {
  let count: u32 = 0;
  enter(tree, 0, 0, false);
  let entry = forward();
  while (entry != 0 && count < most) {
    const next = forward();
    const prefix = load<u32>(entry + HEAD + load<u32>(entry));
    if (timeAt(entry + HEAD, prefix) < horizon) {
      const superseded = next != 0 && begins(next, entry + HEAD, prefix) && timeAt(next + HEAD, prefix) <= horizon;
      if (all || superseded) { store<u32>(out + ((<usize>count) << 2), <u32>entry); count++; }
    }
    entry = next;
  }
  return count;
}
