// Weights added to the keys of an ordered multiset (btree-node.ts).
import { HEAD, changed, compare, entryNew, entryPayload, found, insertHere, makeRoom, miss, removeHere, search } from './btree-node';

/** The entry with this key; 0 = none. */
export function treeFind(tree: usize, key: usize, keyBytes: u32): usize {
  search(tree, key, keyBytes, false);
  return found(key, keyBytes);
}

/** Add to the weight of a key. The payload is that of the first add. Returns the new weight; 0 = the entry is gone. */
export function treeAdd(tree: usize, key: usize, keyBytes: u32, payload: usize, payloadBytes: u32, weight: i64): i64 {
  search(tree, key, keyBytes, false);
  let entry = found(key, keyBytes);
  if (entry == 0) {
    if (weight == 0) return 0;
    makeRoom(tree);
    entry = entryNew(key, keyBytes, payload, payloadBytes);
    insertHere(tree, entry);
  }
  const before = load<i64>(entry, 8), sum = before + weight;
  store<i64>(entry, sum, 8);
  if ((before | sum) < 0) miss(tree, min(before, 0) - min(sum, 0));
  if (sum == 0) removeHere(tree, entry); else changed(tree, entry);
  return sum;
}

/**
 * Add n keys: key i is blob[offsets[i] .. offsets[i + 1]], its payload likewise, its weight weights[sel[i]] (no
 * weights: 1) times `sign`. No payload offsets: no payloads.
 */
export function treeAddAll(tree: usize, n: u32, sel: usize, blob: usize, offsets: usize, payloads: usize, payloadOffsets: usize, weights: usize, sign: i64): void {
  for (let i: u32 = 0; i < n; i++) {
    const at = (<usize>i) << 2;
    const from = load<u32>(offsets + at);
    const payload = payloadOffsets == 0 ? 0 : load<u32>(payloadOffsets + at);
    const payloadBytes = payloadOffsets == 0 ? 0 : load<u32>(payloadOffsets + at, 4) - payload;
    const row = sel == 0 ? i : load<u32>(sel + at);
    const weight = weights == 0 ? 1 : load<i64>(weights + ((<usize>row) << 3));
    treeAdd(tree, blob + from, load<u32>(offsets + at, 4) - from, payloads + payload, payloadBytes, weight * sign);
  }
}

/** The same without payloads and signs, for keys up to that of the entry `bound` (0: all). Returns how many were taken. */
export function treeAddUpTo(tree: usize, n: u32, sel: usize, blob: usize, offsets: usize, weights: usize, bound: usize): u32 {
  let taken: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const at = (<usize>i) << 2;
    const key = blob + load<u32>(offsets + at);
    const bytes = <u32>(blob + load<u32>(offsets + at, 4) - key);
    if (bound != 0 && compare(key, bytes, bound + HEAD, load<u32>(bound)) > 0) continue;
    const row = sel == 0 ? i : load<u32>(sel + at);
    treeAdd(tree, key, bytes, 0, 0, weights == 0 ? 1 : load<i64>(weights + ((<usize>row) << 3)));
    taken++;
  }
  return taken;
}

/** Add weights (i64) to the keys of n entries of another tree. */
export function treeAddEntries(tree: usize, n: u32, entries: usize, weights: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const entry: usize = load<u32>(entries + ((<usize>i) << 2));
    const payload = load<u32>(entry, 4);
    treeAdd(tree, entry + HEAD, load<u32>(entry), entryPayload(entry), payload, load<i64>(weights + ((<usize>i) << 3)));
  }
}

/** Give a key this payload and weight, whatever it had (weight 0 removes it). */
export function treePut(tree: usize, key: usize, keyBytes: u32, payload: usize, payloadBytes: u32, weight: i64): void {
  search(tree, key, keyBytes, false);
  const old = found(key, keyBytes);
  if (old != 0) {
    if (load<i64>(old, 8) < 0) miss(tree, load<i64>(old, 8));
    removeHere(tree, old);
  }
  if (weight == 0) return;
  if (weight < 0) miss(tree, 0 - weight);
  if (old != 0) search(tree, key, keyBytes, false);
  makeRoom(tree);
  const entry = entryNew(key, keyBytes, payload, payloadBytes);
  store<i64>(entry, weight, 8);
  insertHere(tree, entry);
  changed(tree, entry);
}
