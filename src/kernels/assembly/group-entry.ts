// Groups as entries of state (src/state/entries.ts): key = null words, then per key its word, or length and bytes of a
// string; value = weight and state words as they lie, then what the state owns, in the owners' order.
import { INLINE } from './layout';
import { keyEntryBytes, readKey, writeKey } from './group-key-entry';
import { alloc, free, grow } from './memory';
import { FULL_BYTES, exactPayload, exactRestore } from './exact-sum';
import { sketchBytes, sketchRestore, sketchWrite } from './sketch';
import { NO_TEXT, dropOwned, stateAt } from './group-state';
import { forgetRecord, groupOf, weigh } from './group';
import { exactKey, ownView } from './group-keys';
import { DELETED } from './group-dirty';
import { enterWindow, leaveWindow } from './group-window';
import {
  BATCH_WORDS, DIRTY, DIRTY_COUNT, GONE, GONE_BYTES, HEADER_DIRTY, HEADER_SLAB, KEYS_AT, OWNED, OWNERS,
  OWNER_COUNT, OWNS_EXACT, OWNS_LINKS, OWNS_SKETCH, OWNS_SLOT, OWNS_TEXT, SAVED, SHIFT, SLOTS, STRIDE, WINDOW_AT, WORDS,
} from './group-layout';

function ownedBytes(table: usize, record: usize): u32 {
  const owners: usize = load<u32>(table, OWNERS), count = load<u32>(table, OWNER_COUNT);
  let bytes: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const what = load<u32>(owners + (i << 3)), at = record + load<u32>(owners + (i << 3), 4);
    if (what == OWNS_EXACT) bytes += exactPayload(at) == 0 ? 0 : FULL_BYTES;
    else if (what == OWNS_SKETCH) bytes += sketchBytes(at);
    else if (what == OWNS_TEXT && load<u32>(at) != NO_TEXT && load<u32>(at) > INLINE) bytes += load<u32>(at);
  }
  return bytes;
}

function writeOwned(table: usize, record: usize, target: usize): void {
  const owners: usize = load<u32>(table, OWNERS), count = load<u32>(table, OWNER_COUNT);
  let to = target;
  for (let i: u32 = 0; i < count; i++) {
    const what = load<u32>(owners + (i << 3)), at = record + load<u32>(owners + (i << 3), 4);
    if (what == OWNS_EXACT) {
      if (exactPayload(at) != 0) { memory.copy(to, exactPayload(at), FULL_BYTES); to += FULL_BYTES; }
    } else if (what == OWNS_SKETCH) to += sketchWrite(at, to);
    else if (what == OWNS_TEXT && load<u32>(at) != NO_TEXT && load<u32>(at) > INLINE) {
      memory.copy(to, load<u32>(at, 12), load<u32>(at));
      to += load<u32>(at);
    }
  }
}

/** The addresses in a state just copied from an entry mean nothing: take what it owns from the bytes behind it. */
function readOwned(table: usize, record: usize, source: usize): void {
  const owners: usize = load<u32>(table, OWNERS), count = load<u32>(table, OWNER_COUNT);
  let from = source;
  for (let i: u32 = 0; i < count; i++) {
    const what = load<u32>(owners + (i << 3)), at = record + load<u32>(owners + (i << 3), 4);
    if (what == OWNS_EXACT) {
      if (exactPayload(at) != 0) { exactRestore(table, at, from); from += FULL_BYTES; }
    } else if (what == OWNS_SKETCH) from += sketchRestore(table, at, from);
    else if (what == OWNS_LINKS || what == OWNS_SLOT) store<u64>(at, 0);
    else if (what == OWNS_TEXT && load<u32>(at) != NO_TEXT && load<u32>(at) > INLINE) {
      store<u32>(at, <u32>from, 12);
      from += load<u32>(at);
      store<u32>(table, load<u32>(table, OWNED) + ownView(at), OWNED);
    }
  }
}

// The block being written: kept for the next one, so that saving allocates once.
let block: usize = 0, room: u32 = 0, length: u32 = 0;
export function savedBlock(): usize { return block; }
export function savedBytes(): u32 { return length; }

function reserve(bytes: u32): usize {
  if (length + bytes > room) {
    const wider = max(room * 2, length + bytes);
    block = grow(block, length, wider);
    room = wider;
  }
  const at = block + length;
  length += bytes;
  return at;
}

function saveRecord(table: usize, record: usize): void {
  const keyBytes = keyEntryBytes(table, record), from = stateAt(table), stateBytes = load<u32>(table, STRIDE) - from;
  const valueBytes = 8 + stateBytes + ownedBytes(table, record);
  const to = reserve(8 + keyBytes + valueBytes);
  store<u32>(to, keyBytes); store<u32>(to, valueBytes, 4);
  writeKey(table, record, to + 8);
  const value = to + 8 + keyBytes;
  store<i64>(value, load<i64>(record));
  memory.copy(value + 8, record + from, stateBytes);
  writeOwned(table, record, value + 8 + stateBytes);
  store<u32>(record, 0, HEADER_DIRTY);
  markSaved(record);
}

function markSaved(record: usize): void { store<u32>(record, load<u32>(record, HEADER_SLAB) | SAVED, HEADER_SLAB); }

export const SAVE_DONE: u32 = 0xffffffff;

/** Fill the block with about `target` bytes of entries, all (`full`) or what changed; where to go on, or SAVE_DONE. Begin with 0. */
export function groupSave(table: usize, full: bool, cursor: u32, target: u32): u32 {
  length = 0;
  if (cursor == 0 && !full) {
    const gone = load<u32>(table, GONE_BYTES);
    memory.copy(reserve(gone), load<u32>(table, GONE), gone);
  }
  if (cursor == 0) store<u32>(table, 0, GONE_BYTES);
  const list: usize = full ? load<u32>(table, SLOTS) : load<u32>(table, DIRTY), size = full ? 8 : 4;
  const count: u32 = full ? 1 << (32 - load<u32>(table, SHIFT)) : load<u32>(table, DIRTY_COUNT);
  let i = cursor;
  for (; i < count && length < target; i++) {
    const record: usize = load<u32>(list + i * size);
    if (record != 0) saveRecord(table, record);
  }
  if (i < count) return i;
  store<u32>(table, 0, DIRTY_COUNT);
  return SAVE_DONE;
}

/** Give the block back, once its bytes are with the writer. */
export function saveRelease(): void { free(block); block = 0; room = 0; length = 0; }

/** Take a block of entries; the number of groups in it, or -1 when it does not fit the table (torn, or of another plan). */
export function groupLoad(table: usize, source: usize, bytes: u32): i32 {
  const words: usize = alloc((load<u32>(table, WORDS) << 3) + 16), stateBytes = load<u32>(table, STRIDE) - stateAt(table);
  const end = source + bytes;
  let at = source, entries = 0;
  while (at < end) {
    const keyBytes = load<u32>(at), key = at + 8, value = key + keyBytes, gone = load<u32>(at, 4) == DELETED;
    const valueBytes: u32 = gone ? 0 : load<u32>(at, 4);
    if (end - at < 8 || <u64>keyBytes + <u64>valueBytes > <u64>(end - key) || (!gone && valueBytes < 8 + stateBytes)) { entries = -1; break; }
    if (readKey(table, key, words) != value) { entries = -1; break; }
    let record = groupOf(table, words);
    // Of intervals of one length the entries are several, though the group is one: it is what the last one says.
    const isOther = !exactKey(table, words, record + load<u32>(table, KEYS_AT));
    if (isOther && !gone) { forgetRecord(table, record); record = groupOf(table, words); }
    if (gone) { if (!isOther) forgetRecord(table, record); at = value; continue; }
    dropOwned(table, record);
    weigh(table, record, load<i64>(value) - load<i64>(record));
    // A window whose end is not a key moves with the state.
    const moves = load<u32>(table, WINDOW_AT) >= stateAt(table);
    if (moves) leaveWindow(table, record);
    memory.copy(record + stateAt(table), value + 8, stateBytes);
    if (moves) enterWindow(table, record);
    readOwned(table, record, value + 8 + stateBytes);
    markSaved(record);
    at = value + valueBytes;
    entries++;
  }
  free(words);
  return entries;
}
