// Numbers as they mostly are, eight bytes at once and without calls: where one ends, 0 for anything else. What follows is not
// looked at: the caller knows what it has to be.

/** Powers of ten that are exact as doubles. */
export const EXACT = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
  1e22,
], 8);

/** The word at p as digits: minus '0' each. */
// @ts-ignore: decorator
@inline
export function digitsAt(p: usize): u64 { return load<u64>(p) ^ 0x3030303030303030; }

/** The value of 8 bytes that are digits minus '0' (first digit in the lowest byte). */
// @ts-ignore: decorator
@inline
export function eightDigits(v: u64): u64 {
  v = v * 10 + (v >> 8);
  const low = v & 0x000000ff000000ff, high = (v >> 16) & 0x000000ff000000ff;
  return (low * 0x000f424000000064 + high * 0x0000271000000001) >> 32;
}

/** A high bit at each byte that is not a digit; the lowest is exact. `word` is xored with '0's. */
// @ts-ignore: decorator
@inline
export function stopsOf(word: u64): u64 { return ((word + 0x7676767676767676) | word) & 0x8080808080808080; }

/** How many digits a word begins with. */
// @ts-ignore: decorator
@inline
function digitsOf(word: u64): u32 { return <u32>ctz(stopsOf(word)) >> 3; }

/** The first `count` digits of a word, one to eight. */
// @ts-ignore: decorator
@inline
export function valueOf(word: u64, count: u32): u64 { return eightDigits(word << (64 - (count << 3))); }

/** No digit, or a zero and more. */
// @ts-ignore: decorator
@inline
function isOdd(word: u64, digits: u32): bool { return digits == 0 || ((word & 0xff) == 0 && digits > 1); }

/** One to eight digits. */
// @ts-ignore: decorator
@inline
export function plainDigits(p: usize): usize {
  const word = digitsAt(p), digits = digitsOf(word);
  return isOdd(word, digits) ? 0 : p + <usize>digits;
}

/** A sign, one to fifteen digits, and up to seven of a fraction. */
// @ts-ignore: decorator
@inline
export function plainNumber(p: usize): usize {
  let end = plainDigits(p + <usize>(load<u8>(p) == 0x2d));
  if (end - p >= 8) {
    const more = digitsOf(digitsAt(end));
    if (end == 0 || more == 8) return 0;
    end += <usize>more;
  }
  if (load<u8>(end) != 0x2e) return end;
  const decimals = digitsOf(digitsAt(end + 1));
  return decimals - 1 < 7 ? end + 1 + <usize>decimals : 0;
}

/** One to eight digits: written to `to`. */
// @ts-ignore: decorator
@inline
export function plainInt(p: usize, to: usize): usize {
  const word = digitsAt(p), digits = digitsOf(word);
  if (isOdd(word, digits)) return 0;
  store<u64>(to, valueOf(word, digits));
  return p + <usize>digits;
}

/** A sign and one to fifteen digits: written to `to`. */
// @ts-ignore: decorator
@inline
export function plainLong(p: usize, to: usize): usize {
  const negative = load<u8>(p) == 0x2d, first = p + <usize>negative, word = digitsAt(first), digits = digitsOf(word);
  if (isOdd(word, digits)) return 0;
  let value = valueOf(word, digits), end = first + <usize>digits;
  if (digits == 8) {
    const rest = digitsAt(end), more = digitsOf(rest);
    if (more == 8) return 0;
    if (more != 0) value = value * <u64>load<f64>(EXACT + (<usize>more << 3)) + valueOf(rest, more);
    end += <usize>more;
  }
  store<i64>(to, negative ? -<i64>value : <i64>value);
  return end;
}

/** A sign, one to eight digits, and up to seven of a fraction (Clinger's exact case): written to `to`. */
// @ts-ignore: decorator
@inline
export function plainDouble(p: usize, to: usize): usize {
  const negative = load<u8>(p) == 0x2d, first = p + <usize>negative, word = digitsAt(first), digits = digitsOf(word);
  if (isOdd(word, digits)) return 0;
  let value = <f64>valueOf(word, digits), end = first + <usize>digits;
  if (load<u8>(end) == 0x2e) {
    const rest = digitsAt(end + 1), decimals = digitsOf(rest);
    if (decimals - 1 >= 7) return 0;
    const scale = load<f64>(EXACT + (<usize>decimals << 3));
    value = (value * scale + <f64>valueOf(rest, decimals)) / scale;
    end += 1 + <usize>decimals;
  }
  store<f64>(to, negative ? -value : value);
  return end;
}
