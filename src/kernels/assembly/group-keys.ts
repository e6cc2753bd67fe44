// Keys as words: every key value becomes one canonical 64-bit word (a string: the two words of its view), so that
// grouping compares words; of a decimal they are its place in their order (decimal.ts). -0 is 0 and all NaNs are one, as SQL groups them; null is a zero word and a bit.
import { keyHigh, keyLow, keyOf, ofKey, put } from './decimal';
import { BOOL, DECIMAL, F32, F64, I32, I64, INLINE, VIEW, bitAt, declaredScale, rowAt, setBit, viewBytes } from './layout';
import { finish, mixAt, mixView } from './hash';
import { alloc, copyWords, free, take } from './memory';
import { KEYS, KEYS_AT, KEY_COUNT, NULL_WORDS, OWNED, VIEWS, WORDS } from './group-layout';

@inline
export function canonical64(bits: u64): u64 {
  const magnitude = bits & 0x7fffffffffffffff;
  if (magnitude == 0) return 0;
  return magnitude > 0x7ff0000000000000 ? 0x7ff8000000000000 : bits;
}

@inline
function canonical32(bits: u32): u64 {
  const magnitude = bits & 0x7fffffff;
  if (magnitude == 0) return 0;
  return magnitude > 0x7f800000 ? 0x7fc00000 : bits;
}

let longest: u32 = 0;

/** Write the key words of n rows, row after row, to `words`; whether there is a text among them that is not in its words. */
export function gatherKeys(table: usize, n: u32, sel: usize, columns: usize, words: usize): bool {
  longest = 0;
  const step: usize = load<u32>(table, WORDS) << 3;
  const keys: usize = load<u32>(table, KEYS);
  const nullWords = load<u32>(table, NULL_WORDS);
  const nullsAt = step - (nullWords << 3);
  for (let w: u32 = 0; w < nullWords; w++)
    for (let i: u32 = 0, to = words + nullsAt + (w << 3); i < n; i++, to += step) store<u64>(to, 0);
  const count = load<u32>(table, KEY_COUNT);
  for (let k: u32 = 0; k < count; k++) {
    const column = columns + (k << 4);
    const to = words + load<u32>(keys + (k << 3), 4);
    gatherColumn(load<u32>(column), n, sel, load<u32>(column, 4), to, step);
    const validity: usize = nullWords == 0 ? 0 : load<u32>(column, 8);
    if (validity != 0) gatherNulls(n, sel, validity, to, step, words + nullsAt + ((k >> 6) << 3), k & 63, load<u32>(column) >= VIEW);
  }
  return longest > INLINE;
}

function gatherColumn(kind: u32, n: u32, sel: usize, values: usize, target: usize, step: usize): void {
  let to = target;
  if (kind == I64) {
    if (sel == 0) for (let i: u32 = 0; i < n; i++, to += step) store<u64>(to, load<u64>(values + (i << 3)));
    else for (let i: u32 = 0; i < n; i++, to += step) store<u64>(to, load<u64>(values + (rowAt(sel, i) << 3)));
  } else if (kind == VIEW) {
    gatherViews(n, sel, values, to, step);
  } else if (kind == I32) {
    for (let i: u32 = 0; i < n; i++, to += step) store<i64>(to, load<i32>(values + (rowAt(sel, i) << 2)));
  } else if (kind == F64) {
    for (let i: u32 = 0; i < n; i++, to += step) store<u64>(to, canonical64(load<u64>(values + (rowAt(sel, i) << 3))));
  } else if (kind == F32) {
    for (let i: u32 = 0; i < n; i++, to += step) store<u64>(to, canonical32(load<u32>(values + (rowAt(sel, i) << 2))));
  } else if (kind == BOOL) {
    for (let i: u32 = 0; i < n; i++, to += step) store<u64>(to, bitAt(values, rowAt(sel, i)) ? 1 : 0);
  } else if (kind >= DECIMAL) {
    for (let i: u32 = 0; i < n; i++, to += step) {
      keyOf(values + (rowAt(sel, i) << 4));
      store<u64>(to, keyHigh); store<u64>(to, keyLow, 8);
    }
  }
}

// What of a view counts, by its length: bytes behind the end of an inline text are zeroed, a long one stays whole.
const KEPT = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16);

/** The two words of each view: a long one keeps [length, prefix][0, address]. */
function gatherViews(n: u32, sel: usize, values: usize, target: usize, step: usize): void {
  let most: u32 = 0;
  for (let i: u32 = 0, to = target; i < n; i++, to += step) {
    const view = values + (rowAt(sel, i) << 4), length = load<u32>(view);
    v128.store(to, v128.and(v128.load(view), v128.load(KEPT + INLINE - min(length, INLINE))));
    most = max(most, length);
  }
  longest = max(longest, most);
}

function gatherNulls(n: u32, sel: usize, validity: usize, words: usize, step: usize, bits: usize, bit: u32, wide: bool): void {
  for (let i: u32 = 0; i < n; i++) {
    if (bitAt(validity, rowAt(sel, i))) continue;
    const to = words + i * step, mask = bits + i * step;
    store<u64>(to, 0);
    if (wide) store<u64>(to, 0, 8);
    store<u64>(mask, load<u64>(mask) | ((<u64>1) << bit));
  }
}

const SPAN_BYTES: u32 = 24, LENGTH_BYTES: u32 = 16;

/** How many bytes of a view count: all, but of an interval those of its length. */
@inline
function countedBytes(views: u32, k: u32, length: u32): u32 {
  return k < 31 && ((views >> (k + 1)) & 1) != 0 && length == SPAN_BYTES ? LENGTH_BYTES : length;
}

/** The hash of one row of key words; the same for the words of a batch and of a record. */
export function hashWords(table: usize, words: usize): u32 {
  const count = load<u32>(table, WORDS);
  let h: u64 = 0;
  if (load<u32>(table, VIEWS) == 0) {
    for (let w: u32 = 0; w < count; w++) h = mixAt(h, w, load<u64>(words + (w << 3)));
    return finish(h);
  }
  const keys: usize = load<u32>(table, KEYS), keyCount = load<u32>(table, KEY_COUNT), views = load<u32>(table, VIEWS);
  for (let k: u32 = 0; k < keyCount; k++) {
    const offset = load<u32>(keys + (k << 3), 4), at = words + offset, w = offset >> 3, kind = load<u32>(keys + (k << 3));
    if (kind == VIEW) {
      const low = (load<u64>(at) & 0xffffffff00000000) | countedBytes(views, k, load<u32>(at));
      h = mixView(h, w, low, load<u64>(at, 8));
    } else h = mixAt(h, w, load<u64>(at));
    if (kind >= DECIMAL) h = mixAt(h, w + 1, load<u64>(at, 8));
  }
  const nullWords = load<u32>(table, NULL_WORDS);
  for (let w = count - nullWords; w < count; w++) h = mixAt(h, w, load<u64>(words + (w << 3)));
  return finish(h);
}

/** Whether two rows of key words are the same key, views by their bytes. */
export function sameKey(table: usize, a: usize, b: usize): bool { return same(table, a, b, load<u32>(table, VIEWS)); }

/** Whether they are so in every byte: of intervals of one length they may not be. */
export function exactKey(table: usize, a: usize, b: usize): bool { return same(table, a, b, load<u32>(table, VIEWS) & 1); }

function same(table: usize, a: usize, b: usize, views: u32): bool {
  const count = load<u32>(table, WORDS);
  if (views == 0) {
    for (let w: u32 = 0; w < count; w++) if (load<u64>(a + (w << 3)) != load<u64>(b + (w << 3))) return false;
    return true;
  }
  const keys: usize = load<u32>(table, KEYS), keyCount = load<u32>(table, KEY_COUNT);
  for (let k: u32 = 0; k < keyCount; k++) {
    const at = load<u32>(keys + (k << 3), 4);
    if (load<u64>(a + at) != load<u64>(b + at)) return false;
    if (load<u32>(keys + (k << 3)) >= DECIMAL && load<u64>(a + at, 8) != load<u64>(b + at, 8)) return false;
    if (load<u32>(keys + (k << 3)) == VIEW && !sameTail(a + at, b + at, countedBytes(views, k, load<u32>(a + at)))) return false;
  }
  const nullWords = load<u32>(table, NULL_WORDS);
  for (let w = count - nullWords; w < count; w++) if (load<u64>(a + (w << 3)) != load<u64>(b + (w << 3))) return false;
  return true;
}

/** Two views whose length and first four bytes agree: whether so many of their bytes do. */
@inline
function sameTail(a: usize, b: usize, length: u32): bool {
  if (length <= INLINE) return load<u64>(a, 8) == load<u64>(b, 8);
  return memory.compare(<usize>load<u32>(a, 12), <usize>load<u32>(b, 12), length) == 0;
}

/** Make a view own its bytes; the number of bytes that cost. */
export function ownView(view: usize): u32 {
  const length = load<u32>(view);
  if (length <= INLINE) return 0;
  store<u32>(view, <u32>copyOf(load<u32>(view, 12), length), 12);
  return length;
}

/** Bytes of one's own. */
export function copyOf(bytes: usize, length: u32): usize {
  const copy = alloc(length);
  memory.copy(copy, bytes, length);
  return copy;
}

export function disownView(view: usize): u32 {
  const length = load<u32>(view);
  if (length <= INLINE) return 0;
  free(load<u32>(view, 12));
  return length;
}

/** A new record's keys: the words, with their long strings copied. */
export function keepKeys(table: usize, record: usize, words: usize): void {
  const to = record + load<u32>(table, KEYS_AT);
  copyWords(to, words, load<u32>(table, WORDS) << 3);
  if (load<u32>(table, VIEWS) == 0) return;
  const keys: usize = load<u32>(table, KEYS), keyCount = load<u32>(table, KEY_COUNT);
  let owned: u32 = 0;
  for (let k: u32 = 0; k < keyCount; k++)
    if (load<u32>(keys + (k << 3)) == VIEW) owned += ownView(to + load<u32>(keys + (k << 3), 4));
  store<u32>(table, load<u32>(table, OWNED) + owned, OWNED);
}

export function dropKeys(table: usize, record: usize): void {
  if (load<u32>(table, VIEWS) == 0) return;
  const at = record + load<u32>(table, KEYS_AT);
  const keys: usize = load<u32>(table, KEYS), keyCount = load<u32>(table, KEY_COUNT);
  let owned: u32 = 0;
  for (let k: u32 = 0; k < keyCount; k++)
    if (load<u32>(keys + (k << 3)) == VIEW) owned += disownView(at + load<u32>(keys + (k << 3), 4));
  store<u32>(table, load<u32>(table, OWNED) - owned, OWNED);
}

/** A view for someone else: long bytes are copied to the arena in use. */
export function copyView(to: usize, view: usize, copy: bool): void {
  v128.store(to, v128.load(view));
  const length = load<u32>(view);
  if (!copy || length <= INLINE) return;
  const bytes = take(length);
  memory.copy(bytes, viewBytes(view), length);
  store<u32>(to, <u32>bytes, 12);
}

/** Column `key` of n groups; whether any of them is null. */
export function groupKeyColumn(table: usize, key: u32, n: u32, records: usize, values: usize, validity: usize): bool {
  const descriptor: usize = load<u32>(table, KEYS) + (key << 3);
  const kind = load<u32>(descriptor);
  const at = load<u32>(table, KEYS_AT) + load<u32>(descriptor, 4);
  for (let i: u32 = 0; i < n; i++) {
    const word: usize = <usize>load<u32>(records + (i << 2)) + at;
    if (kind == I64 || kind == F64) store<u64>(values + (i << 3), load<u64>(word));
    else if (kind == VIEW) copyView(values + (i << 4), word, false);
    else if (kind == BOOL) { if (load<u64>(word) != 0) setBit(values, i); }
    else if (kind >= DECIMAL) { ofKey(load<u64>(word), load<u64>(word, 8), declaredScale(kind)); put(values + (i << 4)); }
    else store<u32>(values + (i << 2), load<u32>(word));
  }
  return load<u32>(table, NULL_WORDS) != 0 && keyNulls(table, key, n, records, validity);
}

function keyNulls(table: usize, key: u32, n: u32, records: usize, validity: usize): bool {
  let nulls = false;
  for (let i: u32 = 0; i < n; i++)
    if (keyIsNull(table, <usize>load<u32>(records + (i << 2)), key)) nulls = true; else setBit(validity, i);
  return nulls;
}

export function keyIsNull(table: usize, record: usize, key: u32): bool {
  const nullWords = load<u32>(table, NULL_WORDS);
  if (nullWords == 0) return false;
  const word = record + load<u32>(table, KEYS_AT) + ((load<u32>(table, WORDS) - nullWords + (key >> 6)) << 3);
  return ((load<u64>(word) >> (key & 63)) & 1) != 0;
}
