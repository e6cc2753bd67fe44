// When the results of windows are told, as people write it: a trigger of the Dataflow Model as plain data.
import { badArgument, type Duration, millis } from '../base/index.ts'
import { badVerb } from '../plan/index.ts'
import type { Firing } from '../time/index.ts'

/**
 * A trigger: so many rows, so long after the first row of the pane, at the ticks of a clock, or several together: `all` of
 * them, `any`, `each` after the one before; `repeatedly`, perhaps until another one fires (`orFinally`). `rows` and
 * `after` side by side: whichever comes first.
 */
export type PaneTrigger =
  | { readonly rows: number; readonly after?: Duration }
  | { readonly after: Duration }
  | { readonly every: Duration; readonly offset?: Duration }
  | { readonly all: readonly PaneTrigger[] }
  | { readonly any: readonly PaneTrigger[] }
  | { readonly each: readonly PaneTrigger[] }
  | { readonly repeatedly: PaneTrigger; readonly orFinally?: PaneTrigger }
  | { readonly watermark: true }

/** How the panes of a window relate: see docs/windows.md. */
export type Accumulate = 'accumulating' | 'discarding' | 'retracting'

export type EmitOptions<A extends Accumulate = Accumulate> = {
  readonly accumulate: A
} & (
  | { readonly early?: PaneTrigger; readonly late?: PaneTrigger; readonly when?: never }
  | { readonly when: PaneTrigger; readonly early?: never; readonly late?: never }
)

const FIX = "write { early: { after: '1 minute' }, late: { rows: 1 }, accumulate: 'accumulating' }"

/** The trigger of the options: around the watermark, unless they say another one. */
export function firingFrom(options: EmitOptions): Firing {
  if (options === null || typeof options !== 'object') return badVerb('emit', 'it needs options', FIX)
  const { early, late, when, accumulate } = options
  if (!['accumulating', 'discarding', 'retracting'].includes(accumulate))
    return badArgument('emit', 'accumulate', accumulate, "'accumulating', 'discarding' or 'retracting'")
  if (when !== undefined) return frozen(firingOf(when))
  return frozen({
    kind: 'watermark',
    early: early === undefined ? undefined : firingOf(early),
    late: late === undefined ? { kind: 'rows', count: 1 } : firingOf(late),
  })
}

const frozen = (firing: Firing): Firing => Object.freeze(firing)

type Parts = Partial<
  Record<
    'rows' | 'after' | 'every' | 'offset' | 'all' | 'any' | 'each' | 'repeatedly' | 'orFinally' | 'watermark',
    unknown
  >
>

function firingOf(trigger: PaneTrigger): Firing {
  if (trigger === null || typeof trigger !== 'object') return badVerb('emit', 'a trigger is missing', FIX)
  const parts = trigger as Parts
  const found = [...simple(parts), ...composite(parts)]
  const [only, second] = found
  if (only === undefined) return badVerb('emit', 'a trigger says nothing', FIX)
  return second === undefined ? only : frozen({ kind: 'any', of: Object.freeze(found) })
}

function simple({ rows, after, every, offset, watermark }: Parts): Firing[] {
  const all: Firing[] = []
  if (rows !== undefined) all.push({ kind: 'rows', count: whole(rows) })
  if (after !== undefined) all.push({ kind: 'delay', ms: positive(after) })
  if (every !== undefined)
    all.push({ kind: 'ticks', ms: positive(every), offset: offset === undefined ? 0 : millis(offset as Duration) })
  if (watermark !== undefined) all.push({ kind: 'watermark', early: undefined, late: undefined })
  return all.map(frozen)
}

function composite(parts: Parts): Firing[] {
  const all: Firing[] = (['all', 'any', 'each'] as const).flatMap(kind =>
    parts[kind] === undefined ? [] : [{ kind, of: Object.freeze(several(parts[kind])) }],
  )
  if (parts.repeatedly !== undefined) {
    const until = parts.orFinally === undefined ? undefined : firingOf(parts.orFinally as PaneTrigger)
    all.push({ kind: 'repeatedly', of: firingOf(parts.repeatedly as PaneTrigger), until })
  }
  return all.map(frozen)
}

function several(triggers: unknown): Firing[] {
  if (!Array.isArray(triggers) || triggers.length === 0) return badVerb('emit', 'a list of triggers is empty', FIX)
  return triggers.map(each => firingOf(each as PaneTrigger))
}

function whole(rows: unknown): number {
  if (typeof rows !== 'number' || !Number.isSafeInteger(rows) || rows < 1)
    return badArgument('emit', 'rows', rows, 'a whole number from 1 on')
  return rows
}

function positive(duration: unknown): number {
  const ms = millis(duration as Duration)
  return ms >= 1 ? ms : badVerb('emit', 'the time is shorter than a millisecond', FIX)
}
