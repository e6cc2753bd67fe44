// A duration is never a bare number: '10 minutes', { minutes: 10 } or a Temporal.Duration-like.
// Inside the engine it is a whole number of microseconds (a bigint: event times are 64-bit).
import { fail } from './errors.ts'

const MICROS = {
  microsecond: 1n,
  millisecond: 1_000n,
  second: 1_000_000n,
  minute: 60_000_000n,
  hour: 3_600_000_000n,
  day: 86_400_000_000n,
  week: 604_800_000_000n,
} as const

type UnitName = keyof typeof MICROS
type Unit = UnitName | `${UnitName}s`

/** The object form; a `Temporal.Duration` without years and months fits it. */
export interface DurationFields {
  readonly weeks?: number
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
  readonly milliseconds?: number
  readonly microseconds?: number
}

/** @example '10 minutes' */
export type Duration = `${number} ${Unit}` | DurationFields

/**
 * A duration in whole microseconds; negative, fractional-microsecond and unknown ones are refused (BAD_DURATION).
 *
 * @example
 * import { micros } from 'millrace'
 * if (micros('10 minutes') !== 600_000_000n) throw new Error('ten minutes')
 */
export function micros(duration: Duration): bigint {
  return typeof duration === 'string' ? parseText(duration) : fromFields(duration)
}

/** A duration, or one back in time: `'-5 minutes'`, `{ minutes: -5 }`. */
export type SignedDuration = Duration | `-${number} ${string}`

/** A duration in whole microseconds, or one back in time: a leading minus, or no field above zero. */
export function signedMicros(duration: SignedDuration): bigint {
  if (typeof duration === 'string')
    return duration.startsWith('-') ? -parseText(duration.slice(1)) : micros(duration as Duration)
  const fields = Object.entries(duration ?? {}).filter(([, value]) => typeof value === 'number' && value !== 0)
  if (fields.length === 0 || fields.some(([, value]) => value > 0)) return micros(duration)
  return -micros(Object.fromEntries(fields.map(([unit, value]) => [unit, -value])) as DurationFields)
}

/** Milliseconds of a duration, for clocks. */
export function millis(duration: Duration): number {
  return Number(micros(duration)) / 1000
}

function parseText(text: string): bigint {
  const match = /^(\d+(?:\.\d+)?) (microsecond|millisecond|second|minute|hour|day|week)s?$/.exec(text)
  if (match === null) return fail('BAD_DURATION', { text })
  return scale(match[1] as string, MICROS[match[2] as UnitName], text)
}

function fromFields(fields: DurationFields): bigint {
  if (fields === null || typeof fields !== 'object') return fail('BAD_DURATION', { text: String(fields) })
  let total = 0n
  let seen = 0
  for (const unit of Object.keys(MICROS) as UnitName[]) {
    const value = fields[`${unit}s` as keyof DurationFields]
    if (value === undefined) continue
    if (!Number.isFinite(value) || value < 0) return fail('BAD_DURATION', { text: JSON.stringify(fields) })
    total += scale(value.toFixed(9), MICROS[unit], JSON.stringify(fields))
    seen++
  }
  if (seen === 0) return fail('BAD_DURATION', { text: JSON.stringify(fields) })
  return total
}

/** Decimal text times a unit, exactly; a rest below one microsecond is refused. */
function scale(decimal: string, unit: bigint, text: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.')
  const denominator = 10n ** BigInt(fraction.length)
  const numerator = (BigInt(whole) * denominator + BigInt(fraction === '' ? '0' : fraction)) * unit
  if (numerator % denominator !== 0n) return fail('BAD_DURATION', { text })
  return numerator / denominator
}

/** A duration as people write it: '10 minutes'. */
export function showDuration(value: bigint): string {
  for (const unit of ['week', 'day', 'hour', 'minute', 'second', 'millisecond', 'microsecond'] as const) {
    const size = MICROS[unit]
    if (value !== 0n && value % size === 0n) return `${value / size} ${unit}${value === size ? '' : 's'}`
  }
  return '0 seconds'
}
