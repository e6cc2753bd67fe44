// Whole groups, entry by entry, for operators that look at all rows of the groups that were touched.
import { HEAD } from './btree-node';
import { beforeOf, chunkAt, chunksOf, entryIn, orderBytesOf, sameOrder, slotsOf } from './ordered-list';
import { listOf, touchedGroup, touchedGroups } from './ordered';

const FIRST_OF_GROUP: u8 = 1;
const FIRST_OF_KEY: u8 = 2;

export function orderedTouched(set: usize): u32 { return touchedGroups(set); }

/** Entries of touched group g. */
export function orderedEntryCount(set: usize, g: u32): u32 {
  const list = listOf(set, touchedGroup(set, g)), chunks = chunksOf(list);
  let entries: u32 = 0;
  for (let c: u32 = 0; c < chunks; c++) entries += slotsOf(chunkAt(list, c));
  return entries;
}

/**
 * The entries of touched group g in order: addresses of their row keys (u32), weights at the last flush and now (i64),
 * and whether they are the first of the group or of their order key (u8). Returns how many.
 */
export function orderedList(set: usize, g: u32, rows: usize, before: usize, now: usize, marks: usize): u32 {
  const list = listOf(set, touchedGroup(set, g)), chunks = chunksOf(list);
  let n: u32 = 0;
  let last: usize = 0;
  for (let c: u32 = 0; c < chunks; c++) {
    const chunk = chunkAt(list, c), slots = slotsOf(chunk);
    for (let i: u32 = 0; i < slots; i++) {
      const entry = entryIn(chunk, i);
      store<u32>(rows + (<usize>n << 2), <u32>(entry + HEAD) + orderBytesOf(entry));
      store<i64>(before + (<usize>n << 3), beforeOf(entry));
      store<i64>(now + (<usize>n << 3), load<i64>(entry, 8));
      store<u8>(marks + n, last == 0 ? FIRST_OF_GROUP : sameOrder(last, entry) ? 0 : FIRST_OF_KEY);
      last = entry;
      n++;
    }
  }
  return n;
}
