// Rows apart by equal row bytes: what goes to which partition. Groups are numbered as they first appear, and rows keep
// their order within a group, so the result is a function of the rows alone. Tables live in the arena in use.
import { hashBytes } from './hash';
import { rowAt } from './layout';
import { take } from './memory';

/**
 * Row numbers of n selected rows, group after group, to `out`, and where in `out` each group ends to `ends` (room for n);
 * the number of groups. Item i of the row bytes is blob[offsets[i] .. offsets[i + 1]].
 */
export function splitRows(n: u32, sel: usize, blob: usize, offsets: usize, out: usize, ends: usize): u32 {
  let bits: u32 = 4;
  while ((<u32>1 << bits) < n << 1) bits++;
  const mask: u32 = (1 << bits) - 1;
  const slots = take(4 << bits), firsts = take(max(n << 2, 16)), groupOf = take(max(n << 2, 16));
  memory.fill(slots, 0, 4 << bits);
  let groups: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const from = load<u32>(offsets + (<usize>i << 2)), length = load<u32>(offsets + (<usize>i << 2), 4) - from;
    let at = hashBytes(blob + from, length) & mask;
    let group = load<u32>(slots + (<usize>at << 2));
    while (group != 0 && !sameItem(blob, offsets, load<u32>(firsts + (<usize>(group - 1) << 2)), blob + from, length)) {
      at = (at + 1) & mask;
      group = load<u32>(slots + (<usize>at << 2));
    }
    if (group == 0) {
      store<u32>(firsts + (<usize>groups << 2), i);
      store<u32>(ends + (<usize>groups << 2), 0);
      group = ++groups;
      store<u32>(slots + (<usize>at << 2), group);
    }
    store<u32>(groupOf + (<usize>i << 2), group - 1);
    const end = ends + (<usize>(group - 1) << 2);
    store<u32>(end, load<u32>(end) + 1);
  }
  place(n, sel, groups, groupOf, firsts, out, ends);
  return groups;
}

function sameItem(blob: usize, offsets: usize, item: u32, bytes: usize, length: u32): bool {
  const from = load<u32>(offsets + (<usize>item << 2));
  return load<u32>(offsets + (<usize>item << 2), 4) - from == length && memory.compare(blob + from, bytes, length) == 0;
}

/** From the sizes of groups in `ends` to their ends, and the rows to where they belong; `next` is overwritten. */
function place(n: u32, sel: usize, groups: u32, groupOf: usize, next: usize, out: usize, ends: usize): void {
  let end: u32 = 0;
  for (let g: u32 = 0; g < groups; g++) {
    store<u32>(next + (<usize>g << 2), end);
    end += load<u32>(ends + (<usize>g << 2));
    store<u32>(ends + (<usize>g << 2), end);
  }
  for (let i: u32 = 0; i < n; i++) {
    const cursor = next + (<usize>load<u32>(groupOf + (<usize>i << 2)) << 2);
    const at = load<u32>(cursor);
    store<u32>(out + (<usize>at << 2), rowAt(sel, i));
    store<u32>(cursor, at + 1);
  }
}
