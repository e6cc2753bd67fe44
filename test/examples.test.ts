// Every examples/*.ts and examples/*/main.ts is a program that ends by itself with exit code 0, without a terminal, in an empty
// folder, on the package as it is published. A first line `// example: --flag …` gives it arguments.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { root } from '../scripts/stages.ts'
import { userFolder } from './support/published.ts'

const folder = join(root, 'examples')
const isProgram = (name: string): boolean => name.endsWith('.ts') || existsSync(join(folder, name, 'main.ts'))
const names = readdirSync(folder)
  .filter(isProgram)
  .map(name => (name.endsWith('.ts') ? name : `${name}/main.ts`))
  .sort()

const argumentsOf = (file: string): string[] =>
  /^\/\/ example: (.*)/.exec(readFileSync(file, 'utf8'))?.[1]?.trim().split(/\s+/) ?? []

const user = await userFolder('examples', {})
const copies = join(user, 'examples')
cpSync(folder, copies, { recursive: true })
symlinkSync(join(root, 'node_modules/vega-datasets'), join(user, 'node_modules/vega-datasets'), 'dir')

async function run(name: string): Promise<string> {
  const place = mkdtempSync(join(tmpdir(), 'millrace-example-'))
  const file = join(copies, name)
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

for (const name of names) {
  test(`examples/${name} runs to its end`, async () => {
    assert.notEqual(await run(name), '', 'an example shows something')
  })
}
