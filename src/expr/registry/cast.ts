// Casts are overloads too: one for each pair of types that PostgreSQL converts. Implicit casts never lose a value's
// magnitude (an int may lose digits as a double, as in PostgreSQL) and never parse text.

import {
  clockText,
  intervalBytes,
  intervalOfText,
  intervalParts,
  intervalText,
  uuidOfText,
  uuidText,
} from '../../data/index.ts'
import type { PlainKind, ScalarType } from '../../types/index.ts'
import { dateText, floorDivide, MICROS_PER_DAY, splitTimestamp, timestampText } from '../calendar.ts'
import {
  binaryText,
  doubleText,
  floatText,
  readBinary,
  readBoolean,
  readDate,
  readInteger,
  readReal,
  readTime,
  readTimestamp,
  trim,
} from '../texts.ts'
import type { Value } from '../value.ts'
import { decimalToInt, realToDecimal, textToDecimal, withScale } from './decimal.ts'
import { type KernelName, MAX_INT, MIN_INT, type Overload, raise } from './entry.ts'

/** What an implicit cast costs when overloads are compared; Infinity: there is none. */
export function implicitCost(from: PlainKind, to: PlainKind): number {
  if (from === to) return 0
  return implicit[from]?.[to] ?? Number.POSITIVE_INFINITY
}

const implicit: Partial<Record<PlainKind, Partial<Record<PlainKind, number>>>> = {
  int: { bigint: 1, double: 2, decimal: 2.5, float: 3 },
  bigint: { double: 3, decimal: 3.5, float: 4 },
  decimal: { double: 4, float: 6 },
  float: { double: 1 },
  date: { timestamp: 1 },
}

/** The type that both can have without an explicit cast; int with float is double. */
export function unify(a: PlainKind, b: PlainKind): PlainKind | undefined {
  const whole = a === 'int' || a === 'bigint' || b === 'int' || b === 'bigint'
  if (whole && (a === 'float' || b === 'float')) return a === b ? a : 'double'
  if (implicitCost(a, b) < Number.POSITIVE_INFINITY) return b
  if (implicitCost(b, a) < Number.POSITIVE_INFINITY) return a
  return undefined
}

const valid = <T>(value: T | undefined): T => (value === undefined ? raise('INVALID_TEXT') : value)

/** Round half to even, as the processor and PostgreSQL do. */
export function rint(x: number): number {
  const rounded = Math.round(x)
  const even = rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
  return even === 0 && (x < 0 || Object.is(x, -0)) ? -0 : even
}

function toInt(x: number): bigint {
  const whole = rint(x)
  if (!(whole >= -(2 ** 63) && whole < 2 ** 63)) raise('OUT_OF_RANGE')
  return BigInt(whole)
}

function toFloat(x: number): number {
  const result = Math.fround(x)
  if (!Number.isFinite(result) && Number.isFinite(x)) raise('OUT_OF_RANGE')
  if (result === 0 && x !== 0) raise('OUT_OF_RANGE')
  return result
}

const bits = new DataView(new ArrayBuffer(4))

/** The float nearest to a 64-bit integer, rounded once (by way of double it would be twice). */
function wholeToFloat(x: bigint): number {
  const near = Math.fround(Number(x))
  if (BigInt(near) === x || near === 0) return near
  bits.setFloat32(0, near)
  const code = bits.getUint32(0)
  let best = near
  for (const other of [code - 1, code + 1]) {
    bits.setUint32(0, other)
    const candidate = bits.getFloat32(0)
    const gain = distance(best, x) - distance(candidate, x)
    if (gain > 0n || (gain === 0n && other % 2 === 0)) best = candidate
  }
  return best
}

const distance = (a: number, x: bigint): bigint => (BigInt(a) > x ? BigInt(a) - x : x - BigInt(a))

function toTimestamp(days: number): bigint {
  const micros = BigInt(days) * MICROS_PER_DAY
  if (micros < MIN_INT || micros > MAX_INT) raise('OUT_OF_RANGE')
  return micros
}

function textToInt(text: string): bigint {
  const value = valid(readInteger(text))
  if (value < MIN_INT || value > MAX_INT) raise('OUT_OF_RANGE')
  return value
}

function textToReal(round: (x: number) => number): (text: string) => number {
  return text => {
    const value = valid(readReal(text, round))
    return value === 'range' ? raise('OUT_OF_RANGE') : value
  }
}

function textToJson(text: string): string {
  try {
    JSON.parse(text)
  } catch {
    raise('INVALID_TEXT')
  }
  return text
}

const textToTimestamp = (text: string): bigint => {
  const micros = valid(readTimestamp(text))
  return micros < MIN_INT || micros > MAX_INT ? raise('OUT_OF_RANGE') : micros
}

function textToInterval(text: string): Uint8Array {
  return intervalBytes(valid(intervalOfText(text)))
}

const same = (a: Value): Value => a

type Rule = readonly [from: PlainKind, to: PlainKind, twin: Overload['twin'], kernel?: KernelName, total?: 'total']

const integers = (['int', 'bigint'] as const).flatMap((kind): readonly Rule[] => [
  [kind, 'double', (a: bigint) => Number(a), 'i64ToF64', 'total'],
  [kind, 'float', wholeToFloat, 'i64ToF32', 'total'],
  [kind, 'boolean', (a: bigint) => a !== 0n, 'i64ToBits'],
  [kind, 'string', (a: bigint) => String(a), 'i64ToText'],
  ['double', kind, toInt, 'f64ToI64'],
  ['float', kind, toInt, 'f32ToI64'],
  ['boolean', kind, (a: boolean) => (a ? 1n : 0n), 'bitsToI64'],
  ['string', kind, textToInt, 'textToI64'],
  [kind, 'decimal', (a: bigint) => String(a), 'i64ToDecimal'],
  ['decimal', kind, decimalToInt, 'decimalToI64'],
])

const rules: readonly Rule[] = [
  ...integers,
  ['decimal', 'double', (a: string) => Number(a), 'decimalToF64'],
  ['decimal', 'float', (a: string) => toFloat(Number(a))],
  ['double', 'decimal', realToDecimal(15)],
  ['float', 'decimal', realToDecimal(6)],
  ['decimal', 'string', same],
  ['string', 'decimal', (a: string) => textToDecimal(trim(a))],
  ['float', 'double', same, 'f32ToF64', 'total'],
  ['double', 'float', toFloat, 'f64ToF32'],
  ['double', 'string', doubleText],
  ['float', 'string', floatText],
  ['boolean', 'string', (a: boolean) => (a ? 'true' : 'false'), 'bitsToText'],
  ['string', 'boolean', (a: string) => valid(readBoolean(a))],
  ['string', 'double', textToReal(x => x), 'textToF64'],
  ['string', 'float', textToReal(Math.fround)],
  ['date', 'timestamp', toTimestamp, 'dateToTimestamp'],
  ['timestamp', 'date', (a: bigint) => Number(floorDivide(a, MICROS_PER_DAY)), 'timestampToDate'],
  ['timestamp', 'string', timestampText],
  ['date', 'string', dateText],
  ['string', 'timestamp', textToTimestamp],
  ['string', 'date', (a: string) => valid(readDate(a))],
  ['string', 'json', textToJson],
  ['string', 'binary', (a: string) => valid(readBinary(a))],
  ['binary', 'string', binaryText],
  ['time', 'string', clockText],
  ['string', 'time', (a: string) => valid(readTime(a))],
  ['timestamp', 'time', (a: bigint) => splitTimestamp(a).time],
  ['time', 'interval', (a: bigint) => intervalBytes({ months: 0, days: 0, micros: a })],
  ['interval', 'time', (a: Uint8Array) => splitTimestamp(intervalParts(a).micros).time],
  ['interval', 'string', (a: Uint8Array) => intervalText(intervalParts(a))],
  ['string', 'interval', textToInterval],
  ['uuid', 'string', (a: Uint8Array) => uuidText(a)],
  ['string', 'uuid', (a: string) => valid(uuidOfText(trim(a)))],
]

const relabels = [
  ['int', 'bigint'],
  ['bigint', 'int'],
  ['json', 'string'],
] as const

/** Every cast. */
export const casts: readonly Overload[] = [
  ...relabels.map(([from, to]): Overload => ({ args: [from], result: to, relabel: true, twin: same })),
  ...rules.map(
    ([from, to, twin, kernel, total]): Overload => ({
      args: [from],
      result: to,
      twin,
      ...(kernel === undefined ? {} : { kernel }),
      ...(total === undefined ? {} : { total: true }),
      ...(kernel === 'i64ToDecimal' ? { typed: (): ScalarType => withScale(0) } : {}),
    }),
  ),
]

const byPair = new Map(casts.map(each => [`${each.args[0]} ${each.result}`, each]))

/** The cast from one type to another, or undefined. */
export function castOverload(from: PlainKind, to: PlainKind): Overload | undefined {
  return byPair.get(`${from} ${to}`)
}

/** For each type, the types it can be cast to. */
export function castsTo(): readonly (readonly [PlainKind, readonly PlainKind[]])[] {
  const table = new Map<PlainKind, PlainKind[]>()
  for (const { args, result } of casts) {
    const from = args[0] as PlainKind
    table.set(from, [...(table.get(from) ?? []), result])
  }
  return [...table]
}
