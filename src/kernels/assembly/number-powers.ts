// Powers of ten to 128 bits, for reading and writing doubles. Entry q (-342 .. 324) is 5^q scaled into
// [2^127, 2^128) and truncated; computed once, exactly, with a long number that is multiplied or divided by 5.

export const LEAST: i32 = -342;
export const MOST: i32 = 324;

const LIMBS: i32 = 64;
const table = memory.data((324 + 342 + 1) * 16, 16);
const limbs = memory.data(64 * 4, 16);
let ready: bool = false;

/** Address of the entry for q: [high u64][low u64]. */
export function power(q: i32): usize {
  if (!ready) build();
  return table + (<usize>(q - LEAST) << 4);
}

function build(): void {
  // limbs[0] is the least. 5^324 has 753 bits; 2^2047 / 5^342 still has 1252.
  memory.fill(limbs, 0, LIMBS * 4);
  store<u32>(limbs, 1);
  for (let q: i32 = 0; q <= MOST; q++) { keep(q); times5(); }
  memory.fill(limbs, 0, LIMBS * 4);
  store<u32>(limbs + (LIMBS - 1) * 4, 0x80000000);
  for (let q: i32 = -1; q >= LEAST; q--) { by5(); keep(q); }
  ready = true;
}

function times5(): void {
  let carry: u64 = 0;
  for (let i: i32 = 0; i < LIMBS; i++) {
    carry += <u64>load<u32>(limbs + i * 4) * 5;
    store<u32>(limbs + i * 4, <u32>carry);
    carry >>= 32;
  }
}

function by5(): void {
  let rest: u64 = 0;
  for (let i: i32 = LIMBS - 1; i >= 0; i--) {
    rest = (rest << 32) | load<u32>(limbs + i * 4);
    store<u32>(limbs + i * 4, <u32>(rest / 5));
    rest %= 5;
  }
}

function limb(i: i32): u64 { return i < 0 ? 0 : <u64>load<u32>(limbs + i * 4); }

/** The 128 bits from the highest one on. */
function keep(q: i32): void {
  let top: i32 = LIMBS - 1;
  while (limb(top) == 0) top--;
  const shift = <u64>clz<u32>(<u32>limb(top));
  const a = (limb(top) << 32) | limb(top - 1);
  const b = (limb(top - 2) << 32) | limb(top - 3);
  const c = limb(top - 4) << 32;
  const at = table + (<usize>(q - LEAST) << 4);
  store<u64>(at, shift == 0 ? a : (a << shift) | (b >> (64 - shift)));
  store<u64>(at, shift == 0 ? b : (b << shift) | (c >> (64 - shift)), 8);
}

let lowHalf: u64 = 0;

/** High 64 bits of a 64 × 64 bit product; the low ones are productLow(). */
export function productHigh(a: u64, b: u64): u64 {
  const al = a & 0xffffffff, ah = a >> 32, bl = b & 0xffffffff, bh = b >> 32;
  const ll = al * bl, lh = al * bh, hl = ah * bl;
  const mid = (ll >> 32) + (lh & 0xffffffff) + (hl & 0xffffffff);
  lowHalf = (ll & 0xffffffff) | (mid << 32);
  return ah * bh + (lh >> 32) + (hl >> 32) + (mid >> 32);
}

export function productLow(): u64 { return lowHalf; }
