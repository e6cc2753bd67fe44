import { call, type Expr } from '../../../src/expr/index.ts'
import { answers, double, flag, int, none, text } from '../answers.ts'

const [yes, no, unknown] = [flag(true), flag(false), none('boolean')]
const broken = call('eq', call('div', int(1), int(0)), int(1))
const cases = (when: Expr, then: Expr, otherwise?: Expr): Expr => ({
  kind: 'case',
  branches: [{ when, then }],
  otherwise,
})
answers([
  [call('and', yes, unknown), null],
  [call('and', unknown, no), no],
  [call('and', no, broken), no],
  [call('and', yes, yes, yes), yes],
  [call('or', unknown, yes), yes],
  [call('or', no, unknown), null],
  [call('or', yes, broken), yes],
  [call('or', no, no), no],
  [call('not', unknown), null],
  [call('coalesce', none('int'), int(2), call('div', int(1), int(0))), int(2)],
  [call('coalesce', none('int'), none('int')), null],
  [call('coalesce', none('string'), text('2024-02-29')), text('2024-02-29')],
  [call('nullif', int(1), int(1)), null],
  [call('nullif', int(1), none('int')), int(1)],
  [call('greatest', int(1), none('int'), int(3)), int(3)],
  [call('least', int(1), double(0.5)), double(0.5)],
  [call('greatest', double(1), double(Number.NaN)), double(Number.NaN)],
  [call('least', none('int'), none('int')), null],
  [call('in', int(2), int(1), int(2)), yes],
  [call('in', int(2), int(1), none('int')), null],
  [call('in', int(2), int(1), int(3)), no],
  [call('between', int(2), int(1), int(2)), yes],
  [call('between', int(2), int(3), none('int')), no],
  [cases(yes, int(1), call('div', int(1), int(0))), int(1)],
  [cases(unknown, int(1)), null],
])
