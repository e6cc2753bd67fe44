// Plain lines of text to one string column (or none: then they are counted). A line's end is LF or CRLF.

import {
  BAD_UTF8, COLUMNS, COUNT, LINES, ROWS, STARTS, TOO_LONG, VALUES, bad, clearBad, newDecoder, putText, putValid, setNext,
} from './decode';
import { lineEnd } from './utf8';
import { utf8Check } from './utf8-check';

export function linesNew(arena: usize, count: u32, starts: usize): usize { return newDecoder(arena, count, starts, 0); }

/** As jsonDecode. */
export function linesDecode(h: usize, p: usize, end: usize, most: u32, longest: u32): usize {
  const starts: usize = load<u32>(h, STARTS);
  const col: usize = load<u32>(h, COUNT) == 0 ? 0 : load<u32>(h, COLUMNS);
  let row = load<u32>(h, ROWS), lines: u32 = 0;
  clearBad();
  while (p < end && row < most) {
    const next = lineEnd(p, end);
    setNext(next);
    if (next - p > longest) { bad(TOO_LONG, p); break; }
    const last = next - 1 > p && load<u8>(next - 2) == 0x0d ? next - 2 : next - 1;
    const broken = utf8Check(p, last);
    if (broken != last) { bad(BAD_UTF8, broken); break; }
    if (col != 0) {
      putText(<usize>load<u32>(col, VALUES) + ((<usize>row) << 4), p, <u32>(last - p));
      putValid(col, row);
    }
    store<u32>(starts + ((<usize>row) << 2), <u32>p);
    p = next;
    row++; lines++;
  }
  store<u32>(h, row, ROWS);
  store<u32>(h, lines, LINES);
  return p;
}
