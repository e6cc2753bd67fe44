// State of ordered groups: entries { order key, row: weight }, saved as a tree's are (btree-save.ts). What is loaded says
// to which group it belongs by its row: the caller decodes it, and puts it.
import { HEAD, REMOVED, T_SAVE_FULL, T_SAVE_INDEX, T_SAVE_REMOVED, changed } from './btree-node';
import { SHIFT, SLOTS } from './group-layout';
import { chunkAt, chunksOf, entryIn, slotsOf } from './ordered-list';
import { listOf, tableOf } from './ordered';

/** Begin a save of what changed since the last one, or of everything; treeSave goes on. Nothing may change until it is done. */
export function orderedSaveStart(set: usize, full: bool): void {
  if (full) changeAll(set);
  store<u32>(set, 0, T_SAVE_FULL);
  store<u32>(set, full ? 1 : 0, T_SAVE_REMOVED);
  store<u32>(set, 0, T_SAVE_INDEX);
}

function changeAll(set: usize): void {
  const table = tableOf(set);
  const slots: usize = load<u32>(table, SLOTS), size: u32 = 1 << (32 - load<u32>(table, SHIFT));
  for (let s: u32 = 0; s < size; s++) {
    const record = <usize>(<u32>load<u64>(slots + (<usize>s << 3)));
    if (record == 0) continue;
    const list = listOf(set, record), chunks = chunksOf(list);
    for (let c: u32 = 0; c < chunks; c++) {
      const chunk = chunkAt(list, c), count = slotsOf(chunk);
      for (let i: u32 = 0; i < count; i++) changed(set, entryIn(chunk, i));
    }
  }
}

/** Where the last orderedEntries ended in its block. */
let loadedTo: u32 = 0;
export function orderedLoaded(): u32 { return loadedTo; }

/**
 * Up to `most` entries of a block of state from byte `at` on: addresses of their keys (u32) and weights (i64; 0 =
 * removed). Returns how many; -1 if it is not such a block.
 */
export function orderedEntries(block: usize, bytes: u32, at: u32, most: u32, keys: usize, weights: usize): i32 {
  let n: u32 = 0;
  while (at < bytes && n < most) {
    if (bytes - at < 8) return -1;
    const key = load<u32>(block + at), value = load<u32>(block + at, 4), rest = bytes - at - 8;
    const removed = value == REMOVED;
    if (key > rest || (!removed && (value < 8 || value > rest - key))) return -1;
    store<u32>(keys + (<usize>n << 2), <u32>(block + at + 8));
    store<i64>(weights + (<usize>n << 3), removed ? 0 : load<i64>(block + at + 8 + key));
    at += 8 + key + (removed ? 0 : value);
    n++;
  }
  loadedTo = at;
  return n;
}
