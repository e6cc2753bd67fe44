// An index of rows as blocks of state entries (src/state/entries.ts): what changed since the last save, or all. The key of
// an entry is the length of a row's key (u32), the key, the row; its value: weight, matches, shown, time (i64 each).
import { E_CHANGED, E_GROUP, E_MATCHES, E_NEXT, E_SHOWN, E_TIME, E_WEIGHT, G_CHAIN, G_FIRST, I_BUFFER, I_CHANGES, I_GROUPS, I_GROUP_MASK, I_REMOVED, I_SAVE_FULL, I_PLACE, I_SAVE_ROW, NO_TIME, REMOVED, bucketAt, bury, empty, entryFor, extend, putKey, remove, weigh } from './hash-index';
import { hashBytes } from './hash';

const VALUE: u32 = 32;

/** Begin a save of what changed since the last one, or of everything. Nothing may change until it is done. */
export function indexSaveStart(index: usize, full: bool): void {
  store<u32>(index, full ? 1 : 0, I_SAVE_FULL);
  store<u32>(index, 0, I_PLACE);
  store<u32>(index, 0, I_SAVE_ROW);
  if (full) empty(index + I_REMOVED);
}

/** The next rows of a walk, which begins as a save of everything does; `most` at most. 0 = done. */
export function indexWalk(index: usize, most: u32, entries: usize): u32 {
  for (let n: u32 = 0; n < most; n++) {
    const entry = nextRow(index);
    if (entry == 0) return n;
    store<u32>(entries + ((<usize>n) << 2), <u32>entry);
  }
  return most;
}

/** The next block of about `most` bytes, at indexSaved(index); returns its bytes, 0 = done (and changes are forgotten). */
export function indexSave(index: usize, most: u32): u32 {
  const buffer = index + I_BUFFER, removed = load<u32>(index, I_REMOVED + 4);
  store<u32>(buffer, 0, 4);
  if (removed != 0) {
    memory.copy(extend(buffer, removed, 1), load<u32>(index, I_REMOVED), removed);
    empty(index + I_REMOVED);
    return removed;
  }
  while (load<u32>(buffer, 4) < most) {
    const entry = load<u32>(index, I_SAVE_FULL) != 0 ? nextRow(index) : nextChange(index);
    if (entry == 0) break;
    saveEntry(buffer, entry);
  }
  if (load<u32>(buffer, 4) == 0) forgetChanges(index);
  return load<u32>(buffer, 4);
}

/** Where indexSave wrote. */
export function indexSaved(index: usize): usize { return load<u32>(index, I_BUFFER); }

function nextChange(index: usize): usize {
  let i = load<u32>(index, I_PLACE);
  const used = load<u32>(index, I_CHANGES + 4);
  let entry: usize = 0;
  while (i < used && entry == 0) entry = load<u32>(<usize>load<u32>(index, I_CHANGES) + ((<usize>(i++)) << 2));
  store<u32>(index, i, I_PLACE);
  return entry;
}

/** Row after row, group after group, bucket after bucket. */
function nextRow(index: usize): usize {
  const last: usize = load<u32>(index, I_SAVE_ROW);
  let next: usize = last == 0 ? 0 : load<u32>(last, E_NEXT);
  if (next == 0 && last != 0) {
    const group: usize = load<u32>(<usize>load<u32>(last, E_GROUP), G_CHAIN);
    if (group != 0) next = load<u32>(group, G_FIRST);
  }
  let b = load<u32>(index, I_PLACE);
  for (; next == 0 && b <= load<u32>(index, I_GROUP_MASK); b++) {
    const group = bucketAt(index, I_GROUPS, b);
    if (group != 0) next = load<u32>(group, G_FIRST);
  }
  store<u32>(index, b, I_PLACE);
  store<u32>(index, <u32>next, I_SAVE_ROW);
  return next;
}

function saveEntry(buffer: usize, entry: usize): void {
  const value = putKey(buffer, entry, VALUE, VALUE);
  store<i64>(value, load<i64>(entry, E_WEIGHT)); store<i64>(value, load<i64>(entry, E_MATCHES), 8);
  store<i64>(value, load<i64>(entry, E_SHOWN), 16); store<i64>(value, load<i64>(entry, E_TIME), 24);
}

function forgetChanges(index: usize): void {
  const used = load<u32>(index, I_CHANGES + 4), changes: usize = load<u32>(index, I_CHANGES);
  for (let i: u32 = 0; i < used; i++) {
    const entry: usize = load<u32>(changes + ((<usize>i) << 2));
    if (entry != 0) store<u32>(entry, 0, E_CHANGED);
  }
  empty(index + I_CHANGES);
  empty(index + I_REMOVED);
  empty(index + I_BUFFER);
  store<u32>(index, 0, I_PLACE);
}

/** Take a block that saves wrote. Returns false if it is torn. */
export function indexLoad(index: usize, block: usize, bytes: u32): bool {
  for (let at: u32 = 0; at < bytes;) {
    if (bytes - at < 12) return false;
    const size = load<u32>(block + at), value = load<u32>(block + at, 4), key = load<u32>(block + at, 8), rest = bytes - at - 8;
    const gone = value == REMOVED;
    if (size < 4 || size > rest || key > size - 4 || (!gone && (value != VALUE || VALUE > rest - size))) return false;
    const from = block + at + 12, row = size - 4 - key;
    at += 8 + size + (gone ? 0 : VALUE);
    loadEntry(index, from, key, row, gone ? 0 : from + key + row);
  }
  bury(index);
  forgetChanges(index);
  return true;
}

/** `value`: 0 = it is removed. */
function loadEntry(index: usize, key: usize, keyBytes: u32, rowBytes: u32, value: usize): void {
  const time = value == 0 ? NO_TIME : load<i64>(value, 24);
  const entry = entryFor(index, hashBytes(key, keyBytes), key, keyBytes, key + keyBytes, rowBytes, time);
  if (value == 0) { remove(index, entry); return; }
  weigh(index, entry, load<i64>(value));
  store<u32>(entry, 0, E_CHANGED);
  store<i64>(entry, load<i64>(value, 8), E_MATCHES);
  store<i64>(entry, load<i64>(value, 16), E_SHOWN);
}
