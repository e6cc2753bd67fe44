import { call } from '../../../src/expr/index.ts'
import { answers, double, int } from '../answers.ts'

const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN]
answers([
  [call('round', double(2.5)), double(2)],
  [call('round', double(3.5)), double(4)],
  [call('round', double(-0.5)), double(-0)],
  [call('round', double(0.49999999999999994)), double(0)],
  [call('ceil', double(-1.5)), double(-1)],
  [call('floor', double(-1.5)), double(-2)],
  [call('trunc', double(-1.9)), double(-1)],
  [call('sqrt', double(-1)), 'INVALID_ARGUMENT'],
  [call('sqrt', int(9)), double(3)],
  [call('exp', double(1000)), 'OUT_OF_RANGE'],
  [call('exp', double(-inf)), double(0)],
  [call('ln', double(0)), 'INVALID_ARGUMENT'],
  [call('log10', double(1000)), double(3)],
  [call('power', double(2), double(10)), double(1024)],
  [call('power', double(0), double(-1)), 'INVALID_ARGUMENT'],
  [call('power', double(-8), double(0.5)), 'INVALID_ARGUMENT'],
  [call('power', double(1), double(nan)), double(1)],
  [call('power', double(nan), double(0)), double(1)],
  [call('power', double(-1), double(inf)), double(1)],
  [call('power', double(10), double(400)), 'OUT_OF_RANGE'],
  [call('sign', int(-5)), int(-1)],
  [call('sign', double(nan)), double(0)],
])
