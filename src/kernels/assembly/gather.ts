// Gather: out[i] = in[sel[i]] for all kinds. Views are copied as they are (the bytes stay where they lie) or, when
// asked, with their bytes, into the arena in use.
import { BOOL, F32, I32, VIEW, bitAt, isValid, putView, rowAt, viewBytes, viewLength } from './layout';
import { takeSum } from './memory';

/** n bits in the order of the selection. `out` is zeroed. */
export function gatherBits(n: u32, sel: usize, bits: usize, out: usize, first: u32): void {
  let i: u32 = 0;
  if (sel == 0 && (first & 7) == 0) {
    memory.copy(out + (first >> 3), bits, n >> 3);
    i = n & ~7;
  }
  for (; i < n; i++)
    if (bitAt(bits, rowAt(sel, i))) {
      const at = first + i;
      store<u8>(out + (at >> 3), <u8>(<u32>load<u8>(out + (at >> 3)) | (1 << (at & 7))));
    }
}

/** Values of n selected rows to rows first … of `out`. */
export function gatherValues(n: u32, sel: usize, kind: u32, values: usize, out: usize, first: u32): void {
  if (kind == BOOL) gatherBits(n, sel, values, out, first);
  else if (kind == I32 || kind == F32) gather4(n, sel, values, out + ((<usize>first) << 2));
  else if (kind < VIEW) gather8(n, sel, values, out + ((<usize>first) << 3));
  else gather16(n, sel, values, out + ((<usize>first) << 4));
}

function gather4(n: u32, sel: usize, values: usize, out: usize): void {
  if (sel == 0) { memory.copy(out, values, (<usize>n) << 2); return; }
  for (let i: u32 = 0; i < n; i++) store<u32>(out + ((<usize>i) << 2), load<u32>(values + ((<usize>rowAt(sel, i)) << 2)));
}

function gather8(n: u32, sel: usize, values: usize, out: usize): void {
  if (sel == 0) { memory.copy(out, values, (<usize>n) << 3); return; }
  for (let i: u32 = 0; i < n; i++) store<u64>(out + ((<usize>i) << 3), load<u64>(values + ((<usize>rowAt(sel, i)) << 3)));
}

function gather16(n: u32, sel: usize, values: usize, out: usize): void {
  if (sel == 0) { memory.copy(out, values, (<usize>n) << 4); return; }
  for (let i: u32 = 0; i < n; i++)
    v128.store(out + ((<usize>i) << 4), v128.load(values + ((<usize>rowAt(sel, i)) << 4)));
}

/** Strings of n selected rows with their bytes. What stands where a row is null (`valid`; 0: nowhere) is no view: it becomes the empty one. */
export function gatherOwned(n: u32, sel: usize, values: usize, valid: usize, out: usize, first: u32): void {
  let total: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i), length = viewLength(values + ((<usize>row) << 4));
    if (length > 12 && isValid(valid, row)) total += length;
  }
  let next = total == 0 ? 0 : takeSum(total);
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i), view = values + ((<usize>row) << 4), to = out + ((<usize>(first + i)) << 4);
    if (!isValid(valid, row)) { putView(to, 0, 0); continue; }
    const length = viewLength(view);
    if (length <= 12) { v128.store(to, v128.load(view)); continue; }
    memory.copy(next, viewBytes(view), length);
    putView(to, next, length);
    next += length;
  }
}

/** Strings of n rows as Arrow has them: offsets (n + 1, i32) and their bytes in the arena in use, null ones empty. Returns the bytes. */
export function textOut(n: u32, values: usize, valid: usize, offsets: usize): usize {
  let total: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    store<u32>(offsets + ((<usize>i) << 2), <u32>total);
    if (valid == 0 || bitAt(valid, i)) total += viewLength(values + ((<usize>i) << 4));
  }
  store<u32>(offsets + ((<usize>n) << 2), <u32>total);
  const bytes = takeSum(total);
  for (let i: u32 = 0; i < n; i++) {
    const from = load<u32>(offsets + ((<usize>i) << 2)), length = load<u32>(offsets + ((<usize>i) << 2), 4) - from;
    memory.copy(bytes + from, viewBytes(values + ((<usize>i) << 4)), length);
  }
  return bytes;
}

/** Views of n strings that lie at bytes + offset - first offset. */
export function textIn(n: u32, offsets: usize, bytes: usize, out: usize): void {
  const base = load<u32>(offsets);
  for (let i: u32 = 0; i < n; i++) {
    const from = load<u32>(offsets + ((<usize>i) << 2));
    putView(out + ((<usize>i) << 4), bytes + (from - base), load<u32>(offsets + ((<usize>i) << 2), 4) - from);
  }
}
