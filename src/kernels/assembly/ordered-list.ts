// A list of entries (btree-node.ts) in order, for one group: chunks of up to 512 slots, and a directory of chunks once
// there are more than one. Most groups are a few rows in one small chunk; a group of a million rows still finds, takes
// and gives up a row without moving more than one chunk.
//
// Slot:  [first bytes of the order key u64][entry u32][0]
// Chunk: [slots u32][room u32][0][0] then slots
// List:  [chunk, or directory of chunks u32][chunks u32][room of the directory u32][0]
// Entry: its key is the order key (key bytes), then the row (row bytes); its payload [weight at the last flush i64][order bytes u32].
import { HEAD, compare, entryPayload } from './btree-node';
import { alloc, free } from './memory';
import { rowCompare } from './rowbytes';

const L_CHUNKS: usize = 4, L_ROOM: usize = 8;
const SLOT: usize = 16;
const CHUNK_HEAD: usize = 16;
const CHUNK_SLOTS: u32 = 512;

/** Payload of an entry. */
export const PAYLOAD_BYTES: u32 = 12;

export function beforeOf(entry: usize): i64 { return load<i64>(entryPayload(entry)); }
export function setBefore(entry: usize, weight: i64): void { store<i64>(entryPayload(entry), weight); }
export function orderBytesOf(entry: usize): u32 { return load<u32>(entryPayload(entry), 8); }

export function sameOrder(a: usize, b: usize): bool {
  const bytes = orderBytesOf(a);
  return bytes == orderBytesOf(b) && memory.compare(a + HEAD, b + HEAD, bytes) == 0;
}

/** The marker of the first column and 62 bits behind it: keys in order have these in order (or alike). */
export function prefixOf(order: usize, bytes: u32): u64 {
  if (bytes == 0) return 0;
  let rest: u64 = 0;
  if (bytes >= 9) rest = bswap(load<u64>(order, 1));
  else for (let i: u32 = 1; i < bytes; i++) rest |= (<u64>load<u8>(order + i)) << (64 - (i << 3));
  return ((<u64>load<u8>(order)) << 62) | (rest >> 2);
}

// Where the last find ended.
export let foundChunk: u32 = 0;
export let foundIndex: u32 = 0;

export function chunksOf(list: usize): u32 { return load<u32>(list, L_CHUNKS); }
export function chunkAt(list: usize, c: u32): usize {
  const first: usize = load<u32>(list);
  return load<u32>(list, L_CHUNKS) == 1 ? first : <usize>load<u32>(first + ((<usize>c) << 2));
}
export function slotsOf(chunk: usize): u32 { return load<u32>(chunk); }
export function entryIn(chunk: usize, i: u32): usize { return load<u32>(chunk + CHUNK_HEAD + (<usize>i << 4), 8); }
function prefixIn(chunk: usize, i: u32): u64 { return load<u64>(chunk + CHUNK_HEAD + (<usize>i << 4)); }

// The columns of the rows that are being compared.
let columns: u32 = 0, kinds: usize = 0;
export function compareBy(count: u32, columnKinds: usize): void { columns = count; kinds = columnKinds; }

/** The key in two parts, as it comes, against a slot. */
function compareTo(chunk: usize, i: u32, order: usize, orderBytes: u32, row: usize, rowBytes: u32, prefix: u64): i32 {
  const first8 = prefixIn(chunk, i);
  if (first8 != prefix) return first8 < prefix ? -1 : 1;
  const entry = entryIn(chunk, i), own = orderBytesOf(entry), shared = min(own, orderBytes);
  // No order key begins with another.
  const first = compare(entry + HEAD, shared, order, shared);
  return first != 0 ? first : rowCompare(entry + HEAD + own, load<u32>(entry) - own, row, rowBytes, columns, kinds);
}

/** The place of a key: its entry, or 0 where it would have to be inserted. */
export function find(list: usize, order: usize, orderBytes: u32, row: usize, rowBytes: u32, prefix: u64): usize {
  const chunks = chunksOf(list);
  foundChunk = 0; foundIndex = 0;
  if (chunks == 0) return 0;
  let low: u32 = 0, high = chunks;
  // The last chunk whose first entry is not after the key.
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (compareTo(chunkAt(list, middle), 0, order, orderBytes, row, rowBytes, prefix) <= 0) low = middle; else high = middle;
  }
  foundChunk = low;
  const chunk = chunkAt(list, low);
  low = 0; high = slotsOf(chunk);
  while (low < high) {
    const middle = (low + high) >> 1;
    const way = compareTo(chunk, middle, order, orderBytes, row, rowBytes, prefix);
    if (way == 0) { foundIndex = middle; return entryIn(chunk, middle); }
    if (way < 0) low = middle + 1; else high = middle;
  }
  foundIndex = low;
  return 0;
}

/** How many entries are before the place that was found. */
export function foundPlace(list: usize): u32 {
  let place = foundIndex;
  for (let c: u32 = 0; c < foundChunk; c++) place += slotsOf(chunkAt(list, c));
  return place;
}

/** Bytes of chunks and directories, all lists together, that a change just added (or took away). */
export let grown: i32 = 0;

/** Put an entry at the place that was found. */
export function insertFound(list: usize, entry: usize, prefix: u64): void {
  grown = 0;
  if (chunksOf(list) == 0) { store<u32>(list, <u32>newChunk(1)); store<u32>(list, 1, L_CHUNKS); }
  let chunk = chunkAt(list, foundChunk);
  if (slotsOf(chunk) == load<u32>(chunk, 4)) chunk = makeRoom(list, chunk);
  const count = slotsOf(chunk), at = chunk + CHUNK_HEAD + (<usize>foundIndex << 4);
  memory.copy(at + SLOT, at, <usize>(count - foundIndex) << 4);
  store<u64>(at, prefix); store<u32>(at, <u32>entry, 8); store<u32>(at, 0, 12);
  store<u32>(chunk, count + 1);
}

function newChunk(room: u32): usize {
  const bytes = <u32>CHUNK_HEAD + (room << 4);
  grown += <i32>bytes;
  const chunk = alloc(bytes);
  store<u32>(chunk, 0); store<u32>(chunk, room, 4); store<u64>(chunk, 0, 8);
  return chunk;
}

function freeChunk(chunk: usize): void {
  grown -= <i32>(<u32>CHUNK_HEAD + (load<u32>(chunk, 4) << 4));
  free(chunk);
}

/** Where the entry goes now: a full chunk becomes larger, or is split. */
function makeRoom(list: usize, chunk: usize): usize {
  const room = load<u32>(chunk, 4), count = slotsOf(chunk);
  if (room < CHUNK_SLOTS) {
    const wider = newChunk(min(room << 1, CHUNK_SLOTS));
    moveSlots(chunk, 0, wider);
    setChunk(list, foundChunk, wider);
    freeChunk(chunk);
    return wider;
  }
  // Keys that come in order fill their chunks.
  const keep = foundIndex == count && foundChunk + 1 == chunksOf(list) ? count : count >> 1;
  const right = newChunk(CHUNK_SLOTS);
  moveSlots(chunk, keep, right);
  insertChunk(list, foundChunk + 1, right);
  if (foundIndex < keep || (foundIndex == keep && keep < count)) return chunk;
  foundChunk++;
  foundIndex -= keep;
  return right;
}

/** The slots from `keep` on go to an empty chunk. */
function moveSlots(chunk: usize, keep: u32, to: usize): void {
  const n = slotsOf(chunk) - keep;
  memory.copy(to + CHUNK_HEAD, chunk + CHUNK_HEAD + (<usize>keep << 4), <usize>n << 4);
  store<u32>(to, n);
  store<u32>(chunk, keep);
}

function setChunk(list: usize, c: u32, chunk: usize): void {
  if (chunksOf(list) == 1) store<u32>(list, <u32>chunk);
  else store<u32>(<usize>load<u32>(list) + (<usize>c << 2), <u32>chunk);
}

function insertChunk(list: usize, c: u32, chunk: usize): void {
  const chunks = chunksOf(list), room = load<u32>(list, L_ROOM);
  if (chunks >= room) {
    const wider = max(room << 1, 8), directory = alloc(wider << 2);
    grown += <i32>((wider - room) << 2);
    if (chunks == 1) store<u32>(directory, load<u32>(list));
    else { memory.copy(directory, load<u32>(list), <usize>chunks << 2); free(load<u32>(list)); }
    store<u32>(list, <u32>directory); store<u32>(list, wider, L_ROOM);
  }
  const at = <usize>load<u32>(list) + (<usize>c << 2);
  memory.copy(at + 4, at, <usize>(chunks - c) << 2);
  store<u32>(at, <u32>chunk);
  store<u32>(list, chunks + 1, L_CHUNKS);
}

/** Take an entry's slot away. The entry stays the caller's. */
export function removeSlot(list: usize, c: u32, i: u32): void {
  grown = 0;
  const chunk = chunkAt(list, c), left = slotsOf(chunk) - 1;
  const at = chunk + CHUNK_HEAD + (<usize>i << 4);
  memory.copy(at, at + SLOT, <usize>(left - i) << 4);
  store<u32>(chunk, left);
  if (left == 0) removeChunk(list, c);
}

function removeChunk(list: usize, c: u32): void {
  const chunks = chunksOf(list);
  freeChunk(chunkAt(list, c));
  if (chunks == 1) { store<u32>(list, 0); store<u32>(list, 0, L_CHUNKS); return; }
  const directory: usize = load<u32>(list), at = directory + (<usize>c << 2);
  memory.copy(at, at + 4, <usize>(chunks - c - 1) << 2);
  store<u32>(list, chunks - 1, L_CHUNKS);
  if (chunks > 2) return;
  store<u32>(list, load<u32>(directory));
  grown -= <i32>(load<u32>(list, L_ROOM) << 2);
  store<u32>(list, 0, L_ROOM);
  free(directory);
}

/** Keep the first slots of a list only; those behind must have been given up. */
export function cutList(list: usize, c: u32, i: u32): void {
  grown = 0;
  while (chunksOf(list) > c + 1) removeChunk(list, chunksOf(list) - 1);
  if (chunksOf(list) <= c) return;
  if (i == 0) removeChunk(list, c); else store<u32>(chunkAt(list, c), i);
}
