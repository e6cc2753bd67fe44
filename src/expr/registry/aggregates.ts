// The aggregates: which arguments they take, what type they give, and whether a retraction costs O(1). How they are
// computed is not said here. Results follow SQL: over no values they are null, except counts.
import { fail } from '../../base/index.ts'
import {
  type ColumnType,
  isNested,
  type PlainKind,
  type ScalarKind,
  type ScalarType,
  type Schema,
  scalars,
  showType,
} from '../../types/index.ts'
import { resolve, resolvePredicate, type Typed } from '../check.ts'
import type { AggregateCall } from '../node.ts'
import { show } from '../show.ts'
import { suggestion } from '../suggest.ts'
import { implicitCost } from './cast.ts'
import { ordered } from './comparison.ts'
import { withScale } from './decimal.ts'

/**
 * How much a group keeps. linear: O(1), a row leaves as it came. sketch: bounded, mergeable. values: the ordered
 * values of the group (needed when rows can be retracted). user: the user's own state.
 */
export type AggregateState = 'linear' | 'sketch' | 'values' | 'user'

export interface AggregateOverload {
  readonly args: readonly PlainKind[]
  readonly result: PlainKind
}

export interface AggregateEntry {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly overloads: readonly AggregateOverload[]
  readonly state: AggregateState
  /** never: a number for every group. input: null when no value came. always: null even for some groups with values. */
  readonly nullable: 'never' | 'input' | 'always'
  /** Takes DISTINCT. */
  readonly distinct: boolean
  readonly dialects?: { readonly sql?: string; readonly spark?: string; readonly postgres?: string }
  readonly doc: string
}

const each = (kinds: readonly PlainKind[], result?: PlainKind): readonly AggregateOverload[] =>
  kinds.map(kind => ({ args: [kind], result: result ?? kind }))

const numbers: readonly PlainKind[] = ['int', 'bigint', 'float', 'double']
const all: readonly PlainKind[] = [...ordered, 'json']
// No order of booleans is asked for in practice, and PostgreSQL has no min(boolean).
const comparable: readonly PlainKind[] = ordered.filter(kind => kind !== 'boolean')

/** By the value of a second argument, the time. */
const byTime: readonly AggregateOverload[] = all.flatMap(kind =>
  (['timestamp', 'date', 'int', 'bigint', 'double'] as const).map(time => ({ args: [kind, time], result: kind })),
)

const spread = (
  name: string,
  doc: string,
  nullable: 'input' | 'always',
  aliases: readonly string[] = [],
): AggregateEntry => ({
  name,
  aliases,
  overloads: [...each(numbers, 'double'), ...each(['decimal'])],
  state: 'linear',
  nullable,
  distinct: true,
  doc,
})

export const aggregates: readonly AggregateEntry[] = [
  {
    name: 'count',
    overloads: [{ args: [], result: 'int' }, ...each(all, 'int')],
    state: 'linear',
    nullable: 'never',
    distinct: true,
    doc: 'The number of rows; with an argument, of the rows where it is not null.',
  },
  {
    name: 'sum',
    overloads: [...each(['int', 'bigint', 'decimal']), ...each(['double', 'float'], 'double')],
    state: 'linear',
    nullable: 'input',
    distinct: true,
    doc: 'The sum, exact whatever the order; of integers an INTEGER_OVERFLOW beyond 64 bits.',
  },
  {
    name: 'avg',
    aliases: ['mean'],
    overloads: [...each(numbers, 'double'), ...each(['decimal'])],
    state: 'linear',
    nullable: 'input',
    distinct: true,
    doc: 'The mean, from the exact sum; of decimals to at least 16 significant digits.',
  },
  {
    name: 'min',
    overloads: each(comparable),
    state: 'values',
    nullable: 'input',
    distinct: true,
    doc: 'The least value.',
  },
  {
    name: 'max',
    overloads: each(comparable),
    state: 'values',
    nullable: 'input',
    distinct: true,
    doc: 'The greatest value.',
  },
  spread('var_samp', 'The variance of a sample (divided by n - 1); null for one value.', 'always', ['variance']),
  spread('var_pop', 'The variance of a population (divided by n).', 'input'),
  spread('stddev_samp', 'The standard deviation of a sample; null for one value.', 'always', ['stddev']),
  spread('stddev_pop', 'The standard deviation of a population.', 'input'),
  {
    name: 'bool_and',
    aliases: ['every'],
    overloads: each(['boolean']),
    state: 'linear',
    nullable: 'input',
    distinct: true,
    doc: 'True where no value is false.',
  },
  {
    name: 'bool_or',
    aliases: ['some', 'any'],
    overloads: each(['boolean']),
    state: 'linear',
    nullable: 'input',
    distinct: true,
    doc: 'True where a value is true.',
  },
  {
    name: 'first',
    overloads: byTime,
    state: 'values',
    nullable: 'input',
    distinct: false,
    dialects: { spark: 'min_by' },
    doc: 'The value of the earliest row by the second argument, among rows where neither is null.',
  },
  {
    name: 'last',
    overloads: byTime,
    state: 'values',
    nullable: 'input',
    distinct: false,
    dialects: { spark: 'max_by' },
    doc: 'The value of the latest row by the second argument, among rows where neither is null.',
  },
  {
    name: 'approx_quantile',
    overloads: each(numbers, 'double'),
    state: 'sketch',
    nullable: 'input',
    distinct: false,
    dialects: { spark: 'percentile_approx' },
    doc: 'A quantile (parameter 0 to 1), from a mergeable sketch.',
  },
]

const byName = new Map<string, AggregateEntry>()
for (const entry of aggregates) for (const name of [entry.name, ...(entry.aliases ?? [])]) byName.set(name, entry)

/** The entry of an aggregate, by its name or an alias. */
function aggregateOf(name: string): AggregateEntry | undefined {
  return byName.get(name)
}

/** What an aggregate call means over its inputs. */
export interface AggregateSignature {
  /** The entry's own name, whatever alias was used; 'user' for a user-defined one. */
  readonly name: string
  /** Types the arguments are to be cast to (`cast(arg, type)` is a no-op where they agree). */
  readonly args: readonly ScalarKind[]
  readonly type: ColumnType
  readonly nullable: boolean
  readonly state: AggregateState
  /** O(1) state under retraction. */
  readonly linear: boolean
}

/**
 * Check an aggregate call. `grouped`: there are keys, so a group without rows does not exist; without keys the one
 * group may be empty, and all but counts may be null. Fails with BAD_AGGREGATE, or as `typeOf` does.
 */
export function typeOfAggregate(call: AggregateCall, inputs: readonly Schema[], grouped = true): AggregateSignature {
  if (call.filter !== undefined) resolvePredicate(call.filter, inputs)
  const args = call.args.map(arg => resolve(arg, inputs))
  if (call.fn === 'user') return userSignature(call, args)
  const entry = aggregateOf(call.fn)
  if (entry === undefined) return bad(call, 'there is no such aggregate', suggestion(call.fn, [...byName.keys()], 30))
  checkParams(entry, call)
  const overload = choose(entry, args)
  if (overload === undefined) {
    const given = args.map(arg => showType(arg.type)).join(', ')
    return bad(call, `it does not take (${given})`, `use one of: ${signatures(entry)}; or cast the argument`)
  }
  const open = call.filter !== undefined || !grouped || args.some(arg => arg.nullable)
  const linear = entry.state === 'linear' && !call.distinct
  return {
    name: entry.name,
    args: args.map((arg, i) => (isNested(arg.type) ? arg.type.kind : (overload.args[i] as PlainKind))),
    type: resultOf(entry.name, overload, args),
    nullable: entry.nullable === 'always' || (entry.nullable === 'input' && open),
    state: call.distinct && entry.state === 'linear' ? 'values' : entry.state,
    linear,
  }
}

function userSignature(call: AggregateCall, args: readonly Typed[]): AggregateSignature {
  if (call.user === undefined) return bad(call, 'its definition is missing', 'pass the user-defined aggregate')
  if (call.distinct) return bad(call, 'DISTINCT is not for user-defined aggregates', 'keep a set in its state')
  const { type, remove } = call.user
  const kinds = args.map(arg => arg.type.kind)
  return { name: 'user', args: kinds, type, nullable: true, state: 'user', linear: remove !== undefined }
}

function checkParams(entry: AggregateEntry, call: AggregateCall): void {
  if (call.distinct && !entry.distinct) bad(call, 'DISTINCT has no meaning for it', 'leave DISTINCT out')
  if (call.distinct && call.args.length === 0) bad(call, 'DISTINCT needs an argument', 'name the column to count')
  if (entry.name !== 'approx_quantile') return
  const [p] = call.params
  if (call.params.length !== 1 || typeof p !== 'number' || !(p >= 0 && p <= 1))
    bad(call, 'the quantile is not a number from 0 to 1', 'give 0.5 for the median, 0.95 for the 95th percentile')
}

/** Lists and maps are bytes in order: an aggregate takes them where it takes binary, and gives them back as what they are. */
const kindOf = (arg: Typed): PlainKind => (isNested(arg.type) ? 'binary' : arg.type.kind)

/** What gives one of the values that it takes, with all that their type says. */
const ONE_OF_THEM: ReadonlySet<string> = new Set(['min', 'max', 'first', 'last'])

function resultOf(name: string, overload: AggregateOverload, args: readonly Typed[]): ColumnType {
  const [first] = args
  if (overload.result === 'decimal' && first !== undefined) return decimalResult(name, first.type)
  const isOne = overload.result === 'binary' || (ONE_OF_THEM.has(name) && first?.type.kind === overload.result)
  return isOne && first !== undefined ? first.type : scalars[overload.result]
}

function choose(entry: AggregateEntry, args: readonly Typed[]): AggregateOverload | undefined {
  let best: AggregateOverload | undefined
  let least = Number.POSITIVE_INFINITY
  for (const overload of entry.overloads) {
    if (overload.args.length !== args.length) continue
    const cost = args.reduce((sum, arg, i) => sum + implicitCost(kindOf(arg), overload.args[i] as PlainKind), 0)
    if (cost < least) {
      least = cost
      best = overload
    }
  }
  return best
}

/** A sum shows the digits of its values; extremes and picks are values. */
function decimalResult(name: string, type: ScalarType): ColumnType {
  if (type.kind !== 'decimal' || type.scale === undefined) return scalars.decimal
  if (name === 'sum') return withScale(type.scale)
  return ONE_OF_THEM.has(name) ? type : scalars.decimal
}

const signatures = (entry: AggregateEntry): string =>
  entry.overloads.map(overload => `${entry.name}(${overload.args.join(', ')})`).join('; ')

function bad(call: AggregateCall, reason: string, fix: string): never {
  const distinct = call.distinct ? 'DISTINCT ' : ''
  return fail('BAD_AGGREGATE', { aggregate: `${call.fn}(${distinct}${call.args.map(show).join(', ')})`, reason, fix })
}
