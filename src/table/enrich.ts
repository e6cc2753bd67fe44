// enrich(async rows => …): what its options are, checked, as a plan node.
import { type Duration, describeValue, excerpt, fail, millis, optionsFor } from '../base/index.ts'
import { type Enrich, enrichOf, type Node, schema, unknownColumn } from '../plan/index.ts'
import type { OnError, RowSchema } from '../types/index.ts'

/** What `enrich` is given beside the function. */
export interface EnrichOptions<Row, Added extends object> {
  /** The columns that answers add; those of the row by the same names are replaced. A null answer gives nulls. */
  readonly columns: RowSchema<Added>
  /** Rows of a question at most; 100 by default. */
  readonly batch?: number
  /** How long rows wait for a question to fill up; by default until the epoch ends. */
  readonly wait?: Duration
  /** Questions under way at most; 4 by default. */
  readonly concurrency?: number
  /** For each try; '30 seconds' by default. */
  readonly timeout?: Duration
  /** Tries after the first, the pauses before them doubling; 2, after '100 milliseconds', by default. */
  readonly retries?: number
  readonly backoff?: Duration
  /** Ask once for rows that are alike in `by`, and keep the answer; 10,000 answers at most by default. */
  readonly cache?: { readonly by: keyof Row | readonly (keyof Row)[]; readonly ttl: Duration; readonly most?: number }
  /** When there is no answer: 'fail' (default), 'skip' (the row goes to `.errors`), or other columns. */
  readonly onError?: OnError<NoInfer<Added>>
}

export type Ask<Row, Added> = (
  rows: readonly Row[],
  signal: AbortSignal,
) => Promise<readonly (Added | Error | null | undefined)[]> | readonly (Added | Error | null | undefined)[]

const FIX = 'enrich(async rows => …, { columns: t.row({ … }) })'

const bad = (argument: string, given: unknown, fix: string): never =>
  fail('BAD_ARGUMENT', { of: 'enrich', argument, given: describeValue(given), fix })

function count(argument: string, given: number, least: number): number {
  return Number.isSafeInteger(given) && given >= least
    ? given
    : bad(argument, given, `give a whole number from ${least} on`)
}

export function enrichNode(input: Node, fn: unknown, given: EnrichOptions<never, object>): Enrich {
  const options = optionsFor('enrich', given, FIX)
  const { columns, batch = 100, concurrency = 4, retries = 2, onError = 'fail' } = options
  if (typeof fn !== 'function') bad('function', fn, FIX)
  if (!Array.isArray(columns?.fields)) bad('columns', columns, 'name the columns that answers add: t.row({ … })')
  if (onError !== 'fail' && onError !== 'skip' && typeof onError !== 'function')
    bad('onError', onError, "write 'fail', 'skip', or a function that gives the columns instead")
  const { wait, timeout = '30 seconds', backoff = '100 milliseconds' } = options
  return enrichOf(input, fn as Enrich['fn'], {
    columns,
    batch: count('batch', batch, 1),
    wait: wait === undefined ? Number.POSITIVE_INFINITY : millis(wait),
    concurrency: count('concurrency', concurrency, 1),
    patience: { timeout: millis(timeout), retries: count('retries', retries, 0), backoff: millis(backoff) },
    cache: options.cache && cacheOf(input, options.cache),
    onError: onError as Enrich['onError'],
  })
}

function cacheOf(input: Node, given: NonNullable<EnrichOptions<never, object>['cache']>): NonNullable<Enrich['cache']> {
  const { by, ttl, most = 10_000 } = optionsFor('enrich', given, "{ cache: { by: 'id', ttl: '10 minutes' } }")
  const names: readonly unknown[] = Array.isArray(by) ? by : [by]
  const of = schema(input)
  for (const name of names) {
    if (typeof name !== 'string') bad('cache.by', name, 'name a column, or several')
    if (!of.fields.some(each => each.name === name)) unknownColumn(excerpt(name), of)
  }
  return { by: names as readonly string[], ttl: millis(ttl), most: count('cache.most', most, 1) }
}
