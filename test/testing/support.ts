// Tables to test the kit with. Their own sessions are never asked: the kit runs the plan itself.
import { memoryInput } from '../../src/connectors/index.ts'
import { type Table, type TimeOptions, tableOf } from '../../src/table/index.ts'
import { type RowSchema, t } from '../../src/types/index.ts'
import { noSession } from '../table/support.ts'

export const Click = t.row({ at: t.timestamp(), page: t.string(), ms: t.int().nullable() })
export const Page = t.row({ page: t.string(), title: t.string() })

export function inputOf<Row extends object>(
  name: string,
  schema: RowSchema<Row>,
  options: TimeOptions & { readonly weights?: boolean; readonly bounded?: boolean } = {},
): Table<Row, 'append'> {
  const { weights = false, bounded = false, ...time } = options
  return tableOf<Row>({ ...memoryInput(schema, { name, weights }).spec, bounded }, noSession, time)
}

export const clicksOf = (options: TimeOptions & { readonly weights?: boolean } = { time: 'at' }) =>
  inputOf('clicks', Click, options)

/** A click at a minute and second of 2026-01-01, 12 o'clock. */
export const click = (time: string, page = '/', ms: number | null = 1) => ({ at: `2026-01-01T12:${time}Z`, page, ms })
