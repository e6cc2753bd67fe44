// INSERT INTO a sink, and COPY TO a file. A job has a name, the table's: with a folder of checkpoints it goes on where it
// was, exactly once. Without one, a batch is told whole and at once, so that any query can be written anywhere.
import { type WholeFormat, wholeSink } from '../connectors/index.ts'
import { type Node, type Output, outputOf, properties } from '../plan/index.ts'
import { deliver } from '../runtime/index.ts'
import { type Copy, type Insert, invalid, unsupported } from '../sql/index.ts'
import { triggerOf } from '../time/index.ts'
import { bound, boundFor } from './catalog.ts'
import { type Emit, emitted, everyOf, isWindowed } from './emit.ts'
import { OptionReader } from './options.ts'
import type { Given, Place, Target } from './place.ts'

export async function insertInto(target: Target, statement: Insert, given: Given, place: Place): Promise<string> {
  const node = await rowsForSink(target, statement, given, place)
  const { jobs, settings, world, follow } = place
  if (isWhole(place)) {
    let rows = 0
    await deliver(
      world,
      wholeFor(node, target, place),
      counted(target.spec, more => (rows += more)),
      { name: statement.table },
    )
    return `INSERT 0 ${rows}`
  }
  const every = everyOf(node, emitFor(target, place))
  const options = { ...settings.runOptions(), ...(every === undefined ? {} : { trigger: triggerOf(every) }) }
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

/** What a sink is told of a batch: each window has one pane then. */
export const wholeFor = (node: Node, target: Target, place: Place): Node =>
  emitted(node, emitFor(target, place), target.schema, place)

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

/** When the windows of what is written are told. */
const emitFor = ({ emit }: Target, { settings }: Pick<Place, 'settings'>): Emit | undefined => emit ?? settings.emit()

/** A sink that takes rows which only come is told windows when they are final. */
export function outputFor(node: Node, target: Target, place: Place): Output {
  const { spec, mode, schema } = target
  const { settings } = place
  const given = emitFor(target, place)
  const isFinal = given === undefined && spec.modes.every(each => each === 'append') && !properties(node).appendOnly
  const emit: Emit | undefined = isFinal && isWindowed(node) ? { kind: 'final' } : given
  const asked = settings.mode() ?? mode
  return outputOf(emitted(node, emit, schema, place), spec, {
    ...(asked === undefined ? {} : { mode: asked }),
    unbounded: settings.runOptions().unbounded === true,
  })
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
