// `FROM stdin`: the lines that come in, JSON or CSV as the first of them look; or a table of it with a format and columns
// of its own. It can be read once.
import type { Readable } from 'node:stream'
import { headOf, lineSchema, lookedAt, type StreamHead, streamSpec } from '../connectors/index.ts'
import type { TextFormat } from '../data/index.ts'
import { type Node, sourceOf } from '../plan/index.ts'
import { type CreateTable, invalid } from '../sql/index.ts'
import type { Schema } from '../types/index.ts'
import { timed, timeOptions } from './event-time.ts'
import { defined, type OptionReader } from './options.ts'
import type { Place, Relation } from './place.ts'

export const STDIN = 'stdin'
const NAME = 'the standard input'

/** A stream whose beginning is looked at once. */
export interface StandardInput {
  head(): Promise<StreamHead>
  readonly endless: boolean
}

export function standardInputOf(stream: Readable, endless: boolean): StandardInput {
  let head: Promise<StreamHead> | undefined
  return {
    endless,
    head() {
      head ??= headOf(stream, !endless)
      return head
    },
  }
}

/** The standard input as it looks. */
export function standardInput(input: StandardInput): Relation {
  let node: Promise<Node> | undefined
  const open = async (): Promise<Node> => {
    const head = await input.head()
    return sourceOf(streamSpec(head, { name: NAME, endless: input.endless, ...lookedAt(head, NAME) }), undefined)
  }
  return {
    kind: 'table',
    node() {
      node ??= open()
      return node
    },
  }
}

/** The standard input as WITH (connector = 'stdin', …) tells. */
export function standardInputRelation(
  { schema, key }: CreateTable,
  options: OptionReader,
  text: string,
  { stdin, session }: Place,
): Relation {
  const format = formatOf(options)
  const time = timeOptions(options)
  if (stdin === undefined)
    return invalid(text, undefined, 'nothing comes in', 'pipe it: cat rows.jsonl | millrace sql "…"')
  if (format?.kind === 'lines' && schema !== undefined)
    return invalid(text, undefined, 'the column of text is value', 'leave it out: CREATE TABLE t () WITH (…)')
  let node: Promise<Node> | undefined
  const open = async (): Promise<Node> => {
    const head = await stdin.head()
    const found = shapeOf(head, format, schema)
    return timed(streamSpec(head, { name: NAME, endless: stdin.endless, ...found }), key, options, session, time)
  }
  return {
    kind: 'table',
    node() {
      node ??= open()
      return node
    },
  }
}

function formatOf(options: OptionReader): TextFormat | undefined {
  const kind = options.oneOf('format', ['json', 'csv', 'text'])
  const csv = defined({
    delimiter: options.text('delimiter'),
    header: options.flag('header'),
    nullText: options.text('null_text'),
  })
  if (kind === 'text') return { kind: 'lines' }
  return kind === undefined ? undefined : kind === 'csv' ? { kind, ...csv } : { kind }
}

function shapeOf(head: StreamHead, format: TextFormat | undefined, schema: Schema | undefined) {
  if (format?.kind === 'lines') return { format, schema: lineSchema }
  if (format !== undefined && schema !== undefined) return { format, schema }
  const found = lookedAt(head, NAME, format)
  return schema === undefined ? found : { ...found, schema }
}
