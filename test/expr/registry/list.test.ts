// Lists and maps: numbered from 0, negative from the end, null outside; equal by value; nulls are elements like others.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MillraceError } from '../../../src/base/index.ts'
import { CellWriter, putValueOf } from '../../../src/data/index.ts'
import { call, type LiteralExpr, literal, typeOf } from '../../../src/expr/index.ts'
import { type ColumnType, type MapType, type ScalarType, scalars, t } from '../../../src/types/index.ts'
import { answers, double, flag, int, text } from '../answers.ts'

function of(type: ColumnType, value: unknown): LiteralExpr {
  const out = new CellWriter()
  putValueOf(out, type, value, reason => assert.fail(reason))
  return literal(out.slice(), type as ScalarType)
}
const intList = t.list(t.int().nullable()).type
const textList = t.list(t.string().nullable()).type
const realList = t.list(t.double().nullable()).type
const scores = t.map(t.string(), t.int().nullable()).type as MapType
const structs = t.list(t.struct({ a: t.int() })).type
const ints = (...values: (number | null)[]) => of(intList, values)
const texts = (...values: (string | null)[]) => of(textList, values)
const reals = (...values: (number | null)[]) => of(realList, values)
const map = (value: object) => of(scores, value)
const three = ints(3, null, 1)

answers([
  [call('length', three), int(3)],
  [call('length', ints()), int(0)],
  [call('length', map({ a: 1, b: null })), int(2)],
  [call('list_get', three, int(0)), int(3)],
  [call('list_get', three, int(1)), null],
  [call('list_get', three, int(-1)), int(1)],
  [call('list_get', three, int(3)), null],
  [call('list_get', three, int(-4)), null],
  [call('list_get', texts('é', 'a\0b'), int(1)), text('a\0b')],
  [call('list_get', reals(-0.5, Number.NaN), int(1)), double(Number.NaN)],
  [call('list_get', reals(-1e-300), int(0)), double(-1e-300)],
  [call('contains', three, int(1)), flag(true)],
  [call('contains', three, int(2)), flag(false)],
  [call('contains', reals(1, 2), double(2)), flag(true)],
  [call('contains', texts('a'), text('A')), flag(false)],
  [call('join_text', ints(1), ints(null, 2)), ints(1, null, 2)],
  [call('list_append', ints(1), int(2)), ints(1, 2)],
  [call('list_slice', ints(1, 2, 3), int(1)), ints(2, 3)],
  [call('list_slice', ints(1, 2, 3), int(-2), int(-1)), ints(2)],
  [call('list_slice', ints(1, 2, 3), int(2), int(1)), ints()],
  [call('list_slice', ints(1, 2, 3), int(-9), int(9)), ints(1, 2, 3)],
  [call('list_sort', ints(2, null, -1, 10)), ints(-1, 2, 10, null)],
  [call('list_sort', texts('b', 'a\0', 'a', '')), texts('', 'a', 'a\0', 'b')],
  [call('list_sort', reals(1, -2, Number.NaN, 0.5)), reals(-2, 0.5, 1, Number.NaN)],
  [call('list_sort_desc', ints(2, null, 10)), ints(null, 10, 2)],
  [call('list_distinct', ints(2, null, 2, null, 1)), ints(2, null, 1)],
  [call('reverse', ints(1, null)), ints(null, 1)],
  [call('list_join', texts('a', null, 'b'), text(', ')), text('a, b')],
  [call('list_min', three), int(1)],
  [call('list_max', three), int(3)],
  [call('list_max', ints(null)), null],
  [call('list_sum', three), int(4)],
  [call('list_sum', reals(0.5, null, 1)), double(1.5)],
  [call('list_sum', ints()), null],
  [call('list_sum', ints(9007199254740991, 9007199254740991)), int(18014398509481982n)],
  [call('split', text('a,b,,c'), text(',')), of(t.list(t.string()).type, ['a', 'b', '', 'c'])],
  [call('split', text('abc'), text('')), of(t.list(t.string()).type, ['abc'])],
  [call('eq', three, ints(3, null, 1)), flag(true)],
  [call('lt', ints(1), ints(1, 0)), flag(true)],
  [call('lt', ints(2), ints(1, 5)), flag(false)],
  [call('gt', ints(null), ints(7)), flag(true)],
  [call('eq', reals(0), reals(-0)), flag(true)],
  [call('greatest', ints(1), ints(1, 2), ints(0, 9)), ints(1, 2)],
  [call('is_distinct_from', ints(1), ints(1)), flag(false)],
  [call('eq', map({ a: 1, b: 2 }), map({ b: 2, a: 1 })), flag(true)],
  [call('json_get', map({ a: 1, b: null }), text('a')), int(1)],
  [call('json_get', map({ a: 1, b: null }), text('b')), null],
  [call('json_get', map({ a: 1 }), text('c')), null],
  [call('map_contains_key', map({ b: null }), text('b')), flag(true)],
  [call('map_contains_key', map({ b: null }), text('a')), flag(false)],
  [call('map_keys', map({ b: 1, a: 2 })), of(t.list(t.string()).type, ['a', 'b'])],
  [call('map_values', map({ b: 1, a: null })), of(t.list(t.int().nullable()).type, [null, 1])],
  [call('coalesce', literal(null, intList as ScalarType), ints(1)), ints(1)],
])

const refused = [
  [call('eq', ints(1), texts('a')), 'NO_OVERLOAD'],
  [call('contains', ints(1), text('a')), 'NO_OVERLOAD'],
  [call('list_sum', texts('a')), 'NO_OVERLOAD'],
  [call('list_get', of(structs, []), int(0)), 'NO_OVERLOAD'],
  [call('coalesce', ints(1), texts('a')), 'TYPE_MISMATCH'],
  [call('add', ints(1), int(1)), 'NO_OVERLOAD'],
  [call('list_get', int(1), int(1)), 'NO_OVERLOAD'],
] as const
for (const [expr, code] of refused)
  test(`refused with ${code}: ${expr.fn} of ${expr.args.map(each => (each as LiteralExpr).type.kind).join(', ')}`, () => {
    assert.throws(
      () => typeOf(expr, []),
      error => error instanceof MillraceError && error.code === code,
    )
  })

test('a literal takes the type of the elements beside it', () => {
  assert.equal(typeOf(call('contains', reals(1), int(1)), []).type, scalars.boolean)
  const days = t.list(t.date()).type
  assert.equal(typeOf(call('contains', of(days, []), text('2024-02-29')), []).type, scalars.boolean)
})
