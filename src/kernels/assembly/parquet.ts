// Pages of a Parquet column as numbers into its dictionary (the format's Encodings.md): the hybrid of runs and packed groups
// of eight, definition levels, and batches gathered by number. Behind every page there are 16 readable bytes.
import { F32, I32, VIEW, setBit } from './layout';

export const NO_VALUES: i32 = 1;
export const EMPTY_RUN: i32 = 2;
export const NO_ENTRY: i32 = 3;

/**
 * `count` numbers of `width` bits (0 < width <= 24) of [start, end) to `out`, all below `limit`. 0, or what is wrong: a run
 * ends before its values, a run of no values, a number that is too large (what was written shows which).
 */
export function hybridNumbers(start: usize, end: usize, width: u32, limit: u32, out: usize, count: u32): i32 {
  const mask: u32 = (1 << width) - 1, stop = out + (<usize>count << 2);
  let p = start, to = out, most: u32 = 0;
  while (to < stop) {
    let header: u32 = 0, shift: u32 = 0, more = true;
    for (; more; shift += 7) {
      if (p >= end || shift > 28) return NO_VALUES;
      const byte: u32 = load<u8>(p++);
      header |= (byte & 127) << shift;
      more = byte > 127;
    }
    const size = <u64>(header >> 1), left = <u64>((stop - to) >> 2);
    if (size == 0) return EMPTY_RUN;
    if ((header & 1) == 0) {
      const bytes = (width + 7) >> 3;
      if (p + bytes > end) return NO_VALUES;
      const value = load<u32>(p) & mask, runEnd = to + (<usize>min(size, left) << 2);
      for (; to < runEnd; to += 4) store<u32>(to, value);
      most = max(most, value);
      p += bytes;
    } else {
      const values = <u32>min(size << 3, left);
      if (<u64>p + ((<u64>values * width + 7) >> 3) > <u64>end) return NO_VALUES;
      most = max(most, unpack(p, width, mask, to, values));
      to += <usize>values << 2;
      p += <usize>(size * width);
    }
  }
  return most < limit || count == 0 ? 0 : NO_ENTRY;
}

/** Packed numbers; the greatest. */
function unpack(p: usize, width: u32, mask: u32, to: usize, count: u32): u32 {
  let most: u32 = 0;
  for (let i: u32 = 0, bit: u32 = 0; i < count; i++, bit += width) {
    const value = (load<u32>(p + (bit >> 3)) >> (bit & 7)) & mask;
    store<u32>(to + (<usize>i << 2), value);
    most = max(most, value);
  }
  return most;
}

/** How many of n levels say that there is a value. */
export function levelsPresent(n: u32, levels: usize): u32 {
  let present: u32 = 0;
  for (let i: u32 = 0; i < n; i++) present += load<u32>(levels + (<usize>i << 2));
  return present;
}

/** Move the `present` numbers to the rows that have one, from the back, and say -1 in the others. */
export function spreadNumbers(n: u32, numbers: usize, present: u32, levels: usize): void {
  let from = present;
  for (let i = n; i-- > 0; ) {
    const at = <usize>i << 2;
    store<u32>(numbers + at, load<u32>(levels + at) == 0 ? u32.MAX_VALUE : load<u32>(numbers + (<usize>--from << 2)));
  }
}

/** Values by number, -1 being null; sets the bits of `validity` (zeroed) where there is one. How many are null. */
export function gatherNumbered(n: u32, numbers: usize, kind: u32, values: usize, out: usize, validity: usize): u32 {
  let nulls: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const number = load<u32>(numbers + (<usize>i << 2)), there = number != u32.MAX_VALUE;
    if (there) setBit(validity, i); else nulls++;
    if (kind >= VIEW) v128.store(out + (<usize>i << 4), there ? v128.load(values + (<usize>number << 4)) : i64x2.splat(0));
    else if (kind == I32 || kind == F32) store<u32>(out + (<usize>i << 2), there ? load<u32>(values + (<usize>number << 2)) : 0);
    else store<u64>(out + (<usize>i << 3), there ? load<u64>(values + (<usize>number << 3)) : 0);
  }
  return nulls;
}
