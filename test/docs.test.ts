// The code in documents is code (scripts/doc-blocks.ts says what that means): all blocks are compiled together, then each
// is run in a process and a folder of its own, on the package as it is published.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { bundle } from '../scripts/build.mjs'
import { type Block, exampleBlocks, markdownBlocks, programName, programOf } from '../scripts/doc-blocks.ts'
import { root } from '../scripts/stages.ts'
import { ownSources, readHouse } from '../scripts/tidy/house.ts'
import { runTsc } from '../scripts/tsc.ts'
import { diagnosticsOf } from '../scripts/type-cases.ts'

const house = readHouse(root)
const documents = [...house.texts].filter(([path]) => path === 'README.md' || /^docs\/.*\.md$/.test(path))
const blocks: readonly Block[] = [
  ...documents.flatMap(([path, text]) => markdownBlocks(path, text)),
  ...ownSources(house).flatMap(exampleBlocks),
]
const preludeFile = join(import.meta.dirname, 'docs/prelude.ts')
const prelude = existsSync(preludeFile) ? readFileSync(preludeFile, 'utf8') : ''

// Compiled inside the package, so that `millrace` is this package; run beside an installed one.
const folder = join(root, 'build/docs')
const user = join(root, 'build/docs-user')
for (const place of [folder, user]) {
  rmSync(place, { recursive: true, force: true })
  for (const block of blocks) {
    const file = join(place, programName(block))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, programOf(block, prelude))
  }
}
const installed = join(user, 'node_modules/millrace')
writeFileSync(join(user, 'package.json'), '{ "type": "module" }')
await bundle(join(installed, 'dist'))
cpSync(join(root, 'package.json'), join(installed, 'package.json'))

function compile(): ReturnType<typeof diagnosticsOf> {
  if (blocks.length === 0) return []
  const config = { extends: '../../tsconfig.json', include: ['.'], exclude: [] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  return diagnosticsOf(runTsc(['-p', 'tsconfig.json'], folder).output)
}

const diagnostics = compile()
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

for (const block of blocks) {
  test(`docs: ${block.path}:${block.line}`, { skip }, async () => {
    const own = diagnostics.filter(({ path }) => path === relative(folder, join(folder, programName(block))))
    assert.deepEqual(own, [])
    if (block.run) await run(block)
  })
}

test('docs: how many blocks are only compiled', t => {
  const still = blocks.filter(block => !block.run)
  t.diagnostic(`${blocks.length} programs in documents, ${still.length} of them no-run`)
})
