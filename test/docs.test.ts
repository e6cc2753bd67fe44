// The code in documents is code (scripts/doc-blocks.ts says what that means): all blocks are compiled together, then each
// (in a check every fourth) is run in a process and a folder of its own, on the package as it is published.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { type Block, exampleBlocks, markdownBlocks, programName, programOf } from '../scripts/doc-blocks.ts'
import { root } from '../scripts/stages.ts'
import { ownSources, readHouse } from '../scripts/tidy/house.ts'
import { diagnosticsOf } from '../scripts/type-cases.ts'
import { quick } from './support/depth.ts'
import { compileUser, userFolder } from './support/published.ts'

const house = readHouse(root)
const documents = [...house.texts].filter(([path]) => path === 'README.md' || /^docs\/.*\.md$/.test(path))
const blocks: readonly Block[] = [
  ...documents.flatMap(([path, text]) => markdownBlocks(path, text)),
  ...ownSources(house).flatMap(exampleBlocks),
]
const preludeFile = join(import.meta.dirname, 'docs/prelude.ts')
const prelude = existsSync(preludeFile) ? readFileSync(preludeFile, 'utf8') : ''

const user = await userFolder(
  'docs',
  Object.fromEntries(blocks.map(block => [programName(block), programOf(block, prelude)])),
)
const diagnostics = diagnosticsOf(compileUser(user).output)
const files = join(import.meta.dirname, 'docs/files')

async function run(block: Block): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'millrace-docs-'))
  if (existsSync(files)) cpSync(files, place, { recursive: true })
  const args = ['--disable-warning=ExperimentalWarning', join(user, programName(block))]
  try {
    await promisify(execFile)(process.execPath, args, { cwd: place, timeout: 60_000 })
  } catch (error) {
    assert.fail(`${block.path}:${block.line} ended badly\n${(error as { stderr?: string }).stderr ?? error}`)
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

// Until the wiring exports something there is nothing that a document could import.
const surface = await import('millrace')
const skip = Object.keys(surface).length === 0 ? 'the public surface is empty' : false

/** A check compiles all of them, and runs those of the front page and every fourth. */
const isRun = ({ run, path }: Block, index: number): boolean =>
  run && (!quick || path === 'README.md' || index % 4 === 0)

for (const [index, block] of blocks.entries()) {
  test(`docs: ${block.path}:${block.line}`, { skip }, async () => {
    const own = diagnostics.filter(({ path }) => path === programName(block))
    assert.deepEqual(own, [])
    if (isRun(block, index)) await run(block)
  })
}

test('docs: how many blocks are only compiled', t => {
  const still = blocks.filter(block => !block.run)
  t.diagnostic(`${blocks.length} programs in documents, ${still.length} of them no-run`)
})
