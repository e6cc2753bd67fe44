import type { UserAggregate } from '../../src/expr/index.ts'
import { type AggregateSpec, aggregate, type InputColumn } from '../../src/ops/index.ts'
import { type AggregateTwinCall, aggregateTwin } from '../../src/ops/reference/aggregate.ts'
import { distinctTwin } from '../../src/ops/reference/distinct.ts'
import type { Weighted } from '../../src/ops/reference/zset.ts'
import { field, type PlainKind, scalars, schemaOf } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { checkTwin } from './harness.ts'

const input = schemaOf([
  field('i', scalars.bigint),
  field('j', scalars.date, true),
  field('s', scalars.string, true),
  field('x', scalars.double, true),
  field('f', scalars.float, true),
  field('n', scalars.bigint, true),
  field('b', scalars.boolean, true),
  field('at', scalars.timestamp, true),
  field('y', scalars.bigint),
])

const column = (name: string): InputColumn => {
  const at = input.fields.findIndex(each => each.name === name)
  const { type, nullable } = input.fields[at] as (typeof input.fields)[0]
  return { column: at, type: type as InputColumn['type'], nullable }
}

const doubles = [0, -0, 1, -1, 0.1, 0.2, 1e-3, 123.456, 1e16, -1e16, 1e300, -1e300, 5e-324, 1e-300, 3.3, 99.99]
const specials = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
const texts = [
  '',
  'a',
  'b',
  'short',
  'exactly 12 b',
  'thirteen byte',
  'a text that is long enough to lie elsewhere',
  'é😀',
]

const row = (rng: Rng) => {
  const maybe = <T>(value: T): T | null => (rng.oneIn(6) ? null : value)
  return {
    i: BigInt(rng.int(0, 3)),
    j: maybe(new Date(rng.int(-1, 1) * 86_400_000)),
    s: maybe(rng.pick(texts)),
    x: maybe(rng.oneIn(20) ? rng.pick(specials) : rng.oneIn(3) ? rng.pick(doubles) : rng.int(-100, 100) / 8),
    f: maybe(Math.fround(rng.int(-20, 20) / 3)),
    n: maybe(BigInt(rng.int(-3, 3)) * (rng.oneIn(3) ? 1n << 18n : 1n)),
    b: maybe(rng.oneIn(3)),
    at: maybe(new Date(rng.int(-3, 3))),
    y: BigInt(rng.int(-5, 5)),
  }
}

type Call = AggregateTwinCall & { readonly type: PlainKind; readonly definition?: UserAggregate<never, never> }

/** With remove: its own state. */
const cubes: UserAggregate<{ sum: bigint }, bigint, bigint> = {
  name: 'cubes',
  type: scalars.bigint,
  init: () => ({ sum: 0n }),
  add: ({ sum }, value) => ({ sum: sum + value ** 3n }),
  remove: ({ sum }, value) => ({ sum: sum - value ** 3n }),
  result: ({ sum }) => sum,
}

/** Without: from the values. */
const list: UserAggregate<string[], string, string | null> = {
  name: 'list',
  type: scalars.string,
  init: () => [],
  add: (values, value) => [...values, value],
  result: values => (values.length === 0 ? null : values.toSorted().join()),
}

const user: readonly Call[] = [
  {
    name: 'cubes',
    fn: 'user',
    arg: 'n',
    type: 'bigint',
    definition: cubes as never,
    user: values => {
      const n = values.reduce((sum, { weight }) => sum + weight, 0n)
      return n <= 0n ? 0n : values.reduce((sum, { value, weight }) => sum + weight * (value as bigint) ** 3n, 0n)
    },
  },
  {
    name: 'list',
    fn: 'user',
    arg: 's',
    filter: 'b',
    type: 'string',
    definition: list as never,
    user: values => {
      const all = values.flatMap(({ value, weight }) =>
        Array<string>(Math.max(0, Number(weight))).fill(value as string),
      )
      return all.length === 0 ? null : all.toSorted().join()
    },
  },
]

const linear: readonly Call[] = [
  { name: 'count', fn: 'count', type: 'int' },
  { name: 'count_x', fn: 'count', arg: 'x', type: 'int' },
  { name: 'count_if', fn: 'count', filter: 'b', type: 'int' },
  { name: 'sum_x', fn: 'sum', arg: 'x', type: 'double' },
  { name: 'sum_if', fn: 'sum', arg: 'x', filter: 'b', type: 'double' },
  { name: 'sum_n', fn: 'sum', arg: 'n', type: 'bigint' },
  { name: 'sum_y', fn: 'sum', arg: 'y', type: 'bigint' },
  { name: 'avg_x', fn: 'avg', arg: 'x', type: 'double' },
  { name: 'avg_n', fn: 'avg', arg: 'n', type: 'double' },
  { name: 'avg_f', fn: 'avg', arg: 'f', type: 'double' },
  { name: 'var_f', fn: 'var_samp', arg: 'f', type: 'double' },
  { name: 'var_y', fn: 'var_pop', arg: 'y', type: 'double' },
  { name: 'sd_n', fn: 'stddev_samp', arg: 'n', type: 'double' },
  { name: 'every', fn: 'bool_and', arg: 'b', type: 'boolean' },
  { name: 'some', fn: 'bool_or', arg: 'b', type: 'boolean' },
]
const ends: readonly Call[] = [
  { name: 'min_x', fn: 'min', arg: 'x', type: 'double' },
  { name: 'max_x', fn: 'max', arg: 'x', type: 'double' },
  { name: 'max_f', fn: 'max', arg: 'f', type: 'float' },
  { name: 'min_y', fn: 'min', arg: 'y', type: 'bigint' },
  { name: 'max_j', fn: 'max', arg: 'j', type: 'date' },
  { name: 'min_s', fn: 'min', arg: 's', type: 'string' },
  { name: 'max_s', fn: 'max', arg: 's', type: 'string' },
  { name: 'max_if', fn: 'max', arg: 'n', filter: 'b', type: 'bigint' },
  { name: 'first_s', fn: 'first', arg: 's', by: 'at', type: 'string' },
  { name: 'last_b', fn: 'last', arg: 'b', by: 'at', type: 'boolean' },
  { name: 'last_n', fn: 'last', arg: 'n', by: 'y', type: 'bigint' },
]
const distinct: readonly Call[] = [
  { name: 'count_d', fn: 'count', arg: 's', distinct: true, type: 'int' },
  { name: 'sum_d', fn: 'sum', arg: 'x', distinct: true, type: 'double' },
  { name: 'avg_d', fn: 'avg', arg: 'y', distinct: true, type: 'double' },
  { name: 'count_dif', fn: 'count', arg: 'j', filter: 'b', distinct: true, type: 'int' },
]

function specOf(keys: readonly string[], calls: readonly Call[], appendOnlyInput: boolean): AggregateSpec {
  return {
    keys: keys.map(name => ({ ...column(name), name })),
    calls: calls.map(call => ({
      name: call.name,
      fn: call.fn,
      args: [call.arg, call.by].filter(name => name !== undefined).map(column),
      type: scalars[call.type],
      filter: call.filter === undefined ? undefined : column(call.filter).column,
      distinct: call.distinct === true,
      user: call.definition,
    })),
    appendOnlyInput,
    emit: 'changes',
  }
}

const keySets = [[], ['i'], ['i', 'y'], ['s'], ['j', 's'], ['b', 'x', 'f'], ['i', 's', 'at', 'n']]

for (const [name, calls, retracts] of [
  ['sums and counts, rows only added', linear, false],
  ['sums and counts', linear, true],
  ['min, max, first, last, rows only added', ends, false],
  ['min, max, first, last', ends, true],
  ['distinct, rows only added', distinct, false],
  ['distinct', distinct, true],
  ['user-defined, rows only added', user, false],
  ['user-defined', user, true],
  ['all together', [...linear, ...ends, ...distinct, ...user], true],
] as const)
  seeded(`aggregate is its twin: ${name}`, rng => {
    const keys = rng.pick(keySets)
    const spec = specOf(keys, calls, !retracts)
    const output = schemaOf([
      ...spec.keys.map(key => field(key.name, key.type, true)),
      ...spec.calls.map(call => field(call.name, call.type, true)),
    ])
    checkTwin(rng, {
      build: context => aggregate(context, spec),
      inputs: [input],
      outputs: [output],
      row,
      twin: ([rows]) => [aggregateTwin(rows ?? [], { keys, calls })],
      retracts,
    })
  })

seeded('distinct is grouping by all columns', rng => {
  const keys = ['i', 's', 'x']
  const spec = specOf(keys, [], false)
  checkTwin(rng, {
    build: context => aggregate(context, spec),
    inputs: [input],
    outputs: [schemaOf(spec.keys.map(key => field(key.name, key.type, true)))],
    row,
    twin: ([rows]) => [distinctTwin(columnsOf(rows ?? [], keys))],
    retracts: true,
  })
})

const columnsOf = (rows: readonly Weighted[], names: readonly string[]): Weighted[] =>
  rows.map(({ row, weight }) => ({
    row: Object.fromEntries(names.map(name => [name, row[name] === 0 ? 0 : row[name]])),
    weight,
  }))
