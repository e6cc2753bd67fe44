// Law 2 for panes: what each epoch tells is what the whole history again tells, however an epoch's changes were cut, with
// windows that come, change, merge, fall apart and go, late ones, a clock that stands or goes back, and restarts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, changesOf, kindOf, Memory } from '../../src/data/index.ts'
import { type Operator, WATERMARK_MAX } from '../../src/ops/operator.ts'
import { type Accumulation, panes } from '../../src/ops/panes.ts'
import { type PanesEpoch, type PanesMeaning, panesTwin } from '../../src/ops/reference/panes.ts'
import type { Row, Weighted } from '../../src/ops/reference/zset.ts'
import type { Firing } from '../../src/time/index.ts'
import { field, type ScalarType, scalars, schemaOf } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { noisyBatch, shown } from './harness.ts'

const input = schemaOf([
  field('key', scalars.string, true),
  field('start', scalars.bigint),
  field('end', scalars.bigint),
  field('text', scalars.string, true),
  field('rows', scalars.int),
])
const output = schemaOf([
  ...input.fields.slice(0, 4),
  field('paneIndex', scalars.int),
  field('paneTiming', scalars.string),
  field('isFirstPane', scalars.boolean),
  field('isLastPane', scalars.boolean),
])
const kinds = input.fields.map(each => kindOf(each.type as ScalarType))

/** A trigger of up to three levels. */
function firingOf(rng: Rng, depth = 0): Firing {
  const sub = (): Firing => firingOf(rng, depth + 1)
  const maybe = (): Firing | undefined => (rng.oneIn(2) ? sub() : undefined)
  if (depth === 0 && rng.oneIn(2)) return { kind: 'watermark', early: maybe(), late: maybe() }
  const kind = depth > 2 ? rng.int(0, 2) : rng.int(0, 5)
  if (kind === 0) return { kind: 'rows', count: rng.int(1, 4) }
  if (kind === 1) return { kind: 'delay', ms: rng.int(1, 6) }
  if (kind === 2) return { kind: 'ticks', ms: rng.int(2, 6), offset: rng.int(0, 1) }
  if (kind === 3) return { kind: 'repeatedly', of: sub(), until: rng.oneIn(3) ? sub() : undefined }
  return { kind: rng.pick(['all', 'any', 'each']), of: rng.list(3, sub).concat(sub()) }
}

const nameOf = (row: Row): string => `${row['key']} ${row['start']} ${row['end']}`

interface Result extends Row {
  readonly key: string | null
  readonly start: bigint
  readonly end: bigint
  readonly text: string | null
  readonly rows: number
}

/** The results of an aggregation, as they change by chance. */
class Source {
  readonly #rng: Rng
  readonly #meaning: PanesMeaning
  readonly #results = new Map<string, Result>()
  watermark = -100n

  constructor(rng: Rng, meaning: PanesMeaning) {
    this.#rng = rng
    this.#meaning = meaning
  }

  changes(): Weighted[] {
    const out: Weighted[] = []
    for (const _ of Array(this.#rng.int(0, 6))) this.#change(out)
    return netOf(out)
  }

  #change(out: Weighted[]): void {
    const rng = this.#rng
    const isOpen = (row: Result): boolean => row.end + this.#meaning.accept > this.watermark
    const open = [...this.#results.values()].filter(isOpen)
    const old = open.length > 0 && rng.oneIn(2) ? rng.pick(open) : undefined
    const row: Result = {
      ...(old ?? this.#window()),
      text: rng.pick([null, 'x', 'more than twelve bytes']),
      rows: rng.int(1, 9),
    }
    if (!isOpen(row)) return
    if (old !== undefined && rng.oneIn(4)) this.#put(old, undefined, out)
    else if (this.#meaning.merges) this.#merge(row, open, out)
    else this.#put(this.#results.get(nameOf(row)), row, out)
  }

  #merge(row: Result, open: readonly Result[], out: Weighted[]): void {
    const touching = open.filter(each => each.key === row.key && each.start <= row.end && each.end >= row.start)
    const all = [row, ...touching]
    const start = all.map(each => each.start).reduce((a, b) => (a < b ? a : b))
    const end = all.map(each => each.end).reduce((a, b) => (a > b ? a : b))
    for (const each of touching) this.#put(each, undefined, out)
    this.#put(undefined, { ...row, start, end }, out)
  }

  #window(): Result {
    const start = BigInt(this.#rng.int(-4, 20))
    return {
      key: this.#rng.pick(['a', 'b', null]),
      start,
      end: start + BigInt(this.#rng.int(1, 8)),
      text: null,
      rows: 0,
    }
  }

  #put(old: Result | undefined, row: Result | undefined, out: Weighted[]): void {
    const had = old === undefined ? undefined : this.#results.get(nameOf(old))
    if (had !== undefined) out.push({ row: had, weight: -1 })
    if (had !== undefined) this.#results.delete(nameOf(had))
    if (row === undefined) return
    out.push({ row, weight: 1 })
    this.#results.set(nameOf(row), row)
  }

  forget(groups: readonly Row[]): void {
    for (const row of groups) this.#results.delete(nameOf(row))
  }
}

/** What stands at the end of what was there at the beginning: at most one row less and one more of a window. */
function netOf(changes: readonly Weighted[]): Weighted[] {
  const [first, last] = [new Map<string, Weighted>(), new Map<string, Weighted>()]
  for (const change of changes) {
    const name = nameOf(change.row)
    if (!first.has(name)) first.set(name, change)
    last.set(name, change)
  }
  const gone = [...first.values()].filter(each => each.weight < 0)
  return [...gone, ...[...last.values()].filter(each => each.weight > 0)]
}

function check(rng: Rng): void {
  const memory = new Memory()
  const arena = memory.arena()
  const accumulation: Accumulation = rng.pick(['accumulating', 'discarding', 'retracting'])
  const merges = accumulation !== 'discarding' && rng.oneIn(2)
  const columns = { keys: ['key'], start: 'start', end: 'end', rows: 'rows' }
  const meaning: PanesMeaning = {
    ...columns,
    merges,
    accept: BigInt(rng.pick([0, 3])),
    firing: firingOf(rng),
    accumulation,
  }
  const source = new Source(rng, meaning)
  const { accept, firing } = meaning
  const at = { kinds, keys: [0], start: 1, end: 2, rows: 4 }
  const forget = (rows: Parameters<typeof changesOf>[0]): void =>
    source.forget(changesOf(rows, input, memory).map(each => each.row))
  const build = (): Operator =>
    panes({ ...at, merges, accept, firing, accumulation, forget }, { memory, arena, operator: 'test' })
  let operator = build()
  const saved: Uint8Array[] = []
  const history: PanesEpoch[] = []
  let now = 0
  const epochs = rng.int(2, 12)
  for (let epoch = 1; epoch <= epochs; epoch++) {
    now += rng.pick([0, 1, 1, 2, 7, -1])
    const changes = source.changes()
    const told: Weighted[] = []
    operator.tick?.(now)
    for (const some of cut(rng, changes)) {
      const { batch, free } = noisyBatch(rng, some, input, memory)
      operator.step(0, batch, () => {})
      arena.reset()
      free()
    }
    source.watermark = epoch === epochs ? WATERMARK_MAX : source.watermark + BigInt(rng.pick([0, 0, 3, 100]))
    const isEnd = source.watermark === WATERMARK_MAX
    operator.advance(0, isEnd ? WATERMARK_MAX : source.watermark - accept, () => {})
    operator.flush((_, delta) => told.push(...changesOf(delta, output, memory)))
    history.push({ now, changes, watermark: source.watermark })
    assert.deepEqual(shown(told), shown(panesTwin(meaning, history).at(-1) ?? []), `epoch ${epoch}`)
    operator.save({ put: (_, block) => saved.push(block.slice()) }, false)
    if (!rng.oneIn(3) || epoch === epochs) continue
    operator.close()
    operator = build()
    for (const block of saved) operator.load('panes', block)
    operator.advance(0, source.watermark - accept, () => {})
  }
  assert.equal(operator.size().rows, 0, 'windows that are over are remembered')
  operator.close()
  arena.free()
  assert.equal(memory.used, 0, 'bytes lost')
}

/** In some pieces; those that take back may come after those that tell. */
function cut(rng: Rng, changes: readonly Weighted[]): Weighted[][] {
  const pieces: Weighted[][] = [[]]
  for (const change of rng.oneIn(2) ? changes : changes.toReversed()) {
    if (rng.oneIn(3)) pieces.push([])
    pieces.at(-1)?.push(change)
  }
  return pieces.filter(each => each.length > 0)
}

seeded('panes tell what the whole history tells', check, { runs: 120, regressions: [1880312793] })

test('panes that reach the ceiling say so, and leave nothing behind', () => {
  const roomy = new Memory()
  const needed = fill(roomy)
  const floor = new Memory().used
  assert.ok(needed > 1_000_000, `windows of ${needed} bytes are in the accounted memory`)
  assert.equal(roomy.used, floor)
  for (const part of [0.3, 0.6, 0.9]) {
    const tight = new Memory(Math.floor(needed * part))
    assert.throws(() => fill(tight), { code: 'MEMORY_LIMIT' })
    assert.equal(tight.used, floor)
  }
})

/** Many windows that wait; the bytes that were held at most. */
function fill(memory: Memory): number {
  const arena = memory.arena()
  const firing: Firing = { kind: 'watermark', early: { kind: 'delay', ms: 5 }, late: undefined }
  const at = { kinds, keys: [0], start: 1, end: 2, rows: 4, merges: false, accept: 0n }
  try {
    const operator = panes({ ...at, firing, accumulation: 'retracting' }, { memory, arena, operator: 'test' })
    try {
      let most = 0
      for (let epoch = 0; epoch < 8; epoch++) {
        const some = Array.from({ length: 1000 }, (_, i) => {
          return {
            key: `key ${i}`,
            start: BigInt(epoch),
            end: BigInt(epoch + 1),
            text: `text of ${i}`.repeat(3),
            rows: 1,
          }
        })
        operator.tick?.(epoch)
        operator.step(0, batchFromRows(some, input, arena), () => {})
        arena.reset()
        operator.flush(() => {})
        most = Math.max(most, memory.used)
      }
      return most
    } finally {
      operator.close()
    }
  } finally {
    arena.free()
  }
}
