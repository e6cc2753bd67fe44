// JSON lines to columns. Lines of one producer look alike, so the text between two values (`,"price":`, white space
// included) is predicted: a slot is such a text, the column it announces, and the slot that followed it last time. A
// row whose texts are all as predicted is decoded without ever looking up a key; any other valid row takes the long
// way at the places where it differs, and teaches the slots.

import { COUNT, LINES, ROWS, SEEN, SERIAL, STARTS, TOO_LONG, TRAILING, bad, badNext, clearBad, missing, newDecoder, setNext } from './decode';
import { ALIKE_HEADER, alikeRows, decodeAlike, knowsRows, learnRow, newAlike } from './json-alike';
import { BYTES, NEXT, SLOTS, SLOTS_HEADER, TO, matches, member, newSlots, theColumn, theEnd, theSlot } from './json-slots';
import { valueEnd, white } from './json-text';
import { putValue } from './json-value';
import { lineEnd } from './utf8';

/** A decoder of `count` columns; set each with decoderColumn. `starts` takes the address of each row's line (u32). */
export function jsonNew(arena: usize, count: u32, starts: usize): usize {
  const h = newDecoder(arena, count, starts, SLOTS_HEADER + ALIKE_HEADER);
  newSlots(h, arena, count);
  newAlike(h, arena);
  return h;
}

/**
 * Decode whole lines of [p, end), the last byte being a newline, until the batch has `most` rows. Returns where it
 * stopped; before `end` and with fewer rows, the line there is bad. Lines longer than `longest` with their newline are.
 */
export function jsonDecode(h: usize, p: usize, end: usize, most: u32, longest: u32): usize {
  const starts: usize = load<u32>(h, STARTS);
  let row = load<u32>(h, ROWS), lines: u32 = 0;
  let stopped = false;
  while (true) {
    if (knowsRows(h)) {
      p = decodeAlike(h, p, end, row, most, longest);
      row += alikeRows(); lines += alikeRows();
    }
    if (p >= end || row >= most) break;
    if (load<u8>(p) != 0x7b) {
      const after = white(p);
      if (load<u8>(after) == 0x0a) { p = after + 1; lines++; continue; }
    }
    const next = decodeRow(h, p, row);
    if (next == 0) {
      setNext(lineEnd(p, end));
      if (badNext() - p > longest) bad(TOO_LONG, p);
      stopped = true;
      break;
    }
    if (next - p > longest) { bad(TOO_LONG, p); stopped = true; break; }
    store<u32>(starts + ((<usize>row) << 2), <u32>p);
    if (!knowsRows(h)) learnRow(h, p);
    p = next;
    row++; lines++;
  }
  store<u32>(h, row, ROWS);
  store<u32>(h, lines, LINES);
  // A try that failed and a second one that did not leave a code behind.
  if (!stopped) clearBad();
  return p;
}

/** After the newline, or 0. */
function decodeRow(h: usize, p: usize, row: u32): usize {
  const serial = load<u32>(h, SERIAL) + 1;
  store<u32>(h, serial, SERIAL);
  const start = p;
  let slot: usize = load<u32>(h, SLOTS);
  let seen: u32 = 0;
  while (true) {
    const previous = slot;
    slot = load<u32>(previous, NEXT);
    let col: usize = 0;
    if (slot != 0 && matches(slot, p)) {
      p += load<u32>(slot, BYTES);
      col = load<u32>(slot, TO);
    } else {
      p = member(h, p, p == start);
      if (p == 0) return 0;
      if (theEnd()) break;
      slot = theSlot();
      col = theColumn();
      if (slot != 0) store<u32>(previous, <u32>slot, NEXT); else slot = previous;
    }
    if (load<u8>(p) <= 0x20) p = white(p);
    if (col == 0) p = valueEnd(p);
    else {
      if (load<u32>(col, SEEN) != serial) { store<u32>(col, serial, SEEN); seen++; }
      p = putValue(col, row, p);
    }
    if (p == 0) return 0;
    if (load<u8>(p) == 0x7d) { p++; break; }
  }
  if (load<u8>(p) != 0x0a) {
    p = white(p);
    if (load<u8>(p) != 0x0a) return bad(TRAILING, p);
  }
  if (seen != load<u32>(h, COUNT) && !missing(h, row, serial, start)) return 0;
  return p + 1;
}

