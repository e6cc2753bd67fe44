// Runs the compiler on a project file and returns what it printed; never fails on type errors.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './stages.ts'

const tsc = join(root, 'node_modules/typescript/bin/tsc')

/** Standard output and error of `tsc`, in the folder `cwd` (the repository by default): paths in it are relative to that. */
export function runTsc(
  args: readonly string[],
  cwd: string = root,
): { readonly status: number; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '--pretty', 'false', ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  return { status: status ?? 1, output: `${stdout}${stderr}` }
}
