// A peer's case as a script: rows in and time moved, epoch by epoch, and beside each step what comes out of the live engine.
import assert from 'node:assert/strict'
import type { Duration } from 'millrace'
import { read, type Table, t } from 'millrace'
import { type TestingOptions, testing } from 'millrace/testing'

/** Most cases are about a key, a number, and a time in seconds. */
export const Event = t.row({ k: t.string().nullable(), v: t.int().nullable(), at: t.timestamp() })
export interface EventRow {
  readonly k: string | null
  readonly v: number | null
  readonly at: Date
}

/** Seconds, negative ones too. */
export const sec = (seconds: number): Date => new Date(Math.round(seconds * 1000))

/** A key, a time in seconds, and a number (the time, if it is left out). */
export const ev = (k: string | null, at: number, v: number | null = at): EventRow => ({ k, v, at: sec(at) })

/** Rows without a key, whose number is their time. */
export const ints = (...times: readonly number[]): EventRow[] => times.map(at => ev('', at))

interface StreamOptions {
  readonly lateBy?: Duration
  readonly idleAfter?: Duration | 'never'
  readonly weights?: boolean
}

/** An input that never ends; nothing but its own rows moves its time. */
export const stream = ({ lateBy = '0 seconds', idleAfter = 'never' }: StreamOptions = {}): Table<EventRow, 'append'> =>
  read.memory(Event, { time: 'at', lateBy, idleAfter }).table

/** An input whose rows may go again. */
export const changing = (): Table<EventRow, 'update'> =>
  read.memory(Event, { time: 'at', lateBy: '0 seconds', idleAfter: 'never', weights: true }).table

/** In this order: rows, rows taken back, time, silence, the end, a restart. Then what changed, as `+a 1, -a 0`. */
export type Step<Names extends string> = {
  readonly [N in Names]?: readonly object[]
} & {
  readonly gone?: { readonly [N in Names]?: readonly object[] }
  /** Event time of all inputs, in seconds. */
  readonly to?: number
  readonly idle?: Duration
  readonly end?: true
  readonly restart?: true
  readonly out: string
  /** How many rows came too late for a window until now. */
  readonly late?: number
  /** Rows that operators keep. */
  readonly state?: number
  /** The least watermark of the inputs, in seconds. */
  readonly watermark?: number | undefined
}

export interface PlayOptions extends TestingOptions {
  /** Update mode shows the new rows; those they replace are left out. */
  readonly view?: 'retract' | 'update'
}

/** Play the steps; inputs by their names in the steps. */
export async function play<Names extends string>(
  table: object,
  inputs: { readonly [N in Names]: object },
  steps: readonly Step<NoInfer<Names>>[],
  { view = 'retract', ...options }: PlayOptions = {},
): Promise<void> {
  await using run = await testing(table as Table<object, 'update'>, options)
  const names = Object.keys(inputs) as Names[]
  const push = (name: Names, rows: readonly object[] | undefined, weight: number): void => {
    if (rows !== undefined && rows.length > 0) run.input(inputs[name] as Table<object, 'append'>).push(rows, { weight })
  }
  for (const [i, step] of steps.entries()) {
    if (step.restart === true) {
      await run.crash()
      await run.restore()
    }
    for (const name of names) push(name, (step as Record<string, readonly object[]>)[name], 1)
    for (const name of names) push(name, step.gone?.[name], -1)
    if (step.to !== undefined) await run.advanceTo(sec(step.to))
    else if (step.idle !== undefined) await run.idle(step.idle)
    else if (step.end === true) await run.end()
    else await run.epoch()
    const changes = run.changes().filter(([, weight]) => view === 'retract' || weight > 0)
    const out = changes.flatMap(([row, weight]) =>
      Array(Math.abs(weight)).fill(`${weight < 0 ? '-' : '+'}${shown(row)}`),
    )
    assert.equal(out.join(', '), step.out, `step ${i + 1}`)
    if (step.late !== undefined) assert.equal(run.late().length, step.late, `late rows at step ${i + 1}`)
    if (step.state !== undefined) assert.equal(run.stateSize(), step.state, `state at step ${i + 1}`)
    if ('watermark' in step) {
      const at = run.watermark()
      assert.equal(at === undefined ? undefined : at.getTime() / 1000, step.watermark, `watermark at step ${i + 1}`)
    }
  }
}

/** What a table amounts to when its inputs have come, epoch by epoch, and ended: rows as text, in order. */
export async function outcome<Names extends string>(
  table: object,
  inputs: { readonly [N in Names]: object },
  epochs: readonly Omit<Step<NoInfer<Names>>, 'out'>[],
  options: TestingOptions = {},
): Promise<readonly string[]> {
  await using run = await testing(table as Table<object, 'update'>, options)
  for (const epoch of epochs) {
    for (const [name, input] of Object.entries(inputs)) {
      const rows = (epoch as Record<string, readonly object[]>)[name] ?? []
      if (rows.length > 0) run.input(input as Table<object, 'append'>).push(rows)
    }
    if (epoch.to === undefined) await run.epoch()
    else await run.advanceTo(sec(epoch.to))
  }
  await run.end()
  return run.rows().map(shown).sort()
}

/** A row's values in their order: times in seconds, windows as start..end, null as `-`. */
export const shown = (row: object): string => Object.values(row).map(text).join(' ')

function text(value: unknown): string {
  if (value === null || value === undefined) return '-'
  if (value instanceof Date) return `${value.getTime() / 1000}`
  if (Array.isArray(value)) return `[${value.map(text).join(' ')}]`
  if (typeof value !== 'object') return Object.is(value, -0) ? '0' : String(value)
  return Object.values(value).map(text).join('..')
}
