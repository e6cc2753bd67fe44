// Exact rows as lines of text and back: what JSON has no form for is a list of a letter and what it is of.
import { JsonText } from '../data/index.ts'
import type { Schema } from '../types/index.ts'
import type { Weighted } from './rows.ts'

/** `[weight, value, …]`, the values in the order of the columns. */
export const lineOf = ({ row, weight }: Weighted, { fields }: Schema): string =>
  `${JSON.stringify([weight, ...fields.map(each => told(row[each.name]))])}\n`

export function changeIn(line: string, { fields }: Schema): Weighted {
  const [weight, ...values] = JSON.parse(line) as [number, ...unknown[]]
  return { weight, row: Object.fromEntries(fields.map((each, i) => [each.name, meant(values[i])])) }
}

function told(value: unknown): unknown {
  if (typeof value === 'bigint') return ['n', String(value)]
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return ['f', Object.is(value, -0) ? '-0' : String(value)]
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return ['d', value.getTime()]
  if (value instanceof Uint8Array) return ['b', ...value]
  if (value instanceof JsonText) return ['j', value.text]
  if (Array.isArray(value)) return ['a', ...value.map(told)]
  if (value instanceof Map) return ['m', ...[...value].map(([key, each]) => [told(key), told(each)])]
  return ['o', ...Object.entries(value).map(([key, each]) => [key, told(each)])]
}

function meant(value: unknown): unknown {
  if (!Array.isArray(value)) return value
  const [kind, ...rest] = value as [string, ...unknown[]]
  const text = String(rest[0])
  const pairs = (): [never, unknown][] =>
    (rest as [unknown, unknown][]).map(([key, each]) => [meant(key) as never, meant(each)])
  switch (kind) {
    case 'n':
      return BigInt(text)
    case 'f':
      return Number(text)
    case 'd':
      return new Date(Number(text))
    case 'b':
      return new Uint8Array(rest as number[])
    case 'j':
      return new JsonText(text)
    case 'a':
      return rest.map(meant)
    case 'm':
      return new Map(pairs())
    default:
      return Object.fromEntries(pairs())
  }
}
