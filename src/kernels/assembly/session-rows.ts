// Rows of sessions, in an ordered tree: key = group key, start, end, then the row. A row is there while its weight is
// above 0.
import { HEAD, T_ROOT, depth, entryAt, indexOn, miss, nodeOn, removeHere, search } from './btree-node';
import { treeFind } from './btree';
import { enter, forward, resume, scanIndex, scanLeaf } from './btree-read';
import { alloc, free } from './memory';
import { sessionEnd, sessionStart } from './session';

const MARKER: u32 = 1, WORD: u32 = 9;

/** A 64-bit integer of a key: big endian, its sign bit flipped (keybytes.ts), behind its marker. */
@inline
function timeIn(entry: usize, at: u32): i64 {
  return <i64>(bswap(load<u64>(entry + HEAD + at + MARKER)) ^ 0x8000000000000000);
}

function enterAt(tree: usize, prefix: usize, bytes: u32, from: i64): void {
  const key = alloc(bytes + WORD);
  memory.copy(key, prefix, bytes);
  store<u8>(key + bytes, 1);
  store<u64>(key + bytes + MARKER, bswap(<u64>from ^ 0x8000000000000000));
  enter(tree, key, bytes + WORD, false);
  free(key);
}

function within(entry: usize, prefix: usize, bytes: u32, to: i64): bool {
  return entry != 0 && load<u32>(entry) >= bytes && memory.compare(entry + HEAD, prefix, bytes) == 0 && timeIn(entry, bytes) <= to;
}

/**
 * Up to `most` entries of rows that are there, of one key, with starts from `from` to `to`. The cursor (16 bytes) is
 * zeroed before the first call; the tree must not change until the last.
 */
export function sessionRows(tree: usize, cursor: usize, prefix: usize, bytes: u32, from: i64, to: i64, most: u32, out: usize): u32 {
  let n: u32 = 0;
  if (load<u32>(cursor, 8) == 2 || load<u32>(tree, T_ROOT) == 0) return 0;
  let entry: usize = 0;
  if (load<u32>(cursor, 8) == 0) { enterAt(tree, prefix, bytes, from); entry = forward(); }
  else entry = resume(load<u32>(cursor), load<u32>(cursor, 4));
  store<u32>(cursor, 2, 8);
  for (; within(entry, prefix, bytes, to); entry = forward()) {
    if (load<i64>(entry, 8) <= 0) continue;
    store<u32>(out + (n << 2), <u32>entry);
    if (++n < most) continue;
    store<u32>(cursor, <u32>scanLeaf); store<u32>(cursor, scanIndex, 4); store<u32>(cursor, 1, 8);
    break;
  }
  return n;
}

/**
 * Up to `most` entries of rows that are there of n sessions, and the session of each; their keys are packed. `place` has the
 * number of the first session, and of the one to go on with once these rows are removed. Returns how many.
 */
export function sessionsRows(tree: usize, place: usize, at: u32, n: u32, sessions: usize, blob: usize, offsets: usize, most: u32, out: usize, owners: usize): u32 {
  if (load<u32>(tree, T_ROOT) == 0) return 0;
  let count: u32 = 0;
  for (let i = load<u32>(place); i < n; i++) {
    const session: usize = load<u32>(sessions + (i << 2)), end = sessionEnd(at, session);
    const key = blob + load<u32>(offsets + (i << 2)), bytes = <u32>(blob + load<u32>(offsets + (i << 2), 4) - key);
    enterAt(tree, key, bytes, sessionStart(at, session));
    for (let entry = forward(); within(entry, key, bytes, end); entry = forward()) {
      if (load<i64>(entry, 8) <= 0) continue;
      if (count == most) { store<u32>(place, i); return count; }
      store<u32>(out + (count << 2), <u32>entry); store<u32>(owners + (count << 2), <u32>session);
      count++;
    }
  }
  store<u32>(place, n);
  return count;
}

/** The rows from `from` to `to` that follow one another without a gap: start, end and weight (three i64) to `out`; false: none. */
export function sessionPiece(tree: usize, prefix: usize, bytes: u32, from: i64, to: i64, out: usize): bool {
  if (load<u32>(tree, T_ROOT) == 0) return false;
  enterAt(tree, prefix, bytes, from);
  let rows: i64 = 0, start: i64 = 0, end: i64 = 0;
  for (let entry = forward(); within(entry, prefix, bytes, to); entry = forward()) {
    const weight = load<i64>(entry, 8), at = timeIn(entry, bytes);
    if (weight <= 0) continue;
    if (rows != 0 && at > end) break;
    if (rows == 0) start = end = at;
    end = max(end, timeIn(entry, bytes + WORD));
    rows += weight;
  }
  store<i64>(out, start); store<i64>(out, end, 8); store<i64>(out, rows, 16);
  return rows != 0;
}

/** By how much each change (an entry, its weight) changes how often its row is there in `tree`, to which it is not added yet. */
export function presentChanges(tree: usize, n: u32, entries: usize, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const entry: usize = load<u32>(entries + (i << 2)), found = treeFind(tree, entry + HEAD, load<u32>(entry));
    const before = found == 0 ? 0 : load<i64>(found, 8), after = before + load<i64>(entry, 8);
    store<i64>(out + (<usize>i << 3), max<i64>(after, 0) - max<i64>(before, 0));
  }
}

/** The changes of one sign of what is present: entries, weights and presence, side by side. How many. */
export function pickChanges(n: u32, sign: i32, entries: usize, weights: usize, present: usize, entriesOut: usize, weightsOut: usize, presentOut: usize): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const each = load<i64>(present + (<usize>i << 3));
    if (<i32>(each > 0) - <i32>(each < 0) != sign) continue;
    store<u32>(entriesOut + (count << 2), load<u32>(entries + (i << 2)));
    store<i64>(weightsOut + (<usize>count << 3), load<i64>(weights + (<usize>i << 3)));
    store<i64>(presentOut + (<usize>count << 3), each);
    count++;
  }
  return count;
}

/** Remove entries. Those that lie side by side are found without a search. */
export function treeRemove(tree: usize, n: u32, entries: usize): void {
  let leaf: usize = 0;
  for (let i: u32 = 0; i < n; i++) {
    const entry: usize = load<u32>(entries + (i << 2));
    if (load<i64>(entry, 8) < 0) miss(tree, load<i64>(entry, 8));
    const at: u32 = leaf == 0 ? 0 : indexOn(depth - 1);
    if (leaf == 0 || at >= load<u32>(leaf) || entryAt(leaf, at) != entry) search(tree, entry + HEAD, load<u32>(entry), false);
    // A leaf that has others stays, and so does the way to it.
    leaf = nodeOn(depth - 1);
    if (load<u32>(leaf) == 1) leaf = 0;
    removeHere(tree, entry);
  }
}
