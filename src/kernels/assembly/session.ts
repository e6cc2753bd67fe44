// Sessions: intervals [start, end] of one key that merge where they touch. Two group tables: `keys` has a record per key,
// whose state is the list of its sessions, the latest first; `sessions` has a record per session, keyed by the key and a
// number, so that a session can grow at both ends without a new name. Its bounds lie in its state at `at`.
// A session waits for its end in the bucket of its end as it was when it entered: it moves on when the bucket is looked at.
import { rowAt } from './layout';
import { dropRecord, groupOf } from './group';
import { enterWindow, leaveWindow } from './group-window';
import { stateAt } from './group-state';
import { KEYS, KEYS_AT, LINK_NEXT, NULL_WORDS, SHIFT, SLOTS, WINDOWS, WINDOW_COUNT, WORDS } from './group-layout';
import { alloc, free } from './memory';

const START: usize = 0, END: usize = 8, SHOWN_START: usize = 16, SHOWN_END: usize = 24, BUCKET: usize = 32, OWNER: usize = 40, NEXT: usize = 44;
const BOUNDS_BYTES: u32 = 48;
/** A key's state: [latest session u32][next number u32][how far down late rows reach i64][as of which call u32][0]. */
const HEAD: usize = 0, NUMBER: usize = 4, REACH: usize = 8, REACHED: usize = 16;

/** The bucket's width, microseconds: chosen by the host before each call that may register a session. */
let width: i64 = 1;
export function sessionWidth(micros: i64): void { width = micros; }

function bucketOf(end: i64): i64 {
  const rest = end % width;
  return end - (rest < 0 ? (end < i64.MIN_VALUE + width ? 0 : rest + width) : rest);
}

function register(sessions: usize, session: usize, at: usize, bucket: i64): void {
  leaveWindow(sessions, session);
  store<i64>(session + at, bucket, BUCKET);
  enterWindow(sessions, session);
}

/** A new session of a key, in the list behind `previous` (0: in front). */
function open(sessions: usize, at: usize, keys: usize, owner: usize, previous: usize, start: i64, end: i64): usize {
  const state = owner + stateAt(keys), number = load<u32>(state, NUMBER);
  const count = load<u32>(sessions, WORDS), nulls = load<u32>(keys, NULL_WORDS), own = load<u32>(keys, WORDS) - nulls;
  const words = alloc(count << 3), from = owner + load<u32>(keys, KEYS_AT);
  memory.fill(words, 0, count << 3);
  memory.copy(words, from, own << 3);
  store<u64>(words + (own << 3), number);
  memory.copy(words + ((own + 1) << 3), from + (own << 3), nulls << 3);
  const session = groupOf(sessions, words);
  free(words);
  store<u32>(state, number + 1, NUMBER);
  store<i64>(session + at, start, START); store<i64>(session + at, end, END);
  store<u32>(session + at, <u32>owner, OWNER);
  if (previous == 0) { store<u32>(session + at, load<u32>(state, HEAD), NEXT); store<u32>(state, <u32>session, HEAD); }
  else { store<u32>(session + at, load<u32>(previous + at, NEXT), NEXT); store<u32>(previous + at, <u32>session, NEXT); }
  register(sessions, session, at, bucketOf(end));
  return session;
}

/**
 * The session of each row from `from` on: the ones it touches become one, or it is a new one. `merged` takes up to `most`
 * pairs (kept u32, absorbed u32), in order; the numbers of pairs, and in `done` (u32) of the row that comes next.
 */
export function sessionFind(
  keys: usize, sessions: usize, at: u32, n: u32, from: u32, sel: usize, owners: usize, starts: usize, ends: usize,
  records: usize, merged: usize, most: u32, done: usize,
): u32 {
  const headAt: usize = stateAt(keys);
  let pairs: u32 = 0, i = from;
  for (; i < n; i++) {
    const row: usize = rowAt(sel, i), owner: usize = load<u32>(owners + (i << 2));
    const start = load<i64>(starts + (row << 3)), end = load<i64>(ends + (row << 3));
    let previous: usize = 0, session: usize = load<u32>(owner + headAt);
    while (session != 0 && load<i64>(session + at, START) > end) { previous = session; session = load<u32>(session + at, NEXT); }
    if (session == 0 || load<i64>(session + at, END) < start) session = open(sessions, at, keys, owner, previous, start, end);
    else {
      if (end > load<i64>(session + at, END)) store<i64>(session + at, end, END);
      if (start <= load<i64>(session + at, START)) {
        store<i64>(session + at, start, START);
        pairs = absorb(session, at, start, merged, pairs, most);
      }
      if (pairs == most) { store<u32>(records + (i << 2), <u32>session); break; }
    }
    store<u32>(records + (i << 2), <u32>session);
  }
  store<u32>(done, i);
  return pairs;
}

/** Merge the older sessions that end at `start` or later into this one. */
function absorb(session: usize, at: usize, start: i64, merged: usize, count: u32, most: u32): u32 {
  let pairs = count;
  while (pairs < most) {
    const older: usize = load<u32>(session + at, NEXT);
    if (older == 0 || load<i64>(older + at, END) < start) break;
    if (load<i64>(older + at, START) < load<i64>(session + at, START)) store<i64>(session + at, load<i64>(older + at, START), START);
    store<u32>(session + at, load<u32>(older + at, NEXT), NEXT);
    store<u32>(older + at, 0, OWNER); store<u32>(older + at, <u32>session, NEXT);
    store<u32>(merged + (pairs << 3), <u32>session); store<u32>(merged + (pairs << 3), <u32>older, 4);
    pairs++;
  }
  return pairs;
}

/** Sessions that were absorbed are replaced by what absorbed them, and all show the bounds they have now. */
export function sessionResolve(at: u32, n: u32, records: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    let session: usize = load<u32>(records + (i << 2));
    // A session in a list has an owner; one that was absorbed has only what absorbed it.
    while (load<u32>(session + at, OWNER) == 0) session = load<u32>(session + at, NEXT);
    store<u32>(records + (i << 2), <u32>session);
    store<i64>(session + at, load<i64>(session + at, START), SHOWN_START);
    store<i64>(session + at, load<i64>(session + at, END), SHOWN_END);
  }
}

/** A session that is in no list any more and holds nothing: as if it had never been, and no window waits for it. */
export function sessionBlank(sessions: usize, at: u32, session: usize): void {
  register(sessions, session, at, i64.MAX_VALUE);
  memory.fill(session + at, 0, BOUNDS_BYTES);
  store<i64>(session + at, i64.MAX_VALUE, BUCKET);
}

/** Take sessions out of their keys' lists; keys that have none left go. */
export function sessionUnlink(keys: usize, at: u32, n: u32, records: usize): void {
  for (let i: u32 = 0; i < n; i++) unlink(keys, at, load<u32>(records + (i << 2)));
}

function unlink(keys: usize, at: usize, session: usize): void {
  const owner: usize = load<u32>(session + at, OWNER), state = owner + stateAt(keys);
  let link = state + HEAD;
  while (load<u32>(link) != <u32>session) link = <usize>load<u32>(link) + at + NEXT;
  store<u32>(link, load<u32>(session + at, NEXT));
  if (load<u32>(state, HEAD) == 0) dropRecord(keys, owner);
}

/** Up to `most` sessions that end at or before `limit`, to `records`; those that have grown beyond their bucket move on. */
export function sessionClosing(sessions: usize, at: u32, limit: i64, records: usize, most: u32): u32 {
  let n: u32 = 0;
  for (let w: u32 = 0; w < load<u32>(sessions, WINDOW_COUNT) && n < most; ) {
    const windows: usize = load<u32>(sessions, WINDOWS), bucket = load<i64>(windows + (w << 4));
    if (bucket > limit) break;
    let session: usize = load<u32>(windows + (w << 4), 8);
    while (session != 0 && n < most) {
      const next: usize = load<u32>(session, LINK_NEXT), end = load<i64>(session + at, END);
      if (end <= limit) { store<u32>(records + (n << 2), <u32>session); n++; }
      else if (bucketOf(end) > bucket) register(sessions, session, at, bucketOf(end));
      session = next;
    }
    // A list that everything has left is gone, and the next one is in its place.
    if (w < load<u32>(sessions, WINDOW_COUNT) && load<i64>(<usize>load<u32>(sessions, WINDOWS) + (w << 4)) == bucket) w++;
  }
  return n;
}

/** Up to `most` sessions from slot `cursor` (u32) on, which moves: for loading. */
export function sessionList(sessions: usize, cursor: usize, records: usize, most: u32): u32 {
  const size: u32 = 1 << (32 - load<u32>(sessions, SHIFT)), slots: usize = load<u32>(sessions, SLOTS);
  let n: u32 = 0, i = load<u32>(cursor);
  for (; i < size && n < most; i++) {
    const record = <u32>load<u64>(slots + (i << 3));
    if (record != 0) { store<u32>(records + (n << 2), record); n++; }
  }
  store<u32>(cursor, i);
  return n;
}

/** Hang sessions into the lists of their keys. */
export function sessionLink(keys: usize, sessions: usize, at: u32, n: u32, owners: usize, records: usize): void {
  const own = load<u32>(keys, WORDS) - load<u32>(keys, NULL_WORDS);
  for (let i: u32 = 0; i < n; i++) {
    const session: usize = load<u32>(records + (i << 2)), owner: usize = load<u32>(owners + (i << 2)), state = owner + stateAt(keys);
    const number = load<u32>(session + load<u32>(sessions, KEYS_AT) + (own << 3));
    if (number >= load<u32>(state, NUMBER)) store<u32>(state, number + 1, NUMBER);
    store<u32>(session + at, <u32>owner, OWNER);
    let link = state + HEAD;
    while (load<u32>(link) != 0 && load<i64>(<usize>load<u32>(link) + at, START) > load<i64>(session + at, START)) link = <usize>load<u32>(link) + at + NEXT;
    store<u32>(session + at, load<u32>(link), NEXT);
    store<u32>(link, <u32>session);
  }
}

/**
 * Rows that are over by themselves, the latest end first: those that touch what their key still holds open, or one another
 * down from there, go to `kept`, the others to `late` (row numbers). How many are kept. Only the oldest open session of
 * a key can be touched: all others begin after every row that is over. `stamp`: the same for the batches of one judgement.
 */
export function sessionReach(keys: usize, at: u32, stamp: u32, n: u32, owners: usize, starts: usize, ends: usize, weights: usize, kept: usize, late: usize): u32 {
  let keep: u32 = 0, drop: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const state = <usize>load<u32>(owners + (i << 2)) + stateAt(keys);
    let touches = false;
    if (load<u32>(state, HEAD) != 0) {
      if (load<u32>(state, REACHED) != stamp) {
        let oldest: usize = load<u32>(state, HEAD);
        while (load<u32>(oldest + at, NEXT) != 0) oldest = load<u32>(oldest + at, NEXT);
        store<i64>(state, load<i64>(oldest + at, START), REACH);
        store<u32>(state, stamp, REACHED);
      }
      const reach = load<i64>(state, REACH), start = load<i64>(starts + (i << 3));
      touches = load<i64>(ends + (i << 3)) >= reach;
      if (touches && start < reach && (weights == 0 || load<i64>(weights + (i << 3)) > 0)) store<i64>(state, start, REACH);
    }
    store<u32>(kept + (keep << 2), i); store<u32>(late + (drop << 2), i);
    keep += <u32>touches; drop += <u32>!touches;
  }
  return keep;
}

/** Give a session these bounds: its rows are [start, end] now. */
export function sessionCut(sessions: usize, at: u32, session: usize, start: i64, end: i64): void {
  store<i64>(session + at, start, START); store<i64>(session + at, end, END);
  register(sessions, session, at, bucketOf(end));
}

/** A new session of the same key, which lies wholly between this one's neighbours or parts of it. */
export function sessionApart(keys: usize, sessions: usize, at: u32, session: usize, start: i64, end: i64): usize {
  const owner: usize = load<u32>(session + at, OWNER);
  let previous: usize = 0, next: usize = load<u32>(owner + stateAt(keys), HEAD);
  while (next != 0 && load<i64>(next + at, START) > start) { previous = next; next = load<u32>(next + at, NEXT); }
  return open(sessions, at, keys, owner, previous, start, end);
}

/** The number that tells a session from the others of its key, at the rows' own numbers: for keys of what belongs to it. */
export function sessionNumbers(sessions: usize, key: u32, n: u32, sel: usize, records: usize, out: usize): void {
  const at = load<u32>(sessions, KEYS_AT) + load<u32>(load<u32>(sessions, KEYS) + (key << 3), 4);
  for (let i: u32 = 0; i < n; i++)
    store<u64>(out + (<usize>rowAt(sel, i) << 3), load<u64>(<usize>load<u32>(records + (i << 2)) + at));
}

/** Start and end of a session. */
export function sessionStart(at: u32, session: usize): i64 { return load<i64>(session + at, START); }
export function sessionEnd(at: u32, session: usize): i64 { return load<i64>(session + at, END); }
