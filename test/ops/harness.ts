// Law 2 for any operator: after every flush the sum of what it has emitted is its twin applied to the sum of what it
// was given, however the input was cut, with restarts in between, and without losing a byte of memory.
import assert from 'node:assert/strict'
import { type Batch, batchFromRows, changesOf, Memory } from '../../src/data/index.ts'
import { type Emit, type Operator, type OperatorContext, WATERMARK_MAX } from '../../src/ops/operator.ts'
import { identity, net, type Row, type Weighted } from '../../src/ops/reference/zset.ts'
import type { Schema } from '../../src/types/index.ts'
import type { Rng } from '../support/seed.ts'

export interface Subject {
  build(context: OperatorContext): Operator
  /** One per port. */
  readonly inputs: readonly Schema[]
  readonly outputs: readonly Schema[]
  readonly row: (rng: Rng, port: number) => Row
  /** What each output holds, given what each input holds. */
  readonly twin: (inputs: readonly (readonly Weighted[])[]) => readonly (readonly Weighted[])[]
  /** Deletes too. */
  readonly retracts?: boolean
  /** Only of rows that are there. */
  readonly matched?: boolean
  /** Ports whose rows all come in the first epoch, before the others (a static side). */
  readonly first?: readonly number[]
  /** Compare only after the end (watermark infinite). */
  readonly atEnd?: boolean
  readonly epochs?: number
}

/** Rows as a batch among rows that its selection leaves out. */
export function noisyBatch(
  rng: Rng,
  changes: readonly Weighted[],
  schema: Schema,
  memory: Memory,
): { batch: Batch; free(): void } {
  const arena = memory.arena()
  const rows: Weighted[] = []
  const picked: number[] = []
  for (const change of changes) {
    while (rng.oneIn(4) && rows.length < 4000) rows.push({ row: change.row, weight: 7 })
    picked.push(rows.length)
    rows.push(change)
  }
  const dense = picked.length === rows.length && rng.oneIn(2)
  const weights = changes.every(each => each.weight === 1) && rng.oneIn(2) ? undefined : rows.map(each => each.weight)
  const batch = batchFromRows(
    rows.map(each => each.row),
    schema,
    arena,
    weights,
  )
  const sel = dense ? 0 : arena.put(new Uint8Array(Uint32Array.from(picked).buffer))
  return { batch: { ...batch, sel, count: picked.length }, free: () => arena.free() }
}

export const shown = (changes: readonly Weighted[]): string[] =>
  net(changes)
    .map(({ row, weight }) => `${weight} ${identity(row)}`)
    .sort()

export function checkTwin(rng: Rng, subject: Subject): void {
  const memory = new Memory()
  const before = memory.used
  const arena = memory.arena()
  const large = rng.pick([undefined, 0, 5])
  const context = { memory, arena, operator: 'test', durable: true, ...(large !== undefined && { large }) }
  const given: Weighted[][] = subject.inputs.map(() => [])
  const emitted: Weighted[][] = subject.outputs.map(() => [])
  const saved = new Map<string, Uint8Array[]>()
  let operator = subject.build(context)
  const emit: Emit = (port, delta) => {
    assert.ok(delta.count > 0, 'an empty delta')
    emitted[port]?.push(...changesOf(delta, subject.outputs[port] as Schema, memory))
  }
  /** What steps put off, so many slices of it. */
  const workOff = (slices: number): void => {
    for (let i = 0; i < slices && operator.busy?.() === true; i++) {
      arena.use()
      operator.workOff?.(emit)
      arena.reset()
    }
  }
  const epochs = subject.epochs ?? rng.int(1, 5)
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (const port of portsOf(rng, subject, epoch)) {
      const changes = delta(rng, subject, given, port)
      if (changes.length === 0) continue
      const { batch, free } = noisyBatch(rng, changes, subject.inputs[port] as Schema, memory)
      arena.use()
      operator.step(port, batch, emit)
      arena.reset()
      free()
      workOff(rng.int(0, 2))
    }
    workOff(Number.POSITIVE_INFINITY)
    if (epoch === epochs) for (const port of subject.inputs.keys()) operator.advance(port, WATERMARK_MAX, emit)
    arena.use()
    operator.flush(emit)
    arena.reset()
    operator.seal(epoch)
    if (subject.atEnd !== true || epoch === epochs) {
      const expected = subject.twin(given)
      for (const [port, all] of emitted.entries())
        assert.deepEqual(shown(all), shown(expected[port] ?? []), `port ${port}`)
    }
    save(operator, saved, rng.oneIn(3) || epoch === 1)
    if (rng.oneIn(2) && epoch < epochs) {
      operator.close()
      operator = subject.build(context)
      for (const [store, blocks] of saved) for (const block of blocks) operator.load(store, block)
    }
  }
  operator.close()
  arena.free()
  assert.equal(memory.used, before, 'bytes lost')
}

function save(operator: Operator, saved: Map<string, Uint8Array[]>, full: boolean): void {
  if (full) saved.clear()
  operator.save({ put: (store, block) => saved.set(store, [...(saved.get(store) ?? []), block.slice()]) }, full)
}

function portsOf(rng: Rng, subject: Subject, epoch: number): number[] {
  const early = subject.first ?? []
  const late = [...subject.inputs.keys()].filter(port => !early.includes(port))
  const steps = Array.from({ length: rng.int(0, 4) }, () => rng.pick(late))
  return epoch === 1 ? [...early.flatMap(port => [port, port]), ...steps] : steps
}

/** Some rows, some of them deletes of rows that are there; remembers them as given. */
function delta(rng: Rng, subject: Subject, given: Weighted[][], port: number): Weighted[] {
  const mine = given[port] as Weighted[]
  const before = [...mine]
  const { matched = false } = subject
  const changes = rng.list(30, (): Weighted => {
    const there = subject.retracts === true && rng.oneIn(2) ? net(matched ? mine : before) : []
    const change = changeOf(rng, there, () => subject.row(rng, port))
    mine.push(change)
    return change
  })
  return changes
}

function changeOf(rng: Rng, there: readonly Weighted[], row: () => Row): Weighted {
  if (there.length === 0) return { row: row(), weight: rng.oneIn(8) ? 2 : 1 }
  const { row: of, weight } = rng.pick(there)
  return { row: of, weight: rng.oneIn(4) ? 1 : -Math.sign(weight) }
}
