// The rows that functions of the user gave, until they become batches: one list per output. They are emitted when the row views
// of the step have been let go: making a batch allocates.
import { fail } from '../../base/index.ts'
import { type Arena, BATCH_ROWS, batchFromRows, type Origin, show } from '../../data/index.ts'
import type { Schema } from '../../types/index.ts'
import type { Emit } from '../operator.ts'

export interface OutputPort {
  /** Told in errors; of side outputs their name. */
  readonly name: string
  readonly schema: Schema
}

export class Outputs {
  readonly #ports: readonly OutputPort[]
  readonly #verb: string
  readonly #rows: object[][]
  /** The row of the input that each came from; -1: none. */
  readonly #from: number[][]

  constructor(ports: readonly OutputPort[], verb: string) {
    this.#ports = ports
    this.#verb = verb
    this.#rows = ports.map(() => [])
    this.#from = ports.map(() => [])
  }

  add(port: number, row: object, from: number): void {
    this.#rows[port]?.push(row)
    this.#from[port]?.push(from)
  }

  /** Rows of port 0 that wait. */
  get waiting(): number {
    return (this.#rows[0] as object[]).length
  }

  /** The port of a side output. */
  portOf(name: string): number {
    const port = this.#ports.findIndex((each, i) => i > 0 && each.name === name)
    if (port > 0) return port
    return fail('BAD_VERB', {
      verb: this.#verb,
      reason: `there is no output ${show(name)}`,
      fix: 'declare it: outputs: { alerts: t.row({ … }) }',
    })
  }

  /** How far the lists reach, to go back there. */
  mark(): readonly number[] {
    return this.#rows.map(each => each.length)
  }

  backTo(mark: readonly number[]): void {
    mark.forEach((length, port) => {
      ;(this.#rows[port] as object[]).length = length
      ;(this.#from[port] as number[]).length = length
    })
  }

  /** The rows of an output after `mark`. */
  since(port: number, mark: readonly number[]): readonly object[] {
    return (this.#rows[port] as object[]).slice(mark[port])
  }

  /** Emit everything; `origin` tells where the rows of the input came from. With weight -1 the rows go. */
  emit(emit: Emit, arena: Arena, origin?: Origin, weight: 1 | -1 = 1): void {
    for (const [port, rows] of this.#rows.entries()) {
      if (rows.length === 0) continue
      const from = this.#from[port] as number[]
      this.#rows[port] = []
      this.#from[port] = []
      for (let first = 0; first < rows.length; first += BATCH_ROWS) {
        const some = rows.length <= BATCH_ROWS ? rows : rows.slice(first, first + BATCH_ROWS)
        const of = this.#originOf(from, first, origin)
        const weights = weight === 1 ? undefined : some.map(() => weight)
        emit(port, batchFromRows(some, (this.#ports[port] as OutputPort).schema, arena, weights, { origin: of }))
      }
    }
  }

  #originOf(from: readonly number[], first: number, origin: Origin | undefined): Origin {
    const unknown = { source: `a result of ${this.#verb}` }
    return {
      position: row => {
        const of = from[first + row] ?? -1
        return of < 0 ? unknown : (origin?.position(of) ?? unknown)
      },
    }
  }
}
