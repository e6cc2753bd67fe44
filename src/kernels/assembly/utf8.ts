// UTF-8 as in Unicode 17, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.

// @ts-ignore: decorator
@inline
function tail(c: u32): bool { return (c & 0xc0) == 0x80; }

/** Bytes of the valid sequence at p that begins with c, or 0. */
function sequence(p: usize, c: u32): usize {
  const second: u32 = load<u8>(p, 1);
  if (c < 0xe0) return c >= 0xc2 && tail(second) ? 2 : 0;
  if (!tail(second)) return 0;
  if (!tail(load<u8>(p, 2))) return 0;
  if (c < 0xf0) {
    if (c == 0xe0 && second < 0xa0) return 0;
    return c == 0xed && second >= 0xa0 ? 0 : 3;
  }
  if (!tail(load<u8>(p, 3))) return 0;
  if (c == 0xf0) return second >= 0x90 ? 4 : 0;
  if (c == 0xf4) return second < 0x90 ? 4 : 0;
  return c < 0xf4 ? 4 : 0;
}

/** The first byte in [p, end) that is not part of valid UTF-8, or `end`. */
export function utf8Broken(p: usize, end: usize): usize {
  while (p < end) {
    const c: u32 = load<u8>(p);
    if (c < 0x80) { p++; continue; }
    const length = sequence(p, c);
    if (length == 0 || p + length > end) return p;
    p += length;
  }
  return end;
}

/** Write a code point; the bytes written. A lone surrogate becomes U+FFFD, as in every USVString. */
export function putCodePoint(to: usize, c: u32): u32 {
  if (c < 0x80) { store<u8>(to, <u8>c); return 1; }
  if (c < 0x800) { store<u8>(to, <u8>(0xc0 | (c >> 6))); store<u8>(to, <u8>(0x80 | (c & 63)), 1); return 2; }
  if (c >= 0x10000) {
    store<u8>(to, <u8>(0xf0 | (c >> 18))); store<u8>(to, <u8>(0x80 | ((c >> 12) & 63)), 1);
    store<u8>(to, <u8>(0x80 | ((c >> 6) & 63)), 2); store<u8>(to, <u8>(0x80 | (c & 63)), 3);
    return 4;
  }
  if (c >= 0xd800 && c <= 0xdfff) c = 0xfffd;
  store<u8>(to, <u8>(0xe0 | (c >> 12))); store<u8>(to, <u8>(0x80 | ((c >> 6) & 63)), 1);
  store<u8>(to, <u8>(0x80 | (c & 63)), 2);
  return 3;
}

/** Newlines in [p, end). */
export function countNewlines(p: usize, end: usize): u32 {
  let n: u32 = 0;
  for (; p + 16 <= end; p += 16) n += popcnt(i8x16.bitmask(i8x16.eq(v128.load(p), i8x16.splat(0x0a))));
  for (; p < end; p++) n += <u32>(load<u8>(p) == 0x0a);
  return n;
}

/** After the first newline in [p, end), or `end`. */
export function lineEnd(p: usize, end: usize): usize {
  for (; p + 16 <= end; p += 16) {
    const marks = i8x16.bitmask(i8x16.eq(v128.load(p), i8x16.splat(0x0a)));
    if (marks != 0) return p + <usize>ctz(marks) + 1;
  }
  for (; p < end; p++) if (load<u8>(p) == 0x0a) return p + 1;
  return end;
}
