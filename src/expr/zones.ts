// Time zones by their names (IANA's, or +02:00), from the runtime's own tables.
import { daysFromCivil, MICROS_PER_DAY } from './calendar.ts'

const formats = new Map<string, Intl.DateTimeFormat | undefined>()

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(zone)) {
    if (formats.size > 64) formats.clear()
    formats.set(zone, makeFormat(zone))
  }
  return formats.get(zone)
}

function makeFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  const numeric = 'numeric' as const
  const parts = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric }
  try {
    return new Intl.DateTimeFormat('en-u-ca-iso8601', { timeZone, hourCycle: 'h23', ...parts })
  } catch {
    return undefined
  }
}

/** By how much a zone's clock is ahead of UTC at an instant, in microseconds; undefined: there is no such zone. */
function offsetAt(zone: string, at: bigint): bigint | undefined {
  const fixed = /^([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(zone)
  if (fixed !== null)
    return (fixed[1] === '-' ? -1n : 1n) * (BigInt(fixed[2] as string) * 60n + BigInt(fixed[3] ?? 0)) * 60_000_000n
  const format = formatOf(zone)
  if (format === undefined) return undefined
  const seconds = at / 1_000_000n - (at % 1_000_000n < 0n ? 1n : 0n)
  if (seconds < -8_640_000_000_000n || seconds > 8_640_000_000_000n) return undefined
  const date = new Date(Number(seconds) * 1000)
  const parts = new Map(format.formatToParts(date).map(each => [each.type, each.value]))
  const part = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name))
  // Years before the first are counted back, without saying so.
  const of = date.getUTCFullYear()
  const year = of < 2 && Math.abs(1 - part('year') - of) < Math.abs(part('year') - of) ? 1 - part('year') : part('year')
  const days = daysFromCivil(year, part('month'), part('day'))
  const clock = (part('hour') * 60 + part('minute')) * 60 + part('second')
  return BigInt(days) * MICROS_PER_DAY + BigInt(clock) * 1_000_000n - seconds * 1_000_000n
}

/** What the zone's clock shows at an instant. */
export function localIn(zone: string, at: bigint): bigint | undefined {
  const offset = offsetAt(zone, at)
  return offset === undefined ? undefined : at + offset
}

/** The instant at which the zone's clock shows this; where it skips, by the offset from before. */
export function instantIn(zone: string, local: bigint): bigint | undefined {
  const [early, late] = [offsetAt(zone, local - MICROS_PER_DAY), offsetAt(zone, local + MICROS_PER_DAY)]
  if (early === undefined || late === undefined) return undefined
  const [first, second] = [local - early, local - late]
  const isLater = offsetAt(zone, second) === late
  if (offsetAt(zone, first) === early) return isLater && early > late ? second : first
  return isLater ? second : first
}
