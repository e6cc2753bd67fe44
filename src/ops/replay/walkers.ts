// The two walkers of a replay: ordinary instances of an operator, empty when a turn begins, taken up the rounds of the
// keys that changed. The sum of what they emit, the first's taken away, is what the turn changes in the round.
import { type Arena, type Batch, EXACT, encodeKeys, type Kind, Tree } from '../../data/index.ts'
import type { Emit, Operator, OperatorContext } from '../operator.ts'

/** Given the rows as they were before the turn, or as they are after it. */
export type Which = 'before' | 'after'

interface Walker {
  readonly operator: Operator
  readonly arena: Arena
  readonly sign: 1n | -1n
}

export class Walkers {
  /** What the round's output changes by: whole rows. */
  readonly out: Tree
  readonly #build: (context: OperatorContext) => Operator
  readonly #context: OperatorContext
  readonly #orders: readonly (typeof EXACT)[]
  readonly #bytes: Arena
  readonly #walkers: { -readonly [W in Which]?: Walker } = {}
  #silent = false

  constructor(build: (context: OperatorContext) => Operator, output: readonly Kind[], context: OperatorContext) {
    this.#build = build
    this.#context = context
    this.#orders = output.map(() => EXACT)
    this.#bytes = context.memory.arena()
    this.out = new Tree(context.memory, false)
  }

  /** Do something whose output is known already. */
  silently(task: () => void): void {
    this.#silent = true
    task()
    this.#silent = false
  }

  /** Make sure that a walker is there: one that was given nothing may have a result too. */
  wake(which: Which): Walker {
    const known = this.#walkers[which]
    if (known !== undefined) return known
    const { memory, operator: name } = this.#context
    const arena = memory.arena()
    // Its results are needed at once.
    const large = Number.POSITIVE_INFINITY
    const operator = this.#build({ memory, arena, operator: name, durable: false, large })
    const made = { operator, arena, sign: which === 'before' ? -1n : 1n } as const
    this.#walkers[which] = made
    return made
  }

  give(which: Which, port: number, rows: Batch): void {
    const { operator, arena, sign } = this.wake(which)
    arena.use()
    operator.step(port, rows, this.#collect(sign))
    arena.reset()
  }

  flush(): void {
    for (const { operator, arena, sign } of Object.values(this.#walkers)) {
      arena.use()
      operator.flush(this.#collect(sign))
      arena.reset()
    }
  }

  #collect(sign: 1n | -1n): Emit {
    return (_port, delta) => {
      if (this.#silent) return
      const keys = encodeKeys(delta, delta.columns, this.#orders, this.#bytes)
      this.out.addAll(keys, undefined, delta, delta.weights, sign)
      this.#bytes.reset()
    }
  }

  /** The walk is over. */
  dismiss(): void {
    for (const which of ['before', 'after'] as const) {
      this.#walkers[which]?.operator.close()
      this.#walkers[which]?.arena.free()
      delete this.#walkers[which]
    }
  }

  close(): void {
    this.dismiss()
    this.out.free()
    this.#bytes.free()
  }
}
