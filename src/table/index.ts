export type { AsOfOptions } from './as-of.ts'
export { list, struct } from './construct.ts'
export { CountGrouped, type CountWindowOptions } from './count-window.ts'
export type { DedupNeedsRowsThatOnlyCome, DedupOptions } from './dedup.ts'
export type { EnrichOptions } from './enrich.ts'
export type { FilledRow, FillOptions, FillWith } from './fill.ts'
export type { Accumulate, EmitOptions, PaneTrigger } from './firing.ts'
export type { GroupStateOptions } from './group-state.ts'
export { Grouped, GroupingSets, type WindowGrouped } from './grouped.ts'
export { and, coalesce, concat, lit, not, now, or, type Selectable, split, type When, when } from './helpers.ts'
export type { JoinOptions } from './join.ts'
export { literalFrom } from './literal.ts'
export type * from './output.ts'
export type { FrameEdges, OverOptions } from './over.ts'
export { KeyedTable } from './process.ts'
export type { Per, RankOptions, RowByOptions } from './rank.ts'
export type * from './rows.ts'
export * from './source.ts'
export {
  CountedTable,
  DedupedTable,
  JoinedTable,
  OrderedTable,
  ProcessedTable,
  RankedTable,
  Table,
  WindowedTable,
  WindowTable,
} from './table.ts'
export type { WindowOptions } from './verbs.ts'
