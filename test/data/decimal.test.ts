// Decimals in JavaScript: text and back, rounding, order, and their bits and places, which kernels share.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  compareDecimals,
  type Decimal,
  decimalAt,
  decimalBits,
  decimalFrom,
  decimalOfBits,
  decimalOfPlace,
  decimalOfText,
  decimalPlace,
  decimalText,
  decimalTextAt,
  decodeKeys,
  EXACT,
  encodeKeys,
  fitted,
  Kind,
  kindOf,
  Memory,
  partsOf,
  putDecimal,
  rescaled,
} from '../../src/data/index.ts'
import { decimalOf, scalars } from '../../src/types/index.ts'
import { seeded } from '../support/seed.ts'

const read = (text: string): string | undefined => {
  const value = decimalOfText(text)
  return value === undefined || value === 'long' ? value : decimalText(value)
}

test('text keeps its digits and its scale', () => {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['1.10', '1.10'],
    ['-0.50', '-0.50'],
    ['-0.00', '0.00'],
    ['+007', '7'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1000'],
    ['1.5e-3', '0.0015'],
    ['1.50E1', '15.0'],
    ['1_000.5', '1000.5'],
    ['1__0', undefined],
    ['', undefined],
    ['.', undefined],
    ['1e', undefined],
    ['nan', 'NaN'],
    ['-inf', '-Infinity'],
    ['-nan', undefined],
    ['9'.repeat(36), '9'.repeat(36)],
    ['9'.repeat(37), 'long'],
    ['1e36', 'long'],
    ['0e50', '0'],
  ]
  for (const [text, wanted] of rows) assert.equal(read(text), wanted, text)
})

test('rounding is half away from zero, before the point too', () => {
  const round = (text: string, to: number): string => decimalText(rescaled(partsOf(text) as never, to))
  assert.equal(round('2.675', 2), '2.68')
  assert.equal(round('-2.5', 0), '-3')
  assert.equal(round('2.4999', 0), '2')
  assert.equal(round('1250', -2), '1300')
  assert.equal(round('1.5', 3), '1.500')
  assert.deepEqual(fitted(partsOf('99.995'), 4, 2), undefined)
  assert.deepEqual(fitted('Infinity', 4, 2), undefined)
  assert.equal(fitted('NaN', 4, 2), 'NaN')
})

test('a program gives text, numbers and bigints', () => {
  const made = (value: unknown, type = scalars.decimal) => {
    const got = decimalFrom(value, type)
    return typeof got === 'string' ? `no: ${got}` : decimalText(got.decimal)
  }
  assert.equal(made(0.1), '0.1')
  assert.equal(made(12n), '12')
  assert.equal(made(' 1.50 '), '1.50')
  assert.equal(made(1.005, decimalOf(4, 2)), '1.01')
  assert.match(made('1000', decimalOf(4, 2)), /does not fit decimal\(4, 2\)/)
  assert.match(made('x'), /is not a decimal such as/)
  assert.match(made({}), /text such as/)
})

const ORDER = [
  '-Infinity',
  '-1e30',
  '-1.1',
  '-0.001',
  '0',
  '1e-60',
  '0.001',
  '1',
  '1.1',
  '1.11',
  '9e34',
  'Infinity',
  'NaN',
]

test('places are in the order of values, the same for 1.1 and 1.10', () => {
  const values = ORDER.map(text => decimalOfText(text) as Decimal)
  for (const [i, a] of values.entries())
    for (const [j, b] of values.entries()) {
      assert.equal(Math.sign(compareDecimals(a, b)), Math.sign(i - j))
      assert.equal(decimalPlace(a) < decimalPlace(b), i < j)
    }
  assert.equal(decimalPlace(partsOf('1.1')), decimalPlace(partsOf('1.10')))
  assert.equal(decimalText(decimalOfPlace(decimalPlace(partsOf('1.100')))), '1.1')
  assert.equal(decimalText(decimalOfPlace(decimalPlace(partsOf('1.100')), 2)), '1.10')
})

function someDecimal(random: () => number): Decimal {
  if (random() < 0.05) return (['NaN', 'Infinity', '-Infinity'] as const)[Math.floor(random() * 3)] as Decimal
  const digits = 1 + Math.floor(random() * 36)
  const text = Array.from({ length: digits }, () => Math.floor(random() * 10)).join('')
  const zeros = Math.floor(random() * Math.min(4, digits))
  const coefficient = BigInt(text.slice(0, digits - zeros) + '0'.repeat(zeros)) * (random() < 0.5 ? -1n : 1n)
  return { coefficient, scale: Math.floor(random() * (random() < 0.8 ? 6 : 89)) }
}

seeded('kernels and JavaScript agree on keys, and keys give the value back', random => {
  const memory = new Memory()
  const arena = memory.arena()
  const values = Array.from({ length: 300 }, () => someDecimal(() => random.double()))
  const at = arena.alloc(values.length * 16)
  for (const [i, value] of values.entries()) {
    putDecimal(memory, at + i * 16, value)
    assert.deepEqual(decimalAt(memory, at + i * 16), value)
    assert.equal(decimalTextAt(memory, at + i * 16), decimalText(value))
    const bits = decimalBits(value)
    assert.deepEqual(decimalOfBits(BigInt.asUintN(64, bits), bits >> 64n), value)
  }
  for (const exact of [false, true]) {
    const kind = exact ? Kind.DECIMAL : kindOf(decimalOf(36, 3))
    const order = exact ? EXACT : { descending: random.double() < 0.5, nulls: 'last' as const }
    const keys = encodeKeys({ sel: 0, count: values.length }, [{ kind, values: at, validity: 0 }], [order], arena)
    const addresses = arena.alloc(values.length * 4)
    for (let i = 0; i < values.length; i++)
      memory.u32[(addresses >>> 2) + i] = keys.blob + (memory.u32[(keys.offsets >>> 2) + i] as number)
    const [column] = decodeKeys(addresses, values.length, [kind], [order], arena)
    for (const [i, value] of values.entries()) {
      const got = decimalAt(memory, (column?.values ?? 0) + i * 16)
      assert.deepEqual(got, exact ? value : decimalOfPlace(decimalPlace(value), 3), decimalText(value))
    }
  }
  arena.free()
})
