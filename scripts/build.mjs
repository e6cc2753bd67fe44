// Everything that is published: dist/ from src/ (the bootstrap has built the kernels already). Declarations file by file, by
// the compiler; code in a few chunks, by rolldown: Node loads hundreds of small modules three times slower than ten, and each
// import between them costs some more.

import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { root } from './kernels.mjs'

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Name in dist/ to source of every file that somebody may name: the subpaths of the package and its commands. */
const entries = () => {
  const published = Object.values(manifest.exports).flatMap(each => each.default ?? [])
  const files = [...published, ...Object.values(manifest.bin)].map(path => path.replace(/^(\.\/)?dist\//, ''))
  return Object.fromEntries(
    files.map(file => [file.slice(0, -'.js'.length), join(root, 'src', `${file.slice(0, -3)}.ts`)]),
  )
}

/** Write the declarations of the package into `dir`, by the compiler with more arguments. */
export const declarations = (dir, args = []) => {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const all = [tsc, '-p', 'tsconfig.build.json', '--outDir', dir, ...args]
  const done = spawnSync(process.execPath, all, { cwd: root, encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`no declarations:\n${done.stdout}${done.stderr}`)
}

/** What is loaded together lies in one chunk; what is in none of these lies where rolldown puts it. */
const chunks = {
  // Any command.
  base: /\/src\/(base\/|host\/|kernels\/|expr\/suggest)/,
  // Any query. (Arrow's library is loaded with Arrow alone.)
  engine: /\/src\/(types|data(?!\/arrow)|time|expr|plan|state|ops|runtime|connectors|table)\//,
  // Compiled while the others are loaded.
  parser: /\/src\/sql\/library/,
  sql: /\/src\/(sql|database)\//,
}

const chunkOf = id => Object.entries(chunks).find(([, test]) => test.test(id))?.[0] ?? null

/** Write the code of the package into `dir`. */
export const bundle = async dir => {
  const packages = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
  const made = await rolldown({
    input: entries(),
    platform: 'node',
    external: id => id.startsWith('node:') || packages.some(name => id === name || id.startsWith(`${name}/`)),
    treeshake: { moduleSideEffects: false },
    // Chunks of one's own ask for it. An entry's exports stay as they are: nothing else needs what is in it.
    preserveEntrySignatures: 'allow-extension',
  })
  await made.write({
    dir,
    format: 'esm',
    chunkFileNames: 'chunks/[name]-[hash].js',
    hoistTransitiveImports: false,
    // Text beyond ASCII makes Node keep a whole file in twice the bytes.
    charset: 'ascii',
    codeSplitting: { groups: [{ name: chunkOf, debugName: 'rooms' }], includeDependenciesRecursively: false },
  })
}

if (process.argv[1] === import.meta.filename) {
  const dist = join(root, 'dist')
  rmSync(dist, { recursive: true, force: true })
  declarations(dist)
  await bundle(dist)
  for (const path of Object.values(manifest.bin)) chmodSync(join(root, path), 0o755)
}
