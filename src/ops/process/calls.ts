// Calling the user's functions for one key: what they yield is collected, what they throw is told with its place, and
// with another policy than `fail` a call that threw leaves no trace: state, timers and yields are as before it.
import { fail, type MillraceError, type Where } from '../../base/index.ts'
import { show } from '../../data/index.ts'
import type { OnError, ProcessContext } from '../../types/index.ts'
import { fromText, toText } from '../aggregates/plain-data.ts'
import { errorRow, failed } from '../user-code.ts'
import type { Call } from './context.ts'
import type { Entry } from './entry.ts'
import type { Outputs } from './outputs.ts'

/** What the user wrote. Results: rows by any iterable (a generator, an array), or nothing. */
export interface ProcessFunctions {
  readonly state?: (() => unknown) | undefined
  readonly on: (row: never, state: never, context: never) => unknown
  readonly onRetract?: ((row: never, state: never, context: never) => unknown) | undefined
  readonly onTimer?: ((name: never, state: never, context: never) => unknown) | undefined
}

type Body = (first: never, state: never, context: never) => unknown

/** What a call may change, as it was. */
interface Before {
  readonly has: boolean
  readonly state: string | undefined
  readonly due: readonly number[] | undefined
  readonly drawn: number
  readonly drawnAt: number
  readonly mark: readonly number[]
}

/** What is being worked on; asked only when a call throws. */
export interface Place {
  where(): Where
  /** What `.errors` shows. */
  given(): object
}

export interface CallParts {
  readonly verb: string
  readonly functions: ProcessFunctions
  readonly call: Call
  readonly context: ProcessContext
  readonly place: Place
  readonly outputs: Outputs
  readonly onError: OnError
  /** The port of `.errors`; undefined: nobody listens. */
  readonly errorsPort: number | undefined
  /** Move a timer back to where it was. */
  readonly setDue: (entry: Entry, due: readonly number[] | undefined) => void
}

export class Calls {
  readonly #parts: CallParts
  /** The row of the input that is being worked on; -1: none. */
  #from = -1

  constructor(parts: CallParts) {
    this.#parts = parts
  }

  get from(): number {
    return this.#from
  }

  /** Call `body` for an entry; `from` is the row of the input. */
  run(body: Body, first: unknown, entry: Entry, from: number): void {
    const { call, context, onError } = this.#parts
    call.entry = entry
    this.#from = from
    const before = onError === 'fail' ? undefined : this.#before(entry)
    try {
      this.#collect(body(first as never, this.#stateOf(entry) as never, context as never), first)
    } catch (error) {
      const told = failed(error, this.#parts.verb, this.#parts.place.where())
      if (before === undefined) throw told
      this.#goBack(entry, before)
      this.#instead(told, this.#parts.place.given(), first)
    } finally {
      call.entry = undefined
    }
  }

  /** The state of an entry, made when there is none. */
  #stateOf(entry: Entry): unknown {
    const { state } = this.#parts.functions
    if (entry.has || state === undefined) return entry.state
    entry.state = state()
    entry.has = true
    return entry.state
  }

  #collect(result: unknown, first: unknown): void {
    if (result === undefined || result === null) return
    const iterable = result as Iterable<unknown>
    if (typeof result === 'string' || typeof iterable[Symbol.iterator] !== 'function')
      this.#wrong(result, 'nothing, or rows: yield them, or give an array')
    const iterator = iterable[Symbol.iterator]()
    for (let step = iterator.next(); step.done !== true; step = iterator.next()) this.add(0, step.value, first)
  }

  /** A row for an output; the view of the input's row is copied: it is another one soon. */
  add(port: number, row: unknown, first?: unknown): void {
    if (typeof row !== 'object' || row === null || row instanceof Promise) this.#wrong(row, 'row objects')
    this.#parts.outputs.add(port, row === first ? { ...row } : row, this.#from)
  }

  #wrong(given: unknown, wanted: string): never {
    const shown = given instanceof Promise ? 'a promise' : show(given)
    return fail('FUNCTION_RESULT', { verb: this.#parts.verb, given: shown, wanted })
  }

  #before(entry: Entry): Before {
    const { outputs } = this.#parts
    const { has, due, drawn, drawnAt } = entry
    const state = has ? toText(entry.state) : undefined
    return { has, state, due: due === undefined ? undefined : [...due], drawn, drawnAt, mark: outputs.mark() }
  }

  #goBack(entry: Entry, before: Before): void {
    this.#parts.outputs.backTo(before.mark)
    entry.has = before.has
    entry.state = before.state === undefined ? undefined : fromText(before.state)
    entry.drawn = before.drawn
    entry.drawnAt = before.drawnAt
    this.#parts.setDue(entry, before.due)
  }

  #instead(error: MillraceError, given: object, first: unknown): void {
    const { onError, outputs, errorsPort } = this.#parts
    if (typeof onError === 'function') this.#collect(onError(error, given), first)
    else if (errorsPort !== undefined) outputs.add(errorsPort, errorRow(error, given), this.#from)
  }
}
