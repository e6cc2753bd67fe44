// What expressions mean before they run, and how wrong ones are refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  call,
  cast,
  column,
  columnsOf,
  conjoin,
  conjuncts,
  type Expr,
  evaluateConstant,
  isConstant,
  literal,
  sameExpr,
  show,
  substitute,
  typeOf,
} from '../../src/expr/index.ts'
import { field, scalars, schemaOf, showType } from '../../src/types/index.ts'

const window = { kind: 'struct', fields: [field('start', scalars.timestamp), field('end', scalars.timestamp)] } as const
const schema = schemaOf([
  field('n', scalars.int),
  field('price', scalars.double, true),
  field('small', scalars.float),
  field('big', scalars.bigint),
  field('carrier', scalars.string),
  field('at', scalars.timestamp),
  field('day', scalars.date),
  field('ok', scalars.boolean, true),
  field('window', window),
])
const c = (...path: string[]): Expr => column(...path)
const int = (value: number): Expr => literal(value, scalars.int)
const text = (value: string): Expr => literal(value, scalars.string)

const types: readonly (readonly [Expr, string])[] = [
  [call('add', c('n'), int(1)), 'int not null'],
  [call('add', c('n'), c('price')), 'double'],
  [call('add', c('n'), c('small')), 'double not null'],
  [call('add', c('small'), c('small')), 'float not null'],
  [call('mul', c('n'), c('big')), 'bigint not null'],
  [call('sub', c('at'), c('at')), 'int not null'],
  [call('add', c('day'), int(1)), 'date not null'],
  [call('gt', c('at'), c('day')), 'boolean not null'],
  [call('gt', c('at'), text('2024-02-29')), 'boolean not null'],
  [call('gt', c('n'), literal(null, scalars.string)), 'boolean'],
  [call('abs', literal(null, scalars.decimal)), 'decimal'],
  [call('add', c('n'), literal(null, scalars.double)), 'double'],
  [call('coalesce', literal(null, scalars.double), c('n')), 'double not null'],
  [call('eq', c('ok'), literal(true, scalars.boolean)), 'boolean'],
  [call('coalesce', c('price'), int(0)), 'double not null'],
  [call('is_null', c('price')), 'boolean not null'],
  [call('nullif', c('n'), int(0)), 'int'],
  [c('window'), 'struct<start timestamp, end timestamp> not null'],
  [c('window', 'start'), 'timestamp not null'],
  [{ kind: 'case', branches: [{ when: c('ok'), then: int(1) }], otherwise: undefined }, 'int'],
  [{ kind: 'case', branches: [{ when: c('ok'), then: int(1) }], otherwise: c('big') }, 'bigint not null'],
]
for (const [expr, expected] of types)
  test(`${show(expr)} is ${expected}`, () => {
    const { type, nullable } = typeOf(expr, [schema])
    assert.equal(`${showType(type)}${nullable ? '' : ' not null'}`, expected)
  })

const refusals: readonly (readonly [Expr, RegExp])[] = [
  [c('prize'), /UNKNOWN_COLUMN: there is no column prize. To fix: did you mean price\? \(there are: n, price/],
  [c('window', 'begin'), /UNKNOWN_COLUMN: there is no column window\.begin/],
  [
    call('is_null', c('window')),
    /STRUCT_COLUMN: the column window is a struct.*name a field of it, such as window\.start/,
  ],
  [call('subb', c('n'), int(1)), /UNKNOWN_FUNCTION: there is no function subb\. To fix: did you mean sub\?/],
  [
    call('add', c('carrier'), int(1)),
    /NO_OVERLOAD: add does not take \(string, int\), in carrier \+ 1.*add\(int, int\) → int/,
  ],
  [call('add', c('n')), /NO_OVERLOAD: add does not take \(int\)/],
  [call('between', c('n'), int(1)), /NO_OVERLOAD: between/],
  [call('gt', c('carrier'), c('n')), /NO_OVERLOAD: gt does not take \(string, int\)/],
  [call('and', c('ok'), c('n')), /NOT_BOOLEAN: n is a int/],
  [call('coalesce', c('n'), c('carrier')), /TYPE_MISMATCH: the types int, string have no type in common/],
  [cast(c('ok'), scalars.timestamp), /NO_CAST: boolean can not be converted to timestamp/],
]
for (const [expr, message] of refusals)
  test(`refused: ${show(expr)}`, () => {
    assert.throws(() => typeOf(expr, [schema]), message)
  })

test('joins: input 1 is the right side', () => {
  const right = schemaOf([field('name', scalars.string, true)])
  const name: Expr = { kind: 'column', path: ['name'], input: 1 }
  assert.deepEqual(typeOf(call('eq', c('carrier'), name), [schema, right]), { type: scalars.boolean, nullable: true })
  assert.throws(() => typeOf(c('name'), [schema, right]), /UNKNOWN_COLUMN/)
})

const shown: readonly (readonly [Expr, string])[] = [
  [call('mul', call('add', c('n'), int(1)), int(2)), '(n + 1) * 2'],
  [call('sub', c('n'), call('sub', int(1), int(2))), 'n - (1 - 2)'],
  [call('and', call('or', c('ok'), c('p')), call('not', c('q'))), '(ok OR p) AND NOT q'],
  [call('eq', c("it's"), text("it's")), `"it's" = 'it''s'`],
  [call('is_null', c('n')), 'n IS NULL'],
  [call('coalesce', c('n'), literal(null, scalars.int)), 'coalesce(n, NULL)'],
  [cast(c('n'), scalars.string, true), 'try_cast(n AS string)'],
  [literal(1_709_210_096_123_456n, scalars.timestamp), "timestamp '2024-02-29 12:34:56.123456'"],
  [literal(-1, scalars.date), "date '1969-12-31'"],
]
for (const [expr, expected] of shown)
  test(`shown: ${expected}`, () => {
    assert.equal(show(expr), expected)
  })

test('walking', () => {
  const expr = call('and', call('gt', c('n'), int(1)), call('and', c('ok'), call('lt', c('n'), c('big'))))
  assert.deepEqual(columnsOf(expr).map(show), ['n', 'ok', 'big'])
  assert.deepEqual(conjuncts(expr).map(show), ['n > 1', 'ok', 'n < big'])
  assert.equal(show(conjoin(conjuncts(expr))), 'n > 1 AND ok AND n < big')
  assert.equal(show(conjoin([])), 'true')
  assert.equal(
    show(substitute(expr, each => (each.path[0] === 'n' ? call('add', c('m'), int(1)) : undefined))),
    'm + 1 > 1 AND (ok AND m + 1 < big)',
  )
  assert.equal(isConstant(expr), false)
  assert.equal(isConstant(call('add', int(1), int(2))), true)
  assert.equal(
    sameExpr(
      expr,
      substitute(expr, () => undefined),
    ),
    true,
  )
  assert.equal(sameExpr(literal(0, scalars.double), literal(-0, scalars.double)), false)
})

test('constants', () => {
  assert.deepEqual(evaluateConstant(call('add', int(1), int(2))), int(3))
  assert.deepEqual(evaluateConstant(call('eq', int(1), literal(null, scalars.int))).value, null)
  assert.throws(
    () => evaluateConstant(call('div', int(1), int(0))),
    /DIVISION_BY_ZERO: 1 \/ 0 divides by zero for 1, 0\. To fix/,
  )
})
