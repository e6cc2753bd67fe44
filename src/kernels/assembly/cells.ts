// Lists, maps, and the structs inside them, as bytes in order (src/data/cells.ts is the other half; docs/notes/nested.md the
// specification). They are written to a buffer of this file, whose end is theirs alone while a value is built.
//   element  01 value | 02 null
//   list     elements 00          map   (01 key, element)… 00, by key          struct   an element per field

import { BINARY, BOOLEAN, DATE, DECIMAL, DOUBLE, FLOAT, INT, INTERVAL, JSON, STRING, TIME, TIMESTAMP, UUID, precisionOf, scaleOf } from './decode';
import { putText, readText, readValue, textBytes, writeValue } from './keybytes';
import { BOOL, DECIMAL as PLACES, F32, F64, I32, I64, VIEW, viewBytes } from './layout';
import { free, grow } from './memory';
import { INTERVAL_BYTES, UUID_BYTES } from './time-types';

export const END: u8 = 0;
export const VALUE: u8 = 1;
export const NULL_ELEMENT: u8 = 2;

// What a column, an element or a field is: [logical kind][nullable][number of parts][first part][name][its bytes].
// The parts of a list are its element, of a map key and value, of a struct its fields.
export const SHAPE: u32 = 32;
export const SHAPE_KIND: usize = 0;
export const SHAPE_NULLABLE: usize = 4;
export const SHAPE_COUNT: usize = 8;
export const SHAPE_PARTS: usize = 12;
export const SHAPE_NAME: usize = 16;
export const SHAPE_NAME_BYTES: usize = 20;

let buffer: usize = 0;
let capacity: u32 = 0;
let used: u32 = 0;

export function cellsUsed(): u32 { return used; }
export function cellsReset(to: u32): void { used = to; }
/** Where offset `at` of the buffer is now; it moves when the buffer grows. */
export function cellsAt(at: u32): usize { return buffer + at; }

export function cellsRoom(bytes: u32): usize {
  if (bytes > capacity - used) {
    const larger = max(capacity * 2, used + bytes + 1024);
    buffer = grow(buffer, used, larger);
    capacity = larger;
  }
  return buffer + used;
}

/** Give the buffer back. */
export function cellsRelease(): void { free(buffer); buffer = 0; capacity = 0; used = 0; }

export function cellsByte(byte: u8): void {
  store<u8>(cellsRoom(1), byte);
  used++;
}

/** Append bytes of the buffer itself. */
export function cellsCopy(from: u32, to: u32): void {
  const target = cellsRoom(to - from);
  memory.copy(target, buffer + from, to - from);
  used += to - from;
}

/** Bytes that were written since `middle` take the place of all since `start`. */
export function cellsReplace(start: u32, middle: u32): void {
  memory.copy(buffer + start, buffer + middle, used - middle);
  used = start + used - middle;
}

function physical(kind: u32): u32 {
  if (kind >= DECIMAL) return precisionOf(kind) == 0 ? PLACES : PLACES | ((scaleOf(kind) + 1) << 8);
  if (kind == INT || kind == TIMESTAMP || kind == TIME) return I64;
  if (kind == DOUBLE) return F64;
  if (kind == DATE) return I32;
  if (kind == FLOAT) return F32;
  return kind == BOOLEAN ? BOOL : VIEW;
}

/** Append the value of a plain kind that lies in `slot`, as row 0 of a column. */
export function cellsValue(kind: u32, slot: usize): void {
  if (kind == UUID || kind == INTERVAL) {
    const bytes: u32 = kind == UUID ? UUID_BYTES : INTERVAL_BYTES;
    memory.copy(cellsRoom(bytes), viewBytes(slot), bytes);
    used += bytes;
  } else if (kind == STRING || kind == BINARY || kind == JSON) {
    used += <u32>(putText(cellsRoom(textBytes(slot)), slot, 0) - cellsAt(used));
  } else {
    used += <u32>(writeValue(cellsRoom(16), physical(kind), slot, 0, 0) - cellsAt(used));
  }
}

/** The other way: a value of a plain kind into `slot`; text of more than 12 bytes goes to the arena in use. The value's end. */
export function cellToSlot(kind: u32, from: usize, slot: usize): usize {
  if (kind == UUID || kind == INTERVAL) {
    const bytes: u32 = kind == UUID ? UUID_BYTES : INTERVAL_BYTES;
    store<u32>(slot, bytes); store<u32>(slot, <u32>from, 12);
    return from + bytes;
  }
  if (kind == STRING || kind == BINARY || kind == JSON) return readText(from, slot, 0);
  return readValue(from, physical(kind), slot, 0, 0);
}
