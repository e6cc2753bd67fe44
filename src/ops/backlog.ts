// Steps that make many rows are put off: their deltas are kept, and worked off in slices, in the order in which they came,
// before the operator is told anything else (operator.ts). So the host has its turns in the middle of a cross join, and no
// more of it is there at a time than a batch.
// Law: what is emitted is in sum what the steps would have emitted at once. Inside an iteration it is emitted in their rounds.
import { type Arena, BATCH_ROWS, type Batch, compact, type Workspace } from '../data/index.ts'
import type { Emit, OperatorContext } from './operator.ts'
import { inRound, type Rounds } from './rounds.ts'

/** A step that looks at, or makes, more rows than this is put off: it takes longer than it takes to keep its delta. */
const LARGE = 8 * BATCH_ROWS

/** A step in slices. What they share lies in the workspace's arena, which is the step's own. */
type StepSlices = (port: number, delta: Batch, work: Workspace, emit: Emit) => Generator<unknown>

interface Waiting {
  readonly port: number
  readonly delta: Batch
  readonly arena: Arena
  readonly round: number
  slices: Generator<unknown> | undefined
}

export class Backlog {
  readonly #steps: StepSlices
  readonly #context: OperatorContext
  readonly #rounds: Rounds
  readonly #large: number
  readonly #waiting: Waiting[] = []

  constructor(context: OperatorContext, steps: StepSlices) {
    this.#steps = steps
    this.#context = context
    this.#rounds = context.rounds ?? { now: 0 }
    this.#large = context.large ?? LARGE
  }

  /** Something waits: then every step does. */
  get isBusy(): boolean {
    return this.#waiting.length > 0
  }

  isLarge(rows: number): boolean {
    return rows > this.#large
  }

  put(port: number, delta: Batch): void {
    const arena = this.#context.memory.arena()
    this.#waiting.push({ port, delta: compact(delta, arena, true), arena, round: this.#rounds.now, slices: undefined })
  }

  /**
   * Take a step whose slices tell what is left of the delta (rows that nothing has become of): a short one at once, the
   * rest of a long one is put off.
   */
  take(port: number, delta: Batch, slices: () => Generator<Batch>): void {
    const rest = this.isBusy ? delta : slices().next().value
    if (rest !== undefined) this.put(port, rest)
  }

  /** One slice of the first that waits. */
  workOff(emit: Emit): void {
    const [first] = this.#waiting
    if (first === undefined) return
    const { port, delta, arena, round } = first
    const { memory } = this.#context
    const slices = first.slices ?? this.#steps(port, delta, { memory, arena }, emit)
    first.slices = slices
    arena.use()
    inRound(this.#rounds, round, () => {
      if (slices.next().done !== true) return
      this.#waiting.shift()
      arena.free()
    })
  }

  free(): void {
    for (const { arena } of this.#waiting) arena.free()
    this.#waiting.length = 0
  }
}

/** The parts of an operator that has a backlog. */
export function puttingOff(backlog: Backlog) {
  return { busy: (): boolean => backlog.isBusy, workOff: (emit: Emit): void => backlog.workOff(emit) }
}
