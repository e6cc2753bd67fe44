// What rows of a side amount to by themselves: of an outer join those without a partner, of a semi join those with one.
// A row knows how much of it has been emitted; settling emits what is wanted now, less that. So it does not matter how often
// a row came, went, found or lost partners since, and a row that goes takes back what was emitted of it.
import { E_MATCHES, E_SHOWN, E_TIME, E_TOUCHED, E_WEIGHT, G_FIRST, I_GROUPS, I_GROUP_MASK, I_HEAP, I_MORE, I_PLACE, I_TOUCHED, bucketAt, bury, changed, empty, remove } from './hash-index';
import { heapFirst } from './hash-index-heap';

/** Rules: what is wanted of a row. */
const WITH: u32 = 1;
const WITHOUT: u32 = 2;
/** Nothing until no partner can come any more, then those without. */
const HELD: u32 = 3;

/** Rows that one call lets go. */
const PIECE: u32 = 1 << 14;

function wanted(entry: usize, rule: u32): i64 {
  const partners = load<i64>(entry, E_MATCHES) > 0;
  if (rule == WITH) return partners ? load<i64>(entry, E_WEIGHT) : 0;
  return rule == WITHOUT && !partners ? load<i64>(entry, E_WEIGHT) : 0;
}

/**
 * Settle rows that were touched: up to `most` rows and what is to be emitted of each (i64, not 0). They may be read until
 * the next call for the index. Returns how many; 0 = all is settled.
 */
export function indexSettle(index: usize, rule: u32, most: u32, entries: usize, weights: usize): u32 {
  bury(index);
  const list = index + I_TOUCHED;
  let out: u32 = 0;
  for (let left = load<u32>(list, 4); left > 0 && out < most; left--) {
    const entry: usize = load<u32>(<usize>load<u32>(list) + ((<usize>(left - 1)) << 2));
    store<u32>(list, left - 1, 4);
    if (entry == 0) continue;
    store<u32>(entry, 0, E_TOUCHED);
    out = show(index, entry, wanted(entry, rule), out, entries, weights);
    if (load<i64>(entry, E_WEIGHT) == 0) remove(index, entry); else changed(index, entry);
  }
  if (out == 0) empty(list);
  return out;
}

function show(index: usize, entry: usize, want: i64, out: u32, entries: usize, weights: usize): u32 {
  const more = want - load<i64>(entry, E_SHOWN);
  if (more == 0) return out;
  store<i64>(entry, want, E_SHOWN);
  store<u32>(entries + ((<usize>out) << 2), <u32>entry);
  store<i64>(weights + ((<usize>out) << 3), more);
  return out + 1;
}

/**
 * No partner comes any more to rows older than `limit`, or (`all`) to any row: they go, and what was held back of them is
 * emitted. All must be settled. Returns how many are to be emitted; indexMore tells whether to call again.
 */
export function indexExpire(index: usize, limit: i64, all: bool, rule: u32, most: u32, entries: usize, weights: usize): u32 {
  bury(index);
  store<u32>(index, 0, I_MORE);
  let out: u32 = 0;
  for (let piece: u32 = 0; piece < PIECE && out < most; piece++) {
    const entry = all ? anyRow(index) : heapFirst(index + I_HEAP);
    if (entry == 0 || (!all && load<i64>(entry, E_TIME) >= limit)) return out;
    if (rule != 0) out = show(index, entry, wanted(entry, rule == HELD ? WITHOUT : rule), out, entries, weights);
    remove(index, entry);
  }
  store<u32>(index, 1, I_MORE);
  return out;
}

export function indexMore(index: usize): bool { return load<u32>(index, I_MORE) != 0; }

function anyRow(index: usize): usize {
  const mask = load<u32>(index, I_GROUP_MASK);
  for (let b = load<u32>(index, I_PLACE); b <= mask; b++) {
    const group = bucketAt(index, I_GROUPS, b);
    if (group == 0) continue;
    store<u32>(index, b, I_PLACE);
    return load<u32>(group, G_FIRST);
  }
  store<u32>(index, 0, I_PLACE);
  return 0;
}
