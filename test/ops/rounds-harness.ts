// The law of operators inside an iteration: after every turn, for every round i, the sum of what an operator emitted in
// rounds 0 … i is its twin applied to the sums of what it was given in rounds 0 … i; with restarts in between, and without
// losing a byte of memory.
import assert from 'node:assert/strict'
import { changesOf, Memory } from '../../src/data/index.ts'
import type { Emit, OperatorContext } from '../../src/ops/operator.ts'
import { type Timed, upTo } from '../../src/ops/reference/replay.ts'
import { net, type Row, type Weighted } from '../../src/ops/reference/zset.ts'
import type { RoundOperator, Rounds } from '../../src/ops/rounds.ts'
import type { Schema } from '../../src/types/index.ts'
import type { Rng } from '../support/seed.ts'
import { noisyBatch, shown } from './harness.ts'

export interface RoundSubject {
  build(rounds: Rounds, context: OperatorContext): RoundOperator
  readonly inputs: readonly Schema[]
  readonly output: Schema
  readonly row: (rng: Rng, port: number) => Row
  /** What the output holds in a round, given all that came. */
  readonly twin: (inputs: readonly (readonly Timed[])[], round: number) => readonly Weighted[]
}

const LAST = 4

export function checkRounds(rng: Rng, subject: RoundSubject): void {
  const memory = new Memory()
  const before = memory.used
  const arena = memory.arena()
  const rounds: Rounds = { now: 0 }
  const large = rng.pick([undefined, 0, 5])
  const context = { memory, arena, operator: 'test', durable: true, rounds, ...(large !== undefined && { large }) }
  const given: Timed[][] = subject.inputs.map(() => [])
  const emitted: Timed[] = []
  const saved = new Map<string, Uint8Array[]>()
  let operator = subject.build(rounds, context)
  const emit: Emit = (_port, delta) => {
    assert.ok(delta.count > 0, 'an empty delta')
    const round = rounds.now
    emitted.push(...changesOf(delta, subject.output, memory).map(each => ({ ...each, row: each.row as Row, round })))
  }
  const step = (port: number, round: number): void => {
    const changes = changesFor(rng, subject, given[port] as Timed[], port, round)
    if (changes.length === 0) return
    const { batch, free } = noisyBatch(rng, changes, subject.inputs[port] as Schema, memory)
    arena.use()
    operator.step(port, batch, emit)
    arena.reset()
    free()
  }
  const workOff = (): void => {
    while (operator.busy?.() === true) {
      arena.use()
      operator.workOff?.(emit)
      arena.reset()
    }
  }
  const turns = rng.int(1, 5)
  for (let turn = 1; turn <= turns; turn++) {
    const touched = Array.from({ length: LAST + 1 }, () => rng.oneIn(2))
    for (let round = 0; round <= LAST; round++) {
      rounds.now = round
      if (touched[round]) for (let i = rng.int(1, 3); i > 0; i--) step(rng.int(0, subject.inputs.length - 1), round)
      workOff()
      assert.ok((operator.due() ?? round) >= round, 'something is due in a round that is over')
      arena.use()
      operator.flush(emit)
      arena.reset()
    }
    assert.equal(operator.due(), undefined)
    operator.settle()
    operator.seal(turn)
    for (let round = 0; round <= LAST; round++) {
      assert.deepEqual(shown(upTo(round, emitted)), shown(subject.twin(given, round)), `turn ${turn}, round ${round}`)
    }
    const full = rng.oneIn(3)
    if (full) saved.clear()
    operator.save({ put: (store, block) => saved.set(store, [...(saved.get(store) ?? []), block.slice()]) }, full)
    if (rng.oneIn(2)) {
      operator.close()
      operator = subject.build(rounds, context)
      for (const [store, blocks] of saved) for (const block of blocks) operator.load(store, block)
    }
  }
  operator.close()
  arena.free()
  assert.equal(memory.used, before, 'bytes lost')
}

/** Some rows of a round, some of them deletes of what is there in it; remembers them as given. */
function changesFor(rng: Rng, subject: RoundSubject, mine: Timed[], port: number, round: number): Weighted[] {
  const changes = rng.list(12, (): Weighted => {
    const there = rng.oneIn(2) ? net(mine.filter(each => each.round <= round)) : []
    if (there.length === 0) return { row: subject.row(rng, port), weight: rng.oneIn(8) ? 2 : 1 }
    const { row, weight } = rng.pick(there)
    return { row, weight: rng.oneIn(4) ? 1 : -Math.sign(weight) }
  })
  mine.push(...changes.map(each => ({ ...each, round })))
  return changes
}
