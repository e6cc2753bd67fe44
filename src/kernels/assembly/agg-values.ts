// The values of groups, each with how often it occurs: a second group table, keyed by the group's keys and the value.
// A value is in the set while its weight is above 0. For min, max, first, last the set is also in order: the values of
// one group are a treap (Seidel & Aragon, "Randomized search trees", 1996) whose nodes are the records themselves;
// priorities are hashes of addresses, so no input can unbalance it. Node: [left u32][right u32] in the record's state.
import { ofKey, put } from './decimal';
import { BOOL, DECIMAL, F32, F64, VIEW, declaredScale, rowAt, setBit } from './layout';
import { finish, mix } from './hash';
import { compareViews } from './agg-update';
import { copyView } from './group-keys';
import { groupOf, weigh } from './group';
import { stateAt } from './group-state';
import { putOrdered } from './agg-result';
import { KEYS, KEYS_AT, KEY_COUNT, NULL_WORDS, SHIFT, SLOTS, WORDS } from './group-layout';
import { alloc, free } from './memory';

@inline
function priority(record: usize): u32 { return finish(mix(0, 0, <u64>record)); }

/** The word of a key as an integer of the same order. */
@inline
function orderedWord(kind: u32, word: i64): i64 {
  if (kind >= DECIMAL) return word ^ i64.MIN_VALUE;
  if (kind != F64 && kind != F32) return word;
  const bits = kind == F64 ? word : reinterpret<i64>(<f64>reinterpret<f32>(<u32>word));
  return bits >= 0 ? bits : bits ^ i64.MAX_VALUE;
}

/** The order of two records of one group, by their keys from `from` on. */
function compareFrom(set: usize, from: u32, a: usize, b: usize): i32 {
  const keys: usize = load<u32>(set, KEYS), count = load<u32>(set, KEY_COUNT), keysAt = load<u32>(set, KEYS_AT);
  for (let k = from; k < count; k++) {
    const kind = load<u32>(keys + (k << 3)), at = keysAt + load<u32>(keys + (k << 3), 4);
    if (kind == VIEW) {
      const order = compareViews(a + at, b + at);
      if (order != 0) return order;
    } else {
      const x = orderedWord(kind, load<i64>(a + at)), y = orderedWord(kind, load<i64>(b + at));
      if (x != y) return x < y ? -1 : 1;
      if (kind >= DECIMAL && load<u64>(a + at, 8) != load<u64>(b + at, 8)) return load<u64>(a + at, 8) < load<u64>(b + at, 8) ? -1 : 1;
    }
  }
  return 0;
}

function enter(set: usize, from: u32, node: usize, root: usize): void {
  const left = stateAt(set), right = left + 4, mine = priority(node);
  let link = root, at: usize = load<u32>(link);
  while (at != 0 && priority(at) >= mine) {
    link = at + (compareFrom(set, from, node, at) < 0 ? left : right);
    at = load<u32>(link);
  }
  store<u32>(link, <u32>node);
  let low = node + left, high = node + right;
  while (at != 0) {
    if (compareFrom(set, from, at, node) < 0) { store<u32>(low, <u32>at); low = at + right; at = load<u32>(low); }
    else { store<u32>(high, <u32>at); high = at + left; at = load<u32>(high); }
  }
  store<u32>(low, 0); store<u32>(high, 0);
}

function leave(set: usize, from: u32, node: usize, root: usize): void {
  const left = stateAt(set), right = left + 4;
  let link = root, at: usize = load<u32>(link);
  while (at != node) {
    if (at == 0) unreachable(); // a value that is in the set hangs in its group's tree
    link = at + (compareFrom(set, from, node, at) < 0 ? left : right);
    at = load<u32>(link);
  }
  let low: usize = load<u32>(node + left), high: usize = load<u32>(node + right);
  while (low != 0 && high != 0) {
    if (priority(low) >= priority(high)) { store<u32>(link, <u32>low); link = low + right; low = load<u32>(link); }
    else { store<u32>(link, <u32>high); link = high + left; high = load<u32>(link); }
  }
  store<u32>(link, <u32>(low != 0 ? low : high));
  store<u64>(node + left, 0);
}

/**
 * Add rows to a set: `values` and `groups` are the records of each row in the set and in the group table. What came into
 * the set (+1), went out of it (-1) or neither (0) is written to `out` at the row's own number. `rootAt`: where in a
 * group its ordered values hang, 0 = not in order; the value's keys begin with `from`.
 */
export function valuesAdd(set: usize, n: u32, sel: usize, values: usize, groups: usize, weights: usize, rootAt: u32, from: u32, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const row = rowAt(sel, i), value: usize = load<u32>(values + (i << 2));
    const before = load<i64>(value), after = before + (weights == 0 ? 1 : load<i64>(weights + (row << 3)));
    weigh(set, value, after - before);
    const change = <i64>(after > 0) - <i64>(before > 0);
    store<i64>(out + (row << 3), change);
    if (rootAt == 0 || change == 0) continue;
    const root = <usize>load<u32>(groups + (i << 2)) + rootAt;
    if (change > 0) enter(set, from, value, root); else leave(set, from, value, root);
  }
}

/** After loading: put every value in its group's order again. */
export function valuesRelink(set: usize, table: usize, rootAt: u32, from: u32): void {
  const words = alloc((load<u32>(table, WORDS) << 3) + 16), nulls = load<u32>(table, NULL_WORDS) << 3;
  const plain = (load<u32>(table, WORDS) << 3) - nulls, setNulls = (load<u32>(set, WORDS) - load<u32>(set, NULL_WORDS)) << 3;
  const slots: usize = load<u32>(set, SLOTS), size: u32 = 1 << (32 - load<u32>(set, SHIFT));
  for (let i: u32 = 0; i < size; i++) {
    const value = <usize>(<u32>load<u64>(slots + (i << 3)));
    if (value == 0 || load<i64>(value) <= 0) continue;
    const keys = value + load<u32>(set, KEYS_AT);
    memory.copy(words, keys, plain);
    memory.copy(words + plain, keys + setNulls, nulls);
    enter(set, from, value, groupOf(table, words) + rootAt);
  }
  free(words);
}

/** The least (or greatest) value of a root, 0 = there is none. */
export function valuesEnd(set: usize, root: usize, greatest: bool): usize {
  const side = stateAt(set) + (greatest ? 4 : 0);
  let at: usize = load<u32>(root);
  while (at != 0 && load<u32>(at + side) != 0) at = load<u32>(at + side);
  return at;
}

/** Key `key` of the first (or last) value of n groups: min, max, first, last. */
export function resultEnd(
  set: usize, n: u32, records: usize, first: u32, rootAt: u32, greatest: bool, key: u32, copy: bool, out: usize, validity: usize,
): void {
  const descriptor: usize = load<u32>(set, KEYS) + (key << 3), kind = load<u32>(descriptor);
  const at = load<u32>(set, KEYS_AT) + load<u32>(descriptor, 4);
  for (let i: u32 = 0; i < n; i++) {
    const value = valuesEnd(set, <usize>load<u32>(records + (i << 2)) + rootAt, greatest);
    if (value == 0) continue;
    if (kind == VIEW) copyView(out + ((first + i) << 4), value + at, copy);
    else if (kind == BOOL) { if (load<u64>(value + at) != 0) setBit(out, first + i); }
    else if (kind >= DECIMAL) { ofKey(load<u64>(value + at), load<u64>(value + at, 8), declaredScale(kind)); put(out + ((first + i) << 4)); }
    else putOrdered(kind, out, first + i, orderedWord(kind, load<i64>(value + at)));
    setBit(validity, first + i);
  }
}

/** The values of a root, in order, to `out`, which has room for valuesCount of them. */
export function valuesList(set: usize, root: usize, out: usize): void { list(stateAt(set), load<u32>(root), out); }

function list(left: u32, at: usize, out: usize): usize {
  if (at == 0) return out;
  const next = list(left, load<u32>(at + left), out);
  store<u32>(next, <u32>at);
  return list(left, load<u32>(at + left + 4), next + 4);
}

export function valuesCount(set: usize, root: usize): u32 { return count(stateAt(set), load<u32>(root)); }

function count(left: u32, at: usize): u32 {
  return at == 0 ? 0 : 1 + count(left, load<u32>(at + left)) + count(left, load<u32>(at + left + 4));
}
