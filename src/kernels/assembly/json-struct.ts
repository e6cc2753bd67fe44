// A JSON object into the columns of a struct's fields, each where it lies; structs in structs too. A struct has no column of
// its own: it is null where all of its fields are. What is there must have every field that may not be null, also
// where the struct itself may be.

import {
  JSON, KIND, MISSING, NULLABLE, NULL_VALUE, OCCURRENCE, PARTS, PARTS_COUNT, SEEN, WRONG_TYPE, bad, blame, putNull,
} from './decode';
import { NULL, hasEscapes, keyEnd, stringEnd, unescape, unexpected, valueEnd, white } from './json-text';
import { putField } from './json-value';
import { take } from './memory';

// Member: [its column][name][bytes of the name][whether it must be there]
const MEMBER: u32 = 16;

/** Told of a member that was there and null. */
const WAS_NULL: u32 = 0x80000000;

let occurrence: u32 = 0;
/** Whether the object read last had anything that is not null. */
let filled: bool = false;
/** Whether it lacked something that may not be null: then it can only stand for null. */
let hollow: bool = false;

/** The object at p into row `row`; its end, or 0 after `bad` and `blame`. */
export function putStructOf(col: usize, row: u32, p: usize): usize {
  if (load<u8>(p) != 0x7b) {
    if (valueEnd(p) != 0) bad(WRONG_TYPE, p);
    blame(col);
    return 0;
  }
  const mine = ++occurrence & ~WAS_NULL;
  const end = putMembers(col, row, white(p + 1), mine);
  return end != 0 && settled(col, row, p, mine) ? end : 0;
}

function putMembers(col: usize, row: u32, p: usize, mine: u32): usize {
  let any = false;
  filled = false;
  while (load<u8>(p) != 0x7d) {
    const member = memberOf(col, p);
    p = keyEnd(p);
    if (p != 0) p = member == 0 ? valueEnd(p) : putMember(load<u32>(member), load<u32>(col, SEEN), row, p, mine);
    if (p == 0) return 0;
    if (member != 0) any = any || filled;
    p = white(p);
    if (load<u8>(p) == 0x7d) break;
    if (load<u8>(p) != 0x2c) return unexpected(p);
    p = white(p + 1);
    if (load<u8>(p) == 0x7d) return unexpected(p);
  }
  filled = any;
  return p + 1;
}

function putMember(child: usize, serial: u32, row: u32, p: usize, mine: u32): usize {
  store<u32>(child, serial, SEEN);
  filled = load<u32>(p) != NULL || load<u32>(child, KIND) == JSON;
  hollow = !filled;
  const end = putField(child, row, p);
  store<u32>(child, hollow ? mine | WAS_NULL : mine, OCCURRENCE);
  return end;
}

/** Members that this object did not have are null; one that may not be is missed, unless all are null: then the struct is. */
function settled(col: usize, row: u32, p: usize, mine: u32): bool {
  const members: usize = load<u32>(col, PARTS), count = load<u32>(col, PARTS_COUNT);
  const whole = filled || load<u32>(col, NULLABLE) == 0;
  hollow = false;
  for (let i: u32 = 0; i < count; i++) {
    const child: usize = load<u32>(members + i * MEMBER);
    const occurred = load<u32>(child, OCCURRENCE);
    if (occurred == mine) continue;
    const there = occurred == (mine | WAS_NULL);
    const required = load<u32>(members + i * MEMBER, 12) != 0;
    store<u32>(child, load<u32>(col, SEEN), SEEN);
    if (required) hollow = true;
    if (!(required && whole) && (there || putNull(child, row))) continue;
    bad(there ? NULL_VALUE : MISSING, p);
    blame(child);
    return false;
  }
  return true;
}

/** The member with the name in quotes at p, or 0: also where there is no good name. */
function memberOf(col: usize, p: usize): usize {
  if (load<u8>(p) != 0x22) return 0;
  const end = stringEnd(p + 1);
  if (end == 0) return 0;
  let name = p + 1, bytes = <u32>(end - name);
  if (hasEscapes()) {
    name = take(bytes);
    bytes = unescape(p + 1, end, name);
  }
  const members: usize = load<u32>(col, PARTS), count = load<u32>(col, PARTS_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const member = members + i * MEMBER;
    if (load<u32>(member, 8) == bytes && memory.compare(load<u32>(member, 4), name, bytes) == 0) return member;
  }
  return 0;
}
