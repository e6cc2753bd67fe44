// What the statements of a database share: the things that have names, what runs queries, and what was SET.
import type { Writable } from 'node:stream'
import type { Mode, SinkSpec, World } from '../data/index.ts'
import type { Expr } from '../expr/index.ts'
import type { Node, Session } from '../plan/index.ts'
import type { Engine, Run } from '../runtime/index.ts'
import type { Preparing, RelationKind, Script, Statement } from '../sql/index.ts'
import type { Schema } from '../types/index.ts'
import type { Emit } from './emit.ts'
import type { Settings } from './settings.ts'
import type { StandardInput } from './standard-input.ts'
import type { Store } from './store.ts'

/** Something in a database that has a name. */
export interface Relation {
  readonly kind: RelationKind
  /** The table it is; its columns may have to be looked for. Absent: it is only written. */
  readonly node?: () => Node | Promise<Node>
  /** Its rows can be changed one by one. */
  readonly store?: Store
  /** Its rows are kept up to date by a run. */
  readonly follows?: Store
  /** What INSERT writes to. */
  readonly sink?: Target
  /** The relations it is made of. */
  readonly uses?: ReadonlySet<string>
  /** What keeps it up to date. */
  readonly run?: Run
  /** Removes what is kept of that run, once it has ended. */
  readonly forget?: () => Promise<void>
}

/** A sink of rows, and what columns it wants: undefined takes those that come. */
export interface Target {
  readonly spec: SinkSpec
  readonly schema: Schema | undefined
  readonly mode: Mode | undefined
  /** When windows are told; undefined: as SET says. */
  readonly emit?: Emit | undefined
}

/** A statement that has a name. */
export interface Prepared {
  readonly statement: Statement
  /** The text that it stands in. */
  readonly script: Script
  readonly types: Extract<Preparing, { kind: 'prepare' }>['types']
}

export interface Place {
  readonly session: Session
  readonly world: World
  /** Runs what INSERT writes. */
  readonly jobs: Engine
  /** Runs materialized views. */
  readonly views: Engine
  readonly relations: Map<string, Relation>
  readonly settings: Settings
  readonly prepared: Map<string, Prepared>
  /** What parts of WITH that change rows tell, while the rest of the statement is found out; undefined: nothing. */
  readonly told?: ReadonlyMap<string, Node | undefined>
  /** Files and the standard input are read on as they grow. */
  readonly follow: boolean
  readonly stdin: StandardInput | undefined
  readonly stdout: Writable | undefined
}

/** A statement in its text, with the parameters. */
export interface Given {
  readonly script: Script
  readonly params: readonly Expr[]
  /** Ends what is going on. */
  readonly signal: AbortSignal | undefined
}
