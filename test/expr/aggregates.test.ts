// What each aggregate takes and gives.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AggregateCall, call, column, type Expr, typeOfAggregate } from '../../src/expr/index.ts'
import { field, type PlainKind, scalars, schemaOf, showType } from '../../src/types/index.ts'

const schema = schemaOf([
  field('n', scalars.int),
  field('m', scalars.int, true),
  field('big', scalars.bigint),
  field('x', scalars.double),
  field('f', scalars.float, true),
  field('s', scalars.string),
  field('ok', scalars.boolean, true),
  field('at', scalars.timestamp),
])

const aggregate = (fn: string, args: readonly string[], more: Partial<AggregateCall> = {}): AggregateCall => ({
  fn,
  args: args.map(name => column(name)),
  distinct: false,
  filter: undefined,
  params: [],
  user: undefined,
  ...more,
})

const cases: readonly (readonly [string, readonly string[], string])[] = [
  ['count', [], 'int not null, linear'],
  ['count', ['m'], 'int not null, linear'],
  ['sum', ['n'], 'int not null, linear'],
  ['sum', ['m'], 'int, linear'],
  ['sum', ['big'], 'bigint not null, linear'],
  ['sum', ['f'], 'double, linear'],
  ['avg', ['n'], 'double not null, linear'],
  ['mean', ['m'], 'double, linear'],
  ['min', ['s'], 'string not null, values'],
  ['max', ['at'], 'timestamp not null, values'],
  ['stddev', ['n'], 'double, linear'],
  ['var_pop', ['n'], 'double not null, linear'],
  ['bool_and', ['ok'], 'boolean, linear'],
  ['first', ['s', 'at'], 'string not null, values'],
  ['last', ['m', 'n'], 'int, values'],
]
for (const [fn, args, expected] of cases)
  test(`${fn}(${args.join(', ')}) is ${expected}`, () => {
    const found = typeOfAggregate(aggregate(fn, args), [schema])
    assert.equal(`${showType(found.type)}${found.nullable ? '' : ' not null'}, ${found.state}`, expected)
    assert.equal(found.linear, found.state === 'linear')
  })

test('without keys only counts are never null; with a filter too', () => {
  assert.equal(typeOfAggregate(aggregate('sum', ['n']), [schema], false).nullable, true)
  assert.equal(typeOfAggregate(aggregate('count', ['n']), [schema], false).nullable, false)
  assert.equal(typeOfAggregate(aggregate('sum', ['n'], { filter: column('ok') }), [schema]).nullable, true)
})

test('distinct needs the values', () => {
  const found = typeOfAggregate(aggregate('count', ['s'], { distinct: true }), [schema])
  assert.deepEqual([found.linear, found.state], [false, 'values'])
})

const refused: readonly (readonly [AggregateCall, RegExp])[] = [
  [aggregate('sum', ['s']), /BAD_AGGREGATE: sum\(s\) .*does not take \(string\).*sum\(int\)/],
  [aggregate('summ', ['n']), /did you mean sum/],
  [aggregate('min', ['ok']), /BAD_AGGREGATE/],
  [aggregate('count', [], { distinct: true }), /DISTINCT needs an argument/],
  [aggregate('approx_quantile', ['x'], { params: [95] }), /not a number from 0 to 1/],
  [aggregate('sum', ['nn']), /UNKNOWN_COLUMN: there is no column nn.*did you mean n\?/],
  [aggregate('sum', ['n'], { filter: call('add', column('n'), column('n')) }), /NOT_BOOLEAN/],
]
for (const [asked, message] of refused)
  test(`refused: ${asked.fn}(${asked.args.map((each: Expr) => (each.kind === 'column' ? each.path[0] : each.kind)).join()})`, () => {
    assert.throws(() => typeOfAggregate(asked, [schema]), message)
  })

test('a user-defined aggregate has its own type', () => {
  const user = { name: 'mode', type: { kind: 'string' as PlainKind }, init: () => 0, add: () => 0, result: () => 0 }
  const found = typeOfAggregate(aggregate('user', ['s'], { user }), [schema])
  assert.deepEqual([found.name, found.linear, found.nullable], ['user', false, true])
})
