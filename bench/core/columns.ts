// A sink that keeps a result as DuckDB's temporary table does: as typed columns, in pieces. For results of fixed-width
// columns without nulls.
import type { SinkSpec } from 'millrace'

export interface Kept {
  readonly spec: SinkSpec<'append'>
  /** The values of column `index`, in the order in which they came. */
  column(index: number): readonly bigint[]
}

export function columnsSink(): Kept {
  const pieces: BigInt64Array[][] = []
  const nothing = async (): Promise<void> => {}
  const spec: SinkSpec<'append'> = {
    kind: 'columns',
    name: 'columns',
    fingerprint: null,
    modes: ['append'],
    guarantee: 'at least once',
    open: async ({ memory }) => ({
      recover: nothing,
      begin: nothing,
      write({ columns, sel, rows, count }) {
        if (sel !== 0 || rows !== count) throw new Error('a selection: this sink takes whole batches')
        pieces.push(columns.map(({ values }) => memory.i64.slice(values >>> 3, (values >>> 3) + rows)))
      },
      pending: 0,
      drain: nothing,
      prepare: nothing,
      commit: nothing,
      close: nothing,
    }),
  }
  return { spec, column: index => pieces.flatMap(piece => [...(piece[index] as BigInt64Array)]) }
}
