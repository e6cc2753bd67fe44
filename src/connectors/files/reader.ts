// What knows one kind of files: how to cut them into parts of so many rows, and how to read a part.
import type { FileInfo } from '../../base/index.ts'
import type { Piece } from '../../data/index.ts'
import type { Progress, Segment } from './ledger.ts'
import type { Planned } from './planner.ts'

/** A part that is being read. */
export interface Begun {
  /** To be asked for once. */
  pieces(): AsyncIterable<Piece>
  /** Nobody will ask for more. */
  cancel(): Promise<void>
}

export interface FileReader {
  /** What to read next of a file: at most `rows` rows, not beyond `until`; undefined when there is nothing. */
  next(file: FileInfo, known: Progress | undefined, rows: number, until: number): Promise<Planned | undefined>
  /** Begin to read a part; its pieces are asked for later, or never. */
  begin(segment: Segment): Begun
  close(): Promise<void>
}
