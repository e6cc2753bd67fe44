// The result as aligned tables, one per epoch that changed something. At least once: what was printed before a
// failure is printed again.

import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { optionsFor } from '../../base/index.ts'
import { type Change, changesOf, type Mode, type Sink, type SinkContext, type SinkSpec } from '../../data/index.ts'
import { standardOutput } from '../../host/index.ts'
import { plainSink } from '../sink-parts.ts'
import { layout, show } from './layout.ts'

export interface ConsoleOptions {
  /** Told above each table and in messages, so that two consoles can be told apart. */
  readonly title?: string
  /** Rows shown per epoch; 20 by default. */
  readonly rows?: number
  /** Characters of a cell at most, or false for all of them; 40 by default. */
  readonly truncate?: number | false
  readonly mode?: Mode
  /** Where to print; standard output by default. */
  readonly to?: Writable
}

const ALL_MODES: readonly Mode[] = ['append', 'update', 'retract', 'complete']

/** A sink that prints each epoch's rows as an aligned table. */
export function consoleSink(given: ConsoleOptions = {}): SinkSpec {
  const options = optionsFor('write.console', given, 'pass { rows, truncate, title, mode, to }')
  return {
    kind: 'console',
    name: options.title ?? 'console',
    renews: true,
    fingerprint: {},
    modes: options.mode === undefined ? ALL_MODES : [options.mode],
    guarantee: 'at least once',
    open: async context => openConsole(options, context),
  }
}

function openConsole(options: ConsoleOptions, context: SinkContext): Sink {
  const most = options.rows ?? 20
  const truncate = options.truncate === false ? Number.POSITIVE_INFINITY : (options.truncate ?? 40)
  const stream = options.to ?? standardOutput()
  let shown: Change[] = []
  let count = 0
  return {
    ...plainSink,
    async begin() {
      shown = []
      count = 0
    },
    write(batch) {
      count += batch.count
      if (shown.length >= most) return
      shown = shown.concat(changesOf(batch, context.schema, context.memory).slice(0, most - shown.length))
    },
    async commit(epoch) {
      if (count === 0 && context.mode !== 'complete') return
      await print(stream, headed(options.title, epoch, count) + tableOf(shown, count, truncate, context))
      shown = []
      count = 0
    },
  }
}

function headed(title: string | undefined, epoch: number, count: number): string {
  const rows = `${count} row${count === 1 ? '' : 's'}`
  return title === undefined ? `epoch ${epoch}: ${rows}\n` : `${show(title)}, epoch ${epoch}: ${rows}\n`
}

function tableOf(changes: readonly Change[], count: number, truncate: number, context: SinkContext) {
  const names = context.schema.fields.map(each => each.name)
  const weighted = context.mode === 'retract' || changes.some(each => each.weight !== 1)
  const rows = changes.map(({ row, weight }) => [
    ...(weighted ? [weight > 0 ? `+${weight}` : String(weight)] : []),
    ...names.map(name => (row as Record<string, unknown>)[name]),
  ])
  const lines = layout(weighted ? ['±', ...names] : names, rows, { truncate })
  const rest = count - changes.length
  const more = rest > 0 ? [`… and ${rest} more row${rest === 1 ? '' : 's'}`] : []
  return [...lines, ...more, '', ''].join('\n')
}

// Back-pressure: the epoch is not committed before the stream has taken it.
async function print(stream: Writable, text: string): Promise<void> {
  if (stream.destroyed) return
  if (stream.write(text)) return
  await Promise.race([
    new Promise<void>(resolve => stream.once('drain', () => resolve())),
    finished(stream).catch(() => undefined),
  ])
}
