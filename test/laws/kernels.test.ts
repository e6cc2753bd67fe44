// Law 7, for functions: every overload's kernel equals its twin, value by value and error by error, on nulls, NaN, both
// zeros, infinities, extremes, odd text, at block edges, with and without a selection, with constants and columns.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MillraceError } from '../../src/base/index.ts'
import { Memory } from '../../src/data/index.ts'
import {
  call,
  cast,
  column,
  compileExpr,
  type Expr,
  interpreter,
  literal,
  literalOf,
  registry,
  type Value,
} from '../../src/expr/index.ts'
import { casts } from '../../src/expr/registry/cast.ts'
import { field, type PlainKind, type Schema, scalars, schemaOf } from '../../src/types/index.ts'
import { samples } from '../expr/samples.ts'
import { batchFrom, randomFrom, valuesOf } from '../expr/support.ts'
import { depth, quick } from '../support/depth.ts'

const SIZES = quick ? [0, 1, 65, 200] : [0, 1, 63, 64, 65, 4095, 4096]
const SINGLES = depth(120)
const SEED = Number(process.env.MILLRACE_SEED ?? 20261121)

interface Case {
  readonly name: string
  readonly kinds: readonly PlainKind[]
  readonly expr: Expr
  /** Preferred values of an argument, by function. */
  readonly pools: readonly (readonly Value[])[]
}

const schemaFor = (kinds: readonly PlainKind[]): Schema =>
  schemaOf(kinds.map((kind, i) => field(`c${i}`, scalars[kind], true)))
const columnsFor = (kinds: readonly PlainKind[]): readonly Expr[] => kinds.map((_, i) => column(`c${i}`))

function casesOf(): readonly Case[] {
  const cases: Case[] = []
  for (const entry of registry)
    for (const overload of entry.overloads) {
      const kinds = overload.variadic ? [...overload.args, overload.args.at(-1) as PlainKind] : overload.args
      const name = `${entry.name}(${kinds.join(', ')})`
      cases.push({
        name,
        kinds,
        expr: call(entry.name, ...columnsFor(kinds)),
        pools: kinds.map((kind, i) => samples(kind, entry.name, i)),
      })
    }
  for (const each of casts)
    for (const lenient of [false, true]) {
      const kind = each.args[0] as PlainKind
      const expr = cast(column('c0'), scalars[each.result], lenient)
      cases.push({
        name: `${lenient ? 'try_' : ''}cast(${kind} as ${each.result})`,
        kinds: [kind],
        expr,
        pools: [samples(kind, `cast to ${each.result}`, 0)],
      })
    }
  return cases
}

type Outcome = { readonly value: Value } | { readonly error: string }

function outcome(meaning: (row: readonly Value[]) => Value, row: readonly Value[]): Outcome {
  try {
    return { value: meaning(row) }
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    return { error: error.code }
  }
}

function pick<T>(random: () => number, pool: readonly T[]): T {
  return pool[Math.floor(random() * pool.length)] as T
}

const memory = new Memory()

/** Run the kernel over the rows; the values, or the error with its row. */
function evaluate(
  each: Case,
  columns: readonly (readonly Value[])[],
  rows: number,
  selected: readonly number[] | undefined,
) {
  const arena = memory.arena()
  const evaluator = compileExpr(each.expr, [schemaFor(each.kinds)], memory)
  try {
    const batch = batchFrom(arena, each.kinds, columns, rows, selected)
    const result = evaluator.run(batch, { memory, arena })
    return { values: valuesOf(memory, result, evaluator.type.kind, selected ?? columns[0]?.map((_, i) => i) ?? []) }
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    return { error: `${error.code} in row ${error.where.position?.row}` }
  } finally {
    evaluator.close()
    arena.free()
  }
}

function check(
  each: Case,
  random: () => number,
  size: number,
  nullShare: number,
  fixed: readonly (Value | undefined)[],
): void {
  const columns = each.pools.map((pool, i) =>
    Array.from({ length: size }, (): Value => (random() < nullShare ? null : (fixed[i] ?? pick(random, pool)))),
  )
  const meaning = interpreter(each.expr, [schemaFor(each.kinds)])
  const expected = Array.from({ length: size }, (_, row) =>
    outcome(
      meaning,
      columns.map(values => values[row] as Value),
    ),
  )
  const good = [...expected.keys()].filter(row => 'value' in (expected[row] as Outcome))
  const wanted = (rows: readonly number[]) => {
    const bad = rows.find(row => 'error' in (expected[row] as Outcome))
    if (bad === undefined) return { values: rows.map(row => (expected[row] as { value: Value }).value) }
    return { error: `${(expected[bad] as { error: string }).error} in row ${bad + 1}` }
  }
  const all = [...expected.keys()]
  const say = (): string => `${each.name}, ${size} rows, nulls ${nullShare}, seed ${SEED}`
  assert.deepEqual(evaluate(each, columns, size, undefined), wanted(all), `${say()}, all rows`)
  assert.deepEqual(evaluate(each, columns, size, good), wanted(good), `${say()}, the good rows`)
  if (size === 4095) return
  const some = all.filter(() => random() < 0.1)
  assert.deepEqual(evaluate(each, columns, size, some), wanted(some), `${say()}, some rows`)
  const clean = columns.map(values => good.map(row => values[row] as Value))
  assert.deepEqual(evaluate(each, clean, good.length, undefined), wanted(good), `${say()}, only good rows`)
}

/** A row twice in its batch: no neighbour's error, NaN or garbage sends a vector kernel into its exact loop. */
function checkSingly(each: Case, random: () => number): void {
  const schema = schemaFor(each.kinds)
  const meaning = interpreter(each.expr, [schema])
  const evaluator = compileExpr(each.expr, [schema], memory)
  const arena = memory.arena()
  for (let round = 0; round < SINGLES; round++) {
    const row = each.pools.map(pool => pick(random, pool))
    const batch = batchFrom(
      arena,
      each.kinds,
      row.map(value => [value, value]),
      2,
    )
    const got = outcome(
      () => valuesOf(memory, evaluator.run(batch, { memory, arena }), evaluator.type.kind, [0])[0] as Value,
      row,
    )
    assert.deepEqual(got, outcome(meaning, row), `${each.name} of ${row.map(String).join(', ')}, alone, seed ${SEED}`)
    arena.reset()
  }
  arena.free()
  evaluator.close()
}

for (const each of casesOf())
  test(`${each.name}: kernel = twin`, () => {
    const random = randomFrom(SEED)
    checkSingly(each, random)
    for (const size of SIZES)
      for (const nullShare of size > 100 ? [0.1] : [0, 0.3]) check(each, random, size, nullShare, [])
  })

for (const each of casesOf())
  if (each.kinds.length > 1)
    test(`${each.name}: with constants`, () => {
      const random = randomFrom(SEED + 1)
      for (const constant of each.kinds.keys())
        for (let round = 0; round < 4; round++) {
          const pool = each.pools[constant] as readonly Value[]
          const value = round === 3 ? null : pick(random, pool)
          const kind = each.kinds[constant] as PlainKind
          const given = value === null ? literal(null, scalars[kind]) : literalOf(value, scalars[kind])
          const args = each.expr.kind === 'call' ? each.expr.args.map((arg, i) => (i === constant ? given : arg)) : []
          const expr = call(each.expr.kind === 'call' ? each.expr.fn : '', ...args)
          check({ ...each, expr }, random, 100, 0.1, [])
        }
    })
