// An ordered multiset of byte strings: a B+ tree of entries { key, payload, weight }. Adding weights up to 0 removes
// the entry. Inner nodes point to the least entry of each child instead of copying separators; a node is freed when
// it is empty (free-at-empty: Johnson & Shasha, "B-trees with inserts and deletes: why free-at-empty is better
// than merge-at-half", 1993). What changed since the last save is kept as a list of entries and removed keys.
//
// Entry: [key bytes u32][payload bytes u32][weight i64][place in the list of changes + 1, and NEW, u32][0][key][payload]
// Node:  [count u32][level u32][previous][next][prefixes, u64 × 32][entry u32 × 32][child u32 × 32, inner]
// A prefix is the first 8 key bytes, big endian, behind those that all keys of the tree have in common: the first bytes of
// numbers and times tell nothing apart.
// Tree:  [root][entries][bytes][changes][changes used][changes room][removed][removed used][removed room]
//        [buffer][buffer room][save: leaf or change][save: index][save: full][save: removed done][keeps changes]
import { alloc, free, grow, isAbandoned } from './memory';

export const FANOUT: u32 = 32;
export const PREFIXES: usize = 16;
export const ENTRIES: usize = PREFIXES + 32 * 8;
export const CHILDREN: usize = ENTRIES + 32 * 4;
const LEAF_BYTES: u32 = <u32>CHILDREN;
const INNER_BYTES: u32 = <u32>CHILDREN + 32 * 4;
export const HEAD: usize = 24;
const LEVELS: u32 = 16;
export const REMOVED: u32 = 0xffffffff;
/** It was never saved: when it goes, saved state need not be told. */
export const NEW: u32 = 0x80000000;

export const T_ROOT: usize = 0, T_COUNT: usize = 4, T_BYTES: usize = 8;
export const T_CHANGES: usize = 12, T_CHANGES_USED: usize = 16, T_CHANGES_ROOM: usize = 20;
export const T_REMOVED: usize = 24, T_REMOVED_USED: usize = 28, T_REMOVED_ROOM: usize = 32;
export const T_BUFFER: usize = 36, T_BUFFER_ROOM: usize = 40;
export const T_SAVE_LEAF: usize = 44, T_SAVE_INDEX: usize = 48, T_SAVE_FULL: usize = 52, T_SAVE_REMOVED: usize = 56, T_KEEPS: usize = 60;
/** The negative weights in sum, i64: rows that were deleted and are not there (yet). */
export const T_MISSING: usize = 64;
/** Bytes that all keys begin with, u32: it only falls while the tree is not empty. */
const T_SKIP: usize = 72;
/** Nodes that an insertion will need, each telling the next. */
const T_NODES: usize = 76;
export const T_SIZE: u32 = 80;

// The way from the root to where the last search ended.
const pathNode = memory.data(64);
const pathIndex = memory.data(64);
export let depth: u32 = 0;
// Of the tree that was searched last.
let skip: u32 = 0;

/** `keepChanges`: remember what changed until the next save; false where nobody saves. */
export function treeNew(keepChanges: bool): usize {
  const tree = alloc(T_SIZE);
  memory.fill(tree, 0, T_SIZE);
  store<u32>(tree, keepChanges ? 1 : 0, T_KEEPS);
  return tree;
}

export function treeFree(tree: usize): void {
  if (isAbandoned()) return;
  if (load<u32>(tree, T_ROOT) != 0) freeNode(load<u32>(tree, T_ROOT));
  while (load<u32>(tree, T_NODES) != 0) free(nextNode(tree));
  free(load<u32>(tree, T_CHANGES));
  free(load<u32>(tree, T_REMOVED));
  free(load<u32>(tree, T_BUFFER));
  free(tree);
}

export function freeNode(node: usize): void {
  const count = load<u32>(node);
  const inner = load<u32>(node, 4) != 0;
  for (let i: u32 = 0; i < count; i++) {
    if (inner) freeNode(childAt(node, i)); else free(entryAt(node, i));
  }
  free(node);
}

/** Entries in the tree. */
export function treeCount(tree: usize): u32 { return load<u32>(tree, T_COUNT); }
/** Bytes of keys and payloads. */
export function treeBytes(tree: usize): u32 { return load<u32>(tree, T_BYTES); }

export function treeMissing(tree: usize): i64 { return load<i64>(tree, T_MISSING); }
export function miss(tree: usize, more: i64): void { store<i64>(tree, treeMissing(tree) + more, T_MISSING); }

// -- entries
export function entryPayload(entry: usize): usize { return entry + HEAD + load<u32>(entry); }
export function entryWeight(entry: usize): i64 { return load<i64>(entry, 8); }

export function entryNew(key: usize, keyBytes: u32, payload: usize, payloadBytes: u32): usize {
  const entry = alloc(<u32>HEAD + keyBytes + payloadBytes);
  store<u32>(entry, keyBytes);
  store<u32>(entry, payloadBytes, 4);
  store<i64>(entry, 0, 8);
  store<u64>(entry, NEW, 16);
  memory.copy(entry + HEAD, key, keyBytes);
  memory.copy(entry + HEAD + keyBytes, payload, payloadBytes);
  return entry;
}

// -- nodes
/** Make the nodes for an entry where the last search ended: when there is no memory for them, nothing has changed yet. */
export function makeRoom(tree: usize): void {
  let d = depth;
  while (d != 0 && load<u32>(nodeOn(d - 1)) == FANOUT) d--;
  if (d == depth && depth != 0) return;
  // The last one made is taken first.
  for (let inner = d == 0 ? depth : depth - d - 1; inner != 0; inner--) addNode(tree, INNER_BYTES);
  addNode(tree, LEAF_BYTES);
}

function addNode(tree: usize, bytes: u32): void {
  const node = alloc(bytes);
  store<u32>(node, load<u32>(tree, T_NODES));
  store<u32>(tree, <u32>node, T_NODES);
}

function nextNode(tree: usize): usize {
  const node: usize = load<u32>(tree, T_NODES);
  store<u32>(tree, load<u32>(node), T_NODES);
  return node;
}

function nodeNew(tree: usize, level: u32): usize {
  const node = nextNode(tree);
  store<u32>(node, 0); store<u32>(node, level, 4); store<u32>(node, 0, 8); store<u32>(node, 0, 12);
  return node;
}
export function entryAt(node: usize, i: u32): usize { return load<u32>(node + ENTRIES + ((<usize>i) << 2)); }
function prefixAt(node: usize, i: u32): u64 { return load<u64>(node + PREFIXES + ((<usize>i) << 3)); }
export function childAt(node: usize, i: u32): usize { return load<u32>(node + CHILDREN + ((<usize>i) << 2)); }

function setSlot(node: usize, i: u32, entry: usize): void {
  store<u32>(node + ENTRIES + ((<usize>i) << 2), <u32>entry);
  store<u64>(node + PREFIXES + ((<usize>i) << 3), prefixOf(entry + HEAD + skip, load<u32>(entry) - skip));
}

function prefixOf(key: usize, bytes: u32): u64 {
  if (bytes >= 8) return bswap(load<u64>(key));
  let prefix: u64 = 0;
  for (let i: u32 = 0; i < bytes; i++) prefix |= (<u64>load<u8>(key + i)) << (56 - (i << 3));
  return prefix;
}

/** memcmp, then the shorter first. */
export function compare(a: usize, aBytes: u32, b: usize, bBytes: u32): i32 {
  const shared = min(aBytes, bBytes);
  let i: u32 = 0;
  for (; i + 8 <= shared; i += 8) {
    const x = load<u64>(a + i), y = load<u64>(b + i);
    if (x != y) return bswap(x) < bswap(y) ? -1 : 1;
  }
  for (; i < shared; i++) {
    const x = load<u8>(a + i), y = load<u8>(b + i);
    if (x != y) return x < y ? -1 : 1;
  }
  return aBytes == bBytes ? 0 : aBytes < bBytes ? -1 : 1;
}

/** Whether the entry comes before the key; with `past`, also when it begins with the key. Both begin as all keys do. */
function before(node: usize, i: u32, key: usize, bytes: u32, prefix: u64, past: bool): bool {
  const own = prefixAt(node, i);
  if (own != prefix && (!past || bytes >= skip + 8)) return own < prefix;
  const entry = entryAt(node, i), length = load<u32>(entry);
  const order = compare(entry + HEAD + skip, (past ? min(length, bytes) : length) - skip, key + skip, bytes - skip);
  return past ? order <= 0 : order < 0;
}

function lowerBound(node: usize, key: usize, bytes: u32, prefix: u64, past: bool): u32 {
  let low: u32 = 0, high = load<u32>(node);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (before(node, middle, key, bytes, prefix, past)) low = middle + 1; else high = middle;
  }
  return low;
}

/** A key that does not begin as all keys do: -1, it comes before them; 1, after them. 0: it does. */
function aside(root: usize, key: usize, bytes: u32, past: bool): i32 {
  const shared = min(skip, bytes);
  const order = compare(key, shared, entryAt(root, 0) + HEAD, shared);
  return order != 0 || bytes >= skip ? order : past ? 1 : -1;
}

/** Walk to the leaf where the key is or would be; the path ends at the first entry of that leaf not before it. */
export function search(tree: usize, key: usize, bytes: u32, past: bool): void {
  let node: usize = load<u32>(tree, T_ROOT);
  depth = 0;
  if (node == 0) return;
  skip = load<u32>(tree, T_SKIP);
  const side = aside(node, key, bytes, past);
  const prefix = side == 0 ? prefixOf(key + skip, bytes - skip) : 0;
  while (true) {
    let i: u32 = side < 0 ? 0 : side > 0 ? load<u32>(node) : lowerBound(node, key, bytes, prefix, past);
    const inner = load<u32>(node, 4) != 0;
    if (inner) {
      // The child whose least entry is the key holds it; else the one before.
      const exact = !past && side == 0 && i < load<u32>(node) && prefixAt(node, i) == prefix
        && compare(entryAt(node, i) + HEAD, load<u32>(entryAt(node, i)), key, bytes) == 0;
      if (!exact && i > 0) i--;
    }
    store<u32>(pathNode + ((<usize>depth) << 2), <u32>node);
    store<u32>(pathIndex + ((<usize>depth) << 2), i);
    depth++;
    if (!inner) return;
    node = childAt(node, i);
  }
}

export function nodeOn(d: u32): usize { return load<u32>(pathNode + ((<usize>d) << 2)); }
export function indexOn(d: u32): u32 { return load<u32>(pathIndex + ((<usize>d) << 2)); }

/** The entry at the end of the path, if it has exactly this key. */
export function found(key: usize, bytes: u32): usize {
  if (depth == 0) return 0;
  const leaf = nodeOn(depth - 1), i = indexOn(depth - 1);
  if (i >= load<u32>(leaf)) return 0;
  const entry = entryAt(leaf, i);
  return compare(entry + HEAD, load<u32>(entry), key, bytes) == 0 ? entry : 0;
}

// -- insertion
export function insertHere(tree: usize, entry: usize): void {
  store<u32>(tree, load<u32>(tree, T_COUNT) + 1, T_COUNT);
  store<u32>(tree, load<u32>(tree, T_BYTES) + load<u32>(entry) + load<u32>(entry, 4), T_BYTES);
  if (depth == 0) {
    skip = load<u32>(entry);
    store<u32>(tree, skip, T_SKIP);
    const leaf = nodeNew(tree, 0);
    setSlot(leaf, 0, entry);
    store<u32>(leaf, 1);
    store<u32>(tree, <u32>leaf, T_ROOT);
    return;
  }
  join(tree, entry);
  const index = indexOn(depth - 1);
  let right = place(tree, nodeOn(depth - 1), index, entry, 0);
  if (index == 0) raiseLeast(depth - 1);
  for (let d = depth - 1; right != 0; d--) {
    if (d == 0) { growRoot(tree, right); return; }
    right = place(tree, nodeOn(d - 1), indexOn(d - 1) + 1, entryAt(right, 0), right);
  }
}

/** An entry comes that may have less in common with the others. */
function join(tree: usize, entry: usize): void {
  const root: usize = load<u32>(tree, T_ROOT);
  const other = entryAt(root, 0), most = min(skip, load<u32>(entry));
  let common: u32 = 0;
  while (common < most && load<u8>(entry + HEAD + common) == load<u8>(other + HEAD + common)) common++;
  if (common == skip) return;
  skip = common;
  store<u32>(tree, skip, T_SKIP);
  renew(root);
}

/** Prefixes behind fewer bytes. */
function renew(node: usize): void {
  for (let i: u32 = 0, n = load<u32>(node); i < n; i++) {
    setSlot(node, i, entryAt(node, i));
    if (load<u32>(node, 4) != 0) renew(childAt(node, i));
  }
}

/** Put an entry (and child) at place i of a node; a full node is split first: returns the new right half, or 0. */
function place(tree: usize, node: usize, i: u32, entry: usize, child: usize): usize {
  if (load<u32>(node) < FANOUT) { insertSlot(node, i, entry, child); return 0; }
  // Keys that come in order fill their nodes: the right half of a split at the very end is empty.
  const keep: u32 = i == FANOUT && load<u32>(node, 12) == 0 ? FANOUT : FANOUT / 2;
  const right = nodeNew(tree, load<u32>(node, 4));
  moveSlots(node, keep, right);
  link(node, right);
  if (i <= keep && keep < FANOUT) insertSlot(node, i, entry, child); else insertSlot(right, i - keep, entry, child);
  return right;
}

function insertSlot(node: usize, i: u32, entry: usize, child: usize): void {
  shift(node, i, i + 1, load<u32>(node) - i);
  setSlot(node, i, entry);
  if (load<u32>(node, 4) != 0) store<u32>(node + CHILDREN + ((<usize>i) << 2), <u32>child);
  store<u32>(node, load<u32>(node) + 1);
}

/** Move `n` slots of a node from place `from` to place `to`. */
function shift(node: usize, from: u32, to: u32, n: u32): void {
  memory.copy(node + PREFIXES + ((<usize>to) << 3), node + PREFIXES + ((<usize>from) << 3), (<usize>n) << 3);
  memory.copy(node + ENTRIES + ((<usize>to) << 2), node + ENTRIES + ((<usize>from) << 2), (<usize>n) << 2);
  if (load<u32>(node, 4) != 0)
    memory.copy(node + CHILDREN + ((<usize>to) << 2), node + CHILDREN + ((<usize>from) << 2), (<usize>n) << 2);
}

/** The slots from `keep` on go to the empty node `right`. */
function moveSlots(node: usize, keep: u32, right: usize): void {
  const n = load<u32>(node) - keep;
  memory.copy(right + PREFIXES, node + PREFIXES + ((<usize>keep) << 3), (<usize>n) << 3);
  memory.copy(right + ENTRIES, node + ENTRIES + ((<usize>keep) << 2), (<usize>n) << 2);
  if (load<u32>(node, 4) != 0) memory.copy(right + CHILDREN, node + CHILDREN + ((<usize>keep) << 2), (<usize>n) << 2);
  store<u32>(right, n);
  store<u32>(node, keep);
}

function link(node: usize, right: usize): void {
  const next: usize = load<u32>(node, 12);
  store<u32>(right, <u32>node, 8); store<u32>(right, <u32>next, 12);
  store<u32>(node, <u32>right, 12);
  if (next != 0) store<u32>(next, <u32>right, 8);
}

function growRoot(tree: usize, right: usize): void {
  const left: usize = load<u32>(tree, T_ROOT);
  const root = nodeNew(tree, load<u32>(left, 4) + 1);
  insertSlot(root, 0, entryAt(left, 0), left);
  insertSlot(root, 1, entryAt(right, 0), right);
  store<u32>(tree, <u32>root, T_ROOT);
}

/** The least entry of the node at depth d is another one: tell the nodes above. */
function raiseLeast(d: u32): void {
  const least = entryAt(nodeOn(d), 0);
  for (let up = d; up > 0; up--) {
    setSlot(nodeOn(up - 1), indexOn(up - 1), least);
    if (indexOn(up - 1) != 0) return;
  }
}

// -- removal
export function removeHere(tree: usize, entry: usize): void {
  store<u32>(tree, load<u32>(tree, T_COUNT) - 1, T_COUNT);
  store<u32>(tree, load<u32>(tree, T_BYTES) - load<u32>(entry) - load<u32>(entry, 4), T_BYTES);
  forget(tree, entry);
  let d = depth - 1;
  while (true) {
    const node = nodeOn(d);
    removeSlot(node, indexOn(d));
    if (load<u32>(node) != 0) break;
    unlink(node);
    free(node);
    if (d == 0) { store<u32>(tree, 0, T_ROOT); free(entry); return; }
    d--;
  }
  if (indexOn(d) == 0) raiseLeast(d);
  shrinkRoot(tree);
  free(entry);
}

function removeSlot(node: usize, i: u32): void {
  const n = load<u32>(node) - 1;
  shift(node, i + 1, i, n - i);
  store<u32>(node, n);
}

function unlink(node: usize): void {
  const previous: usize = load<u32>(node, 8), next: usize = load<u32>(node, 12);
  if (previous != 0) store<u32>(previous, <u32>next, 12);
  if (next != 0) store<u32>(next, <u32>previous, 8);
}

function shrinkRoot(tree: usize): void {
  let root: usize = load<u32>(tree, T_ROOT);
  while (load<u32>(root, 4) != 0 && load<u32>(root) == 1) {
    const child = childAt(root, 0);
    free(root);
    root = child;
  }
  store<u32>(tree, <u32>root, T_ROOT);
}

// -- what changed since the last save
export function changed(tree: usize, entry: usize): void {
  const word = load<u32>(entry, 16);
  if ((word & ~NEW) != 0 || load<u32>(tree, T_KEEPS) == 0) return;
  const used = load<u32>(tree, T_CHANGES_USED);
  if (used == load<u32>(tree, T_CHANGES_ROOM)) {
    const room = max(<u32>64, used * 2);
    store<u32>(tree, <u32>grow(load<u32>(tree, T_CHANGES), used << 2, room << 2), T_CHANGES);
    store<u32>(tree, room, T_CHANGES_ROOM);
  }
  store<u32>(<usize>load<u32>(tree, T_CHANGES) + ((<usize>used) << 2), <u32>entry);
  store<u32>(tree, used + 1, T_CHANGES_USED);
  store<u32>(entry, (used + 1) | (word & NEW), 16);
}

/** An entry that goes away: its key is noted as removed, unless it was never saved or nobody keeps changes. */
export function forget(tree: usize, entry: usize): void {
  if (load<u32>(tree, T_KEEPS) == 0) return;
  const word = load<u32>(entry, 16), at = word & ~NEW;
  if (at != 0) store<u32>(<usize>load<u32>(tree, T_CHANGES) + ((<usize>(at - 1)) << 2), 0);
  if ((word & NEW) != 0) return;
  const bytes = load<u32>(entry);
  const used = load<u32>(tree, T_REMOVED_USED);
  const wanted = used + 8 + bytes;
  if (wanted > load<u32>(tree, T_REMOVED_ROOM)) {
    const room = max(wanted, max(<u32>256, used * 2));
    store<u32>(tree, <u32>grow(load<u32>(tree, T_REMOVED), used, room), T_REMOVED);
    store<u32>(tree, room, T_REMOVED_ROOM);
  }
  const to = <usize>load<u32>(tree, T_REMOVED) + used;
  store<u32>(to, bytes);
  store<u32>(to, REMOVED, 4);
  memory.copy(to + 8, entry + HEAD, bytes);
  store<u32>(tree, wanted, T_REMOVED_USED);
}
