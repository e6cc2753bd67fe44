// The key of a group as the key of a state entry: null words, then per key its word, or length and bytes of a string.
import { DECIMAL, INLINE, VIEW, viewBytes } from './layout';
import { copyWords } from './memory';
import { KEYS, KEYS_AT, KEY_COUNT, NULL_WORDS, WORDS } from './group-layout';

/** A key is a word, a decimal two. */
@inline
function wordBytes(kind: u32): u32 { return kind >= DECIMAL ? 16 : 8; }

export function keyEntryBytes(table: usize, record: usize): u32 {
  const keys: usize = load<u32>(table, KEYS), count = load<u32>(table, KEY_COUNT), from = record + load<u32>(table, KEYS_AT);
  let bytes = load<u32>(table, NULL_WORDS) << 3;
  for (let k: u32 = 0; k < count; k++)
    bytes += load<u32>(keys + (k << 3)) == VIEW ? 4 + load<u32>(from + load<u32>(keys + (k << 3), 4)) : wordBytes(load<u32>(keys + (k << 3)));
  return bytes;
}

export function writeKey(table: usize, record: usize, target: usize): void {
  const keys: usize = load<u32>(table, KEYS), count = load<u32>(table, KEY_COUNT), from = record + load<u32>(table, KEYS_AT);
  const nullBytes = load<u32>(table, NULL_WORDS) << 3;
  memory.copy(target, from + (load<u32>(table, WORDS) << 3) - nullBytes, nullBytes);
  let to = target + nullBytes;
  for (let k: u32 = 0; k < count; k++) {
    const word = from + load<u32>(keys + (k << 3), 4);
    if (load<u32>(keys + (k << 3)) == VIEW) {
      const length = load<u32>(word);
      store<u32>(to, length);
      memory.copy(to + 4, viewBytes(word), length);
      to += 4 + length;
    } else { copyWords(to, word, wordBytes(load<u32>(keys + (k << 3)))); to += wordBytes(load<u32>(keys + (k << 3))); }
  }
}

/** The key words of an entry's key, views into it, to `words`; where the key ends. */
export function readKey(table: usize, source: usize, words: usize): usize {
  const keys: usize = load<u32>(table, KEYS), count = load<u32>(table, KEY_COUNT);
  const nullBytes = load<u32>(table, NULL_WORDS) << 3;
  memory.copy(words + (load<u32>(table, WORDS) << 3) - nullBytes, source, nullBytes);
  let from = source + nullBytes;
  for (let k: u32 = 0; k < count; k++) {
    const word = words + load<u32>(keys + (k << 3), 4);
    if (load<u32>(keys + (k << 3)) == VIEW) {
      const length = load<u32>(from);
      readView(word, from + 4, length);
      from += 4 + length;
    } else { copyWords(word, from, wordBytes(load<u32>(keys + (k << 3)))); from += wordBytes(load<u32>(keys + (k << 3))); }
  }
  return from;
}

function readView(view: usize, bytes: usize, length: u32): void {
  store<u64>(view, 0); store<u64>(view, 0, 8);
  store<u32>(view, length);
  if (length <= INLINE) { memory.copy(view + 4, bytes, length); return; }
  store<u32>(view, load<u32>(bytes), 4);
  store<u32>(view, <u32>bytes, 12);
}
