// Selections and weights: narrowing, splitting by sign, repeating rows.
import { bitAt, rowAt, setBit } from './layout';

/** The selected rows whose bit is `want` (no bitmap: all bits are 1), to `out`. Returns how many. */
export function selectEqual(n: u32, sel: usize, bits: usize, want: bool, out: usize): u32 {
  let kept: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if ((bits == 0 || bitAt(bits, row)) != want) continue;
    store<u32>(out + ((<usize>kept) << 2), row);
    kept++;
  }
  return kept;
}

/** The selected rows with a negative (or not) weight, to `out`. Returns how many. */
export function selectSign(n: u32, sel: usize, weights: usize, negative: bool, out: usize): u32 {
  let kept: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if ((load<i64>(weights + ((<usize>row) << 3)) < 0) != negative) continue;
    store<u32>(out + ((<usize>kept) << 2), row);
    kept++;
  }
  return kept;
}

/** The selected rows whose number (i64) is positive, or is not, to `out`. Returns how many. */
export function selectPositive(n: u32, sel: usize, numbers: usize, positive: bool, out: usize): u32 {
  let kept: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i);
    if ((load<i64>(numbers + ((<usize>row) << 3)) > 0) != positive) continue;
    store<u32>(out + ((<usize>kept) << 2), row);
    kept++;
  }
  return kept;
}

/** out[i] = sel[index[i]]. */
export function selectAt(n: u32, sel: usize, index: usize, out: usize): void {
  for (let i: u32 = 0; i < n; i++) store<u32>(out + ((<usize>i) << 2), rowAt(sel, load<u32>(index + ((<usize>i) << 2))));
}

/** Set the bits of the selected rows. */
export function selectBits(n: u32, sel: usize, bits: usize): void {
  for (let i: u32 = 0; i < n; i++) setBit(bits, rowAt(sel, i));
}

/** Whether each selected row is there once. */
export function weightsOne(n: u32, sel: usize, weights: usize): bool {
  for (let i: u32 = 0; i < n; i++) if (load<i64>(weights + ((<usize>rowAt(sel, i)) << 3)) != 1) return false;
  return true;
}

/**
 * Each selected row as often as its weight says (negative ones never), up to `most` row numbers. The cursor (16 bytes:
 * [place][inside][left i64]) is zeroed before the first call. Returns how many; 0 = done.
 */
export function repeatRows(cursor: usize, n: u32, sel: usize, weights: usize, most: u32, out: usize): u32 {
  let place = load<u32>(cursor), left = load<u32>(cursor, 4) == 0 ? <i64>-1 : load<i64>(cursor, 8);
  let kept: u32 = 0;
  while (place < n && kept < most) {
    const row = rowAt(sel, place);
    if (left < 0) left = weights == 0 ? 1 : max<i64>(0, load<i64>(weights + ((<usize>row) << 3)));
    if (left == 0) { left = -1; place++; continue; }
    store<u32>(out + ((<usize>kept) << 2), row);
    kept++;
    left--;
  }
  store<u32>(cursor, place); store<u32>(cursor, left < 0 ? 0 : 1, 4); store<i64>(cursor, left, 8);
  return kept;
}
