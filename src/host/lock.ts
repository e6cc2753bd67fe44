// Law: a lock dies with its holder, however the holder dies. So the lock is no file but a listening local
// socket, named by the hash of the path: the system closes it with the process. (It is seen by the processes
// of one machine and network namespace: two containers that share a volume do not see each other's.)
import { realpath, rm } from 'node:fs/promises'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fail, type Lock } from '../base/index.ts'
import { builtin } from './builtin.ts'
import { makeFolders } from './make-folder.ts'

/** Hold `real` (an absolute path) for this process; LOCKED, telling `path`, when it is held. */
export async function lockPath(path: string, real: string): Promise<Lock> {
  await makeFolders(dirname(real))
  const address = addressOf(join(await realpath(dirname(real)), basename(real)))
  const server =
    (await listen(address)) ??
    (await takeOver(address)) ??
    fail('LOCKED', { path, owner: 'another run on this machine' })
  server.unref()
  return { release: () => new Promise(resolve => server.close(() => resolve())) }
}

/** Loaded with the first lock: most processes hold none. */
const net = () => builtin('node:net')

function addressOf(real: string): string {
  const { createHash } = builtin('node:crypto')
  const name = `millrace-${createHash('sha256').update(real).digest('hex').slice(0, 32)}`
  if (process.platform === 'linux') return `\0${name}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`
  return join(tmpdir(), `${name}.sock`)
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = net().createServer(socket => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen(address, () => resolve(server))
  })
}

// Where a socket is a file, the file outlives its process: nobody answers at it.
async function takeOver(address: string): Promise<Server | undefined> {
  if (process.platform === 'linux' || process.platform === 'win32' || (await answers(address))) return undefined
  await rm(address, { force: true })
  return listen(address)
}

function answers(address: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = net().connect(address)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
