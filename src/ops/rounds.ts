// Inside an iteration time has a second coordinate, the round. A table of round i is the sum of its differences of rounds
// 0 … i, and what flows between operators are changes of differences: each delta belongs to one round, the clock's. A
// stateless operator passes on in the same round what it was given in it, so it needs to know nothing of rounds.
// Law: for every round i, the sum of an operator's outputs of rounds 0 … i is the operator applied to the sums of its
// inputs of rounds 0 … i, after every turn, in whatever order the changes came.
import {
  type Arena,
  ASCENDING,
  type Column,
  columnBytes,
  decodeKeys,
  EXACT,
  encodeKeys,
  Kind,
  type Packed,
  type Ptr,
  type Selected,
  Tree,
} from '../data/index.ts'
import { addresses } from './entries.ts'
import type { Operator } from './operator.ts'

/** The clock of an iteration: the round of whatever is being stepped, emitted or flushed. */
export interface Rounds {
  now: number
}

/**
 * An operator with state inside an iteration. A turn is what happens between two settles; in a turn the driver sets the
 * clock to ascending rounds and flushes: then everything due up to that round is evaluated.
 */
export interface RoundOperator extends Operator {
  /** The least round at which something is to be evaluated; undefined: nothing is due. */
  due(): number | undefined
  /** The turn is over: nothing is due any more. */
  settle(): void
}

export const isRoundOperator = (operator: Operator): operator is RoundOperator => 'settle' in operator

/** Do something in a round of its own. */
export function inRound(rounds: Rounds, round: number, task: () => void): void {
  const before = rounds.now
  rounds.now = round
  try {
    task()
  } finally {
    rounds.now = before
  }
}

/** A round as a column: the same number in every row. */
export function roundColumn(round: number, rows: number, arena: Arena): Column {
  const values = arena.alloc(columnBytes(Kind.I32, rows))
  arena.memory.i32.fill(round, values >>> 2, (values >>> 2) + rows)
  return { kind: Kind.I32, values, validity: 0 }
}

/** Whole rows with their round, as keys: those of a round lie together. */
export function timedRows(
  round: number,
  rows: Selected & { readonly rows: number },
  columns: readonly Column[],
  arena: Arena,
): Packed {
  const timed = [roundColumn(round, rows.rows, arena), ...columns]
  return encodeKeys(rows, timed, ordersOf(columns.length), arena)
}

/** The rows of such keys, and the rounds they are of. */
export function untimedRows(
  entries: Ptr,
  count: number,
  kinds: readonly Kind[],
  arena: Arena,
): { readonly columns: readonly Column[]; readonly rounds: Int32Array } {
  const keys = addresses(entries, count, arena)
  const [round, ...columns] = decodeKeys(keys, count, [Kind.I32, ...kinds], ordersOf(kinds.length), arena)
  const at = (round as Column).values >>> 2
  return { columns, rounds: arena.memory.i32.slice(at, at + count) }
}

const ordersOf = (columns: number) => [ASCENDING, ...Array.from({ length: columns }, () => EXACT)]

/** Keys to be dealt with, by round: an ordered set each. Nothing here outlives a turn. */
export class RoundTrees {
  readonly #trees = new Map<number, Tree>()
  readonly #arena: Arena

  constructor(arena: Arena) {
    this.#arena = arena
  }

  at(round: number): Tree {
    const known = this.#trees.get(round)
    if (known !== undefined) return known
    const made = new Tree(this.#arena.memory, false)
    this.#trees.set(round, made)
    return made
  }

  add(round: number, keys: Packed): void {
    this.at(round).addAll(keys, undefined, { sel: 0, count: keys.count }, 0)
  }

  /** The least round that has an entry. */
  least(): number | undefined {
    let least: number | undefined
    for (const [round, tree] of this.#trees) if (tree.count > 0 && (least === undefined || round < least)) least = round
    return least
  }

  /** Hand over a round's tree; who takes it frees it. */
  take(round: number): Tree | undefined {
    const tree = this.#trees.get(round)
    this.#trees.delete(round)
    return tree
  }

  /** How many entries a round has. */
  rows(round: number): number {
    return this.#trees.get(round)?.count ?? 0
  }

  rounds(): number[] {
    return [...this.#trees.keys()].sort((a, b) => a - b)
  }

  clear(): void {
    for (const tree of this.#trees.values()) tree.free()
    this.#trees.clear()
  }
}
