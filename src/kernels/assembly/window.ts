// Windows of event times: starts are offset + k * slide for every integer k, before 1970 too (floor, not truncation).
import { OK, OUT_OF_RANGE, raise } from './raise';
import { rowAt } from './layout';

function floorMod(a: i64, b: i64): i64 {
  const rest = a % b;
  return rest < 0 ? rest + b : rest;
}

/** How far `time` is into the last window that begins at or before it, without overflow. */
function into(time: i64, offset: i64, slide: i64): i64 {
  return floorMod(floorMod(time, slide) - floorMod(offset, slide), slide);
}

/** Start and end of each selected row's tumbling window, at the row's own number. */
export function windowTumbling(n: u32, sel: usize, times: usize, size: i64, offset: i64, starts: usize, ends: usize): i32 {
  // Rows that follow one another are mostly of one window: then there is nothing to divide.
  let start: i64 = 0, known = false;
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    const at = (<usize>row) << 3;
    const time = load<i64>(times + at);
    if (!known || <u64>(time - start) >= <u64>size) {
      start = time - into(time, offset, size);
      if (start > time || start > i64.MAX_VALUE - size) return raise(OUT_OF_RANGE, row);
      known = true;
    }
    store<i64>(starts + at, start);
    store<i64>(ends + at, start + size);
  }
  return OK;
}

/**
 * Up to `most` pairs (row, window) for the windows that each selected row lies in, the earliest first. The cursor
 * (16 bytes: [place][inside][start i64]) is zeroed before the first call. Returns how many, 0 = done; or -1 - row of a
 * row whose window is beyond 64 bits.
 */
export function windowSliding(cursor: usize, n: u32, sel: usize, times: usize, size: i64, slide: i64, offset: i64, most: u32, rows: usize, starts: usize, ends: usize): i32 {
  let made: u32 = 0;
  let place = load<u32>(cursor), start = load<i64>(cursor, 8);
  let inside = load<u32>(cursor, 4) != 0;
  while (place < n && made < most) {
    const row = rowAt(sel, place);
    const time = load<i64>(times + ((<usize>row) << 3));
    const last = time - into(time, offset, slide);
    if (!inside) {
      if (last > time || last > i64.MAX_VALUE - size || time < i64.MIN_VALUE + size) { raise(OUT_OF_RANGE, row); return -1 - <i32>row; }
      // The earliest start greater than time - size; it is after `last` where windows leave gaps (slide > size).
      start = time - size + slide - into(time - size, offset, slide);
      inside = true;
    }
    if (start > last) { inside = false; place++; continue; }
    store<u32>(rows + ((<usize>made) << 2), row);
    store<i64>(starts + ((<usize>made) << 3), start);
    store<i64>(ends + ((<usize>made) << 3), start + size);
    made++;
    start += slide;
  }
  store<u32>(cursor, place); store<u32>(cursor, inside ? 1 : 0, 4); store<i64>(cursor, start, 8);
  return <i32>made;
}

/**
 * As windowSliding, for windows that begin together and end `step` apart, the last one `size` after their beginning. The
 * cursor's third word is the end that comes next.
 */
export function windowCumulating(cursor: usize, n: u32, sel: usize, times: usize, size: i64, step: i64, offset: i64, most: u32, rows: usize, starts: usize, ends: usize): i32 {
  let made: u32 = 0;
  let place = load<u32>(cursor), end = load<i64>(cursor, 8);
  let inside = load<u32>(cursor, 4) != 0;
  while (place < n && made < most) {
    const row = rowAt(sel, place);
    const time = load<i64>(times + ((<usize>row) << 3));
    const start = time - into(time, offset, size);
    if (!inside) {
      if (start > time || start > i64.MAX_VALUE - size) { raise(OUT_OF_RANGE, row); return -1 - <i32>row; }
      end = time - (time - start) % step + step;
      inside = true;
    }
    store<u32>(rows + ((<usize>made) << 2), row);
    store<i64>(starts + ((<usize>made) << 3), start);
    store<i64>(ends + ((<usize>made) << 3), end);
    made++;
    // In this form nothing overflows: the last end is within 64 bits.
    if (end - start >= size) { inside = false; place++; } else end += step;
  }
  store<u32>(cursor, place); store<u32>(cursor, inside ? 1 : 0, 4); store<i64>(cursor, end, 8);
  return <i32>made;
}

/** Windows of a row's own: from its time, `gap` long, or to what `untils` says (0: not asked). The row whose window has no length, or OK. */
export function windowSession(n: u32, sel: usize, times: usize, gap: i64, untils: usize, starts: usize, ends: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i), at = (<usize>row) << 3;
    const time = load<i64>(times + at), end = untils == 0 ? time + gap : load<i64>(untils + at);
    if (end <= time) return raise(OUT_OF_RANGE, row);
    store<i64>(starts + at, time);
    store<i64>(ends + at, end);
  }
  return OK;
}

/** Times moved by `shift`, at the rows' own numbers. */
export function windowShift(n: u32, sel: usize, times: usize, shift: i64, out: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const row: usize = rowAt(sel, i);
    const time = load<i64>(times + (row << 3)), moved = time + shift;
    if (shift < 0 ? moved > time : moved < time) return raise(OUT_OF_RANGE, <u32>row);
    store<i64>(out + (row << 3), moved);
  }
  return OK;
}
