// The event time of a table: WITH (watermark = 'at - interval ''4 seconds''', idle_after = '1 minute'). The text of the
// watermark is matched, never parsed as SQL: a column, and how late its rows may come.
import type { Duration } from '../base/index.ts'
import type { SourceSpec } from '../data/index.ts'
import type { Node, Session } from '../plan/index.ts'
import { type TimeOptions, tableOf } from '../table/index.ts'
import type { OptionReader } from './options.ts'

const WATERMARK = /^\s*(?:"((?:[^"]|"")+)"|([a-z_]\w*))\s*(?:-\s*interval\s*'([^']+)'\s*)?$/i

/** The options of a table's event time, taken. */
export function timeOptions(options: OptionReader): TimeOptions {
  const watermark = options.text('watermark')
  const isNever = options.text('idle_after') === 'never'
  const idleAfter = isNever ? ('never' as const) : options.duration('idle_after')
  const given: TimeOptions = idleAfter === undefined ? {} : { idleAfter }
  if (watermark === undefined)
    return idleAfter === undefined
      ? given
      : options.refuse('watermark', "write watermark = 'at - interval ''4 seconds'''")
  const found = WATERMARK.exec(watermark)
  if (found === null)
    return options.refuse('watermark', "write watermark = 'at - interval ''4 seconds''', or just 'at'")
  const [, quoted, plain, late] = found
  const time = quoted?.replaceAll('""', '"') ?? (plain as string).toLowerCase()
  return { time, ...given, ...(late === undefined ? {} : { lateBy: late as Duration }) }
}

/**
 * An input with its event time. With a primary key the last row of each key by event time is what counts: rows of a key
 * replace one another.
 */
export function timed(
  spec: SourceSpec,
  key: readonly string[],
  options: OptionReader,
  session: Session,
  time: TimeOptions = timeOptions(options),
): Node {
  return options.at('watermark', () => {
    const table = tableOf<Record<string, unknown>>(spec, session, time)
    return key.length === 0 ? table.node : table.lastBy({ by: [...key] }).node
  })
}
