// Rows by their rank in an ordered tree: what is in the window [offset, offset + limit) now, against what was shown.
// An entry is as many rows as its weight; an entry with a negative weight is none.
import { CHILDREN, compare, ENTRIES, HEAD } from './btree-node';

function leftmost(tree: usize): usize {
  let node: usize = load<u32>(tree);
  while (node != 0 && load<u32>(node, 4) != 0) node = load<u32>(node + CHILDREN);
  return node;
}

function at(leaf: usize, i: u32): usize { return load<u32>(leaf + ENTRIES + ((<usize>i) << 2)); }

// A cursor is 48 bytes: [leaf][index][leaf shown][index shown][rows seen i64][pending entry][-][pending rows i64][-][-].
const C_LEAF: usize = 0, C_INDEX: usize = 4, C_OLD_LEAF: usize = 8, C_OLD_INDEX: usize = 12, C_SEEN: usize = 16;
const C_NEXT: usize = 24, C_ROWS: usize = 32;

/** Set a cursor (48 bytes) to the first entries of both trees (`shown` may be 0). */
export function rankStart(cursor: usize, tree: usize, shown: usize): void {
  memory.fill(cursor, 0, 48);
  store<u32>(cursor, <u32>leftmost(tree), C_LEAF);
  store<u32>(cursor, shown == 0 ? 0 : <u32>leftmost(shown), C_OLD_LEAF);
}

/** Make the next entry in the window, and how many of its rows are in it, pending; 0 = there is none. */
function advance(cursor: usize, offset: i64, end: i64): void {
  let leaf: usize = load<u32>(cursor, C_LEAF), index = load<u32>(cursor, C_INDEX), seen = load<i64>(cursor, C_SEEN);
  let next: usize = 0;
  while (leaf != 0 && seen < end && next == 0) {
    if (index >= load<u32>(leaf)) { leaf = load<u32>(leaf, 12); index = 0; continue; }
    const entry = at(leaf, index++);
    const weight = load<i64>(entry, 8);
    if (weight <= 0) continue;
    const from = max(seen, offset), to = min(end, seen + weight);
    seen += weight;
    if (to > from) { next = entry; store<i64>(cursor, to - from, C_ROWS); }
  }
  store<u32>(cursor, <u32>leaf, C_LEAF); store<u32>(cursor, index, C_INDEX); store<i64>(cursor, seen, C_SEEN);
  store<u32>(cursor, <u32>next, C_NEXT);
}

function old(cursor: usize): usize {
  let leaf: usize = load<u32>(cursor, C_OLD_LEAF);
  while (leaf != 0 && load<u32>(cursor, C_OLD_INDEX) >= load<u32>(leaf)) {
    leaf = load<u32>(leaf, 12);
    store<u32>(cursor, <u32>leaf, C_OLD_LEAF); store<u32>(cursor, 0, C_OLD_INDEX);
  }
  return leaf == 0 ? 0 : at(leaf, load<u32>(cursor, C_OLD_INDEX));
}

/**
 * Up to `most` differences (entry, weight i64) between the window and what is shown, in order: entries of `shown` with
 * a negative weight, entries of the tree with a positive one. Limit -1: no end. Returns how many; 0 = done.
 */
export function rankDiff(cursor: usize, offset: i64, limit: i64, most: u32, entries: usize, weights: usize): u32 {
  const end = limit < 0 || offset > i64.MAX_VALUE - limit ? i64.MAX_VALUE : offset + limit;
  let n: u32 = 0;
  while (n < most) {
    if (load<u32>(cursor, C_NEXT) == 0) advance(cursor, offset, end);
    const was = old(cursor), next: usize = load<u32>(cursor, C_NEXT);
    if (was == 0 && next == 0) break;
    const order = was == 0 ? 1 : next == 0 ? -1 : compare(was + HEAD, load<u32>(was), next + HEAD, load<u32>(next));
    const rows = load<i64>(cursor, C_ROWS);
    const weight: i64 = order < 0 ? -load<i64>(was, 8) : order > 0 ? rows : rows - load<i64>(was, 8);
    if (order <= 0) store<u32>(cursor, load<u32>(cursor, C_OLD_INDEX) + 1, C_OLD_INDEX);
    if (order >= 0) store<u32>(cursor, 0, C_NEXT);
    if (weight == 0) continue;
    store<u32>(entries + ((<usize>n) << 2), <u32>(order < 0 ? was : next));
    store<i64>(weights + ((<usize>n) << 3), weight);
    n++;
  }
  return n;
}
