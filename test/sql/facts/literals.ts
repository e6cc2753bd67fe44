// A sample value as SQL that both sides read; undefined: PostgreSQL has no such value, or no text for it.
import { intervalParts, uuidText } from '../../../src/data/index.ts'
import type { Value } from '../../../src/expr/index.ts'
import type { PlainKind } from '../../../src/types/index.ts'

export const NAMES: Readonly<Record<PlainKind, string>> = {
  boolean: 'boolean',
  int: 'bigint',
  bigint: 'bigint',
  float: 'real',
  double: 'double precision',
  string: 'text',
  binary: 'bytea',
  timestamp: 'timestamp',
  date: 'date',
  json: 'json',
  time: 'time',
  interval: 'interval',
  uuid: 'uuid',
  decimal: 'numeric',
}

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** @param narrow integers that fit 32 bits are PostgreSQL's `integer`, which most of its functions take */
export function literalText(kind: PlainKind, value: Value, narrow: boolean): string | undefined {
  if (value === null) return `NULL::${NAMES[kind]}`
  if (kind === 'boolean') return String(value)
  if (narrow && typeof value === 'bigint' && (kind === 'int' || kind === 'bigint') && fits(value)) return `(${value})`
  const text = textOf(kind, value)
  return text === undefined || text.includes('\u0000') ? undefined : `${quoted(text)}::${NAMES[kind]}`
}

const fits = (value: bigint): boolean => BigInt.asIntN(32, value) === value

function textOf(kind: PlainKind, value: Value): string | undefined {
  switch (kind) {
    case 'timestamp':
      return instant(value as bigint)
    case 'date':
      return instant(BigInt(value as number) * 86_400_000_000n)?.slice(0, 10)
    case 'time':
      return timeOfDay(value as bigint)
    case 'interval': {
      const { months, days, micros } = intervalParts(value as Uint8Array)
      return `${months} mons ${days} days ${micros} microseconds`
    }
    case 'uuid':
      return uuidText(value as Uint8Array)
    case 'binary':
      return `\\x${Buffer.from(value as Uint8Array).toString('hex')}`
    default:
      return Object.is(value, -0) ? '-0' : String(value)
  }
}

/** Years 1 to 9999. */
function instant(micros: bigint): string | undefined {
  const seconds = micros >= 0n ? micros / 1_000_000n : -((999_999n - micros) / 1_000_000n)
  const date = new Date(Number(seconds) * 1000)
  if (Number.isNaN(date.getTime()) || !/^\d{4}-/.test(date.toISOString()) || date.getUTCFullYear() < 1) return undefined
  return `${date.toISOString().slice(0, 19)}.${String(micros - seconds * 1_000_000n).padStart(6, '0')}`
}

function timeOfDay(micros: bigint): string {
  const two = (value: bigint): string => String(value).padStart(2, '0')
  const [seconds, rest] = [micros / 1_000_000n, micros % 1_000_000n]
  const clock = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map(two).join(':')
  return `${clock}.${String(rest).padStart(6, '0')}`
}
