// now(a + b) = now(a) + now(b): a row gets the time of its epoch, as the epoch's plan says it; so an epoch that is done again
// gives it the same. `once`: all rows get the time of the first epoch, which is kept; so a row that goes is the row that
// came, and a batch has one time however it is cut.
import { type Batch, type Column, columnBytes, Kind, keyOf, NOTHING, Tree, utf8, withColumns } from '../data/index.ts'
import { sizeOf } from './entries.ts'
import { type Emit, type Operator, type OperatorContext, saving, stateless } from './operator.ts'

export interface NowSpec {
  readonly once: boolean
}

const STORE = 'first'

/** The input's columns, then the time. */
export function now({ once }: NowSpec, context: OperatorContext): Operator {
  const { memory, durable } = context
  const kept = new Tree(memory, durable !== false)
  let time = 0n
  let isKnown = false
  return {
    ...stateless,
    ...saving((writer, full) => kept.saving(block => writer.put(STORE, block), full)),
    name: 'now',
    stores: once ? [STORE] : [],
    tick(milliseconds) {
      if (once && isKnown) return
      time = BigInt(Math.round(milliseconds * 1000))
      isKnown = true
      if (once) remember(kept, time, context)
    },
    step(_port: number, delta: Batch, emit: Emit) {
      if (delta.count > 0) emit(0, withColumns(delta, [...delta.columns, filled(time, delta.rows, context)]))
    },
    load(_store, block) {
      kept.load(block)
      const entry = kept.first()
      if (entry === 0) return
      const { ptr, length } = keyOf(entry, memory)
      time = BigInt(memory.text(ptr, length))
      isKnown = true
    },
    size: () => sizeOf(kept),
    close: () => kept.free(),
  }
}

function remember(kept: Tree, time: bigint, { arena }: OperatorContext): void {
  const digits = utf8(String(time))
  kept.put({ ptr: arena.put(digits), length: digits.length }, NOTHING)
}

function filled(time: bigint, rows: number, { memory, arena }: OperatorContext): Column {
  const values = arena.alloc(columnBytes(Kind.I64, rows))
  memory.i64.fill(time, values >>> 3, (values >>> 3) + rows)
  return { kind: Kind.I64, values, validity: 0 }
}
