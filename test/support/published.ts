// A folder of a user: the package as it is published stands in its node_modules, so that what is measured and run there is
// what users get, and the compiler reads declarations instead of checking the sources once more.

import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bundle, declarations } from '../../scripts/build.mjs'
import { root } from '../../scripts/stages.ts'
import { runTsc } from '../../scripts/tsc.ts'

/** Make build/users/`name` anew with these files (path → text); its path. Inside the repository, whose types it may use. */
export async function userFolder(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const place = join(root, 'build/users', name)
  rmSync(place, { recursive: true, force: true })
  const installed = join(place, 'node_modules/millrace')
  mkdirSync(installed, { recursive: true })
  cpSync(join(root, 'package.json'), join(installed, 'package.json'))
  await bundle(join(installed, 'dist'))
  for (const [path, text] of Object.entries({ 'package.json': '{ "type": "module" }', ...files })) {
    mkdirSync(dirname(join(place, path)), { recursive: true })
    writeFileSync(join(place, path), text)
  }
  return place
}

/** Compile these files of a user's folder, all of them when none is named: what the compiler printed. */
export function compileUser(
  place: string,
  options: { readonly files?: readonly string[]; readonly args?: readonly string[] } = {},
): { readonly status: number; readonly output: string } {
  const { files, args = [] } = options
  const dist = join(place, 'node_modules/millrace/dist')
  // The stage `types` checks the sources.
  if (!existsSync(join(dist, 'index.d.ts'))) declarations(dist, ['--noCheck'])
  const compilerOptions = { customConditions: [] }
  const what = files === undefined ? { include: ['.'], exclude: ['node_modules'] } : { files, include: [] }
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions, ...what }
  writeFileSync(join(place, 'tsconfig.json'), JSON.stringify(config))
  return runTsc(['-p', 'tsconfig.json', ...args], place)
}
