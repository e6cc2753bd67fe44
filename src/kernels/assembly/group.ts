// The group table: open addressing over slots of [hash 32 bits | record 32 bits], linear probing, deletion by shifting
// back, so no tombstones. The home of a slot follows from its hash alone: growing never touches a record. Finding a
// group costs one cache miss for the slot and one for the record, whose keys and state lie together.
import { alloc, copyWords, free, isAbandoned } from './memory';
import { finish, fold, lastMultiplier, mixAt, multiplier, product } from './hash';
import { dropKeys, gatherKeys, hashWords, keepKeys, sameKey } from './group-keys';
import { giveRecord, takeRecord } from './group-slab';
import { enterWindow, leaveWindow } from './group-window';
import { dropOwned, isBlank } from './group-state';
import { logGone, markDirty, unmarkDirty } from './group-dirty';
import {
  BATCH_ROWS, BATCH_WORDS, COUNT, DIRTY, DIRTY_ROOM, DURABLE, GONE, GONE_ROOM, HEADER_DIRTY, HEADER_SLAB, KEYS, KEYS_AT,
  KEY_COUNT, MISSING, NULL_WORDS, OWNED, OWNERS, OWNER_COUNT, RELEASED, SAVED, SHIFT, SLAB_BYTES, SLOTS, STRIDE, TABLE_BYTES, TEMPLATE, TOUCHED,
  VIEWS, WINDOWS, WINDOW_AT, WINDOW_KEY, WINDOW_ROOM, WORDS,
} from './group-layout';

const SMALLEST: u32 = 4;

/**
 * An empty table of records of `stride` bytes: `words` key words from `keysAt` on, then the state. It takes over the
 * blocks `template` (a record to which nothing was added), `keys` and `owners` (see group-layout.ts). `windowAt`: where
 * in a record the window's end is, 0 = not windowed, then records have room for their links.
 */
export function groupNew(
  stride: u32, template: usize, words: u32, nullWords: u32, keys: usize, keyCount: u32, keysAt: u32, views: u32,
  windowAt: u32, windowKey: u32, owners: usize, ownerCount: u32, durable: bool,
): usize {
  const table = alloc(TABLE_BYTES);
  memory.fill(table, 0, TABLE_BYTES);
  store<u32>(table, stride, STRIDE); store<u32>(table, <u32>template, TEMPLATE);
  store<u32>(table, words, WORDS); store<u32>(table, nullWords, NULL_WORDS);
  store<u32>(table, <u32>keys, KEYS); store<u32>(table, keyCount, KEY_COUNT); store<u32>(table, keysAt, KEYS_AT);
  store<u32>(table, views, VIEWS); store<u32>(table, windowAt, WINDOW_AT); store<u32>(table, windowKey, WINDOW_KEY);
  store<u32>(table, <u32>owners, OWNERS); store<u32>(table, ownerCount, OWNER_COUNT); store<u32>(table, <u32>durable, DURABLE);
  setSlots(table, SMALLEST);
  return table;
}

/** The one group of a table without keys, which is there from the start; touched. */
export function groupGlobal(table: usize): usize {
  const record = groupOf(table, 0);
  const word = load<u32>(record, HEADER_SLAB);
  if (load<u32>(table, DURABLE) != 0 && load<u32>(record, HEADER_DIRTY) == 0) markDirty(table, record);
  store<u32>(record, word | TOUCHED, HEADER_SLAB);
  return record;
}

function setSlots(table: usize, bits: u32): void {
  const slots = alloc(8 << bits);
  memory.fill(slots, 0, 8 << bits);
  store<u32>(table, <u32>slots, SLOTS);
  store<u32>(table, 32 - bits, SHIFT);
}

function resize(table: usize, bits: u32): void {
  const old: usize = load<u32>(table, SLOTS), size: u32 = 1 << (32 - load<u32>(table, SHIFT));
  setSlots(table, bits);
  for (let i: u32 = 0; i < size; i++) {
    const slot = load<u64>(old + (i << 3));
    if (slot != 0) putSlot(table, slot);
  }
  free(old);
}

function putSlot(table: usize, slot: u64): void {
  const slots: usize = load<u32>(table, SLOTS), shift = load<u32>(table, SHIFT), mask: u32 = (1 << (32 - shift)) - 1;
  let at = <u32>(slot >> 32) >> shift;
  while (load<u64>(slots + (at << 3)) != 0) at = (at + 1) & mask;
  store<u64>(slots + (at << 3), slot);
}

/** The record of key words `words`, or 0. */
export function findWords(table: usize, words: usize, hash: u32): usize {
  const slots: usize = load<u32>(table, SLOTS), shift = load<u32>(table, SHIFT), mask: u32 = (1 << (32 - shift)) - 1;
  const keysAt = load<u32>(table, KEYS_AT);
  let at = hash >> shift, slot = load<u64>(slots + (at << 3));
  while (slot != 0) {
    if (<u32>(slot >> 32) == hash && sameKey(table, words, <usize>(<u32>slot) + keysAt)) return <usize>(<u32>slot);
    at = (at + 1) & mask;
    slot = load<u64>(slots + (at << 3));
  }
  return 0;
}

export function insertWords(table: usize, words: usize, hash: u32): usize {
  const count = load<u32>(table, COUNT) + 1, bits = 32 - load<u32>(table, SHIFT);
  if (count > (5 << bits) >> 3) resize(table, bits + 1);
  const record = takeRecord(table);
  const template: usize = load<u32>(table, TEMPLATE), stateAt = load<u32>(table, KEYS_AT) + (load<u32>(table, WORDS) << 3);
  store<u64>(record, load<u64>(template)); store<u32>(record, load<u32>(template, HEADER_DIRTY), HEADER_DIRTY);
  copyWords(record + stateAt, template + stateAt, load<u32>(table, STRIDE) - stateAt);
  keepKeys(table, record, words);
  if (load<u32>(table, WINDOW_AT) != 0) enterWindow(table, record);
  store<u32>(table, count, COUNT);
  putSlot(table, (<u64>hash << 32) | <u64>record);
  return record;
}

/** The record of the key words, made when there is none (for loading). */
export function groupOf(table: usize, words: usize): usize {
  const hash = hashWords(table, words);
  const found = findWords(table, words, hash);
  return found != 0 ? found : insertWords(table, words, hash);
}

/**
 * The records of n rows, made where there is none: to `records`. Records seen for the first time since they were last
 * settled go to `touched` (0: not asked for); their number is returned. Key columns: descriptors of 16 bytes, one after another.
 */
export function groupFind(table: usize, n: u32, sel: usize, columns: usize, records: usize, touched: usize): u32 {
  let words: usize = load<u32>(table, BATCH_WORDS);
  if (words == 0) {
    words = alloc(max((load<u32>(table, WORDS) << 3) * BATCH_ROWS, 16));
    store<u32>(table, <u32>words, BATCH_WORDS);
  }
  const count = load<u32>(table, WORDS);
  if (gatherKeys(table, n, sel, columns, words)) findAny(table, n, words, records);
  else if (count == 1) findOne(table, n, words, records);
  else if (count == 2) findTwo(table, n, words, records);
  else if (count == 3) findThree(table, n, words, records);
  else if (count == 4) findFour(table, n, words, records);
  else findPlain(table, n, words, records);
  return groupTouch(table, n, records, touched);
}

function findOne(table: usize, n: u32, words: usize, records: usize): void { findFixed(table, n, words, records, 1); }
function findTwo(table: usize, n: u32, words: usize, records: usize): void { findFixed(table, n, words, records, 2); }
function findThree(table: usize, n: u32, words: usize, records: usize): void { findFixed(table, n, words, records, 3); }
function findFour(table: usize, n: u32, words: usize, records: usize): void { findFixed(table, n, words, records, 4); }

/** All words are compared as they lie. `width` is a constant of each caller: what does not apply to it is folded away. */
@inline
function findFixed(table: usize, n: u32, words: usize, records: usize, width: u32): void {
  const low = multiplier(0), high = multiplier(1), low2 = multiplier(2), high2 = multiplier(3);
  const low3 = multiplier(4), high3 = multiplier(5), low4 = multiplier(6), high4 = multiplier(7), last = lastMultiplier();
  const keysAt = load<u32>(table, KEYS_AT);
  let slots: usize = load<u32>(table, SLOTS), shift = load<u32>(table, SHIFT), mask: u32 = (1 << (32 - shift)) - 1;
  for (let i: u32 = 0; i < n; i++, words += <usize>width << 3) {
    const a = load<u64>(words), b = width > 1 ? load<u64>(words, 8) : 0, c = width > 2 ? load<u64>(words, 16) : 0;
    const d = width > 3 ? load<u64>(words, 24) : 0;
    let sum = product(a, low, high);
    if (width > 1) sum += product(b, low2, high2);
    if (width > 2) sum += product(c, low3, high3);
    if (width > 3) sum += product(d, low4, high4);
    const hash = <u32>(fold(sum, last) >> 32);
    let at = hash >> shift;
    let record: usize = 0;
    while (true) {
      const slot = load<u64>(slots + (at << 3));
      if (slot == 0) break;
      const key = <usize>(<u32>slot) + keysAt;
      if (<u32>(slot >> 32) == hash && load<u64>(key) == a && (width < 2 || load<u64>(key, 8) == b)
        && (width < 3 || load<u64>(key, 16) == c) && (width < 4 || load<u64>(key, 24) == d)) {
        record = <usize>(<u32>slot);
        break;
      }
      at = (at + 1) & mask;
    }
    if (record == 0) {
      record = insertWords(table, words, hash);
      slots = load<u32>(table, SLOTS); shift = load<u32>(table, SHIFT); mask = (1 << (32 - shift)) - 1;
    }
    store<u32>(records + (i << 2), <u32>record);
  }
}

/** As findFixed, for any number of words. */
function findPlain(table: usize, n: u32, words: usize, records: usize): void {
  const keysAt = load<u32>(table, KEYS_AT), bytes: usize = load<u32>(table, WORDS) << 3;
  let slots: usize = load<u32>(table, SLOTS), shift = load<u32>(table, SHIFT), mask: u32 = (1 << (32 - shift)) - 1;
  for (let i: u32 = 0; i < n; i++, words += bytes) {
    let h: u64 = 0;
    for (let w: usize = 0; w < bytes; w += 8) h = mixAt(h, w >> 3, load<u64>(words + w));
    const hash = finish(h);
    let at = hash >> shift;
    let record: usize = 0;
    while (true) {
      const slot = load<u64>(slots + (at << 3));
      if (slot == 0) break;
      if (<u32>(slot >> 32) == hash && sameWords(<usize>(<u32>slot) + keysAt, words, bytes)) { record = <usize>(<u32>slot); break; }
      at = (at + 1) & mask;
    }
    if (record == 0) {
      record = insertWords(table, words, hash);
      slots = load<u32>(table, SLOTS); shift = load<u32>(table, SHIFT); mask = (1 << (32 - shift)) - 1;
    }
    store<u32>(records + (i << 2), <u32>record);
  }
}

@inline
function sameWords(a: usize, b: usize, bytes: usize): bool {
  let different: u64 = 0;
  for (let w: usize = 0; w < bytes; w += 8) different |= load<u64>(a + w) ^ load<u64>(b + w);
  return different == 0;
}

/** Where a text of the batch is not in its words: the hash and the comparison go by its bytes. */
function findAny(table: usize, n: u32, words: usize, records: usize): void {
  const step: usize = load<u32>(table, WORDS) << 3;
  for (let i: u32 = 0; i < n; i++, words += step) {
    const hash = hashWords(table, words);
    const found = findWords(table, words, hash);
    store<u32>(records + (i << 2), <u32>(found != 0 ? found : insertWords(table, words, hash)));
  }
}

/** Mark records as seen and changed; those first seen since they were last settled go to `touched` (0: not asked for), their number is returned. */
export function groupTouch(table: usize, n: u32, records: usize, touched: usize): u32 {
  const durable = load<u32>(table, DURABLE) != 0;
  if (!durable && touched == 0) return 0;
  let count: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const record: usize = load<u32>(records + (i << 2));
    const word = load<u32>(record, HEADER_SLAB);
    if ((word & TOUCHED) != 0) continue;
    if (durable && load<u32>(record, HEADER_DIRTY) == 0) markDirty(table, record);
    if (touched == 0) continue;
    store<u32>(record, word | TOUCHED, HEADER_SLAB);
    store<u32>(touched + (count << 2), <u32>record);
    count++;
  }
  return count;
}

/** Add each row's weight to its group. */
export function groupWeigh(table: usize, n: u32, sel: usize, records: usize, weights: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const record: usize = load<u32>(records + (i << 2));
    const row = sel == 0 ? i : load<u32>(sel + (i << 2));
    weigh(table, record, weights == 0 ? 1 : load<i64>(weights + (row << 3)));
  }
}

/** Add to a record's weight. What goes below 0 is a delete without its row: it stays, and is counted. */
@inline
export function weigh(table: usize, record: usize, weight: i64): void {
  const before = load<i64>(record), after = before + weight;
  store<i64>(record, after);
  if ((before | after) < 0) miss(table, min(before, 0) - min(after, 0));
}

export function miss(table: usize, more: i64): void { store<i64>(table, load<i64>(table, MISSING) + more, MISSING); }
export function groupMissing(table: usize): i64 { return load<i64>(table, MISSING); }

/** Forget a group, and all that it owns. One that came and went between two saves leaves no trace. */
export function dropRecord(table: usize, record: usize): void {
  if (load<u32>(table, DURABLE) != 0) {
    unmarkDirty(table, record);
    if ((load<u32>(record, HEADER_SLAB) & SAVED) != 0) logGone(table, record);
  }
  forgetRecord(table, record);
}

/** As dropRecord, for a record that was never saved. */
export function forgetRecord(table: usize, record: usize): void {
  removeSlot(table, record);
  if (load<u32>(table, WINDOW_AT) != 0) leaveWindow(table, record);
  dropOwned(table, record);
  dropKeys(table, record);
  store<u32>(table, load<u32>(table, COUNT) - 1, COUNT);
  giveRecord(table, record);
}

function removeSlot(table: usize, record: usize): void {
  const slots: usize = load<u32>(table, SLOTS), shift = load<u32>(table, SHIFT), mask: u32 = (1 << (32 - shift)) - 1;
  let hole = hashWords(table, record + load<u32>(table, KEYS_AT)) >> shift;
  while (<u32>load<u64>(slots + (hole << 3)) != <u32>record) hole = (hole + 1) & mask;
  for (let at = (hole + 1) & mask; ; at = (at + 1) & mask) {
    const slot = load<u64>(slots + (at << 3));
    if (slot == 0) break;
    const home = <u32>(slot >> 32) >> shift;
    if (((at - home) & mask) < ((at - hole) & mask)) continue;
    store<u64>(slots + (hole << 3), slot);
    hole = at;
  }
  store<u64>(slots + (hole << 3), 0);
}

/** Forget these groups: their windows are closed. */
export function groupDrop(table: usize, n: u32, records: usize): void {
  for (let i: u32 = 0; i < n; i++) dropRecord(table, load<u32>(records + (i << 2)));
  groupShrink(table);
}

/** The epoch is over for these records: forget that they were touched, and remove those that stand for nothing. */
export function groupSettle(table: usize, n: u32, records: usize): void {
  const keyed = load<u32>(table, KEY_COUNT) != 0;
  for (let i: u32 = 0; i < n; i++) {
    const record: usize = load<u32>(records + (i << 2));
    store<u32>(record, load<u32>(record, HEADER_SLAB) & ~TOUCHED, HEADER_SLAB);
    if (keyed && load<i64>(record) == 0 && isBlank(table, record)) dropRecord(table, record);
  }
  groupShrink(table);
}

export function groupShrink(table: usize): void {
  const now: u32 = 32 - load<u32>(table, SHIFT);
  let bits: u32 = now;
  while (bits > SMALLEST && load<u32>(table, COUNT) < (<u32>1 << bits) >> 3) bits--;
  if (bits < now) resize(table, bits);
}

/** The addresses of all records, in no stated order. */
export function groupRecords(table: usize, records: usize): void {
  const slots: usize = load<u32>(table, SLOTS), end: u32 = 1 << (32 - load<u32>(table, SHIFT));
  let at = records;
  for (let i: u32 = 0; i < end; i++) {
    const record = <u32>load<u64>(slots + (i << 3));
    if (record == 0) continue;
    store<u32>(at, record);
    at += 4;
  }
}

export function groupCount(table: usize): u32 { return load<u32>(table, COUNT); }

/** Bytes that the table holds, everything included. */
export function groupBytes(table: usize): u32 {
  return load<u32>(table, SLAB_BYTES) + load<u32>(table, OWNED) + (8 << (32 - load<u32>(table, SHIFT)))
    + (load<u32>(table, DIRTY_ROOM) << 2) + load<u32>(table, GONE_ROOM) + (load<u32>(table, WINDOW_ROOM) << 4);
}

/** Free the table and all its groups. */
export function groupFree(table: usize): void {
  if (isAbandoned()) return;
  store<u32>(table, 0, DURABLE);
  store<u32>(table, 0, WINDOW_AT);
  const slots: usize = load<u32>(table, SLOTS), size: u32 = 1 << (32 - load<u32>(table, SHIFT));
  for (let i: u32 = 0; i < size; i++) {
    const record = <usize>(<u32>load<u64>(slots + (i << 3)));
    if (record == 0) continue;
    dropOwned(table, record);
    dropKeys(table, record);
    giveRecord(table, record);
  }
  free(slots);
  free(load<u32>(table, TEMPLATE)); free(load<u32>(table, KEYS)); free(load<u32>(table, OWNERS));
  free(load<u32>(table, BATCH_WORDS)); free(load<u32>(table, DIRTY)); free(load<u32>(table, GONE)); free(load<u32>(table, WINDOWS));
  free(load<u32>(table, RELEASED));
  free(table);
}
