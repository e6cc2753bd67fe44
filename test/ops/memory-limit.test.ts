// The ceiling is reached anywhere: whichever allocation fails, the error is MEMORY_LIMIT, closing what was open does not
// fail, and an operator that is given the same rows with enough memory has the same results.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, type Change, changesOf, Memory } from '../../src/data/index.ts'
import { type AggregateColumn, aggregate } from '../../src/ops/index.ts'
import { field, type ScalarType, scalars, schemaOf } from '../../src/types/index.ts'

const schema = schemaOf([
  field('key', scalars.string),
  field('n', scalars.int),
  field('x', scalars.double),
  field('text', scalars.string),
])
const column = (index: number) => ({ column: index, type: schema.fields[index]!.type as ScalarType, nullable: false })
const call = (
  fn: string,
  args: readonly number[],
  type: ScalarType,
  more: Partial<AggregateColumn> = {},
): AggregateColumn => ({
  name: `${fn} ${args}`,
  fn,
  args: args.map(column),
  type,
  ...more,
})

const row = (i: number) => ({
  key: `group number ${i % 400}`,
  n: i,
  x: i % 50 === 0 ? 1e300 : 1e-300 * i,
  text: `a text beyond twelve bytes ${i * 7}`,
})

function build(memory: Memory, arena: ReturnType<Memory['arena']>, appendOnlyInput: boolean) {
  const calls = [
    call('sum', [2], scalars.double),
    call('min', [3], scalars.string),
    call('last', [3, 1], scalars.string),
    call('approx_quantile', [2], scalars.double, { params: [0.5] }),
    call('count', [3], scalars.int, { distinct: true }),
  ]
  const spec = { keys: [{ name: 'key', ...column(0) }], calls, appendOnlyInput, emit: 'changes' as const }
  return { operator: aggregate({ memory, arena, operator: 'test' }, spec), calls }
}

/** Two epochs of rows, then some are taken back (append-only: more come), saved; all changes. */
function job(memory: Memory, appendOnlyInput: boolean): Change[] {
  const arena = memory.arena(4096)
  try {
    const { operator, calls } = build(memory, arena, appendOnlyInput)
    const results = schemaOf([field('key', scalars.string), ...calls.map(each => field(each.name, each.type, true))])
    const out: Change[] = []
    try {
      for (const [from, to] of [
        [0, 300],
        [200, 900],
        [100, 700],
      ] as const) {
        const rows = Array.from({ length: to - from }, (_, i) => row(from + i))
        const weights = !appendOnlyInput && from === 100 ? rows.map(() => -1) : undefined
        operator.step(0, batchFromRows(rows, schema, arena, weights), () => {})
        arena.reset()
        operator.flush((_, delta) => out.push(...changesOf(delta, results, memory)))
        operator.save({ put() {} }, from === 0)
      }
    } finally {
      operator.close()
    }
    return out
  } finally {
    arena.free()
  }
}

for (const appendOnly of [true, false])
  test(`every ceiling: ${appendOnly ? 'rows only come' : 'rows come and go'}`, () => {
    const roomy = new Memory()
    const expected = job(roomy, appendOnly)
    assert.equal(roomy.used, 0)
    assert.ok(expected.length > 800)
    let failed = 0
    let done = 0
    // Steps that are no multiple of anything: each ceiling stops another allocation.
    for (let ceiling = 5000; done < 2; ceiling += 6007) {
      const memory = new Memory(ceiling)
      try {
        const changes = job(memory, appendOnly)
        assert.deepEqual(changes.length, expected.length)
        assert.deepEqual(changes, expected)
        done++
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'MEMORY_LIMIT', `at ${ceiling}: ${error}`)
        failed++
      }
    }
    assert.ok(failed > 100, `${failed} ceilings failed`)
  })
