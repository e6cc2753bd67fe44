// What an epoch changed: old and new results of the touched groups, side by side; a group is emitted only when it
// came, went, or has another result.
import { BOOL, DECIMAL, F32, F64, I32, I64, VIEW, bitAt, isValid } from './layout';
import { compareViews } from './agg-update';

/** Set a byte in `changed` for each of n rows where two columns differ (null is a value like any other here). */
export function changeColumn(n: u32, kind: u32, before: usize, beforeValid: usize, after: usize, afterValid: usize, changed: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const a = isValid(beforeValid, i), b = isValid(afterValid, i);
    if (a != b || (a && differ(kind, before, after, i))) store<u8>(changed + i, 1);
  }
}

@inline
function differ(kind: u32, a: usize, b: usize, i: u32): bool {
  if (kind == I64 || kind == F64) return load<u64>(a + (i << 3)) != load<u64>(b + (i << 3));
  if (kind == VIEW) return load<u32>(a + (i << 4)) != load<u32>(b + (i << 4)) || compareViews(a + (i << 4), b + (i << 4)) != 0;
  if (kind >= DECIMAL) return load<u64>(a + (i << 4)) != load<u64>(b + (i << 4)) || load<u64>(a + (i << 4), 8) != load<u64>(b + (i << 4), 8);
  if (kind == BOOL) return bitAt(a, i) != bitAt(b, i);
  return load<u32>(a + (i << 2)) != load<u32>(b + (i << 2));
}

/** Rows to take back and rows to add, as selections; their numbers: taken back * 65536 + added. */
export function changeRows(n: u32, before: usize, after: usize, changed: usize, gone: usize, come: usize): u32 {
  let out: u32 = 0, add: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const a = bitAt(before, i), b = bitAt(after, i);
    const change = a != b || load<u8>(changed + i) != 0;
    store<u32>(gone + (out << 2), i); store<u32>(come + (add << 2), i);
    out += <u32>(a && change); add += <u32>(b && change);
  }
  return (out << 16) | add;
}
