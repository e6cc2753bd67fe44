// Rows that could not be decoded, as a table: noted while a source is read, told when the epoch is flushed.
import type { MillraceError, Position } from '../base/index.ts'
import { BATCH_ROWS, batchFromRows } from '../data/index.ts'
import { type Operator, type OperatorContext, stateless } from '../ops/index.ts'
import { errorsSchema } from '../plan/index.ts'

export interface BadRows {
  readonly operator: (context: OperatorContext) => Operator
  note(error: MillraceError, raw: Uint8Array): void
}

const LOSSY = new TextDecoder('utf-8')

export function badRows(): BadRows {
  let waiting: object[] = []
  return {
    note: (error, raw) => void waiting.push(rowOf(error, raw)),
    operator: ({ arena }) => ({
      ...stateless,
      name: 'errors',
      step() {},
      flush(emit) {
        const rows = waiting
        waiting = []
        for (let at = 0; at < rows.length; at += BATCH_ROWS) {
          emit(0, batchFromRows(rows.slice(at, at + BATCH_ROWS), errorsSchema, arena))
        }
      },
    }),
  }
}

function rowOf(error: MillraceError, raw: Uint8Array): object {
  const at: Partial<Position> = error.where.position ?? {}
  return {
    source: at.source ?? '',
    line: at.line ?? null,
    byte: at.byte ?? null,
    column: at.column ?? null,
    code: error.code,
    reason: error.message,
    raw: LOSSY.decode(raw).toWellFormed(),
  }
}
