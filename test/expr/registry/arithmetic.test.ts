import { call, literal } from '../../../src/expr/index.ts'
import { scalars } from '../../../src/types/index.ts'
import { answers, at, date, double, float, int, none } from '../answers.ts'

const MAX = 2n ** 63n - 1n
const MIN = -(2n ** 63n)
const big = (value: bigint) => literal(value, scalars.bigint)
answers([
  [call('add', int(MAX), int(1)), 'INTEGER_OVERFLOW'],
  [call('sub', int(MIN), int(1)), 'INTEGER_OVERFLOW'],
  [call('mul', int(3037000500), int(3037000500)), 'INTEGER_OVERFLOW'],
  [call('mul', int(MIN), int(-1)), 'INTEGER_OVERFLOW'],
  [call('mul', int(3037000499), int(3037000499)), int(9223372030926249001n)],
  [call('neg', int(MIN)), 'INTEGER_OVERFLOW'],
  [call('abs', int(MIN)), 'INTEGER_OVERFLOW'],
  [call('add', big(1n), int(2)), big(3n)],
  [call('add', int(1), none('int')), null],
  [call('div', int(-7), int(2)), int(-3)],
  [call('div', int(MIN), int(-1)), 'INTEGER_OVERFLOW'],
  [call('mod', int(-7), int(2)), int(-1)],
  [call('mod', int(MIN), int(-1)), int(0)],
  [call('mod', int(1), int(0)), 'DIVISION_BY_ZERO'],
  [call('div', int(1), double(2)), double(0.5)],
  [call('div', double(1), double(0)), 'DIVISION_BY_ZERO'],
  [call('div', double(Number.NaN), double(0)), double(Number.NaN)],
  [call('mul', double(1e300), double(1e300)), 'OUT_OF_RANGE'],
  [call('mul', double(1e-300), double(1e-300)), 'OUT_OF_RANGE'],
  [call('add', double(Number.POSITIVE_INFINITY), double(1)), double(Number.POSITIVE_INFINITY)],
  [call('mul', float(1e30), float(1e30)), 'OUT_OF_RANGE'],
  [call('add', float(0.5), int(1)), double(1.5)],
  [call('mod', double(5.5), double(-2)), double(1.5)],
  [call('add', date('2024-02-28'), int(2)), date('2024-03-01')],
  [call('sub', date('2024-03-01'), int(1)), date('2024-02-29')],
  [call('add', int(1), date('2023-12-31')), date('2024-01-01')],
  [call('sub', date('2024-03-01'), date('2024-02-28')), int(2)],
  [call('add', date('2024-03-01'), int(10 ** 10)), 'OUT_OF_RANGE'],
  [call('sub', at('1970-01-01T00:00:01'), at('1970-01-01T00:00:00')), int(1_000_000)],
])
