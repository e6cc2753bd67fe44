// What types can't see: expressions that were built and dropped, values where expressions belong, hostile names.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entryOf, functionNames, show } from '../../src/expr/index.ts'
import { Built } from '../../src/table/expression.ts'
import { lit, tableOf, when } from '../../src/table/index.ts'
import { methods } from '../../src/table/methods.ts'
import { t } from '../../src/types/index.ts'
import { airports, flights, noSession, sourceSpec } from './support.ts'

/** Callers without types to stop them. */
type Loose = any
const loose = flights as Loose

const refused: readonly (readonly [string, () => unknown, string, RegExp])[] = [
  [
    '&& drops its left side',
    () => flights.where(f => f.delay.gt(5) && f.paid),
    'UNUSED_EXPRESSION',
    /built but not used: delay > 5 - did you write &&/,
  ],
  [
    '? : drops its condition',
    () => flights.select(f => ({ x: f.delay.gt(1) ? f.carrier : f.origin })),
    'UNUSED_EXPRESSION',
    /built but not used: delay > 1 /,
  ],
  [
    '|| drops its right side, and nobody can see that',
    () => flights.where(f => f.delay.gt(5) || f.paid).limit(-1),
    'BAD_VERB',
    /-1 is not a number of rows/,
  ],
  [
    '&& in agg',
    () => flights.agg(g => ({ n: g.delay.sum() && g.count() })),
    'UNUSED_EXPRESSION',
    /built but not used: "sum\(delay\)"/,
  ],
  [
    '&& in a filter of an aggregate',
    () => flights.agg(g => ({ n: g.count().filter(f => f.delay.gt(1) && f.paid) })),
    'UNUSED_EXPRESSION',
    /filter: built but not used: delay > 1/,
  ],
  ['&& in orderBy', () => flights.orderBy(f => f.delay.add(1) && f.price), 'UNUSED_EXPRESSION', /delay \+ 1/],
  [
    '&& in join',
    () => flights.join(airports, { on: (f, a) => f.origin.eq(a.iata) && f.carrier.eq(a.iata) }),
    'UNUSED_EXPRESSION',
    /origin = iata/,
  ],
  [
    'when without otherwise',
    () => flights.select(f => ({ a: when(f.delay.gt(1), 1) && f.price })),
    'UNUSED_EXPRESSION',
    /delay > 1/,
  ],
  [
    'r.price + 1',
    () => loose.select((f: Loose) => ({ a: f.price + 1 })),
    'NOT_A_VALUE',
    /the expression price has no value/,
  ],
  ['a template string', () => loose.select((f: Loose) => ({ a: `${f.price}` })), 'NOT_A_VALUE', /use its methods/],
  ['r.price > 5', () => loose.where((f: Loose) => f.price > 5), 'NOT_A_VALUE', /\.gt\(…\)/],
  ['JSON.stringify', () => loose.where((f: Loose) => JSON.stringify(f)), 'NOT_A_VALUE', /the expression at/],
  [
    '=== gives a boolean',
    () => loose.where((f: Loose) => f.carrier === 'AA'),
    'BAD_VERB',
    /the callback returned false, a plain value: did you compare with ===/,
  ],
  ['a typo', () => loose.where((f: Loose) => f.carrer.eq('AA')), 'UNKNOWN_COLUMN', /did you mean carrier\?/],
  ['a typo in groupBy', () => loose.groupBy('carier'), 'UNKNOWN_COLUMN', /did you mean carrier\?/],
  ['a typo in agg', () => loose.agg((g: Loose) => ({ a: g.dely.sum() })), 'UNKNOWN_COLUMN', /did you mean delay\?/],
  ['a typo in drop', () => loose.drop('carier'), 'UNKNOWN_COLUMN', /carrier/],
  ['a typo in rename', () => loose.rename({ carier: 'c' }), 'UNKNOWN_COLUMN', /carrier/],
  [
    'a typo in the event time',
    () => tableOf(sourceSpec('x', t.row({ at: t.timestamp() })), noSession, { time: 'att' }),
    'UNKNOWN_COLUMN',
    /did you mean at\?/,
  ],
  [
    'an event time that is none',
    () => tableOf(sourceSpec('x', t.row({ at: t.int() })), noSession, { time: 'at' }),
    'BAD_VERB',
    /name a timestamp column/,
  ],
  ['compared with null', () => loose.where((f: Loose) => f.delay.eq(null)), 'NULL_COMPARED', /use \.isNull\(\)/],
  [
    'compared with undefined in a list',
    () => loose.where((f: Loose) => f.delay.in([undefined])),
    'BAD_VERB',
    /undefined is not an expression/,
  ],
  ['an empty list', () => flights.where(f => f.delay.in([])), 'BAD_VERB', /a list that is not empty/],
  [
    'a number as condition',
    () => loose.where((f: Loose) => f.price),
    'BAD_VERB',
    /price has type double, and a condition is boolean/,
  ],
  ['the wrong types', () => loose.where((f: Loose) => f.price.gt('5')), 'NO_OVERLOAD', /price/],
  ['two columns of one name', () => flights.rename({ carrier: 'at' }), 'DUPLICATE_COLUMN', /two columns at/],
  ['an empty name', () => flights.select(f => ({ '': f.at })), 'BAD_COLUMN_NAME', /it is empty/],
  ['no columns', () => flights.select(() => ({})), 'BAD_VERB', /there are no columns/],
  [
    'an object in place of an expression',
    () => loose.select(() => ({ a: {} })),
    'BAD_VERB',
    /select, column a: an object is not an expression/,
  ],
  ['an async callback', () => loose.select(async () => ({ a: 1 })), 'BAD_VERB', /the callback is async/],
  ['no callback', () => loose.where('delay > 5'), 'BAD_VERB', /it needs a callback/],
  [
    'a row in place of an aggregate',
    () => loose.agg((g: Loose) => ({ a: g.delay })),
    'BAD_VERB',
    /a is not an aggregate/,
  ],
  ['a sum of text', () => loose.agg((g: Loose) => ({ a: g.carrier.sum() })), 'BAD_AGGREGATE', /sum\(carrier\)/],
  [
    'a quantile beyond 1',
    () => flights.agg(g => ({ a: g.delay.approxQuantile(95) })),
    'BAD_AGGREGATE',
    /0\.95 for the 95th/,
  ],
  [
    'a group of json',
    () => flights.groupBy('extra').agg(g => ({ n: g.count() })),
    'BAD_VERB',
    /no order and no equality/,
  ],
  [
    'a filter on a filter',
    () =>
      loose.agg((g: Loose) => ({
        a: Object.assign(g.count().filter((f: Loose) => f.paid)).filter((f: Loose) => f.paid),
      })),
    'BAD_VERB',
    /has a filter already/,
  ],
  [
    'panes that forget, of a session',
    () =>
      flights
        .window({ session: '1 hour' })
        .agg(g => ({ n: g.count() }))
        .emit({ accumulate: 'discarding' }),
    'BAD_VERB',
    /emit: a session needs the rows.*retracting/,
  ],
  [
    'panes that forget rows which may go',
    () =>
      flights
        .window({ tumbling: '1 hour' })
        .agg(g => ({ n: g.count() }))
        .window({ tumbling: '1 day' })
        .agg(g => ({ n: g.count() }))
        .emit({ accumulate: 'discarding' }),
    'BAD_VERB',
    /rows of the table may go again/,
  ],
  [
    'a trigger that says nothing',
    () =>
      flights
        .window({ tumbling: '1 hour' })
        .agg(g => ({ n: g.count() }))
        .emit({ early: {} as never, accumulate: 'accumulating' }),
    'BAD_VERB',
    /a trigger says nothing.*early: \{ after: '1 minute' \}/,
  ],
  ['a window without time', () => airports.window({ tumbling: '1 hour' }), 'WINDOW_WITHOUT_TIME', /time: 'at'/],
  [
    'cumulating windows whose steps do not add up',
    () => flights.window({ cumulating: '1 day', every: '7 hours' }),
    'BAD_VERB',
    /do not add up.*cumulating: '1 day'/,
  ],
  [
    'a window of two shapes',
    () => flights.window({ tumbling: '1 day', sliding: '1 hour' } as never),
    'BAD_VERB',
    /several shapes/,
  ],
  [
    'a union of other columns',
    () => flights.union(flights.drop('at') as never),
    'BAD_VERB',
    /only one side has a column at/,
  ],
  ['a window without length', () => flights.window({ tumbling: '0 minutes' }), 'BAD_VERB', /the window has no length/],
  ['a window in minutes of what', () => loose.window({ tumbling: 60 }), 'BAD_DURATION', /'60' is not a duration/],
  ['a window without shape', () => loose.window({}), 'BAD_VERB', /the shape is missing/],
  [
    'a cross join on something',
    () => flights.join(airports, { type: 'cross', on: (f, a) => f.origin.eq(a.iata) }),
    'BAD_VERB',
    /a cross join has no condition/,
  ],
  [
    'a join within nothing',
    () => flights.join(flights, { within: {}, select: a => ({ at: a.at }) }),
    'BAD_ARGUMENT',
    /within/,
  ],
  [
    'a join within a time that ends before it begins',
    () => flights.join(flights, { within: { before: '-2 hours', after: '1 hour' }, select: a => ({ at: a.at }) }),
    'BAD_VERB',
    /begins after its end/,
  ],
  [
    'a join within time of a table that has none',
    () => flights.join(airports, { on: (f, a) => f.origin.eq(a.iata), within: { before: '1 hour' } }),
    'BAD_VERB',
    /the right side has none/,
  ],
  [
    'a join on one side',
    () => flights.join(airports, { on: f => f.origin.eq(f.carrier) }),
    'BAD_VERB',
    /is not a condition on both sides/,
  ],
  [
    'a join of any kind',
    () => loose.join(airports, { type: 'sideways', on: () => true }),
    'BAD_VERB',
    /there is no sideways join/,
  ],
  [
    'a join that doubles a name',
    () => flights.join(airports.rename({ name: 'carrier' }), { on: (f, a) => f.origin.eq(a.iata) }),
    'BAD_VERB',
    /both sides have a column carrier/,
  ],
  ['a union of more columns', () => loose.union(airports), 'BAD_VERB', /only one side has a column iata/],
  ['half a row', () => flights.limit(1.5), 'BAD_VERB', /1\.5 is not a number of rows/],
  [
    'an unknown type',
    () => loose.select((f: Loose) => ({ a: f.price.cast('integer') })),
    'BAD_VERB',
    /there is no type 'integer'/,
  ],
  ['null without a type', () => (lit as Loose)(null), 'BAD_VERB', /lit\(null, 'int'\)/],
  ['an invalid Date', () => flights.where(f => f.at.gt(new Date('soon'))), 'BAD_VERB', /the Date is invalid/],
]
for (const [name, build, code, message] of refused)
  test(`refused: ${name}`, () => assert.throws(build, { code, message }))

test('what is used is not reported', () => {
  flights.where(f => {
    const late = f.delay.gt(5)
    return late.and(f.paid).or(late.not())
  })
  flights.where(({ paid, delay }) => paid.and(delay.isNull()))
  flights.agg(g => ({
    n: g
      .of(f => f.price.mul(2))
      .sum()
      .filter(f => f.paid)
      .add(g.count()),
  }))
  flights.select(f => ({ ...f, x: when(f.paid, f.price.add(1)).otherwise(null) }))
  flights.groupBy('carrier').agg(g => ({ first: g.origin.first(), last: g.origin.last() }))
})

test('after a refusal the net is empty again', () => {
  assert.throws(() => flights.where(f => f.delay.gt(5) && f.paid))
  assert.throws(() => flights.where(() => assert.fail('thrown by the callback')))
  flights.where(f => f.paid)
})

test('columns of any name are properties of the row, the group and the result', () => {
  const names = ['__proto__', 'constructor', 'then', 'toString', 'count', 'of', 'a b', '日付', '0']
  const table = tableOf(
    sourceSpec('x', t.row(Object.fromEntries(names.map(name => [name, t.int()])))),
    noSession,
  ) as Loose
  for (const name of table.schema.fields.map((each: { name: string }) => each.name)) {
    const kept = table.select((r: Loose) => Object.fromEntries([[name, r[name]]]))
    assert.deepEqual(
      kept.schema.fields.map((each: { name: string }) => each.name),
      [name],
    )
    const summed = table.groupBy(name).agg((g: Loose) => ({ s: g[name].sum(), n: g.count() }))
    assert.equal(summed.schema.fields[1].type.kind, 'int')
  }
  assert.equal(table.select((r: Loose) => ({ ...r })).schema.fields.length, names.length)
})

test('a plain value beside a column takes its type', () => {
  const conditions = [
    [flights.where(f => f.at.gte(new Date(0))), "at >= timestamp '1970-01-01 00:00:00'"],
    [flights.where(f => f.price.gt(0.5)), 'price > 0.5'],
    [flights.where(f => f.carrier.in(['AA', 'B'])), "in(carrier, 'AA', 'B')"],
    [
      flights.where(f => f.at.plus('1 minute').lt(f.at.minus({ hours: 1 }))),
      'timestamp_add(at, 60000000) < timestamp_sub(at, 3600000000)',
    ],
    [flights.where(f => f.at.extract('year').eq(2001)), 'year(at) = 2001'],
    [flights.where(f => f.carrier.isDistinctFrom(null)), 'carrier IS NOT NULL'],
  ] as const
  for (const [{ node }, expected] of conditions) assert.equal(node.kind === 'where' && show(node.predicate), expected)
})

/** Functions without a method of their own: written otherwise, or of another surface. */
const otherwise = new Set([
  'concat',
  'timestamp_micros',
  'epoch_micros',
  'window_start',
  'json_path',
  'json_path_text',
  // of documents: SQL has them
  'json_contains',
  'json_has',
  'json_keys',
  'json_elements',
  'json_elements_text',
  'to_json',
  'json_concat',
  'json_delete',
  'json_set',
  'json_path_exists',
  'json_path_match',
  'json_path_items',
  'json_insert',
  'json_delete_path',
  'json_delete_keys',
  'json_strip_nulls',
  'json_pretty',
  'json_same',
  'json_number',
  'json_boolean',
  'json_key',
  'json_values',
  'json_values_text',
  'json_pairs',
  'json_has_any',
  'json_has_all',
  // of intervals that are computed: SQL has them
  'interval_of',
  'justify_hours',
  'justify_days',
  'justify_interval',
  'interval_part',
  // a set of rows: SQL has them
  'regexp_matches',
  // of bytes: SQL has them
  'sha224',
  'sha256',
  'sha384',
  'sha512',
  'unistr',
  // by .sort({ descending: true }), and the helper split()
  'list_sort_desc',
  'split',
  // the helpers struct(), list() and now()
  'struct',
  // rows of SQL: a struct, shown otherwise
  'row',
  'record',
  'list_value',
  'now',
  // Math.PI
  'pi',
  // texts for SQL, and of SQL's own kinds: `concat` and `coalesce` make them
  'quote_ident',
  'quote_literal',
  'quote_nullable',
  'concat_ws',
  'format',
  // SQL's signs: regexpLike has flags
  'regexp_like_i',
  // made of computed parts: SQL has them
  'make_date',
  'make_time',
  'make_timestamp',
  'make_interval',
  // lists numbered from 1: at and slice number from 0
  'array_get',
  'array_slice',
  // what the declared types of SQL hold values to: integers of 32 bits, varchar(3), timestamp(2), interval day to hour
  'int2',
  'int4',
  'fit_text',
  'round_seconds',
  'fit_interval',
  // what SQL's arrays are lowered to
  'list_of',
  'array_out',
  'array_stack',
  'array_flat',
  'array_size',
  'array_dims',
  'array_slice_at',
  'array_repeat',
  'array_trim',
  'list_cast',
  'array_text',
  'text_pieces',
  'series',
])

test('every function of the registry has a method, and every method a function', () => {
  const source = Object.keys(methods)
  assert.ok(source.length > 50)
  const called = new Set<string>()
  for (const name of source) for (const fn of callsOf(name)) called.add(fn)
  const missing = [...called].filter(fn => entryOf(fn) === undefined)
  assert.deepEqual(
    missing.filter(fn => !fn.startsWith('json_')),
    [],
  )
  const primary = functionNames().filter(fn => entryOf(fn)?.name === fn)
  assert.deepEqual(
    primary.filter(fn => !called.has(fn) && !otherwise.has(fn)),
    [],
  )
})

const fields = ['year', 'quarter', 'month', 'week', 'day', 'dow', 'doy', 'hour', 'minute', 'second', 'isodow'].map(
  each => [each],
)

/** The functions a method calls, found by calling it with arguments of every sort. */
function callsOf(name: string): readonly string[] {
  const column = { kind: 'column', path: ['x'], input: 0 } as const
  const found: string[] = []
  for (const args of [[], [1], [1, 2], [[1]], ...fields, ['1 minute'], ['1 minute', new Date(0)], [null], ['int']]) {
    try {
      const built = methods[name]?.(column, undefined, args)
      const expr = built instanceof Built ? Built.exprOf(built) : undefined
      if (expr?.kind === 'call') found.push(expr.fn)
    } catch {
      // these arguments are not for this method
    }
  }
  return found
}
