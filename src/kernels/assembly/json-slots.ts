// What stands between two values of a JSON line, learned: a slot is such a text (`,"price":`, white space included), the
// column it announces, and the slot that followed it last time.

import { COLUMN, COLUMNS, COUNT, HEADER, NAME, NAME_BYTES, NOT_OBJECT, bad } from './decode';
import { hasEscapes, keyEnd, stringEnd, unescape, unexpected, white } from './json-text';
import { arenaAlloc, take } from './memory';

// The decoder's own fields, behind those that all decoders share.
export const SLOTS: usize = HEADER;
const USED: usize = HEADER + 4;
const TABLE: usize = HEADER + 8;
export const ARENA: usize = HEADER + 12;
/** Learned text, bytes: bounded, so that keys which never come again can't eat the memory. */
const LEARNED: usize = HEADER + 16;
/** How many slots there may be, and the table's size (a power of two) less one. */
const MOST: usize = HEADER + 20;
const WRAP: usize = HEADER + 24;
/** Bytes of the fields up to here. */
export const SLOTS_HEADER: u32 = 28;

// Slot: [first 16 bytes of the text][their mask][whole text][bytes][column or 0][next slot][hash]
export const SLOT: u32 = 64;
export const MASK: usize = 16;
export const TEXT: usize = 32;
export const BYTES: usize = 36;
export const TO: usize = 40;
export const NEXT: usize = 44;
const HASH: usize = 48;
/** Slot 0 stands for the row's begin: its next is the first key. */
const SLOTS_LEAST: u32 = 1024;
const TEXT_MOST: u32 = 256;
/** Bytes of learned text a slot on average. */
const TEXT_USUAL: u32 = 64;

/** No slots yet. */
export function newSlots(h: usize, arena: usize, count: u32): void {
  // A wide row needs two slots a column where columns come and go; more is room for keys that nobody asked for.
  const most = max(SLOTS_LEAST, min<u32>(count * 4, 32768));
  const size: u32 = 1 << (34 - clz<u32>(most - 1));
  store<u32>(h, most, MOST);
  store<u32>(h, size - 1, WRAP);
  store<u32>(h, <u32>arenaAlloc(arena, most * SLOT), SLOTS);
  memory.fill(load<u32>(h, SLOTS), 0, SLOT);
  store<u32>(h, 1, USED);
  store<u32>(h, <u32>arenaAlloc(arena, size * 2), TABLE);
  memory.fill(load<u32>(h, TABLE), 0, size * 2);
  store<u32>(h, <u32>arena, ARENA);
}

// @ts-ignore: decorator
@inline
export function matches(slot: usize, p: usize): bool {
  if (v128.any_true(v128.and(v128.xor(v128.load(p), v128.load(slot)), v128.load(slot, MASK)))) return false;
  return load<u32>(slot, BYTES) <= 16 || restMatches(slot, p);
}

function restMatches(slot: usize, p: usize): bool {
  const text: usize = load<u32>(slot, TEXT), bytes: usize = load<u32>(slot, BYTES);
  // The text is at most TEXT_MOST long, and the chunk has as many readable bytes behind it.
  return memory.compare(text + 16, p + 16, bytes - 16) == 0;
}

let memberEnds: bool = false;
let memberSlot: usize = 0;
let memberColumn: usize = 0;

/** Whether the last call of member has found the row's end instead. */
export function theEnd(): bool { return memberEnds; }
/** The slot that the last call of member has found, or 0. */
export function theSlot(): usize { return memberSlot; }
/** The column it announces, or 0. */
export function theColumn(): usize { return memberColumn; }

/** The long way from the end of a value (or the row's begin) to the next value: finds or learns the slot. */
export function member(h: usize, start: usize, first: bool): usize {
  memberEnds = false;
  let p = white(start);
  if (load<u8>(p) != (first ? 0x7b : 0x2c)) {
    if (first) return bad(NOT_OBJECT, p);
    if (load<u8>(p) != 0x7d) return unexpected(p);
    memberEnds = true;
    return p + 1;
  }
  p = white(p + 1);
  if (first && load<u8>(p) == 0x7d) { memberEnds = true; return p + 1; }
  const key = p + 1;
  const value = keyEnd(p);
  if (value == 0) return 0;
  const bytes = <u32>(value - start);
  const hash = hashOf(start, bytes);
  memberSlot = bytes > TEXT_MOST ? 0 : find(h, start, bytes, hash);
  if (memberSlot != 0) { memberColumn = load<u32>(memberSlot, TO); return value; }
  memberColumn = columnOf(h, key);
  if (bytes <= TEXT_MOST) learn(h, start, bytes, hash);
  return value;
}

function hashOf(p: usize, bytes: u32): u32 {
  let hash: u32 = 0x811c9dc5;
  for (let i: u32 = 0; i < bytes; i++) hash = (hash ^ load<u8>(p + i)) * 0x01000193;
  return hash;
}

function find(h: usize, p: usize, bytes: u32, hash: u32): usize {
  const table: usize = load<u32>(h, TABLE), slots: usize = load<u32>(h, SLOTS), wrap = load<u32>(h, WRAP);
  let i = hash & wrap;
  while (true) {
    const number: u32 = load<u16>(table + (<usize>i << 1));
    if (number == 0) return 0;
    i = (i + 1) & wrap;
    const slot = slots + number * SLOT;
    if (load<u32>(slot, HASH) != hash || load<u32>(slot, BYTES) != bytes) continue;
    if (memory.compare(load<u32>(slot, TEXT), p, bytes) == 0) return slot;
  }
}

function learn(h: usize, p: usize, bytes: u32, hash: u32): void {
  const number = load<u32>(h, USED), learned = load<u32>(h, LEARNED) + bytes;
  const most = load<u32>(h, MOST), wrap = load<u32>(h, WRAP);
  if (number == most || learned > most * TEXT_USUAL) return;
  store<u32>(h, number + 1, USED);
  store<u32>(h, learned, LEARNED);
  const slot = <usize>load<u32>(h, SLOTS) + number * SLOT;
  const text = arenaAlloc(load<u32>(h, ARENA), max(bytes, 16));
  memory.copy(text, p, bytes);
  memory.fill(slot, 0, SLOT);
  memory.copy(slot, p, min(bytes, 16));
  memory.fill(slot + MASK, 0xff, min(bytes, 16));
  store<u32>(slot, <u32>text, TEXT); store<u32>(slot, bytes, BYTES);
  store<u32>(slot, <u32>memberColumn, TO); store<u32>(slot, hash, HASH);
  const table: usize = load<u32>(h, TABLE);
  let i = hash & wrap;
  while (load<u16>(table + (<usize>i << 1)) != 0) i = (i + 1) & wrap;
  store<u16>(table + (<usize>i << 1), <u16>number);
  memberSlot = slot;
}

/** The asked column with the name that begins at `key`, or 0. */
function columnOf(h: usize, key: usize): usize {
  const end = stringEnd(key);
  let name = key, bytes = <u32>(end - key);
  if (hasEscapes()) {
    name = take(bytes);
    bytes = unescape(key, end, name);
  }
  const columns: usize = load<u32>(h, COLUMNS), count = load<u32>(h, COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const col = columns + i * COLUMN;
    if (load<u32>(col, NAME_BYTES) == bytes && memory.compare(load<u32>(col, NAME), name, bytes) == 0) return col;
  }
  return 0;
}
