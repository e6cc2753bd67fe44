// `millrace sql`: the statements of a query, a file or the standard input, one after another. Rows go to standard output,
// everything else to standard error. The command ends at the first statement that fails.
import { join } from 'node:path'
import type { OpenDatabase, Outcome } from '../../database/index.ts'
import { onSignals, withoutTierUp } from '../../host/index.ts'
import type { Node } from '../../plan/index.ts'
import { deliver, engineOf, sessionOf } from '../../runtime/index.ts'
import { usage } from '../arguments.ts'
import type { Io } from '../io.ts'
import { type Asked, askedOf, type Flags } from './flags.ts'
import { printerOf, type Target } from './printers.ts'
import type { Shell } from './shell.ts'
import { showStream } from './stream.ts'
import { counted } from './view.ts'

export async function sqlCommand(query: string, flags: Flags, io: Io): Promise<number> {
  const asked = askedOf(flags)
  if (query !== '' && asked.file !== undefined)
    usage('a query and --file are given', 'leave one of them out; a file may hold several statements')
  const text = query === '' ? await textOf(asked, io) : query
  const isStdinRead = query === '' && asked.file === undefined
  if (text !== undefined) return opened(asked, io, isStdinRead, shell => runText(shell, text))
  if (io.stdin === undefined) return usage('no query was given', 'write millrace sql "SELECT …", or --file job.sql')
  const { repl } = await import('./repl.ts')
  return opened(asked, io, false, shell => {
    const run = (statement: string, signal: AbortSignal) => statements(shell, statement, signal)
    return repl(shell, run, (table, signal) => showTable(table, shell, signal))
  })
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

/** Do a task with a database, and take everything down again. */
async function opened(
  asked: Asked,
  io: Io,
  isStdinRead: boolean,
  task: (shell: Shell) => Promise<number>,
): Promise<number> {
  const memory = asked.memory === undefined ? {} : { memory: asked.memory }
  const stdin = isStdinRead || io.stdin?.isTTY === true ? undefined : io.stdin
  const { world, stdout } = io
  const session = sessionOf(world, memory)
  const engine = engineOf(world, { dir: asked.dir, ...memory })
  const views = engineOf(world, { dir: false, ...memory })
  try {
    const { databaseOf } = await withoutTierUp(() => import('../../database/index.ts'))
    const database = databaseOf({ session, world, jobs: engine, views, follow: asked.follow, stdin, stdout })
    setUp(database, asked)
    return await task({ database, asked, engine, io })
  } finally {
    await Promise.all([engine.close(), views.close()])
  }
}

/** What shells expect of a command that a SIGINT has ended. */
const INTERRUPTED = 130

/** The statements of a text, until one fails, or a signal comes. */
async function runText(shell: Shell, text: string): Promise<number> {
  const { io, asked } = shell
  const ending = new AbortController()
  const release = onSignals({ graceful: () => ending.abort(), immediate: code => io.exit(code) }, io.signals)
  try {
    await statements(shell, text, ending.signal)
  } catch (error) {
    if (!ending.signal.aborted) throw error
  } finally {
    release()
  }
  return ending.signal.aborted && !asked.follow ? INTERRUPTED : 0
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

async function statements(shell: Shell, text: string, signal: AbortSignal): Promise<void> {
  for await (const outcome of shell.database.execute(text, { signal })) await show(outcome, shell, signal)
}

async function show(outcome: Outcome, shell: Shell, signal: AbortSignal): Promise<void> {
  if (outcome.kind === 'rows') return showTable(outcome.table, shell, signal)
  if (!shell.asked.quiet) shell.io.stderr.write(`${outcome.tag}\n`)
}

async function showTable({ node }: { readonly node: Node }, shell: Shell, signal: AbortSignal): Promise<void> {
  const { asked, engine, io } = shell
  const { clock } = io.world
  const target = targetOf(asked, io)
  const since = clock.ticks()
  const rows = asked.stream
    ? await showStream(node, { asked, engine, target, signal, world: io.world })
    : await showBatch(node, asked, target, io, signal)
  if (asked.quiet || asked.follow || asked.format !== 'table' || !asked.timing) return
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
  const { isTTY = false, columns = 0 } = stdout
  return {
    out: stdout,
    // A terminal that does not know its width says 0.
    width: isTTY ? columns || 80 : undefined,
    rows: rows ?? (isTTY ? ROWS : Number.POSITIVE_INFINITY),
    scratch: () => join(io.scratch, `result-${scratches++}`),
  }
}

const elapsed = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`)
