// Base64 (RFC 4648, section 4): the standard alphabet; padding may be left out, nothing else may be there.

function sextet(c: u32): u32 {
  if (c - 0x41 < 26) return c - 0x41;
  if (c - 0x61 < 26) return c - 0x61 + 26;
  if (c - 48 <= 9) return c - 48 + 52;
  return c == 0x2b ? 62 : c == 0x2f ? 63 : 64;
}

/** Decode; `to` may be `text`. The number of bytes, or -1. */
export function base64Decode(text: usize, length: u32, to: usize): i32 {
  if (length > 0 && (length & 3) == 0) {
    if (load<u8>(text + length - 1) == 0x3d) length--;
    if (load<u8>(text + length - 1) == 0x3d && (length & 3) == 3) length--;
  }
  if ((length & 3) == 1) return -1;
  const start = to;
  let bits: u32 = 0, held: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const six = sextet(load<u8>(text + i));
    if (six > 63) return -1;
    bits = (bits << 6) | six;
    held += 6;
    if (held >= 8) { held -= 8; store<u8>(to, <u8>(bits >> held)); to++; }
  }
  // Bits that belong to no byte must be zero: one value has one text.
  return (bits & ((1 << held) - 1)) != 0 ? -1 : <i32>(to - start);
}

const ALPHABET = memory.data<u8>([
  65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90,
  97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122,
  48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 43, 47,
]);

function put(to: usize, value: u32): void { store<u8>(to, load<u8>(ALPHABET + (value & 63))); }

/** Encode with padding; the end of what was written (4 bytes for each 3 begun). */
export function base64Encode(bytes: usize, length: u32, to: usize): usize {
  const end = bytes + length;
  for (; bytes + 3 <= end; bytes += 3, to += 4) {
    const word = (<u32>load<u8>(bytes) << 16) | (<u32>load<u8>(bytes, 1) << 8) | load<u8>(bytes, 2);
    put(to, word >> 18); put(to + 1, word >> 12); put(to + 2, word >> 6); put(to + 3, word);
  }
  if (bytes == end) return to;
  const second: u32 = bytes + 1 < end ? load<u8>(bytes, 1) : 0;
  const word = (<u32>load<u8>(bytes) << 16) | (second << 8);
  put(to, word >> 18); put(to + 1, word >> 12);
  if (bytes + 1 < end) put(to + 2, word >> 6); else store<u8>(to, 0x3d, 2);
  store<u8>(to, 0x3d, 3);
  return to + 4;
}
