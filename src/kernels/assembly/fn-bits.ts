// Bitmaps and selections: three-valued logic, and how and/or/case/coalesce look only at the rows that need it.
// Bitmap kernels work on whole bitmaps (16 bytes at a time), whatever the selection.
import { BOOL, VIEW, rowAt, bitAt, isValid, setBit, clearBit, bitmapBytes } from './layout'
import { OK } from './raise'

export function andBits(n: u32, a: usize, b: usize, out: usize): void {
  const bytes = bitmapBytes(n);
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, v128.and(v128.load(a + i), v128.load(b + i)));
}

export function orBits(n: u32, a: usize, b: usize, out: usize): void {
  const bytes = bitmapBytes(n);
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, v128.or(v128.load(a + i), v128.load(b + i)));
}

/** a and not b */
export function andNotBits(n: u32, a: usize, b: usize, out: usize): void {
  const bytes = bitmapBytes(n);
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, v128.andnot(v128.load(a + i), v128.load(b + i)));
}

export function xorBits(n: u32, a: usize, b: usize, out: usize): void {
  const bytes = bitmapBytes(n);
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, v128.xor(v128.load(a + i), v128.load(b + i)));
}

export function notBits(n: u32, sel: usize, valid: usize, a: usize, out: usize): i32 {
  const bytes = bitmapBytes(n);
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, v128.not(v128.load(a + i)));
  return OK;
}

export function eqBits(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  const bytes = bitmapBytes(n);
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, v128.not(v128.xor(v128.load(a + i), v128.load(b + i))));
  return OK;
}

/** false < true */
export function ltBits(n: u32, sel: usize, valid: usize, a: usize, b: usize, out: usize): i32 {
  andNotBits(n, b, a, out);
  return OK;
}

/** The selected rows whose bit is set and valid, as a selection; how many. `out` has room for 8 more than n. */
export function keepTrue(n: u32, sel: usize, bits: usize, valid: usize, out: usize): u32 {
  return sel == 0 ? selectDense(n, bits, valid, out) : selectSparse(n, sel, bits, valid, out);
}

// For every byte, the places of its set bits: eight rows are selected with two stores, whatever the bits.
const PLACES = memory.data(2048);
let placesReady = false;

function fillPlaces(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let to = PLACES + (<usize>byte << 3);
    for (let bit: u32 = 0; bit < 8; bit++) if ((byte >> bit) & 1) store<u8>(to++, <u8>bit);
  }
  placesReady = true;
}

function selectDense(n: u32, bits: usize, valid: usize, out: usize): u32 {
  if (!placesReady) fillPlaces();
  let to = out;
  for (let row: u32 = 0; row < n; row += 8) {
    let byte = <u32>load<u8>(bits + (row >> 3));
    if (valid != 0) byte &= <u32>load<u8>(valid + (row >> 3));
    if (n - row < 8) byte &= (1 << (n - row)) - 1;
    const places = v128.load_ext<u8>(PLACES + (<usize>byte << 3));
    const base = i32x4.splat(row);
    v128.store(to, i32x4.add(base, i32x4.extend_low_i16x8_u(places)));
    v128.store(to, i32x4.add(base, i32x4.extend_high_i16x8_u(places)), 16);
    to += <usize>popcnt(byte) << 2;
  }
  return <u32>((to - out) >> 2);
}

function selectSparse(n: u32, sel: usize, bits: usize, valid: usize, out: usize): u32 {
  let to = out;
  for (let i: u32 = 0; i < n; i++) {
    const row = load<u32>(sel + (<usize>i << 2));
    const keep = bitAt(bits, row) && isValid(valid, row);
    store<u32>(to, row);
    to += <usize>(keep ? 4 : 0);
  }
  return <u32>((to - out) >> 2);
}

/** The selected rows that keepTrue leaves out. */
export function keepRest(n: u32, sel: usize, bits: usize, valid: usize, out: usize): u32 {
  let to = out;
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    const drop = bitAt(bits, row) && isValid(valid, row);
    store<u32>(to, row);
    to += <usize>(drop ? 0 : 4);
  }
  return <u32>((to - out) >> 2);
}

/**
 * One more argument of AND (decisive 0) or OR (decisive 1): rows where it is known and decisive are decided and leave
 * the selection; where it is null the answer is null unless a later argument decides. known may be 0 if none is null.
 */
export function decide(n: u32, sel: usize, bits: usize, valid: usize, decisive: u32, out: usize, known: usize, rest: usize): u32 {
  let to = rest;
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    const isKnown = isValid(valid, row);
    if (isKnown && <u32>bitAt(bits, row) == decisive) {
      if (decisive != 0) setBit(out, row); else clearBit(out, row);
      if (known != 0) setBit(known, row);
      continue;
    }
    if (!isKnown && known != 0) clearBit(known, row);
    store<u32>(to, row);
    to += 4;
  }
  return <u32>((to - rest) >> 2);
}

/** Copy the selected rows of a column of a physical kind into another; outValid 0 if none is null. */
export function copyRows(n: u32, sel: usize, kind: u32, a: usize, valid: usize, out: usize, outValid: usize): void {
  if (kind == BOOL) {
    for (let i: u32 = 0; i < n; i++) { const row = rowAt(sel, i); if (bitAt(a, row)) setBit(out, row); else clearBit(out, row); }
  } else if (kind >= VIEW) {
    for (let i: u32 = 0; i < n; i++) { const at = <usize>rowAt(sel, i) << 4; v128.store(out + at, v128.load(a + at)); }
  } else if (kind == 1 || kind == 3) {
    for (let i: u32 = 0; i < n; i++) { const at = <usize>rowAt(sel, i) << 2; store<u32>(out + at, load<u32>(a + at)); }
  } else {
    for (let i: u32 = 0; i < n; i++) { const at = <usize>rowAt(sel, i) << 3; store<u64>(out + at, load<u64>(a + at)); }
  }
  if (outValid == 0) return;
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if (isValid(valid, row)) setBit(outValid, row); else clearBit(outValid, row);
  }
}
