// Merging groups, a call per part of the state: of each pair (kept u32, absorbed u32), in order, the second's part is added
// to the first's, and is then as if nothing had ever been added to it.
import { DECIMAL, VIEW } from './layout';
import { add128, add192, compareViews, placeWins } from './agg-update';
import { mergeDecimal, mergeSquares } from './agg-decimal';
import { exactMerge } from './exact-sum';
import { sketchMerge } from './sketch';
import { NO_TEXT, dropText } from './group-state';
import { TEMPLATE } from './group-layout';

const COUNT: u32 = 0, INTEGERS: u32 = 1, SQUARES: u32 = 2, DOUBLES: u32 = 3, EXTREME: u32 = 4, TEXT: u32 = 5, PICK: u32 = 6, SKETCH: u32 = 7, PLACE: u32 = 8, DECIMALS: u32 = 9, DECIMAL_SQUARES: u32 = 10;

/** `greatest`: of extremes and picks; `kind`: of a pick's value. */
export function mergePart(table: usize, pairs: usize, n: u32, what: u32, at: u32, bytes: u32, greatest: bool, kind: u32): void {
  const blank: usize = load<u32>(table, TEMPLATE) + at;
  for (let i: u32 = 0; i < n; i++, pairs += 8) {
    const to = <usize>load<u32>(pairs) + at, from = <usize>load<u32>(pairs, 4) + at;
    if (what == COUNT) store<i64>(to, load<i64>(to) + load<i64>(from));
    else if (what == INTEGERS) add128(to, load<u64>(from), load<i64>(from, 8));
    else if (what == SQUARES) add192(to, load<u64>(from), load<u64>(from, 8), load<u64>(from, 16), false);
    else if (what == DOUBLES) exactMerge(table, to, from);
    else if (what == EXTREME) { const value = load<i64>(from), best = load<i64>(to); if (greatest ? value > best : value < best) store<i64>(to, value); }
    else if (what == TEXT) takeText(table, to, from, wins(to, from, greatest));
    else if (what == PICK) mergePick(table, to, from, greatest, kind);
    else if (what == PLACE) { if (placeWins(load<u64>(from), load<u64>(from, 8), to, greatest)) memory.copy(to, from, 16); }
    else if (what == DECIMALS) mergeDecimal(to, from, bytes);
    else if (what == DECIMAL_SQUARES) mergeSquares(to, from, bytes);
    else if (what == SKETCH) sketchMerge(table, to, from);
    memory.copy(from, blank, bytes);
  }
}

/** The absorbed groups' weights are the kept ones'. */
export function mergeWeights(pairs: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++, pairs += 8) {
    const to: usize = load<u32>(pairs), from: usize = load<u32>(pairs, 4);
    store<i64>(to, load<i64>(to) + load<i64>(from));
    store<i64>(from, 0);
  }
}

function wins(to: usize, from: usize, greatest: bool): bool {
  if (load<u32>(from) == NO_TEXT) return false;
  if (load<u32>(to) == NO_TEXT) return true;
  const order = compareViews(from, to);
  return greatest ? order > 0 : order < 0;
}

/** One of two texts goes; the other has its bytes. */
function takeText(table: usize, to: usize, from: usize, taken: bool): void {
  if (!taken) { dropText(table, from); return; }
  dropText(table, to);
  memory.copy(to, from, 16);
}

function mergePick(table: usize, to: usize, from: usize, latest: bool, kind: u32): void {
  const has = load<u64>(from, 8) != 0, had = load<u64>(to, 8) != 0, time = load<i64>(from), best = load<i64>(to);
  let taken = has && (!had || (latest ? time > best : time < best));
  if (has && had && time == best) {
    if (kind == VIEW) taken = wins(to + 16, from + 16, latest);
    else if (kind >= DECIMAL) taken = placeWins(load<u64>(from, 16), load<u64>(from, 24), to + 16, latest);
    else taken = latest ? load<i64>(from, 16) > load<i64>(to, 16) : load<i64>(from, 16) < load<i64>(to, 16);
  }
  if (kind == VIEW) takeText(table, to + 16, from + 16, taken);
  else if (taken) memory.copy(to + 16, from + 16, kind >= DECIMAL ? 16 : 8);
  if (taken) { store<i64>(to, time); store<u64>(to, 1, 8); }
}
