// Times of day, intervals and uuids as text, in and out. A time is microseconds since midnight, up to 24:00:00. A uuid is its
// 16 bytes. An interval is 24 bytes whose order is PostgreSQL's (a month counts 30 days, a day 24 hours): its whole length
// in days and microseconds, then its months and its days, all big endian with the sign bit flipped; the microseconds follow
// from the rest (docs/notes/nested.md). Readers return the end of what they read, or 0 after `bad`.

import { BAD_INTERVAL, BAD_TIME, BAD_UUID, INTERVAL, TIME, bad } from './decode';
import { putView, viewBytes } from './layout';
import { take } from './memory';
import { printFixed, printInt, printUnsigned } from './number-print';

const DAY: i64 = 86400000000;
const SIGN64: u64 = 0x8000000000000000;
const SIGN32: u32 = 0x80000000;
export const INTERVAL_BYTES: u32 = 24;
export const UUID_BYTES: u32 = 16;

// @ts-ignore: decorator
@inline
function digit(p: usize): u32 { return <u32>load<u8>(p) - 48; }

/** Two digits, or something above 99. */
function two(p: usize): u32 {
  const tens = digit(p), ones = digit(p + 1);
  return tens <= 9 && ones <= 9 ? tens * 10 + ones : 100;
}

let fractionEnd: usize = 0;

/** Up to six digits behind a point as microseconds; digits beyond are cut off. */
function fraction(p: usize): i64 {
  let micros: i64 = 0, scale: i64 = 100000;
  for (; digit(p) <= 9; p++) { micros += <i64>digit(p) * scale; scale /= 10; }
  fractionEnd = p;
  return micros;
}

let timeValue: i64 = 0;

/** HH:MM[:SS[.f{1,}]], from 00:00 to 24:00:00. */
function readTime(p: usize): usize {
  const start = p;
  const hours = two(p), minutes = two(p + 3);
  if (hours > 24 || minutes > 59 || load<u8>(p, 2) != 0x3a) return bad(BAD_TIME, start);
  p += 5;
  let micros = <i64>(hours * 60 + minutes) * 60000000;
  if (load<u8>(p) == 0x3a) {
    const seconds = two(p + 1);
    if (seconds > 59) return bad(BAD_TIME, start);
    micros += <i64>seconds * 1000000;
    p += 3;
    if (load<u8>(p) == 0x2e) {
      micros += fraction(p + 1);
      if (fractionEnd == p + 1) return bad(BAD_TIME, start);
      p = fractionEnd;
    }
  }
  if (micros > DAY) return bad(BAD_TIME, start);
  timeValue = micros;
  return p;
}

/** At most 15 bytes: seconds have a fraction only where it is not 0. */
export function printTime(to: usize, micros: i64): usize {
  const seconds = <u32>(micros / 1000000), rest = <u32>(micros % 1000000);
  printFixed(to, seconds / 3600, 2); store<u8>(to, 0x3a, 2);
  printFixed(to + 3, seconds / 60 % 60, 2); store<u8>(to, 0x3a, 5);
  printFixed(to + 6, seconds % 60, 2);
  return rest == 0 ? to + 8 : printFraction(to + 8, rest);
}

function printFraction(to: usize, micros: u32): usize {
  store<u8>(to, 0x2e);
  printFixed(to + 1, micros, 6);
  to += 7;
  while (load<u8>(to - 1) == 0x30) to--;
  return to;
}

function nibble(c: u8): u32 {
  const number = <u32>c - 48;
  if (number <= 9) return number;
  const letter = <u32>(c | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 16;
}

/** 32 hexadecimal digits, with hyphens after the 8th, 12th, 16th and 20th or without any. */
function readUuid(p: usize, to: usize): usize {
  const start = p;
  const hyphens = load<u8>(p, 8) == 0x2d;
  for (let i: u32 = 0; i < UUID_BYTES; i++) {
    if (hyphens && (i == 4 || i == 6 || i == 8 || i == 10)) {
      if (load<u8>(p) != 0x2d) return bad(BAD_UUID, start);
      p++;
    }
    const high = nibble(load<u8>(p));
    const low = high > 15 ? 16 : nibble(load<u8>(p, 1));
    if (low > 15) return bad(BAD_UUID, start);
    store<u8>(to + i, <u8>(high << 4 | low));
    p += 2;
  }
  return p;
}

const HEX = memory.data<u8>([48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102]);

/** 36 bytes, lower case. */
export function printUuid(to: usize, bytes: usize): usize {
  for (let i: u32 = 0; i < UUID_BYTES; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) { store<u8>(to, 0x2d); to++; }
    const byte = load<u8>(bytes + i);
    store<u8>(to, load<u8>(HEX + (byte >> 4))); store<u8>(to, load<u8>(HEX + (byte & 15)), 1);
    to += 2;
  }
  return to;
}

/** The 24 bytes of an interval. */
export function putInterval(to: usize, months: i32, days: i32, micros: i64): void {
  let whole = micros / DAY, rest = micros % DAY;
  if (rest < 0) { rest += DAY; whole--; }
  store<u64>(to, bswap<u64>(<u64>(<i64>months * 30 + <i64>days + whole) ^ SIGN64));
  store<u64>(to, bswap<u64>(<u64>rest), 8);
  store<u32>(to, bswap<u32>(<u32>months ^ SIGN32), 16);
  store<u32>(to, bswap<u32>(<u32>days ^ SIGN32), 20);
}

export function monthsOf(at: usize): i32 { return <i32>(bswap<u32>(load<u32>(at, 16)) ^ SIGN32); }
export function daysOf(at: usize): i32 { return <i32>(bswap<u32>(load<u32>(at, 20)) ^ SIGN32); }
export function microsOf(at: usize): i64 {
  const days = <i64>(bswap<u64>(load<u64>(at)) ^ SIGN64) - <i64>monthsOf(at) * 30 - <i64>daysOf(at);
  return days * DAY + <i64>bswap<u64>(load<u64>(at, 8));
}

let months: i64 = 0;
let days: i64 = 0;
let micros: i64 = 0;

/** Units of the part before T, then of the part behind it; each may be there once, in this order. */
function addUnit(unit: u8, clock: bool, value: i64): u32 {
  if (!clock) {
    if (unit == 0x59) { months += value * 12; return 1; }
    if (unit == 0x4d) { months += value; return 2; }
    if (unit == 0x57) { days += value * 7; return 3; }
    if (unit == 0x44) { days += value; return 4; }
    return 0;
  }
  if (unit == 0x48) return addMicros(value * 3600000000) ? 5 : 0;
  if (unit == 0x4d) return addMicros(value * 60000000) ? 6 : 0;
  return unit == 0x53 ? 7 : 0;
}

/** False if the sum needs more than 64 bits. */
function addMicros(more: i64): bool {
  const sum = micros + more;
  if (((micros ^ sum) & (more ^ sum)) < 0) return false;
  micros = sum;
  return true;
}

/** A part's number is at most this: so many hours are 64 bits of microseconds. */
const MOST: i64 = 2562047788;

/** ISO 8601: P1Y2M3W4DT5H6M7.8S, each part with a sign of its own or none, and one sign before it all. */
function readInterval(p: usize, to: usize): usize {
  const start = p;
  const all = load<u8>(p);
  const negative = all == 0x2d;
  if (negative || all == 0x2b) p++;
  if (load<u8>(p) != 0x50) return bad(BAD_INTERVAL, start);
  p++;
  months = 0; days = 0; micros = 0;
  let clock = false, last: u32 = 0;
  while (true) {
    if (load<u8>(p) == 0x54 && !clock) { clock = true; p++; last = max<u32>(last, 4); if (!begins(p)) return bad(BAD_INTERVAL, start); }
    if (!begins(p)) break;
    p = readPart(p, clock, negative);
    if (p == 0 || thePart <= last) return bad(BAD_INTERVAL, start);
    last = thePart;
  }
  if (last == 0 || months != <i64><i32>months || days != <i64><i32>days) return bad(BAD_INTERVAL, start);
  putInterval(to, <i32>months, <i32>days, micros);
  return p;
}

function begins(p: usize): bool { return digit(p) <= 9 || ((load<u8>(p) == 0x2d || load<u8>(p) == 0x2b) && digit(p + 1) <= 9); }

let thePart: u32 = 0;

function readPart(p: usize, clock: bool, inverted: bool): usize {
  const minus = load<u8>(p) == 0x2d;
  if (minus || load<u8>(p) == 0x2b) p++;
  const sign: i64 = minus != inverted ? -1 : 1;
  let value: i64 = 0;
  for (; digit(p) <= 9; p++) { value = value * 10 + digit(p); if (value > MOST) return 0; }
  let rest: i64 = 0, pointed = false;
  if (load<u8>(p) == 0x2e) { pointed = true; rest = fraction(p + 1); if (fractionEnd == p + 1) return 0; p = fractionEnd; }
  thePart = addUnit(load<u8>(p), clock, sign * value);
  if (thePart == 0 || (pointed && thePart != 7)) return 0;
  if (thePart == 7 && !addMicros(sign * (value * 1000000 + rest))) return 0;
  return p + 1;
}

/** At most 64 bytes: PT0S, P1Y2M3DT4H5M6.5S, P-1M. */
export function printInterval(to: usize, at: usize): usize {
  const m = monthsOf(at), d = daysOf(at), time = microsOf(at);
  store<u8>(to, 0x50);
  to++;
  to = printPart(to, m / 12, 0x59);
  to = printPart(to, m % 12, 0x4d);
  to = printPart(to, d, 0x44);
  if (time == 0 && (m | d) != 0) return to;
  store<u8>(to, 0x54);
  to = printPart(to + 1, time / 3600000000, 0x48);
  to = printPart(to, time / 60000000 % 60, 0x4d);
  const seconds = time % 60000000;
  if (seconds == 0) {
    if (time != 0) return to;
    store<u16>(to, 0x5330); // 0S
    return to + 2;
  }
  if (seconds < 0) { store<u8>(to, 0x2d); to++; }
  const size = <u64>(seconds < 0 ? -seconds : seconds);
  to = printUnsigned(to, size / 1000000);
  if (size % 1000000 != 0) to = printFraction(to, <u32>(size % 1000000));
  store<u8>(to, 0x53);
  return to + 1;
}

function printPart(to: usize, value: i64, unit: u8): usize {
  if (value == 0) return to;
  to = printInt(to, value);
  store<u8>(to, unit);
  return to + 1;
}

/** The text at p as a value of row `row`; the end of the text, or 0 after `bad`. */
export function readTimeType(kind: u32, values: usize, row: u32, p: usize): usize {
  if (kind == TIME) {
    const end = readTime(p);
    if (end != 0) store<i64>(values + ((<usize>row) << 3), timeValue);
    return end;
  }
  const length = kind == INTERVAL ? INTERVAL_BYTES : UUID_BYTES;
  const bytes = take(length);
  const end = kind == INTERVAL ? readInterval(p, bytes) : readUuid(p, bytes);
  if (end != 0) putView(values + ((<usize>row) << 4), bytes, length);
  return end;
}

/** Which code a text gets that is not of the kind to its end. */
export function notOfKind(kind: u32): i32 { return kind == TIME ? BAD_TIME : kind == INTERVAL ? BAD_INTERVAL : BAD_UUID; }

/** A value of one of these kinds as text, without quotes: at most 64 bytes. */
export function printTimeType(to: usize, kind: u32, values: usize, row: u32): usize {
  if (kind == TIME) return printTime(to, load<i64>(values + ((<usize>row) << 3)));
  const bytes = viewBytes(values + ((<usize>row) << 4));
  return kind == INTERVAL ? printInterval(to, bytes) : printUuid(to, bytes);
}
