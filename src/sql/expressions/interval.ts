// `INTERVAL '10' SECOND`: the fields that stand in the type say how its text is read, and what of it is cut off.
import { type IntervalReading, intervalBytes, intervalOfText } from '../../data/index.ts'
import { type LiteralExpr, literal } from '../../expr/index.ts'
import { type ColumnType, type PlainType, scalars } from '../../types/index.ts'

/** PostgreSQL's bits of fields (utils/timestamp.h: 1 << the field's number), the smallest first. */
const FIELDS: readonly (readonly [unit: string, bit: number])[] = [
  ['second', 1 << 12],
  ['minute', 1 << 11],
  ['hour', 1 << 10],
  ['day', 1 << 3],
  ['month', 1 << 1],
  ['year', 1 << 2],
]
const MINUTE_TO_SECOND = (1 << 11) | (1 << 12)

const fieldsOf = (type: ColumnType): number | undefined => (type as PlainType).declared?.fields

/** A constant as an interval of its type's fields, all of it; undefined: the type has none, or the text is no interval. */
export function intervalConstant({ value }: LiteralExpr, type: ColumnType): LiteralExpr | undefined {
  const fields = fieldsOf(type)
  if (fields === undefined || typeof value !== 'string') return undefined
  const read = intervalOfText(value, readingOf(fields))
  return read && literal(intervalBytes(read), scalars.interval)
}

function readingOf(fields: number): IntervalReading {
  const [unit] = FIELDS.find(([, bit]) => (fields & bit) !== 0) ?? ['second']
  return { unit, fromMinutes: fields === MINUTE_TO_SECOND }
}
