// Dates and instants as ISO 8601 text: YYYY-MM-DD, and YYYY-MM-DDTHH:MM:SS.mmmZ (six digits of a second where three are
// not enough). Years outside 0 .. 9999 are ±YYYYYY, as Date.prototype.toISOString has them.

import { civil, day, month, year } from './civil';
import { printFixed } from './number-print';

const DAY: i64 = 86400000000;

function putDate(to: usize, days: i32): usize {
  civil(days);
  let width: u32 = 4;
  if (year < 0 || year > 9999) { store<u8>(to, year < 0 ? 0x2d : 0x2b); to++; width = year > 999999 || year < -999999 ? 7 : 6; }
  printFixed(to, abs(year), width);
  to += width;
  store<u8>(to, 0x2d); store<u8>(to, 0x2d, 3);
  printFixed(to + 1, month, 2);
  printFixed(to + 4, day, 2);
  return to + 6;
}

// The date of the row before is most often the date of this row.
const known = memory.data(16);
let knownDay: i32 = 0;
let knownBytes: usize = 0;

/** At most 16 bytes. */
export function printDate(to: usize, days: i32): usize {
  if (days != knownDay || knownBytes == 0) {
    knownBytes = putDate(known, days) - known;
    knownDay = days;
  }
  v128.store(to, v128.load(known));
  return to + knownBytes;
}

/** At most 32 bytes. */
export function printTimestamp(to: usize, micros: i64): usize {
  let days = micros / DAY;
  if (days * DAY > micros) days--;
  const rest = micros - days * DAY;
  to = printDate(to, <i32>days);
  const seconds = <u32>(rest / 1000000), fraction = <u32>(rest % 1000000);
  store<u8>(to, 0x54);
  printFixed(to + 1, seconds / 3600, 2); store<u8>(to, 0x3a, 3);
  printFixed(to + 4, seconds / 60 % 60, 2); store<u8>(to, 0x3a, 6);
  printFixed(to + 7, seconds % 60, 2); store<u8>(to, 0x2e, 9);
  const exact = fraction % 1000 == 0;
  if (exact) printFixed(to + 10, fraction / 1000, 3); else printFixed(to + 10, fraction, 6);
  to += exact ? 13 : 16;
  store<u8>(to, 0x5a);
  return to + 1;
}
