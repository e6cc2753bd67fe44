// Rows that look alike: the same texts between the values, the same columns, strings where strings were. For such rows it
// is known beforehand which mark (json-marks.ts) begins and ends which value, so no value waits for the end of the one
// before it. Law: a row that is taken here is the same, value for value, as decodeRow makes it; what differs in any way
// is left to decodeRow, which also tells what is wrong with it. Every byte is checked: texts by comparing them, strings
// by having no marks inside (and UTF-8 by rows, where a stretch is not ASCII), all other values by their own grammar.

import { COUNT, HEADER, INT, KIND, SEEN, SERIAL, STARTS, STRING, TIMESTAMP, VALUES, missing, putText, putValid, see } from './decode';
import { MARKS_BYTES, STRETCH, allAscii, findMarks, theMarksEnd } from './json-marks';
import { BYTES, MASK, NEXT, SLOTS, SLOTS_HEADER, TEXT, TO, matches } from './json-slots';
import { valueEnd, white } from './json-text';
import { learnMinute, plainInstant } from './datetime';
import { putValue } from './json-value';
import { arenaAlloc } from './memory';
import { plainInt, plainNumber } from './number';
import { utf8Check } from './utf8-check';

// The decoder's fields for it: [members][room][the text that ends a row, 0: nothing is known][bytes of a row's marks]
// [1: every asked column is there][trust][rows to wait][patience][marks][arena]
// [1: plainRow can decode it]
const MEMBERS: usize = HEADER + SLOTS_HEADER;
const ROOM: usize = MEMBERS + 4;
const TAIL: usize = MEMBERS + 8;
const ROW_MARKS: usize = MEMBERS + 12;
const WHOLE: usize = MEMBERS + 16;
const TRUST: usize = MEMBERS + 20;
const WAIT: usize = MEMBERS + 24;
const PATIENCE: usize = MEMBERS + 28;
const MARKS: usize = MEMBERS + 32;
const FROM: usize = MEMBERS + 36;
const PLAIN: usize = MEMBERS + 40;
export const ALIKE_HEADER: u32 = 44;

// Member: a text, as in a slot, with the quotes of the values before and behind it, and the column behind it, then
// [where in the text its first mark is][bytes of the marks up to the next text][how the value is read][last 16 bytes of the text]
const MEMBER: u32 = 80;
const LEAD: usize = 44;
const MARKED: usize = 48;
const HOW: usize = 52;
const LAST: usize = 64;
const MEMBERS_MOST: u32 = 512;

// How a value is read.
const SKIP_TEXT: u32 = 0;
const SKIP_NUMBER: u32 = 1;
const PUT_TEXT: u32 = 2;
const PUT_INT: u32 = 3;
const PUT_TIME: u32 = 4;
// From here on not without calls.
const SKIP: u32 = 5;
const PUT_QUOTED: u32 = 6;
const PUT: u32 = 7;

/** No address: what plainRow says of a row that anyRow may still decode. */
const NOT_PLAIN: usize = 1;

const TRUST_MOST: u32 = 64;
const TRUST_FIRST: u32 = 4;
const DISAPPOINTED: u32 = 4;
const PATIENCE_MOST: u32 = 1024;

export function newAlike(h: usize, arena: usize): void {
  store<u32>(h, 1, PATIENCE);
  store<u32>(h, <u32>arena, FROM);
}

// Of the stretch that was looked at last: the mark to go on with, and the end.
let mark: usize = 0;
let marksEnd: usize = 0;
let rows: u32 = 0;

/** Nothing has been looked at: the chunk may be another. */
export function forgetMarks(): void { mark = 0; marksEnd = 0; }
/** Whether it is known what rows look like. */
// @ts-ignore: decorator
@inline
export function knowsRows(h: usize): bool { return load<u32>(h, TAIL) != 0; }
/** Rows that the last call of decodeAlike has decoded. */
export function alikeRows(): u32 { return rows; }

/** Decode rows from p on as long as they are alike; where the first one begins that is not (or `end`, or enough rows). */
export function decodeAlike(h: usize, p: usize, end: usize, row: u32, most: u32, longest: u32): usize {
  const first = row, starts: usize = load<u32>(h, STARTS), bytes: usize = load<u32>(h, ROW_MARKS);
  const plain = load<u32>(h, PLAIN) != 0;
  while (mark < marksEnd && <usize>load<u32>(mark) < p) mark += 4;
  while (p < end && row < most) {
    if (mark + bytes > marksEnd && !stretch(h, p, min(end, p + min(STRETCH, (most - row) << 10)), bytes)) break;
    let next = plain ? plainRow(h, p, row) : NOT_PLAIN;
    if (next == NOT_PLAIN) next = anyRow(h, p, row);
    if (next == 0 || next - p > longest || (!allAscii() && utf8Check(p, next) != next)) break;
    store<u32>(starts + ((<usize>row) << 2), <u32>p);
    mark += bytes;
    p = next;
    row++;
  }
  rows = row - first;
  rate(h, rows, p < end && row < most);
  return p;
}

/** Look at more; whether that is a row or more. */
function stretch(h: usize, p: usize, end: usize, bytes: usize): bool {
  mark = load<u32>(h, MARKS);
  findMarks(p, end, mark);
  marksEnd = theMarksEnd();
  return mark + bytes <= marksEnd;
}

/** As anyRow, without calls, which cost registers: NOT_PLAIN if a value is not of the usual form. */
function plainRow(h: usize, start: usize, row: u32): usize { return alikeRow(h, start, row, true); }
function anyRow(h: usize, start: usize, row: u32): usize { return alikeRow(h, start, row, false); }

/**
 * After the row at p; 0 if it differs. The texts are compared as they come, and looked at once, at the end: until then
 * values may be read that are none, and are written again by whoever decodes the row.
 */
// @ts-ignore: decorator
@inline
function alikeRow(h: usize, start: usize, row: u32, plain: bool): usize {
  const tail: usize = load<u32>(h, TAIL);
  let m: usize = load<u32>(h, MEMBERS), at = mark, text = <usize>load<u32>(at) - load<u32>(m, LEAD);
  let wrong = text ^ start, differ = i8x16.splat(0);
  while (true) {
    const bytes: usize = load<u32>(m, BYTES), p = text + bytes;
    differ = v128.or(differ, v128.and(v128.xor(v128.load(text), v128.load(m)), v128.load(m, MASK)));
    if (bytes > 16) {
      differ = v128.or(differ, v128.xor(v128.load(p - 16), v128.load(m, LAST)));
      if (!plain && bytes > 32 && memory.compare(text + 16, load<u32>(m, TEXT) + 16, bytes - 32) != 0) return 0;
    }
    if (m == tail) {
      if (wrong != 0 || v128.any_true(differ)) return 0;
      return plain || load<u32>(h, WHOLE) != 0 || absent(h, row, start) ? p : 0;
    }
    const how = load<u32>(m, HOW), col: usize = load<u32>(m, TO);
    at += load<u32>(m, MARKED);
    m += MEMBER;
    text = <usize>load<u32>(at) - load<u32>(m, LEAD);
    // Between two texts: a string without its quotes, or any other value.
    if (how == SKIP_TEXT) continue;
    if (how == SKIP_NUMBER) {
      if (plainNumber(p, <u32>(text - p))) continue;
      if (plain) return odd(wrong, differ);
      wrong |= valueEnd(p) ^ text;
    } else if (how == PUT_TEXT) {
      putText(<usize>load<u32>(col, VALUES) + ((<usize>row) << 4), p, <u32>(text - p));
      putValid(col, row);
    } else if (how == PUT_INT) {
      if (plainInt(p, <u32>(text - p), <usize>load<u32>(col, VALUES) + ((<usize>row) << 3))) putValid(col, row);
      else if (plain) return odd(wrong, differ);
      else wrong |= putAny(col, row, p) ^ text;
    } else if (how == PUT_TIME) {
      if (text - p == 24 && plainInstant(p, <usize>load<u32>(col, VALUES) + ((<usize>row) << 3))) putValid(col, row);
      else if (plain) return odd(wrong, differ);
      else {
        wrong |= putAny(col, row, p - 1) ^ (text + 1);
        if (wrong == 0 && text - p == 24) learnMinute(p);
      }
    } else if (plain) return NOT_PLAIN;
    else if (how == SKIP) wrong |= valueEnd(p) ^ text;
    else if (how == PUT_QUOTED) wrong |= putAny(col, row, p - 1) ^ (text + 1);
    else wrong |= putAny(col, row, p) ^ text;
  }
}

// @ts-ignore: decorator
@inline
function odd(wrong: usize, differ: v128): usize { return wrong != 0 || v128.any_true(differ) ? 0 : NOT_PLAIN; }

function putAny(col: usize, row: u32, p: usize): usize { return putValue(col, row, p); }

/** The asked columns that such rows do not have. */
function absent(h: usize, row: u32, start: usize): bool {
  const serial = load<u32>(h, SERIAL) + 1, tail: usize = load<u32>(h, TAIL);
  store<u32>(h, serial, SERIAL);
  for (let m: usize = load<u32>(h, MEMBERS); m != tail; m += MEMBER) {
    const col: usize = load<u32>(m, TO);
    if (col != 0) see(col, serial);
  }
  return missing(h, row, serial, start);
}

/** What was learned is dropped when it fails too often; then some rows pass before the next try, more each time. */
function rate(h: usize, good: u32, failed: bool): void {
  const trust = min(load<u32>(h, TRUST) + good, TRUST_MOST);
  if (trust == TRUST_MOST) store<u32>(h, 1, PATIENCE);
  if (!failed) { store<u32>(h, trust, TRUST); return; }
  if (trust >= DISAPPOINTED) { store<u32>(h, trust - DISAPPOINTED, TRUST); return; }
  store<u32>(h, 0, TRUST);
  giveUp(h);
}

function giveUp(h: usize): void {
  const patience = load<u32>(h, PATIENCE);
  store<u32>(h, 0, TAIL);
  store<u32>(h, patience, WAIT);
  store<u32>(h, min(patience << 1, PATIENCE_MOST), PATIENCE);
}

/** The row at p was decoded the long way: perhaps the next ones are like it. */
export function learnRow(h: usize, p: usize): void {
  const wait = load<u32>(h, WAIT);
  if (wait != 0) { store<u32>(h, wait - 1, WAIT); return; }
  const tail = membersOf(h, p);
  if (tail == 0) { giveUp(h); return; }
  if (load<u32>(h, MARKS) == 0) store<u32>(h, <u32>arenaAlloc(load<u32>(h, FROM), MARKS_BYTES), MARKS);
  store<u32>(h, <u32>tail, TAIL);
  store<u32>(h, TRUST_FIRST, TRUST);
}

/** Write the members of the valid row at p, whose texts are the slots in use; the last one's address, or 0. */
function membersOf(h: usize, p: usize): usize {
  const serial = load<u32>(h, SERIAL) + 1;
  store<u32>(h, serial, SERIAL);
  let slot: usize = load<u32>(h, SLOTS), count: u32 = 0, seen: u32 = 0, all: u32 = 0, from = p, plain = true;
  while (true) {
    slot = load<u32>(slot, NEXT);
    if (slot == 0 || !matches(slot, p)) return 0;
    const before = p;
    p += load<u32>(slot, BYTES);
    const col: usize = load<u32>(slot, TO), end = valueEnd(p), quoted = load<u8>(p) == 0x22;
    if (load<u8>(p) <= 0x20 || end == 0) return 0;
    if (col != 0) { if (load<u32>(col, SEEN) == serial) return 0; store<u32>(col, serial, SEEN); seen++; }
    const m = memberAt(h, count++);
    if (m == 0 || !putMember(m, from, p + <usize>quoted)) return 0;
    // The text's own bytes lie in the slot, which it may begin one byte before.
    store<u32>(m, load<u32>(slot, TEXT) - <u32>(from != before), TEXT);
    from = end - <usize>quoted;
    const inside = countMarks(p + <usize>quoted, from);
    if (quoted && inside != 0) return 0;
    store<u32>(m, load<u32>(m, MARKED) + (inside << 2), MARKED);
    const how = howOf(col, quoted, p, end);
    store<u32>(m, <u32>col, TO); store<u32>(m, how, HOW);
    plain = plain && how < SKIP && load<u32>(m, BYTES) <= 32;
    all += load<u32>(m, MARKED);
    p = end;
    if (load<u8>(white(p)) == 0x7d) break;
  }
  const whole = seen == load<u32>(h, COUNT);
  store<u32>(h, <u32>whole, WHOLE);
  store<u32>(h, <u32>(whole && plain), PLAIN);
  const tail = memberAt(h, count);
  if (tail == 0 || behindLine(p) - from > 32 || !putMember(tail, from, behindLine(p))) return 0;
  store<u32>(h, all + load<u32>(tail, MARKED), ROW_MARKS);
  return tail;
}

function behindLine(p: usize): usize {
  while (load<u8>(p) != 0x0a) p++;
  return p + 1;
}

/** Room for one more, those before it kept; 0 if they are too many. */
function memberAt(h: usize, number: u32): usize {
  const room = load<u32>(h, ROOM), members: usize = load<u32>(h, MEMBERS);
  if (number < room) return members + number * MEMBER;
  if (number == MEMBERS_MOST) return 0;
  const more = arenaAlloc(load<u32>(h, FROM), max(room * 2, 16) * MEMBER);
  if (room != 0) memory.copy(more, members, room * MEMBER);
  store<u32>(h, <u32>more, MEMBERS);
  store<u32>(h, max(room * 2, 16), ROOM);
  return more + number * MEMBER;
}

/** The text [p, end) is what precedes the value of m. */
function putMember(m: usize, p: usize, end: usize): bool {
  const bytes = <u32>(end - p), marks = countMarks(p, end);
  if (marks == 0) return false;
  memory.fill(m, 0, MEMBER);
  memory.copy(m, p, min(bytes, 16));
  memory.fill(m + MASK, 0xff, min(bytes, 16));
  if (bytes > 16) memory.copy(m + LAST, end - 16, 16);
  store<u32>(m, bytes, BYTES); store<u32>(m, leadOf(p), LEAD); store<u32>(m, marks << 2, MARKED);
  return true;
}

function leadOf(p: usize): u32 {
  let lead: u32 = 0;
  while (!isMark(load<u8>(p + lead))) lead++;
  return lead;
}

function isMark(c: u32): bool { return c < 0x20 || c == 0x22 || c == 0x5c; }

function countMarks(p: usize, end: usize): u32 {
  let n: u32 = 0;
  for (; p < end; p++) n += <u32>isMark(load<u8>(p));
  return n;
}

function howOf(col: usize, quoted: bool, p: usize, end: usize): u32 {
  if (col == 0) return quoted ? SKIP_TEXT : plainNumber(p, <u32>(end - p)) ? SKIP_NUMBER : SKIP;
  const kind = load<u32>(col, KIND);
  if (!quoted) return kind == INT ? PUT_INT : PUT;
  return kind == STRING ? PUT_TEXT : kind == TIMESTAMP ? PUT_TIME : PUT_QUOTED;
}
