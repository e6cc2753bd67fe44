// UTF-8 checked 16 bytes at a time: three table look-ups on half bytes give for each pair of neighbours the set of errors
// it may be, and what is left in all three is one (Keiser & Lemire, Validating UTF-8 in less than one instruction per
// byte, 2021). Only where something is wrong, the sequences are walked to find the place.

import { utf8Broken } from './utf8';

const SHORT: u8 = 1;
const LONG: u8 = 2;
// 4: a three-byte form of less, 8: above U+10FFFF, 16: a surrogate, 32: a two-byte form of less, 64: a four-byte form of
// less, or above U+10FFFF.
const TWO_TAILS: u8 = 128;
const CARRY: u8 = 131;

const FIRST_HIGH = memory.data<u8>([
  LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, TWO_TAILS, TWO_TAILS, TWO_TAILS, TWO_TAILS,
  33, SHORT, 21, 73,
], 16);
const FIRST_LOW = memory.data<u8>([
  231, 163, CARRY, CARRY, 139, 203, 203, 203, 203, 203, 203, 203, 203, 219, 203, 203,
], 16);
const SECOND_HIGH = memory.data<u8>([
  SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, 230, 174, 186, 186, SHORT, SHORT, SHORT, SHORT,
], 16);

const KEEP = memory.data<u8>([
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16);

/** The errors in a block; `before` is the block in front of it. */
// @ts-ignore: decorator
@inline
function errorsOf(v: v128, before: v128): v128 {
  const low = i8x16.splat(15);
  const one = v128.shuffle<i8>(before, v, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  const two = v128.shuffle<i8>(before, v, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
  const three = v128.shuffle<i8>(before, v, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
  const pairs = v128.and(
    v128.and(
      i8x16.swizzle(v128.load(FIRST_HIGH), i8x16.shr_u(one, 4)),
      i8x16.swizzle(v128.load(FIRST_LOW), v128.and(one, low)),
    ),
    i8x16.swizzle(v128.load(SECOND_HIGH), i8x16.shr_u(v, 4)),
  );
  // The third and fourth byte of a sequence must be the second of two tails, and nothing else may be.
  const tails = v128.or(i8x16.sub_sat_u(two, i8x16.splat(0x60)), i8x16.sub_sat_u(three, i8x16.splat(0x70)));
  return v128.xor(v128.and(tails, i8x16.splat(-128)), pairs);
}

/** The first byte in [p, end) that is not part of valid UTF-8, or `end`. */
export function utf8Check(p: usize, end: usize): usize {
  // At the very end of the memory, nothing may be read behind the text.
  if (<u64>end + 16 > <u64>memory.size() << 16) return utf8Broken(p, end);
  const start = p;
  let before = i8x16.splat(0);
  let errors = i8x16.splat(0);
  // One block more than the text has: zeros, which end what is open.
  for (; p <= end; p += 16) {
    const rest = end - p;
    const v = rest >= 16 ? v128.load(p) : v128.and(v128.load(p), v128.load(KEEP + 16 - rest));
    // ASCII after ASCII.
    if (i8x16.bitmask(v128.or(v, before)) != 0) errors = v128.or(errors, errorsOf(v, before));
    before = v;
  }
  return v128.any_true(errors) ? utf8Broken(start, end) : end;
}
