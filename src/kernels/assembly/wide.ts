// 128 bits as two words.

/** The high 64 bits of a 128-bit product. */
export function highProduct(a: u64, b: u64): u64 {
  const al = a & 0xffffffff, ah = a >> 32, bl = b & 0xffffffff, bh = b >> 32;
  const low = al * bl, m1 = ah * bl + (low >> 32), m2 = al * bh + (m1 & 0xffffffff);
  return ah * bh + (m1 >> 32) + (m2 >> 32);
}
