// Columns as window functions read them: copied out of linear memory once, by entry.
import {
  type Column,
  compareDecimals,
  type Decimal,
  decimalOfBits,
  Kind,
  type Memory,
  physical,
} from '../../data/index.ts'
import type { RangeKey } from './frame.ts'
import type { Argument } from './functions.ts'

const NUMBERS: ReadonlySet<Kind> = new Set([Kind.I32, Kind.I64, Kind.F32, Kind.F64])

export function argumentOf(column: Column, entries: number, memory: Memory): Argument {
  const isNull = nullsOf(column, entries, memory)
  if (column.kind === Kind.VIEW) return { isNull, compare: texts(column, entries, memory), values: undefined }
  if (physical(column.kind) === Kind.DECIMAL) return decimals(column, entries, memory, isNull)
  const values = NUMBERS.has(column.kind) ? numbersOf(column, entries, memory) : bitsOf(column, entries, memory)
  return { isNull, compare: (a, b) => compareNumbers(values[a] as number, values[b] as number), values }
}

/** Decimals are read when they are asked for first. */
function decimals(column: Column, entries: number, memory: Memory, isNull: Argument['isNull']): Argument {
  const bytes = memory.u8.slice(column.values, column.values + entries * 16)
  const view = new DataView(bytes.buffer)
  const read = (entry: number): Decimal =>
    decimalOfBits(view.getBigUint64(entry * 16, true), view.getBigUint64(entry * 16 + 8, true))
  let made: readonly Decimal[] | undefined
  const all = (): readonly Decimal[] =>
    (made ??= Array.from({ length: entries }, (_, i) => (isNull(i) ? 'NaN' : read(i))))
  return {
    isNull,
    compare: (a, b) => compareDecimals(all()[a] as Decimal, all()[b] as Decimal),
    values: undefined,
    decimals: all,
  }
}

export function rangeKeyOf(column: Column, descending: boolean, entries: number, memory: Memory): RangeKey {
  return { values: numbersOf(column, entries, memory), isNull: nullsOf(column, entries, memory), descending }
}

function nullsOf({ validity }: Column, entries: number, memory: Memory): (entry: number) => boolean {
  if (validity === 0) return () => false
  const bits = memory.u8.slice(validity, validity + ((entries + 7) >>> 3))
  return entry => (((bits[entry >>> 3] as number) >>> (entry & 7)) & 1) === 0
}

/** Whole numbers as 64 bits, all others as doubles. */
function numbersOf({ kind, values }: Column, entries: number, memory: Memory): BigInt64Array | Float64Array {
  const bytes = (size: number): ArrayBuffer => memory.u8.slice(values, values + entries * size).buffer
  switch (kind) {
    case Kind.I64:
      return new BigInt64Array(bytes(8))
    case Kind.I32:
      return BigInt64Array.from(new Int32Array(bytes(4)), BigInt)
    case Kind.F32:
      return Float64Array.from(new Float32Array(bytes(4)))
    default:
      return new Float64Array(bytes(8))
  }
}

function bitsOf({ values }: Column, entries: number, memory: Memory): Float64Array {
  return Float64Array.from({ length: entries }, (_, i) => ((memory.u8[values + (i >>> 3)] as number) >>> (i & 7)) & 1)
}

/** NaN is the greatest, and equal to itself. */
function compareNumbers(a: number, b: number): number {
  if (a < b) return -1
  if (a > b) return 1
  return a === b ? 0 : Number(Number.isNaN(a)) - Number(Number.isNaN(b))
}

/** By bytes, which is the order of code points. */
function texts({ values }: Column, entries: number, memory: Memory): (a: number, b: number) => number {
  const views = memory.u32.slice(values >>> 2, (values >>> 2) + entries * 4)
  const at = (entry: number): number =>
    (views[entry * 4] as number) <= 12 ? values + entry * 16 + 4 : (views[entry * 4 + 3] as number)
  return (a, b) => {
    const { u8 } = memory
    const [first, second, one, other] = [at(a), at(b), views[a * 4] as number, views[b * 4] as number]
    for (let i = 0; i < Math.min(one, other); i++) {
      const order = (u8[first + i] as number) - (u8[second + i] as number)
      if (order !== 0) return order
    }
    return one - other
  }
}
