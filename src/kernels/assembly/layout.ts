// The layout that kernels and TypeScript share (src/data/kind.ts is its other half; a test compares them).
// A column descriptor is 16 bytes: [kind u32][values ptr][validity ptr, 0 = no nulls][reserved].
// Values are Arrow's: booleans and validity are bitmaps (least significant bit first), numbers little endian,
// strings are 16-byte views: [length u32] then 12 inline bytes, or [prefix 4 bytes][buffer 0][address].
// A selection is an array of u32 row numbers, ascending; selection 0 means rows 0 .. n-1.

export const BOOL: u32 = 0;
export const I32: u32 = 1;
export const I64: u32 = 2;
export const F32: u32 = 3;
export const F64: u32 = 4;
export const VIEW: u32 = 5;
/** 16 bytes (decimal.ts); a kind from here on has in its upper bits 1 + the scale that its type declares. */
export const DECIMAL: u32 = 6;

/** What a decimal's type declares, at least so many digits behind the point. */
export function declaredScale(kind: u32): u32 { return kind >> 8 == 0 ? 0 : (kind >> 8) - 1; }

export const DESC: u32 = 16;
export const INLINE: u32 = 12;

export function rowAt(sel: usize, i: u32): u32 { return sel == 0 ? i : load<u32>(sel + ((<usize>i) << 2)); }

export function bitAt(bits: usize, row: u32): bool { return ((<u32>load<u8>(bits + (row >> 3)) >> (row & 7)) & 1) != 0; }

/** No bitmap means that every row is valid. */
export function isValid(bits: usize, row: u32): bool { return bits == 0 || bitAt(bits, row); }

export function setBit(bits: usize, row: u32): void {
  const at = bits + (row >> 3);
  store<u8>(at, <u8>(<u32>load<u8>(at) | (1 << (row & 7))));
}

export function clearBit(bits: usize, row: u32): void {
  const at = bits + (row >> 3);
  store<u8>(at, <u8>(<u32>load<u8>(at) & ~(1 << (row & 7))));
}

/** Bytes of a bitmap of n rows, rounded up to 16 so that kernels may work in whole vectors. */
export function bitmapBytes(n: u32): u32 { return (((n + 7) >> 3) + 15) & ~15; }

export function viewLength(view: usize): u32 { return load<u32>(view); }

export function viewBytes(view: usize): usize { return load<u32>(view) <= INLINE ? view + 4 : <usize>load<u32>(view, 12); }

/** Write a view of bytes that stay where they are (longer than 12), or inline them. */
export function putView(view: usize, bytes: usize, length: u32): void {
  store<u32>(view, length);
  if (length <= INLINE) {
    store<u64>(view, 0, 4); store<u32>(view, 0, 12);
    memory.copy(view + 4, bytes, length);
  } else {
    store<u32>(view, load<u32>(bytes), 4);
    store<u32>(view, 0, 8);
    store<u32>(view, <u32>bytes, 12);
  }
}
