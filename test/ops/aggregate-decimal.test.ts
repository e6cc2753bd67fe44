// Law 2 for aggregates of decimals: sums, means, spreads and ends are those of the rows that are there, whatever came and
// went, and so is the number of digits that they show.
import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimalText,
  divided,
  type Finite,
  isSpecial,
  multiplied,
  partsOf,
  quotientOf,
  rescaled,
  rootOf,
  stripped,
} from '../../src/data/index.ts'
import { type AggregateSpec, aggregate, type InputColumn } from '../../src/ops/index.ts'
import { aggregateTwin } from '../../src/ops/reference/aggregate.ts'
import type { Weighted } from '../../src/ops/reference/zset.ts'
import { decimalOf, field, type ScalarType, scalars, schemaOf } from '../../src/types/index.ts'
import { type Rng, seeded } from '../support/seed.ts'
import { checkTwin } from './harness.ts'

const money = decimalOf(12, 2)
const input = schemaOf([
  field('k', scalars.decimal, true),
  field('any', scalars.decimal, true),
  field('money', money, true),
])

const anyOf = ['1.1', '1.10', '-1.10', '0', '0.000', '2.5', '0.000001', '123456.78901', '-0.5', '7']

const row = (rng: Rng) => {
  const maybe = <T>(value: T): T | null => (rng.oneIn(6) ? null : value)
  return {
    k: maybe(rng.pick(['1.1', '1.10', '1.100', '-2', '-2.0', 'NaN', '0', '0.0'])),
    any: maybe(rng.oneIn(25) ? rng.pick(['NaN', 'Infinity', '-Infinity']) : rng.pick(anyOf)),
    money: maybe(`${rng.int(-5000, 5000)}.${rng.int(10, 99)}`),
  }
}

interface Value {
  readonly value: unknown
  readonly weight: bigint
}
type Meaning = (values: readonly Value[], type: ScalarType) => string | null

const whole = (coefficient: bigint): Finite => ({ coefficient, scale: 0 })
const taken = (values: readonly Value[]) =>
  values.map(({ value, weight }) => ({ value: partsOf(value as string), weight }))
const count = (values: readonly Value[]): bigint => values.reduce((sum, { weight }) => sum + weight, 0n)

/** The most digits that a value which is there shows. */
function scaleOf(values: readonly Value[], type: ScalarType): number {
  if (type.kind === 'decimal' && type.scale !== undefined) return type.scale
  const counts = new Map<number, bigint>()
  for (const { value, weight } of taken(values))
    if (!isSpecial(value)) counts.set(value.scale, (counts.get(value.scale) ?? 0n) + weight)
  return Math.max(0, ...[...counts].filter(([, n]) => n > 0n).map(([scale]) => scale))
}

/** NaN and infinities that are there, else the sum of the rest. */
function total(values: readonly Value[], of: (value: Finite) => Finite): Decimal {
  const special = (which: string) => count(values.filter(({ value }) => value === which)) > 0n
  if (special('NaN')) return 'NaN'
  if (special('Infinity')) return special('-Infinity') ? 'NaN' : 'Infinity'
  if (special('-Infinity')) return '-Infinity'
  let sum: Finite = whole(0n)
  for (const { value, weight } of taken(values)) {
    if (isSpecial(value)) continue
    const term = of(value)
    const scale = Math.max(sum.scale, term.scale)
    const [a, b] = [rescaled(sum, scale).coefficient, rescaled(term, scale).coefficient]
    sum = { coefficient: a + weight * b, scale }
  }
  return sum
}

function sumOf(values: readonly Value[], type: ScalarType): Decimal {
  const sum = total(values, value => value)
  return isSpecial(sum) ? sum : stripped(rescaled(sum, 88), scaleOf(values, type))
}

const spread =
  (sample: boolean, root: boolean): Meaning =>
  (values, type) => {
    const n = count(values)
    if (n < (sample ? 2n : 1n)) return null
    const sum = sumOf(values, type)
    if (isSpecial(sum)) return 'NaN'
    const squares = total(
      values.filter(({ value }) => !isSpecial(partsOf(value as string))),
      ({ coefficient, scale }) => ({ coefficient: coefficient ** 2n, scale: scale * 2 }),
    ) as Finite
    const exact = rescaled(total(values, value => value) as Finite, 88).coefficient
    const over = { coefficient: n * rescaled(squares, 176).coefficient - exact ** 2n, scale: 176 }
    if (over.coefficient <= 0n) return '0'
    const variance = quotientOf(rescaled(over, 2 * sum.scale), whole(n * (sample ? n - 1n : n)))
    return decimalText(root ? rootOf(variance, variance.scale) : variance)
  }

const meanings: Readonly<Record<string, Meaning>> = {
  sum: (values, type) => (count(values) <= 0n ? null : decimalText(sumOf(values, type))),
  avg(values, type) {
    const n = count(values)
    return n <= 0n ? null : decimalText(divided(sumOf(values, type), whole(n)))
  },
  min: (values, type) => endOf(values, type, false),
  max: (values, type) => endOf(values, type, true),
  var_samp: spread(true, false),
  stddev_pop: spread(false, true),
}

/** Extremes show the digits of their type, or else those that they need. */
function endOf(values: readonly Value[], type: ScalarType, greatest: boolean): string | null {
  const present = new Map<string, bigint>()
  for (const { value, weight } of taken(values)) {
    const text = bare(decimalText(value), type)
    present.set(text, (present.get(text) ?? 0n) + weight)
  }
  const sorted = [...present]
    .filter(([, n]) => n > 0n)
    .map(([text]) => text)
    .sort((a, b) => compareDecimals(partsOf(a), partsOf(b)))
  return sorted.at(greatest ? -1 : 0) ?? null
}

function bare(text: string, type: ScalarType = scalars.decimal): string {
  const value = partsOf(text)
  const least = type.kind === 'decimal' ? (type.scale ?? 0) : 0
  return isSpecial(value) ? text : decimalText(stripped(value, least))
}

const calls = ['any', 'money'].flatMap(arg => {
  const column = input.fields.findIndex(each => each.name === arg)
  const type = (input.fields[column] as (typeof input.fields)[0]).type as ScalarType
  return Object.entries(meanings).map(([fn, meaning]) => {
    const scaled = type.kind === 'decimal' && type.scale !== undefined
    const result =
      scaled && fn === 'sum' ? decimalOf(36, type.scale ?? 0) : scaled && /m[ia]/.test(fn) ? type : scalars.decimal
    return {
      name: `${fn}_${arg}`,
      fn,
      arg,
      type: result as ScalarType,
      column: { column, type, nullable: true } satisfies InputColumn,
      user: (values: readonly Value[]) => meaning(values, type),
    }
  })
})

for (const retracts of [false, true])
  for (const keys of [[], ['k']])
    seeded(
      `aggregates of decimals are their twin: ${keys.join()} ${retracts ? 'rows come and go' : 'rows come'}`,
      rng => {
        const spec: AggregateSpec = {
          keys: keys.map(name => ({ name, column: 0, type: scalars.decimal, nullable: true })),
          calls: calls.map(({ name, fn, column, type }) => ({ name, fn, args: [column], type, distinct: false })),
          appendOnlyInput: !retracts,
          emit: 'changes',
        }
        const bareKeys = (rows: readonly Weighted[]): Weighted[] =>
          rows.map(({ row, weight }) => ({
            row: { ...row, k: row['k'] === null ? null : bare(row['k'] as string) },
            weight,
          }))
        checkTwin(rng, {
          build: context => aggregate(context, spec),
          inputs: [input],
          outputs: [
            schemaOf([
              ...spec.keys.map(key => field(key.name, key.type, true)),
              ...calls.map(call => field(call.name, call.type, true)),
            ]),
          ],
          row,
          twin: ([rows]) => [aggregateTwin(bareKeys(rows ?? []), { keys, calls })],
          retracts,
        })
      },
    )

seeded('a decimal sum is the sum of its terms', rng => {
  const values = Array.from({ length: 20 }, () => partsOf(rng.pick(['1.25', '-3', '0.001'])))
  const sum = values.reduce(addDecimals)
  const twice = multiplied(sum, whole(2n))
  if (compareDecimals(twice, addDecimals(sum, sum)) !== 0) throw new Error('2 x is not x + x')
})
