// Records of one size, at addresses that never change: slabs of the heap, each with its own free list, given back
// when their last record goes.
// Slab: [next][previous][live][free list][next fresh][end] and 8 spare bytes, then records. Slabs with room are a list.
import { alloc, free } from './memory';
import { COUNT, HEADER_SLAB, ROOM, SLAB_BYTES, STRIDE } from './group-layout';

const NEXT: usize = 0, PREVIOUS: usize = 4, LIVE: usize = 8, FREED: usize = 12, FRESH: usize = 16, END: usize = 20;
const SLAB_HEADER: u32 = 32;
const SLAB_MAX: u32 = 1 << 16;

function link(table: usize, slab: usize): void {
  const first: usize = load<u32>(table, ROOM);
  store<u32>(slab, <u32>first, NEXT); store<u32>(slab, 0, PREVIOUS);
  if (first != 0) store<u32>(first, <u32>slab, PREVIOUS);
  store<u32>(table, <u32>slab, ROOM);
}

function unlink(table: usize, slab: usize): void {
  const next: usize = load<u32>(slab, NEXT), previous: usize = load<u32>(slab, PREVIOUS);
  if (previous == 0) store<u32>(table, <u32>next, ROOM); else store<u32>(previous, <u32>next, NEXT);
  if (next != 0) store<u32>(next, <u32>previous, PREVIOUS);
}

/** Slabs grow with the table: a single group costs hundreds of bytes, a million of them waste next to nothing. */
function newSlab(table: usize): usize {
  const stride = load<u32>(table, STRIDE);
  const wanted = min(SLAB_MAX, max(stride * 4, load<u32>(table, COUNT) * stride >> 2));
  const bytes = max(wanted / stride, 1) * stride;
  const slab = alloc(bytes + SLAB_HEADER);
  store<u32>(slab, 0, LIVE); store<u32>(slab, 0, FREED);
  store<u32>(slab, <u32>slab + SLAB_HEADER, FRESH); store<u32>(slab, <u32>slab + SLAB_HEADER + bytes, END);
  store<u32>(table, load<u32>(table, SLAB_BYTES) + bytes + SLAB_HEADER, SLAB_BYTES);
  link(table, slab);
  return slab;
}

/** Room for one record, not initialised but for its slab word. */
export function takeRecord(table: usize): usize {
  let slab: usize = load<u32>(table, ROOM);
  if (slab == 0) slab = newSlab(table);
  let record: usize = load<u32>(slab, FREED);
  if (record != 0) store<u32>(slab, load<u32>(record), FREED);
  else {
    record = load<u32>(slab, FRESH);
    store<u32>(slab, <u32>record + load<u32>(table, STRIDE), FRESH);
  }
  store<u32>(slab, load<u32>(slab, LIVE) + 1, LIVE);
  if (!hasRoom(slab)) unlink(table, slab);
  store<u32>(record, <u32>slab, HEADER_SLAB);
  return record;
}

function hasRoom(slab: usize): bool { return load<u32>(slab, FREED) != 0 || load<u32>(slab, FRESH) < load<u32>(slab, END); }

export function giveRecord(table: usize, record: usize): void {
  const slab: usize = load<u32>(record, HEADER_SLAB) & ~15;
  const live = load<u32>(slab, LIVE) - 1;
  if (!hasRoom(slab)) link(table, slab);
  store<u32>(record, load<u32>(slab, FREED));
  store<u32>(slab, <u32>record, FREED);
  store<u32>(slab, live, LIVE);
  if (live != 0) return;
  unlink(table, slab);
  const bytes = load<u32>(slab, END) - <u32>slab;
  store<u32>(table, load<u32>(table, SLAB_BYTES) - bytes, SLAB_BYTES);
  free(slab);
}
