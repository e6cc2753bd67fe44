// Where the kernels' sources and bytes are, and whether the bytes still belong to the sources.
// Shared by the builder and by the bootstrap, so it may use nothing that is not in Node itself.

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
export const sourceFolder = join(root, 'src/kernels/assembly')
export const generatedFile = join(root, 'src/kernels/wasm.generated.ts')

/** `release` drops assertions and optimises; `debug` keeps both names and assertions. */
export const mode = process.env.MILLRACE_KERNELS === 'debug' ? 'debug' : 'release'

export const sourceFiles = () =>
  readdirSync(sourceFolder, { recursive: true })
    .map(name => join(sourceFolder, name))
    .filter(path => path.endsWith('.ts'))
    .sort()

const tools = ['scripts/build-kernels.mjs', 'scripts/kernel-types.mjs', 'node_modules/assemblyscript/package.json']

/** One digest over everything that decides the bytes: sources, build script, compiler version, mode. */
export const sourceHash = () => {
  const hash = createHash('sha256').update(mode)
  for (const path of [...sourceFiles(), ...tools.map(name => join(root, name))])
    hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0')
  return hash.digest('hex')
}

/** True when the generated file is missing or was made from other inputs than those on disk. */
export const isStale = () =>
  !existsSync(generatedFile) || !readFileSync(generatedFile, 'utf8').slice(0, 400).includes(`sources: ${sourceHash()}`)
