// The word count of every streaming tutorial: lines from a TCP server, words counted as they come. Here the server is
// part of the program; `nc -lk 9999` would do as well. A socket can't be replayed: lines may be lost in a crash.
import { createServer } from 'node:net'
import { millrace, read, t, write } from 'millrace'

const server = createServer(socket => {
  for (const line of ['the mill race', 'the mill and the stream', 'a stream of rows']) socket.write(`${line}\n`)
  socket.end()
})
await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
const { port } = server.address() as { port: number }

const counts = read
  .socket({ host: '127.0.0.1', port, endsWithServer: true })
  .flatMap(line => line.value.split(' ').map(word => ({ word })), t.row({ word: t.string() }))
  .groupBy('word')
  .agg(g => ({ n: g.count() }))

await using m = await millrace()
const run = await m.run('word-count', counts.to(write.console(), { mode: 'update', unbounded: true }))
await run.done
server.close()
