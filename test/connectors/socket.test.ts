import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { MillraceError } from '../../src/base/index.ts'
import { type SocketOptions, socketSpec } from '../../src/connectors/index.ts'
import { realWorld } from '../../src/host/index.ts'
import { t } from '../../src/types/index.ts'
import { openSource, type Reading } from './drive.ts'

async function serve(talk: (socket: Socket, connection: number) => void) {
  let connections = 0
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    talk(socket, ++connections)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const stop = () => {
    for (const each of sockets) each.destroy()
    server.close()
  }
  return { port, stop }
}

const open = (options: SocketOptions) =>
  openSource(socketSpec({ host: '127.0.0.1', ...options }), { world: realWorld() })

async function until(check: () => Promise<boolean> | boolean) {
  for (let i = 0; i < 500; i++) {
    if (await check()) return
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  assert.fail('it did not happen within 2.5 s')
}

async function take(reading: Reading, rows: number, from: number | null = null): Promise<unknown[]> {
  const values: unknown[] = []
  let at: number | null = from
  await until(async () => {
    const range = await reading.source.plan(at, { rows: rows - values.length })
    if (range !== undefined) {
      values.push(...(await reading.rows(range)).map(row => row['value']))
      at = range.to as number
    }
    return values.length >= rows
  })
  return values
}

test('lines as rows, cut anywhere by the network; a last line without newline when the server ends', async () => {
  const { port, stop } = await serve(async socket => {
    socket.setNoDelay()
    for (const part of ['one\nt', 'wo\r\n', '\nfo', 'ur']) {
      socket.write(part)
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    socket.end()
  })
  const reading = await open({ port, endsWithServer: true })
  assert.deepEqual(await take(reading, 4), ['one', 'two', '', 'four'])
  assert.equal(reading.source.ended(4), true)
  assert.ok(reading.wakes > 0)
  await reading.source.close()
  stop()
})

test('reconnects when the connection breaks', async () => {
  const { port, stop } = await serve((socket, connection) => {
    socket.write(`line ${connection}\n`)
    setTimeout(() => socket.destroy(), 10)
  })
  const reading = await open({ port, reconnect: { wait: '5 milliseconds' } })
  assert.deepEqual(await take(reading, 3), ['line 1', 'line 2', 'line 3'])
  await reading.source.close()
  stop()
})

test('gives up after some failures in a row, and says why', async () => {
  const { port, stop } = await serve(() => undefined)
  stop()
  const reading = await open({ port, reconnect: { attempts: 2, wait: '1 millisecond' } })
  await until(async () => {
    try {
      await reading.source.plan(null, { rows: 1 })
      return false
    } catch (error) {
      assert.ok(error instanceof MillraceError && error.code === 'SOCKET_FAILED')
      assert.match(error.message, /failed 2 times.*ECONNREFUSED/)
      return true
    }
  })
})

test('reading pauses while too many lines wait', async () => {
  let sent = 0
  const { port, stop } = await serve(socket => {
    const more = () => {
      while (sent < 4_000_000 && socket.write('x'.repeat(99).concat('\n').repeat(100))) sent += 100
    }
    socket.on('drain', more)
    more()
  })
  const reading = await open({ port, highWater: 1000 })
  await until(async () => (await reading.source.plan(null, { rows: 1e9 })) !== undefined)
  await new Promise(resolve => setTimeout(resolve, 200))
  const stuck = sent
  await new Promise(resolve => setTimeout(resolve, 50))
  assert.equal(sent, stuck)
  assert.ok(stuck < 1_000_000, `${stuck} lines sent`)
  await take(reading, 50_000)
  await until(() => sent > stuck)
  await reading.source.close()
  stop()
})

test('is not replayable: a range of an earlier process delivers nothing, and new lines follow', async () => {
  const { port, stop } = await serve(socket => void socket.write('new\n'))
  assert.equal(socketSpec({ port }).replayable, false)
  const reading = await open({ port })
  assert.deepEqual(await reading.rows({ from: 10, to: 20 }), [])
  assert.deepEqual(await take(reading, 1, 20), ['new'])
  await reading.source.close()
  stop()
})

test('other formats may come by the line; ports are checked', async () => {
  const { port, stop } = await serve(socket => void socket.write('{"n":1}\n{"n":2}\n'))
  const spec = socketSpec({ host: '127.0.0.1', port }, t.row({ n: t.int() }), { kind: 'json' })
  const reading = await openSource(spec, { world: realWorld() })
  await until(async () => (await reading.source.plan(null, { rows: 9 }))?.to === 2)
  assert.deepEqual(await reading.rows({ from: 0, to: 2 }), [{ n: 1 }, { n: 2 }])
  await reading.source.close()
  stop()
  assert.throws(() => socketSpec({ port: 0 }), /BAD_OPTION.*port/)
})
