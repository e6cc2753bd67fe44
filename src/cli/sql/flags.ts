// What the flags of `millrace sql` ask for, checked once.
import type { Mode } from '../../data/index.ts'
import { nearestWord, type Parsed, usage } from '../arguments.ts'
import { FORMATS, type Format } from './printers.ts'

export type Flags = Extract<Parsed, { kind: 'command' }>['flags']

const OUTPUTS = ['complete', 'update', 'append', 'retract'] as const satisfies readonly Mode[]

/** What may change while it goes on, in `millrace sql` on a terminal. */
export interface Changeable {
  format: Format
  /** Tell how many rows there are, and how long they took. */
  timing: boolean
}

export interface Asked extends Changeable {
  readonly file: string | undefined
  readonly follow: boolean
  readonly stream: boolean
  readonly epochRows: number | undefined
  /** Undefined: what fits. */
  readonly output: Mode | undefined
  readonly rows: number | undefined
  readonly dir: string | false
  readonly memory: string | undefined
  readonly quiet: boolean
  readonly verbose: boolean
}

export function askedOf(flags: Flags): Asked {
  const follow = flags.has('follow')
  const mode = oneOf(flags, 'mode', ['batch', 'stream'])
  const output = oneOf(flags, 'output', OUTPUTS)
  const epochRows = countOf(flags, 'epoch-rows')
  const stream = follow || mode === 'stream'
  if (follow && mode === 'batch') usage('--follow and --mode batch contradict each other', 'leave one of them out')
  if (!stream && (output ?? 'complete') !== 'complete')
    usage(`--output ${output} is of a stream, and a batch is told whole`, 'add --mode stream')
  if (!stream && epochRows !== undefined)
    usage('--epoch-rows is of a stream, and a batch is one epoch', 'add --mode stream')
  const format = oneOf(flags, 'format', FORMATS) ?? 'table'
  if ((format === 'arrow' || format === 'parquet') && follow)
    usage(`--format ${format} is a file with an end, and --follow has none`, 'use --format jsonl')
  return {
    file: flags.get('file')?.[0],
    follow,
    stream,
    epochRows,
    output,
    format,
    timing: true,
    rows: countOf(flags, 'rows'),
    dir: flags.get('dir')?.[0] ?? false,
    memory: flags.get('memory')?.[0],
    quiet: flags.has('quiet'),
    verbose: flags.has('verbose'),
  }
}

function oneOf<T extends string>(flags: Flags, name: string, known: readonly T[]): T | undefined {
  const text = flags.get(name)?.[0]
  if (text === undefined) return undefined
  const found = known.find(each => each === text)
  if (found !== undefined) return found
  const near = nearestWord(text, known)
  const hint = near === undefined ? '' : `did you mean ${near}? `
  return usage(`--${name} ${text} is not known`, `${hint}write one of: ${known.join(', ')}`)
}

function countOf(flags: Flags, name: string): number | undefined {
  const text = flags.get(name)?.[0]
  if (text === undefined) return undefined
  return /^[1-9]\d{0,8}$/.test(text)
    ? Number(text)
    : usage(`--${name} ${text} is not a number of rows`, `write --${name} 100`)
}
