// Examples as programs of a user: on the package as it is published, without a terminal, each in an empty folder. A first line
// `// example: --flag …` gives it arguments.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../scripts/stages.ts'
import { userFolder } from './published.ts'

const folder = join(root, 'examples')
const isProgram = (name: string): boolean => name.endsWith('.ts') || existsSync(join(folder, name, 'main.ts'))

/** Every examples/*.ts and examples/NAME/main.ts, from examples/. */
export const exampleNames: readonly string[] = readdirSync(folder)
  .filter(isProgram)
  .map(name => (name.endsWith('.ts') ? name : `${name}/main.ts`))
  .sort()

const argumentsOf = (file: string): string[] =>
  /^\/\/ example: (.*)/.exec(readFileSync(file, 'utf8'))?.[1]?.trim().split(/\s+/) ?? []

let copies: Promise<string> | undefined

async function copied(): Promise<string> {
  const user = await userFolder(`examples-${process.pid}`, {})
  process.once('exit', () => rmSync(user, { recursive: true, force: true }))
  cpSync(folder, join(user, 'examples'), { recursive: true })
  symlinkSync(join(root, 'node_modules/vega-datasets'), join(user, 'node_modules/vega-datasets'), 'dir')
  return join(user, 'examples')
}

/** What it printed; fails when it ends badly. */
export async function runExample(name: string): Promise<string> {
  copies ??= copied()
  const file = join(await copies, name)
  const place = mkdtempSync(join(tmpdir(), 'millrace-example-'))
  const args = ['--disable-warning=ExperimentalWarning', file, ...argumentsOf(file)]
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: place, timeout: 90_000 })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    return assert.fail(`examples/${name} ended badly\n${stdout}${stderr || error}`)
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}
