// `npm run bench -- NAME [arguments]` runs bench/NAME.ts; without a name it lists what there is.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../bench')
const names = (existsSync(folder) ? readdirSync(folder) : [])
  .filter(file => file.endsWith('.ts'))
  .map(file => file.slice(0, -'.ts'.length))
const [name, ...rest] = process.argv.slice(2)

if (name === undefined || !names.includes(name)) {
  process.stderr.write(`usage: npm run bench -- NAME, where NAME is one of: ${names.join(', ') || '(none yet)'}\n`)
  process.exit(2)
}

const options = ['--conditions=millrace-src', '--expose-gc']
const done = spawnSync(process.execPath, [...options, join(folder, `${name}.ts`), ...rest], { stdio: 'inherit' })
process.exit(done.status ?? 1)
