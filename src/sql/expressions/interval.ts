// `INTERVAL '10' SECOND`: the unit stands in the type, as a mask of PostgreSQL's.
import type { TypeName } from '../parser.ts'
import { textOf } from '../tree.ts'

/** PostgreSQL's masks of single fields (utils/timestamp.h: 1 << the field's number). */
const UNITS: Readonly<Record<number, string>> = {
  [1 << 2]: 'year',
  [1 << 1]: 'month',
  [1 << 3]: 'day',
  [1 << 10]: 'hour',
  [1 << 11]: 'minute',
  [1 << 12]: 'second',
}

/** What to write behind the number; undefined where the type names no single field. */
export function intervalText({ names, typmods }: TypeName): string | undefined {
  const mask = typmods?.[0]
  if (textOf(names?.at(-1)) !== 'interval' || mask === undefined || !('A_Const' in mask)) return undefined
  const unit = UNITS[mask.A_Const.ival?.ival ?? 0]
  return unit === undefined ? undefined : ` ${unit}`
}
