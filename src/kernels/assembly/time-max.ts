// The greatest event time of a batch: what a watermark is made of.
import { rowAt, isValid } from './layout';

/** The greatest of the selected, non-null i64 values; the least i64 when there is none. */
export function timeMax(n: u32, sel: usize, values: usize, validity: usize): i64 {
  let most: i64 = i64.MIN_VALUE;
  if (sel == 0 && validity == 0) {
    for (let i: u32 = 0; i < n; i++) most = max(most, load<i64>(values + ((<usize>i) << 3)));
    return most;
  }
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (isValid(validity, row)) most = max(most, load<i64>(values + ((<usize>row) << 3)));
  }
  return most;
}
