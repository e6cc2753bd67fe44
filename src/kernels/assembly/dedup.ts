// The first row of each key, for good: which rows of a batch are no repetition of one that was kept. With a time, a row
// repeats one of its key whose time is at most `within` away; keys are kept with a stretch of time as wide as that
// (their last key word, its end), so a row is compared with the kept one of its stretch and those of its neighbours.
import { findWords, insertWords } from './group';
import { markDirty } from './group-dirty';
import { gatherKeys, hashWords } from './group-keys';
import { BATCH_ROWS, BATCH_WORDS, DURABLE, KEYS, WINDOW_AT, WINDOW_KEY, WORDS } from './group-layout';
import { stateAt } from './group-state';
import { rowAt } from './layout';
import { alloc } from './memory';

/**
 * The rows that are kept, of n, in their order: to `out`; how many. Key columns as groupFind takes them. In a windowed
 * table the last is the end of the row's stretch, `times` are the times, and stretches are `within` + 1 wide.
 */
export function dedupRows(table: usize, n: u32, sel: usize, columns: usize, times: usize, within: i64, out: usize): u32 {
  let words: usize = load<u32>(table, BATCH_WORDS);
  const step = <usize>load<u32>(table, WORDS) << 3;
  if (words == 0) {
    words = alloc(max(<u32>step * BATCH_ROWS, 16));
    store<u32>(table, <u32>words, BATCH_WORDS);
  }
  gatherKeys(table, n, sel, columns, words);
  const timed = load<u32>(table, WINDOW_AT) != 0;
  let kept: u32 = 0;
  for (let i: u32 = 0; i < n; i++, words += step) {
    const row = rowAt(sel, i), time = timed ? load<i64>(times + (<usize>row << 3)) : 0;
    if (timed ? isNear(table, words, time, within) : findWords(table, words, hashWords(table, words)) != 0) continue;
    const record = insertWords(table, words, hashWords(table, words));
    store<i64>(record, 1);
    if (timed) store<i64>(record + stateAt(table), time);
    if (load<u32>(table, DURABLE) != 0) markDirty(table, record);
    store<u32>(out + (<usize>kept << 2), row);
    kept++;
  }
  return kept;
}

/** Whether a row of the key was kept whose time is near. */
function isNear(table: usize, words: usize, time: i64, within: i64): bool {
  const at = words + load<u32>(<usize>load<u32>(table, KEYS) + (<usize>load<u32>(table, WINDOW_KEY) << 3), 4);
  const end = load<i64>(at);
  for (let which: i64 = 0; which < 3; which++) {
    store<i64>(at, which == 0 ? end : which == 1 ? end - (within + 1) : end + (within + 1));
    const record = findWords(table, words, hashWords(table, words));
    if (record == 0) continue;
    const other = load<i64>(record + stateAt(table));
    if (<u64>(time > other ? time - other : other - time) <= <u64>within) return true;
  }
  store<i64>(at, end);
  return false;
}
