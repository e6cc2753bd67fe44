// `millrace check`: every SQL text of a project is checked and none is run: files of statements, and the literals of programs.
import type { Checked, Verifier } from '../../database/index.ts'
import { withoutTierUp } from '../../host/index.ts'
import { engineOf, sessionOf } from '../../runtime/index.ts'
import { usage } from '../arguments.ts'
import type { Io } from '../io.ts'
import { literalsIn } from './literals.ts'

const PROGRAM = /\.[cm]?[jt]sx?$/i

export async function checkCommand(patterns: readonly string[], io: Io): Promise<0 | 1> {
  const files = await filesOf(patterns, io)
  const { verifierOf } = await withoutTierUp(() => import('../../database/index.ts'))
  const verifier = verifierOf(sessionOf(io.world), io.world, engineOf(io.world, { dir: false }))
  // What the files of statements define is known to the programs.
  const scripts = files.filter(each => !PROGRAM.test(each))
  const total = { statements: 0, unbound: 0, errors: 0 }
  for (const path of [...scripts, ...files.filter(each => PROGRAM.test(each))]) {
    const text = new TextDecoder().decode(await io.world.disk.readAll(path))
    for (const { checked, offset } of await checkedParts(path, text, verifier)) {
      total.statements += checked.statements
      total.unbound += checked.unbound
      total.errors += checked.findings.length
      io.stdout.write(told(path, text, offset, checked))
    }
  }
  const { statements, unbound, errors } = total
  const only = unbound === 0 ? '' : `, ${unbound} by its grammar only`
  const all = [counted(files.length, 'file'), `${counted(statements, 'statement')}${only}`, counted(errors, 'error')]
  io.stderr.write(`${all.join(', ')}\n`)
  return errors === 0 ? 0 : 1
}

const counted = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`

async function filesOf(patterns: readonly string[], { world }: Io): Promise<string[]> {
  const found: string[] = []
  for (const pattern of patterns) {
    const files = (await world.disk.glob(pattern)).map(each => each.path)
    if (files.length === 0) usage(`there is no file ${pattern}`, 'give files of SQL, TypeScript or JavaScript')
    found.push(...files.filter(each => /\.sql$/i.test(each) || PROGRAM.test(each)))
  }
  return [...new Set(found)]
}

interface Part {
  readonly checked: Checked
  readonly offset: number
}

async function checkedParts(path: string, text: string, verifier: Verifier): Promise<Part[]> {
  if (!PROGRAM.test(path)) return [{ checked: await verifier.script(text), offset: 0 }]
  const parts: Part[] = []
  for (const literal of literalsIn(text))
    parts.push({ checked: await verifier.literal(literal.text), offset: literal.offset })
  return parts
}

/** Each error with its place in the file, the line, and a caret below it. */
function told(path: string, text: string, offset: number, { findings }: Checked): string {
  const before = text.slice(0, offset).split('\n')
  return findings
    .map(({ error, line, column }) => {
      const row = before.length + line - 1
      const from = line === 1 ? (before.at(-1) ?? '').length + column : column
      const reason = error.message.replace(`. To fix: ${error.hint}.`, '').split('\n')[0]
      const shown = (text.split('\n')[row - 1] ?? '').replace(/[\t\r]/g, ' ')
      return `${path}:${row}:${from}: ${reason}\n  ${shown}\n  ${' '.repeat(from - 1)}^\n  to fix: ${error.hint}\n`
    })
    .join('')
}
