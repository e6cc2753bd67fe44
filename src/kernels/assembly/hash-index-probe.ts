// Looking into an index of rows: the rows of keys, and what partners tell each other.
import { E_MATCHES, E_NEXT, E_ROW, E_TIME, E_WEIGHT, G_FIRST, G_SUM, entryOf, rowsOf, groupOf, touch, changed } from './hash-index';
import { rowAt } from './layout';

/** a + b, kept within 64 bits. */
function sum(a: i64, b: i64): i64 {
  const total = a + b;
  return b >= 0 ? (total < a ? i64.MAX_VALUE : total) : (total > a ? i64.MIN_VALUE : total);
}

/** How many rows n groups have by their weights (none: 0), at the numbers of the selected rows. */
export function indexSums(n: u32, sel: usize, groups: usize, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const group: usize = load<u32>(groups + ((<usize>i) << 2));
    store<i64>(out + ((<usize>rowAt(sel, i)) << 3), group == 0 ? 0 : load<i64>(group, G_SUM));
  }
}

/** The weights of n rows in their groups (no group, no row: 0), one after another. */
export function indexWeights(index: usize, n: u32, groups: usize, rows: usize, offsets: usize, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const at = (<usize>i) << 2, from = load<u32>(offsets + at);
    const group: usize = load<u32>(groups + at);
    const entry = group == 0 ? 0 : entryOf(index, group, rows + from, load<u32>(offsets + at, 4) - from);
    store<i64>(out + ((<usize>i) << 3), entry == 0 ? 0 : load<i64>(entry, E_WEIGHT));
  }
}

/** How many rows n groups have together (none: 0): so many pairs are looked at. */
export function indexPairs(n: u32, groups: usize): f64 {
  let pairs: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const group: usize = load<u32>(groups + ((<usize>i) << 2));
    if (group != 0) pairs += rowsOf(group);
  }
  return <f64>pairs;
}

/** Pairs that are looked at in one call, per pair that it may return. */
const LOOKS: u32 = 16;

/**
 * Up to `most` pairs (number of the selected row, row of its group). With times (i64 at the row's number, plus `shift`)
 * only those whose own time is from `low` to `high` after it. The cursor (8 bytes: [place][row to go on at]) is zeroed before
 * the first call; the index must not change until the last. Returns how many: there may be more, unless the place is n.
 */
export function indexProbe(cursor: usize, n: u32, sel: usize, groups: usize, times: usize, shift: i64, low: i64, high: i64, most: u32, rows: usize, entries: usize): u32 {
  let pairs: u32 = 0, looks: u32 = most * LOOKS, entry: usize = load<u32>(cursor, 4);
  for (let i = load<u32>(cursor); i < n; i++) {
    const row = rowAt(sel, i);
    const time = times == 0 ? 0 : load<i64>(times + ((<usize>row) << 3)) + shift;
    const from = sum(time, low), to = sum(time, high);
    if (entry == 0) {
      const group: usize = load<u32>(groups + ((<usize>i) << 2));
      if (group != 0) entry = load<u32>(group, G_FIRST);
    }
    for (; entry != 0; entry = load<u32>(entry, E_NEXT)) {
      if (looks == 0) { store<u32>(cursor, i); store<u32>(cursor, <u32>entry, 4); return pairs; }
      looks--;
      if (load<i64>(entry, E_WEIGHT) == 0) continue;
      if (times != 0 && (load<i64>(entry, E_TIME) < from || load<i64>(entry, E_TIME) > to)) continue;
      if (pairs == most) { store<u32>(cursor, i); store<u32>(cursor, <u32>entry, 4); return pairs; }
      store<u32>(rows + ((<usize>pairs) << 2), row);
      store<u32>(entries + ((<usize>pairs) << 2), <u32>entry);
      pairs++;
    }
  }
  store<u32>(cursor, n); store<u32>(cursor, 0, 4);
  return pairs;
}

/** Where the row bytes of n entries lie. They are waited for here, in a loop that does nothing else. */
export function indexRows(n: u32, entries: usize, out: usize): u32 {
  let fetched: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const row: usize = load<u32>(entries + ((<usize>i) << 2)) + <u32>E_ROW;
    fetched ^= load<u8>(row);
    store<u32>(out + ((<usize>i) << 2), <u32>row);
  }
  return fetched;
}

/** The weight of pair i: that of its row (no weights: 1) times that of its entry. */
export function indexPairWeights(n: u32, rows: usize, weights: usize, entries: usize, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const at = (<usize>i) << 2;
    const row: i64 = weights == 0 ? 1 : load<i64>(weights + ((<usize>load<u32>(rows + at)) << 3));
    store<i64>(out + ((<usize>i) << 3), row * load<i64>(<usize>load<u32>(entries + at), E_WEIGHT));
  }
}

/** Rows hear of their partners: for the n selected pairs, at the row's number, the entry's weight is added. */
export function indexTellRows(n: u32, sel: usize, rows: usize, entries: usize, matches: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const at = (<usize>rowAt(sel, i)) << 2;
    const match = matches + ((<usize>load<u32>(rows + at)) << 3);
    store<i64>(match, load<i64>(match) + load<i64>(<usize>load<u32>(entries + at), E_WEIGHT));
  }
}

/** Entries hear of their partners: for the n selected pairs the row's weight is added to what the entry knows. */
export function indexTellEntries(index: usize, n: u32, sel: usize, rows: usize, weights: usize, entries: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const at = (<usize>rowAt(sel, i)) << 2;
    const entry: usize = load<u32>(entries + at);
    const weight: i64 = weights == 0 ? 1 : load<i64>(weights + ((<usize>load<u32>(rows + at)) << 3));
    matched(index, entry, load<i64>(entry, E_MATCHES) + weight);
  }
}

/** Where only the key decides, the rows of a key have their partners together: n keys whose rows of `other` have changed. */
export function indexTellGroups(index: usize, other: usize, n: u32, blob: usize, offsets: usize, hashes: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const at = (<usize>i) << 2, from = load<u32>(offsets + at), bytes = load<u32>(offsets + at, 4) - from;
    const hash = load<u32>(hashes + at);
    const group = groupOf(index, hash, blob + from, bytes);
    if (group == 0) continue;
    const partners = groupOf(other, hash, blob + from, bytes);
    const there: i64 = partners != 0 && load<i64>(partners, G_SUM) > 0 ? 1 : 0;
    let entry: usize = load<u32>(group, G_FIRST);
    if ((load<i64>(entry, E_MATCHES) > 0) == (there > 0)) continue;
    for (; entry != 0; entry = load<u32>(entry, E_NEXT)) matched(index, entry, there);
  }
}

function matched(index: usize, entry: usize, matches: i64): void {
  const had = load<i64>(entry, E_MATCHES) > 0;
  store<i64>(entry, matches, E_MATCHES);
  changed(index, entry);
  if (had != (matches > 0)) touch(index, entry);
}
