// Windows: the groups of one window hang on one list, lists are ordered by the window's end, so closing windows
// never looks at a group that stays open.
import { grow } from './memory';
import { isValid, rowAt } from './layout';
import { keyIsNull } from './group-keys';
import { LINK_NEXT, LINK_PREVIOUS, WINDOWS, WINDOW_AT, WINDOW_COUNT, WINDOW_KEY, WINDOW_ROOM } from './group-layout';

const ENTRY: u32 = 16;

/** Index of the first window that ends at `end` or later. */
function search(windows: usize, count: u32, end: i64): u32 {
  let low: u32 = 0, high = count;
  // Nearly always it is one of the newest.
  if (count > 0 && load<i64>(windows + ((count - 1) << 4)) < end) return count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<i64>(windows + (middle << 4)) < end) low = middle + 1; else high = middle;
  }
  return low;
}

/** Rows without a time are in a window that ends when all input has. */
function endOf(table: usize, record: usize): i64 {
  return keyIsNull(table, record, load<u32>(table, WINDOW_KEY)) ? i64.MAX_VALUE : load<i64>(record + load<u32>(table, WINDOW_AT));
}

export function enterWindow(table: usize, record: usize): void {
  const end = endOf(table, record), count = load<u32>(table, WINDOW_COUNT);
  let windows: usize = load<u32>(table, WINDOWS);
  const at = search(windows, count, end);
  if (at == count || load<i64>(windows + (at << 4)) != end) windows = openWindow(table, at, end);
  const entry = windows + (at << 4);
  const first: usize = load<u32>(entry, 8);
  store<u32>(record, 0, LINK_PREVIOUS); store<u32>(record, <u32>first, LINK_NEXT);
  if (first != 0) store<u32>(first, <u32>record, LINK_PREVIOUS);
  store<u32>(entry, <u32>record, 8);
}

function openWindow(table: usize, at: u32, end: i64): usize {
  const count = load<u32>(table, WINDOW_COUNT), room = load<u32>(table, WINDOW_ROOM);
  if (count == room) {
    const wider = max(room * 2, 8);
    store<u32>(table, <u32>grow(load<u32>(table, WINDOWS), room * ENTRY, wider * ENTRY), WINDOWS);
    store<u32>(table, wider, WINDOW_ROOM);
  }
  const windows: usize = load<u32>(table, WINDOWS), entry = windows + (at << 4);
  memory.copy(entry + ENTRY, entry, (count - at) << 4);
  store<i64>(entry, end); store<u32>(entry, 0, 8); store<u32>(entry, 0, 12);
  store<u32>(table, count + 1, WINDOW_COUNT);
  return windows;
}

export function leaveWindow(table: usize, record: usize): void {
  const next: usize = load<u32>(record, LINK_NEXT), previous: usize = load<u32>(record, LINK_PREVIOUS);
  if (next != 0) store<u32>(next, <u32>previous, LINK_PREVIOUS);
  if (previous != 0) { store<u32>(previous, <u32>next, LINK_NEXT); return; }
  const windows: usize = load<u32>(table, WINDOWS), count = load<u32>(table, WINDOW_COUNT);
  const at = search(windows, count, endOf(table, record)), entry = windows + (at << 4);
  store<u32>(entry, <u32>next, 8);
  if (next != 0) return;
  memory.copy(entry, entry + ENTRY, (count - at - 1) << 4);
  store<u32>(table, count - 1, WINDOW_COUNT);
}

/** Up to `most` groups of the windows that end at or before `limit`, oldest window first: to `records`. They stay. */
export function groupClosing(table: usize, limit: i64, records: usize, most: u32): u32 {
  const windows: usize = load<u32>(table, WINDOWS), count = load<u32>(table, WINDOW_COUNT);
  let n: u32 = 0;
  for (let w: u32 = 0; w < count && n < most; w++) {
    if (load<i64>(windows + (w << 4)) > limit) break;
    for (let record: usize = load<u32>(windows + (w << 4), 8); record != 0 && n < most; record = load<u32>(record, LINK_NEXT)) {
      store<u32>(records + (n << 2), <u32>record);
      n++;
    }
  }
  return n;
}


/** Rows whose window ends after `limit` (or has no end) go to `kept`, the others to `late`; the number of rows kept. */
export function splitLate(n: u32, sel: usize, ends: usize, validity: usize, limit: i64, kept: usize, late: usize): u32 {
  let keep: u32 = 0, drop: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    const open = !isValid(validity, row) || load<i64>(ends + (row << 3)) > limit;
    store<u32>(kept + (keep << 2), row); store<u32>(late + (drop << 2), row);
    keep += <u32>open; drop += <u32>!open;
  }
  return keep;
}

/** How far the watermark is past a late row's window, microseconds; at the row's own number. */
export function lateBy(n: u32, sel: usize, ends: usize, limit: i64, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    store<i64>(out + (row << 3), limit - load<i64>(ends + (row << 3)));
  }
}
