// Texts that name a time: now, today, tomorrow, yesterday are of the time of the epoch, as now() is. No time is infinite here.
import { call, cast, type Expr, type LiteralExpr, literal, readLocal } from '../../expr/index.ts'
import { type ScalarType, scalars } from '../../types/index.ts'
import type { Block } from '../block.ts'
import { unsupported } from '../refuse.ts'

const DAYS: Readonly<Record<string, number>> = { yesterday: -1, today: 0, tomorrow: 1 }

/** A constant as the time of a clock, which has no zone: one in its text says nothing. Undefined: the type has one, or it is no time. */
export function clockConstant({ value }: LiteralExpr, type: ScalarType): LiteralExpr | undefined {
  const isClock = 'declared' in type && type.declared?.name === 'timestamp'
  const read = isClock && typeof value === 'string' ? readLocal(value) : undefined
  return read === undefined ? undefined : literal(read, scalars.timestamp)
}

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
