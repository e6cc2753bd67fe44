// `millrace plan`: what a changed job would keep, compute anew and drop; nothing is run.
import { preview } from '../runtime/index.ts'
import type { Parsed } from './arguments.ts'
import type { Io } from './io.ts'
import { loadJob } from './job.ts'

type Flags = Extract<Parsed, { kind: 'command' }>['flags']

/** The exit code of a job that has a run which has to be confirmed. */
const ASKS = 3

export async function planCommand(file: string, flags: Flags, io: Io): Promise<0 | typeof ASKS> {
  const dir = flags.get('dir')?.[0] ?? '.millrace'
  let code: 0 | typeof ASKS = 0
  for (const each of await loadJob(file, flags.get('only'))) {
    io.stdout.write(`== ${each.name} ==\n`)
    if (each.kind === 'table') {
      io.stdout.write('a table that is shown: it keeps nothing\n\n')
      continue
    }
    const { state, diff, fix } = await preview(io.world.disk, dir, each.name, each.outputs)
    const said = { new: `nothing is saved in ${dir}: it starts from the beginning`, same: 'it goes on where it was' }
    const verdict = state === 'goes on' ? 'it goes on, changed' : state === 'needs consent' ? fix : said[state]
    io.stdout.write(`${diff === '' ? '' : `${diff}\n`}${verdict}\n\n`)
    if (state === 'needs consent') code = ASKS
  }
  return code
}
