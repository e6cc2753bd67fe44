// `INTERVAL '10' SECOND`: the unit stands in the type, as a mask of PostgreSQL's.
import type { TypeName } from '../parser.ts'
import { unsupported } from '../refuse.ts'
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

/** Fields that cut nothing off: all of them, DAY TO SECOND. */
const WHOLE: readonly number[] = [0x7fff, 7176]

/** What to write behind the number; undefined where the type names no single field. */
export function intervalText({ names, typmods, location }: TypeName, text: string): string | undefined {
  const mask = typmods?.[0]
  if (textOf(names?.at(-1)) !== 'interval' || mask === undefined || !('A_Const' in mask)) return undefined
  const fields = mask.A_Const.ival?.ival ?? 0
  const unit = UNITS[fields]
  if (unit === undefined && !WHOLE.includes(fields))
    return unsupported(
      text,
      location,
      'an interval of these fields',
      'write DAY TO SECOND, or a unit behind each number',
    )
  return unit === undefined ? undefined : ` ${unit}`
}
