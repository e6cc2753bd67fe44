// State of an ordered multiset as blocks of entries (src/state/entries.ts): what changed since the last save, or all.
import { HEAD, REMOVED, T_CHANGES, T_CHANGES_USED, T_REMOVED, T_REMOVED_USED, T_BUFFER, T_BUFFER_ROOM, T_SAVE_LEAF, T_SAVE_INDEX, T_SAVE_FULL, T_SAVE_REMOVED, changed, depth, nodeOn, search } from './btree-node';
import { resume, scanIndex, scanLeaf } from './btree-read';
import { treePut } from './btree';
import { free, grow } from './memory';

/** Begin a save of what changed since the last one, or of everything. Nothing may change until it is done. */
export function treeSaveStart(tree: usize, full: bool): void {
  store<u32>(tree, full ? 1 : 0, T_SAVE_FULL);
  store<u32>(tree, full ? 1 : 0, T_SAVE_REMOVED);
  search(tree, 0, 0, false);
  store<u32>(tree, depth == 0 ? 0 : <u32>nodeOn(depth - 1), T_SAVE_LEAF);
  store<u32>(tree, 0, T_SAVE_INDEX);
}

/** The next block of about `most` bytes of state entries, in treeSaved(tree); returns its bytes, 0 = done (and changes are forgotten). */
export function treeSave(tree: usize, most: u32): u32 {
  if (load<u32>(tree, T_SAVE_REMOVED) == 0) {
    store<u32>(tree, 1, T_SAVE_REMOVED);
    const used = load<u32>(tree, T_REMOVED_USED);
    room(tree, 0, used);
    memory.copy(load<u32>(tree, T_BUFFER), load<u32>(tree, T_REMOVED), used);
    if (used != 0) return used;
  }
  let used: u32 = 0;
  while (used < most) {
    const entry = nextToSave(tree);
    if (entry == 0) break;
    used = saveEntry(tree, entry, used);
  }
  if (used == 0) forgetChanges(tree);
  return used;
}

/** Where treeSave wrote. */
export function treeSaved(tree: usize): usize { return load<u32>(tree, T_BUFFER); }

function nextToSave(tree: usize): usize {
  let i = load<u32>(tree, T_SAVE_INDEX);
  if (load<u32>(tree, T_SAVE_FULL) != 0) {
    const entry = resume(load<u32>(tree, T_SAVE_LEAF), i);
    store<u32>(tree, <u32>scanLeaf, T_SAVE_LEAF);
    store<u32>(tree, scanIndex, T_SAVE_INDEX);
    return entry;
  }
  const used = load<u32>(tree, T_CHANGES_USED);
  let entry: usize = 0;
  while (i < used && entry == 0) entry = load<u32>(<usize>load<u32>(tree, T_CHANGES) + ((<usize>(i++)) << 2));
  store<u32>(tree, i, T_SAVE_INDEX);
  return entry;
}

/** State entry: [key bytes][8 + payload bytes][key][weight i64][payload]. */
function saveEntry(tree: usize, entry: usize, used: u32): u32 {
  const key = load<u32>(entry), payload = load<u32>(entry, 4);
  const size = 16 + key + payload;
  room(tree, used, used + size);
  const to = <usize>load<u32>(tree, T_BUFFER) + used;
  store<u32>(to, key);
  store<u32>(to, 8 + payload, 4);
  memory.copy(to + 8, entry + HEAD, key);
  store<i64>(to + 8 + key, load<i64>(entry, 8));
  memory.copy(to + 16 + key, entry + HEAD + key, payload);
  return used + size;
}

function room(tree: usize, keep: u32, bytes: u32): void {
  if (bytes <= load<u32>(tree, T_BUFFER_ROOM)) return;
  const wanted = max(bytes, keep * 2);
  store<u32>(tree, <u32>grow(load<u32>(tree, T_BUFFER), keep, wanted), T_BUFFER);
  store<u32>(tree, wanted, T_BUFFER_ROOM);
}

/** Nothing counts as changed any more. */
export function forgetChanges(tree: usize): void {
  const used = load<u32>(tree, T_CHANGES_USED);
  const changes: usize = load<u32>(tree, T_CHANGES);
  for (let i: u32 = 0; i < used; i++) {
    const entry: usize = load<u32>(changes + ((<usize>i) << 2));
    if (entry != 0) store<u32>(entry, 0, 16);
  }
  free(changes);
  free(load<u32>(tree, T_REMOVED));
  free(load<u32>(tree, T_BUFFER));
  memory.fill(tree + T_CHANGES, 0, 32);
}

/** Take a block that saves wrote. Returns false if it is not one. */
export function treeLoad(tree: usize, block: usize, bytes: u32): bool {
  let at: u32 = 0;
  while (at < bytes) {
    if (bytes - at < 8) return false;
    const key = load<u32>(block + at), value = load<u32>(block + at, 4);
    const rest = bytes - at - 8;
    if (value == REMOVED) {
      if (key > rest) return false;
      treePut(tree, block + at + 8, key, 0, 0, 0);
      at += 8 + key;
      continue;
    }
    if (key > rest || value < 8 || value > rest - key) return false;
    const payload = block + at + 8 + key;
    treePut(tree, block + at + 8, key, payload + 8, value - 8, load<i64>(payload));
    at += 8 + key + value;
  }
  forgetChanges(tree);
  return true;
}
