// The command, from its arguments to its exit code: 0 ok, 1 a run failed, 2 the command line was not understood, 3 a change has to be
// confirmed (plan).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { realWorld, withoutTierUp } from '../host/index.ts'
import { type Command, type Parsed, parse } from './arguments.ts'
import { helpOf } from './help.ts'
import type { Io } from './io.ts'
import { isKnown, report } from './report.ts'

async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    const parsed = parse(args)
    if (parsed.kind === 'version') io.stdout.write(`${version()}\n`)
    if (parsed.kind === 'help') io.stdout.write(helpOf(parsed.command))
    if (parsed.kind !== 'command') return 0
    return await commandOf[parsed.command.name](parsed, io)
  } catch (error) {
    io.stderr.write(report(error, args.includes('--verbose')))
    return isKnown(error) && USAGE_CODES.has(error.code) ? 2 : 1
  }
}

type Run = (given: Extract<Parsed, { kind: 'command' }>, io: Io) => Promise<number>

/** A command loads what it needs, and no more: it is to answer at once. */
const commandOf: Readonly<Record<Command['name'], Run>> = {
  run: async ({ job, flags }, io) => (await import('./run.ts')).runCommand(job, flags, io),
  plan: async ({ job, flags }, io) => (await import('./plan.ts')).planCommand(job, flags, io),
  explain: async ({ job, flags }, io) => (await import('./explain.ts')).explainCommand(job, flags.get('only'), io),
  sql: async ({ job: query, flags }, io) => {
    // The parser is compiled in other threads, meanwhile the rest is loaded. (Whether it could be, who needs it will be told.)
    withoutTierUp(() => import('../sql/library.ts')).catch(() => {})
    return (await import('./sql/command.ts')).sqlCommand(query, flags, io)
  },
  check: async ({ operands }, io) => (await import('./check/command.ts')).checkCommand(operands, io),
}

/** What the caller of the command got wrong, not the job. */
const USAGE_CODES: ReadonlySet<string> = new Set(['USAGE', 'BAD_TRIGGER', 'BAD_DURATION'])

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** Everything that was written has been taken, or nobody takes it any more. */
const flushed = (stream: Writable): Promise<void> =>
  new Promise(resolve => (stream.destroyed ? resolve() : stream.write('', () => resolve())))

/** Run the command of this process, and end it. */
export async function start(): Promise<void> {
  const { stdin, stdout, stderr } = process
  /** Made when it is first asked for. */
  let scratch: string | undefined
  process.on('exit', () => {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true })
  })
  // A reader that has seen enough (`| head`) is no failure.
  for (const stream of [stdout, stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  const code = await main(process.argv.slice(2), {
    world: realWorld(),
    stdin,
    stdout,
    stderr,
    signals: process,
    history: join(homedir(), '.millrace_history'),
    get scratch() {
      scratch ??= mkdtempSync(join(tmpdir(), 'millrace-'))
      return scratch
    },
    exit: status => process.exit(status),
  })
  await Promise.all([flushed(stdout), flushed(stderr)])
  process.exit(code)
}
