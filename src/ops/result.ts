// A result that is being collected: takes deltas, gives the rows there are. What never retracts is kept as rows in the
// order in which they came (a sorted table comes in order); what retracts is summed up in a tree, in the stated
// order, or by its columns where none is stated.
import { fail } from '../base/index.ts'
import { type Arena, type Batch, kindOf, type Memory, type Row, rowsOf, Tree, weightsOf } from '../data/index.ts'
import { leaves, type Schema } from '../types/index.ts'
import { allEntries, emitEntries } from './entries.ts'
import { orderedRows, type SortColumn } from './ordered-rows.ts'
import { repeated } from './view.ts'

export interface Result {
  add(delta: Batch): void
  /** The rows there are now; `limit`: no more than these. */
  rows(limit?: number): Row[]
  /** Rows there are now. */
  readonly count: number
  close(): void
}

export interface ResultSpec {
  readonly schema: Schema
  /** The table never retracts. */
  readonly appendOnly: boolean
  /** The order of a table that retracts (orderBy with a limit). */
  readonly order?: readonly SortColumn[]
}

export function result(spec: ResultSpec, memory: Memory): Result {
  return spec.appendOnly ? listed(spec.schema, memory) : summed(spec, memory)
}

function listed(schema: Schema, memory: Memory): Result {
  const rows: Row[] = []
  return {
    add(delta) {
      const decoded = rowsOf(delta, schema, memory)
      if (delta.weights === 0) for (const row of decoded) rows.push(row)
      else addWeighted(rows, decoded, delta, schema, memory)
    },
    rows: limit => rows.slice(0, limit),
    get count() {
      return rows.length
    },
    close() {},
  }
}

function addWeighted(rows: Row[], decoded: Row[], delta: Batch, schema: Schema, memory: Memory): void {
  const weights = weightsOf(delta, memory)
  decoded.forEach((row, i) => {
    const weight = weights[i] as number
    if (weight < 0) fail('ASSERTION', { reason: 'a row was deleted from a table that was proved to be append-only' })
    rows.push(row)
    // Rows are the caller's to change: no two of them are one object.
    for (let more = 1; more < weight; more++) rows.push(rowsOf(delta, schema, memory)[i] as Row)
  })
}

function summed(spec: ResultSpec, memory: Memory): Result {
  const { schema } = spec
  const rows = orderedRows(
    spec.order ?? [],
    leaves(schema).map(leaf => kindOf(leaf.type)),
  )
  const tree = new Tree(memory, false)
  const arena = memory.arena()
  return {
    add(delta) {
      tree.addAll(rows.encode(delta, { memory, arena }), undefined, delta, delta.weights)
      arena.reset()
    },
    rows(limit = Number.POSITIVE_INFINITY) {
      const all = present(tree, arena)
      const chunk = memory.arena()
      const out: Row[] = []
      const wanted = { ...all, count: Math.min(limit, all.count) }
      emitEntries(wanted, rows.decode, chunk, 0, (_port, batch) => out.push(...rowsOf(batch, schema, memory)))
      chunk.free()
      arena.reset()
      return out
    },
    get count() {
      const { count } = present(tree, arena)
      arena.reset()
      return count
    },
    close() {
      tree.free()
      arena.free()
      rows.close()
    },
  }
}

function present(tree: Tree, arena: Arena) {
  return repeated(allEntries(tree, arena), arena)
}
