// ISO 8601 / RFC 3339 instants and dates in the proleptic Gregorian calendar. Days by the method of H. Hinnant,
// chrono-compatible low-level date algorithms (2013). An instant is microseconds since 1970 UTC; digits of a second
// beyond the sixth are cut off. Readers return the end of what they read, or 0 after `bad`.

import { BAD_DATE, BAD_TIMESTAMP, NO_ZONE, bad } from './decode';

const DAY: i64 = 86400000000;

/** Days since 1970-01-01. */
export function daysFromCivil(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year;
  const era = (y >= 0 ? y : y - 399) / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

function daysInMonth(year: i32, month: i32): i32 {
  if (month != 2) return 30 + ((month + (month >> 3)) & 1);
  return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
}

/** Two digits, or something above 99. */
// @ts-ignore: decorator
@inline
function two(p: usize): i32 {
  const tens = <u32>load<u8>(p) - 48, ones = <u32>load<u8>(p, 1) - 48;
  return tens <= 9 && ones <= 9 ? <i32>(tens * 10 + ones) : 100;
}

let dayValue: i32 = 0;
let instantValue: i64 = 0;

/** What readDate has read: days since 1970. */
export function theDay(): i32 { return dayValue; }
/** What readTimestamp has read: microseconds since 1970 UTC. */
export function theInstant(): i64 { return instantValue; }

/** YYYY-MM-DD or ±YYYYYY-MM-DD at p. */
export function readDate(p: usize): usize {
  const sign = load<u8>(p);
  const wide = sign == 0x2b || sign == 0x2d;
  const century = two(p + <usize>wide * 3), years = two(p + <usize>wide * 3 + 2);
  let year = century * 100 + years;
  if (century > 99 || years > 99) return bad(BAD_DATE, p);
  if (wide) {
    // ECMAScript's expanded years; year -0 is no year.
    const first = two(p + 1);
    year += first * 10000;
    if (first > 99 || (sign == 0x2d && year == 0)) return bad(BAD_DATE, p);
    if (sign == 0x2d) year = -year;
    p += 3;
  }
  const month = two(p + 5), day = two(p + 8);
  if (load<u8>(p, 4) != 0x2d || load<u8>(p, 7) != 0x2d) return bad(BAD_DATE, p);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return bad(BAD_DATE, p);
  dayValue = daysFromCivil(year, month, day);
  return p + 10;
}

// The date of the row before is most often the date of this row.
let knownDate: u64 = 0;
let knownDay: u16 = 0;
let knownMicros: i64 = 0;
let knownDays: i32 = 0;

/** A date, 'T' or space, HH:MM[:SS[.f{1,9}]], then Z, ±HH, ±HHMM or ±HH:MM. */
export function readTimestamp(p: usize): usize {
  const start = p;
  if (load<u64>(p) != knownDate || load<u16>(p, 8) != knownDay || knownDay == 0) {
    p = readDate(p);
    if (p == 0) return bad(BAD_TIMESTAMP, start);
    const usual = p - start == 10;
    knownDate = load<u64>(start); knownDay = usual ? load<u16>(start, 8) : 0;
    knownDays = dayValue; knownMicros = <i64>dayValue * DAY;
  } else p += 10;
  const c = load<u8>(p);
  if (c != 0x54 && c != 0x20 && c != 0x74) return bad(isTextEnd(c) ? NO_ZONE : BAD_TIMESTAMP, start);
  return readTime(start, p + 1);
}

// The minute before is most often the minute of this instant, too: 16 bytes of text up to the minute, as toISOString writes it.
const knownMinute = memory.data(16, 16);
let minuteMicros: i64 = 0;

// :SS.mmmZ as a word.
const REST: u64 = 0x5a3030302e30303a;
const REST_DIGITS: u64 = 0x000f0f0f000f0f00;

/** Write the instant at p, if its 24 bytes are YYYY-MM-DDTHH:MM:SS.mmmZ in the minute that is known; false: it may be one all the same. */
// @ts-ignore: decorator
@inline
export function plainInstant(p: usize, to: usize): bool {
  const word = load<u64>(p, 16) ^ REST;
  const digits = word & REST_DIGITS;
  if ((word & ~REST_DIGITS) != 0 || ((digits + 0x0006060600060600) & 0x00f0f0f000f0f000) != 0) return false;
  if (v128.any_true(v128.xor(v128.load(p), v128.load(knownMinute)))) return false;
  const pairs = digits * 10 + (digits >> 8);
  const seconds = <i64>((pairs >> 8) & 0xff);
  if (seconds > 59) return false;
  const thousandths = <i64>((pairs >> 32) & 0xff) * 10 + <i64>((digits >> 48) & 0xff);
  store<i64>(to, minuteMicros + seconds * 1000000 + thousandths * 1000);
  return true;
}

/** An instant of another minute was read at p, to p + 24: the next ones are most often of that minute. */
export function learnMinute(p: usize): void {
  const seconds = two(p + 17), thousandths = two(p + 20) * 10 + <i32>(load<u8>(p, 22) - 48);
  if (load<u8>(p, 23) != 0x5a || load<u8>(p, 19) != 0x2e || load<u8>(p, 16) != 0x3a) return;
  minuteMicros = instantValue - <i64>seconds * 1000000 - <i64>thousandths * 1000;
  v128.store(knownMinute, v128.load(p));
}

// HH:MM:SS as a word: digits have a high nibble of 3, the third and sixth byte are colons.
const SHAPE: u64 = 0x30303a30303a3030;
const DIGITS: u64 = 0x0f0f000f0f000f0f;

function readTime(start: usize, p: usize): usize {
  const word = load<u64>(p) ^ SHAPE;
  const digits = word & DIGITS;
  let seconds: i32 = 0;
  // No bits beside the digits' own, and no digit above 9.
  if ((word & ~DIGITS) == 0 && ((digits + 0x0606000606000606) & 0xf0f0f0f0f0f0f0f0) == 0) {
    const pairs = digits * 10 + (digits >> 8);
    const h = <i32>(pairs & 0xff), m = <i32>((pairs >> 24) & 0xff), s = <i32>((pairs >> 48) & 0xff);
    if (h > 23 || m > 59 || s > 59) return bad(BAD_TIMESTAMP, start);
    seconds = (h * 60 + m) * 60 + s;
    p += 8;
  } else {
    const h = two(p), m = two(p + 3);
    if (h > 23 || m > 59 || load<u8>(p, 2) != 0x3a || load<u8>(p, 5) == 0x3a) return bad(BAD_TIMESTAMP, start);
    seconds = (h * 60 + m) * 60;
    p += 5;
    return readZone(start, p, <i64>seconds * 1000000);
  }
  let fraction: i64 = 0;
  if (load<u8>(p) == 0x2e) {
    p++;
    let scale: i64 = 100000;
    const first = p;
    for (let digit = <u32>load<u8>(p) - 48; digit <= 9; digit = <u32>load<u8>(p) - 48) {
      fraction += <i64>digit * scale;
      scale /= 10; p++;
    }
    if (p == first || p - first > 9) return bad(BAD_TIMESTAMP, start);
  }
  return readZone(start, p, <i64>seconds * 1000000 + fraction);
}

function readZone(start: usize, p: usize, time: i64): usize {
  const c = load<u8>(p);
  // Days that do not fit 64 bits of microseconds (years beyond ±292,277).
  if (knownDays > 106751989 || knownDays < -106751989) return bad(BAD_TIMESTAMP, start);
  if (c == 0x5a || c == 0x7a) { instantValue = knownMicros + time; return p + 1; }
  // The field is over (a quote, a delimiter, the line's end): an instant without a zone is no instant.
  if (c != 0x2b && c != 0x2d) return bad(isTextEnd(c) ? NO_ZONE : BAD_TIMESTAMP, start);
  const hours = two(p + 1);
  if (hours > 23) return bad(BAD_TIMESTAMP, start);
  let minutes: i32 = 0;
  let end = p + 3;
  if (load<u8>(end) == 0x3a) { minutes = two(end + 1); end += 3; }
  else if (<u32>load<u8>(end) - 48 <= 9) { minutes = two(end); end += 2; }
  if (minutes > 59) return bad(BAD_TIMESTAMP, start);
  const offset = <i64>(hours * 60 + minutes) * 60000000;
  instantValue = knownMicros + time - (c == 0x2d ? -offset : offset);
  return end;
}

// Letters, digits, dots and colons would go on; anything else ends the field.
function isTextEnd(c: u8): bool {
  return !(<u32>(c | 0x20) - 0x61 < 26 || <u32>c - 48 <= 10 || c == 0x2e);
}
