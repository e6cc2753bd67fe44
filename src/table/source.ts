// From an opened-up connector to a table: what `read.json(…)` and its siblings end in.
import { type Duration, micros, optionsFor, textFor } from '../base/index.ts'
import type { SourceSpec } from '../data/index.ts'
import { type Session, sourceOf } from '../plan/index.ts'
import type { ChangeKind } from '../types/index.ts'
import { Table } from './table.ts'

/** Event time of an input. */
export interface TimeOptions<Column extends string = string> {
  /** The timestamp column that says when a row happened. */
  readonly time?: Column
  /** How long after a later row a row may still come; default: not at all. */
  readonly lateBy?: Duration
  /** After this much silence an input no longer holds the watermark back; default 30 seconds. */
  readonly idleAfter?: Duration | 'never'
}

const IDLE_AFTER = 30_000_000n

/** A table that reads `spec`. */
export function tableOf<Row extends object, Kind extends ChangeKind = 'append'>(
  spec: SourceSpec,
  session: Session,
  options: TimeOptions = {},
): Table<Row, Kind> {
  const { time, lateBy, idleAfter } = optionsFor('read', options, "pass { time: 'at', lateBy: '10 minutes' }")
  if (time !== undefined) textFor('read', 'time', time, "name the timestamp column: { time: 'at' }")
  const eventTime =
    time === undefined
      ? undefined
      : Object.freeze({
          column: time,
          lateBy: lateBy === undefined ? 0n : micros(lateBy),
          idleAfter: idleAfter === 'never' ? undefined : idleAfter === undefined ? IDLE_AFTER : micros(idleAfter),
        })
  return new Table(sourceOf(spec, eventTime), session)
}
