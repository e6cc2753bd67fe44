// The marks of a stretch of lines: the addresses of all quotes, escapes and control characters (so newlines too), 64 bytes
// at a time, before anything is parsed (Langdale & Lemire, Parsing gigabytes of JSON per second, 2019: their first
// stage). Where one value ends then no longer waits for where the one before it does.

/** Bytes looked at in one go: they and their marks stay in the first cache. */
export const STRETCH: u32 = 8192;
const BLOCK: u32 = 64;
/** Room for the marks of a stretch, all its bytes being marks, the block that passes it and seven that are too many. */
export const MARKS_BYTES: u32 = (STRETCH + BLOCK + 8) << 2;

let marksEnd: usize = 0;
let ascii: bool = true;

/** Behind the last mark of the last call. */
// @ts-ignore: decorator
@inline
export function theMarksEnd(): usize { return marksEnd; }
/** Whether the last stretch was ASCII. */
// @ts-ignore: decorator
@inline
export function allAscii(): bool { return ascii; }

// In memory, not as constants: those are made anew in registers wherever they are used, three instructions each.
const VECTORS = memory.data<u8>([
  0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02,
  0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20,
  0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c,
], 16);

/** Write the addresses of the marks in [p, end), a stretch at most, and up to 63 bytes behind it to `marks`. */
export function findMarks(p: usize, end: usize, marks: usize): void {
  const two = v128.load(VECTORS), space = v128.load(VECTORS, 16), escape = v128.load(VECTORS, 32);
  let to = marks;
  let high = i8x16.splat(0);
  for (; p < end; p += BLOCK) {
    const a = v128.load(p), b = v128.load(p, 16), c = v128.load(p, 32), d = v128.load(p, 48);
    high = v128.or(high, v128.or(v128.or(a, b), v128.or(c, d)));
    const low = marksOf(a, two, space, escape) | (marksOf(b, two, space, escape) << 16);
    const rest = marksOf(c, two, space, escape) | (marksOf(d, two, space, escape) << 16);
    const bits = <u64>low | (<u64>rest << 32);
    const after = to + (<usize>popcnt(bits) << 2);
    // Eight at a time: those that are too many are overwritten by the next block's.
    let left = eightMarks(bits, p, to);
    if (to + 32 < after) {
      left = eightMarks(left, p, to + 32);
      if (to + 64 < after) manyMarks(left, p, to + 64);
    }
    to = after;
  }
  marksEnd = to;
  ascii = i8x16.bitmask(high) == 0;
}

/** Quotes and control characters become 0 .. 0x20 with one bit turned, a space and what else there is do not. */
// @ts-ignore: decorator
@inline
function marksOf(v: v128, two: v128, space: v128, escape: v128): u32 {
  const turned = v128.xor(v, two);
  return i8x16.bitmask(v128.or(i8x16.eq(i8x16.min_u(turned, space), turned), i8x16.eq(v, escape)));
}

/** The marks of 16 bytes. */
// @ts-ignore: decorator
@inline
export function marksIn(v: v128): u32 { return marksOf(v, v128.load(VECTORS), v128.load(VECTORS, 16), v128.load(VECTORS, 32)); }

/** The lowest eight; the bits that are left. */
// @ts-ignore: decorator
@inline
function eightMarks(bits: u64, p: usize, to: usize): u64 {
  store<u32>(to, <u32>(p + <usize>ctz(bits))); bits &= bits - 1;
  store<u32>(to, <u32>(p + <usize>ctz(bits)), 4); bits &= bits - 1;
  store<u32>(to, <u32>(p + <usize>ctz(bits)), 8); bits &= bits - 1;
  store<u32>(to, <u32>(p + <usize>ctz(bits)), 12); bits &= bits - 1;
  store<u32>(to, <u32>(p + <usize>ctz(bits)), 16); bits &= bits - 1;
  store<u32>(to, <u32>(p + <usize>ctz(bits)), 20); bits &= bits - 1;
  store<u32>(to, <u32>(p + <usize>ctz(bits)), 24); bits &= bits - 1;
  store<u32>(to, <u32>(p + <usize>ctz(bits)), 28); bits &= bits - 1;
  return bits;
}

function manyMarks(bits: u64, p: usize, to: usize): void {
  for (; bits != 0; to += 32) bits = eightMarks(bits, p, to);
}
