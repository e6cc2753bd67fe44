// map, filter and flatMap with plain functions: row by row, so linear; a row's results take its weight. The function
// must give the same results for the same row: a delete is matched with its insert by what the function returned.
// What it returns is checked against the declared columns before it enters the engine. With the policy `skip` a row
// whose function threw goes to port 1; with a function its result is taken.
import { fail } from '../base/index.ts'
import {
  BATCH_ROWS,
  type Batch,
  batchFromRows,
  type Origin,
  type Row,
  rowNumbers,
  rowViews,
  show,
  weightsOf,
  withSelection,
} from '../data/index.ts'
import type { OnError, Schema } from '../types/index.ts'
import { Backlog, puttingOff } from './backlog.ts'
import { type Emit, type Operator, type OperatorContext, stateless } from './operator.ts'
import { errorRow, failed, whereOf } from './user-code.ts'

export interface ApplySpec {
  readonly verb: 'map' | 'filter' | 'flatMap'
  readonly fn: (row: never) => unknown
  readonly input: Schema
  readonly output: Schema
  /** 'fail' if missing. */
  readonly onError?: OnError
  /** Of port 1, where somebody listens to it. */
  readonly errors?: Schema | undefined
}

export function apply(spec: ApplySpec, context: OperatorContext): Operator {
  const views = rowViews(spec.input, context.memory)
  const chunk = context.memory.arena()
  /** The rows of a delta; what is left of it is told when there are enough results for a slice. */
  function* slices(delta: Batch, emit: Emit): Generator<Batch> {
    const through = new Through(spec, delta, { ...context, arena: chunk })
    for (let i = 0; i < through.numbers.length; ) {
      views.bind(delta)
      try {
        while (i < through.numbers.length && !through.isFull)
          through.row(views.at(through.numbers[i] as number, i), i++)
      } finally {
        views.release()
      }
      through.emit(emit)
      chunk.reset()
      if (i < through.numbers.length) yield through.rest(i)
    }
  }
  const backlog = new Backlog(context, (_port, delta, _work, emit) => slices(delta, emit))
  return {
    ...stateless,
    name: spec.verb,
    outputs: spec.errors === undefined ? 1 : 2,
    step: (port, delta, emit) => backlog.take(port, delta, () => slices(delta, emit)),
    ...puttingOff(backlog),
    close() {
      for (const each of [chunk, backlog]) each.free()
    },
  }
}

/** Results of one slice, if no row has more. */
const SLICE_ROWS = 4 * BATCH_ROWS

/** One batch on its way through the function. */
class Through {
  readonly numbers: readonly number[]
  readonly #spec: ApplySpec
  readonly #delta: Batch
  readonly #context: OperatorContext
  /** Of each; undefined = all 1. */
  readonly #given: readonly number[] | undefined
  readonly #rows: object[] = []
  /** The delta's row that each came from; of a filter: the rows that stay. */
  readonly #from: number[] = []
  readonly #weights: number[] | undefined
  readonly #errors: object[] = []

  constructor(spec: ApplySpec, delta: Batch, context: OperatorContext) {
    const { memory } = context
    this.#spec = spec
    this.#delta = delta
    this.#context = context
    this.numbers = rowNumbers(delta, memory)
    this.#given = delta.weights === 0 ? undefined : weightsOf(delta, memory)
    this.#weights = this.#given && []
  }

  get isFull(): boolean {
    return this.#rows.length > (this.#context.large ?? SLICE_ROWS)
  }

  /** The rows from the i-th on. */
  rest(i: number): Batch {
    const { arena, memory } = this.#context
    const left = this.numbers.slice(i)
    const sel = arena.alloc(left.length * 4)
    memory.u32.set(left, sel >>> 2)
    return withSelection(this.#delta, sel, left.length)
  }

  /** The function's results for the i-th row. */
  row(view: Row, i: number): void {
    const { onError = 'fail', verb, fn } = this.#spec
    const before = this.#rows.length
    try {
      this.#take(fn(view as never), view, i)
    } catch (error) {
      const { operator } = this.#context
      const told = failed(error, verb, whereOf(this.#delta, this.numbers[i] as number, operator))
      if (onError === 'fail') throw told
      for (const list of [this.#rows, this.#weights, verb === 'filter' ? undefined : this.#from])
        if (list !== undefined) list.length = before
      const given = { ...view }
      if (typeof onError === 'function') this.#take(onError(told, given), view, i)
      else if ((this.#given?.[i] ?? 1) > 0) this.#errors.push(errorRow(told, given))
    }
  }

  #take(result: unknown, view: Row, i: number): void {
    const { verb } = this.#spec
    if (verb === 'map') this.#add(result, view, i)
    else if (verb === 'filter') this.#keep(result, i)
    else for (const each of this.#listOf(result)) this.#add(each, view, i)
  }

  #keep(result: unknown, i: number): void {
    if (typeof result !== 'boolean') this.#wrong(result, 'true or false')
    if (result) this.#from.push(this.numbers[i] as number)
  }

  #listOf(result: unknown): Iterable<unknown> {
    const iterable = result as Iterable<unknown> | null | undefined
    if (typeof iterable === 'string' || typeof iterable?.[Symbol.iterator] !== 'function')
      return this.#wrong(result, 'an array (or any iterable) of row objects')
    return iterable
  }

  /** A result as a row of its own: the view itself is another row at the next call. */
  #add(result: unknown, view: Row, i: number): void {
    if (typeof result !== 'object' || result === null || result instanceof Promise) this.#wrong(result, 'a row object')
    this.#rows.push(result === view ? { ...view } : result)
    this.#from.push(this.numbers[i] as number)
    this.#weights?.push(this.#given?.[i] as number)
  }

  #wrong(result: unknown, wanted: string): never {
    const given = result instanceof Promise ? 'a promise' : show(result)
    return fail('FUNCTION_RESULT', { verb: this.#spec.verb, given, wanted })
  }

  /** Emit what there is, and begin anew. */
  emit(emit: Emit): void {
    if (this.#spec.verb === 'filter') this.#emitKept(emit)
    else this.#emitRows(emit)
    const { errors } = this.#spec
    if (errors !== undefined && this.#errors.length > 0)
      emit(1, batchFromRows(this.#errors, errors, this.#context.arena))
    for (const list of [this.#rows, this.#from, this.#errors, this.#weights ?? []]) list.length = 0
  }

  #emitKept(emit: Emit): void {
    const { arena, memory } = this.#context
    const kept = this.#from
    if (kept.length === 0) return
    const sel = arena.alloc(kept.length * 4)
    memory.u32.set(kept, sel >>> 2)
    emit(0, kept.length === this.#delta.count ? this.#delta : withSelection(this.#delta, sel, kept.length))
  }

  #emitRows(emit: Emit): void {
    const all = this.#rows
    for (let first = 0; first < all.length; first += BATCH_ROWS) {
      const last = first + BATCH_ROWS
      const rows = all.length <= BATCH_ROWS ? all : all.slice(first, last)
      const origin = this.#originOf(first)
      const weights = this.#weights?.slice(first, last)
      emit(0, batchFromRows(rows, this.#spec.output, this.#context.arena, weights, { origin }))
    }
  }

  #originOf(first: number): Origin {
    const { origin } = this.#delta
    const from = this.#from.slice(first, first + BATCH_ROWS)
    const unknown = { source: `a result of ${this.#spec.verb}` }
    return { position: row => origin?.position(from[row] as number) ?? unknown }
  }
}
