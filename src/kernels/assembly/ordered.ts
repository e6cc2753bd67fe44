// Groups of rows in order, the common state of rankings and of over windows (docs/notes/ranks.md). A group is a record
// of a group table whose state is a list of entries (ordered-list.ts). An entry knows its weight now and at the last
// flush, so both what was shown and what is to be shown are read from one walk over a group.
//
// Set: a tree's head (btree-node.ts: counts, and what changed since the last save), then
// [group table][offset of the list in a record][keeps][columns of a row][limit i64]
// [touched entries][used][room][touched groups][used][room][bytes of lists][kinds of the columns]
import { HEAD, NEW, T_BYTES, T_CHANGES, T_COUNT, T_KEEPS, T_REMOVED, T_BUFFER, T_SIZE, changed, forget, miss } from './btree-node';
import { forgetChanges } from './btree-save';
import { KEYS_AT, SHIFT, SLOTS, WORDS } from './group-layout';
import { groupDrop, groupFree, groupSettle, groupBytes } from './group';
import { rowAt } from './layout';
import { alloc, free, grow, isAbandoned } from './memory';
import {
  PAYLOAD_BYTES, beforeOf, chunkAt, chunksOf, compareBy, cutList, entryIn, find, foundChunk, foundIndex, foundPlace, grown, insertFound,
  orderBytesOf, prefixOf, removeSlot, sameOrder, setBefore, slotsOf,
} from './ordered-list';

const S_TABLE: usize = 80, S_LIST: usize = 84, S_KEEPS: usize = 88, S_COLUMNS: usize = 92, S_LIMIT: usize = 96;
const S_ENTRIES: usize = 104, S_ENTRIES_USED: usize = 108, S_ENTRIES_ROOM: usize = 112;
const S_GROUPS: usize = 116, S_GROUPS_USED: usize = 120, S_GROUPS_ROOM: usize = 124, S_BYTES: usize = 128, S_KINDS: usize = 132;
const S_SIZE: u32 = 144;

// Which rows of a group stay.
export const ALL: u32 = 0;
/** The first `limit` rows. */
const FIRST_ROWS: u32 = 1;
/** Rows with fewer than `limit` rows before them in the order, ties included. */
const FIRST_RANKS: u32 = 2;
/** Rows of the first `limit` different order keys. */
const FIRST_KEYS: u32 = 3;

/** In the spare word of an entry: its place among the touched ones, from 1. */
const TOUCHED_PLACE: usize = 20;

/** A set over a group table whose records end with a list; rows have columns of these kinds (u32 each). It takes over both blocks. */
export function orderedNew(table: usize, columns: u32, kinds: usize, keeps: u32, limit: i64, durable: bool): usize {
  const set = alloc(S_SIZE);
  memory.fill(set, 0, S_SIZE);
  store<u32>(set, durable ? 1 : 0, T_KEEPS);
  store<u32>(set, <u32>table, S_TABLE);
  store<u32>(set, load<u32>(table, KEYS_AT) + (load<u32>(table, WORDS) << 3), S_LIST);
  store<u32>(set, columns, S_COLUMNS); store<u32>(set, <u32>kinds, S_KINDS);
  store<u32>(set, keeps, S_KEEPS); store<i64>(set, limit, S_LIMIT);
  return set;
}

export function tableOf(set: usize): usize { return load<u32>(set, S_TABLE); }
export function listOf(set: usize, record: usize): usize { return record + load<u32>(set, S_LIST); }
export function orderedBytes(set: usize): u32 { return load<u32>(set, T_BYTES) + load<u32>(set, S_BYTES) + groupBytes(load<u32>(set, S_TABLE)); }
export function touchedGroups(set: usize): u32 { return load<u32>(set, S_GROUPS_USED); }
export function touchedGroup(set: usize, i: u32): usize { return load<u32>(<usize>load<u32>(set, S_GROUPS) + (<usize>i << 2)); }

/** Groups that groupFind (or groupClosing) told: they are looked at by the next diff. */
export function orderedTouch(set: usize, n: u32, records: usize): void {
  const used = load<u32>(set, S_GROUPS_USED), room = load<u32>(set, S_GROUPS_ROOM);
  if (used + n > room) {
    const wider = max(room << 1, used + n);
    store<u32>(set, <u32>grow(load<u32>(set, S_GROUPS), used << 2, wider << 2), S_GROUPS);
    store<u32>(set, wider, S_GROUPS_ROOM);
  }
  memory.copy(<usize>load<u32>(set, S_GROUPS) + (<usize>used << 2), records, <usize>n << 2);
  store<u32>(set, used + n, S_GROUPS_USED);
}

/**
 * The rows (of n, by their index) whose order key may still matter, the input being append-only: those behind the
 * `limit`-th entry of their group do not, unless different keys are counted. To `index`; returns how many.
 */
export function orderedAdmit(set: usize, n: u32, records: usize, orders: usize, offsets: usize, index: usize): u32 {
  const limit = load<i64>(set, S_LIMIT), different = load<u32>(set, S_KEEPS) == FIRST_KEYS;
  let kept: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const list = listOf(set, load<u32>(records + (<usize>i << 2)));
    const from = load<u32>(offsets + (<usize>i << 2));
    if (limit > 0 && (different || !isBehind(list, limit, orders + from, load<u32>(offsets + (<usize>i << 2), 4) - from))) {
      store<u32>(index + (<usize>kept << 2), i);
      kept++;
    }
  }
  return kept;
}

function isBehind(list: usize, limit: i64, order: usize, bytes: u32): bool {
  if (chunksOf(list) == 0) return false;
  const chunk = chunkAt(list, 0);
  if (<i64>slotsOf(chunk) < limit) return false;
  const last = entryIn(chunk, <u32>limit - 1);
  return memory.compare(order, last + HEAD, min(bytes, orderBytesOf(last))) > 0;
}

/**
 * Add n rows: row j is item index[j] (no index: j) of the batch's selection, records and orders, and item j of `rows`.
 */
export function orderedAdd(
  set: usize, n: u32, index: usize, sel: usize, records: usize, weights: usize,
  orders: usize, orderOffsets: usize, rows: usize, rowOffsets: usize,
): void {
  compareBy(load<u32>(set, S_COLUMNS), load<u32>(set, S_KINDS));
  for (let j: u32 = 0; j < n; j++) {
    const i = rowAt(index, j);
    const weight = weights == 0 ? 1 : load<i64>(weights + (<usize>rowAt(sel, i) << 3));
    const order = load<u32>(orderOffsets + (<usize>i << 2)), row = load<u32>(rowOffsets + (<usize>j << 2));
    const orderBytes = load<u32>(orderOffsets + (<usize>i << 2), 4) - order;
    const rowBytes = load<u32>(rowOffsets + (<usize>j << 2), 4) - row;
    const list = listOf(set, load<u32>(records + (<usize>i << 2)));
    add(set, list, orders + order, orderBytes, rows + row, rowBytes, weight);
  }
}

function add(set: usize, list: usize, order: usize, orderBytes: u32, row: usize, rowBytes: u32, weight: i64): void {
  const prefix = prefixOf(order, orderBytes);
  let entry = find(list, order, orderBytes, row, rowBytes, prefix);
  if (entry != 0) { weigh(set, list, entry, weight); return; }
  const first = load<u32>(set, S_KEEPS) == FIRST_ROWS;
  if (first && <i64>foundPlace(list) >= load<i64>(set, S_LIMIT)) return;
  entry = newEntry(set, order, orderBytes, row, rowBytes);
  insertFound(list, entry, prefix);
  count(set, grown);
  weigh(set, list, entry, weight);
  if (first) evict(set, list);
}

/** Give n rows these weights, whatever they had, as those of the last flush: state that is loaded. */
export function orderedPut(set: usize, n: u32, records: usize, weights: usize, orders: usize, orderOffsets: usize, rows: usize, rowOffsets: usize): void {
  compareBy(load<u32>(set, S_COLUMNS), load<u32>(set, S_KINDS));
  for (let i: u32 = 0; i < n; i++) {
    const at = <usize>i << 2, list = listOf(set, load<u32>(records + at)), weight = load<i64>(weights + (<usize>i << 3));
    const order = orders + load<u32>(orderOffsets + at), orderBytes = load<u32>(orderOffsets + at, 4) - load<u32>(orderOffsets + at);
    const row = rows + load<u32>(rowOffsets + at), rowBytes = load<u32>(rowOffsets + at, 4) - load<u32>(rowOffsets + at);
    const prefix = prefixOf(order, orderBytes), old = find(list, order, orderBytes, row, rowBytes, prefix);
    if (old != 0) { removeSlot(list, foundChunk, foundIndex); count(set, grown); dropEntry(set, old); }
    if (weight == 0) continue;
    if (old != 0) find(list, order, orderBytes, row, rowBytes, prefix);
    const entry = newEntry(set, order, orderBytes, row, rowBytes);
    insertFound(list, entry, prefix);
    count(set, grown);
    store<i64>(entry, weight, 8); store<u32>(entry, 0, 16);
    setBefore(entry, weight);
    if (weight < 0) miss(set, 0 - weight);
  }
  forgetChanges(set);
}

function newEntry(set: usize, order: usize, orderBytes: u32, row: usize, rowBytes: u32): usize {
  const key = orderBytes + rowBytes, entry = alloc(<u32>HEAD + key + PAYLOAD_BYTES);
  store<u32>(entry, key); store<u32>(entry, PAYLOAD_BYTES, 4);
  store<i64>(entry, 0, 8); store<u64>(entry, NEW, 16);
  memory.copy(entry + HEAD, order, orderBytes);
  memory.copy(entry + HEAD + orderBytes, row, rowBytes);
  const payload = entry + HEAD + key;
  store<i64>(payload, 0);
  store<u32>(payload, orderBytes, 8);
  store<u32>(set, load<u32>(set, T_COUNT) + 1, T_COUNT);
  store<u32>(set, load<u32>(set, T_BYTES) + entryBytes(entry), T_BYTES);
  return entry;
}

function entryBytes(entry: usize): u32 { return <u32>HEAD + load<u32>(entry) + PAYLOAD_BYTES; }

function dropEntry(set: usize, entry: usize): void {
  store<u32>(set, load<u32>(set, T_COUNT) - 1, T_COUNT);
  store<u32>(set, load<u32>(set, T_BYTES) - entryBytes(entry), T_BYTES);
  if (load<i64>(entry, 8) < 0) miss(set, load<i64>(entry, 8));
  const place = load<u32>(entry, TOUCHED_PLACE);
  if (place != 0) store<u32>(touchedAt(set, place - 1), 0);
  forget(set, entry);
  free(entry);
}

function touchedAt(set: usize, i: u32): usize { return <usize>load<u32>(set, S_ENTRIES) + (<usize>i << 3); }

/** Add to an entry's weight; what goes below 0 is a delete without its row: it stays, and is counted. */
function weigh(set: usize, list: usize, entry: usize, weight: i64): void {
  const before = load<i64>(entry, 8), sum = before + weight;
  store<i64>(entry, sum, 8);
  if ((before | sum) < 0) miss(set, min(before, 0) - min(sum, 0));
  changed(set, entry);
  if (load<u32>(entry, TOUCHED_PLACE) != 0) return;
  const used = load<u32>(set, S_ENTRIES_USED);
  if (used == load<u32>(set, S_ENTRIES_ROOM)) {
    const room = max<u32>(64, used << 1);
    store<u32>(set, <u32>grow(load<u32>(set, S_ENTRIES), used << 3, room << 3), S_ENTRIES);
    store<u32>(set, room, S_ENTRIES_ROOM);
  }
  const at = touchedAt(set, used);
  store<u32>(at, <u32>entry); store<u32>(at, <u32>list, 4);
  store<u32>(set, used + 1, S_ENTRIES_USED);
  store<u32>(entry, used + 1, TOUCHED_PLACE);
}

function count(set: usize, bytes: i32): void { store<u32>(set, load<u32>(set, S_BYTES) + bytes, S_BYTES); }

/** One entry too many: the one behind the last that counts, unless it was shown (then the next flush takes it back). */
function evict(set: usize, list: usize): void {
  const limit = load<i64>(set, S_LIMIT), chunk = chunkAt(list, 0);
  if (<i64>slotsOf(chunk) <= limit) return;
  const entry = entryIn(chunk, <u32>limit);
  if (beforeOf(entry) != 0) return;
  removeSlot(list, 0, <u32>limit);
  count(set, grown);
  dropEntry(set, entry);
}

/** What was told by diffs is known: the weights of now are those of the last flush; what cannot matter is forgotten. */
export function orderedSettle(set: usize): void {
  compareBy(load<u32>(set, S_COLUMNS), load<u32>(set, S_KINDS));
  const entries = load<u32>(set, S_ENTRIES_USED), groups = load<u32>(set, S_GROUPS_USED);
  for (let i: u32 = 0; i < entries; i++) {
    const at = touchedAt(set, i), entry: usize = load<u32>(at);
    if (entry == 0) continue;
    store<u32>(entry, 0, TOUCHED_PLACE);
    if (load<i64>(entry, 8) == 0) remove(set, load<u32>(at, 4), entry); else setBefore(entry, load<i64>(entry, 8));
  }
  if (load<u32>(set, S_KEEPS) != ALL) for (let g: u32 = 0; g < groups; g++) trim(set, listOf(set, touchedGroup(set, g)));
  groupSettle(load<u32>(set, S_TABLE), groups, load<u32>(set, S_GROUPS));
  orderedUntouch(set);
}

/** Nothing is touched any more. */
export function orderedUntouch(set: usize): void {
  free(load<u32>(set, S_ENTRIES)); free(load<u32>(set, S_GROUPS));
  memory.fill(set + S_ENTRIES, 0, S_BYTES - S_ENTRIES);
}

function remove(set: usize, list: usize, entry: usize): void {
  const order = entry + HEAD, orderBytes = orderBytesOf(entry);
  find(list, order, orderBytes, order + orderBytes, load<u32>(entry) - orderBytes, prefixOf(order, orderBytes));
  removeSlot(list, foundChunk, foundIndex);
  count(set, grown);
  dropEntry(set, entry);
}

/** Forget the entries that rows to come only push further back. */
function trim(set: usize, list: usize): void {
  const limit = load<i64>(set, S_LIMIT), chunks = chunksOf(list);
  if (chunks == 0 || (chunks == 1 && <i64>slotsOf(chunkAt(list, 0)) <= limit)) return;
  const keeps = load<u32>(set, S_KEEPS);
  let rows: i64 = 0, keys: i64 = 0, last: usize = 0;
  for (let c: u32 = 0; c < chunks; c++) {
    const chunk = chunkAt(list, c), slots = slotsOf(chunk);
    for (let i: u32 = 0; i < slots; i++) {
      const entry = entryIn(chunk, i);
      const isNext = last == 0 || !sameOrder(last, entry);
      const behind = keeps == FIRST_ROWS ? rows >= limit : isNext && (keeps == FIRST_RANKS ? rows : keys) >= limit;
      if (behind) { cut(set, list, c, i); return; }
      if (isNext) keys++;
      rows += load<i64>(entry, 8);
      last = entry;
    }
  }
}

/** Drop all entries from a place on. */
function cut(set: usize, list: usize, fromChunk: u32, from: u32): void {
  const chunks = chunksOf(list);
  for (let c = fromChunk; c < chunks; c++) {
    const chunk = chunkAt(list, c), slots = slotsOf(chunk);
    for (let i: u32 = c == fromChunk ? from : 0; i < slots; i++) dropEntry(set, entryIn(chunk, i));
  }
  cutList(list, fromChunk, from);
  count(set, grown);
}

/** Forget these groups and their rows: their windows are over. */
export function orderedDrop(set: usize, n: u32, records: usize): void {
  for (let i: u32 = 0; i < n; i++) cut(set, listOf(set, load<u32>(records + (<usize>i << 2))), 0, 0);
  groupDrop(load<u32>(set, S_TABLE), n, records);
}

export function orderedFree(set: usize): void {
  if (isAbandoned()) return;
  store<u32>(set, 0, T_KEEPS);
  const table: usize = load<u32>(set, S_TABLE);
  const slots: usize = load<u32>(table, SLOTS), size: u32 = 1 << (32 - load<u32>(table, SHIFT));
  for (let i: u32 = 0; i < size; i++) {
    const record = <usize>(<u32>load<u64>(slots + (<usize>i << 3)));
    if (record != 0) cut(set, listOf(set, record), 0, 0);
  }
  orderedUntouch(set);
  groupFree(table);
  free(load<u32>(set, T_CHANGES)); free(load<u32>(set, T_REMOVED)); free(load<u32>(set, T_BUFFER));
  free(load<u32>(set, S_KINDS));
  free(set);
}
