// The oracle as a server of its own: PostgreSQL's programs in the folder that MILLRACE_POSTGRES names, run on a socket in a
// temporary folder, one server for all files of a process and a database for each. It refuses to be root: then it runs as
// nobody, from a copy that nobody may read.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { types } from '@electric-sql/pglite'
import { Client } from 'pg'
import type { Connection } from './postgres.ts'

const NOBODY = 65534
const isRoot = process.getuid?.() === 0
const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {}

interface Server {
  readonly folder: string
  readonly process: ChildProcess
  databases: number
  users: number
}

let running: Promise<Server> | undefined

function owned(folder: string): void {
  if (!isRoot) return
  for (const path of [folder, ...globSync(join(folder, '**'))]) chownSync(path, NOBODY, NOBODY)
}

async function started(native: string): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-postgres-'))
  chmodSync(folder, 0o755)
  cpSync(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true })
  owned(folder)
  const [data, program] = [join(folder, 'data'), (name: string) => join(folder, 'native/bin', name)]
  const env = { ...process.env, LD_LIBRARY_PATH: join(folder, 'native/lib'), TZ: 'UTC' }
  // As PGlite has it: order by bytes, letters of Unicode.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const how = ['-U', 'postgres', '-A', 'trust', '--no-sync', ...locale]
  const made = spawnSync(program('initdb'), ['-D', data, ...how], { ...user, env, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`initdb: ${made.error?.message ?? made.stderr}`)
  const settings = ['fsync=off', 'full_page_writes=off', 'listen_addresses=', `unix_socket_directories=${folder}`]
  const server = spawn(program('postgres'), ['-D', data, ...settings.flatMap(each => ['-c', each])], {
    ...user,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const stop = (): void => {
    server.kill('SIGQUIT')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', stop)
  await ready(server)
  return { folder, process: server, databases: 0, users: 0 }
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    server.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000)
      if (said.includes('ready to accept connections')) resolve()
    })
    server.once('exit', code => reject(new Error(`postgres ended with ${code}: ${said}`)))
  })
}

async function connected(folder: string, database: string): Promise<Client> {
  const client = new Client({
    host: folder,
    user: 'postgres',
    database,
    types: { getTypeParser: () => (text: string) => text },
  })
  await client.connect()
  return client
}

/** Values as PGlite makes them of PostgreSQL's texts, so that what is compared does not depend on who asked. */
async function parsers(client: Client): Promise<(text: string | null, type: number) => unknown> {
  const { rows } = await client.query('SELECT typarray::int AS list, oid::int AS of FROM pg_type WHERE typarray <> 0')
  const element = new Map(rows.map(({ list, of }) => [Number(list), Number(of)]))
  const parse = (text: string | null, type: number): unknown => {
    const of = element.get(type)
    if (of === undefined || text === null) return types.parseType(text, type)
    return types.arrayParser(text, (each: string) => parse(each, of), type)
  }
  return parse
}

const CHANGES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY'])

/** A new database of the server, which is started for the first. */
export async function serverConnection(native: string): Promise<Connection> {
  running ??= started(native)
  const server = await running
  server.users++
  const name = `t${++server.databases}`
  const admin = await connected(server.folder, 'postgres')
  await admin.query(`CREATE DATABASE ${name}`)
  await admin.end()
  const client = await connected(server.folder, name)
  const parse = await parsers(client)
  return {
    async exec(text) {
      await client.query(text)
    },
    async query(text) {
      const result = await client.query({ text, rowMode: 'array', queryMode: 'extended' } as never)
      const { rows, fields, command, rowCount } = result as never as {
        rows: (string | null)[][]
        fields: { dataTypeID: number }[]
        command: string
        rowCount: number | null
      }
      return {
        rows: rows.map(row => row.map((value, i) => parse(value, fields[i]?.dataTypeID ?? 0))),
        affected: CHANGES.has(command) ? (rowCount ?? 0) : 0,
      }
    },
    async close() {
      await client.end()
      if (--server.users > 0) return
      running = undefined
      server.process.removeAllListeners('exit')
      server.process.kill('SIGINT')
      await once(server.process, 'exit')
      rmSync(server.folder, { recursive: true, force: true })
    },
  }
}
