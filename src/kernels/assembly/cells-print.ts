// Lists, maps and the structs inside them as JSON: the other way of cells-json.ts. Names of fields are given as JSON has
// them, with their quotes and colon.

import { BOOLEAN, INT, LIST, MAP, STRUCT } from './decode';
import {
  END, SHAPE, SHAPE_COUNT, SHAPE_KIND, SHAPE_NAME, SHAPE_NAME_BYTES, SHAPE_PARTS, VALUE, cellToSlot,
} from './cells';
import { room } from './encode';
import { putJsonValue } from './encode-json';

const SLOT = memory.data(16, 16);

/** Where the cell that was printed last ends. */
let after: usize = 0;

/** The cell at `from` as JSON at `to`; the end of the text (the buffer may have moved). */
export function printCell(h: usize, to: usize, shape: usize, from: usize): usize {
  const kind = load<u32>(shape, SHAPE_KIND);
  to = room(h, to, 16);
  if (kind == LIST) return printList(h, to, load<u32>(shape, SHAPE_PARTS), from);
  if (kind == MAP) return printMap(h, to, load<u32>(shape, SHAPE_PARTS), from);
  if (kind == STRUCT) return printStruct(h, to, shape, from);
  after = cellToSlot(kind, from, SLOT);
  to = putJsonValue(h, to, kind, SLOT, 0);
  return to;
}

function printElement(h: usize, to: usize, shape: usize, from: usize): usize {
  if (load<u8>(from) == VALUE) return printCell(h, to, shape, from + 1);
  after = from + 1;
  to = room(h, to, 16);
  store<u32>(to, 0x6c6c756e);
  return to + 4;
}

// @ts-ignore: decorator
@inline
function put(h: usize, to: usize, byte: u8): usize {
  to = room(h, to, 16);
  store<u8>(to, byte);
  return to + 1;
}

function printList(h: usize, to: usize, element: usize, from: usize): usize {
  to = put(h, to, 0x5b);
  for (let first = true; load<u8>(from) != END; first = false) {
    if (!first) to = put(h, to, 0x2c);
    to = printElement(h, to, element, from);
    from = after;
  }
  after = from + 1;
  return put(h, to, 0x5d);
}

function printMap(h: usize, to: usize, key: usize, from: usize): usize {
  const kind = load<u32>(key, SHAPE_KIND);
  const bare = kind == INT || kind == BOOLEAN;
  to = put(h, to, 0x7b);
  for (let first = true; load<u8>(from) != END; first = false) {
    if (!first) to = put(h, to, 0x2c);
    if (bare) to = put(h, to, 0x22);
    to = printCell(h, to, key, from + 1);
    if (bare) to = put(h, to, 0x22);
    to = put(h, to, 0x3a);
    to = printElement(h, to, key + SHAPE, after);
    from = after;
  }
  after = from + 1;
  return put(h, to, 0x7d);
}

function printStruct(h: usize, to: usize, shape: usize, from: usize): usize {
  const count = load<u32>(shape, SHAPE_COUNT), fields: usize = load<u32>(shape, SHAPE_PARTS);
  to = put(h, to, 0x7b);
  after = from;
  for (let i: u32 = 0; i < count; i++) {
    const field = fields + i * SHAPE, bytes = load<u32>(field, SHAPE_NAME_BYTES);
    if (i > 0) to = put(h, to, 0x2c);
    to = room(h, to, bytes);
    memory.copy(to, load<u32>(field, SHAPE_NAME), bytes);
    to = printElement(h, to + bytes, field, after);
  }
  return put(h, to, 0x7d);
}
