// INSERT INTO a sink, and COPY TO a file. A job has a name, the table's: with a folder of checkpoints it goes on where it
// was, exactly once. Without one, a batch is told whole and at once, so that any query can be written anywhere.
import { type WholeFormat, wholeSink } from '../connectors/index.ts'
import { type Node, type Output, outputOf, properties } from '../plan/index.ts'
import { deliver } from '../runtime/index.ts'
import { type Copy, type Insert, invalid, unsupported } from '../sql/index.ts'
import { WindowedTable } from '../table/index.ts'
import { bound, boundFor } from './catalog.ts'
import { OptionReader } from './options.ts'
import type { Given, Place, Target } from './place.ts'

export async function insertInto(target: Target, statement: Insert, given: Given, place: Place): Promise<string> {
  const node = await rowsForSink(target, statement, given, place)
  const { jobs, settings, world, follow } = place
  if (isWhole(place)) {
    let rows = 0
    await deliver(
      world,
      node,
      counted(target.spec, more => (rows += more)),
      { name: statement.table },
    )
    return `INSERT 0 ${rows}`
  }
  const options = settings.runOptions()
  const endless = follow || (options.until === 'forever' && options.trigger === undefined)
  const run = await jobs.run(
    statement.table,
    outputFor(node, target, place),
    endless ? { ...options, until: 'forever' } : options,
  )
  let rows = 0
  run.on('progress', each => {
    rows += each.rowsOut
  })
  if (endless && !follow) return `INSERT RUNNING ${statement.table}`
  const stop = (): void => void run.stop()
  given.signal?.addEventListener('abort', stop)
  if (given.signal?.aborted === true) stop()
  await run.done.finally(() => given.signal?.removeEventListener('abort', stop))
  return `INSERT 0 ${rows}`
}

/** What the statement writes to a sink. */
export async function rowsForSink({ schema }: Target, statement: Insert, given: Given, place: Place): Promise<Node> {
  const { query, conflict, returning, ...to } = statement
  const { text } = given.script
  if (conflict !== undefined)
    return unsupported(text, conflict.byte, 'ON CONFLICT of a sink', 'leave it out: only memory tables are looked into')
  if (returning !== undefined)
    return unsupported(text, to.byte, 'RETURNING of a sink', 'leave it out: what is written is the query')
  return schema === undefined ? bound(query, given, place) : boundFor(query, { ...to, target: schema }, given, place)
}

/** A batch of which nothing is kept: it is told whole, so that rows only come. */
export const isWhole = ({ settings, jobs, follow }: Place): boolean =>
  settings.get('mode') === 'batch' &&
  settings.get('until') === 'now' &&
  settings.get('trigger') === '' &&
  jobs.dir === undefined &&
  !follow

/** The sink, and how many rows it was given. */
function counted(spec: Target['spec'], told: (rows: number) => void): Target['spec'] {
  return {
    ...spec,
    async open(context) {
      const sink = await spec.open(context)
      const write = sink.write.bind(sink)
      sink.write = batch => {
        told(batch.count)
        write(batch)
      }
      return sink
    },
  }
}

/** A sink that takes rows which only come is told windows when they are final. */
export function outputFor(node: Node, { spec, mode }: Target, { settings, session }: Place): Output {
  const emit = settings.get('emit')
  const { appendOnly } = properties(node)
  const appends = spec.modes.every(each => each === 'append')
  const isFinal = emit === 'final' || (emit === '' && appends && !appendOnly && isWindowed(node))
  const told = isFinal ? new WindowedTable(node, session).final().node : node
  const asked = settings.mode() ?? mode
  return outputOf(told, spec, {
    ...(asked === undefined ? {} : { mode: asked }),
    unbounded: settings.runOptions().unbounded === true,
  })
}

/** Aggregates of windows, seen through what keeps a row a row: these can be told when they are final. */
function isWindowed(node: Node): boolean {
  if (node.kind === 'select' || node.kind === 'where') return isWindowed(node.input)
  if (node.kind === 'union') return node.inputs.every(isWindowed)
  const holds = node.kind === 'aggregate' || node.kind === 'rank' || node.kind === 'over'
  return holds && properties(node).window !== undefined
}

const FORMATS: Readonly<Record<string, WholeFormat>> = {
  json: 'jsonl',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  csv: 'csv',
  parquet: 'parquet',
  arrow: 'arrow',
}

/** COPY (query) TO 'file': one file, there when it is whole. */
export async function copyTo(copy: Extract<Copy, { kind: 'copy to' }>, given: Given, place: Place): Promise<string> {
  const { text } = given.script
  const options = new OptionReader(copy.options, text)
  const ending = /\.([a-z]+)$/i.exec(copy.path)?.[1]?.toLowerCase() ?? ''
  const format = FORMATS[options.oneOf('format', Object.keys(FORMATS)) ?? ending]
  if (options.flag('header') === false) options.refuse('header', 'leave it out: CSV begins with its names')
  options.end('COPY')
  if (format === undefined)
    return invalid(
      text,
      undefined,
      `the name ${copy.path} does not tell a format`,
      "write COPY … TO 'out.parquet', or WITH (FORMAT csv)",
    )
  const node = await bound(copy.query, given, place)
  const { disk } = place.world
  const part = `${copy.path}.part`
  let at = 0
  const write = async (bytes: Uint8Array): Promise<void> => {
    const handle = await disk.append(part, at)
    at += bytes.length
    await handle.write(bytes)
    await handle.close()
  }
  let scratches = 0
  const whole = wholeSink(format, write, () => `${part}.${++scratches}`)
  try {
    await write(new Uint8Array(0))
    await deliver(place.world, node, whole.spec, { signal: given.signal })
    await whole.end()
    await disk.rename(part, copy.path)
  } catch (error) {
    if (await disk.exists(part)) await disk.remove(part)
    throw error
  }
  return `COPY ${whole.rows()}`
}
