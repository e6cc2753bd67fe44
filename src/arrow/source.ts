// Arrow data as an input: record batches are cut into pieces of at most a batch, and an offset is the number of a piece.
import { fail } from '../base/index.ts'
import type { FromArrow } from '../data/arrow.ts'
import { BATCH_ROWS, type Json, type Piece, type Source, type SourceContext, type SourceSpec } from '../data/index.ts'
import { showType } from '../types/index.ts'

/** @param name what the input is called in messages. */
export function arrowSource(data: FromArrow, name: string): SourceSpec {
  const columns = data.schema.fields.map(each => `${each.name} ${showType(each.type)}`)
  return {
    kind: 'arrow',
    name,
    fingerprint: { name, columns },
    schema: data.schema,
    bounded: true,
    replayable: true,
    appendOnly: true,
    open: async context => open(data, name, context),
  }
}

function open(data: FromArrow, name: string, context: SourceContext): Source {
  const arena = context.memory.arena()
  const pieceOf = (offset: Json): number => {
    if (offset === null) return 0
    if (typeof offset === 'number' && Number.isInteger(offset) && offset >= 0 && offset <= data.pieces) return offset
    return fail('BAD_OFFSET', {
      source: name,
      reason: `the data has ${data.pieces} pieces: it is other data than before`,
    })
  }
  return {
    async plan(from, { rows, until }) {
      const start = pieceOf(from)
      const end = Math.min(data.pieces, until === undefined ? data.pieces : pieceOf(until))
      const to = Math.min(end, start + Math.max(1, Math.floor(rows / BATCH_ROWS)))
      return to > start ? { from: start, to } : undefined
    },
    async *read(range): AsyncGenerator<Piece> {
      for (let piece = pieceOf(range.from); piece < pieceOf(range.to); piece++) {
        arena.reset()
        yield { partition: '', batch: data.read(piece, arena, context.columns) }
      }
    },
    async committed() {},
    ended: from => pieceOf(from) === data.pieces,
    async close() {
      arena.free()
    },
  }
}
