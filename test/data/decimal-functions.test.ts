// Roots, powers and logarithms of decimals: the digits that PostgreSQL shows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Decimal,
  decimalText,
  expDecimal,
  lnDecimal,
  logDecimal,
  partsOf,
  powerDecimal,
  sqrtDecimal,
} from '../../src/data/index.ts'

type Rows = readonly (readonly [got: Decimal, wanted: string])[]

const of = partsOf

test('roots', () => {
  const rows: Rows = [
    [sqrtDecimal(of('2')), '1.414213562373095'],
    [sqrtDecimal(of('4.00')), '2.000000000000000'],
    [sqrtDecimal(of('0')), '0.000000000000000'],
    [sqrtDecimal(of('Infinity')), 'Infinity'],
  ]
  for (const [got, wanted] of rows) assert.equal(decimalText(got), wanted)
})

test('exponentials and logarithms', () => {
  const rows: Rows = [
    [expDecimal(of('1')), '2.7182818284590452'],
    [expDecimal(of('0')), '1.0000000000000000'],
    [expDecimal(of('-1')), '0.3678794411714423'],
    [expDecimal(of('10')), '22026.465794806717'],
    [lnDecimal(of('2')), '0.6931471805599453'],
    [lnDecimal(of('2.0')), '0.6931471805599453'],
    [lnDecimal(of('1')), '0.0000000000000000'],
    [lnDecimal(of('100')), '4.6051701859880914'],
    [logDecimal(of('10'), of('100')), '2.0000000000000000'],
    [logDecimal(of('2'), of('64')), '6.0000000000000000'],
  ]
  for (const [got, wanted] of rows) assert.equal(decimalText(got), wanted)
})

test('powers', () => {
  const rows: Rows = [
    [powerDecimal(of('2'), of('3')), '8.0000000000000000'],
    [powerDecimal(of('2'), of('-2')), '0.2500000000000000'],
    [powerDecimal(of('9'), of('0.5')), '3.0000000000000000'],
    [powerDecimal(of('0'), of('0')), '1.0000000000000000'],
    [powerDecimal(of('-Infinity'), of('3')), '-Infinity'],
  ]
  for (const [got, wanted] of rows) assert.equal(decimalText(got), wanted)
})
