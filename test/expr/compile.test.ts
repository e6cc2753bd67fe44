// Forms (and, or, case, coalesce, greatest …) are evaluated as the interpreter means them, and only rows that need a
// part can fail in it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Memory } from '../../src/data/index.ts'
import {
  call,
  column,
  compileExpr,
  compilePredicate,
  type Expr,
  interpret,
  literal,
  show,
  type Value,
} from '../../src/expr/index.ts'
import { field, type PlainKind, scalars, schemaOf } from '../../src/types/index.ts'
import { quick } from '../support/depth.ts'
import { batchFrom, randomFrom, valuesOf } from './support.ts'

const memory = new Memory()
const kinds: readonly PlainKind[] = ['int', 'int', 'boolean', 'boolean', 'double', 'string']
const schema = schemaOf(kinds.map((kind, i) => field('abpqxs'[i] as string, scalars[kind], true)))
const [a, b, p, q, x, s] = [...'abpqxs'].map(name => column(name)) as [Expr, Expr, Expr, Expr, Expr, Expr]
const int = (value: number): Expr => literal(value, scalars.int)
const none = literal(null, scalars.string)
const cases = (...parts: Expr[]): Expr => ({
  kind: 'case',
  branches: Array.from({ length: parts.length >> 1 }, (_, i) => ({
    when: parts[2 * i] as Expr,
    then: parts[2 * i + 1] as Expr,
  })),
  otherwise: parts.length % 2 === 1 ? parts.at(-1) : undefined,
})

const expressions: readonly Expr[] = [
  call('and', p, q),
  call('or', p, q),
  call('and', p, q, call('gt', a, b)),
  call('or', call('and', p, call('not', q)), call('lt', a, int(3))),
  call('not', call('and', p, q)),
  call('is_null', a),
  call('is_not_null', s),
  call('is_null', int(1)),
  call('is_distinct_from', a, b),
  call('is_distinct_from', a, int(2)),
  call('is_distinct_from', s, none),
  call('is_distinct_from', x, x),
  call('is_distinct_from', p, q),
  call('coalesce', a, b, int(7)),
  call('coalesce', s, literal('a long default value', scalars.string)),
  call('coalesce', a, x),
  call('coalesce', none, none),
  call('nullif', a, b),
  call('nullif', s, literal('', scalars.string)),
  call('greatest', a, b),
  call('least', a, b, int(2)),
  call('greatest', x, a),
  call('least', s, literal('b', scalars.string)),
  call('greatest', p, q),
  call('in', a, int(1), int(3), b),
  call('in', s, literal('a', scalars.string), none),
  call('between', a, int(1), b),
  cases(p, a, q, b),
  cases(p, a, q, x, int(0)),
  cases(call('ne', b, int(0)), call('div', a, b), int(-1)),
  cases(call('is_null', s), literal('nothing at all here', scalars.string), s),
  call('and', call('ne', b, int(0)), call('gt', call('div', a, b), int(0))),
  call('or', call('eq', b, int(0)), call('gt', call('mod', a, b), int(0))),
  call('lt', int(2), a),
  call('add', call('mul', a, int(2)), call('mul', a, int(2))),
  call('eq', a, x),
]

const pools: readonly (readonly Value[])[] = [
  [0n, 1n, 2n, 3n, -5n],
  [0n, 1n, 2n, 3n],
  [true, false],
  [true, false],
  [0, -0, 1, 2.5, Number.NaN, Number.POSITIVE_INFINITY],
  ['', 'a', 'b', 'a value longer than twelve'],
]

for (const expr of expressions)
  test(show(expr), () => {
    const random = randomFrom(7)
    for (const size of quick ? [0, 1, 65, 700] : [0, 1, 64, 65, 700, 4096])
      for (const share of [0, 0.3]) {
        const columns = pools.map(pool =>
          Array.from({ length: size }, () =>
            random() < share ? null : (pool[Math.floor(random() * pool.length)] as Value),
          ),
        )
        const all = Array.from({ length: size }, (_, row) => row)
        const some = all.filter(() => random() < 0.4)
        for (const rows of [undefined, some]) {
          const arena = memory.arena()
          const batch = batchFrom(arena, kinds, columns, size, rows)
          const evaluator = compileExpr(expr, [schema], memory)
          const got = valuesOf(memory, evaluator.run(batch, { memory, arena }), evaluator.type.kind, rows ?? all)
          const want = (rows ?? all).map(row =>
            interpret(
              expr,
              [schema],
              columns.map(values => values[row] as Value),
            ),
          )
          assert.deepEqual(got, want)
          if (evaluator.type.kind === 'boolean') {
            const predicate = compilePredicate(expr, [schema], memory)
            const kept = predicate.run(batch, { memory, arena })
            const found = Array.from({ length: kept.count }, (_, i) =>
              kept.sel === 0 ? i : memory.u32[(kept.sel >>> 2) + i],
            )
            assert.deepEqual(
              found,
              (rows ?? all).filter((_, i) => want[i] === true),
            )
            predicate.close()
          }
          evaluator.close()
          arena.free()
        }
      }
  })

test('a failing row names expression, arguments and position', () => {
  const arena = memory.arena()
  const columns: Value[][] = [
    [1n, 2n],
    [1n, 0n],
    [null, null],
    [null, null],
    [1, 1],
    ['', ''],
  ]
  const batch = batchFrom(arena, kinds, columns, 2)
  const evaluator = compileExpr(call('div', a, call('add', b, int(0))), [schema], memory)
  assert.throws(
    () => evaluator.run(batch, { memory, arena }),
    /DIVISION_BY_ZERO: a \/ \(b \+ 0\) divides by zero for 2, 0 \(test, row 2\)\. To fix: .*nullif/,
  )
  evaluator.close()
  arena.free()
})

test('closing an evaluator gives its constants back', () => {
  const arena = memory.arena()
  const before = memory.used
  for (let i = 0; i < 100; i++) {
    const predicate = compilePredicate(call('gt', call('add', a, int(1)), int(4)), [schema], memory)
    predicate.run(
      batchFrom(
        arena,
        kinds,
        pools.map(() => [null]),
        1,
      ),
      { memory, arena },
    )
    predicate.close()
    arena.reset()
  }
  arena.reset()
  assert.ok(memory.used <= before + (1 << 18) + 64, `${memory.used - before} bytes more`)
  arena.free()
})
