// An index of rows with weights by a key: what a join keeps of each side (docs/notes/join.md). Two hash tables: of groups,
// one a key, each with the list of its rows; and of the rows of keys that have more than a few, to find the equal one. A row
// is there while its weight is not 0, or while what was shown of it has not been taken back (hash-index-settle.ts).
//
// Index: [groups: buckets][mask][count] [rows: buckets][mask][count] [bytes] [keeps changes] [negative weights i64]
//        [lists of { address, used, room }: changes, removed, buffer, touched, heap, dead] [save: full] [place of a walk, row of a walk] [more]
//        [rows]
// Group: [sum of weights i64][next in its bucket][hash][first row][key bytes][rows, whether they are in the table][key]
// Row:   see below.
import { alloc, free, grow, isAbandoned } from './memory';
import { hashBytes } from './hash';
import { rowAt } from './layout';
import { heapAdd, heapRemove } from './hash-index-heap';

export const I_GROUPS: usize = 0, I_GROUP_MASK: usize = 4, I_GROUP_COUNT: usize = 8;
const I_ROWS: usize = 12;
export const I_BYTES: usize = 24, I_KEEPS: usize = 28, I_MISSING: usize = 32;
export const I_CHANGES: usize = 40, I_REMOVED: usize = 52, I_BUFFER: usize = 64, I_TOUCHED: usize = 76, I_HEAP: usize = 88, I_DEAD: usize = 100;
export const I_SAVE_FULL: usize = 112, I_PLACE: usize = 116, I_SAVE_ROW: usize = 120, I_MORE: usize = 124;
const I_COUNT: usize = 128;
const I_SIZE: u32 = 144;

export const G_SUM: usize = 0, G_CHAIN: usize = 8, G_HASH: usize = 12, G_FIRST: usize = 16, G_BYTES: usize = 20, G_ROWS: usize = 24, G_KEY: usize = 28;

/** Rows of a key that are compared one by one. */
const FEW: u32 = 8;
/** There were more once: they are in the table. */
const TABLED: u32 = 0x80000000;

/** How many rows a key has. */
export function rowsOf(group: usize): u32 { return load<u32>(group, G_ROWS) & ~TABLED; }

/** The weight; the sum of the weights of its partners; how much of it has been emitted by itself; its event time. */
export const E_WEIGHT: usize = 0, E_MATCHES: usize = 8, E_SHOWN: usize = 16, E_TIME: usize = 24;
export const E_NEXT: usize = 32, E_PREVIOUS: usize = 36, E_GROUP: usize = 40, E_HASH: usize = 44, E_CHAIN: usize = 48;
/** Places in lists, + 1; 0 = not in it. */
export const E_CHANGED: usize = 52, E_HEAP: usize = 56, E_TOUCHED: usize = 60;
export const E_BYTES: usize = 64, E_ROW: usize = 68;

/** The row has no event time: it is in no heap. */
export const NO_TIME: i64 = i64.MIN_VALUE;
export const REMOVED: u32 = 0xffffffff;
/** In E_CHANGED beside the place: the row was never saved, so that saved state need not be told when it goes. */
const NEW: u32 = 0x80000000;
const BUCKETS: u32 = 64;

/** `keepChanges`: remember what changed until the next save; false where nobody saves. */
export function indexNew(keepChanges: bool): usize {
  const index = alloc(I_SIZE);
  memory.fill(index, 0, I_SIZE);
  newBuckets(index, I_GROUPS, BUCKETS);
  newBuckets(index, I_ROWS, BUCKETS);
  store<u32>(index, keepChanges ? 1 : 0, I_KEEPS);
  return index;
}

export function indexFree(index: usize): void {
  if (isAbandoned()) return;
  bury(index);
  for (let b: u32 = 0; b <= load<u32>(index, I_GROUP_MASK); b++)
    for (let group: usize = bucketAt(index, I_GROUPS, b); group != 0;) {
      const next: usize = load<u32>(group, G_CHAIN);
      freeGroup(group);
      group = next;
    }
  free(load<u32>(index, I_GROUPS));
  free(load<u32>(index, I_ROWS));
  for (let list = I_CHANGES; list <= I_DEAD; list += 12) free(load<u32>(index + list));
  free(index);
}

function freeGroup(group: usize): void {
  for (let row: usize = load<u32>(group, G_FIRST); row != 0;) {
    const next: usize = load<u32>(row, E_NEXT);
    free(row);
    row = next;
  }
  free(group);
}

/** Rows, each counted once whatever its weight. */
export function indexCount(index: usize): u32 { return load<u32>(index, I_COUNT); }
/** Keys that have rows. */
export function indexGroups(index: usize): u32 { return load<u32>(index, I_GROUP_COUNT); }
/** Bytes of keys and rows. */
export function indexBytes(index: usize): u32 { return load<u32>(index, I_BYTES); }
/** The negative weights in sum: rows that were deleted and are not there (yet). */
export function indexMissing(index: usize): i64 { return load<i64>(index, I_MISSING); }

// -- lists of { address, used, room }, in units of `unit` bytes
/** Room for `more` units at the end of a list; returns where they begin. */
export function extend(list: usize, more: u32, unit: u32): usize {
  const used = load<u32>(list, 4), wanted = used + more;
  if (wanted > load<u32>(list, 8)) {
    const room = max(wanted, max(<u32>64, used * 2));
    store<u32>(list, <u32>grow(load<u32>(list), used * unit, room * unit));
    store<u32>(list, room, 8);
  }
  store<u32>(list, wanted, 4);
  return <usize>load<u32>(list) + used * unit;
}

export function empty(list: usize): void {
  free(load<u32>(list));
  store<u32>(list, 0); store<u32>(list, 0, 4); store<u32>(list, 0, 8);
}

/** Write an address at the end of a list; returns its place + 1. */
function push(list: usize, value: usize): u32 {
  store<u32>(extend(list, 1, 4), <u32>value);
  return load<u32>(list, 4);
}

// -- tables of buckets
function newBuckets(index: usize, table: usize, buckets: u32): void {
  const made = alloc(buckets << 2);
  memory.fill(made, 0, buckets << 2);
  store<u32>(index + table, <u32>made);
  store<u32>(index + table, buckets - 1, 4);
}

export function bucketAt(index: usize, table: usize, b: u32): usize { return load<u32>(<usize>load<u32>(index + table) + ((<usize>b) << 2)); }

function bucketOf(index: usize, table: usize, hash: u32): usize {
  return <usize>load<u32>(index + table) + ((<usize>(hash & load<u32>(index + table, 4))) << 2);
}

/** One more in a table: its buckets double when it is full. `chain` and `hash` are where its items keep theirs. */
function enter(index: usize, table: usize, item: usize, chain: usize, hash: usize): void {
  const count = load<u32>(index + table, 8) + 1;
  store<u32>(index + table, count, 8);
  const mask = load<u32>(index + table, 4);
  if (count > mask) {
    const old: usize = load<u32>(index + table);
    newBuckets(index, table, (mask + 1) << 1);
    for (let b: u32 = 0; b <= mask; b++)
      for (let each: usize = load<u32>(old + ((<usize>b) << 2)); each != 0;) {
        const next: usize = load<u32>(each + chain);
        chainIn(index, table, each, chain, hash);
        each = next;
      }
    free(old);
  }
  chainIn(index, table, item, chain, hash);
}

function chainIn(index: usize, table: usize, item: usize, chain: usize, hash: usize): void {
  const bucket = bucketOf(index, table, load<u32>(item + hash));
  store<u32>(item + chain, load<u32>(bucket));
  store<u32>(bucket, <u32>item);
}

function leave(index: usize, table: usize, item: usize, chain: usize, hash: usize): void {
  store<u32>(index + table, load<u32>(index + table, 8) - 1, 8);
  const bucket = bucketOf(index, table, load<u32>(item + hash));
  if (load<u32>(bucket) == <u32>item) { store<u32>(bucket, load<u32>(item + chain)); return; }
  let before: usize = load<u32>(bucket);
  while (load<u32>(before + chain) != <u32>item) before = load<u32>(before + chain);
  store<u32>(before + chain, load<u32>(item + chain));
}

// -- groups
/** The hashes of n keys. */
export function hashKeys(n: u32, blob: usize, offsets: usize, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const at = (<usize>i) << 2, from = load<u32>(offsets + at);
    store<u32>(out + at, hashBytes(blob + from, load<u32>(offsets + at, 4) - from));
  }
}

/**
 * The groups of n keys, 0 where there is none. Memory is waited for in loops that do nothing else: waits overlap. (What they
 * read is returned, so that they are not left out.)
 */
export function indexFind(index: usize, n: u32, blob: usize, offsets: usize, hashes: usize, out: usize): u32 {
  for (let i: u32 = 0; i < n; i++) {
    const at = (<usize>i) << 2;
    store<u32>(out + at, load<u32>(bucketOf(index, I_GROUPS, load<u32>(hashes + at))));
  }
  let fetched: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const group: usize = load<u32>(out + ((<usize>i) << 2));
    if (group != 0) fetched ^= load<u32>(group, G_HASH);
  }
  for (let i: u32 = 0; i < n; i++) {
    const at = (<usize>i) << 2, from = load<u32>(offsets + at);
    const group: usize = load<u32>(out + at);
    store<u32>(out + at, <u32>groupFrom(group, load<u32>(hashes + at), blob + from, load<u32>(offsets + at, 4) - from));
  }
  return fetched;
}

function groupFrom(first: usize, hash: u32, key: usize, bytes: u32): usize {
  for (let group = first; group != 0; group = load<u32>(group, G_CHAIN))
    if (load<u32>(group, G_HASH) == hash && load<u32>(group, G_BYTES) == bytes && memory.compare(group + G_KEY, key, bytes) == 0) return group;
  return 0;
}

export function groupOf(index: usize, hash: u32, key: usize, bytes: u32): usize {
  return groupFrom(load<u32>(bucketOf(index, I_GROUPS, hash)), hash, key, bytes);
}

function groupNew(index: usize, hash: u32, key: usize, bytes: u32): usize {
  const group = alloc(<u32>G_KEY + bytes);
  store<i64>(group, 0, G_SUM);
  store<u32>(group, hash, G_HASH);
  store<u32>(group, 0, G_FIRST);
  store<u32>(group, bytes, G_BYTES);
  store<u32>(group, 0, G_ROWS);
  memory.copy(group + G_KEY, key, bytes);
  enter(index, I_GROUPS, group, G_CHAIN, G_HASH);
  return group;
}

// -- rows
function rowHash(group: usize, row: usize, bytes: u32): u32 { return hashBytes(row, bytes) ^ (load<u32>(group, G_HASH) * 0x9e3779b1); }

function rowOf(index: usize, group: usize, hash: u32, row: usize, bytes: u32): usize {
  for (let entry: usize = load<u32>(bucketOf(index, I_ROWS, hash)); entry != 0; entry = load<u32>(entry, E_CHAIN))
    if (load<u32>(entry, E_HASH) == hash && load<u32>(entry, E_GROUP) == <u32>group && load<u32>(entry, E_BYTES) == bytes && memory.compare(entry + E_ROW, row, bytes) == 0) return entry;
  return 0;
}

function entryNew(index: usize, group: usize, row: usize, bytes: u32, time: i64): usize {
  const entry = alloc(<u32>E_ROW + bytes), none = i64x2.splat(0);
  v128.store(entry, none); v128.store(entry, none, 16); v128.store(entry, none, 32); v128.store(entry, none, 48);
  store<i64>(entry, time, E_TIME);
  store<u32>(entry, NEW, E_CHANGED);
  store<u32>(entry, <u32>group, E_GROUP);
  store<u32>(entry, bytes, E_BYTES);
  memory.copy(entry + E_ROW, row, bytes);
  const next: usize = load<u32>(group, G_FIRST);
  store<u32>(entry, <u32>next, E_NEXT);
  if (next != 0) store<u32>(next, <u32>entry, E_PREVIOUS);
  store<u32>(group, <u32>entry, G_FIRST);
  store<u32>(group, load<u32>(group, G_ROWS) + 1, G_ROWS);
  store<u32>(index, load<u32>(index, I_COUNT) + 1, I_COUNT);
  if (time != NO_TIME) heapAdd(index + I_HEAP, entry);
  store<u32>(index, load<u32>(index, I_BYTES) + load<u32>(group, G_BYTES) + bytes, I_BYTES);
  return entry;
}

/** The row of a key, made if it is not there. */
export function entryFor(index: usize, hash: u32, key: usize, keyBytes: u32, row: usize, bytes: u32, time: i64): usize {
  const group = groupOf(index, hash, key, keyBytes);
  return entryIn(index, group != 0 ? group : groupNew(index, hash, key, keyBytes), row, bytes, time);
}

function entryIn(index: usize, group: usize, row: usize, bytes: u32, time: i64): usize {
  const rows = load<u32>(group, G_ROWS);
  if ((rows & TABLED) != 0) {
    const hash = rowHash(group, row, bytes), entry = rowOf(index, group, hash, row, bytes);
    return entry != 0 ? entry : tabled(index, entryNew(index, group, row, bytes, time), hash);
  }
  for (let entry: usize = load<u32>(group, G_FIRST); entry != 0; entry = load<u32>(entry, E_NEXT))
    if (load<u32>(entry, E_BYTES) == bytes && memory.compare(entry + E_ROW, row, bytes) == 0) return entry;
  const made = entryNew(index, group, row, bytes, time);
  if (rows == FEW) tableAll(index, group);
  return made;
}

/** The row of a key (0: there is none). */
export function entryOf(index: usize, group: usize, row: usize, bytes: u32): usize {
  if ((load<u32>(group, G_ROWS) & TABLED) != 0) return rowOf(index, group, rowHash(group, row, bytes), row, bytes);
  for (let entry: usize = load<u32>(group, G_FIRST); entry != 0; entry = load<u32>(entry, E_NEXT))
    if (load<u32>(entry, E_BYTES) == bytes && memory.compare(entry + E_ROW, row, bytes) == 0) return entry;
  return 0;
}

function tabled(index: usize, entry: usize, hash: u32): usize {
  store<u32>(entry, hash, E_HASH);
  enter(index, I_ROWS, entry, E_CHAIN, E_HASH);
  return entry;
}

function tableAll(index: usize, group: usize): void {
  store<u32>(group, load<u32>(group, G_ROWS) | TABLED, G_ROWS);
  for (let entry: usize = load<u32>(group, G_FIRST); entry != 0; entry = load<u32>(entry, E_NEXT))
    tabled(index, entry, rowHash(group, entry + E_ROW, load<u32>(entry, E_BYTES)));
}

export function weigh(index: usize, entry: usize, weight: i64): void {
  const before = load<i64>(entry, E_WEIGHT), group: usize = load<u32>(entry, E_GROUP);
  store<i64>(entry, weight, E_WEIGHT);
  store<i64>(group, load<i64>(group, G_SUM) + weight - before, G_SUM);
  if ((before | weight) < 0) store<i64>(index, load<i64>(index, I_MISSING) + min<i64>(before, 0) - min<i64>(weight, 0), I_MISSING);
}

export function changed(index: usize, entry: usize): void {
  const word = load<u32>(entry, E_CHANGED);
  if (load<u32>(index, I_KEEPS) != 0 && (word & ~NEW) == 0) store<u32>(entry, push(index + I_CHANGES, entry) | (word & NEW), E_CHANGED);
}

export function touch(index: usize, entry: usize): void {
  if (load<u32>(entry, E_TOUCHED) == 0) store<u32>(entry, push(index + I_TOUCHED, entry), E_TOUCHED);
}

/** A row goes. Its bytes stay readable until the next `bury`. */
export function remove(index: usize, entry: usize): void {
  const group: usize = load<u32>(entry, E_GROUP);
  weigh(index, entry, 0);
  forget(index, entry);
  const next: usize = load<u32>(entry, E_NEXT), previous: usize = load<u32>(entry, E_PREVIOUS);
  if (next != 0) store<u32>(next, <u32>previous, E_PREVIOUS);
  if (previous != 0) store<u32>(previous, <u32>next, E_NEXT); else store<u32>(group, <u32>next, G_FIRST);
  if ((load<u32>(group, G_ROWS) & TABLED) != 0) leave(index, I_ROWS, entry, E_CHAIN, E_HASH);
  store<u32>(group, load<u32>(group, G_ROWS) - 1, G_ROWS);
  store<u32>(index, load<u32>(index, I_COUNT) - 1, I_COUNT);
  if (load<u32>(entry, E_HEAP) != 0) heapRemove(index + I_HEAP, entry);
  store<u32>(index, load<u32>(index, I_BYTES) - load<u32>(group, G_BYTES) - load<u32>(entry, E_BYTES), I_BYTES);
  push(index + I_DEAD, entry);
  if (load<u32>(group, G_FIRST) != 0) return;
  leave(index, I_GROUPS, group, G_CHAIN, G_HASH);
  free(group);
}

/** Note the removal for the next save, and that the row is in no list any more. */
function forget(index: usize, entry: usize): void {
  const touched = load<u32>(entry, E_TOUCHED);
  if (touched != 0) store<u32>(<usize>load<u32>(index, I_TOUCHED) + ((<usize>(touched - 1)) << 2), 0);
  if (load<u32>(index, I_KEEPS) == 0) return;
  const word = load<u32>(entry, E_CHANGED), place = word & ~NEW;
  if (place != 0) store<u32>(<usize>load<u32>(index, I_CHANGES) + ((<usize>(place - 1)) << 2), 0);
  if ((word & NEW) != 0) return;
  putKey(index + I_REMOVED, entry, REMOVED, 0);
}

/** The key of a row's state entry at the end of a list of bytes, with room for a value behind; returns where that begins. */
export function putKey(list: usize, entry: usize, value: u32, more: u32): usize {
  const group: usize = load<u32>(entry, E_GROUP);
  const key = load<u32>(group, G_BYTES), row = load<u32>(entry, E_BYTES);
  const to = extend(list, 12 + key + row + more, 1);
  store<u32>(to, 4 + key + row);
  store<u32>(to, value, 4);
  store<u32>(to, key, 8);
  memory.copy(to + 12, group + G_KEY, key);
  memory.copy(to + 12 + key, entry + E_ROW, row);
  return to + 12 + key + row;
}

/** Free the rows that have gone. */
export function bury(index: usize): void {
  const dead: usize = load<u32>(index, I_DEAD), n = load<u32>(index, I_DEAD + 4);
  for (let i: u32 = 0; i < n; i++) free(load<u32>(dead + ((<usize>i) << 2)));
  empty(index + I_DEAD);
}

/**
 * Add n selected rows under their keys, whose groups (0: none yet) were looked up together. `times`: i64 at the row's number, plus `shift` (0: rows have no time).
 * `matches`: i64 at the row's number, what the other side says of it. With `touches` a row is settled later, and lives
 * until then; without, it is gone when its weight is 0.
 */
export function indexAdd(index: usize, n: u32, sel: usize, blob: usize, offsets: usize, hashes: usize, groups: usize, rows: usize, rowOffsets: usize, weights: usize, times: usize, shift: i64, matches: usize, touches: bool): void {
  for (let i: u32 = 0; i < n; i++) {
    const at = (<usize>i) << 2, wide = (<usize>rowAt(sel, i)) << 3;
    const key = load<u32>(offsets + at), row = load<u32>(rowOffsets + at);
    const time = times == 0 ? NO_TIME : load<i64>(times + wide) + shift;
    const bytes = load<u32>(rowOffsets + at, 4) - row;
    const group: usize = load<u32>(groups + at);
    const entry = group != 0 ? entryIn(index, group, rows + row, bytes, time) : entryFor(index, load<u32>(hashes + at), blob + key, load<u32>(offsets + at, 4) - key, rows + row, bytes, time);
    weigh(index, entry, load<i64>(entry, E_WEIGHT) + (weights == 0 ? 1 : load<i64>(weights + wide)));
    if (matches != 0) store<i64>(entry, load<i64>(matches + wide), E_MATCHES);
    if (touches || load<i64>(entry, E_WEIGHT) == 0) touch(index, entry);
    changed(index, entry);
  }
  if (!touches) sweep(index);
}

/** Rows of weight 0 go, when no group is looked at any more. */
function sweep(index: usize): void {
  const list = index + I_TOUCHED, touched: usize = load<u32>(list), n = load<u32>(list, 4);
  for (let i: u32 = 0; i < n; i++) {
    const entry: usize = load<u32>(touched + ((<usize>i) << 2));
    store<u32>(entry, 0, E_TOUCHED);
    if (load<i64>(entry, E_WEIGHT) == 0) remove(index, entry);
  }
  store<u32>(list, 0, 4);
  bury(index);
}
