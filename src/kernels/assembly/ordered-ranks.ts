// Ranks of rows in their groups: how what is shown of the touched groups differs from what is to be shown. One walk
// over a group's entries knows both, because an entry has its weight at the last flush beside that of now.
import { HEAD } from './btree-node';
import { beforeOf, chunkAt, chunksOf, entryIn, orderBytesOf, sameOrder, slotsOf } from './ordered-list';
import { listOf, touchedGroup, touchedGroups } from './ordered';

// What a row's rank is.
/** Rows are numbered, but the number is not shown. */
const HIDDEN: u32 = 0;
const ROW_NUMBER: u32 = 1;
/** 1 + the rows that are before it in the order; rows that tie have the same. */
const RANK: u32 = 2;
const DENSE_RANK: u32 = 3;

// Cursor: [group u32][chunk u32][index u32][last entry u32][rows before: old i64][new i64][rank: old i64][new i64]
// [different keys: old i64][new i64][of the last key a row was seen: old u32][new u32][rows of the entry that were told i64]
const C_GROUP: usize = 0, C_CHUNK: usize = 4, C_INDEX: usize = 8, C_LAST: usize = 12, C_OLD: usize = 16, C_NEW: usize = 24;
const C_OLD_RANK: usize = 32, C_NEW_RANK: usize = 40, C_OLD_KEYS: usize = 48, C_NEW_KEYS: usize = 56, C_OLD_SEEN: usize = 64, C_NEW_SEEN: usize = 68;
const C_TOLD: usize = 72;

// Where differences go.
let room: u32 = 0, told: u32 = 0, outRows: usize = 0, outWeights: usize = 0, outRanks: usize = 0;

/**
 * Up to `most` rows that were shown and are no more (sign -1) or are shown and were not (sign 1), of all touched
 * groups, a row whose rank changed being both: addresses of their row keys (u32), weights and ranks (i64). `limit`:
 * the last rank that is shown. `fresh`: nothing was shown. The cursor (80 bytes) is zeroed before the first call.
 * Returns how many; 0 = done.
 */
export function orderedDiff(
  set: usize, cursor: usize, kind: u32, limit: i64, sign: i32, fresh: bool, most: u32, rows: usize, weights: usize, ranks: usize,
): u32 {
  room = most; told = 0; outRows = rows; outWeights = weights; outRanks = ranks;
  while (load<u32>(cursor, C_GROUP) < touchedGroups(set)) {
    const list = listOf(set, touchedGroup(set, load<u32>(cursor, C_GROUP)));
    if (!walk(list, cursor, kind, limit, sign, fresh)) return told;
    const group = load<u32>(cursor, C_GROUP) + 1;
    memory.fill(cursor, 0, 80);
    store<u32>(cursor, group, C_GROUP);
  }
  return told;
}

/** True if the group was told to its end. */
function walk(list: usize, cursor: usize, kind: u32, limit: i64, sign: i32, fresh: bool): bool {
  const chunks = chunksOf(list);
  for (let c = load<u32>(cursor, C_CHUNK); c < chunks; c++) {
    const chunk = chunkAt(list, c), slots = slotsOf(chunk);
    for (let i = load<u32>(cursor, C_INDEX); i < slots; i++) {
      const entry = entryIn(chunk, i);
      if (!tell(entry, cursor, kind, limit, sign, fresh)) { store<u32>(cursor, c, C_CHUNK); store<u32>(cursor, i, C_INDEX); return false; }
      if (isBeyond(cursor, kind, limit)) return true;
    }
    store<u32>(cursor, 0, C_INDEX);
  }
  return true;
}

/** Whether no row behind the last entry can be shown, before and now. */
function isBeyond(cursor: usize, kind: u32, limit: i64): bool {
  if (kind == DENSE_RANK) return load<i64>(cursor, C_OLD_KEYS) > limit && load<i64>(cursor, C_NEW_KEYS) > limit;
  if (kind == RANK) return load<i64>(cursor, C_OLD_RANK) > limit && load<i64>(cursor, C_NEW_RANK) > limit;
  return load<i64>(cursor, C_OLD) >= limit && load<i64>(cursor, C_NEW) >= limit;
}

/** Tell how an entry differs; false if there was no room for all of it. */
function tell(entry: usize, cursor: usize, kind: u32, limit: i64, sign: i32, fresh: bool): bool {
  const before = fresh ? 0 : max<i64>(0, beforeOf(entry)), now = max<i64>(0, load<i64>(entry, 8));
  if (room - told < 1) return false;
  if (kind >= RANK) {
    const last: usize = load<u32>(cursor, C_LAST);
    if (last != 0 && last != entry && !sameOrder(last, entry)) store<u64>(cursor, 0, C_OLD_SEEN);
    store<u32>(cursor, <u32>entry, C_LAST);
    if (before > 0) meet(cursor, C_OLD_SEEN, C_OLD, C_OLD_RANK, C_OLD_KEYS);
    if (now > 0) meet(cursor, C_NEW_SEEN, C_NEW, C_NEW_RANK, C_NEW_KEYS);
    tellRank(entry, cursor, kind, limit, sign, before, now);
  } else if (kind == HIDDEN) {
    const difference = clip(load<i64>(cursor, C_NEW), now, limit) - clip(load<i64>(cursor, C_OLD), before, limit);
    if (sign < 0 ? difference < 0 : difference > 0) put(entry, difference, 0);
  } else if (!tellNumbers(entry, cursor, limit, sign, before, now)) return false;
  store<i64>(cursor, load<i64>(cursor, C_OLD) + before, C_OLD);
  store<i64>(cursor, load<i64>(cursor, C_NEW) + now, C_NEW);
  return true;
}

/** A row of the order key that is walked over: the first one decides the key's rank. */
function meet(cursor: usize, seen: usize, rows: usize, rank: usize, keys: usize): void {
  if (load<u32>(cursor + seen) != 0) return;
  store<u32>(cursor + seen, 1);
  store<i64>(cursor + rank, load<i64>(cursor + rows) + 1);
  store<i64>(cursor + keys, load<i64>(cursor + keys) + 1);
}

/** How many of `count` rows are among the first `limit`, `before` rows being before them. */
function clip(before: i64, count: i64, limit: i64): i64 { return max<i64>(0, min(count, limit - before)); }

function tellRank(entry: usize, cursor: usize, kind: u32, limit: i64, sign: i32, before: i64, now: i64): void {
  const was = load<i64>(cursor + (kind == RANK ? C_OLD_RANK : C_OLD_KEYS)), is = load<i64>(cursor + (kind == RANK ? C_NEW_RANK : C_NEW_KEYS));
  const shown = was <= limit ? before : 0, show = is <= limit ? now : 0;
  if (was == is || shown == 0 || show == 0) {
    const difference = show - shown;
    if (sign < 0 ? difference < 0 : difference > 0) put(entry, difference, difference < 0 ? was : is);
  } else if (sign < 0) put(entry, -shown, was);
  else put(entry, show, is);
}

/** Numbers one by one: those of one interval that are not in the other. */
function tellNumbers(entry: usize, cursor: usize, limit: i64, sign: i32, before: i64, now: i64): bool {
  const old = load<i64>(cursor, C_OLD), young = load<i64>(cursor, C_NEW);
  const from = sign < 0 ? old : young, to = min(limit, from + (sign < 0 ? before : now));
  const other = sign < 0 ? young : old, otherEnd = min(limit, other + (sign < 0 ? now : before));
  for (let at = from + load<i64>(cursor, C_TOLD); at < to; at++) {
    if (at >= other && at < otherEnd) { at = otherEnd - 1; continue; }
    if (told == room) { store<i64>(cursor, at - from, C_TOLD); return false; }
    put(entry, sign, at + 1);
  }
  store<i64>(cursor, 0, C_TOLD);
  return true;
}

function put(entry: usize, weight: i64, rank: i64): void {
  store<u32>(outRows + (<usize>told << 2), <u32>(entry + HEAD) + orderBytesOf(entry));
  store<i64>(outWeights + (<usize>told << 3), weight);
  store<i64>(outRanks + (<usize>told << 3), rank);
  told++;
}
