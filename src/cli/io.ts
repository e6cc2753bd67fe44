// What a command touches of the process, as values: tests hand in their own.
import type { EventEmitter } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { World } from '../data/index.ts'
import type { Screen } from './progress.ts'

export interface Io {
  readonly world: World
  /** Results. */
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  /** What comes in; absent: nothing. */
  readonly stdin?: Readable & { readonly isTTY?: boolean }
  /** Progress and errors. */
  readonly stderr: Screen
  /** Where the lines are kept that were written in `millrace sql`; absent: nowhere. */
  readonly history?: string
  /** Where signals arrive. */
  readonly signals: EventEmitter
  /** A folder for what is forgotten at the end. */
  readonly scratch: string
  /** End at once. */
  exit(code: number): void
}
