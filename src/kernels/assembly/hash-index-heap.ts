// The rows of an index by event time: a heap whose first is the oldest, so that a watermark takes rows off its beginning.
// Nodes are [time i64][row u32][0]; a row knows its place + 1, so that it can leave from the middle.
import { E_HEAP, E_TIME, extend } from './hash-index';

const NODE: u32 = 16;

function timeAt(heap: usize, i: u32): i64 { return load<i64>(heap + ((<usize>i) << 4)); }

function put(heap: usize, i: u32, time: i64, entry: usize): void {
  const node = heap + ((<usize>i) << 4);
  store<i64>(node, time);
  store<u32>(node, <u32>entry, 8);
  store<u32>(entry, i + 1, E_HEAP);
}

function move(heap: usize, from: u32, to: u32): void {
  put(heap, to, timeAt(heap, from), load<u32>(heap + ((<usize>from) << 4), 8));
}

export function heapAdd(list: usize, entry: usize): void {
  extend(list, 1, NODE);
  rise(load<u32>(list), load<u32>(list, 4) - 1, load<i64>(entry, E_TIME), entry);
}

/** The oldest row; 0 = none. */
export function heapFirst(list: usize): usize { return load<u32>(list, 4) == 0 ? 0 : load<u32>(<usize>load<u32>(list), 8); }

export function heapRemove(list: usize, entry: usize): void {
  const heap: usize = load<u32>(list);
  const last = load<u32>(list, 4) - 1, i = load<u32>(entry, E_HEAP) - 1;
  store<u32>(list, last, 4);
  store<u32>(entry, 0, E_HEAP);
  if (i == last) return;
  const time = timeAt(heap, last), moved: usize = load<u32>(heap + ((<usize>last) << 4), 8);
  if (i > 0 && time < timeAt(heap, (i - 1) >> 1)) rise(heap, i, time, moved); else sink(heap, i, last, time, moved);
}

function rise(heap: usize, from: u32, time: i64, entry: usize): void {
  let i = from;
  while (i > 0 && time < timeAt(heap, (i - 1) >> 1)) { move(heap, (i - 1) >> 1, i); i = (i - 1) >> 1; }
  put(heap, i, time, entry);
}

function sink(heap: usize, from: u32, count: u32, time: i64, entry: usize): void {
  let i = from;
  while (true) {
    let child = (i << 1) + 1;
    if (child >= count) break;
    if (child + 1 < count && timeAt(heap, child + 1) < timeAt(heap, child)) child++;
    if (time <= timeAt(heap, child)) break;
    move(heap, child, i);
    i = child;
  }
  put(heap, i, time, entry);
}
