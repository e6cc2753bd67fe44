// Set operations: how often a row is in the result, of how often it is on each side. State of a record:
// [left i64][right i64][rows that were told i64].
import { miss } from './group';
import { stateAt } from './group-state';
import { rowAt } from './layout';

const INTERSECT: u32 = 0;
const INTERSECT_ALL: u32 = 1;
const EXCEPT: u32 = 2;

/** Add the weights of n rows to a side (0: left, 8: right) of their records. */
export function setAdd(table: usize, n: u32, sel: usize, records: usize, weights: usize, side: u32): void {
  const at = stateAt(table) + side;
  for (let i: u32 = 0; i < n; i++) {
    const count = <usize>load<u32>(records + (<usize>i << 2)) + at;
    const before = load<i64>(count);
    const after = before + (weights == 0 ? 1 : load<i64>(weights + (<usize>rowAt(sel, i) << 3)));
    store<i64>(count, after);
    if ((before | after) < 0) miss(table, min(before, 0) - min(after, 0));
  }
}

/** How many more rows of n records are in the result than were told (i64, at the record's place); now they are told. */
export function setDiff(table: usize, n: u32, records: usize, kind: u32, weights: usize): void {
  const at = stateAt(table);
  for (let i: u32 = 0; i < n; i++) {
    const state = <usize>load<u32>(records + (<usize>i << 2)) + at;
    const rows = rowsOf(max<i64>(0, load<i64>(state)), max<i64>(0, load<i64>(state, 8)), kind);
    store<i64>(weights + (<usize>i << 3), rows - load<i64>(state, 16));
    store<i64>(state, rows, 16);
  }
}

function rowsOf(left: i64, right: i64, kind: u32): i64 {
  if (kind == INTERSECT) return left > 0 && right > 0 ? 1 : 0;
  if (kind == INTERSECT_ALL) return min(left, right);
  if (kind == EXCEPT) return left > 0 && right == 0 ? 1 : 0;
  return max<i64>(0, left - right);
}

/** Of n records those whose weight is negative (or positive), with it: to `out` and `outWeights`; how many. */
export function setPick(n: u32, records: usize, weights: usize, negative: bool, out: usize, outWeights: usize): u32 {
  let picked: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const weight = load<i64>(weights + (<usize>i << 3));
    if (weight == 0 || (weight < 0) != negative) continue;
    store<u32>(out + (<usize>picked << 2), load<u32>(records + (<usize>i << 2)));
    store<i64>(outWeights + (<usize>picked << 3), weight);
    picked++;
  }
  return picked;
}
