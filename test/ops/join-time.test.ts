// Joins with a time bound while watermarks rise: state goes exactly when they allow, rows by themselves are emitted once,
// late rows leave by a port of their own, and no row is older than the watermark that was promised.
import assert from 'node:assert/strict'
import { batchFromRows, changesOf, kindOf, Memory } from '../../src/data/index.ts'
import { type JoinSpec, type JoinType, join } from '../../src/ops/index.ts'
import { joinTwin } from '../../src/ops/reference/join.ts'
import { net, type Row, type Weighted } from '../../src/ops/reference/zset.ts'
import { field, leaves, type Schema, schemaOf, scalars as t } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { shown } from './harness.ts'

const left = schemaOf([field('k', t.string, true), field('at', t.timestamp, true), field('id', t.int)])
const right = schemaOf([field('q', t.string, true), field('from', t.timestamp, true), field('no', t.int)])
const nullable = (of: Schema) => of.fields.map(each => field(each.name, each.type, true))
const joined = schemaOf([...nullable(left), ...nullable(right)])
const late = (of: Schema): Schema =>
  schemaOf([...of.fields, field('reason', t.string), field('lateness', t.int), field('watermark', t.timestamp)])
const missingLeft = { k: null, at: null, id: null }
const missingRight = { q: null, from: null, no: null }
const kinds = (of: Schema) => leaves(of).map(leaf => kindOf(leaf.type))
const MIN = -(2n ** 63n)
const micros = (date: unknown): bigint => BigInt((date as Date).getTime()) * 1000n
const SECOND = 1_000_000n
const TYPES: readonly JoinType[] = ['inner', 'left', 'right', 'full', 'semi', 'anti']

interface Side {
  readonly schema: Schema
  readonly time: string
  readonly key: string
  /** How long after its own time a partner may have its time, at most. */
  readonly patience: bigint
  watermark: bigint
  readonly accepted: Weighted[]
  late: number
}

const isAble = ({ time, key }: Side, row: Row): boolean => row[time] !== null && row[key] !== null
/** Nobody can meet it any more. */
const isGone = (side: Side, other: Side, row: Row): boolean =>
  !isAble(side, row) || (other.watermark !== MIN && micros(row[side.time]) + side.patience < other.watermark)

function given(rng: Rng, side: Side, base: number): Row[] {
  return rng.list(20, (): Row => {
    const time = rng.oneIn(15) ? null : new Date((base + rng.int(-6, 6)) * 1000)
    const key = rng.pick(['a', 'b', null, 'c'])
    return side.time === 'at' ? { k: key, at: time, id: rng.int(0, 3) } : { q: key, from: time, no: rng.int(0, 3) }
  })
}

function expected(type: JoinType, sides: readonly [Side, Side], match: (a: Row, b: Row) => boolean): Weighted[] {
  const [l, r] = sides
  const all = joinTwin(l.accepted, r.accepted, { type, match, missingLeft, missingRight })
  if (type === 'semi') return all
  return all.filter(({ row }) => {
    if (type === 'anti') return isGone(l, r, row)
    if (row['no'] === null) return isGone(l, r, row)
    return row['id'] !== null || isGone(r, l, row)
  })
}

seeded('state, rows by themselves, late rows and the watermark of a join with a time bound', rng => {
  const memory = new Memory()
  const before = memory.used
  const arena = memory.arena()
  const type = rng.pick(TYPES)
  const bounds = { before: BigInt(rng.int(-1, 4)) * SECOND, after: BigInt(rng.int(1, 4)) * SECOND }
  const time = type === 'right' ? 'right' : 'left'
  const spec: JoinSpec = {
    type,
    left: { keys: [0], kinds: kinds(left), time: { column: 1, shift: 0n } },
    right: { keys: [0], kinds: kinds(right), time: { column: 1, shift: 0n } },
    bounds,
    hold: true,
    time,
  }
  const match = (a: Row, b: Row): boolean => {
    if (a['k'] === null || a['k'] !== b['q'] || a['at'] === null || b['from'] === null) return false
    const apart = micros(b['from']) - micros(a['at'])
    return -bounds.before <= apart && apart <= bounds.after
  }
  const sides: [Side, Side] = [
    { schema: left, time: 'at', key: 'k', patience: bounds.after, watermark: MIN, accepted: [], late: 0 },
    { schema: right, time: 'from', key: 'q', patience: bounds.before, watermark: MIN, accepted: [], late: 0 },
  ]
  const build = () => join(spec, { memory, arena, operator: 'test', durable: true })
  let operator = build()
  const saved = new Map<string, Uint8Array[]>()
  const emitted: Weighted[] = []
  const lateRows = [0, 0]
  let promised = MIN
  const emit = (port: number, delta: Parameters<Parameters<typeof operator.step>[2]>[1]): void => {
    if (port > 0) {
      const rows = changesOf(delta, late((sides[port - 1] as Side).schema), memory)
      lateRows[port - 1] = (lateRows[port - 1] as number) + rows.length
      return
    }
    const rows = changesOf(delta, type === 'semi' || type === 'anti' ? left : joined, memory)
    for (const { row, weight } of rows) {
      assert.ok(weight > 0, 'something was taken back')
      const own = row[time === 'left' ? 'at' : 'from']
      if (own !== null) assert.ok(micros(own) >= promised, 'older than the watermark that was promised')
    }
    emitted.push(...rows)
  }
  for (let epoch = 1; epoch <= 8; epoch++) {
    for (let steps = rng.int(0, 4); steps > 0; steps--) {
      const port = rng.int(0, 1)
      const side = sides[port] as Side
      const rows = given(rng, side, epoch * 4)
      if (rows.length === 0) continue
      for (const row of rows)
        if (row[side.time] !== null && micros(row[side.time]) < side.watermark) side.late++
        else side.accepted.push({ row, weight: 1 })
      operator.step(port, batchFromRows(rows, side.schema, arena), emit)
      arena.reset()
    }
    for (const [port, side] of sides.entries()) {
      const next = BigInt(epoch * 4 - rng.int(2, 8)) * SECOND
      if (next > side.watermark && !rng.oneIn(4)) side.watermark = next
      operator.advance(port, side.watermark, emit)
    }
    operator.flush(emit)
    promised = operator.watermark(sides.map(each => each.watermark))
    assert.deepEqual(shown(emitted), shown(expected(type, sides, match)), `${type} after epoch ${epoch}`)
    const [l, r] = sides
    const kept = (side: Side, other: Side): number =>
      net(side.accepted).filter(each => !isGone(side, other, each.row)).length
    assert.equal(operator.size().rows, kept(l, r) + kept(r, l), 'rows kept')
    assert.deepEqual(
      lateRows,
      sides.map(each => each.late),
    )
    operator.save({ put: (store, block) => saved.set(store, [...(saved.get(store) ?? []), block.slice()]) }, false)
    if (rng.oneIn(3)) {
      operator.close()
      operator = build()
      for (const [store, blocks] of saved) for (const block of blocks) operator.load(store, block)
      for (const [port, side] of sides.entries()) operator.advance(port, side.watermark, () => {})
    }
  }
  operator.close()
  arena.free()
  assert.equal(memory.used, before, 'bytes lost')
})
