// Reading an ordered multiset in order: by prefix, from a key on, for many keys at once; and cutting its end off.
import { free } from './memory';
import { HEAD, childAt, compare, depth, entryAt, indexOn, nodeOn, removeHere, search, forget, freeNode, miss, T_BYTES, T_COUNT, T_KEEPS, T_MISSING, T_ROOT } from './btree-node';

// The leaf and index where a scan goes on.
export let scanLeaf: usize = 0;
export let scanIndex: u32 = 0;

export function enter(tree: usize, key: usize, bytes: u32, past: bool): void {
  search(tree, key, bytes, past);
  scanLeaf = depth == 0 ? 0 : nodeOn(depth - 1);
  scanIndex = depth == 0 ? 0 : indexOn(depth - 1);
}

export function forward(): usize {
  while (scanLeaf != 0 && scanIndex >= load<u32>(scanLeaf)) { scanLeaf = load<u32>(scanLeaf, 12); scanIndex = 0; }
  return scanLeaf == 0 ? 0 : entryAt(scanLeaf, scanIndex++);
}

/** Go on at a leaf and index that were left before. */
export function resume(leaf: usize, index: u32): usize { scanLeaf = leaf; scanIndex = index; return forward(); }

export function backward(): usize {
  while (scanLeaf != 0 && scanIndex == 0) {
    scanLeaf = load<u32>(scanLeaf, 8);
    scanIndex = scanLeaf == 0 ? 0 : load<u32>(scanLeaf);
  }
  return scanLeaf == 0 ? 0 : entryAt(scanLeaf, --scanIndex);
}

export function begins(entry: usize, prefix: usize, bytes: u32): bool {
  return load<u32>(entry) >= bytes && compare(entry + HEAD, bytes, prefix, bytes) == 0;
}

/** The least entry whose key begins with the prefix (no bytes: of all); 0 = none. */
export function treeFirst(tree: usize, prefix: usize, prefixBytes: u32): usize {
  enter(tree, prefix, prefixBytes, false);
  const entry = forward();
  return entry != 0 && begins(entry, prefix, prefixBytes) ? entry : 0;
}

/** The greatest entry whose key begins with the prefix (no bytes: of all); 0 = none. */
export function treeLast(tree: usize, prefix: usize, prefixBytes: u32): usize {
  enter(tree, prefix, prefixBytes, true);
  const entry = backward();
  return entry != 0 && begins(entry, prefix, prefixBytes) ? entry : 0;
}

/** Up to `most` entries from the key on, ascending, to `out` (u32 each); `past`: those after all keys that begin with it. Returns how many. */
export function treeScan(tree: usize, key: usize, keyBytes: u32, past: bool, most: u32, out: usize): u32 {
  enter(tree, key, keyBytes, past);
  let n: u32 = 0;
  while (n < most) {
    const entry = forward();
    if (entry == 0) break;
    store<u32>(out + ((<usize>n) << 2), <u32>entry);
    n++;
  }
  return n;
}

/** Up to `most` entries before the key, descending; `past`: from the last that begins with it. Returns how many. */
export function treeScanBack(tree: usize, key: usize, keyBytes: u32, past: bool, most: u32, out: usize): u32 {
  enter(tree, key, keyBytes, past);
  let n: u32 = 0;
  while (n < most) {
    const entry = backward();
    if (entry == 0) break;
    store<u32>(out + ((<usize>n) << 2), <u32>entry);
    n++;
  }
  return n;
}

// -- probing: for n keys, all entries that begin with each. A cursor is 16 bytes: [key][inside][leaf][index].

/**
 * Up to `most` pairs (number of the key, entry) of keys that are the beginning of an entry's key. The cursor (16 bytes)
 * is zeroed before the first call; the tree must not change until the last. Returns how many; 0 = done.
 */
export function treeProbe(tree: usize, cursor: usize, n: u32, blob: usize, offsets: usize, most: u32, rows: usize, entries: usize): u32 {
  let pairs: u32 = 0;
  for (let row = load<u32>(cursor); row < n; row++) {
    const from = load<u32>(offsets + ((<usize>row) << 2));
    const bytes = load<u32>(offsets + ((<usize>row) << 2), 4) - from;
    if (load<u32>(cursor, 4) == 0) enter(tree, blob + from, bytes, false);
    else { scanLeaf = load<u32>(cursor, 8); scanIndex = load<u32>(cursor, 12); }
    store<u32>(cursor, 0, 4);
    while (true) {
      if (pairs == most) {
        store<u32>(cursor, row); store<u32>(cursor, 1, 4);
        store<u32>(cursor, <u32>scanLeaf, 8); store<u32>(cursor, scanIndex, 12);
        return pairs;
      }
      const entry = forward();
      if (entry == 0 || !begins(entry, blob + from, bytes)) break;
      store<u32>(rows + ((<usize>pairs) << 2), row);
      store<u32>(entries + ((<usize>pairs) << 2), <u32>entry);
      pairs++;
    }
  }
  store<u32>(cursor, n);
  return pairs;
}

/** Remove every entry. Removals count as changes. */
export function treeClear(tree: usize): void {
  if (load<u32>(tree, T_KEEPS) != 0) {
    enter(tree, 0, 0, false);
    for (let entry = forward(); entry != 0; entry = forward()) forget(tree, entry);
  }
  if (load<u32>(tree, T_ROOT) != 0) freeNode(load<u32>(tree, T_ROOT));
  store<u32>(tree, 0, T_ROOT); store<u32>(tree, 0, T_COUNT); store<u32>(tree, 0, T_BYTES); store<i64>(tree, 0, T_MISSING);
}

/**
 * Remove about `most` entries, a leaf at a time, from the end: a large tree is cleared piece by piece. Only for trees that
 * keep no changes. Returns how many are left.
 */
export function treeShed(tree: usize, most: u32): u32 {
  const count = load<u32>(tree, T_COUNT), goal = count > most ? count - most : 0;
  while (load<u32>(tree, T_COUNT) > goal)
    if (shedLast(tree, load<u32>(tree, T_ROOT))) store<u32>(tree, 0, T_ROOT);
  return goal == 0 ? 0 : load<u32>(tree, T_COUNT);
}

/** Free the last leaf below a node, and the node if it was its last; true: it is gone. */
function shedLast(tree: usize, node: usize): bool {
  const count = load<u32>(node);
  if (load<u32>(node, 4) != 0) {
    if (!shedLast(tree, childAt(node, count - 1))) return false;
    store<u32>(node, count - 1);
    if (count > 1) return false;
  } else {
    for (let i: u32 = 0; i < count; i++) {
      const entry = entryAt(node, i);
      store<u32>(tree, load<u32>(tree, T_BYTES) - load<u32>(entry) - load<u32>(entry, 4), T_BYTES);
      if (load<i64>(entry, 8) < 0) miss(tree, load<i64>(entry, 8));
      free(entry);
    }
    store<u32>(tree, load<u32>(tree, T_COUNT) - count, T_COUNT);
  }
  const previous: usize = load<u32>(node, 8);
  if (previous != 0) store<u32>(previous, 0, 12);
  free(node);
  return true;
}

/** Remove the entries after the first `rows` rows (an entry counts as many rows as its weight). Returns the last that stays, if there are so many rows; else 0. */
export function treeTrim(tree: usize, rows: i64): usize { return trim(tree, rows); }

function trim(tree: usize, rows: i64): usize {
  enter(tree, 0, 0, false);
  let seen: i64 = 0;
  let last: usize = 0;
  while (seen < rows) {
    const entry = forward();
    if (entry == 0) return 0;
    seen += max<i64>(0, load<i64>(entry, 8));
    last = entry;
  }
  while (true) {
    const entry = treeLast(tree, 0, 0);
    if (entry == last) return last;
    search(tree, entry + HEAD, load<u32>(entry), false);
    removeHere(tree, entry);
  }
}
