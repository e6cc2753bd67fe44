// A JSON array or object as the bytes of a list, a map or a struct inside them. Elements are checked as columns of their
// types are. Of equal keys the last counts, as everywhere in JSON; entries of maps are sorted by key, fields stand in
// the order of the type.

import { BINARY, BOOLEAN, DOUBLE, FLOAT, INT, JSON, LIST, MAP, MISSING, NULL_VALUE, STRUCT, WRONG_TYPE, bad } from './decode';
import {
  END, NULL_ELEMENT, SHAPE, SHAPE_COUNT, SHAPE_KIND, SHAPE_NAME, SHAPE_NAME_BYTES, SHAPE_NULLABLE, SHAPE_PARTS, VALUE,
  cellsAt, cellsByte, cellsCopy, cellsReplace, cellsReset, cellsUsed, cellsValue,
} from './cells';
import { NULL, hasEscapes, keyEnd, stringEnd, unescape, unexpected, valueEnd, white } from './json-text';
import { plainText, putScalar } from './json-value';
import { putView } from './layout';
import { alloc, free, take } from './memory';

const SLOT = memory.data(16, 16);

/** The value at p into the view of a list or a map; the end of the value, or 0 after `bad`. */
export function putNested(shape: usize, view: usize, p: usize): usize {
  cellsReset(0);
  const end = putCell(shape, p);
  if (end == 0) return 0;
  const bytes = take(cellsUsed());
  memory.copy(bytes, cellsAt(0), cellsUsed());
  putView(view, bytes, cellsUsed());
  return end;
}

function putCell(shape: usize, p: usize): usize {
  const kind = load<u32>(shape, SHAPE_KIND);
  if (kind == LIST) return putList(load<u32>(shape, SHAPE_PARTS), p);
  if (kind == MAP) return putMap(load<u32>(shape, SHAPE_PARTS), p);
  if (kind == STRUCT) return putStruct(shape, p);
  const end = putScalar(kind, SLOT, 0, p);
  if (end != 0) cellsValue(kind, SLOT);
  return end;
}

function putElement(shape: usize, p: usize): usize {
  if (load<u32>(p) == NULL) {
    if (load<u32>(shape, SHAPE_NULLABLE) != 0) { cellsByte(NULL_ELEMENT); return p + 4; }
    if (load<u32>(shape, SHAPE_KIND) != JSON) return bad(NULL_VALUE, p);
  }
  cellsByte(VALUE);
  return putCell(shape, p);
}

/** Valid JSON, but not what the type takes. */
function wrong(p: usize): usize { return valueEnd(p) == 0 ? 0 : bad(WRONG_TYPE, p); }

function putList(element: usize, p: usize): usize {
  if (load<u8>(p) != 0x5b) return wrong(p);
  p = white(p + 1);
  if (load<u8>(p) == 0x5d) { cellsByte(END); return p + 1; }
  while (true) {
    p = putElement(element, p);
    if (p == 0) return 0;
    p = white(p);
    if (load<u8>(p) == 0x5d) { cellsByte(END); return p + 1; }
    if (load<u8>(p) != 0x2c) return unexpected(p);
    p = white(p + 1);
  }
}

// Pieces of the buffer that are put in order later: [start][end of the key][end].
const PIECE: u32 = 12;

function putMap(key: usize, p: usize): usize {
  if (load<u8>(p) != 0x7b) return wrong(p);
  const start = cellsUsed();
  let pieces: usize = 0, room: u32 = 0, count: u32 = 0;
  p = white(p + 1);
  if (load<u8>(p) == 0x7d) { cellsByte(END); return p + 1; }
  while (true) {
    if (count == room) {
      const larger = alloc(max<u32>(room * 2, 16) * PIECE);
      memory.copy(larger, pieces, room * PIECE);
      free(pieces);
      pieces = larger; room = max<u32>(room * 2, 16);
    }
    p = putEntry(key, p, pieces + count * PIECE);
    count++;
    if (p == 0) break;
    p = white(p);
    if (load<u8>(p) == 0x7d) break;
    if (load<u8>(p) != 0x2c) { p = unexpected(p); break; }
    p = white(p + 1);
  }
  if (p != 0) inOrder(pieces, count, start);
  free(pieces);
  return p == 0 ? 0 : p + 1;
}

function putEntry(key: usize, p: usize, piece: usize): usize {
  store<u32>(piece, cellsUsed());
  const value = keyEnd(p);
  if (value == 0) return 0;
  cellsByte(VALUE);
  if (!putKey(load<u32>(key, SHAPE_KIND), p)) return 0;
  store<u32>(piece, cellsUsed(), 4);
  const end = putElement(key + SHAPE, white(value));
  store<u32>(piece, cellsUsed(), 8);
  return end;
}

/** A member's name as a key: as it is where JSON writes the type as a string, else by what it says. */
function putKey(kind: u32, p: usize): bool {
  const bare = kind == INT || kind == DOUBLE || kind == FLOAT || kind == BOOLEAN;
  if (!bare) {
    if (putScalar(kind, SLOT, 0, p) == 0) return false;
  } else {
    const text = plainText(p + 1, stringEnd(p + 1));
    const end = putScalar(kind, SLOT, 0, text);
    if (end == 0 || load<u8>(end) != 0x22) { bad(WRONG_TYPE, p); return false; }
  }
  cellsValue(kind, SLOT);
  return true;
}

/** Entries by key, of equal keys the last; the buffer then holds the map from `start` on. */
function inOrder(pieces: usize, count: u32, start: u32): void {
  for (let root = count / 2; root > 0; root--) sift(pieces, root - 1, count);
  for (let last = count - 1; last > 0; last--) {
    exchange(pieces, pieces + last * PIECE);
    sift(pieces, 0, last);
  }
  const middle = cellsUsed();
  for (let i: u32 = 0; i < count; i++) {
    const piece = pieces + i * PIECE;
    if (i + 1 < count && compareKeys(piece, piece + PIECE) == 0) continue;
    cellsCopy(load<u32>(piece), load<u32>(piece, 8));
  }
  cellsByte(END);
  cellsReplace(start, middle);
}

function compareKeys(a: usize, b: usize): i32 {
  const x = load<u32>(a), y = load<u32>(b);
  const left = load<u32>(a, 4) - x, right = load<u32>(b, 4) - y;
  const order = memory.compare(cellsAt(x), cellsAt(y), min(left, right));
  return order != 0 ? order : <i32>left - <i32>right;
}

/** By key, then by place. */
function before(a: usize, b: usize): bool {
  const order = compareKeys(a, b);
  return order < 0 || (order == 0 && load<u32>(a) < load<u32>(b));
}

function exchange(a: usize, b: usize): void {
  const first = load<u64>(a), last = load<u32>(a, 8);
  store<u64>(a, load<u64>(b)); store<u32>(a, load<u32>(b, 8), 8);
  store<u64>(b, first); store<u32>(b, last, 8);
}

function sift(pieces: usize, root: u32, count: u32): void {
  while (true) {
    let child = root * 2 + 1;
    if (child >= count) return;
    if (child + 1 < count && before(pieces + child * PIECE, pieces + (child + 1) * PIECE)) child++;
    if (!before(pieces + root * PIECE, pieces + child * PIECE)) return;
    exchange(pieces + root * PIECE, pieces + child * PIECE);
    root = child;
  }
}

function putStruct(shape: usize, p: usize): usize {
  if (load<u8>(p) != 0x7b) return wrong(p);
  const count = load<u32>(shape, SHAPE_COUNT), fields: usize = load<u32>(shape, SHAPE_PARTS);
  const start = cellsUsed();
  const pieces = alloc(count * PIECE);
  memory.fill(pieces, 0xff, count * PIECE);
  const end = putMembers(fields, count, pieces, white(p + 1));
  const done = end != 0 && emit(fields, count, pieces, start, p);
  free(pieces);
  return done ? end : 0;
}

function putMembers(fields: usize, count: u32, pieces: usize, p: usize): usize {
  if (load<u8>(p) == 0x7d) return p + 1;
  while (true) {
    const name = p + 1;
    p = keyEnd(p);
    if (p == 0) return 0;
    const field = fieldOf(fields, count, name);
    p = white(p);
    const at = cellsUsed();
    p = field == count ? valueEnd(p) : putElement(fields + field * SHAPE, p);
    if (p == 0) return 0;
    if (field != count) { store<u32>(pieces + field * PIECE, at); store<u32>(pieces + field * PIECE, cellsUsed(), 8); }
    p = white(p);
    if (load<u8>(p) == 0x7d) return p + 1;
    if (load<u8>(p) != 0x2c) return unexpected(p);
    p = white(p + 1);
  }
}

/** The number of the field with the name that begins at `key`; `count` if there is none. */
function fieldOf(fields: usize, count: u32, key: usize): u32 {
  const end = stringEnd(key);
  let name = key, bytes = <u32>(end - key);
  if (hasEscapes()) {
    name = take(bytes);
    bytes = unescape(key, end, name);
  }
  for (let i: u32 = 0; i < count; i++) {
    const field = fields + i * SHAPE;
    if (load<u32>(field, SHAPE_NAME_BYTES) == bytes && memory.compare(load<u32>(field, SHAPE_NAME), name, bytes) == 0) return i;
  }
  return count;
}

/** The fields in their order; false if one is missing that may not be null. */
function emit(fields: usize, count: u32, pieces: usize, start: u32, p: usize): bool {
  const middle = cellsUsed();
  for (let i: u32 = 0; i < count; i++) {
    const from = load<u32>(pieces + i * PIECE);
    if (from != u32.MAX_VALUE) { cellsCopy(from, load<u32>(pieces + i * PIECE, 8)); continue; }
    if (load<u32>(fields + i * SHAPE, SHAPE_NULLABLE) == 0) { bad(MISSING, p); return false; }
    cellsByte(NULL_ELEMENT);
  }
  cellsReplace(start, middle);
  return true;
}
