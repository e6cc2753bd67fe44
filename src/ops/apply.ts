// map, filter and flatMap with plain functions: row by row, so linear; a row's results take its weight. The function
// must give the same results for the same row: a delete is matched with its insert by what the function returned.
// What it returns is checked against the declared columns before it enters the engine.
import { fail, MillraceError, type Where } from '../base/index.ts'
import {
  BATCH_ROWS,
  type Batch,
  batchFromRows,
  type Origin,
  type Row,
  type RowViews,
  rowNumbers,
  rowViews,
  show,
  weightsOf,
  withSelection,
} from '../data/index.ts'
import type { Schema } from '../types/index.ts'
import { type Emit, type Operator, type OperatorContext, stateless } from './operator.ts'

export interface ApplySpec {
  readonly verb: 'map' | 'filter' | 'flatMap'
  readonly fn: (row: never) => unknown
  readonly input: Schema
  readonly output: Schema
}

export function apply(spec: ApplySpec, context: OperatorContext): Operator {
  const views = rowViews(spec.input, context.memory)
  return {
    ...stateless,
    name: spec.verb,
    step(_port, delta, emit) {
      views.bind(delta)
      try {
        if (spec.verb === 'filter') keep(spec, views, delta, context, emit)
        else emitRows(spec, resultsOf(spec, views, delta, context), delta, context, emit)
      } finally {
        views.release()
      }
    },
  }
}

/** Where a row of the delta came from, for errors. */
function whereOf(delta: Batch, row: number, context: OperatorContext): Where {
  const { operator } = context
  return delta.origin === undefined ? { operator } : { operator, position: delta.origin.position(row) }
}

function callWith(spec: ApplySpec, view: Row, delta: Batch, row: number, context: OperatorContext): unknown {
  try {
    return spec.fn(view as never)
  } catch (error) {
    const where = whereOf(delta, row, context)
    if (error instanceof MillraceError) throw error.at(where)
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : show(error)
    return fail('FUNCTION_FAILED', { verb: spec.verb, reason }, where, error)
  }
}

function badResult(spec: ApplySpec, result: unknown, wanted: string, where: Where): never {
  const given = result instanceof Promise ? 'a promise' : show(result)
  return fail('FUNCTION_RESULT', { verb: spec.verb, given, wanted }, where)
}

function keep(spec: ApplySpec, views: RowViews, delta: Batch, context: OperatorContext, emit: Emit): void {
  const numbers = rowNumbers(delta, context.memory)
  const kept = numbers.filter((row, i) => {
    const result = callWith(spec, views.at(row, i), delta, row, context)
    return typeof result === 'boolean' ? result : badResult(spec, result, 'true or false', whereOf(delta, row, context))
  })
  if (kept.length === 0) return
  const sel = context.arena.alloc(kept.length * 4)
  context.memory.u32.set(kept, sel >>> 2)
  emit(0, kept.length === delta.count ? delta : withSelection(delta, sel, kept.length))
}

interface Results {
  readonly rows: object[]
  /** The delta's row that each came from. */
  readonly from: readonly number[]
  /** Of each; undefined = all 1. */
  readonly weights: number[] | undefined
}

function resultsOf(spec: ApplySpec, views: RowViews, delta: Batch, context: OperatorContext): Results {
  const numbers = rowNumbers(delta, context.memory)
  const weights = delta.weights === 0 ? undefined : weightsOf(delta, context.memory)
  return spec.verb === 'map'
    ? { rows: mapped(spec, views, numbers, delta, context), from: numbers, weights }
    : flattened(spec, views, numbers, weights, delta, context)
}

function mapped(
  spec: ApplySpec,
  views: RowViews,
  numbers: readonly number[],
  delta: Batch,
  context: OperatorContext,
): object[] {
  const rows: object[] = new Array(numbers.length)
  for (let i = 0; i < numbers.length; i++) {
    const row = numbers[i] as number
    const view = views.at(row, i)
    rows[i] = rowFrom(spec, callWith(spec, view, delta, row, context), view, delta, row, context)
  }
  return rows
}

function flattened(
  spec: ApplySpec,
  views: RowViews,
  numbers: readonly number[],
  deltaWeights: readonly number[] | undefined,
  delta: Batch,
  context: OperatorContext,
): Results {
  const rows: object[] = []
  const from: number[] = []
  const weights: number[] | undefined = deltaWeights && []
  numbers.forEach((row, i) => {
    const view = views.at(row, i)
    for (const result of each(spec, view, delta, row, context)) {
      rows.push(rowFrom(spec, result, view, delta, row, context))
      from.push(row)
      weights?.push(deltaWeights?.[i] as number)
    }
  })
  return { rows, from, weights }
}

/** A result as a row of its own: the view itself is another row at the next call. */
function rowFrom(
  spec: ApplySpec,
  result: unknown,
  view: Row,
  delta: Batch,
  row: number,
  context: OperatorContext,
): object {
  if (typeof result !== 'object' || result === null || result instanceof Promise)
    return badResult(spec, result, 'a row object', whereOf(delta, row, context))
  return result === view ? { ...view } : result
}

/** The results of a flatMap for one row, as they are generated. */
function* each(spec: ApplySpec, view: Row, delta: Batch, row: number, context: OperatorContext): Iterable<unknown> {
  const result = callWith(spec, view, delta, row, context)
  const iterable = result as Iterable<unknown> | null | undefined
  if (typeof iterable === 'string' || typeof iterable?.[Symbol.iterator] !== 'function')
    return badResult(spec, result, 'an array (or any iterable) of row objects', whereOf(delta, row, context))
  const iterator = iterable[Symbol.iterator]()
  const next: ApplySpec = { ...spec, fn: () => iterator.next() }
  while (true) {
    const step = callWith(next, view, delta, row, context) as IteratorResult<unknown>
    if (step.done === true) return
    yield step.value
  }
}

function emitRows(spec: ApplySpec, results: Results, delta: Batch, context: OperatorContext, emit: Emit): void {
  for (let first = 0; first < results.rows.length; first += BATCH_ROWS) {
    const last = first + BATCH_ROWS
    const origin = originOf(delta, results.from.slice(first, last), spec)
    const rows = results.rows.length <= BATCH_ROWS ? results.rows : results.rows.slice(first, last)
    emit(0, batchFromRows(rows, spec.output, context.arena, results.weights?.slice(first, last), { origin }))
  }
}

function originOf(delta: Batch, from: readonly number[], spec: ApplySpec): Origin {
  const { origin } = delta
  return { position: row => origin?.position(from[row] as number) ?? { source: `a result of ${spec.verb}` } }
}
