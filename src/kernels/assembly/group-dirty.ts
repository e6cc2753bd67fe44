// What has changed since the last save: a list of records, each knowing its place in it, and the keys of groups that
// are gone. Neither costs anything unless the table is durable.
import { grow } from './memory';
import { DIRTY, DIRTY_COUNT, DIRTY_ROOM, DURABLE, GONE, GONE_BYTES, GONE_ROOM, HEADER_DIRTY } from './group-layout';
import { keyEntryBytes, writeKey } from './group-key-entry';

export const DELETED: u32 = 0xffffffff;

/** The place is counted from 1: 0 is a clean record. */
export function markDirty(table: usize, record: usize): void {
  const count = load<u32>(table, DIRTY_COUNT), room = load<u32>(table, DIRTY_ROOM);
  if (count == room) {
    const wider = max(room * 2, 64);
    store<u32>(table, <u32>grow(load<u32>(table, DIRTY), room << 2, wider << 2), DIRTY);
    store<u32>(table, wider, DIRTY_ROOM);
  }
  store<u32>(<usize>load<u32>(table, DIRTY) + (count << 2), <u32>record);
  store<u32>(table, count + 1, DIRTY_COUNT);
  store<u32>(record, count + 1, HEADER_DIRTY);
}

/** A record has changed in a way that only the caller knows. */
export function groupMark(table: usize, record: usize): void {
  if (load<u32>(table, DURABLE) != 0 && load<u32>(record, HEADER_DIRTY) == 0) markDirty(table, record);
}

export function unmarkDirty(table: usize, record: usize): void {
  const place = load<u32>(record, HEADER_DIRTY);
  if (place == 0) return;
  const list: usize = load<u32>(table, DIRTY), last = load<u32>(table, DIRTY_COUNT) - 1;
  const moved = load<u32>(list + (last << 2));
  store<u32>(list + ((place - 1) << 2), moved);
  store<u32>(<usize>moved, place, HEADER_DIRTY);
  store<u32>(record, 0, HEADER_DIRTY);
  store<u32>(table, last, DIRTY_COUNT);
}

export function logGone(table: usize, record: usize): void {
  const bytes = load<u32>(table, GONE_BYTES), room = load<u32>(table, GONE_ROOM), keyBytes = keyEntryBytes(table, record);
  const wanted = bytes + 8 + keyBytes;
  if (wanted > room) {
    const wider = max(max(room * 2, wanted), 1024);
    store<u32>(table, <u32>grow(load<u32>(table, GONE), bytes, wider), GONE);
    store<u32>(table, wider, GONE_ROOM);
  }
  const to = <usize>load<u32>(table, GONE) + bytes;
  store<u32>(to, keyBytes); store<u32>(to, DELETED, 4);
  writeKey(table, record, to + 8);
  store<u32>(table, wanted, GONE_BYTES);
}
