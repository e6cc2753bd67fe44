// What every part of a query shares while it is being bound: its text, the tables it may name, its parameters.
import type { Expr } from '../expr/index.ts'
import type { Node } from '../plan/index.ts'
import type { ColumnType, Schema } from '../types/index.ts'
import type { Block, Domain, OuterSlot } from './block.ts'
import type { SelectStmt } from './parser.ts'
import type { PathNames } from './quoted-paths.ts'

/** Where tables come from: the wiring knows files, rows and what was registered. */
export interface Catalog {
  /** The table of a name; undefined: there is none. */
  table(name: string): Node | undefined
  /** All names, for suggestions. */
  names(): readonly string[]
  /** The table of a path between quotes. */
  path(path: string): Node
  /** What a part of WITH that changes rows tells; null: nothing. Undefined: it is not done here. */
  told(name: string): Node | null | undefined
  /** Rows that stand in the query. */
  rows(schema: Schema, rows: readonly object[]): Node
}

/** A table of WITH, or one that is being defined by itself. */
export interface Common {
  readonly node: Node
  readonly names: readonly string[]
  /** It changes rows, and has no RETURNING: nothing can be read of it. */
  readonly isSilent?: true
  /** It uses columns of blocks around its query: then it is bound wherever FROM names it. */
  readonly correlated?: Correlated
  /** It has rows for each value of columns of blocks around its query. */
  readonly byValue?: ByValue
}

export interface ByValue {
  readonly outers: readonly OuterSlot[]
  /** The columns of the node that have these values; none while only types are wanted. */
  readonly columns: readonly string[]
  readonly depth: number
}

export interface Correlated {
  readonly select: SelectStmt
  /** The tables of WITH that it sees. */
  readonly common: ReadonlyMap<string, Common>
  readonly depth: number
}

/** Where a query is bound. */
export interface Frame {
  readonly query: Query
  readonly outer: Block | undefined
  readonly domain: Domain | undefined
  readonly probing: boolean
}

/** The types that the columns of a query are for, as far as they are known: constants of unknown type take them. */
export type Wanted = readonly (ColumnType | undefined)[]

/** A bound query. */
export interface Bound {
  /** Its output columns; then those of its domain. */
  readonly node: Node
  readonly names: readonly string[]
  readonly outers: readonly OuterSlot[]
  /** Output columns that are constants of unknown type. */
  readonly unknown: ReadonlySet<number>
}

export interface Query {
  /** Binds a query within this one. */
  readonly select: (statement: SelectStmt, frame: Frame) => Bound
  readonly text: string
  readonly catalog: Catalog
  readonly paths: PathNames
  /** Values of $1, $2 …, as expressions. */
  readonly params: readonly Expr[]
  /** Tables of WITH that are in sight. */
  readonly common: ReadonlyMap<string, Common>
  /** Constants whose type is not decided yet: 'text' and NULL. */
  readonly unknowns: WeakSet<Expr>
  /** Subqueries within subqueries, so far. */
  readonly depth: number
}
