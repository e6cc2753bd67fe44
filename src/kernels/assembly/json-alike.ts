// Rows that look alike: the same texts between the values, the same columns, values of the same kinds. Such a row is read
// from its begin to its end without asking what comes next. Law: a row that is taken here is the same, value for value, as
// decodeRow makes it; what differs in any way is left to decodeRow, which also tells what is wrong with it. Every byte is
// checked: texts by comparing them, values by their own grammar.

import { COUNT, DOUBLE, HEADER, INT, KIND, SEEN, SERIAL, STARTS, STRING, TIMESTAMP, VALUES, missing, putText, putValid, see } from './decode';
import { learnMinute, plainInstant } from './datetime';
import { textMarks } from './json-marks';
import { BYTES, MASK, NEXT, SLOTS, SLOTS_HEADER, TEXT, TO, matches } from './json-slots';
import { hasEscapes, stringEnd, valueEnd, white } from './json-text';
import { putValue } from './json-value';
import { arenaAlloc } from './memory';
import { plainDigits, plainDouble, plainInt, plainLong, plainNumber } from './number-plain';

// The decoder's fields for it: [members][room][the text that ends a row, 0: nothing is known]
// [1: every asked column is there][trust][rows to wait][patience][arena][trust that plainRow can decode it]
const MEMBERS: usize = HEADER + SLOTS_HEADER;
const ROOM: usize = MEMBERS + 4;
const TAIL: usize = MEMBERS + 8;
const WHOLE: usize = MEMBERS + 12;
const TRUST: usize = MEMBERS + 16;
const WAIT: usize = MEMBERS + 20;
const PATIENCE: usize = MEMBERS + 24;
const FROM: usize = MEMBERS + 28;
const PLAIN: usize = MEMBERS + 32;
export const ALIKE_HEADER: u32 = 36;

// Member: a text, as in a slot, with the quotes of the values before and behind it, and the column behind it, then
// [how the value is read][last 16 bytes of the text][1: the value is a string]. The slot's text is without the quotes.
const MEMBER: u32 = 80;
const HOW: usize = 44;
const LAST: usize = 48;
const QUOTED: usize = 64;
const MEMBERS_MOST: u32 = 512;

// How a value is read; SKIP and PUT by anyRow alone.
const SKIP_TEXT: u32 = 0;
const SKIP_DIGITS: u32 = 1;
const SKIP_NUMBER: u32 = 2;
const SKIP: u32 = 3;
const PUT_TEXT: u32 = 4;
const PUT_DIGITS: u32 = 5;
const PUT_INT: u32 = 6;
const PUT_DOUBLE: u32 = 7;
const PUT_TIME: u32 = 8;
const PUT: u32 = 9;

const TRUST_MOST: u32 = 64;
const TRUST_FIRST: u32 = 4;
const DISAPPOINTED: u32 = 4;
const PATIENCE_MOST: u32 = 1024;

export function newAlike(h: usize, arena: usize): void {
  store<u32>(h, 1, PATIENCE);
  store<u32>(h, <u32>arena, FROM);
}

let rows: u32 = 0;

/** Whether it is known what rows look like. */
// @ts-ignore: decorator
@inline
export function knowsRows(h: usize): bool { return load<u32>(h, TAIL) != 0; }
/** Rows that the last call of decodeAlike has decoded. */
export function alikeRows(): u32 { return rows; }

/** Decode rows from p on as long as they are alike; where the first one begins that is not (or `end`, or enough rows). */
export function decodeAlike(h: usize, p: usize, end: usize, row: u32, most: u32, longest: u32): usize {
  const first = row, starts: usize = load<u32>(h, STARTS);
  let plain = load<u32>(h, PLAIN);
  while (p < end && row < most) {
    let next: usize = plain != 0 ? plainRow(h, p, row) : 0;
    if (next != 0) plain = min(plain + 1, TRUST_MOST);
    else {
      next = anyRow(h, p, row);
      plain -= min(plain, DISAPPOINTED);
    }
    if (next == 0 || next - p > longest) break;
    store<u32>(starts + ((<usize>row) << 2), <u32>p);
    p = next;
    row++;
  }
  rows = row - first;
  store<u32>(h, plain, PLAIN);
  rate(h, rows, p < end && row < most);
  return p;
}

/**
 * After the row at `start`, if its texts are those of the members and its values as usual; else 0. A function without calls:
 * they cost registers also where they are not made. What was written of a row that is not taken is written again.
 */
function plainRow(h: usize, start: usize, row: u32): usize {
  const tail: usize = load<u32>(h, TAIL);
  let m: usize = load<u32>(h, MEMBERS), p = start;
  while (true) {
    const bytes: usize = load<u32>(m, BYTES);
    if (differs(m, p, bytes)) return 0;
    p += bytes;
    if (m == tail) return p;
    // No text lies at address 0: what is not as usual differs in the next turn.
    p = usualValue(m, row, p, true);
    m += MEMBER;
  }
}

/** As plainRow, with texts and values of any kind and length. */
function anyRow(h: usize, start: usize, row: u32): usize {
  const tail: usize = load<u32>(h, TAIL);
  let m: usize = load<u32>(h, MEMBERS), p = start;
  while (true) {
    const bytes: usize = load<u32>(m, BYTES);
    if (differs(m, p, bytes) || (bytes > 32 && memory.compare(p + 16, load<u32>(m, TEXT) + 16, bytes - 32) != 0)) return 0;
    p += bytes;
    if (m == tail) return load<u32>(h, WHOLE) != 0 || absent(h, row, start) ? p : 0;
    const next = usualValue(m, row, p, false);
    p = load<u8>(next) == load<u8>(m, MEMBER) ? next : unusualValue(m, row, p);
    if (p == 0) return 0;
    m += MEMBER;
  }
}

/** Whether the text at p is not a member's, in its first and last 16 bytes. */
// @ts-ignore: decorator
@inline
function differs(m: usize, p: usize, bytes: usize): bool {
  let differ = v128.and(v128.xor(v128.load(p), v128.load(m)), v128.load(m, MASK));
  if (bytes > 16) differ = v128.or(differ, v128.xor(v128.load(p + bytes - 16), v128.load(m, LAST)));
  return v128.any_true(differ);
}

/** Where the value at p ends, if it is as usual: the next text has to begin there, or it was not. Of a string both without its quotes. */
// @ts-ignore: decorator
@inline
function usualValue(m: usize, row: u32, p: usize, ascii: bool): usize {
  const how = load<u32>(m, HOW);
  if (how == SKIP_TEXT) return ascii ? asciiEnd(p) : stringEnd(p);
  if (how == SKIP_DIGITS) return plainDigits(p);
  if (how == SKIP_NUMBER) return plainNumber(p);
  const col: usize = load<u32>(m, TO), values: usize = load<u32>(col, VALUES);
  let end: usize = 0;
  if (how == PUT_TEXT) {
    end = ascii ? asciiEnd(p) : plainEnd(p);
    putText(values + ((<usize>row) << 4), p, <u32>(end - p));
  } else {
    const to = values + ((<usize>row) << 3);
    if (how == PUT_DIGITS) end = plainInt(p, to);
    else if (how == PUT_TIME) end = plainInstant(p, to) ? p + 24 : 0;
    else if (how == PUT_INT) end = plainLong(p, to);
    else if (how == PUT_DOUBLE) end = plainDouble(p, to);
    if (end == 0) return 0;
  }
  putValid(col, row);
  return end;
}

/** The first byte from p on that is no plain text, or not ASCII. */
// @ts-ignore: decorator
@inline
function asciiEnd(p: usize): usize {
  let marks = textMarks(v128.load(p));
  while (marks == 0) {
    p += 16;
    marks = textMarks(v128.load(p));
  }
  return p + <usize>ctz(marks);
}

/** Where a string ends that is what it looks like; 0: it has escapes, or is none. */
function plainEnd(p: usize): usize {
  const end = stringEnd(p);
  return hasEscapes() ? 0 : end;
}

/** As usualValue for any value, or 0: from then on the like of it is usual, where it can be. */
function unusualValue(m: usize, row: u32, p: usize): usize {
  const how = load<u32>(m, HOW), quote: usize = load<u32>(m, QUOTED), from = p - quote;
  const end = how <= SKIP ? valueEnd(from) : putValue(load<u32>(m, TO), row, from);
  if (end == 0) return 0;
  if (how == PUT_TIME && end - from == 26) learnMinute(p);
  if (how == SKIP_DIGITS) store<u32>(m, SKIP_NUMBER, HOW);
  if (how == PUT_DIGITS) store<u32>(m, PUT_INT, HOW);
  return end - quote;
}

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
  store<u32>(h, <u32>tail, TAIL);
  store<u32>(h, TRUST_FIRST, TRUST);
}

/** Write the members of the valid row at p, whose texts are the slots in use; the last one's address, or 0. */
function membersOf(h: usize, p: usize): usize {
  const serial = load<u32>(h, SERIAL) + 1;
  store<u32>(h, serial, SERIAL);
  let slot: usize = load<u32>(h, SLOTS), count: u32 = 0, seen: u32 = 0, from = p, plain = true;
  while (true) {
    slot = load<u32>(slot, NEXT);
    if (slot == 0 || !matches(slot, p)) return 0;
    const before = p;
    p += load<u32>(slot, BYTES);
    const col: usize = load<u32>(slot, TO), end = valueEnd(p), quoted = load<u8>(p) == 0x22;
    if (load<u8>(p) <= 0x20 || end == 0) return 0;
    if (col != 0) { if (load<u32>(col, SEEN) == serial) return 0; store<u32>(col, serial, SEEN); seen++; }
    const m = memberAt(h, count++);
    if (m == 0) return 0;
    putMember(m, from, p + <usize>quoted);
    // The text's own bytes lie in the slot, which it may begin one byte before.
    store<u32>(m, load<u32>(slot, TEXT) - <u32>(from != before), TEXT);
    from = end - <usize>quoted;
    const how = howOf(col, quoted, p);
    store<u32>(m, <u32>col, TO); store<u32>(m, how, HOW); store<u32>(m, <u32>quoted, QUOTED);
    plain = plain && how != SKIP && how != PUT && load<u32>(m, BYTES) <= 32;
    p = end;
    if (load<u8>(white(p)) == 0x7d) break;
  }
  const whole = seen == load<u32>(h, COUNT);
  store<u32>(h, <u32>whole, WHOLE);
  store<u32>(h, whole && plain ? TRUST_MOST : 0, PLAIN);
  const tail = memberAt(h, count);
  if (tail == 0 || behindLine(p) - from > 32) return 0;
  putMember(tail, from, behindLine(p));
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
function putMember(m: usize, p: usize, end: usize): void {
  const bytes = <u32>(end - p);
  memory.fill(m, 0, MEMBER);
  memory.copy(m, p, min(bytes, 16));
  memory.fill(m + MASK, 0xff, min(bytes, 16));
  if (bytes > 16) memory.copy(m + LAST, end - 16, 16);
  store<u32>(m, bytes, BYTES);
}

function howOf(col: usize, quoted: bool, p: usize): u32 {
  if (col == 0) return quoted ? SKIP_TEXT : plainDigits(p) != 0 ? SKIP_DIGITS : plainNumber(p) != 0 ? SKIP_NUMBER : SKIP;
  const kind = load<u32>(col, KIND);
  if (quoted) return kind == STRING ? PUT_TEXT : kind == TIMESTAMP ? PUT_TIME : PUT;
  return kind == INT ? PUT_DIGITS : kind == DOUBLE ? PUT_DOUBLE : PUT;
}
