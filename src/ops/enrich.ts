// enrich: columns that come from outside, one question for many rows. Linear: each row gets its columns, in the order in which
// rows came. An operator does not wait: it asks, and tells the driver what to wait for (`pending`): for room while an
// epoch is read, which is the back-pressure, and for every answer at its end, so an epoch is done when all its rows are.
// Answers are not saved: when an epoch is done again after a crash, its questions are asked again.
import { type Clock, fail, MillraceError, type Where } from '../base/index.ts'
import { BATCH_ROWS, type Batch, batchFromRows, type Row, rowNumbers, rowsOf, weightsOf } from '../data/index.ts'
import type { OnError, Schema } from '../types/index.ts'
import { type Answer, Answers } from './enrich/answers.ts'
import { ask, type Patience } from './enrich/ask.ts'
import { type Emit, type Operator, type OperatorContext, stateless } from './operator.ts'
import { errorRow, failed } from './user-code.ts'

export interface EnrichSpec {
  /** Answers, one for each row in order: columns to add, null (none of them), or an Error for this row alone. */
  readonly fn: (rows: readonly object[], signal: AbortSignal) => Promise<readonly unknown[]> | readonly unknown[]
  readonly input: Schema
  readonly output: Schema
  /** Rows of a question at most. */
  readonly batch: number
  /** Milliseconds that rows wait for a question to fill up; Infinity: until the epoch ends. */
  readonly wait: number
  /** Questions under way at most. */
  readonly concurrency: number
  readonly patience: Patience
  /** Rows that are alike in these columns are asked for once, and their answer kept for a while. */
  readonly cache?: { readonly by: readonly string[]; readonly ttl: number; readonly most: number } | undefined
  readonly onError: OnError
  /** Of port 1, where somebody listens to it. */
  readonly errors?: Schema | undefined
}

/** A row that waits for its answer. */
interface Waiting {
  readonly row: Row
  readonly weight: number
  readonly where: Where
  answer: Answer | undefined
}

export function enrich(spec: EnrichSpec, context: OperatorContext): Operator {
  const desk = new Desk(spec, context)
  return {
    ...stateless,
    name: 'enrich',
    outputs: spec.errors === undefined ? 1 : 2,
    step: (_port, delta) => desk.take(delta),
    pending: (clock, all) => desk.pending(clock, all),
    collect: emit => desk.collect(emit),
    size: () => ({ rows: desk.rows, bytes: 0, unmatchedDeletes: 0 }),
    close: () => desk.close(),
  }
}

class Desk {
  readonly #spec: EnrichSpec
  readonly #context: OperatorContext
  readonly #answers: Answers | undefined
  readonly #stop = new AbortController()
  /** All rows that have not left, in order. */
  #line: Waiting[] = []
  /** Those of them that nobody has asked for yet. */
  #unasked: Waiting[] = []
  /** When the driver first met one of them. */
  #since: number | undefined
  #underWay = 0
  /** Resolves when the next question has been answered. */
  #next: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined

  constructor(spec: EnrichSpec, context: OperatorContext) {
    this.#spec = spec
    this.#context = context
    this.#answers = spec.cache && new Answers(spec.cache)
  }

  get rows(): number {
    return this.#line.length
  }

  take(delta: Batch): void {
    const { memory, operator } = this.#context
    const rows = rowsOf(delta, this.#spec.input, memory)
    const weights = weightsOf(delta, memory)
    const numbers = rowNumbers(delta, memory)
    for (const [i, row] of rows.entries()) {
      const position = delta.origin?.position(numbers[i] as number)
      const where: Where = position === undefined ? { operator } : { operator, position }
      if ((weights[i] as number) < 0) fail('ASSERTION', { reason: 'enrich was given a deleted row' })
      const waiting: Waiting = { row, weight: weights[i] as number, where, answer: undefined }
      this.#line.push(waiting)
      this.#unasked.push(waiting)
    }
  }

  /** Ask for rows as long as there are `least` of them, and room. */
  #askWhile(least: number, clock: Clock): void {
    while (this.#unasked.length >= least && this.#unasked.length > 0 && this.#underWay < this.#spec.concurrency) {
      const asked = this.#unasked.splice(0, this.#spec.batch).filter(each => !this.#knows(each, clock.now()))
      if (asked.length > 0) this.#ask(asked, clock)
    }
  }

  #knows(waiting: Waiting, now: number): boolean {
    waiting.answer = this.#answers?.find(waiting.row, now)
    return waiting.answer !== undefined
  }

  #ask(asked: readonly Waiting[], clock: Clock): void {
    const groups = groupsOf(asked, this.#answers)
    const rows = groups.map(group => (group[0] as Waiting).row)
    this.#underWay++
    ask(this.#spec.fn, rows, this.#spec.patience, clock, this.#stop.signal).then(answers => {
      for (const [i, group] of groups.entries()) {
        const answer = answers[i] as Answer
        for (const each of group) each.answer = answer
        this.#answers?.keep((group[0] as Waiting).row, answer, clock.now())
      }
      this.#underWay--
      const told = this.#next
      this.#next = undefined
      told?.resolve()
    })
  }

  /** What to wait for: with `all` until every row has its answer, else until there is room. */
  pending(clock: Clock, all: boolean): Promise<void> | undefined {
    if (this.#unasked.length === 0) this.#since = undefined
    else this.#since ??= clock.ticks()
    const late = this.#since !== undefined && clock.ticks() - this.#since >= this.#spec.wait
    this.#askWhile(all || late ? 1 : this.#spec.batch, clock)
    const full = this.#unasked.length >= this.#spec.batch
    if (this.#underWay === 0 || !(all || full)) return undefined
    this.#next ??= Promise.withResolvers<void>()
    return this.#next.promise
  }

  /** Emit the rows at the head of the line that have their answers. */
  collect(emit: Emit): void {
    let n = 0
    while (n < this.#line.length && (this.#line[n] as Waiting).answer !== undefined) n++
    if (n === 0) return
    const leaving = this.#line.splice(0, n)
    const [rows, weights, errors]: [object[], number[], object[]] = [[], [], []]
    for (const each of leaving) {
      const added = this.#addedTo(each, errors)
      if (added === undefined) continue
      rows.push({ ...each.row, ...added })
      weights.push(each.weight)
    }
    this.#emit(rows, weights, errors, leaving, emit)
  }

  /** The columns that a row gets; undefined: it is left out. */
  #addedTo({ row, where, answer }: Waiting, errors: object[]): object | undefined {
    const { onError } = this.#spec
    const { error, added } = answer as Answer
    if (error === undefined) return added
    const told = failed(error, 'enrich', where)
    if (onError === 'fail') throw told
    if (onError === 'skip') return void errors.push(errorRow(told, row))
    return onError(told, row) as object
  }

  #emit(rows: object[], weights: number[], errors: object[], leaving: readonly Waiting[], emit: Emit): void {
    const { arena } = this.#context
    const plain = weights.every(each => each === 1)
    for (let first = 0; first < rows.length; first += BATCH_ROWS) {
      const last = first + BATCH_ROWS
      const origin = {
        position: (row: number) => leaving[first + row]?.where.position ?? { source: 'an answer of enrich' },
      }
      const batch = batchFromRows(
        rows.slice(first, last),
        this.#spec.output,
        arena,
        plain ? undefined : weights.slice(first, last),
        { origin },
      )
      emit(0, batch)
    }
    for (let first = 0; this.#spec.errors !== undefined && first < errors.length; first += BATCH_ROWS)
      emit(1, batchFromRows(errors.slice(first, first + BATCH_ROWS), this.#spec.errors, arena))
  }

  close(): void {
    this.#stop.abort(new MillraceError('CANCELLED'))
  }
}

/** Rows that are alike are one group, in the order of their first. */
function groupsOf(asked: readonly Waiting[], answers: Answers | undefined): readonly (readonly Waiting[])[] {
  if (answers === undefined) return asked.map(each => [each])
  return [...Map.groupBy(asked, each => answers.keyOf(each.row)).values()]
}
