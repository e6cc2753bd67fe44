import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MillraceError } from '../../src/base/index.ts'
import { batchFromRows, changesOf, Memory } from '../../src/data/index.ts'
import { apply } from '../../src/ops/apply.ts'
import { flatMapTwin } from '../../src/ops/reference/apply.ts'
import type { Row } from '../../src/ops/reference/zset.ts'
import { errorsSchema } from '../../src/plan/index.ts'
import { field, type OnError, schemaOf, scalars as t } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'
import { checkTwin } from './harness.ts'

const input = schemaOf([field('n', t.int), field('s', t.string, true)])
const output = schemaOf([...input.fields, field('hot', t.boolean)])

type In = { n: number; s: string | null }
const verbs = [
  {
    verb: 'map',
    output,
    fn: (row: In) => ({ ...row, hot: row.n > 3 }),
    twin: (row: Row) => [{ ...row, hot: (row['n'] as number) > 3 }],
  },
  { verb: 'map', output: input, fn: (row: In) => row, twin: (row: Row) => [row] },
  {
    verb: 'filter',
    output: input,
    fn: (row: In) => row.s?.startsWith('a') === true,
    twin: (row: Row) => (String(row['s']).startsWith('a') ? [row] : []),
  },
  {
    verb: 'flatMap',
    output: input,
    fn: (row: In) => Array.from({ length: row.n }, (_, n) => ({ n, s: row.s })),
    twin: (row: Row) => Array.from({ length: row['n'] as number }, (_, n) => ({ ...row, n })),
  },
  {
    verb: 'flatMap',
    output: input,
    fn: function* (row: In) {
      yield row
      if (row.n > 2) yield { ...row, n: -row.n }
    },
    twin: (row: Row) => ((row['n'] as number) > 2 ? [row, { ...row, n: -(row['n'] as number) }] : [row]),
  },
] as const

seeded('map, filter and flatMap are their twins', rng => {
  const { verb, fn, output, twin } = rng.pick(verbs)
  checkTwin(rng, {
    build: context => apply({ verb, fn, input, output }, context),
    inputs: [input],
    outputs: [output],
    row: rng => ({ n: rng.int(0, 6), s: rng.pick([null, 'a', 'b', 'a string of some length']) }),
    twin: ([rows = []]) => [flatMapTwin(rows, twin as (row: Row) => Row[])],
    retracts: true,
  })
})

function run(
  verb: 'map' | 'filter' | 'flatMap',
  fn: (row: In) => unknown,
  rows: object[] = [
    { n: 1, s: 'x' },
    { n: 2, s: 'y' },
  ],
): Row[] {
  const memory = new Memory()
  const arena = memory.arena()
  const operator = apply({ verb, fn, input, output: input }, { memory, arena, operator: `${verb}-1` })
  const out: Row[] = []
  const batch = batchFromRows(rows, input, arena, undefined, { source: 'push' })
  operator.step(0, batch, (_port, delta) => out.push(...changesOf(delta, input, memory).map(each => each.row)))
  return out
}

test('an error names the operator, the row and keeps the stack of the user', () => {
  const thrown = new RangeError('too much')
  const fn = (row: In) => {
    if (row.n === 2) throw thrown
    return row
  }
  assert.throws(
    () => run('map', fn),
    (error: unknown) => {
      assert.ok(error instanceof MillraceError)
      assert.equal(error.code, 'FUNCTION_FAILED')
      assert.equal(error.cause, thrown)
      assert.match(error.message, /RangeError: too much .*operator map-1, push, row 2/)
      return true
    },
  )
})

const wrong: readonly ['map' | 'filter' | 'flatMap', (row: In) => unknown, RegExp][] = [
  ['map', () => undefined, /FUNCTION_RESULT.*returned undefined.*row 1.*a row object/s],
  ['map', async row => row, /a promise/],
  ['map', () => ({ n: 'one', s: '' }), /BAD_VALUE.*'one'.*column n.*not an integer.*push, row 1/s],
  ['map', () => ({ n: 1.5, s: '' }), /not a whole number/],
  ['filter', () => 1, /FUNCTION_RESULT.*returned 1.*true or false/s],
  ['filter', async () => true, /a promise/],
  ['flatMap', () => ({ n: 1 }), /an array/],
  ['flatMap', () => 'text', /an array/],
  ['flatMap', () => [5], /FUNCTION_RESULT.*returned 5/s],
  [
    'flatMap',
    function* () {
      yield { n: 1, s: '' }
      throw new Error('half way')
    },
    /FUNCTION_FAILED.*half way.*row 1/s,
  ],
]

test('results are checked', () => {
  for (const [verb, fn, reason] of wrong) assert.throws(() => run(verb, fn), reason, `${verb} ${fn}`)
})

test('a row that was kept says so', () => {
  let kept: In | undefined
  assert.throws(
    () =>
      run('filter', row => {
        const more = kept !== undefined && kept.n > 0
        kept = row
        return more
      }),
    /STALE_ROW.*row 2/s,
  )
  assert.throws(() => kept?.n, /STALE_ROW/)
})

test('a flatMap may give more rows than a batch holds', () => {
  const out = run('flatMap', row => Array.from({ length: 10_000 }, () => row))
  assert.equal(out.length, 20_000)
  assert.deepEqual(out.at(-1), { n: 2, s: 'y' })
})

function runWith(verb: 'map' | 'filter' | 'flatMap', fn: (row: In) => unknown, onError: OnError): Row[][] {
  const memory = new Memory()
  const arena = memory.arena()
  const spec = { verb, fn, input, output: input, onError, errors: errorsSchema }
  const operator = apply(spec, { memory, arena, operator: `${verb}-1` })
  const out: Row[][] = [[], []]
  const rows = [1, 2, 3].map(n => ({ n, s: 'x' }))
  const batch = batchFromRows(rows, input, arena, [1, 1, 2], { source: 'push' })
  const schemas = [input, errorsSchema]
  operator.step(0, batch, (port, delta) =>
    out[port]?.push(
      ...changesOf(delta, schemas[port] as typeof input, memory).map(({ row, weight }) => ({ ...row, weight })),
    ),
  )
  return out
}

const failing = {
  map: (row: In) => (row.n === 2 ? fails() : row),
  filter: (row: In) => (row.n === 2 ? fails() : true),
  *flatMap(row: In) {
    yield row
    if (row.n === 2) fails()
  },
}
function fails(): never {
  throw new RangeError('two')
}

test('skip leaves a row out and tells it; a function gives other results', () => {
  for (const verb of ['map', 'filter', 'flatMap'] as const) {
    const [rows, errors] = runWith(verb, failing[verb], 'skip')
    assert.deepEqual(rows, [
      { n: 1, s: 'x', weight: 1 },
      { n: 3, s: 'x', weight: 2 },
    ])
    const [error] = errors as Row[]
    assert.equal(errors?.length, 1)
    assert.deepEqual([error?.['source'], error?.['line'], error?.['raw']], ['push', 2, '{"n":2,"s":"x"}'])
    assert.match(error?.['reason'] as string, /RangeError: two at .*apply\.test\.ts:\d+:\d+.*push, row 2/)
  }
  const [mapped] = runWith('map', failing.map, (_error, row) => ({ ...row, s: 'bad' }))
  assert.deepEqual(
    mapped?.map(row => row['s']),
    ['x', 'bad', 'x'],
  )
  assert.equal(runWith('filter', failing.filter, () => true)[0]?.length, 3)
  assert.deepEqual(
    runWith('flatMap', failing.flatMap, () => [])[0]?.map(row => row['n']),
    [1, 3],
  )
  assert.throws(() => runWith('map', failing.map, () => 5), /FUNCTION_RESULT/)
})
