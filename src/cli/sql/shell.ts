// What the statements of `millrace sql` are done with.
import type { OpenDatabase, Outcome } from '../../database/index.ts'
import type { Engine } from '../../runtime/index.ts'
import type { Io } from '../io.ts'
import type { Asked } from './flags.ts'

export interface Shell {
  readonly database: OpenDatabase
  readonly asked: Asked
  readonly engine: Engine
  readonly io: Io
}

/** Show a table. */
export type Show = (table: Extract<Outcome, { kind: 'rows' }>['table'], signal: AbortSignal) => Promise<void>

/** Do the statements of a text and show what comes of them. */
export type Run = (text: string, signal: AbortSignal) => Promise<void>
