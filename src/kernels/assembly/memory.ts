// One linear memory a worker: a heap for state (AssemblyScript's TLSF), and arenas (chunks of the heap,
// bump-allocated, released together) for batches and epochs. The ceiling is on the bytes the heap has given
// out; reaching it calls the host, which throws: the error unwinds through the kernel, the query stops.

@external("env", "oom")
declare function oom(wanted: u32, used: u32): void;

let used: u32 = 0;
let ceiling: u32 = 0xffff0000;

/** Bytes in use now (state and arenas). */
export function memoryUsed(): u32 { return used; }

export function setCeiling(bytes: u32): void { ceiling = bytes; }

// TLSF keeps a block's size, with two flag bits, in the word before it.
function blockBytes(ptr: usize): u32 { return (load<u32>(ptr - 4) & ~3) + 4; }

/** The allocator has no larger block. */
const LARGEST: u32 = 0x3fffff00;

/** A block of the heap, 16-aligned. Never 0: it calls out (and does not return) when the ceiling is reached. */
export function alloc(bytes: u32): usize {
  if (bytes > ceiling - min(used, ceiling) || bytes > LARGEST) oom(bytes, used);
  const ptr = heap.alloc(bytes);
  used += blockBytes(ptr);
  return ptr;
}

let abandoned = false;

/** All of it goes at once: structures no longer go through their parts to give each of them back. */
export function abandon(): void { abandoned = true; }
export function isAbandoned(): bool { return abandoned; }

export function free(ptr: usize): void {
  if (ptr == 0) return;
  used -= blockBytes(ptr);
  heap.free(ptr);
}

/** Move a block to a larger one, keeping `keep` bytes. */
export function grow(ptr: usize, keep: u32, bytes: u32): usize {
  const moved = alloc(bytes);
  if (ptr != 0) { memory.copy(moved, ptr, keep); free(ptr); }
  return moved;
}

// Arena: [first chunk][current chunk][next free byte][end of chunk][chunk size][bytes given out]
// Chunk: [next chunk][size] then, 16-aligned, the data.
const CHUNK_HEADER: u32 = 16;

export function arenaNew(chunkBytes: u32): usize {
  const arena = alloc(32);
  store<u32>(arena, 0, 0); store<u32>(arena, 0, 4); store<u32>(arena, 0, 8); store<u32>(arena, 0, 12);
  store<u32>(arena, chunkBytes, 16); store<u32>(arena, 0, 20);
  return arena;
}

/** 16-aligned bytes that live until the arena is reset. Not zeroed. */
export function arenaAlloc(arena: usize, bytes: u32): usize {
  if (bytes > LARGEST) oom(bytes, used); // before it is rounded up and wraps
  const size = (bytes + 15) & ~15;
  const ptr = load<u32>(arena, 8);
  if (size <= load<u32>(arena, 12) - ptr) {
    store<u32>(arena, ptr + size, 8);
    return ptr;
  }
  return arenaRefill(arena, size);
}

function arenaRefill(arena: usize, size: u32): usize {
  let next: usize = load<u32>(arena, 4) == 0 ? 0 : load<u32>(load<u32>(arena, 4));
  if (next == 0 || load<u32>(next, 4) < size + CHUNK_HEADER) {
    const bytes = max(load<u32>(arena, 16), size + CHUNK_HEADER);
    const chunk = alloc(bytes);
    store<u32>(chunk, <u32>next); store<u32>(chunk, bytes, 4);
    const current: usize = load<u32>(arena, 4);
    if (current == 0) store<u32>(arena, <u32>chunk); else store<u32>(current, <u32>chunk);
    next = chunk;
  }
  store<u32>(arena, <u32>next, 4);
  const data: u32 = <u32>next + CHUNK_HEADER;
  store<u32>(arena, data + size, 8);
  store<u32>(arena, <u32>next + load<u32>(next, 4), 12);
  return data;
}

/** Forget everything in the arena; one chunk of the usual size is kept for the next use. */
export function arenaReset(arena: usize): void {
  const first: usize = load<u32>(arena);
  if (first == 0) return;
  const keep = load<u32>(first, 4) == load<u32>(arena, 16);
  let chunk: usize = keep ? load<u32>(first) : first;
  while (chunk != 0) { const next: usize = load<u32>(chunk); free(chunk); chunk = next; }
  if (keep) {
    store<u32>(first, 0);
    store<u32>(arena, <u32>first, 4); store<u32>(arena, <u32>first + CHUNK_HEADER, 8);
    store<u32>(arena, <u32>first + load<u32>(first, 4), 12);
  } else {
    store<u32>(arena, 0); store<u32>(arena, 0, 4); store<u32>(arena, 0, 8); store<u32>(arena, 0, 12);
  }
}

export function arenaFree(arena: usize): void {
  let chunk: usize = load<u32>(arena);
  while (chunk != 0) { const next: usize = load<u32>(chunk); free(chunk); chunk = next; }
  free(arena);
}

// The arena that kernels with results of unknown size (strings) write to. Set by the caller, batch by batch.
let current: usize = 0;
export function useArena(arena: usize): void { current = arena; }
export function take(bytes: u32): usize { return arenaAlloc(current, bytes); }
/** As take, for sizes that were added up: many rows may share the bytes of one long string, so sums can pass 32 bits. */
export function takeSum(bytes: u64): usize { return take(bytes > LARGEST ? u32.MAX_VALUE : max(<u32>bytes, 16)); }
/** A sum of sizes, for alloc: what is too much stays too much. */
export function sizeOf(bytes: u64): u32 { return bytes > LARGEST ? u32.MAX_VALUE : <u32>bytes; }

/** Copy whole words, a few: memory.copy is a call that costs as much as a dozen of them. */
// @ts-ignore: decorator
@inline
export function copyWords(to: usize, from: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 8) store<u64>(to + at, load<u64>(from + at));
}
