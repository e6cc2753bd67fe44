// `millrace sql` on a terminal: statements over several lines, each done when its semicolon comes. Ctrl-C ends what is going
// on, or throws away what was written; Ctrl-D ends the command. An error is told, and the next statement waited for.
import { createInterface, type Interface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { report } from '../report.ts'
import { COMMANDS, completions } from './complete.ts'
import { MOST_LINES, readHistory, writeHistory } from './history.ts'
import { FORMATS } from './printers.ts'
import type { Run, Shell, Show } from './shell.ts'
import { isWhole } from './statement-end.ts'

const PROMPT = 'millrace> '
const MORE = '     ...> '

const HELP = `\\d            tables and views; \\d NAME: the columns of one
\\timing       tell how long statements take, or no longer
\\watch [N]    the last statement again, every N seconds (2), until Ctrl-C
\\format NAME  ${FORMATS.join(', ')}
\\q            end, as Ctrl-D does
A statement ends with ;  Ctrl-C ends what is going on.
`

interface State {
  /** What was written of a statement so far. */
  text: string
  last: string
  /** What is going on. */
  going: AbortController | undefined
  /** Nothing more will be written. */
  closed: boolean
}

export async function repl(shell: Shell, run: Run, show: Show): Promise<0> {
  const { io, database } = shell
  const history = await readHistory(io.history)
  const lines = createInterface({
    input: io.stdin as NonNullable<typeof io.stdin>,
    output: io.stdout,
    terminal: io.stdout.isTTY === true,
    prompt: PROMPT,
    history,
    historySize: MOST_LINES,
    removeHistoryDuplicates: true,
    completer: (line: string) => completions(line, database.names()),
  })
  const state: State = { text: '', last: '', going: undefined, closed: false }
  const kept = keepHistory(lines, history)
  lines.on('SIGINT', () => interrupt(lines, state))
  lines.once('close', () => {
    state.closed = true
  })
  lines.prompt()
  for await (const line of lines) {
    if ((await taken(line, state, shell, { run, show })) === 'end') break
    lines.setPrompt(state.text === '' ? PROMPT : MORE)
    if (!state.closed) lines.prompt()
  }
  lines.close()
  await writeHistory(io.history, kept())
  return 0
}

function keepHistory(lines: Interface, history: readonly string[]): () => readonly string[] {
  let kept = history
  lines.on('history', all => {
    kept = [...all]
  })
  return () => kept
}

function interrupt(lines: Interface, state: State): void {
  if (state.going !== undefined) {
    state.going.abort()
    return
  }
  state.text = ''
  lines.write(null, { ctrl: true, name: 'u' })
  lines.setPrompt(PROMPT)
  lines.prompt()
}

interface Doing {
  readonly run: Run
  readonly show: Show
}

/** A line that was written: a command, part of a statement, or its end. */
async function taken(line: string, state: State, shell: Shell, doing: Doing): Promise<'end' | 'on'> {
  if (state.text === '' && line.trim() === '') return 'on'
  if (state.text === '' && line.trim().startsWith('\\')) return commanded(line.trim(), state, shell, doing)
  state.text += `${line}\n`
  if (!isWhole(state.text)) return 'on'
  state.last = state.text
  state.text = ''
  await attempt(state, shell, signal => doing.run(state.last, signal))
  return 'on'
}

/** What fails is told, and nothing ends by it. */
async function attempt(
  state: State,
  { io, asked }: Shell,
  task: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const going = new AbortController()
  state.going = going
  try {
    await task(going.signal)
  } catch (error) {
    io.stderr.write(going.signal.aborted ? 'interrupted\n' : report(error, asked.verbose))
  }
  state.going = undefined
}

async function commanded(line: string, state: State, shell: Shell, { run, show }: Doing): Promise<'end' | 'on'> {
  const { io, asked, database } = shell
  const [, command, rest] = /^(\S+?);?(?:\s+(.*?)\s*;?)?$/.exec(line) ?? []
  const argument = rest === '' ? undefined : rest
  switch (command) {
    case '\\q':
      return 'end'
    case '\\?':
      io.stdout.write(HELP)
      break
    case '\\timing':
      asked.timing = argument === undefined ? !asked.timing : argument === 'on'
      io.stderr.write(`timing is ${asked.timing ? 'on' : 'off'}\n`)
      break
    case '\\format':
      setFormat(argument, shell)
      break
    case '\\d':
      await attempt(state, shell, async signal => {
        if (argument === undefined) return run('SHOW TABLES', signal)
        return show(await database.describe(unquoted(argument)), signal)
      })
      break
    case '\\watch':
      await attempt(state, shell, signal => watch(state.last, Number(argument ?? 2), signal, shell, run))
      break
    default:
      io.stderr.write(`there is no command ${command}; there are: ${COMMANDS.join(', ')}\n`)
  }
  return 'on'
}

function setFormat(name: string | undefined, { asked, io }: Shell): void {
  const found = FORMATS.find(each => each === name)
  if (found !== undefined) asked.format = found
  io.stderr.write(found === undefined ? `write \\format with one of: ${FORMATS.join(', ')}\n` : `format is ${found}\n`)
}

const unquoted = (name: string): string =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase()

async function watch(text: string, seconds: number, signal: AbortSignal, { io }: Shell, run: Run): Promise<void> {
  if (text === '' || !(seconds > 0)) {
    io.stderr.write(text === '' ? 'there is no statement to watch\n' : 'write \\watch 2, in seconds\n')
    return
  }
  while (!signal.aborted) {
    await run(text, signal)
    await sleep(seconds * 1000, undefined, { signal })
  }
}
