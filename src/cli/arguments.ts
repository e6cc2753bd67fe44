// What the command line means: a table of commands and flags, from which parsing, help and "did you mean" are made.
import { parseArgs } from 'node:util'
import { fail } from '../base/index.ts'
import { nearest } from '../expr/index.ts'

export interface Flag {
  readonly name: string
  /** Placeholder of its value; without one it is a switch. */
  readonly value?: string
  /** May be given several times. */
  readonly multiple?: boolean
  readonly help: string
}

export interface Command {
  readonly name: 'run' | 'plan' | 'explain' | 'sql' | 'check'
  /** What follows its name: a module, or text that may be left out. */
  readonly operand: 'JOB' | '[QUERY]' | 'FILES'
  readonly summary: string
  readonly about: readonly string[]
  readonly flags: readonly Flag[]
  readonly examples: readonly string[]
}

const only: Flag = { name: 'only', value: 'NAME', multiple: true, help: 'only this export of the job; may be repeated' }
const verbose: Flag = { name: 'verbose', help: 'errors with their stack' }
const memory: Flag = { name: 'memory', value: 'SIZE', help: "ceiling of each run's memory; '1 GB' by default" }
const dir: Flag = { name: 'dir', value: 'FOLDER', help: 'where state and checkpoints live; .millrace by default' }
const help: Flag = { name: 'help', help: 'this text' }

export const commands: readonly Command[] = [
  {
    name: 'run',
    operand: 'JOB',
    summary: 'run the tables and outputs that a module exports',
    about: [
      'A job is a module. Each of its exports is a run of its own, named after the export:',
      '  an output      table.to(sink): kept up to date in the sink, goes on where it was',
      '  several        [a.to(x), b.to(y)]: one run, so their epochs are the same',
      '  a table        shown here, from its beginning each time',
      'SIGINT (Ctrl-C) or SIGTERM finishes the epoch and ends; a second one ends at once.',
    ],
    flags: [
      { name: 'once', help: 'what is there now, then end' },
      {
        name: 'trigger',
        value: 'WHEN',
        help: "when epochs start: default, '5 seconds', once, available-now, 'continuous:1 second'",
      },
      {
        name: 'on-change',
        value: 'WHAT',
        help: 'when a query is not the one that was saved: ask (refuse, with the difference), backfill, reject',
      },
      { name: 'confirm', value: 'NUMBER', help: 'agree to the difference of this number, as millrace plan prints it' },
      dir,
      memory,
      { name: 'rows', value: 'N', help: 'rows of a table that are shown; 20 by default' },
      only,
      { name: 'quiet', help: 'no progress' },
      verbose,
      help,
    ],
    examples: ['millrace run job.ts --once', "millrace run job.ts --trigger '5 seconds' --dir state"],
  },
  {
    name: 'plan',
    operand: 'JOB',
    summary: 'print what a changed job would keep, compute anew and drop',
    about: [
      'Compares the outputs that a module exports with what was saved of them; nothing is run and nothing is changed.',
      '  = goes on   ~ goes on with rows to come   + is computed from the beginning   - is dropped',
      'Ends with code 3 when millrace run would ask: a run has to be confirmed.',
    ],
    flags: [dir, only, verbose, help],
    examples: ['millrace plan job.ts', 'millrace plan job.ts --only delays --dir state'],
  },
  {
    name: 'explain',
    operand: 'JOB',
    summary: 'print the plans of the tables and outputs that a module exports',
    about: ['Nothing is run. Per node: change kind, key, event time, state bound.'],
    flags: [only, verbose, help],
    examples: ['millrace explain job.ts --only delays'],
  },
  {
    name: 'sql',
    operand: '[QUERY]',
    summary: 'ask files and streams in SQL, once or kept up to date',
    about: [
      "A path between quotes is a table: FROM 'flights/*.parquet' (JSON lines, CSV, TSV, Parquet, Arrow; .gz, .zst).",
      'FROM stdin reads the lines that come in. Several statements stand between ;',
      'Without a query: those of the standard input, or on a terminal a place to write them.',
    ],
    flags: [
      { name: 'file', value: 'FILE', help: 'the statements of a file' },
      { name: 'follow', help: 'go on as the files grow, as tail -f does' },
      { name: 'mode', value: 'MODE', help: 'batch (default), or stream: epoch by epoch' },
      { name: 'epoch-rows', value: 'N', help: 'rows of each source in an epoch of a stream' },
      {
        name: 'output',
        value: 'WHAT',
        help: 'of a stream: complete (the table, at the end), update, append, retract (the changes)',
      },
      { name: 'format', value: 'FORMAT', help: 'table (default), jsonl, csv, arrow, parquet' },
      { name: 'rows', value: 'N', help: 'rows of a table that are shown; 40 by default on a terminal, else all' },
      { ...dir, help: 'where state and checkpoints of INSERT live; without it nothing is kept' },
      memory,
      { name: 'quiet', help: 'no messages' },
      verbose,
      help,
    ],
    examples: [
      `millrace sql "SELECT origin, count(*) FROM 'flights/*.parquet' GROUP BY 1 ORDER BY 2 DESC LIMIT 5"`,
      `millrace sql --follow "SELECT level, count(*) FROM 'app.log.jsonl' GROUP BY 1"`,
      'cat rows.jsonl | millrace sql "SELECT count(*) FROM stdin" --format csv',
    ],
  },
  {
    name: 'check',
    operand: 'FILES',
    summary: 'check every SQL text of a project, and run none',
    about: [
      'Files of statements (.sql): each statement against what those before it define.',
      'Programs (.ts, .js): the literals of .sql(…), .execute(…) and of the tag sql; against the files, else their grammar.',
    ],
    flags: [verbose, help],
    examples: ["millrace check 'src/**/*.ts' jobs/*.sql"],
  },
]

export type Parsed =
  | { readonly kind: 'help'; readonly command: Command | undefined }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'command'
      readonly command: Command
      /** The module; of `sql` the query, '' when there is none. */
      readonly job: string
      readonly operands: readonly string[]
      readonly flags: ReadonlyMap<string, readonly string[]>
    }

const helpFlags = ['--help', '-h', 'help']
const versionFlags = ['--version', '-v', '-V']

/** The command line's meaning. Throws USAGE with the nearest thing that was probably meant. */
export function parse(args: readonly string[]): Parsed {
  const [first, ...rest] = args
  if (first === undefined) usage('no command was given', 'write millrace run job.ts; millrace --help tells more')
  if (versionFlags.includes(first)) return { kind: 'version' }
  if (helpFlags.includes(first))
    return { kind: 'help', command: rest[0] === undefined ? undefined : commandOf(rest[0]) }
  const command = commandOf(first)
  const { flags, jobs } = parseFlags(command, rest)
  if (flags.has('help')) return { kind: 'help', command }
  const [job, extra] = jobs
  if (command.operand === 'JOB') checkJob(command, job, extra)
  else if (command.operand === 'FILES' && job === undefined)
    usage('no file was given', "write millrace check 'src/**/*.ts' jobs/*.sql")
  else if (command.operand === '[QUERY]' && extra !== undefined)
    usage(`'${extra}' is one query too many`, 'put the query between quotes: millrace sql "SELECT …"')
  return { kind: 'command', command, job: job ?? '', operands: jobs, flags }
}

function checkJob(command: Command, job: string | undefined, extra: string | undefined): void {
  if (job === undefined) usage('no job was given', `write millrace ${command.name} job.ts`)
  if (extra !== undefined) usage(`'${extra}' is one job too many`, 'give one module; it may export several runs')
}

function commandOf(name: string): Command {
  const found = commands.find(each => each.name === name)
  if (found !== undefined) return found
  const names = commands.map(each => each.name)
  if (/\.[cm]?[jt]s$/.test(name)) usage(`'${name}' is no command`, `write millrace run ${name}`)
  return usage(`'${name}' is no command`, didYouMean(name, names, names))
}

function parseFlags(command: Command, args: readonly string[]) {
  const options = Object.fromEntries(
    command.flags.map(each => [each.name, { type: each.value === undefined ? 'boolean' : 'string' } as const]),
  )
  const { tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true })
  const flags = new Map<string, readonly string[]>()
  const jobs: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') jobs.push(token.value)
    if (token.kind !== 'option') continue
    const flag = flagOf(command, token.name, token.rawName)
    const values = flags.get(flag.name) ?? []
    if (values.length > 0 && flag.multiple !== true) usage(`--${flag.name} is given twice`, 'give it once')
    flags.set(flag.name, [...values, valueFor(flag, token.value)])
  }
  return { flags, jobs }
}

function flagOf(command: Command, name: string, raw: string): Flag {
  const found = command.flags.find(each => each.name === (name === 'h' ? 'help' : name))
  if (found !== undefined) return found
  const names = command.flags.map(each => each.name)
  const all = `millrace ${command.name} --help`
  return usage(`millrace ${command.name} has no flag ${raw}`, `${didYouMean(name, names, [], '--')}${all} lists all`)
}

function valueFor(flag: Flag, value: string | undefined): string {
  if (flag.value === undefined && value !== undefined) usage(`--${flag.name} takes no value`, `write --${flag.name}`)
  if (flag.value !== undefined && (value === undefined || value.startsWith('--'))) {
    usage(`--${flag.name} needs a value`, `write --${flag.name} ${flag.value}: ${flag.help}`)
  }
  return value ?? ''
}

function didYouMean(name: string, known: readonly string[], list: readonly string[], prefix = ''): string {
  const near = nearestWord(name, known)
  const all = list.length === 0 ? '' : `there are: ${list.join(', ')}`
  if (near === undefined) return all
  return `did you mean ${prefix}${near}?${all === '' ? ' ' : ` (${all})`}`
}

/** The known word that was probably meant: two letters in the wrong order are the commonest slip. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  return nearest(word, known) ?? known.find(each => letters(each) === letters(word))
}

const letters = (name: string): string => [...name].sort().join('')

export function usage(reason: string, fix: string): never {
  return fail('USAGE', { reason, fix })
}
