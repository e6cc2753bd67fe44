// Equality and order of intervals, PostgreSQL's: by length, a month being 30 days and a day 24 hours, so that 1 month = 30
// days. The first 16 of an interval's bytes are its length (time-types.ts).
import { isValid, rowAt, viewBytes } from './layout'
import { OK } from './raise'

// @ts-ignore: decorator
@inline
function putBit(out: usize, row: u32, bit: bool): void {
  const at = out + (row >> 3);
  const mask: u32 = 1 << (row & 7);
  store<u8>(at, <u8>((load<u8>(at) & ~mask) | (bit ? mask : 0)));
}

export function eqInterval(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const x = viewBytes(a + (<usize>row << 4)), y = viewBytes(b + (<usize>row << 4));
    putBit(out, row, load<u64>(x) == load<u64>(y) && load<u64>(x, 8) == load<u64>(y, 8));
  }
  return OK;
}

export function ltInterval(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    putBit(out, row, memory.compare(viewBytes(a + (<usize>row << 4)), viewBytes(b + (<usize>row << 4)), 16) < 0);
  }
  return OK;
}
