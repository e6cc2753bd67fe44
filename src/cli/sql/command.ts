// `millrace sql`: the statements of a query, a file or the standard input, one after another. Rows go to standard output,
// everything else to standard error. The command ends at the first statement that fails.
import { join } from 'node:path'
import type { OpenDatabase, Outcome } from '../../database/index.ts'
import { onSignals, withoutTierUp } from '../../host/index.ts'
import type { Node } from '../../plan/index.ts'
import { deliver, type Engine, engineOf, sessionOf } from '../../runtime/index.ts'
import { usage } from '../arguments.ts'
import type { Io } from '../io.ts'
import { type Asked, askedOf, type Flags } from './flags.ts'
import { printerOf, type Target } from './printers.ts'
import { showStream } from './stream.ts'
import { counted } from './view.ts'

export async function sqlCommand(query: string, flags: Flags, io: Io): Promise<number> {
  const asked = askedOf(flags)
  if (query !== '' && asked.file !== undefined)
    usage('a query and --file are given', 'leave one of them out; a file may hold several statements')
  const text = query === '' ? await textOf(asked, io) : query
  if (text === undefined) return usage('no query was given', 'write millrace sql "SELECT …", or --file job.sql')
  return runText(text, asked, io, query === '' && asked.file === undefined)
}

/** The statements of --file, or of what comes in; undefined: there are none. */
async function textOf({ file }: Asked, io: Io): Promise<string | undefined> {
  if (file !== undefined) {
    const { disk } = io.world
    if (!(await disk.exists(file))) usage(`there is no file ${file}`, 'give the path of a file of SQL statements')
    return new TextDecoder().decode(await disk.readAll(file))
  }
  if (io.stdin === undefined || io.stdin.isTTY === true) return undefined
  const chunks: Uint8Array[] = []
  for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

/** Rows that are shown on a terminal. */
const ROWS = 40

async function runText(text: string, asked: Asked, io: Io, isStdinRead: boolean): Promise<number> {
  const memory = asked.memory === undefined ? {} : { memory: asked.memory }
  const stdin = isStdinRead || io.stdin?.isTTY === true ? undefined : io.stdin
  const session = sessionOf(io.world, memory)
  const engine = engineOf(io.world, { dir: asked.dir, ...memory })
  const views = engineOf(io.world, { dir: false, ...memory })
  const ending = new AbortController()
  const graceful = (): void => ending.abort()
  const release = onSignals({ graceful, immediate: code => io.exit(code) }, io.signals)
  try {
    const { databaseOf } = await withoutTierUp(() => import('../../database/index.ts'))
    const { world, stdout } = io
    const database = databaseOf({ session, world, jobs: engine, views, follow: asked.follow, stdin, stdout })
    setUp(database, asked)
    return await runStatements(database, text, { asked, engine, io, signal: ending.signal })
  } finally {
    release()
    await Promise.all([engine.close(), views.close()])
  }
}

/** The flags are what SET would say. */
function setUp(database: OpenDatabase, { stream, epochRows, output }: Asked): void {
  const settings = {
    ...(stream ? { mode: 'stream' } : {}),
    ...(epochRows === undefined ? {} : { epoch_rows: String(epochRows) }),
    ...(output === undefined ? {} : { output }),
  }
  for (const [name, value] of Object.entries(settings)) database.set(name, value)
}

interface Place {
  readonly asked: Asked
  readonly engine: Engine
  readonly io: Io
  readonly signal: AbortSignal
}

/** What shells expect of a command that a SIGINT has ended. */
const INTERRUPTED = 130

async function runStatements(database: OpenDatabase, text: string, place: Place): Promise<number> {
  const { asked, signal } = place
  for await (const outcome of database.execute(text)) {
    try {
      await show(outcome, place)
    } catch (error) {
      if (signal.aborted) return INTERRUPTED
      throw error
    }
    if (signal.aborted) return asked.follow ? 0 : INTERRUPTED
  }
  return 0
}

async function show(outcome: Outcome, { asked, engine, io, signal }: Place): Promise<void> {
  if (outcome.kind === 'done') {
    if (!asked.quiet) io.stderr.write(`${outcome.tag}\n`)
    return
  }
  const { table } = outcome
  const { clock } = io.world
  const target = targetOf(asked, io)
  const since = clock.ticks()
  const rows = asked.stream
    ? await showStream(table.node, { asked, engine, target, signal })
    : await showBatch(table.node, asked, target, io, signal)
  if (asked.quiet || asked.follow || asked.format !== 'table') return
  io.stderr.write(`(${counted(rows)}, ${elapsed(clock.ticks() - since)})\n`)
}

async function showBatch(
  node: Node,
  { format, memory }: Asked,
  target: Target,
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  const printer = printerOf(format, target)
  await deliver(io.world, node, printer.spec, { signal, ...(memory === undefined ? {} : { memory }) })
  await printer.end()
  return printer.rows()
}

let scratches = 0

function targetOf({ rows }: Asked, io: Io): Target {
  const { stdout } = io
  const { isTTY = false, columns = 80 } = stdout
  return {
    out: stdout,
    width: isTTY ? columns : undefined,
    rows: rows ?? (isTTY ? ROWS : Number.POSITIVE_INFINITY),
    scratch: () => join(io.scratch, `result-${scratches++}`),
  }
}

const elapsed = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`)
