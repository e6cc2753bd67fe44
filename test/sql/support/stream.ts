// The same query as a stream: the rows of its tables come in an order of chance, among rows that go again, in epochs of a
// given size, with power cuts in the middle if wanted. What is there in the end must be what a batch gives.
import { type Node, rebuild } from '../../../src/plan/index.ts'
import { type Tail, testing } from '../../../src/testing/index.ts'
import { sourcesOf } from '../../../src/testing/replace.ts'
import type { Rng } from '../../support/seed.ts'
import { type Asked, answered, type Ours } from './ours.ts'
import type { Answer, Refusal } from './postgres.ts'

/** A row of a table comes or goes. */
export interface Change {
  readonly table: string
  readonly row: object
  readonly weight: 1 | -1
}

export interface Cut {
  /** Rows in an epoch. */
  readonly rows: number
  /** The power is cut in the middle: at this write to the disk of an epoch. */
  readonly crash?: { readonly step: number; readonly tail: Tail }
}

/** What rows that stand in a query are called as an input. */
const LITERALS = 'memory'

/** The tables that a query reads. */
export const tablesRead = ({ node }: Asked): readonly string[] => [
  ...new Set(sourcesOf(node).flatMap(({ spec }) => (spec.name === LITERALS ? [] : [spec.name]))),
]

/** Every row comes; about half as many more come too, made of columns of others, and go again. */
export async function story(rng: Rng, names: readonly string[], from: Ours): Promise<readonly Change[]> {
  const made: { readonly at: number; readonly change: Change }[] = []
  for (const table of names) {
    const rows = await from.rowsOf(table)
    for (const row of rows) made.push({ at: rng.double(), change: { table, row, weight: 1 } })
    for (const row of rows) {
      if (rng.oneIn(2)) continue
      const passing = rng.oneIn(3) ? row : mixed(row, rng.pick(rows), rng)
      const comes = rng.double()
      made.push({ at: comes, change: { table, row: passing, weight: 1 } })
      made.push({ at: comes + (1 - comes) * rng.double(), change: { table, row: passing, weight: -1 } })
    }
  }
  return made.sort((a, b) => a.at - b.at).map(each => each.change)
}

/** Columns of one row and of another: values that occur, and nothing that a column can not hold. */
const mixed = (a: object, b: object, rng: Rng): object =>
  Object.fromEntries(Object.entries(a).map(([name, value]) => [name, rng.oneIn(2) ? value : cell(b, name)]))

const cell = (row: object, name: string): unknown => (row as Record<string, unknown>)[name]

/** The rows in the end, as a bag. */
export function streamed({ node }: Asked, changes: readonly Change[], cut: Cut): Promise<Answer | Refusal> {
  return answered(async () => {
    const table = { node: unsorted(node) } as never
    await using run = await testing(table, { unbounded: true, keep: [LITERALS], memory: '256 MB' })
    const epochs = Math.max(1, Math.ceil(changes.length / cut.rows))
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (const { table, row, weight } of changes.slice(epoch * cut.rows, (epoch + 1) * cut.rows))
        run.input(table).push(row, { weight })
      if (cut.crash !== undefined && epoch === epochs >> 1) {
        await run.crash(cut.crash)
        await run.restore()
      }
      await run.epoch()
    }
    // Nothing has run before the first row; and windows are there when time has passed them.
    await run.end()
    return run.rows()
  })
}

/** A table that never ends can not be sorted as a whole, and a table has no order: sorts that choose no rows go. */
const unsorted = (root: Node): Node =>
  rebuild(root, node => (node.kind === 'top' && node.limit === undefined && node.offset === 0 ? node.input : node))
