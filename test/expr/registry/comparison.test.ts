import { call, literal } from '../../../src/expr/index.ts'
import { scalars } from '../../../src/types/index.ts'
import { answers, at, binary, date, double, flag, float, int, none, text } from '../answers.ts'

const nan = double(Number.NaN)
const [yes, no] = [flag(true), flag(false)]
answers([
  [call('eq', nan, nan), yes],
  [call('gt', nan, double(Number.POSITIVE_INFINITY)), yes],
  [call('lt', nan, double(1)), no],
  [call('le', nan, nan), yes],
  [call('eq', double(-0), double(0)), yes],
  [call('lt', double(-0), double(0)), no],
  [call('eq', float(0.1), double(0.1)), no],
  [call('lt', text('Z'), text('a')), yes],
  [call('lt', text('a'), text('a\u0000')), yes],
  [call('lt', text('\uffff'), text('😀')), yes],
  [call('lt', text('ä'), text('b')), no],
  [call('gt', text('a longer text than twelve'), text('a longer text than that')), yes],
  [call('lt', binary(1), binary(1, 0)), yes],
  [call('lt', flag(false), flag(true)), yes],
  [call('eq', int(1), none('int')), null],
  [call('ne', none('int'), none('int')), null],
  [call('gt', literal(2n ** 53n + 1n, scalars.bigint), int(2 ** 53)), yes],
  [call('lt', date('2024-02-29'), at('2024-02-29T00:00:01')), yes],
  [call('eq', at('2024-02-29T00:00:00'), date('2024-02-29')), yes],
  [call('is_distinct_from', none('int'), none('int')), no],
  [call('is_distinct_from', int(1), none('int')), yes],
  [call('is_distinct_from', nan, nan), no],
  [call('is_null', none('string')), yes],
  [call('is_not_null', none('string')), no],
])
