// Texts that name a time: now, today, tomorrow, yesterday are of the time of the epoch, as now() is. No time is infinite here.
import { call, cast, type Expr, literal } from '../../expr/index.ts'
import { type ScalarType, scalars } from '../../types/index.ts'
import type { Block } from '../block.ts'
import { unsupported } from '../refuse.ts'

const DAYS: Readonly<Record<string, number>> = { yesterday: -1, today: 0, tomorrow: 1 }

/** The time that a text names; undefined: it names none. */
export function momentNamed(text: string, type: ScalarType, block: Block, byte: number | undefined): Expr | undefined {
  const word = text.trim().toLowerCase()
  const isMoment = type.kind === 'timestamp' || type.kind === 'date'
  if ((isMoment || type.kind === 'interval') && /^[+-]?inf(inity)?$/.test(word))
    return unsupported(block.query.text, byte, `an infinite ${type.kind}`, 'use NULL, or one beyond all others')
  if (!isMoment && type.kind !== 'time') return undefined
  if (word === 'now') return type.kind === 'timestamp' ? call('now') : cast(call('now'), type)
  const days = isMoment ? DAYS[word] : undefined
  if (days === undefined) return undefined
  const today = cast(call('now'), scalars.date)
  const day = days === 0 ? today : call('add', today, literal(days, scalars.int))
  return type.kind === 'date' ? day : cast(day, type)
}
