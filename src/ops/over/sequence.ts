// Rows of some groups, one after another in their orders, as numbers: where each row's group and peers begin and end. What
// window functions compute, they compute over a sequence; a group is never in two.

/** A sequence; every array has a place per row. A row that is there twice has two places. */
export interface Sequence {
  readonly rows: number
  /** Which entry each row is. */
  readonly entry: Int32Array
  readonly groupFrom: Int32Array
  readonly groupTo: Int32Array
  /** Peers: rows of the same group whose order keys are equal. */
  readonly peersFrom: Int32Array
  readonly peersTo: Int32Array
}

/** Entries as a walk lists them, groups one after another. */
export interface Listed {
  readonly entries: number
  /** How often each entry is there; none if not positive. */
  readonly weights: BigInt64Array
  /** 1: the first of a group. 2: the first of its order key. */
  readonly marks: Uint8Array
}

export function sequenceOf({ entries, weights, marks }: Listed): Sequence {
  let rows = 0
  for (let e = 0; e < entries; e++) rows += timesOf(weights, e)
  const entry = new Int32Array(rows)
  const [groupFrom, groupTo, peersFrom, peersTo] = [0, 1, 2, 3].map(() => new Int32Array(rows)) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ]
  let [row, group, peers] = [0, 0, 0]
  for (let e = 0; e < entries; e++) {
    const mark = marks[e] as number
    if (mark !== 0) {
      peersTo.fill(row, peers, row)
      peers = row
    }
    if ((mark & 1) !== 0) {
      groupTo.fill(row, group, row)
      group = row
    }
    for (let times = timesOf(weights, e); times > 0; times--) {
      entry[row] = e
      groupFrom[row] = group
      peersFrom[row] = peers
      row++
    }
  }
  groupTo.fill(row, group, row)
  peersTo.fill(row, peers, row)
  return { rows, entry, groupFrom, groupTo, peersFrom, peersTo }
}

export const timesOf = (weights: BigInt64Array, e: number): number => Math.max(0, Number(weights[e]))
