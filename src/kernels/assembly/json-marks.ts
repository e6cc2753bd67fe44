// What a JSON string may not hold as it is: quotes, escapes, control characters. Sixteen bytes at once, a bit for each.

// In memory: vectors that are constants are made anew wherever they are used, three instructions each.
const TWO = memory.data<u8>([2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2], 16);
const SPACE = memory.data<u8>([32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32], 16);
const FIRST_TEXT = memory.data<u8>([33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33], 16);
const ESCAPE = memory.data<u8>([92, 92, 92, 92, 92, 92, 92, 92, 92, 92, 92, 92, 92, 92, 92, 92], 16);

// With one bit turned, quotes and control characters are 0 .. 0x20, a space and what else there is are not.

/** The marks of 16 bytes. */
// @ts-ignore: decorator
@inline
export function marksIn(v: v128): u32 {
  const turned = v128.xor(v, v128.load(TWO));
  const low = i8x16.eq(i8x16.min_u(turned, v128.load(SPACE)), turned);
  return i8x16.bitmask(v128.or(low, i8x16.eq(v, v128.load(ESCAPE))));
}

/** The marks of 16 bytes, and those that are not ASCII (negative). */
// @ts-ignore: decorator
@inline
export function textMarks(v: v128): u32 {
  const low = i8x16.gt_s(v128.load(FIRST_TEXT), v128.xor(v, v128.load(TWO)));
  return i8x16.bitmask(v128.or(low, i8x16.eq(v, v128.load(ESCAPE))));
}
