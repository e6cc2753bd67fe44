// Help is made of the same table as parsing.
import { type Command, commands } from './arguments.ts'

const aligned = (rows: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(...rows.map(each => each[0].length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}

export function helpOf(command: Command | undefined): string {
  return `${(command === undefined ? general() : detailed(command)).join('\n')}\n`
}

function general(): string[] {
  return [
    'millrace: tables kept up to date from the changes of their inputs',
    '',
    ...aligned([
      ...commands.map(each => [`millrace ${each.name} ${each.operand}`, each.summary] as const),
      ['millrace --help', 'this text; millrace run --help for a command'],
      ['millrace --version', 'the version'],
    ]),
    '',
    'Exit codes: 0 ok, 1 a run failed, 2 the command line was not understood, 3 a change has to be confirmed (plan).',
  ]
}

function detailed(command: Command): string[] {
  return [
    `millrace ${command.name} ${command.operand} [flags]: ${command.summary}`,
    '',
    ...command.about,
    '',
    ...aligned(
      command.flags.map(each => [`--${each.name}${each.value === undefined ? '' : ` ${each.value}`}`, each.help]),
    ),
    '',
    ...command.examples.map(each => `  ${each}`),
  ]
}
