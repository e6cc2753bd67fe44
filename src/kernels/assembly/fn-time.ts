// Calendar functions on timestamps (microseconds since 1970, UTC) and windows; floors go down before 1970 too.
// Civil dates from days by Howard Hinnant's algorithm (chrono-Compatible Low-Level Date Algorithms).
import { civil, day, month, year } from './civil';
import { rowAt, isValid, viewLength } from './layout'
import { OK, raise, INVALID_ARGUMENT, OUT_OF_RANGE, DECLINED } from './raise'
import { daysFromCivil } from './datetime'

const SECOND_MICROS: i64 = 1000000;
const MINUTE_MICROS: i64 = 60000000;
const HOUR_MICROS: i64 = 3600000000;
const DAY_MICROS: i64 = 86400000000;

const MICROSECOND: i32 = 0;
const MILLISECOND: i32 = 1;
const SECOND: i32 = 2;
const MINUTE: i32 = 3;
const HOUR: i32 = 4;
const DAY: i32 = 5;
const WEEK: i32 = 6;
const MONTH: i32 = 7;
const QUARTER: i32 = 8;
const YEAR: i32 = 9;
const DECADE: i32 = 10;
const CENTURY: i32 = 11;
const MILLENNIUM: i32 = 12;
const EPOCH: i32 = 13;
const DOW: i32 = 14;
const ISODOW: i32 = 15;
const DOY: i32 = 16;
const ISOYEAR: i32 = 17;

/** The unit of a field name, or -1: spelled otherwise or unknown. A name of up to 12 bytes lies in its view. */
function unitOf(view: usize): i32 {
  if (viewLength(view) > 12) return -1;
  const low = load<u64>(view, 4);
  const high = load<u32>(view, 12);
  if (low == 0x6365736f7263696d && high == 0x646e6f) return MICROSECOND; // microsecond
  if (low == 0x6365736f7263696d && high == 0x73646e6f) return MICROSECOND; // microseconds
  if (low == 0x636573696c6c696d && high == 0x646e6f) return MILLISECOND; // millisecond
  if (low == 0x636573696c6c696d && high == 0x73646e6f) return MILLISECOND; // milliseconds
  if (low == 0x646e6f636573 && high == 0x0) return SECOND; // second
  if (low == 0x73646e6f636573 && high == 0x0) return SECOND; // seconds
  if (low == 0x6574756e696d && high == 0x0) return MINUTE; // minute
  if (low == 0x736574756e696d && high == 0x0) return MINUTE; // minutes
  if (low == 0x72756f68 && high == 0x0) return HOUR; // hour
  if (low == 0x7372756f68 && high == 0x0) return HOUR; // hours
  if (low == 0x796164 && high == 0x0) return DAY; // day
  if (low == 0x73796164 && high == 0x0) return DAY; // days
  if (low == 0x6b656577 && high == 0x0) return WEEK; // week
  if (low == 0x736b656577 && high == 0x0) return WEEK; // weeks
  if (low == 0x68746e6f6d && high == 0x0) return MONTH; // month
  if (low == 0x7368746e6f6d && high == 0x0) return MONTH; // months
  if (low == 0x72657472617571 && high == 0x0) return QUARTER; // quarter
  if (low == 0x7372657472617571 && high == 0x0) return QUARTER; // quarters
  if (low == 0x72616579 && high == 0x0) return YEAR; // year
  if (low == 0x7372616579 && high == 0x0) return YEAR; // years
  if (low == 0x656461636564 && high == 0x0) return DECADE; // decade
  if (low == 0x73656461636564 && high == 0x0) return DECADE; // decades
  if (low == 0x797275746e6563 && high == 0x0) return CENTURY; // century
  if (low == 0x65697275746e6563 && high == 0x73) return CENTURY; // centuries
  if (low == 0x696e6e656c6c696d && high == 0x6d75) return MILLENNIUM; // millennium
  if (low == 0x696e6e656c6c696d && high == 0x61) return MILLENNIUM; // millennia
  if (low == 0x68636f7065 && high == 0x0) return EPOCH; // epoch
  if (low == 0x776f64 && high == 0x0) return DOW; // dow
  if (low == 0x776f646f7369 && high == 0x0) return ISODOW; // isodow
  if (low == 0x796f64 && high == 0x0) return DOY; // doy
  if (low == 0x726165796f7369 && high == 0x0) return ISOYEAR; // isoyear
  return -1;
}

// @ts-ignore: decorator
@inline
function floorBy(x: i64, size: i64): i64 { const r = x % size; return x - (r < 0 ? r + size : r); }

/** The day that a timestamp lies in. */
function dayOf(at: i64): i32 { return <i32>(at / DAY_MICROS) - (at % DAY_MICROS < 0 ? 1 : 0); }

/** 1 is Monday. */
function isoDay(days: i32): i32 { const r = (days + 3) % 7; return (r < 0 ? r + 7 : r) + 1; }

function floorYears(y: i32, step: i32): i32 { const r = y % step; return y - (r < 0 ? r + step : r); }

/** The first day of the calendar unit that holds this day. */
function startOf(unit: i32, days: i32): i32 {
  if (unit == WEEK) return days - isoDay(days) + 1;
  civil(days);
  if (unit == MONTH) return days - day + 1;
  if (unit == QUARTER) return daysFromCivil(year, (month - 1) / 3 * 3 + 1, 1);
  if (unit == YEAR) return daysFromCivil(year, 1, 1);
  if (unit == DECADE) return daysFromCivil(floorYears(year, 10), 1, 1);
  // Centuries and millennia begin with a year ending in 1.
  return daysFromCivil(floorYears(year - 1, unit == CENTURY ? 100 : 1000) + 1, 1, 1);
}

export function dateTrunc(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const unit = unitOf(a + (<usize>row << 4));
    const at = load<i64>(b + (<usize>row << 3));
    let start: i64 = 0;
    if (unit < 0 || unit > MILLENNIUM) return raise(DECLINED, row);
    if (unit == MICROSECOND) start = at;
    else if (unit == MILLISECOND) start = floorBy(at, 1000);
    else if (unit == SECOND) start = floorBy(at, SECOND_MICROS);
    else if (unit == MINUTE) start = floorBy(at, MINUTE_MICROS);
    else if (unit == HOUR) start = floorBy(at, HOUR_MICROS);
    else if (unit == DAY) start = floorBy(at, DAY_MICROS);
    else {
      const days = startOf(unit, dayOf(at));
      if (days < -106751991) return raise(OUT_OF_RANGE, row);
      start = <i64>days * DAY_MICROS;
    }
    // Near the least timestamp the start may lie below the range.
    if (start > at) return raise(OUT_OF_RANGE, row);
    store<i64>(out + (<usize>row << 3), start);
  }
  return OK;
}

/** The Thursday of its week says which ISO year a day is in. */
function isoYear(days: i32): i32 { civil(days - isoDay(days) + 4); return year; }

// @ts-ignore: decorator
@inline
function clockPart(unit: i32, time: i64): f64 {
  if (unit == HOUR) return <f64>(time / HOUR_MICROS);
  if (unit == MINUTE) return <f64>(time / MINUTE_MICROS % 60);
  const micros = time % MINUTE_MICROS;
  if (unit == MICROSECOND) return <f64>micros;
  return <f64>micros / (unit == SECOND ? 1e6 : 1e3);
}

function datePart(unit: i32, days: i32): i32 {
  if (unit == DOW) return isoDay(days) % 7;
  if (unit == ISODOW) return isoDay(days);
  if (unit == WEEK) {
    const thursday = days - isoDay(days) + 4;
    civil(thursday);
    return (thursday - daysFromCivil(year, 1, 1)) / 7 + 1;
  }
  // There is no year 0: 1 BC is -1.
  if (unit == ISOYEAR) { const y = isoYear(days); return y > 0 ? y : y - 1; }
  civil(days);
  if (unit == DAY) return day;
  if (unit == MONTH) return month;
  if (unit == QUARTER) return (month - 1) / 3 + 1;
  if (unit == DOY) return days - daysFromCivil(year, 1, 1) + 1;
  if (unit == YEAR) return year > 0 ? year : year - 1;
  if (unit == DECADE) return floorYears(year, 10) / 10;
  const step = unit == CENTURY ? 100 : 1000;
  return year > 0 ? (year + step - 1) / step : -((step - year) / step);
}

export function extractPart(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const unit = unitOf(a + (<usize>row << 4));
    if (unit < 0) return raise(DECLINED, row);
    const at = load<i64>(b + (<usize>row << 3));
    const time = at % DAY_MICROS;
    let part: f64 = 0;
    if (unit == EPOCH) part = <f64>at / 1e6;
    else if (unit <= HOUR) part = clockPart(unit, time < 0 ? time + DAY_MICROS : time);
    else part = <f64>datePart(unit, dayOf(at));
    store<f64>(out + (<usize>row << 3), part);
  }
  return OK;
}

/** The start of the window of `size` (b) that holds a time (a), windows starting at `offset` (c). */
export function windowStart(n: u32, sel: usize, valid: usize, a: usize, b: usize, c: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const at = load<i64>(a + (<usize>row << 3));
    const size = load<i64>(b + (<usize>row << 3));
    if (size <= 0) return raise(INVALID_ARGUMENT, row);
    // Both remainders are below the size, but their difference may not fit: bring them into 0 .. size-1 first.
    let time = at % size;
    if (time < 0) time += size;
    let offset = load<i64>(c + (<usize>row << 3)) % size;
    if (offset < 0) offset += size;
    const start = at - (time >= offset ? time - offset : time - offset + size);
    if (start > at) return raise(OUT_OF_RANGE, row);
    store<i64>(out + (<usize>row << 3), start);
  }
  return OK;
}

/** Seconds since 1970 as a timestamp, to the nearest microsecond. */
export function secondsToTimestamp(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (!isValid(valid, row)) continue;
    const micros = nearest<f64>(load<f64>(a + (<usize>row << 3)) * 1e6);
    if (!(micros >= -9223372036854775808.0 && micros < 9223372036854775808.0)) return raise(OUT_OF_RANGE, row);
    store<i64>(out + (<usize>row << 3), <i64>micros);
  }
  return OK;
}
