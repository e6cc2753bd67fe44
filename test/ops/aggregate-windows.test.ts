// Windows of an aggregation: what is late, what closes when, and that closed windows cost nothing any more.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, changesOf, Memory } from '../../src/data/index.ts'
import { type AggregateSpec, aggregate, type Emit, LATE_PORT, WATERMARK_MAX } from '../../src/ops/index.ts'
import { aggregateTwin } from '../../src/ops/reference/aggregate.ts'
import type { Weighted } from '../../src/ops/reference/zset.ts'
import { DELETED } from '../../src/state/index.ts'
import { entryBytes } from '../../src/state/sort.ts'
import { field, scalars, schemaOf } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { shown } from './harness.ts'

const input = schemaOf([
  field('start', scalars.timestamp, true),
  field('end', scalars.timestamp, true),
  field('k', scalars.string, true),
  field('n', scalars.bigint, true),
])
const output = schemaOf([
  ...input.fields.slice(0, 3),
  field('count', scalars.int),
  field('kinds', scalars.int),
  field('max', scalars.bigint, true),
])
const at = (index: number) => ({
  column: index,
  type: (input.fields[index] as (typeof input.fields)[0]).type as typeof scalars.string,
  nullable: true,
})

const specOf = (emit: 'changes' | 'final', accept: bigint, appendOnlyInput: boolean): AggregateSpec => ({
  keys: [0, 1, 2].map(index => ({ ...at(index), name: (input.fields[index] as (typeof input.fields)[0]).name })),
  calls: [
    { name: 'count', fn: 'count', args: [], type: scalars.int },
    { name: 'kinds', fn: 'count', args: [at(3)], distinct: true, type: scalars.int },
    { name: 'max', fn: 'max', args: [at(3)], type: scalars.bigint },
  ],
  appendOnlyInput,
  window: { start: 0, end: 1, accept },
  emit,
})
const twin = (rows: readonly Weighted[]): Weighted[] =>
  aggregateTwin(rows, {
    keys: ['start', 'end', 'k'],
    calls: [
      { name: 'count', fn: 'count' },
      { name: 'kinds', fn: 'count', arg: 'n', distinct: true },
      { name: 'max', fn: 'max', arg: 'n' },
    ],
  })

const window = (rng: Rng, size: number, around: number) => {
  const start = rng.int(around - 4, around + 4) * size
  return rng.oneIn(15) ? { start: null, end: null } : { start: new Date(start), end: new Date(start + size) }
}
const endOf = ({ row }: Weighted): number => (row['end'] as Date | null)?.getTime() ?? Number.POSITIVE_INFINITY

for (const emit of ['changes', 'final'] as const)
  for (const retracts of [false, true])
    seeded(`windows close when the watermark says so: ${emit}, ${retracts ? 'with deletes' : 'append-only'}`, rng => {
      const memory = new Memory()
      const arena = memory.arena()
      const accept = rng.int(0, 30)
      const context = { memory, arena, operator: 'test', durable: true }
      const spec = specOf(emit, BigInt(accept) * 1000n, !retracts)
      let operator = aggregate(context, spec)
      let watermark = Number.NEGATIVE_INFINITY
      const taken: Weighted[] = []
      const out: Weighted[] = []
      let late = 0
      let lateWanted = 0
      const collect: Emit = (port, batch) => {
        if (port === LATE_PORT) late += batch.count
        else out.push(...changesOf(batch, output, memory))
      }
      const saved: [string, Uint8Array][] = []
      for (let epoch = 0; epoch < 12; epoch++) {
        const rows = rng.list(20, (): Weighted => {
          const old = retracts && rng.oneIn(3) ? taken : []
          if (old.length > 0) return { row: rng.pick(old).row, weight: -1 }
          const row = {
            ...window(rng, 10, epoch),
            k: rng.pick(['a', 'b', null, 'a long name for a key']),
            n: BigInt(rng.int(0, 3)),
          }
          return { row, weight: 1 }
        })
        const isLate = (each: Weighted) => watermark >= endOf(each) + accept
        lateWanted += rows.filter(isLate).length
        taken.push(...rows.filter(each => !isLate(each)))
        if (rows.length > 0)
          operator.step(
            0,
            batchFromRows(
              rows.map(each => each.row),
              input,
              arena,
              rows.map(each => each.weight),
            ),
            collect,
          )
        arena.reset()
        watermark = Math.max(watermark, rng.int((epoch - 3) * 10, (epoch + 1) * 10))
        operator.advance(0, BigInt(watermark) * 1000n, collect)
        operator.flush(collect)
        const closed = (each: Weighted) => endOf(each) + accept <= watermark
        const wanted = twin(taken).filter(each => emit === 'changes' || closed(each))
        assert.deepEqual(shown(out), shown(wanted), `epoch ${epoch}, watermark ${watermark}`)
        operator.save({ put: (store, block) => saved.push([store, block.slice()]) }, false)
        if (rng.oneIn(3)) {
          operator.close()
          operator = aggregate(context, spec)
          for (const [store, block] of saved) operator.load(store, block)
          operator.advance(0, BigInt(watermark) * 1000n, collect)
        }
      }
      operator.advance(0, WATERMARK_MAX, collect)
      operator.flush(collect)
      assert.deepEqual(shown(out), shown(twin(taken)))
      assert.equal(late, lateWanted)
      assert.equal(operator.size().rows, 0, 'windows left')
      operator.close()
      arena.free()
      assert.equal(memory.used, 0, 'bytes lost')
    })

test('a save tells what is gone of what was saved, and nothing of groups that came and went since', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const operator = aggregate({ memory, arena, operator: 'test' }, specOf('final', 0n, false))
  const run = (window: number): void => {
    const [start, end] = [new Date(window * 10), new Date(window * 10 + 10)]
    const rows = Array.from({ length: 50 }, (_, i) => ({ start, end, k: `k${i}`, n: 1n }))
    operator.step(0, batchFromRows(rows, input, arena), () => {})
    operator.advance(0, BigInt(window * 10) * 1000n, () => {})
    operator.flush(() => {})
  }
  const entries = (): { gone: number; there: number } => {
    const count = { gone: 0, there: 0 }
    const put = (store: string, block: Uint8Array): void => {
      if (store !== 'groups') return
      const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
      for (let at = 0; at < block.length; at += entryBytes(view, at))
        count[view.getUint32(at + 4, true) === DELETED ? 'gone' : 'there']++
    }
    operator.save({ put }, false)
    return count
  }
  for (let window = 0; window < 9; window++) run(window)
  assert.deepEqual(entries(), { gone: 0, there: 50 })
  for (let window = 9; window < 20; window++) run(window)
  assert.deepEqual(entries(), { gone: 50, there: 50 })
  operator.close()
  arena.free()
})

test('state is bounded: memory after many windows is that of the open ones', () => {
  const memory = new Memory()
  const arena = memory.arena()
  const operator = aggregate({ memory, arena, operator: 'test', durable: false }, specOf('final', 0n, false))
  const silent: Emit = () => {}
  const run = (from: number, to: number): number => {
    for (let w = from; w < to; w++) {
      const rows = Array.from({ length: 200 }, (_, i) => ({
        start: new Date(w * 10),
        end: new Date(w * 10 + 10),
        k: `a key of more than twelve bytes ${i}`,
        n: BigInt(i % 7),
      }))
      operator.step(0, batchFromRows(rows, input, arena), silent)
      arena.reset()
      operator.advance(0, BigInt(w * 10) * 1000n, silent)
      operator.flush(silent)
    }
    return memory.used
  }
  assert.equal(run(0, 20), run(20, 400))
  assert.equal(operator.size().rows, 400, 'the one open window, its groups and their values')
  operator.close()
  arena.free()
})
