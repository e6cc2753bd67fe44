// Where rows of text end, without reading what is in them: 64 bytes at once. In CSV a newline between quotes ends none: whether
// a byte is between them is the parity of the quotes before it (Langdale & Lemire, Parsing gigabytes of JSON per second, 2019).

const BLOCK: usize = 64;
const NEWLINE: i8 = 10, QUOTE: i8 = 34, RETURN: u32 = 13;

let rows: u32 = 0;
let done: bool = false;
let inside: u64 = 0;
let text: bool = false;

/** Of the last call: the rows that hold something, whether the end that was looked for is found, */
export function scannedRows(): u32 { return rows; }
export function scannedDone(): bool { return done; }
/** and how it stopped: between quotes, in a line that holds something. */
export function scannedInside(): bool { return inside != 0; }
export function scannedText(): bool { return text; }

/**
 * Scan [p, end), which may begin between quotes and in a line that holds something, until there are `most` rows, or one ends at
 * `target` or behind it and there are `least`. Where the last row ends; 0: none does. 64 bytes behind `end` are readable.
 */
export function scanRows(p: usize, end: usize, quoted: bool, between: bool, holds: bool, most: u32, least: u32, target: usize): usize {
  let line = p, last: usize = 0;
  rows = 0; done = false; text = holds; inside = between ? u64.MAX_VALUE : 0;
  for (; p < end; p += BLOCK) {
    const given: u64 = end - p < BLOCK ? (<u64>1 << (end - p)) - 1 : u64.MAX_VALUE;
    let newlines = bitsOf(p, NEWLINE) & given;
    if (quoted) {
      const within = parity(bitsOf(p, QUOTE) & given) ^ inside;
      inside = <u64>(<i64>within >> 63);
      newlines &= ~within;
    }
    for (; newlines != 0; newlines &= newlines - 1) {
      last = p + <usize>ctz(newlines) + 1;
      if (text || holdsText(line, last - 1)) rows++;
      text = false;
      line = last;
      if (rows >= most || (last >= target && rows >= least)) { done = true; return last; }
    }
  }
  text = text || holdsText(line, end);
  return last;
}

// @ts-ignore: decorator
@inline
function bitsOf(p: usize, c: i8): u64 {
  const all = i8x16.splat(c);
  const low = i8x16.bitmask(i8x16.eq(v128.load(p), all)) | (i8x16.bitmask(i8x16.eq(v128.load(p, 16), all)) << 16);
  const high = i8x16.bitmask(i8x16.eq(v128.load(p, 32), all)) | (i8x16.bitmask(i8x16.eq(v128.load(p, 48), all)) << 16);
  return <u64><u32>low | (<u64><u32>high << 32);
}

/** Each bit: whether the bits up to it are odd in number. */
// @ts-ignore: decorator
@inline
function parity(bits: u64): u64 {
  bits ^= bits << 1; bits ^= bits << 2; bits ^= bits << 4; bits ^= bits << 8; bits ^= bits << 16;
  return bits ^ (bits << 32);
}

/** Whether there is more than carriage returns. */
function holdsText(p: usize, end: usize): bool {
  for (; p < end; p++) if (<u32>load<u8>(p) != RETURN) return true;
  return false;
}
