// Sums and means of intervals: the months, the days and the time of an interval are summed each by itself, and a mean is
// divided as intervals are.
import { type AggregateCall, call, cast, type Expr, literal } from '../expr/index.ts'
import { scalars } from '../types/index.ts'
import { type Block, typeIn } from './block.ts'

const PARTS = ['months', 'days', 'micros'] as const

/** Is it a sum or a mean of intervals? */
export function isOfSpans({ fn, args }: AggregateCall, block: Block): boolean {
  const [of] = args
  return (
    (fn === 'sum' || fn === 'avg' || fn === 'mean') && of !== undefined && typeIn(block, of).type.kind === 'interval'
  )
}

/** @param column the column of an aggregate */
export function ofSpans(of: AggregateCall, column: (call: AggregateCall) => Expr): Expr {
  const [arg] = of.args as readonly [Expr]
  const part = (name: string): Expr =>
    column({ ...of, fn: 'sum', args: [call('interval_part', literal(name, scalars.string), arg)] })
  const sum = call('interval_of', ...PARTS.map(part))
  return of.fn === 'sum' ? sum : call('div', sum, cast(column({ ...of, fn: 'count' }), scalars.double))
}
