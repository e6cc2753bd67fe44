// A query epoch by epoch: `complete` shows the table, at the end or again and again on a terminal that follows; the other
// views show the changes of each epoch.
import type { Whole } from '../../connectors/index.ts'
import type { Mode, SinkSpec, World } from '../../data/index.ts'
import { type Node, outputOf, properties, schema } from '../../plan/index.ts'
import { type Engine, type Ordering, orderedAnew } from '../../runtime/index.ts'
import { field, type Schema, scalars, schemaOf } from '../../types/index.ts'
import { usage } from '../arguments.ts'
import { changesSink, type Epoch, Sums } from './changes.ts'
import type { Asked } from './flags.ts'
import { type Format, printerOf, type Target } from './printers.ts'
import type { Record } from './records.ts'
import { send } from './send.ts'
import { spoolOf } from './spool.ts'
import { counted, viewOf } from './view.ts'

export interface Streaming {
  readonly asked: Asked
  readonly engine: Engine
  readonly target: Target
  readonly signal: AbortSignal
  readonly world: World
}

/** Run a query as a stream, and show what comes of it; resolves to the rows shown. */
export async function showStream(node: Node, streaming: Streaming): Promise<number> {
  const { asked, target } = streaming
  const order = orderedAnew(node)
  const inserts = properties(node).appendOnly && order.hidden.length === 0
  const output = asked.output ?? (asked.follow && target.width === undefined && inserts ? 'append' : 'complete')
  if (asked.follow && output === 'complete' && target.width === undefined) {
    if (asked.output === 'complete') usage('--output complete of what never ends is never told', 'use --output retract')
    return showChanges(node, 'retract', streaming)
  }
  if (output === 'append' || (output === 'complete' && inserts && !asked.follow))
    return showRows(node, printerOf(asked.format, target), streaming)
  return output === 'complete' ? showTable(node, order, streaming) : showChanges(node, output, streaming)
}

/** Rows that only come, as they come. */
async function showRows(node: Node, printer: Whole, streaming: Streaming): Promise<number> {
  await run(node, printer.spec, 'append', streaming)
  await printer.end()
  return printer.rows()
}

async function run(node: Node, sink: SinkSpec, mode: Mode, streaming: Streaming): Promise<void> {
  const { asked, engine, signal } = streaming
  const run = await engine.run('sql', outputOf(node, sink, { mode, unbounded: true }), {
    ...(asked.follow ? {} : { until: 'now' }),
    ...(asked.epochRows === undefined ? {} : { epochRows: asked.epochRows }),
    unbounded: true,
  })
  const stop = (): void => void run.stop()
  signal.addEventListener('abort', stop)
  await run.done.finally(() => signal.removeEventListener('abort', stop))
}

/** The table that the changes sum up to, drawn at the end, and while it follows after each epoch. */
async function showTable(node: Node, order: Ordering, streaming: Streaming): Promise<number> {
  const { asked, target } = streaming
  const { format } = asked
  const sums = new Sums()
  const screen = { lines: 0 }
  const kind = format === 'jsonl' ? 'json' : 'csv'
  let head = ''
  const sink = changesSink(node, order, kind, format === 'csv' ? '' : undefined, async ({ changes }, header) => {
    sums.add(changes)
    head = header
    if (asked.follow) await draw(node, sums.texts(order), target, screen)
  })
  await run(order.node, sink, 'retract', streaming)
  const texts = sums.texts(order)
  if (asked.follow) return texts.length
  if (isFile(format)) {
    const spool = spoolOf(schema(node), target, streaming.world, asked.memory)
    await spool.add(linesIn(texts))
    return spool.end(format)
  }
  if (format !== 'table') await send(target.out, `${head}${linesIn(texts)}`)
  else await send(target.out, `${linesOf(node, texts, target).join('\n')}\n`)
  return texts.length
}

/** Formats that are no text. */
const isFile = (format: Format): boolean => format === 'arrow' || format === 'parquet'
const linesIn = (texts: readonly string[]): string => texts.map(each => `${each}\n`).join('')

function linesOf(node: Node, texts: readonly string[], { width, rows }: Target): string[] {
  const kept = texts.slice(0, rows)
  return viewOf(schema(node), kept, { width, more: texts.length - kept.length })
}

const CLEAR_LINE = '\x1b[2K'
const UP = '\x1b[1A'

/** On a terminal: the table as it is now, in the place of what it was. */
async function draw(node: Node, texts: readonly string[], target: Target, screen: { lines: number }): Promise<void> {
  const lines = [...linesOf(node, texts, target), `(${counted(texts.length)})`]
  const text = `${(UP + CLEAR_LINE).repeat(screen.lines)}${lines.join('\n')}\n`
  screen.lines = lines.length
  await send(target.out, text)
}

async function showChanges(node: Node, mode: Mode, streaming: Streaming): Promise<number> {
  const { asked, target } = streaming
  const { format } = asked
  const spool = isFile(format) ? spoolOf(changesOf(schema(node)), target, streaming.world, asked.memory) : undefined
  let rows = 0
  let begun = false
  const kind = format === 'jsonl' ? 'json' : 'csv'
  const order = { ...orderedAnew(node), node, hidden: [] }
  const sink = changesSink(node, order, kind, format === 'csv' ? '' : undefined, async (epoch, header) => {
    rows += epoch.changes.length
    if (!begun && format === 'csv') await send(target.out, `weight,epoch,${header}`)
    begun = true
    if (spool !== undefined) return spool.add(epochText(epoch, kind))
    await send(target.out, format === 'table' ? epochView(node, epoch, target) : epochText(epoch, kind))
  })
  await run(node, sink, mode, streaming)
  return spool === undefined ? rows : spool.end(format)
}

/** Changes as rows: what came or went, in which epoch. */
const changesOf = ({ fields }: Schema): Schema =>
  schemaOf([field('weight', scalars.int), field('epoch', scalars.int), ...fields])

function epochText({ number, changes }: Epoch, kind: 'json' | 'csv'): string {
  const line = ({ text, weight }: Record): string =>
    kind === 'csv' ? `${weight},${number},${text}\n` : `{"weight":${weight},"epoch":${number},"row":${text}}\n`
  return changes.map(line).join('')
}

function epochView(node: Node, { number, changes }: Epoch, { width, rows }: Target): string {
  if (changes.length === 0) return ''
  const kept = changes.slice(0, rows)
  const cells = kept.map(({ weight }) => (weight > 0 ? `+${weight}` : String(weight)))
  const first = { name: '±', cells }
  const texts = kept.map(each => each.text)
  const lines = viewOf(schema(node), texts, { width, first, more: changes.length - kept.length })
  return `epoch ${number}: ${counted(changes.length)}\n${lines.join('\n')}\n\n`
}
