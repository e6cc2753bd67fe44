// The package is what users get: packed, installed into an empty folder, every subpath of `exports` imported and compiled
// there, with what the root loads and how much disk it takes.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { root } from '../scripts/stages.ts'
import { runTsc } from '../scripts/tsc.ts'

interface Manifest {
  readonly exports: Readonly<Record<string, unknown>>
  readonly bin: Readonly<Record<string, string>>
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
const place = mkdtempSync(join(tmpdir(), 'millrace-pack-'))
after(() => rmSync(place, { recursive: true, force: true }))

/** Run a command in `cwd` on the Node of this process; the output when it went well. */
function run(command: string, args: readonly string[], cwd: string): string {
  const path = [dirname(process.execPath), process.env.PATH].join(delimiter)
  const windows = process.platform === 'win32'
  const env = { ...process.env, PATH: path, NODE_OPTIONS: '' }
  const done = spawnSync(command, args, { cwd, env, encoding: 'utf8', shell: windows })
  assert.equal(done.status, 0, `${command} ${args.join(' ')}\n${done.stdout}${done.stderr}`)
  return done.stdout
}

const node = (args: readonly string[]): string => run(process.execPath, args, place)

run(process.execPath, [join(root, 'scripts/build.mjs')], root)
run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', place], root)
const tarball = globSync('millrace-*.tgz', { cwd: place })[0] ?? assert.fail('npm pack wrote no tarball')
writeFileSync(join(place, 'package.json'), '{ "name": "user", "type": "module", "private": true }\n')
run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', join(place, tarball)], place)
const installed = join(place, 'node_modules/millrace')
// The optional peer that one subpath needs, as a user of that subpath has it.
mkdirSync(join(place, 'node_modules/@uwdata'), { recursive: true })
symlinkSync(join(root, 'node_modules/@uwdata/flechette'), join(place, 'node_modules/@uwdata/flechette'), 'dir')

/** Subpaths with code, as users write them. */
const subpaths = Object.entries(manifest.exports)
  .filter(([, target]) => typeof target === 'object')
  .map(([subpath]) => subpath.replace(/^\./, 'millrace'))

for (const subpath of subpaths) {
  test(`pack: import '${subpath}'`, () => {
    node(['--input-type=module', '--eval', `await import('${subpath}')`])
  })
}

test('pack: the types of every subpath resolve and compile, without skipLibCheck', () => {
  mkdirSync(join(place, 'node_modules/@types'), { recursive: true })
  symlinkSync(join(root, 'node_modules/@types/node'), join(place, 'node_modules/@types/node'), 'dir')
  const uses = subpaths.map((subpath, index) => `import * as m${index} from '${subpath}'\nexport { m${index} }`)
  writeFileSync(join(place, 'user.ts'), `${uses.join('\n')}\n`)
  const options = {
    module: 'nodenext',
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    strict: true,
    types: ['node'],
  }
  const compilerOptions = { ...options, noEmit: true, skipLibCheck: false }
  writeFileSync(join(place, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['user.ts'] }))
  const { output } = runTsc(['-p', '.'], place)
  // The types of flechette 2.6 have an implicit any of their own; who uses it meets that with or without us.
  const ours = output
    .split('\n')
    .filter(line => line !== '' && !/^\S*@uwdata\/flechette\/dist\/types\/table\.d\.ts/.test(line))
  assert.deepEqual(ours, [])
})

const tracer = `
import { registerHooks } from 'node:module'
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) process.stdout.write(url + '\\n')
    return next(url, context)
  },
})
await import('millrace')
`

test('pack: the root loads no other package', t => {
  const loaded = node(['--input-type=module', '--eval', tracer]).trim().split('\n')
  const own = `${installed.replaceAll('\\', '/')}/`
  const foreign = loaded.filter(url => !decodeURIComponent(url).includes(own))
  t.diagnostic(`importing millrace loads ${loaded.length} files`)
  assert.deepEqual(foreign, [])
})

test('pack: the tarball holds what users need and nothing else', () => {
  const files = globSync('**/*', { cwd: installed }).filter(path => statSync(join(installed, path)).isFile())
  for (const needed of ['LICENSE', 'README.md', 'CHANGELOG.md', 'dist/index.js', 'dist/index.d.ts'])
    assert.ok(files.includes(needed), `${needed} is not in the package`)
  const foreign = files.filter(
    path => !/^(?:dist|docs)\/|^(?:LICENSE|README\.md|CHANGELOG\.md|package\.json)$/.test(path),
  )
  assert.deepEqual(foreign, [])
})

test('pack: install size', t => {
  const bytes = (folder: string): number =>
    globSync('**/*', { cwd: folder })
      .map(path => statSync(join(folder, path)))
      .reduce((total, stat) => total + (stat.isFile() ? stat.size : 0), 0)
  const megabytes = (count: number): string => `${(count / 1e6).toFixed(2)} MB`
  const packed = statSync(join(place, tarball)).size
  const all =
    bytes(join(place, 'node_modules')) -
    bytes(join(place, 'node_modules/@types')) -
    bytes(join(place, 'node_modules/@uwdata'))
  t.diagnostic(
    `packed ${megabytes(packed)}, installed ${megabytes(bytes(installed))}, with dependencies ${megabytes(all)}`,
  )
})
