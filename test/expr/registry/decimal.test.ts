// Decimals in expressions: PostgreSQL's answers, and the types that say how many digits a result shows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, cast, type Expr, literal, show, typeOf, typeOfDecimal } from '../../../src/expr/index.ts'
import { decimalOf, field, scalars, schemaOf, showType } from '../../../src/types/index.ts'
import { answers, double, int, text, to, tryTo } from '../answers.ts'

const dec = (value: string) => literal(value, typeOfDecimal(value))

answers([
  [call('add', dec('1.10'), int(2)), dec('3.10')],
  [call('sub', dec('1.10'), dec('1.10')), dec('0.00')],
  [call('mul', dec('1.10'), dec('1.10')), dec('1.2100')],
  [call('div', dec('1'), int(3)), dec('0.33333333333333333333')],
  [call('div', dec('1'), dec('0.0')), 'DIVISION_BY_ZERO'],
  [call('add', dec('1.5'), double(1)), double(2.5)],
  [call('eq', dec('1.10'), dec('1.1')), literal(true, scalars.boolean)],
  [call('lt', dec('NaN'), dec('Infinity')), literal(false, scalars.boolean)],
  [call('gt', dec('2.0'), int(1)), literal(true, scalars.boolean)],
  [call('round', dec('2.675'), int(2)), dec('2.68')],
  [call('round', dec('-2.5')), dec('-3')],
  [call('trunc', dec('2.679'), int(2)), dec('2.67')],
  [call('ceil', dec('1.01')), dec('2')],
  [call('greatest', dec('1.5'), int(1)), dec('1.5')],
  [call('mod', dec('7.5'), int(2)), dec('1.5')],
  [call('scale', dec('1.10')), int(2)],
  [call('scale', dec('NaN')), null],
  [to('decimal', text(' 1.10 ')), dec('1.10')],
  [to('decimal', text('1,5')), 'INVALID_TEXT'],
  [tryTo('decimal', text('1,5')), null],
  [to('decimal', double(0.1)), dec('0.1')],
  [to('int', dec('2.5')), int(3)],
  [to('int', dec('1e30'.replace('e30', '0'.repeat(30)))), 'OUT_OF_RANGE'],
  [to('double', dec('0.1')), double(0.1)],
  [to('string', dec('1.10')), text('1.10')],
  [cast(dec('1.005'), decimalOf(4, 2)), dec('1.01')],
  [cast(int(100), decimalOf(4, 2)), 'NUMERIC_OVERFLOW'],
  [cast(text('12.345'), decimalOf(4, 1)), dec('12.3')],
  [cast(dec('Infinity'), decimalOf(4, 1)), 'NUMERIC_OVERFLOW'],
  [call('mul', dec('9'.repeat(20)), dec('9'.repeat(20))), 'NUMERIC_OVERFLOW'],
])

test('the type of a result says what is known of its digits', () => {
  const price = decimalOf(10, 2)
  const schema = schemaOf([field('price', price), field('any', scalars.decimal), field('n', scalars.int)])
  const column = (name: string): Expr => ({ kind: 'column', path: [name], input: 0 })
  const rows: readonly (readonly [Expr, string])[] = [
    [call('add', column('price'), dec('1.234')), 'decimal(36, 3)'],
    [call('mul', column('price'), dec('0.908')), 'decimal(36, 5)'],
    [call('mul', column('price'), column('n')), 'decimal(36, 2)'],
    [call('neg', column('price')), 'decimal(10, 2)'],
    [call('div', column('price'), column('n')), 'decimal'],
    [call('add', column('price'), column('any')), 'decimal'],
    [call('round', column('any'), int(3)), 'decimal(36, 3)'],
    [call('coalesce', column('price'), dec('0.00')), 'decimal(10, 2)'],
    [call('coalesce', column('price'), dec('0.000')), 'decimal'],
    [call('mul', column('price'), { ...double(0.908), plain: true }), 'decimal(36, 5)'],
    [call('mul', column('price'), double(0.908)), 'double'],
    [call('add', column('n'), double(0.5)), 'double'],
  ]
  for (const [expr, type] of rows) assert.equal(showType(typeOf(expr, [schema]).type), type, show(expr))
})
