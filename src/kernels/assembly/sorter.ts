// Sorting all rows of a bounded input: an append-only log of entries, then one in-place sort of (prefix, entry) records.
// The sort is an MSD radix sort that permutes in place (American flag: McIlroy, Bostic, McIlroy, "Engineering Radix
// Sort", 1993) over 8 cached key bytes (Ng & Kakehi, "Cache Efficient Radix Sort for String Sorting", 2007): a key is
// looked at again only when 8 bytes did not decide. Small ranges are sorted by insertion. Keys are prefix-free, so one
// that ends inside a prefix can be padded with zeros. Equal keys are equal rows: their order does not matter.
//
// Entry:  [4 u32][8 + key bytes u32][number u32, big endian][weight i64][key]: a state entry as it is saved.
// Record: [8 key bytes, big endian, u64][entry u32][key bytes u32]
// Sorter: [rows][first chunk][last chunk][bytes][weighted][next number][saved chunk][saved bytes of it][records][place][touched]
// Chunk:  [next][used][room][0] then entries, then 16 bytes that may be read.
import { DELETED } from './group-dirty';
import { alloc, free, isAbandoned } from './memory';

const S_ROWS: usize = 0, S_FIRST: usize = 4, S_LAST: usize = 8, S_BYTES: usize = 12, S_WEIGHTED: usize = 16;
const S_NUMBER: usize = 20, S_SAVED: usize = 24, S_SAVED_USED: usize = 28, S_RECORDS: usize = 32, S_PLACE: usize = 36, S_TOUCHED: usize = 40;
const S_SIZE: u32 = 48;
const CHUNK: u32 = 1 << 18;
const CHUNK_HEAD: usize = 16;
const SLACK: u32 = 16;
const E_WEIGHT: usize = 12, E_KEY: usize = 20;
const RECORD: usize = 16;
const FEW: u32 = 24;
/** Of one level of the sort: where each of 256 buckets begins, and where its next record goes. */
const LEVEL_BYTES: u32 = 2056;
/** The largest bucket is sorted by the loop, others are at most half: 32 levels are enough for 2^32 records. */
const LEVELS: u32 = 33;

export function sorterNew(): usize {
  const sorter = alloc(S_SIZE);
  memory.fill(sorter, 0, S_SIZE);
  return sorter;
}

/** Entries added, whatever their weights. */
export function sorterRows(sorter: usize): u32 { return load<u32>(sorter, S_ROWS); }
export function sorterBytes(sorter: usize): u32 { return load<u32>(sorter, S_BYTES); }

/** Forget all entries. Numbers go on, so that what was saved can be deleted. */
export function sorterClear(sorter: usize): void {
  let chunk: usize = load<u32>(sorter, S_FIRST);
  while (chunk != 0) { const next: usize = load<u32>(chunk); free(chunk); chunk = next; }
  free(load<u32>(sorter, S_RECORDS));
  const number = load<u32>(sorter, S_NUMBER);
  memory.fill(sorter, 0, S_SIZE);
  store<u32>(sorter, number, S_NUMBER);
}

export function sorterFree(sorter: usize): void {
  if (isAbandoned()) return;
  sorterClear(sorter);
  free(sorter);
}

/** Room for an entry of `bytes`. */
function place(sorter: usize, bytes: u32): usize {
  let last: usize = load<u32>(sorter, S_LAST);
  if (last == 0 || load<u32>(last, 8) - load<u32>(last, 4) < bytes) last = addChunk(sorter, last, bytes);
  const used = load<u32>(last, 4);
  store<u32>(last, used + bytes, 4);
  store<u32>(sorter, load<u32>(sorter, S_ROWS) + 1, S_ROWS);
  return last + CHUNK_HEAD + used;
}

function addChunk(sorter: usize, last: usize, bytes: u32): usize {
  const size = max(CHUNK, bytes + <u32>CHUNK_HEAD + SLACK);
  const chunk = alloc(size);
  store<u32>(chunk, 0); store<u32>(chunk, 0, 4); store<u32>(chunk, size - <u32>CHUNK_HEAD - SLACK, 8); store<u32>(chunk, 0, 12);
  if (last == 0) store<u32>(sorter, <u32>chunk, S_FIRST); else store<u32>(last, <u32>chunk);
  store<u32>(sorter, <u32>chunk, S_LAST);
  store<u32>(sorter, load<u32>(sorter, S_BYTES) + size, S_BYTES);
  return chunk;
}

/** Add n rows: key i is blob[offsets[i] .. offsets[i + 1]], its weight weights[sel[i]] (no weights: 1). */
export function sorterAdd(sorter: usize, n: u32, sel: usize, blob: usize, offsets: usize, weights: usize): void {
  let number = load<u32>(sorter, S_NUMBER);
  if (weights != 0) store<u32>(sorter, 1, S_WEIGHTED);
  for (let i: u32 = 0; i < n; i++) {
    const at = (<usize>i) << 2;
    const from = load<u32>(offsets + at), key = load<u32>(offsets + at, 4) - from;
    const row = sel == 0 ? i : load<u32>(sel + at);
    const entry = place(sorter, <u32>E_KEY + key);
    store<u32>(entry, 4); store<u32>(entry, 8 + key, 4);
    store<u32>(entry, bswap(number++), 8);
    store<i64>(entry, weights == 0 ? 1 : load<i64>(weights + ((<usize>row) << 3)), E_WEIGHT);
    memory.copy(entry + E_KEY, blob + from, key);
  }
  store<u32>(sorter, number, S_NUMBER);
}

/** Put all entries in order; sorterNext reads them then. */
export function sorterSort(sorter: usize): void {
  const rows = load<u32>(sorter, S_ROWS);
  free(load<u32>(sorter, S_RECORDS));
  const records = alloc(max(rows, 1) * <u32>RECORD);
  store<u32>(sorter, <u32>records, S_RECORDS);
  store<u32>(sorter, 0, S_PLACE);
  fillRecords(load<u32>(sorter, S_FIRST), records);
  if (rows < 2) return;
  const shared = sharedBytes(records, rows);
  loadPrefixes(records, rows, shared);
  const levels = alloc(LEVELS * LEVEL_BYTES);
  sortRange(records, rows, shared, 56, levels);
  free(levels);
}

function fillRecords(first: usize, records: usize): void {
  let to = records;
  for (let chunk = first; chunk != 0; chunk = load<u32>(chunk)) {
    let entry = chunk + CHUNK_HEAD;
    const end = entry + load<u32>(chunk, 4);
    while (entry < end) {
      const key = load<u32>(entry, 4) - 8;
      store<u32>(to, <u32>(entry + E_KEY), 8); store<u32>(to, key, 12);
      to += RECORD;
      entry += E_KEY + key;
    }
  }
}

/** Bytes that all keys begin with. */
function sharedBytes(records: usize, n: u32): u32 {
  const first: usize = load<u32>(records, 8);
  let shared = load<u32>(records, 12);
  for (let i: u32 = 1; i < n && shared > 0; i++) {
    const record = records + <usize>i * RECORD;
    const key: usize = load<u32>(record, 8);
    shared = min(shared, load<u32>(record, 12));
    let same: u32 = 0;
    while (same < shared && load<u8>(key + same) == load<u8>(first + same)) same++;
    shared = same;
  }
  return shared;
}

/** Cache the 8 bytes of each key from `depth` on. */
function loadPrefixes(records: usize, n: u32, depth: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    const record = records + <usize>i * RECORD;
    const key: usize = load<u32>(record, 8);
    const left = load<u32>(record, 12) - depth;
    const bytes = bswap(load<u64>(key + depth));
    store<u64>(record, left >= 8 ? bytes : left == 0 ? 0 : bytes & (<u64>-1 << (64 - (left << 3))));
  }
}

/** Sort records whose keys share `depth` bytes, the prefix behind them, and its bits above `shift + 8`. */
function sortRange(from: usize, count: u32, shared: u32, bits: i32, levels: usize): void {
  let records = from, n = count, depth = shared, shift = bits;
  while (n > 1) {
    if (n <= FEW) { sortFew(records, n, depth); return; }
    if (shift < 0) {
      depth += 8;
      // Keys that share all bytes of one of them are equal.
      if (load<u32>(records, 12) <= depth) return;
      loadPrefixes(records, n, depth);
      shift = 56;
    }
    const starts = levels, next = levels + 1028;
    if (countBuckets(records, n, <u64>shift, starts)) { shift -= 8; continue; }
    let sum: u32 = 0;
    for (let b: usize = 0; b < 256; b++) {
      const size = load<u32>(starts + (b << 2));
      store<u32>(starts + (b << 2), sum); store<u32>(next + (b << 2), sum);
      sum += size;
    }
    store<u32>(starts, n, 1024);
    permute(records, <u64>shift, starts, next);
    shift -= 8;
    const largest = sortBuckets(records, depth, shift, levels);
    const begin = load<u32>(starts + (largest << 2));
    n = load<u32>(starts + (largest << 2), 4) - begin;
    records += <usize>begin * RECORD;
  }
}

/** Sizes of the buckets; true if all records are in one. */
function countBuckets(records: usize, n: u32, shift: u64, sizes: usize): bool {
  memory.fill(sizes, 0, 1024);
  for (let i: u32 = 0; i < n; i++) {
    const at = sizes + (<usize>((load<u64>(records + <usize>i * RECORD) >> shift) & 0xff) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  return load<u32>(sizes + (<usize>((load<u64>(records) >> shift) & 0xff) << 2)) == n;
}

/** Move every record to its bucket, each along the cycle of the one it displaces. */
function permute(records: usize, shift: u64, starts: usize, next: usize): void {
  for (let b: usize = 0; b < 256; b++) {
    const end = load<u32>(starts + (b << 2), 4);
    for (let i = load<u32>(next + (b << 2)); i < end; i = load<u32>(next + (b << 2))) {
      const hole = records + <usize>i * RECORD;
      let record = v128.load(hole);
      while (true) {
        const bucket = next + (<usize>((<u64>i64x2.extract_lane(record, 0) >> shift) & 0xff) << 2);
        const place = load<u32>(bucket);
        store<u32>(bucket, place + 1);
        if (bucket == next + (b << 2)) { v128.store(records + <usize>place * RECORD, record); break; }
        const to = records + <usize>place * RECORD;
        const displaced = v128.load(to);
        v128.store(to, record);
        record = displaced;
      }
    }
  }
}

/** Sort all buckets but the largest; returns which that is. */
function sortBuckets(records: usize, depth: u32, shift: i32, levels: usize): usize {
  let largest: usize = 0;
  let most: u32 = 0;
  for (let b: usize = 0; b < 256; b++) {
    const size = load<u32>(levels + (b << 2), 4) - load<u32>(levels + (b << 2));
    if (size > most) { most = size; largest = b; }
  }
  for (let b: usize = 0; b < 256; b++) {
    const begin = load<u32>(levels + (b << 2)), size = load<u32>(levels + (b << 2), 4) - begin;
    if (b != largest && size > 1) sortRange(records + <usize>begin * RECORD, size, depth, shift, levels + LEVEL_BYTES);
  }
  return largest;
}

function sortFew(records: usize, n: u32, depth: u32): void {
  for (let i: u32 = 1; i < n; i++) {
    const record = v128.load(records + <usize>i * RECORD);
    let to = records + <usize>i * RECORD;
    while (to > records && isBefore(record, to - RECORD, depth + 8)) {
      v128.store(to, v128.load(to - RECORD));
      to -= RECORD;
    }
    v128.store(to, record);
  }
}

/** Prefixes first; keys that share them are compared from `depth` on. */
function isBefore(record: v128, other: usize, depth: u32): bool {
  const a = <u64>i64x2.extract_lane(record, 0), b = load<u64>(other);
  if (a != b) return a < b;
  const length = <u32>i32x4.extract_lane(record, 3);
  if (length <= depth) return false;
  const key = <usize><u32>i32x4.extract_lane(record, 2), than: usize = load<u32>(other, 8);
  return memory.compare(key + depth, than + depth, min(length, load<u32>(other, 12)) - depth) < 0;
}

/**
 * The next rows in order: addresses of keys and weights (i64; nothing is written where every weight is 1), up to
 * `most`. Weights of equal rows are summed, those without a positive one left out. `skip` rows are passed over at the
 * first call. Returns how many; 0 = done.
 */
export function sorterNext(sorter: usize, skip: i64, most: u32, keys: usize, weights: usize): u32 {
  const records: usize = load<u32>(sorter, S_RECORDS);
  const rows = load<u32>(sorter, S_ROWS);
  const weighted = load<u32>(sorter, S_WEIGHTED) != 0;
  let i = load<u32>(sorter, S_PLACE);
  let pass: i64 = i == 0 ? skip : 0;
  if (!weighted && pass > 0) { i = <u32>min<i64>(pass, rows); pass = 0; }
  let n: u32 = 0, touched: u32 = 0;
  while (i < rows && n < most) {
    const record = records + <usize>i * RECORD;
    const key: usize = load<u32>(record, 8);
    i++;
    // Keys lie anywhere: fetching a batch of them here lets the waits for memory overlap (decoding would wait row by row).
    touched += <u32>load<u8>(key) + <u32>load<u8>(key + load<u32>(record, 12) - 1);
    if (weighted) {
      let weight = load<i64>(key - 8);
      while (i < rows && isSame(record, records + <usize>i * RECORD)) weight += load<i64>(<usize>load<u32>(records + <usize>(i++) * RECORD, 8) - 8);
      const passed = max<i64>(0, min(weight, pass));
      pass -= passed;
      if (weight - passed <= 0) continue;
      store<i64>(weights + ((<usize>n) << 3), weight - passed);
    }
    store<u32>(keys + ((<usize>n) << 2), <u32>key);
    n++;
  }
  store<u32>(sorter, i, S_PLACE); store<u32>(sorter, touched, S_TOUCHED);
  return n;
}

export function sorterWeighted(sorter: usize): bool { return load<u32>(sorter, S_WEIGHTED) != 0; }

function isSame(a: usize, b: usize): bool {
  const length = load<u32>(a, 12);
  return length == load<u32>(b, 12) && memory.compare(load<u32>(a, 8), load<u32>(b, 8), length) == 0;
}

/** Everything is to be saved again. */
export function sorterSaveAll(sorter: usize): void { store<u32>(sorter, 0, S_SAVED); store<u32>(sorter, 0, S_SAVED_USED); }

/** Where the next bytes lie that were not saved yet, at most one chunk: they are state entries. 0 = none. */
export function sorterUnsaved(sorter: usize): usize {
  let chunk: usize = load<u32>(sorter, S_SAVED);
  if (chunk == 0) chunk = load<u32>(sorter, S_FIRST);
  while (chunk != 0) {
    if (chunk != load<u32>(sorter, S_SAVED)) { store<u32>(sorter, <u32>chunk, S_SAVED); store<u32>(sorter, 0, S_SAVED_USED); }
    if (load<u32>(chunk, 4) > load<u32>(sorter, S_SAVED_USED)) return chunk + CHUNK_HEAD + load<u32>(sorter, S_SAVED_USED);
    if (load<u32>(chunk) == 0) return 0;
    chunk = load<u32>(chunk);
  }
  return 0;
}

/** Count the bytes that sorterUnsaved told as saved; returns how many they are. */
export function sorterSaved(sorter: usize): u32 {
  const used = load<u32>(<usize>load<u32>(sorter, S_SAVED), 4);
  const bytes = used - load<u32>(sorter, S_SAVED_USED);
  store<u32>(sorter, used, S_SAVED_USED);
  return bytes;
}

/** The number of the next row. */
export function sorterNumber(sorter: usize): u32 { return load<u32>(sorter, S_NUMBER); }

/** Take a block that was saved; a row is only ever deleted with all before it. Returns false if it is not one. */
export function sorterLoad(sorter: usize, block: usize, bytes: u32): bool {
  let at: u32 = 0;
  while (at < bytes) {
    if (bytes - at >= 12 && load<u32>(block + at, 4) == DELETED) { sorterClear(sorter); at += 12; continue; }
    if (bytes - at < <u32>E_KEY) return false;
    const value = load<u32>(block + at, 4);
    if (load<u32>(block + at) != 4 || value < 8 || value > bytes - at - 12) return false;
    const entry = place(sorter, 12 + value);
    memory.copy(entry, block + at, 12 + value);
    if (load<i64>(entry, E_WEIGHT) != 1) store<u32>(sorter, 1, S_WEIGHTED);
    store<u32>(sorter, max(load<u32>(sorter, S_NUMBER), bswap(load<u32>(entry, 8)) + 1), S_NUMBER);
    at += 12 + value;
  }
  while (sorterUnsaved(sorter) != 0) sorterSaved(sorter);
  return true;
}
