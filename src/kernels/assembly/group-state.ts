// Parts of a group's state that own memory: told by the table's list of owners, [what u32][offset in a record u32].
import { INLINE } from './layout';
import { exactDrop, exactSettle } from './exact-sum';
import { sketchDrop, sketchEmpty } from './sketch';
import { disownView } from './group-keys';
import { grow } from './memory';
import { KEYS_AT, OWNED, OWNERS, OWNER_COUNT, OWNS_EXACT, OWNS_SKETCH, OWNS_SLOT, OWNS_TEXT, RELEASED, RELEASED_COUNT, RELEASED_ROOM, STRIDE, TEMPLATE, WORDS } from './group-layout';

/** The length word of a text that holds nothing yet. */
export const NO_TEXT: u32 = 0xffffffff;

export function stateAt(table: usize): u32 { return load<u32>(table, KEYS_AT) + (load<u32>(table, WORDS) << 3); }

/** Whether the state is that of a group to which nothing was ever added: such a group can be forgotten. */
export function isBlank(table: usize, record: usize): bool {
  const owners: usize = load<u32>(table, OWNERS), count = load<u32>(table, OWNER_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const what = load<u32>(owners + (i << 3)), at = record + load<u32>(owners + (i << 3), 4);
    if (what == OWNS_EXACT && !exactSettle(table, at)) return false;
    if (what == OWNS_SKETCH && !sketchEmpty(table, at)) return false;
  }
  const from = stateAt(table);
  return memory.compare(record + from, <usize>load<u32>(table, TEMPLATE) + from, load<u32>(table, STRIDE) - from) == 0;
}

export function dropOwned(table: usize, record: usize): void {
  const owners: usize = load<u32>(table, OWNERS), count = load<u32>(table, OWNER_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const what = load<u32>(owners + (i << 3)), at = record + load<u32>(owners + (i << 3), 4);
    if (what == OWNS_EXACT) exactDrop(table, at);
    else if (what == OWNS_SKETCH) sketchDrop(table, at);
    else if (what == OWNS_TEXT) dropText(table, at);
    else if (what == OWNS_SLOT) release(table, at);
  }
}

function release(table: usize, at: usize): void {
  const slot = load<u32>(at), count = load<u32>(table, RELEASED_COUNT), room = load<u32>(table, RELEASED_ROOM);
  if (slot == 0) return;
  store<u32>(at, 0);
  if (count == room) {
    const wider = max(room * 2, 16);
    store<u32>(table, <u32>grow(load<u32>(table, RELEASED), room << 2, wider << 2), RELEASED);
    store<u32>(table, wider, RELEASED_ROOM);
  }
  store<u32>(<usize>load<u32>(table, RELEASED) + (count << 2), slot);
  store<u32>(table, count + 1, RELEASED_COUNT);
}

/** A number that a group gave back, 0 = there is none. */
export function groupReleased(table: usize): u32 {
  const count = load<u32>(table, RELEASED_COUNT);
  if (count == 0) return 0;
  store<u32>(table, count - 1, RELEASED_COUNT);
  return load<u32>(<usize>load<u32>(table, RELEASED) + ((count - 1) << 2));
}

export function dropText(table: usize, view: usize): void {
  if (load<u32>(view) == NO_TEXT || load<u32>(view) <= INLINE) return;
  store<u32>(table, load<u32>(table, OWNED) - disownView(view), OWNED);
}
