// The door for a fresh clone: needs any Node from 20 on and npm. It installs what is missing or stale, builds the
// kernels when their sources changed, then runs what was asked on the Node that package.json pins:
//   node scripts/bootstrap.mjs [node options] script.ts [arguments]
//   node scripts/bootstrap.mjs --bin tsc [arguments]
// Order matters: nothing from node_modules may be imported here before the install is known to be complete.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, lstatSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { isStale, root } from './kernels.mjs'

const modules = join(root, 'node_modules')
const node = join(modules, 'node/bin', process.platform === 'win32' ? 'node.exe' : 'node')

const packagesOf = path => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {})

// npm leaves a copy of the lock inside node_modules: what it lists is what is installed.
// Optional packages (other platforms' binaries) may be absent.
const missing = () => {
  const installed = packagesOf(join(modules, '.package-lock.json'))
  return Object.entries(packagesOf(join(root, 'package-lock.json')))
    .filter(([path, entry]) => path !== '' && !entry.optional && !entry.devOptional && !entry.peer)
    .filter(([path, entry]) => installed[path]?.version !== entry.version)
    .map(([path, entry]) => `${path.replace('node_modules/', '')}@${entry.version}`)
}

const isLink = path => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false

const install = () => {
  const absent = missing()
  if (absent.length === 0 && existsSync(node)) return
  if (isLink(modules)) {
    // A shared node_modules belongs to another checkout; `npm ci` here would empty it under its owner.
    process.stderr.write(
      `bootstrap: node_modules is a link and lacks ${absent.slice(0, 5).join(', ')}: install there\n`,
    )
    return
  }
  process.stderr.write('bootstrap: installing packages (npm ci)\n')
  const windows = process.platform === 'win32'
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: windows,
  })
  if (done.status !== 0) process.exit(done.status ?? 1)
}

const buildKernels = () => {
  if (!isStale()) return
  const done = spawnSync(node, [join(root, 'scripts/build-kernels.mjs')], { cwd: root, stdio: ['ignore', 2, 2] })
  if (done.status !== 0) process.exit(done.status ?? 1)
}

const binary = name => {
  const manifest = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8'))
  const bin = typeof manifest.bin === 'string' ? manifest.bin : Object.values(manifest.bin)[0]
  return join(modules, name, bin)
}

const packageOfBin = { biome: '@biomejs/biome', tsc: 'typescript' }

const command = ([first, ...rest]) =>
  first === '--bin' ? [binary(packageOfBin[rest[0]] ?? rest[0]), ...rest.slice(1)] : [first, ...rest]

const run = args => {
  const path = [join(modules, '.bin'), process.env.PATH].join(delimiter)
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...command(args)], {
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  })
  // The terminal sends Ctrl-C to the whole group: the child decides what it means, we only wait for it.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

install()
buildKernels()
const args = process.argv.slice(2)
if (args.length > 0) run(args)
